package dev.backline.intake;

import dev.backline.io.Ascii;
import dev.backline.io.Chars;

/**
 * Finds the message in lines of YAML whose value is quoted, {@code - message: "…"}: gcloud and kubectl write it. The other
 * members of the same mapping are no lines of the kernel. Not thread-safe.
 */
final class Yaml {
    private static final String MARK = "---";

    /** The column of the name in the last line with a message; -1 before the first one. */
    private int column = -1;

    /** The position of the quote that opens the message. -1 if the line has no message. */
    static int find(byte[] line, int from, int end) {
        int name = nameStart(line, from, end);
        int colon = nameEnd(line, name, end);
        if (colon == name || !Chars.startsWith(line, colon, end, ": ") || !Json.isMessage(line, name, colon)) {
            return -1;
        }
        int quote = Chars.skipBlanks(line, colon + 2, end);
        boolean quoted = quote < end && (line[quote] == '"' || line[quote] == '\'');
        return quoted && stringEnd(line, quote, end) > quote ? quote : -1;
    }

    /** As {@link #find}; from then on, other members of such a mapping are known. */
    int message(byte[] line, int from, int end) {
        int quote = find(line, from, end);
        column = quote < 0 ? column : nameStart(line, from, end) - from;
        return quote;
    }

    /** Whether the line is another member of a mapping that has a message, or separates documents. */
    boolean isOther(byte[] line, int from, int end) {
        if (column < 0) {
            return false;
        }
        int name = nameStart(line, from, end);
        int colon = nameEnd(line, name, end);
        if (colon > name && colon < end && line[colon] == ':') {
            boolean alone = colon + 1 == end || line[colon + 1] == ' ' || line[colon + 1] == '\r';
            return alone && name - from >= column && !KernelText.startsAt(line, name, end);
        }
        return Chars.startsWith(line, from, end, MARK) && end - from <= MARK.length() + 1;
    }

    /** The position of the quote that closes a string at the end of the line. That of the first quote if nothing closes it. */
    static int stringEnd(byte[] line, int quote, int end) {
        int to = end - 1;
        while (to > quote && (Chars.isBlank(line[to]) || line[to] == '\r')) {
            to--;
        }
        return line[to] == line[quote] ? to : quote;
    }

    /** The position after the indentation and the hyphen of a list. */
    private static int nameStart(byte[] line, int from, int end) {
        int at = Chars.skipBlanks(line, from, end);
        return Chars.startsWith(line, at, end, "- ") ? Chars.skipBlanks(line, at + 2, end) : at;
    }

    private static int nameEnd(byte[] line, int from, int end) {
        int to = from;
        while (to < end && (Ascii.isLetter(line[to]) || Ascii.isDigit(line[to]) || "_-@./".indexOf(line[to]) >= 0)) {
            to++;
        }
        return to;
    }
}
