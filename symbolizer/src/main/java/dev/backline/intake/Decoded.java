package dev.backline.intake;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Collects decoded text and where each of its bytes comes from. Not thread-safe. */
final class Decoded {
    private byte[] text;
    private int[] origins;
    private int length;

    Decoded(int capacity) {
        text = new byte[capacity + 1];
        origins = new int[capacity + 1];
    }

    /** Appends a byte. */
    void add(int value, int origin) {
        if (length + 1 >= text.length) {
            text = Arrays.copyOf(text, 2 * text.length);
            origins = Arrays.copyOf(origins, 2 * origins.length);
        }
        text[length] = (byte) value;
        origins[length++] = origin;
    }

    /** Appends a character as UTF-8. */
    void addCodePoint(int codePoint, int origin) {
        if (codePoint < 0x80) {
            add(codePoint, origin);
            return;
        }
        String character = Character.isValidCodePoint(codePoint) ? Character.toString(codePoint) : "\ufffd";
        for (byte b : character.getBytes(StandardCharsets.UTF_8)) {
            add(b, origin);
        }
    }

    void clear() {
        length = 0;
    }

    int length() {
        return length;
    }

    byte[] text() {
        return text;
    }

    /** Where each byte comes from, and where the text ends. */
    int[] origins(int end) {
        origins[length] = end;
        return origins;
    }
}
