package dev.backline.intake;

import dev.backline.io.Ascii;
import dev.backline.io.Chars;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Finds the column with the message in rows of CSV (RFC 4180) and of similar tables: CloudWatch, Splunk, Grafana. Only
 * quoted fields are read here; an unquoted column before the message is a prefix. A quoted field can contain
 * several lines. Not thread-safe.
 */
final class Csv {
    /** The most bytes of a row before the message. */
    private static final int REACH = 512;

    /** Whether the current line started inside of a quoted field. */
    private boolean open;

    /** The number of the column with the message, from 0; -1 while unknown. */
    private int column = -1;

    private int fieldStart;
    private int fieldEnd;
    private boolean doubled;

    /** Whether the next line continues the last field. */
    boolean isOpen() {
        return open;
    }

    /** Where the message starts, after {@link #read}. */
    int fieldStart() {
        return fieldStart;
    }

    /** Where the message ends, after {@link #read}. */
    int fieldEnd() {
        return fieldEnd;
    }

    /** Whether the message has doubled quotes, after {@link #read}. */
    boolean hasDoubledQuotes() {
        return doubled;
    }

    /** Reads a line; returns false if the line is not a row with a quoted message. */
    boolean read(byte[] line, int from, int end) {
        if (open) {
            field(line, from, end);
            return true;
        }
        int at = from;
        int reach = Math.min(end, from + REACH);
        int bestStart = -1;
        int bestEnd = -1;
        boolean bestDoubled = false;
        boolean bestOpen = false;
        int number = 0;
        int found = -1;
        while (at < reach) {
            if (line[at] == '"') {
                field(line, at + 1, end);
                boolean kernels = isKernels(line, fieldStart, fieldEnd);
                boolean better = bestStart < 0 || kernels || fieldEnd - fieldStart > bestEnd - bestStart;
                if (column >= 0 ? number == column : better && found < 0) {
                    found = kernels || isName(line, fieldStart, fieldEnd) ? number : found;
                    bestStart = fieldStart;
                    bestEnd = fieldEnd;
                    bestDoubled = doubled;
                    bestOpen = open;
                }
                if (open) {
                    break;
                }
                at = fieldEnd + 1;
            } else {
                int to = at;
                while (to < reach && isPlain(line[to])) {
                    to++;
                }
                at = to;
            }
            if (at >= end || line[at] == '\r') {
                break;
            }
            if (!isSeparator(line[at])) {
                open = false;
                return false;
            }
            at++;
            number++;
        }
        column = column < 0 ? found : column;
        open = bestOpen;
        fieldStart = bestStart;
        fieldEnd = bestEnd;
        doubled = bestDoubled;
        // The kernel's own text can have quotes; a row has a separator beside its quotes, or continues in the next
        // line.
        boolean row = bestStart > from + 1 || open || (bestEnd + 1 < end && isSeparator(line[bestEnd + 1]));
        if (bestStart < 0 || !row) {
            open = false;
            return false;
        }
        return true;
    }

    /** Reads the rest of a quoted field. */
    private void field(byte[] line, int from, int end) {
        fieldStart = from;
        doubled = false;
        int to = from;
        while (to < end) {
            if (line[to] == '"') {
                if (to + 1 < end && line[to + 1] == '"') {
                    doubled = true;
                    to++;
                } else {
                    break;
                }
            }
            to++;
        }
        open = to >= end;
        fieldEnd = Math.min(to, end);
    }

    private static boolean isKernels(byte[] line, int from, int to) {
        return KernelText.stamp(line, from, to) >= 0
                || KernelText.find(line, from, to) >= 0
                || Chars.indexOf(line, from, to, "+0x") >= 0;
    }

    /** Whether a field of a table's heading names the column with the message. */
    private static boolean isName(byte[] line, int from, int to) {
        return to - from <= 16
                && Json.MESSAGES.contains(
                        new String(line, from, to - from, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT));
    }

    private static boolean isSeparator(byte c) {
        return c == ',' || c == ';' || c == '\t';
    }

    /** Characters of unquoted fields: times, numbers, hosts, levels. */
    private static boolean isPlain(byte c) {
        return Ascii.isDigit(c)
                || Ascii.isLetter(c)
                || c == ' '
                || c == '-'
                || c == ':'
                || c == '.'
                || c == '_'
                || c == '/'
                || c == '+'
                || c == '@';
    }

    /** The piece with each doubled quote as one. */
    static Piece undoubled(byte[] line, int base, Piece piece) {
        Decoded decoded = new Decoded(piece.end() - piece.start());
        for (int i = piece.start(); i < piece.end(); i++) {
            decoded.add(line[base + i], piece.origin(i));
            if (line[base + i] == '"' && i + 1 < piece.end() && line[base + i + 1] == '"') {
                i++;
            }
        }
        Escape escape = piece.escape();
        return Piece.decoded(decoded.text(), decoded.origins(piece.origin(piece.end())), 0, decoded.length(), escape);
    }
}
