package dev.backline.elf;

import java.io.IOException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A file that is not the ELF it claims to be. The message names the file, the place (section and
 * offset, in hex) and the rule that is broken, on one line. Control characters, which the names in
 * a file may hold, stand in it as {@code \xHH}.
 */
public class ElfException extends IOException {
    private static final long serialVersionUID = 1L;

    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]");

    /**
     * A rule that is broken.
     *
     * @param message the file, the place and the rule; it may hold anything that stands in the file
     */
    public ElfException(String message) {
        super(oneLine(message));
    }

    /**
     * A rule that is broken, as somebody else's code found out.
     *
     * @param message the file, the place and the rule; it may hold anything that stands in the file
     * @param cause what that code threw
     */
    public ElfException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    private static String oneLine(String message) {
        return CONTROL.matcher(message).replaceAll(ElfException::escape);
    }

    private static String escape(MatchResult control) {
        // A backslash in a replacement is written as two.
        return String.format("\\\\x%02x", (int) control.group().charAt(0));
    }
}
