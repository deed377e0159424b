package dev.backline.trace;

import dev.backline.io.Ascii;

/** Character classes of the bytes in a log line. Thread-safe. */
final class Chars {
    /** Characters of kallsyms names: those of C identifiers, and the dots and dollars that compilers add. */
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

    /** Whether a symbol can start with this character. */
    static boolean isSymbolStart(byte c) {
        return SYMBOL[c & 0xff] && !Ascii.isDigit(c);
    }

    static boolean isBlank(byte c) {
        return c == ' ' || c == '\t';
    }

    /** Whether the text is at that position, all of it before the end. */
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

    /** The position of the text between from and end, or -1. */
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
