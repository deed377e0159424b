package dev.backline.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Assembles a section, in either byte order. */
public final class Bytes {
    private final boolean big;
    private byte[] data = new byte[64];
    private int size;

    /** Little-endian. */
    public Bytes() {
        this(false);
    }

    Bytes(boolean big) {
        this.big = big;
    }

    public Bytes u1(int... values) {
        for (int value : values) {
            fixed(value, 1);
        }
        return this;
    }

    public Bytes u2(int value) {
        return fixed(value, 2);
    }

    public Bytes u4(long value) {
        return fixed(value, 4);
    }

    public Bytes u8(long value) {
        return fixed(value, 8);
    }

    /** A number of one to eight bytes. */
    Bytes fixed(long value, int width) {
        return add(new byte[width]).put(size - width, value, width);
    }

    /** Replaces bytes that were added before. */
    Bytes put(int at, long value, int width) {
        for (int i = 0; i < width; i++) {
            data[at + i] = (byte) (value >>> 8 * (big ? width - 1 - i : i));
        }
        return this;
    }

    /** Replaces a ULEB128 of four bytes. */
    Bytes putUleb(int at, long value) {
        for (int i = 0; i < 4; i++) {
            data[at + i] = (byte) (value >>> 7 * i & 0x7f | (i < 3 ? 0x80 : 0));
        }
        return this;
    }

    public Bytes uleb(long value) {
        long rest = value;
        while (rest >>> 7 != 0) {
            u1((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        return u1((int) rest);
    }

    Bytes sleb(long value) {
        long rest = value;
        while (rest >> 6 != 0 && rest >> 6 != -1) {
            u1((int) (rest & 0x7f | 0x80));
            rest >>= 7;
        }
        return u1((int) (rest & 0x7f));
    }

    /** With its NUL. */
    public Bytes string(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8)).u1(0);
    }

    public Bytes add(byte[] bytes) {
        if (data.length - size < bytes.length) {
            data = Arrays.copyOf(data, Math.max(2 * data.length, size + bytes.length));
        }
        System.arraycopy(bytes, 0, data, size, bytes.length);
        size += bytes.length;
        return this;
    }

    public int size() {
        return size;
    }

    public byte[] toArray() {
        return Arrays.copyOf(data, size);
    }
}
