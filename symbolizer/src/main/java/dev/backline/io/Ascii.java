package dev.backline.io;

/** Tests of ASCII characters, given as bytes or chars. All tests are false for other characters. */
@Internal
public final class Ascii {
    private Ascii() {}

    /**
     * {@return whether the character is a digit, 0 to 9}
     *
     * @param c a byte or a char
     */
    public static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /**
     * {@return whether the character is a letter, A to Z or a to z}
     *
     * @param c a byte or a char
     */
    public static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    /**
     * {@return whether the character is white space as in C's isspace(): a space, or tab to carriage return}
     *
     * @param c a byte or a char
     */
    public static boolean isSpace(int c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
