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
     * {@return the value of a digit; −1 if it is not a digit}
     *
     * @param c a byte or a char, ASCII; digits of other scripts are not taken
     */
    public static int digit(int c) {
        return (c & ~0xff) == 0 ? DIGITS[c] : -1;
    }

    /**
     * {@return whether it is a digit, and not an upper-case letter}
     *
     * @param c a byte or a char
     */
    public static boolean isLowerDigit(int c) {
        return Ascii.isDigit(c) || (c >= 'a' && c <= 'f');
    }

    /**
     * {@return the number with 0x before it, in lower case and without leading zeros}
     *
     * @param value unsigned
     */
    public static String text(long value) {
        return "0x" + Long.toHexString(value);
    }
}
