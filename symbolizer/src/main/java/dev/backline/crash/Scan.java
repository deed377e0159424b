package dev.backline.crash;

import dev.backline.io.Ascii;
import dev.backline.io.Hex;
import org.jspecify.annotations.Nullable;

/** Small searches in a line of text. Thread-safe. */
final class Scan {
    private Scan() {}

    static boolean isDecimal(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Ascii.isDigit(text.charAt(i))) {
                return false;
            }
        }
        return from < to;
    }

    /** The text after a mark, up to another one or to the end; null without the first mark. */
    static @Nullable String between(String text, String mark, String... ends) {
        int at = text.indexOf(mark);
        if (at < 0) {
            return null;
        }
        int from = at + mark.length();
        int to = text.length();
        for (String end : ends) {
            int found = text.indexOf(end, from);
            to = found >= 0 && found < to ? found : to;
        }
        return text.substring(from, to).strip();
    }

    /** The word after a mark and blanks, up to a blank; null without the mark or a word. */
    static @Nullable String word(String text, String mark) {
        int at = text.indexOf(mark);
        return at < 0 ? null : wordAt(text, at + mark.length());
    }

    /** The word at a position, after blanks; null at the end of the text. */
    static @Nullable String wordAt(String text, int from) {
        int start = skipBlanks(text, from);
        int to = start;
        while (to < text.length() && !Ascii.isSpace(text.charAt(to))) {
            to++;
        }
        return to == start ? null : text.substring(start, to);
    }

    static int skipBlanks(String text, int from) {
        int at = from;
        while (at < text.length() && Ascii.isSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** The decimal number after a mark and blanks; null if there is none. */
    static @Nullable String decimal(String text, String mark) {
        int at = text.indexOf(mark);
        if (at < 0) {
            return null;
        }
        int start = skipBlanks(text, at + mark.length());
        int to = start;
        while (to < text.length() && Ascii.isDigit(text.charAt(to)) && to - start < 18) {
            to++;
        }
        return to == start ? null : text.substring(start, to);
    }

    static @Nullable Integer integer(String text, String mark) {
        String digits = decimal(text, mark);
        return digits == null || digits.length() > 9 ? null : Integer.valueOf(digits);
    }

    /** The hexadecimal number after a mark, with or without 0x in front, as 0x and digits; null if there is none. */
    static @Nullable String hex(String text, String mark) {
        int at = text.indexOf(mark);
        return at < 0 ? null : hexAt(text, at + mark.length());
    }

    /** The hexadecimal number at a position after blanks. */
    static @Nullable String hexAt(String text, int from) {
        int start = skipBlanks(text, from);
        if (text.startsWith("0x", start)) {
            start += 2;
        }
        int to = hexEnd(text, start);
        if (to == start || to - start > 16) {
            return null;
        }
        return Hex.text(Long.parseUnsignedLong(text, start, to, 16));
    }

    static int hexEnd(String text, int from) {
        int to = from;
        while (to < text.length() && Hex.digit(text.charAt(to)) >= 0) {
            to++;
        }
        return to;
    }

    /** Whether the text is a rule: 8 or more of one character, and nothing else. */
    static boolean isRule(String text, char of) {
        int length = text.length();
        if (length < 8 || text.charAt(0) != of) {
            return false;
        }
        for (int i = 1; i < length; i++) {
            if (text.charAt(i) != of) {
                return false;
            }
        }
        return true;
    }

    /** The function's name in {@code func+0x12/0x34 [module]}, {@code func} or {@code 0x12}. */
    static String function(String text) {
        int to = 0;
        while (to < text.length() && !Ascii.isSpace(text.charAt(to)) && text.charAt(to) != '+') {
            to++;
        }
        return text.substring(0, to);
    }
}
