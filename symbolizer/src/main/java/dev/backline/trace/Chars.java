package dev.backline.trace;

import dev.backline.io.Ascii;

/** What the bytes of a log line are. Thread-safe. */
final class Chars {
    /** What kallsyms names are made of: compilers add dots and dollars to what C has. */
    private static final boolean[] SYMBOL = new boolean[256];

    static {
        for (int c = 0; c < 128; c++) {
            SYMBOL[c] = Ascii.isLetter(c) || Ascii.isDigit(c) || c == '_' || c == '.' || c == '$';
        }
    }

    private Chars() {}

    static boolean isSymbol(byte c) {
        return SYMBOL[c & 0xff];
    }

    /** Whether a symbol can begin with it. */
    static boolean isSymbolStart(byte c) {
        return SYMBOL[c & 0xff] && !Ascii.isDigit(c);
    }

    static boolean isBlank(byte c) {
        return c == ' ' || c == '\t';
    }

    /** Whether the text is there, before the end. */
    static boolean startsWith(byte[] line, int at, int end, String text) {
        int length = text.length();
        if (at < 0 || end - at < length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (line[at + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Where the text is between two places, or -1. */
    static int indexOf(byte[] line, int from, int end, String text) {
        byte first = (byte) text.charAt(0);
        for (int i = from; i <= end - text.length(); i++) {
            if (line[i] == first && startsWith(line, i, end, text)) {
                return i;
            }
        }
        return -1;
    }
}
