package dev.backline.unpack;

import java.util.Arrays;

/**
 * A decoding table of finite state entropy codes (RFC 8878, 4.1). Not thread-safe.
 *
 * <p>An entry of {@link #entries} has, from its lowest bit: the extra bits of the symbol's value (8 bits), the bits that
 * the next state takes (8), the base of the next state (16), and the base of the symbol's value (32).
 */
final class FseTable {
    /** The largest table: 9 bits. */
    static final int MAX_LOG = 9;

    final long[] entries;

    /** The number of bits of a state; -1 if there is no table yet. */
    int log = -1;

    private final int maxLog;
    private final int[] bases;
    private final byte[] extraBits;
    private final short[] counts;
    private final short[] next;
    private final byte[] symbols;

    /**
     * A table without content.
     *
     * @param maxLog the largest number of bits of a state
     * @param bases of each symbol's value; its length is the number of symbols
     * @param extraBits of each symbol's value
     */
    FseTable(int maxLog, int[] bases, byte[] extraBits) {
        this.maxLog = maxLog;
        this.bases = bases;
        this.extraBits = extraBits;
        this.entries = new long[1 << maxLog];
        this.counts = new short[bases.length];
        this.next = new short[bases.length];
        this.symbols = new byte[1 << maxLog];
    }

    /** One symbol for all sequences. */
    void repeat(int symbol) throws UnpackException {
        if (symbol >= bases.length) {
            throw new UnpackException("an RLE table has symbol " + symbol + "; the highest is " + (bases.length - 1));
        }
        log = 0;
        entries[0] = ((long) bases[symbol] << 32) | extraBits[symbol];
    }

    /** The distribution that the format defines. */
    void predefined(byte[] distribution, int tableLog) throws UnpackException {
        Arrays.fill(counts, (short) 0);
        for (int i = 0; i < distribution.length; i++) {
            counts[i] = distribution[i];
        }
        build(tableLog);
    }

    /**
     * Reads a table's description (RFC 8878, 4.1.1).
     *
     * @return the index after the description
     */
    int read(byte[] in, int at, int end) throws UnpackException {
        if (at >= end) {
            throw new UnpackException("an FSE table extends past the end of its block");
        }
        int bit = 4;
        int tableLog = (in[at] & 15) + 5;
        if (tableLog > maxLog) {
            throw new UnpackException("an FSE table has " + tableLog + " bits; the limit is " + maxLog);
        }
        Arrays.fill(counts, (short) 0);
        int remaining = 1 << tableLog;
        int symbol = 0;
        while (remaining > 0) {
            if (symbol >= counts.length) {
                throw new UnpackException("an FSE table has too many symbols; the limit is " + counts.length);
            }
            // A value from 0 to remaining + 1; the small ones of them take one bit less
            int width = 32 - Integer.numberOfLeadingZeros(remaining + 1);
            int value = bits(in, at, end, bit, width);
            int small = (1 << width) - 2 - remaining;
            int low = value & ((1 << (width - 1)) - 1);
            if (low < small) {
                value = low;
                bit += width - 1;
            } else {
                bit += width;
                if (value >= 1 << (width - 1)) {
                    value -= small;
                }
            }
            int count = value - 1;
            counts[symbol++] = (short) count;
            remaining -= Math.abs(count);
            if (count == 0) {
                int repeat;
                do {
                    repeat = bits(in, at, end, bit, 2);
                    bit += 2;
                    symbol += repeat;
                } while (repeat == 3);
            }
        }
        int size = (bit + 7) >> 3;
        if (remaining < 0 || size > end - at) {
            throw new UnpackException("an FSE table is damaged");
        }
        build(tableLog);
        return at + size;
    }

    /** Up to 16 bits; bytes after the end are 0. */
    private static int bits(byte[] in, int at, int end, int bit, int width) throws UnpackException {
        int i = at + (bit >> 3);
        if (i >= end) {
            throw new UnpackException("an FSE table extends past the end of its block");
        }
        int word = in[i] & 0xff;
        if (i + 1 < end) {
            word |= (in[i + 1] & 0xff) << 8;
        }
        if (i + 2 < end) {
            word |= (in[i + 2] & 0xff) << 16;
        }
        return (word >>> (bit & 7)) & ((1 << width) - 1);
    }

    private void build(int tableLog) {
        int size = 1 << tableLog;
        int mask = size - 1;
        int high = size;
        for (int s = 0; s < counts.length; s++) {
            if (counts[s] == -1) {
                symbols[--high] = (byte) s;
                next[s] = 1;
            } else {
                next[s] = counts[s];
            }
        }
        int step = (size >> 1) + (size >> 3) + 3;
        int position = 0;
        for (int s = 0; s < counts.length; s++) {
            for (int i = counts[s]; i > 0; i--) {
                symbols[position] = (byte) s;
                do {
                    position = (position + step) & mask;
                } while (position >= high);
            }
        }
        for (int i = 0; i < size; i++) {
            int s = symbols[i];
            int state = next[s]++;
            int bits = tableLog - (31 - Integer.numberOfLeadingZeros(state));
            entries[i] = ((long) bases[s] << 32)
                    | ((long) ((state << bits) - size) << 16)
                    | ((long) bits << 8)
                    | extraBits[s];
        }
        log = tableLog;
    }
}
