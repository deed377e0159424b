package dev.backline.trace;

/** What the bytes of a log line are. Thread-safe. */
final class Chars {
    /** What kallsyms names are made of: compilers add dots and dollars to what C has. */
    private static final boolean[] SYMBOL = new boolean[256];

    private static final byte[] HEX = new byte[256];

    static {
        for (int c = 0; c < 256; c++) {
            SYMBOL[c] = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '_'
                    || c == '.'
                    || c == '$';
            HEX[c] = (byte) (c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1);
        }
        for (int c = 'A'; c <= 'F'; c++) {
            HEX[c] = (byte) (c - 'A' + 10);
        }
    }

    private Chars() {}

    static boolean isSymbol(byte c) {
        return SYMBOL[c & 0xff];
    }

    /** Whether a symbol can begin with it. */
    static boolean isSymbolStart(byte c) {
        return SYMBOL[c & 0xff] && (c < '0' || c > '9');
    }

    static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    /** The digit's value, -1 for what is no hex digit. */
    static int hex(byte c) {
        return HEX[c & 0xff];
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
