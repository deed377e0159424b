package dev.backline.elf;

import java.io.IOException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * An ELF file breaks a rule of the format. The message names the file, the place (section and
 * offset, in hex) and the rule, on one line. Control characters, which names in a file may contain,
 * are shown as {@code \xHH}.
 */
public class ElfException extends IOException {
    private static final long serialVersionUID = 1L;

    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]");

    /**
     * Reports a broken rule.
     *
     * @param message the file, the place and the rule; may contain text from the file
     */
    public ElfException(String message) {
        super(oneLine(message));
    }

    /**
     * Reports a broken rule that another library detected.
     *
     * @param message the file, the place and the rule; may contain text from the file
     * @param cause the library's exception
     */
    public ElfException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    private static String oneLine(String message) {
        return CONTROL.matcher(message).replaceAll(ElfException::escape);
    }

    private static String escape(MatchResult control) {
        // A backslash in a replacement string is escaped by a second one
        return String.format("\\\\x%02x", (int) control.group().charAt(0));
    }
}
