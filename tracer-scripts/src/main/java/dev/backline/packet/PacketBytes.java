package dev.backline.packet;

import java.io.IOException;
import java.io.InputStream;

/** Reads the bytes of a packet capture in order, in constant memory. Not thread-safe. */
final class PacketBytes {
    /** How much of a packet is read: its headers are at its start. */
    static final int MOST = 2048;

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int from;
    private int to;

    /** The offset in the file of the first byte in the buffer. */
    private long base;

    private boolean bigEndian;

    /** @param in is not closed */
    PacketBytes(InputStream in) {
        this.in = in;
    }

    /** The offset in the file of the next byte. */
    long offset() {
        return base + from;
    }

    void order(boolean big) {
        bigEndian = big;
    }

    /**
     * Whether so many bytes are left.
     *
     * @param length at most 64 KiB
     */
    boolean has(int length) throws IOException {
        if (to - from >= length) {
            return true;
        }
        System.arraycopy(buffer, from, buffer, 0, to - from);
        base += from;
        to -= from;
        from = 0;
        while (to < length) {
            int n = in.read(buffer, to, buffer.length - to);
            if (n < 0) {
                return false;
            }
            to += n;
        }
        return true;
    }

    /** The number of bytes left in memory: all of the file after a {@link #has} that returned false. */
    int left() {
        return to - from;
    }

    /**
     * Skips bytes.
     *
     * @return false when the file ends before that
     */
    boolean skip(long length) throws IOException {
        long rest = length;
        while (rest > 0) {
            if (!has(1)) {
                return false;
            }
            int step = (int) Math.min(rest, to - from);
            from += step;
            rest -= step;
        }
        return true;
    }

    /** The array that {@link #position} is an index of; valid until the next {@link #has} or {@link #skip}. */
    byte[] array() {
        return buffer;
    }

    int position() {
        return from;
    }

    /** Two bytes at a distance from here, after {@link #has} returned true for them. */
    int u16(int at) {
        int first = buffer[from + at] & 0xff;
        int second = buffer[from + at + 1] & 0xff;
        return bigEndian ? first << 8 | second : second << 8 | first;
    }

    int i32(int at) {
        int low = u16(at);
        int high = u16(at + 2);
        return bigEndian ? low << 16 | high : high << 16 | low;
    }

    long u32(int at) {
        return i32(at) & 0xffff_ffffL;
    }

    long i64(int at) {
        return bigEndian ? u32(at) << 32 | u32(at + 4) : u32(at + 4) << 32 | u32(at);
    }
}
