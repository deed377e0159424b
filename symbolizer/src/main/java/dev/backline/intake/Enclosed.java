package dev.backline.intake;

import dev.backline.io.Ascii;
import dev.backline.io.Chars;

/**
 * Finds where the kernel's text ends in a line that encloses it: in the quotes of YAML, of a program or of a terminal's
 * recording, in an element of XML. Thread-safe.
 */
final class Enclosed {
    private static final String CDATA = "<![CDATA[";

    private Enclosed() {}

    /**
     * Where the text ends. If a quote or an element opens right before the text, the text ends before what closes it; otherwise
     * it ends with the line.
     *
     * @param start where the line starts
     * @param text where the text starts, after the prefix
     */
    static int end(byte[] line, int start, int text, int end) {
        switch (line[text - 1]) {
            case '"', '\'' -> {
                int close = end - 1;
                while (close > text && line[close] != line[text - 1]) {
                    close--;
                }
                // More frames can follow a quoted word.
                if (close <= text || Chars.indexOf(line, close, end, "+0x") >= 0) {
                    return end;
                }
                return lineEnds(line, text, close);
            }
            case '>' -> {
                int close = hasTag(line, start, text) ? Chars.indexOf(line, text, end, "</") : -1;
                return close > text ? close : end;
            }
            case '[' -> {
                boolean data =
                        text - CDATA.length() >= start && Chars.startsWith(line, text - CDATA.length(), text, CDATA);
                int close = data ? Chars.indexOf(line, text, end, "]]>") : -1;
                return close > text ? close : end;
            }
            default -> {
                return end;
            }
        }
    }

    /** The end of a text without the escaped line ends at its end. */
    static int lineEnds(byte[] line, int text, int close) {
        int to = close;
        while (to - 2 > text && line[to - 2] == '\\' && (line[to - 1] == 'n' || line[to - 1] == 'r')) {
            to -= 2;
        }
        return to;
    }

    private static boolean hasTag(byte[] line, int start, int text) {
        for (int i = start; i + 1 < text; i++) {
            if (line[i] == '<' && Ascii.isLetter(line[i + 1])) {
                return true;
            }
        }
        return false;
    }
}
