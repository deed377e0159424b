package dev.backline.probe;

import dev.backline.io.Ascii;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Escapes untrusted text for scripts. Each method says which characters its result may contain. */
final class ScriptText {
    private static final int MAX_NAME = 128;

    private ScriptText() {}

    /**
     * {@return the text, with everything but ASCII letters, digits, and {@code . : _ - /} as {@code %XX}, byte by byte in
     * UTF-8}
     */
    static String percentEscaped(String text) {
        StringBuilder out = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            if (isWord(each)) {
                out.append((char) each);
            } else {
                out.append(String.format(Locale.ROOT, "%%%02X", each & 0xff));
            }
        }
        return out.toString();
    }

    /**
     * {@return a string literal of SystemTap's and bpftrace's, with its quotes: everything but ASCII letters, digits, and
     * {@code . : _ - /} is an escape of three octal digits, byte by byte in UTF-8}
     */
    static String literal(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            if (isWord(each)) {
                out.append((char) each);
            } else {
                out.append(String.format(Locale.ROOT, "\\%03o", each & 0xff));
            }
        }
        return out.append('"').toString();
    }

    /** {@return the text if it consists of ASCII letters, digits, and {@code . _ + ~ - /}; else the other text} */
    static String plainOr(@Nullable String text, String other) {
        if (text == null || text.isEmpty() || text.length() > MAX_NAME) {
            return other;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = (c < 128 && isWord((byte) c) && c != ':') || c == '+' || c == '~';
            if (!plain) {
                return other;
            }
        }
        return text;
    }

    /** {@return whether the text is a name in C: letters, digits and underscores, at most 128} */
    static boolean isIdentifier(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > MAX_NAME) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Ascii.isLetter(c) && c != '_' && (i == 0 || !Ascii.isDigit(c))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWord(byte c) {
        return Ascii.isLetter(c) || Ascii.isDigit(c) || c == '.' || c == ':' || c == '_' || c == '-' || c == '/';
    }
}
