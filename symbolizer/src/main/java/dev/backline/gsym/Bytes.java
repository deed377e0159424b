package dev.backline.gsym;

import java.util.Arrays;

/** A growable byte array with methods that write numbers. Not thread-safe. */
final class Bytes {
    private final boolean bigEndian;
    private byte[] bytes = new byte[1 << 10];
    private int size;

    Bytes(boolean bigEndian) {
        this.bigEndian = bigEndian;
    }

    int size() {
        return size;
    }

    byte[] array() {
        return bytes;
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, size);
    }

    void clear() {
        size = 0;
    }

    private void room(int count) {
        if (count > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, count), (int) Math.min(2L * size, 1 << 30)));
        }
    }

    void u8(int value) {
        room(1);
        bytes[size++] = (byte) value;
    }

    void u16(int value) {
        u8(bigEndian ? value >>> 8 : value);
        u8(bigEndian ? value : value >>> 8);
    }

    void u32(int value) {
        room(4);
        size += 4;
        u32At(size - 4, value);
    }

    /** Overwrites four bytes. */
    void u32At(int at, int value) {
        int v = bigEndian ? Integer.reverseBytes(value) : value;
        bytes[at] = (byte) v;
        bytes[at + 1] = (byte) (v >>> 8);
        bytes[at + 2] = (byte) (v >>> 16);
        bytes[at + 3] = (byte) (v >>> 24);
    }

    void u64(long value) {
        u32((int) (bigEndian ? value >>> 32 : value));
        u32((int) (bigEndian ? value : value >>> 32));
    }

    void uleb(long value) {
        room(10);
        long left = value;
        while (left >>> 7 != 0) {
            bytes[size++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        bytes[size++] = (byte) left;
    }

    void sleb(long value) {
        room(10);
        long left = value;
        while (left >> 6 != 0 && left >> 6 != -1) {
            bytes[size++] = (byte) (left | 0x80);
            left >>= 7;
        }
        bytes[size++] = (byte) (left & 0x7f);
    }

    void bytes(byte[] source, int from, int to) {
        room(to - from);
        System.arraycopy(source, from, bytes, size, to - from);
        size += to - from;
    }

    /** Appends zeros up to a multiple of 4 bytes. */
    void align() {
        while (size % 4 != 0) {
            u8(0);
        }
    }
}
