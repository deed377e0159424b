package dev.backline.io;

/** Tests of ASCII characters, given as bytes or chars. Whatever is not ASCII passes none of them. */
@Internal
public final class Ascii {
    private Ascii() {}

    /**
     * {@return whether it is one of 0 to 9}
     *
     * @param c a byte or a char
     */
    public static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /**
     * {@return whether it is one of A to Z and a to z}
     *
     * @param c a byte or a char
     */
    public static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    /**
     * {@return whether C's isspace() says so: a space, or one of the characters from tab to carriage return}
     *
     * @param c a byte or a char
     */
    public static boolean isSpace(int c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
