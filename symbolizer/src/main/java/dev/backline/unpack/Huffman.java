package dev.backline.unpack;

import java.util.Arrays;

/** The Huffman codes of literals (RFC 8878, 4.2), and the decoding of their streams. Not thread-safe. */
final class Huffman {
    /** The longest code. All tables have this many bits, so that the shift to an index is a constant. */
    private static final int MAX_BITS = 11;

    private static final int SHIFT = 64 - MAX_BITS;

    /** For each 11 bits: the symbol (low 8 bits) and the length of its code. */
    private final short[] table = new short[1 << MAX_BITS];

    private final byte[] weights = new byte[256];
    private final int[] starts = new int[MAX_BITS + 2];
    private final FseTable fse = new FseTable(6, WEIGHTS, new byte[WEIGHTS.length]);
    private final BitWords bits;

    private boolean ready;

    private static final int[] WEIGHTS = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

    Huffman(BitWords bits) {
        this.bits = bits;
    }

    /** A new frame starts without a table. */
    void reset() {
        ready = false;
    }

    void check() throws UnpackException {
        if (!ready) {
            throw new UnpackException("literals refer to a previous Huffman table, but there is none");
        }
    }

    /**
     * Reads the description of a tree.
     *
     * @return the index after the description
     */
    int read(byte[] in, int at, int end) throws UnpackException {
        if (at >= end) {
            throw new UnpackException("a Huffman tree extends past the end of its block");
        }
        int header = in[at] & 0xff;
        int start = at + 1;
        int size = header < 128 ? header : (header - 126) >> 1;
        if (size > end - start) {
            throw new UnpackException("a Huffman tree extends past the end of its block");
        }
        int count;
        if (header < 128) {
            count = packedWeights(in, start, start + size);
        } else {
            count = header - 127;
            for (int i = 0; i < count; i++) {
                int pair = in[start + (i >> 1)];
                weights[i] = (byte) ((i & 1) == 0 ? (pair >> 4) & 15 : pair & 15);
            }
        }
        build(count);
        return start + size;
    }

    /** Weights as two interleaved FSE streams. */
    private int packedWeights(byte[] in, int start, int end) throws UnpackException {
        int from = fse.read(in, start, end);
        int log = fse.log;
        long[] entries = fse.entries;
        long[] words = bits.words;
        int first = from << 3;
        int p = bits.mark(from, end);
        if (p - first < 2 * log) {
            throw new UnpackException("the weights of a Huffman tree end early");
        }
        p -= log;
        long even = entries[read(words, p, log)];
        p -= log;
        long odd = entries[read(words, p, log)];
        int count = 0;
        while (true) {
            if (count > 253) {
                throw new UnpackException("a Huffman tree has more than 256 symbols");
            }
            weights[count++] = (byte) (even >>> 32);
            int n = (int) (even >>> 8) & 0xff;
            if (p - n < first) {
                weights[count++] = (byte) (odd >>> 32);
                return count;
            }
            p -= n;
            even = entries[((int) (even >>> 16) & 0xffff) + read(words, p, n)];
            weights[count++] = (byte) (odd >>> 32);
            n = (int) (odd >>> 8) & 0xff;
            if (p - n < first) {
                weights[count++] = (byte) (even >>> 32);
                return count;
            }
            p -= n;
            odd = entries[((int) (odd >>> 16) & 0xffff) + read(words, p, n)];
        }
    }

    /** The {@code n} bits (at most 9) from bit {@code p} on. */
    private static int read(long[] words, int p, int n) {
        int i = p >>> 6;
        long word = (words[i] >>> p) | ((words[i + 1] << 1) << ~p);
        return (int) word & ((1 << n) - 1);
    }

    private void build(int count) throws UnpackException {
        int[] start = starts;
        Arrays.fill(start, 0);
        int sum = 0;
        for (int i = 0; i < count; i++) {
            int w = weights[i];
            if (w > MAX_BITS) {
                throw new UnpackException("a Huffman code has a weight of " + w + "; the limit is " + MAX_BITS);
            }
            if (w > 0) {
                sum += 1 << (w - 1);
                start[w]++;
            }
        }
        // The last symbol's weight is not stored: it completes the sum to a power of two
        int bitCount = 32 - Integer.numberOfLeadingZeros(sum);
        int rest = (1 << bitCount) - sum;
        if (sum == 0 || bitCount > MAX_BITS || Integer.bitCount(rest) != 1) {
            throw new UnpackException("the weights of a Huffman tree are not those of a complete tree");
        }
        int lastWeight = 32 - Integer.numberOfLeadingZeros(rest);
        weights[count] = (byte) lastWeight;
        start[lastWeight]++;
        int widen = MAX_BITS - bitCount;
        int position = 0;
        for (int w = 1; w <= bitCount; w++) {
            int symbols = start[w];
            start[w] = position;
            position += symbols << (w - 1 + widen);
        }
        for (int i = 0; i <= count; i++) {
            int w = weights[i];
            if (w > 0) {
                int from = start[w];
                int to = from + (1 << (w - 1 + widen));
                start[w] = to;
                Arrays.fill(table, from, to, (short) (((bitCount + 1 - w) << 8) | i));
            }
        }
        ready = true;
    }

