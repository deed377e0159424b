package dev.backline.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Assembles a section, little-endian. */
public final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public Bytes u1(int... values) {
        for (int value : values) {
            out.write(value);
        }
        return this;
    }

    public Bytes u2(int value) {
        return u1(value, value >> 8);
    }

    public Bytes u4(long value) {
        return u2((int) value).u2((int) (value >> 16));
    }

    public Bytes u8(long value) {
        return u4(value).u4(value >> 32);
    }

    public Bytes uleb(long value) {
        long rest = value;
        while (rest >>> 7 != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }

    /** With its NUL. */
    public Bytes string(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        out.write(0);
        return this;
    }

    public Bytes add(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    public int size() {
        return out.size();
    }

    public byte[] toArray() {
        return out.toByteArray();
    }
}
