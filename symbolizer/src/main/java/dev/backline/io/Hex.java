package dev.backline.io;

/** Hexadecimal numbers. */
@Internal
public final class Hex {
    private static final byte[] DIGITS = new byte[256];

    static {
        for (int c = 0; c < DIGITS.length; c++) {
            DIGITS[c] = -1;
        }
        for (int i = 0; i < 16; i++) {
            DIGITS["0123456789ABCDEF".charAt(i)] = (byte) i;
            DIGITS["0123456789abcdef".charAt(i)] = (byte) i;
        }
    }

    private Hex() {}

    /**
     * {@return the value of a hex digit; −1 for other characters}
     *
     * @param c a byte or a char; only ASCII digits count
     */
    public static int digit(int c) {
        return (c & ~0xff) == 0 ? DIGITS[c] : -1;
    }

    /**
     * {@return whether the character is a hex digit in lower case}
     *
     * @param c a byte or a char
     */
    public static boolean isLowerDigit(int c) {
        return Ascii.isDigit(c) || (c >= 'a' && c <= 'f');
    }

    /**
     * {@return the number with the prefix 0x, in lower case and without leading zeros}
     *
     * @param value the number, unsigned
     */
    public static String text(long value) {
        return "0x" + Long.toHexString(value);
    }
}
