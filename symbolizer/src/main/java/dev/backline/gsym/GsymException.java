package dev.backline.gsym;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A GSYM that breaks the format, or that cannot be read here. The message names the file, the offset in it (hex), the
 * rule and what to do, on one line.
 */
public final class GsymException extends IOException {
    private static final long serialVersionUID = 1L;

    private static final String ADVICE = "; the file is damaged or cut off: write it anew with backline index";

    /** Of the faulty structure in the file, in bytes. */
    private final long offset;

    private GsymException(String message, long offset, @Nullable Throwable cause) {
        super(message, cause);
        this.offset = offset;
    }

    /** Bytes that are not what the format says they are. */
    static GsymException damaged(String file, long offset, String rule) {
        return new GsymException(file + ": GSYM at 0x" + Long.toHexString(offset) + ": " + rule + ADVICE, offset, null);
    }

    /** What may be sound and cannot be read here. */
    static GsymException refused(String file, long offset, String why) {
        return new GsymException(file + ": GSYM at 0x" + Long.toHexString(offset) + ": " + why, offset, null);
    }

    /** {@return where the faulty structure is in the file, in bytes} */
    public long offset() {
        return offset;
    }
}
