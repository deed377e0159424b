package dev.backline.cli.console;

/**
 * Escapes unsafe characters in text from files that people will read: control characters, which can command a terminal or
 * break a line, characters that change the direction of writing, and invisible characters.
 */
public final class Printable {
    private Printable() {}

    /** {@return the text with unsafe characters as {@code \}{@code xHH} or {@code \}{@code uHHHH}} */
    public static String of(String text) {
        for (int i = 0, length = text.length(); i < length; i++) {
            char c = text.charAt(i);
            // Nearly all names and paths are printable ASCII.
            if ((c < 0x20 || c >= 0x7f) && (isUnsafe(c) || Character.isSurrogate(c))) {
                return escaped(text);
            }
        }
        return text;
    }

    /** {@return the text as one word of a command line that can be copied to a shell} */
    public static String word(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "_.,:/+-@%=".indexOf(c) >= 0;
            if (!plain) {
                return of("'" + text.replace("'", "'\\''") + "'");
            }
        }
        return text.isEmpty() ? "''" : text;
    }

    /** {@return JSON with unsafe characters as {@code \}{@code uHHHH}; line ends between values stay} */
    public static String json(String json) {
        StringBuilder escaped = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            boolean isFormat = Character.isSurrogate(c) && Character.getType(point(json, i)) == Character.FORMAT;
            if (c != '\n' && (isFormat || isUnsafe(c))) {
                escaped.append(String.format("\\u%04x", (int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    /** The character that a surrogate is a half of. */
    private static int point(String text, int index) {
        boolean isSecond = index > 0
                && Character.isLowSurrogate(text.charAt(index))
                && Character.isHighSurrogate(text.charAt(index - 1));
        return text.codePointAt(isSecond ? index - 1 : index);
    }

    private static boolean isUnsafe(char c) {
        return c < 0x20
                || (c >= 0x7f && c < 0xa0)
                || c == 0xad
                || c == 0x61c
                || (c >= 0x200b && c <= 0x200f)
                || (c >= 0x2028 && c <= 0x202e)
                || (c >= 0x2060 && c <= 0x206f)
                || c == 0xfeff
                || (c >= 0xfff9 && c <= 0xfffb);
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isUnsafe(c)) {
                escaped.append(String.format(c < 0x100 ? "\\x%02x" : "\\u%04x", (int) c));
            } else if (Character.isSurrogate(c)) {
                int point = text.codePointAt(i);
                boolean pair = point > 0xffff;
                // Unpaired surrogates are invalid, and tags (from U+E0000) are invisible.
                if (!pair || Character.getType(point) == Character.FORMAT) {
                    escaped.append(String.format("\\u%04x", point));
                } else {
                    escaped.appendCodePoint(point);
                }
                i += pair ? 1 : 0;
            } else {
                escaped.append(c);
            }
        }
        // An escape is longer than the character.
        return escaped.length() == text.length() ? text : escaped.toString();
    }
}
