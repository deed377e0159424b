package dev.backline.gsym;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A GSYM file is damaged or not supported. The message names the file, the offset in the file (hex), the rule and what
 * to do, on one line.
 */
public final class GsymException extends IOException {
    private static final long serialVersionUID = 1L;

    private static final String ADVICE = "; the file is damaged or truncated: regenerate it with backline index";

    /** The offset of the damaged structure in the file. */
    private final long offset;

    private GsymException(String message, long offset, @Nullable Throwable cause) {
        super(message, cause);
        this.offset = offset;
    }

    /** The file breaks a rule of the format. */
    static GsymException damaged(String file, long offset, String rule) {
        return new GsymException(file + ": GSYM at 0x" + Long.toHexString(offset) + ": " + rule + ADVICE, offset, null);
    }

    /** The file may be valid, but is not supported. */
    static GsymException refused(String file, long offset, String why) {
        return new GsymException(file + ": GSYM at 0x" + Long.toHexString(offset) + ": " + why, offset, null);
    }

    /** {@return the offset of the damaged structure in the file, in bytes} */
    public long offset() {
        return offset;
    }
}
