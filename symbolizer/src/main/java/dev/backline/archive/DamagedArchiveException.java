package dev.backline.archive;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An archive is malformed or truncated. */
final class DamagedArchiveException extends IOException {
    private static final long serialVersionUID = 1;

    DamagedArchiveException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
