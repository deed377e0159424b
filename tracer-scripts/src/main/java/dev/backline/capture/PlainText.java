package dev.backline.capture;

import java.nio.charset.StandardCharsets;

/**
 * Writes a line with the characters that its tool printed: input methods, word processors and web pages turn colons, arrows
 * and blanks into others that look alike. Thread-safe.
 */
final class PlainText {
    private PlainText() {}

    /**
     * The text of a line.
     *
     * @param latin1 UTF-8, decoded as ISO-8859-1; ASCII comes back as it is
     */
    static String of(String latin1) {
        int ascii = 0;
        while (ascii < latin1.length() && latin1.charAt(ascii) < 0x80) {
            ascii++;
        }
        if (ascii == latin1.length()) {
            return latin1;
        }
        String text = new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            add(text.charAt(i), plain);
        }
        return plain.toString();
    }

    private static void add(char c, StringBuilder plain) {
        if (c >= '\uff01' && c <= '\uff5e') {
            // Full-width forms of ASCII, in its order.
            plain.append((char) (c - '\uff01' + '!'));
            return;
        }
        switch (c) {
            case '\u00a0', '\u2002', '\u2003', '\u2007', '\u2009', '\u202f', '\u3000' -> plain.append(' ');
            case '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u2060', '\ufeff' -> {
                // No width.
            }
            case '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212' -> plain.append('-');
            case '\u2192', '\u21d2' -> plain.append("->");
            case '\u2190', '\u21d0' -> plain.append("<-");
            case '\u2018', '\u2019' -> plain.append('\'');
            case '\u201c', '\u201d' -> plain.append('"');
            case '\u2026' -> plain.append("...");
            case '\u3001' -> plain.append(',');
            case '\u3002' -> plain.append('.');
            case '\u3010' -> plain.append('[');
            case '\u3011' -> plain.append(']');
            default -> plain.append(c);
        }
    }
}
