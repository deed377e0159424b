package dev.backline.intake;

import dev.backline.io.Ascii;
import dev.backline.io.Chars;

/**
 * Finds the column with the message in rows of CSV (RFC 4180) and of similar tables: CloudWatch, Splunk, Grafana. A
 * quoted field can contain several lines. The message can be unquoted if a heading names its column; else an unquoted
 * column before the message is a prefix. Not thread-safe.
 */
final class Csv {
    /** The most bytes of a row before the message. */
    private static final int REACH = 512;

    /** Whether the current line started inside of a quoted field. */
    private boolean open;

    /** The number of the column with the message, from 0; -1 while unknown. */
    private int column = -1;

    /** The number of columns that an unquoted heading has, and its separator; 0 without such a heading. */
    private int columns;

    private byte separator;

    private boolean started;
    private boolean quoted;

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

    /** Whether the message is quoted, after {@link #read}. */
    boolean isQuoted() {
        return quoted;
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
        if (!started) {
            started = true;
            heading(line, from, end);
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
                    found = kernels || Json.isMessage(line, fieldStart, fieldEnd) ? number : found;
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
                return columns > 0 && unquoted(line, from, end);
            }
            at++;
            number++;
        }
        if (bestStart < 0 && columns > 0 && unquoted(line, from, end)) {
            return true;
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

    /** Looks for the names of the columns in the first line. */
    private void heading(byte[] line, int from, int end) {
        int to = end > from && line[end - 1] == '\r' ? end - 1 : end;
        int start = from;
        int count = 0;
        int found = -1;
        byte first = 0;
        for (int i = from; i <= to; i++) {
            boolean ends = i == to || isSeparator(line[i]);
            if (ends) {
                found = found < 0 && Json.isMessage(line, start, i) ? count : found;
                start = i + 1;
                count++;
                first = first == 0 && i < to ? line[i] : first;
                if (i < to && line[i] != first) {
                    return;
                }
            } else if (!isPlain(line[i]) || i - from > REACH) {
                return;
            }
        }
        if (found >= 0 && count > 1) {
            columns = count;
            column = found;
            separator = first;
        }
    }

    /** Finds an unquoted message: between the columns before it and the columns after it. */
    private boolean unquoted(byte[] line, int from, int end) {
        int start = from;
        for (int i = 0; i < column; i++) {
            while (start < end && line[start] != separator) {
                if (line[start] == '"') {
                    return false;
                }
                start++;
            }
            if (start == end) {
                return false;
            }
            start++;
        }
        int to = end > start && line[end - 1] == '\r' ? end - 1 : end;
        for (int i = column + 1; i < columns; i++) {
            while (to > start && line[to - 1] != separator) {
                to--;
            }
            if (to == start) {
                return false;
            }
            to--;
        }
        fieldStart = start;
        fieldEnd = to;
        quoted = false;
        open = false;
        return true;
    }

    /** Reads the rest of a quoted field. */
    private void field(byte[] line, int from, int end) {
        quoted = true;
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
    static Piece undoubled(byte[] line, int base, Piece piece, byte quote) {
        Decoded decoded = new Decoded(piece.end() - piece.start());
        for (int i = piece.start(); i < piece.end(); i++) {
            decoded.add(line[base + i], piece.origin(i));
            if (line[base + i] == quote && i + 1 < piece.end() && line[base + i + 1] == quote) {
                i++;
            }
        }
        Escape escape = piece.escape();
        return Piece.decoded(decoded.text(), decoded.origins(piece.origin(piece.end())), 0, decoded.length(), escape);
    }
}
