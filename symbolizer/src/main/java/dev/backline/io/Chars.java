package dev.backline.io;

/** Character classes of the bytes in a log line. Thread-safe. */
@Internal
public final class Chars {
    /** Characters of kallsyms names: those of C identifiers, and the dots and dollars that compilers add. */
    private static final boolean[] SYMBOL = new boolean[256];

    static {
        for (int c = 0; c < 128; c++) {
            SYMBOL[c] = Ascii.isLetter(c) || Ascii.isDigit(c) || c == '_' || c == '.' || c == '$';
        }
    }

    private Chars() {}

    /**
     * {@return whether a byte can be part of a symbol}
     *
     * @param c the byte
     */
    public static boolean isSymbol(byte c) {
        return SYMBOL[c & 0xff];
    }

    /**
     * {@return whether a symbol can start with a byte}
     *
     * @param c the byte
     */
    public static boolean isSymbolStart(byte c) {
        return SYMBOL[c & 0xff] && !Ascii.isDigit(c);
    }

    /**
     * {@return whether a byte is a space or a tab}
     *
     * @param c the byte
     */
    public static boolean isBlank(byte c) {
        return c == ' ' || c == '\t';
    }

    /**
     * {@return the position after the blanks at a position}
     *
     * @param line the bytes of a line
     * @param from the position
     * @param end where the line ends
     */
    public static int skipBlanks(byte[] line, int from, int end) {
        int to = from;
        while (to < end && isBlank(line[to])) {
            to++;
        }
        return to;
    }

    /**
     * {@return whether a text is at a position, all of it before the end}
     *
     * @param line the bytes of a line
     * @param at the position
     * @param end where the line ends
     * @param text the text, as ISO-8859-1
     */
    public static boolean startsWith(byte[] line, int at, int end, String text) {
        int length = text.length();
        if (at < 0 || end - at < length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if ((line[at + i] & 0xff) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * {@return whether a text ends at a position, all of it after the start}
     *
     * @param line the bytes of a line
     * @param from the start
     * @param at the position
     * @param text the text, as ISO-8859-1
     */
    public static boolean endsWith(byte[] line, int from, int at, String text) {
        return at - from >= text.length() && startsWith(line, at - text.length(), at, text);
    }

    /**
     * {@return the position of a text, or -1}
     *
     * @param line the bytes of a line
     * @param from where to start
     * @param end where the line ends
     * @param text the text, as ISO-8859-1
     */
    public static int indexOf(byte[] line, int from, int end, String text) {
        byte first = (byte) text.charAt(0);
        for (int i = from; i <= end - text.length(); i++) {
            if (line[i] == first && startsWith(line, i, end, text)) {
                return i;
            }
        }
        return -1;
    }
}
