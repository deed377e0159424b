package dev.backline.cli;

/**
 * Text from files for the eyes of people: control characters, which could make a terminal do things or break a line in
 * two, and those that turn the direction of writing are shown as escapes.
 */
final class Printable {
    private Printable() {}

    /** {@return the text with such characters as {@code \}{@code xHH} or {@code \}{@code uHHHH}} */
    static String of(String text) {
        for (int i = 0, length = text.length(); i < length; i++) {
            char c = text.charAt(i);
            // Nearly all names and paths are printable ASCII.
            if ((c < 0x20 || c >= 0x7f) && isUnsafe(c)) {
                return escaped(text);
            }
        }
        return text;
    }

    private static boolean isUnsafe(char c) {
        return c < 0x20
                || (c >= 0x7f && c < 0xa0)
                || (c >= 0x202a && c <= 0x202e)
                || (c >= 0x2066 && c <= 0x2069)
                || c == 0x2028
                || c == 0x2029;
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isUnsafe(c)) {
                escaped.append(String.format(c < 0x100 ? "\\x%02x" : "\\u%04x", (int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