    /** Decodes one stream. */
    void decode(int from, int to, byte[] out, int at, int end) throws UnpackException {
        finish(bits.mark(from, to), from << 3, out, at, end);
    }

    /** Decodes four streams, of which the first three have the same number of symbols. */
    void decodeFour(byte[] in, int at, int end, byte[] out, int outEnd) throws UnpackException {
        if (end - at < 10) {
            throw new UnpackException("the four streams of literals end early");
        }
        int from1 = at + 6;
        int from2 = from1 + (in[at] & 0xff) + ((in[at + 1] & 0xff) << 8);
        int from3 = from2 + (in[at + 2] & 0xff) + ((in[at + 3] & 0xff) << 8);
        int from4 = from3 + (in[at + 4] & 0xff) + ((in[at + 5] & 0xff) << 8);
        int each = (outEnd + 3) >> 2;
        if (from4 >= end || 3 * each > outEnd) {
            throw new UnpackException("the four streams of literals are damaged");
        }
        int p1 = bits.mark(from1, from2);
        int p2 = bits.mark(from2, from3);
        int p3 = bits.mark(from3, from4);
        int p4 = bits.mark(from4, end);
        long[] w = bits.words;
        short[] t = table;
        int o = 0;
        int longest = outEnd - 3 * each;
        while (true) {
            // A round of 5 symbols of each stream takes at most 55 bits of it
            int rounds = (longest - o) / 5;
            rounds = Math.min(rounds, (p1 - (from1 << 3)) / 55);
            rounds = Math.min(rounds, (p2 - (from2 << 3)) / 55);
            rounds = Math.min(rounds, (p3 - (from3 << 3)) / 55);
            rounds = Math.min(rounds, (p4 - (from4 << 3)) / 55);
            if (rounds <= 0) {
                break;
            }
            for (int stop = o + 5 * rounds; o < stop; o += 5) {
                p1 = five(w, t, p1, out, o);
                p2 = five(w, t, p2, out, o + each);
                p3 = five(w, t, p3, out, o + 2 * each);
                p4 = five(w, t, p4, out, o + 3 * each);
            }
        }
        finish(p1, from1 << 3, out, o, each);
        finish(p2, from2 << 3, out, o + each, 2 * each);
        finish(p3, from3 << 3, out, o + 2 * each, 3 * each);
        finish(p4, from4 << 3, out, o + 3 * each, outEnd);
    }

    private static int five(long[] w, short[] t, int p, byte[] out, int o) {
        int i = (p >>> 6) - 1;
        long x = (w[i] >>> p) | ((w[i + 1] << 1) << ~p);
        int e = t[(int) (x >>> SHIFT)];
        out[o] = (byte) e;
        int n = e >> 8;
        e = t[(int) ((x << n) >>> SHIFT)];
        out[o + 1] = (byte) e;
        n += e >> 8;
        e = t[(int) ((x << n) >>> SHIFT)];
        out[o + 2] = (byte) e;
        n += e >> 8;
        e = t[(int) ((x << n) >>> SHIFT)];
        out[o + 3] = (byte) e;
        n += e >> 8;
        e = t[(int) ((x << n) >>> SHIFT)];
        out[o + 4] = (byte) e;
        return p - n - (e >> 8);
    }

    private void finish(int mark, int first, byte[] out, int at, int end) throws UnpackException {
        long[] w = bits.words;
        short[] t = table;
        int p = mark;
        for (int o = at; o < end && p > first; o++) {
            int i = (p >>> 6) - 1;
            long x = (w[i] >>> p) | ((w[i + 1] << 1) << ~p);
            int e = t[(int) (x >>> SHIFT)];
            out[o] = (byte) e;
            p -= e >> 8;
            if (o == end - 1 && p == first) {
                return;
            }
        }
        if (at != end || p != first) {
            throw new UnpackException("a stream of literals has another size than its header states");
        }
    }
}
