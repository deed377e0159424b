package dev.backline.cli.symbolize;

import dev.backline.cli.console.Output;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes compact JSON as UTF-8 into a buffer, with the escapes of Gson's JsonWriter, which is slower. Used for what a report
 * writes a million times. The caller keeps names and values in a valid order. Not thread-safe.
 */
public final class JsonText {
    private static final String HEX = "0123456789abcdef";

    private byte[] bytes = new byte[1 << 12];
    private int used;

    /** Whether a comma is due before the next value or name. */
    private boolean comma;

    public void clear() {
        used = 0;
        comma = false;
    }

    public void printTo(Output out) throws IOException {
        out.json(bytes, 0, used);
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, used);
    }

    public JsonText beginObject() {
        return begin('{');
    }

    public JsonText endObject() {
        return end('}');
    }

    public JsonText beginArray() {
        return begin('[');
    }

    public JsonText endArray() {
        return end(']');
    }

    public JsonText name(String name) {
        value(name);
        raw(':');
        comma = false;
        return this;
    }

    public JsonText value(@Nullable String text) {
        if (text == null) {
            return literal("null");
        }
        separate();
        int length = text.length();
        room(6 * length + 2);
        byte[] to = bytes;
        int at = used;
        to[at++] = '"';
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                used = at;
                i = other(text, i);
                at = used;
            } else if (c < 0x20 || c == '"' || c == '\\') {
                used = at;
                escape(c);
                at = used;
            } else {
                to[at++] = (byte) c;
            }
        }
        to[at++] = '"';
        used = at;
        comma = true;
        return this;
    }

    public JsonText value(@Nullable Boolean value) {
        return literal(String.valueOf(value));
    }

    public JsonText value(long value) {
        return literal(Long.toString(value));
    }

    /** Appends JSON that was written before: a value, or names and values of an object. */
    public JsonText piece(byte[] piece) {
        separate();
        room(piece.length);
        System.arraycopy(piece, 0, bytes, used, piece.length);
        used += piece.length;
        comma = true;
        return this;
    }

    /** Appends a value without quotes. */
    @SuppressWarnings("deprecation") // String.getBytes(int, int, byte[], int): the characters are ASCII.
    private JsonText literal(String text) {
        separate();
        room(text.length());
        text.getBytes(0, text.length(), bytes, used);
        used += text.length();
        comma = true;
        return this;
    }

    private JsonText begin(char bracket) {
        separate();
        raw(bracket);
        comma = false;
        return this;
    }

    private JsonText end(char bracket) {
        raw(bracket);
        comma = true;
        return this;
    }

    private void separate() {
        if (comma) {
            raw(',');
        }
    }

    private void raw(char c) {
        room(1);
        bytes[used++] = (byte) c;
    }

    private void room(int more) {
        if (bytes.length - used < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, used + more));
        }
    }

    private void escape(char c) {
        bytes[used++] = '\\';
        switch (c) {
            case '"', '\\' -> bytes[used++] = (byte) c;
            case '\t' -> bytes[used++] = 't';
            case '\b' -> bytes[used++] = 'b';
            case '\n' -> bytes[used++] = 'n';
            case '\r' -> bytes[used++] = 'r';
            case '\f' -> bytes[used++] = 'f';
            default -> unicode(c);
        }
    }

    private void unicode(char c) {
        bytes[used++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            bytes[used++] = (byte) HEX.charAt(c >> shift & 15);
        }
    }

    /** Appends a character that is not ASCII; returns the index of its last char. */
    private int other(String text, int index) {
        char c = text.charAt(index);
        // JavaScript ends lines at these.
        if (c == '\u2028' || c == '\u2029') {
            bytes[used++] = '\\';
            unicode(c);
            return index;
        }
        int last = Character.isHighSurrogate(c)
                        && index + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(index + 1))
                ? index + 1
                : index;
        byte[] utf8 = text.substring(index, last + 1).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(utf8, 0, bytes, used, utf8.length);
        used += utf8.length;
        return last;
    }
}
