package dev.backline.dwarf;

import java.io.IOException;

/**
 * Debug information that breaks the standard. The message names the file, the section, the offset in
 * it (hex) and the rule, on one line.
 */
public final class DwarfException extends IOException {
    private static final long serialVersionUID = 1L;

    /** That holds the faulty bytes. */
    private final String section;

    /** Of the faulty structure in it, in bytes. */
    private final long offset;

    DwarfException(String file, String section, long offset, String rule) {
        this(file, section, offset, rule, null);
    }

    DwarfException(
            String file, String section, long offset, String rule, @org.jspecify.annotations.Nullable Throwable cause) {
        super(file + ": " + section + " at 0x" + Long.toHexString(offset) + ": " + rule, cause);
        this.section = section;
        this.offset = offset;
    }

    /** {@return the section that holds the faulty bytes, such as {@code .debug_info}} */
    public String section() {
        return section;
    }

    /** {@return where the faulty structure is in its section, in bytes} */
    public long offset() {
        return offset;
    }
}
