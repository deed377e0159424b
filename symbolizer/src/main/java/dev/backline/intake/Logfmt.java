package dev.backline.intake;

import dev.backline.io.Ascii;
import dev.backline.io.Chars;

/**
 * Finds the message in a line of logfmt, {@code time=… level=warn msg="…" host=a}: the loggers of Go's programs, Loki,
 * Heroku and, with commas between its tags, telegraf write it. The value's quotes and escapes are those of a Go string. Thread-safe.
 */
final class Logfmt {
    private Logfmt() {}

    /** The position after the quote that opens the message. -1 if there is no message, or more than pairs before it. */
    static int message(byte[] line, int from, int end) {
        int reach = Math.min(end, from + KernelText.REACH);
        int at = from;
        while (at < reach) {
            int equals = nameEnd(line, at, reach);
            if (equals == at || equals + 1 >= reach || line[equals] != '=') {
                return -1;
            }
            int value = equals + 1;
            if (line[value] != '"') {
                while (value < reach && !Chars.isBlank(line[value])) {
                    value++;
                }
            } else if (Json.isMessage(line, at, equals)) {
                return value + 1;
            } else {
                value = Json.stringEnd(line, value + 1, reach) + 1;
            }
            at = Chars.skipBlanks(line, value, reach);
        }
        return -1;
    }

    /** The position after the name of a pair. */
    static int nameEnd(byte[] line, int from, int end) {
        int to = from;
        while (to < end && isName(line[to])) {
            to++;
        }
        return to;
    }

    private static boolean isName(byte c) {
        return Ascii.isLetter(c) || Ascii.isDigit(c) || c == '_' || c == '.' || c == '-' || c == '@' || c == ',';
    }
}
