package dev.backline.dwarf;

import java.io.IOException;

/**
 * Thrown when debug information breaks the DWARF standard. The message gives, on one line, the file, the section, the
 * offset in the section (in hex) and the problem.
 */
public final class DwarfException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The section with the faulty bytes. */
    private final String section;

    /** The offset of the faulty structure in the section, in bytes. */
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

    /** {@return the section with the faulty bytes, such as {@code .debug_info}} */
    public String section() {
        return section;
    }

    /** {@return the offset of the faulty structure in its section, in bytes} */
    public long offset() {
        return offset;
    }
}
