package dev.backline.unpack;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.zip.Adler32;

/**
 * Decodes zlib data (RFC 1950, RFC 1951) step by step into the caller's array: any number of streams, one after the other,
 * checksums checked, no dictionaries. Not thread-safe.
 *
 * <p>The caller keeps the {@link #history} before the index at which the next bytes are to be written.
 */
public final class ZlibDecoder {
    private static final int WINDOW = 32 * 1024;
    private static final int CHUNK = 64 * 1024;

    /** Room behind the data for reads of 128 bits. */
    private static final int PAD = 24;

    /** The most bits of a length and a distance are 48; two literals of 15 bits can be before them. */
    private static final int STEP_BYTES = 16;

    private static final int MAX_MATCH = 258;

    /** Most matches are shorter: a copy of a constant length needs no unpredictable branch. */
    private static final int WILD = 16;

    private static final int LITERAL_BITS = 11;
    private static final int LITERAL_MASK = (1 << LITERAL_BITS) - 1;
    private static final int LITERAL_REST = (1 << (InflateTable.MAX_BITS - LITERAL_BITS)) - 1;
    private static final int DISTANCE_BITS = 10;
    private static final int DISTANCE_MASK = (1 << DISTANCE_BITS) - 1;
    private static final int DISTANCE_REST = (1 << (InflateTable.MAX_BITS - DISTANCE_BITS)) - 1;

    /** The order of the lengths of the codes for lengths (RFC 1951, 3.2.7). */
    private static final byte[] ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

    private static final int HEADER = 0;
    private static final int BLOCK = 1;
    private static final int STORED = 2;
    private static final int CODES = 3;
    private static final int TRAILER = 4;
    private static final int ENDED = 5;

    private final InputStream in;
    private final byte[] chunk = new byte[CHUNK + PAD];
    private final ByteBuffer chunkBytes = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    private final LongBuffer chunkWords = chunkBytes.asLongBuffer();

    /** The chunk as words: C1 compiles a long from bytes into branches and byte loads, but an element into one load. */
    private final long[] words = new long[chunk.length >> 3];

    /** The number of bytes in the chunk. */
    private int chunkEnd;

    private boolean exhausted;
    /** The next bit of the chunk. */
    private int bit;

    private final InflateTable literals = new InflateTable(LITERAL_BITS, literalSymbols());
    private final InflateTable distances = new InflateTable(DISTANCE_BITS, distanceSymbols());
    private final InflateTable lengthCodes = new InflateTable(7, lengthSymbols());
    private final byte[] lengths = new byte[288 + 32];
    private final Adler32 sum = new Adler32();

    private int state = HEADER;
    private boolean lastBlock;
    /** The number of bytes of the stream so far. */
    private long produced;
    /** The bytes that are left of a stored block or of a match. */
    private int left;

    private int distance;

    /**
     * Creates a decoder; nothing is read yet.
     *
     * @param in the compressed data
     */
    public ZlibDecoder(InputStream in) {
        this.in = in;
    }

    /** {@return the number of bytes before the next byte that it may refer to} */
    public int history() {
        return (int) Math.min(WINDOW, produced);
    }

    /**
     * Decodes some bytes.
     *
     * @param out has {@link #history} earlier bytes before {@code at}
     * @param at the index of the first byte to write
     * @param room the most bytes to write, at least 1
     * @return the number of bytes written, at least 1; or -1 at the end of the data
     * @throws UnpackException if the data is damaged, ends early, or needs a dictionary
     * @throws IOException if the data cannot be read
     */
    public int next(byte[] out, int at, int room) throws IOException {
        int count = 0;
        while (count == 0) {
            if (state == ENDED) {
                if (!refill() && bit >= chunkEnd << 3) {
                    return -1;
                }
                state = HEADER;
            }
            count = step(out, at, room);
        }
        return count;
    }

    /**
     * Decodes to the end of the stream, if it has no more bytes.
     *
     * @return false if it has more; {@link #next} must not be called then
     * @throws UnpackException if the data is damaged, ends early, or needs a dictionary
     * @throws IOException if the data cannot be read
     */
    public boolean ends() throws IOException {
        byte[] one = new byte[WINDOW + 1];
        while (state != ENDED) {
            if (step(one, WINDOW, 1) > 0) {
                return false;
            }
        }
        return true;
    }

    /** One header, trailer or part of a block; the number of bytes written, maybe 0. */
    private int step(byte[] out, int at, int room) throws IOException {
        int end = at;
        refill();
        switch (state) {
            case HEADER -> {
                int header = bits(16);
                if ((header & 15) != 8
                        || (header & 0xf0) > 0x70
                        || (((header & 0xff) << 8) | (header >> 8)) % 31 != 0) {
                    throw new UnpackException("a zlib stream does not begin with its header");
                }
                if ((header & 0x2000) != 0) {
                    throw new UnpackException(
                            "a zlib stream needs a preset dictionary; dictionaries are not supported");
                }
                sum.reset();
                produced = 0;
                state = BLOCK;
            }
            case BLOCK -> block();
            case STORED -> {
                int n = Math.min(Math.min(left, room), chunkEnd - (bit >> 3));
                if (n == 0 && left > 0) {
                    throw early();
                }
                System.arraycopy(chunk, bit >> 3, out, at, n);
                bit += n << 3;
                left -= n;
                end = at + n;
                if (left == 0) {
                    state = lastBlock ? TRAILER : BLOCK;
                }
            }
            case CODES -> {
                int lowest = at - history();
                try {
                    end = most(out, at, lowest, at + room);
                } catch (IndexOutOfBoundsException e) {
                    UnpackException damaged = new UnpackException("a block is damaged");
                    damaged.initCause(e);
                    throw damaged;
                }
                if (end == at) {
                    end = one(out, at, lowest, at + room);
                }
            }
            default -> {
                bit = (bit + 7) & -8;
                int stated = Integer.reverseBytes(bits(16) | (bits(16) << 16));
                if (stated != (int) sum.getValue()) {
                    throw new UnpackException("the checksum of a zlib stream does not match");
                }
                state = ENDED;
            }
        }
        produced += end - at;
        sum.update(out, at, end - at);
        return end - at;
    }

    /** Reads the header of a block. */
    private void block() throws IOException {
        lastBlock = bits(1) != 0;
        switch (bits(2)) {
            case 0 -> {
                bit = (bit + 7) & -8;
                left = bits(16);
                if ((left ^ bits(16)) != 0xffff) {
                    throw new UnpackException("the length of a stored block is damaged");
                }
                state = STORED;
            }
            case 1 -> {
                Arrays.fill(lengths, 0, 144, (byte) 8);
                Arrays.fill(lengths, 144, 256, (byte) 9);
                Arrays.fill(lengths, 256, 280, (byte) 7);
                Arrays.fill(lengths, 280, 288, (byte) 8);
                Arrays.fill(lengths, 288, 320, (byte) 5);
                literals.build(lengths, 0, 288, false);
                distances.build(lengths, 288, 32, false);
                left = 0;
                state = CODES;
            }
            case 2 -> {
                codes();
                left = 0;
                state = CODES;
            }
            default -> throw new UnpackException("a block has the reserved type");
        }
    }

    /** Reads the codes of a block (RFC 1951, 3.2.7). */
    private void codes() throws IOException {
        int literalCount = bits(5) + 257;
        int distanceCount = bits(5) + 1;
        int lengthCount = bits(4) + 4;
        if (literalCount > 286 || distanceCount > 30) {
            throw new UnpackException("a block has too many codes");
        }
        byte[] l = lengths;
        Arrays.fill(l, 0, ORDER.length, (byte) 0);
        for (int i = 0; i < lengthCount; i++) {
            l[ORDER[i]] = (byte) bits(3);
        }
        lengthCodes.build(l, 0, ORDER.length, false);
        int[] t = lengthCodes.entries;
        int count = literalCount + distanceCount;
        for (int i = 0; i < count; ) {
            refill();
            int e = t[peek(7)];
            bits(e & 0xff);
            int symbol = e >>> 16;
            if (symbol < 16) {
                l[i++] = (byte) symbol;
                continue;
            }
            byte value = 0;
            int repeat;
            if (symbol == 16) {
                if (i == 0) {
                    throw new UnpackException("a block repeats a length before the first");
                }
                value = l[i - 1];
                repeat = 3 + bits(2);
            } else {
                repeat = symbol == 17 ? 3 + bits(3) : 11 + bits(7);
            }
            if (repeat > count - i) {
                throw new UnpackException("a block repeats a length too often");
            }
            Arrays.fill(l, i, i + repeat, value);
            i += repeat;
        }
        if (l[256] == 0) {
            throw new UnpackException("a block has no code for its end");
        }
        literals.build(l, 0, literalCount, true);
        distances.build(l, literalCount, distanceCount, true);
    }

    /**
     * The hot loop: decodes until the room or the chunk is almost used up, or the block ends. All of its state is in local
     * variables. The entry of the next code is looked up in the bits that are there before new ones are read, so that the
     * processor does both at once (-18 % of the time).
     *
     * @return the index after the last byte
     */
    private int most(byte[] out, int at, int lowest, int end) throws UnpackException {
        int stop = end - MAX_MATCH - WILD;
        int last = (chunkEnd - STEP_BYTES) << 3;
        if (left > 0 || bit >= last) {
            return at;
        }
        long[] w = words;
        int[] tl = literals.entries;
        int[] td = distances.entries;
        int pos = at;
        int p = bit;
        int i = p >>> 6;
        long x = (w[i] >>> p) | ((w[i + 1] << 1) << ~p);
        int e = tl[(int) x & LITERAL_MASK];
        while (p < last && pos < stop) {
            if (e < 0) {
                out[pos++] = (byte) (e >> 16);
                int n = e & 0xff;
                p += n;
                x >>>= n;
                e = tl[(int) x & LITERAL_MASK];
                if (e < 0) {
                    out[pos++] = (byte) (e >> 16);
                    n = e & 0xff;
                    p += n;
                    e = tl[(int) (x >>> n) & LITERAL_MASK];
                    i = p >>> 6;
                    x = (w[i] >>> p) | ((w[i + 1] << 1) << ~p);
                    continue;
                }
            }
            if ((e & InflateTable.SPECIAL) != 0) {
                if ((e & InflateTable.LINK) != 0) {
                    e = tl[(e >>> 16) + (((int) x >>> LITERAL_BITS) & LITERAL_REST)];
                }
                if (e < 0) {
                    out[pos++] = (byte) (e >> 16);
                    int n = e & 0xff;
                    p += n;
                    e = tl[(int) (x >>> n) & LITERAL_MASK];
                    i = p >>> 6;
                    x = (w[i] >>> p) | ((w[i + 1] << 1) << ~p);
                    continue;
                }
                if ((e & InflateTable.SPECIAL) != 0) {
                    p += e & 0xff;
                    end(e);
                    break;
                }
            }
            int n = e & 0xff;
            int length = (e >>> 16) + (((int) x & ~(-1 << n)) >>> (e >>> 8));
            p += n;
            x >>>= n;
            int d = td[(int) x & DISTANCE_MASK];
            i = p >>> 6;
            x = (w[i] >>> p) | ((w[i + 1] << 1) << ~p);
            if ((d & InflateTable.SPECIAL) != 0) {
                d = linked(td, d, x);
            }
            n = d & 0xff;
            int back = (d >>> 16) + (((int) x & ~(-1 << n)) >>> (d >>> 8));
            p += n;
            e = tl[(int) (x >>> n) & LITERAL_MASK];
            i = p >>> 6;
            x = (w[i] >>> p) | ((w[i + 1] << 1) << ~p);
            int source = pos - back;
            if (source < lowest) {
                throw far();
            }
            if (length <= 8) {
                // Most are; single bytes need no call, no branch, and no case for a match that overlaps itself
                out[pos] = out[source];
                out[pos + 1] = out[source + 1];
                out[pos + 2] = out[source + 2];
                out[pos + 3] = out[source + 3];
                out[pos + 4] = out[source + 4];
                out[pos + 5] = out[source + 5];
                out[pos + 6] = out[source + 6];
                out[pos + 7] = out[source + 7];
                pos += length;
            } else if (back < length) {
                int to = pos + length;
                do {
                    out[pos++] = out[source++];
                } while (pos < to);
            } else {
                System.arraycopy(out, source, out, pos, length <= WILD ? WILD : length);
                pos += length;
            }
        }
        bit = p;
        return pos;
    }

    /** One symbol, with checks for the end of the data and of the room; the index after the last byte. */
    private int one(byte[] out, int at, int lowest, int end) throws UnpackException {
        if (state != CODES) {
            return at;
        }
        if (left == 0) {
            long x = word();
            int e = literals.entries[(int) x & LITERAL_MASK];
            if (e >= 0
                    && (e & (InflateTable.SPECIAL | InflateTable.LINK)) == (InflateTable.SPECIAL | InflateTable.LINK)) {
                e = literals.entries[(e >>> 16) + (((int) x >>> LITERAL_BITS) & LITERAL_REST)];
            }
            int n = e & 0xff;
            skip(n);
            if (e < 0) {
                out[at] = (byte) (e >> 16);
                return at + 1;
            }
            if ((e & InflateTable.SPECIAL) != 0) {
                end(e);
                return at;
            }
            left = (e >>> 16) + (((int) x & ~(-1 << n)) >>> (e >>> 8));
            x >>>= n;
            e = distances.entries[(int) x & DISTANCE_MASK];
            if ((e & InflateTable.SPECIAL) != 0) {
                e = linked(distances.entries, e, x);
            }
            n = e & 0xff;
            skip(n);
            distance = (e >>> 16) + (((int) x & ~(-1 << n)) >>> (e >>> 8));
        }
        if (at - distance < lowest) {
            throw far();
        }
        int to = at + Math.min(left, end - at);
        left -= to - at;
        int pos = at;
        while (pos < to) {
            out[pos] = out[pos - distance];
            pos++;
        }
        return pos;
    }

    /** The entry of a code that is not in the first part of a table of distances. */
    private static int linked(int[] table, int entry, long x) throws UnpackException {
        int e = entry;
        if ((e & InflateTable.LINK) != 0) {
            e = table[(e >>> 16) + (((int) x >>> DISTANCE_BITS) & DISTANCE_REST)];
        }
        if ((e & InflateTable.SPECIAL) != 0) {
            throw new UnpackException("a block has a code without a meaning");
        }
        return e;
    }

    private void end(int entry) throws UnpackException {
        if ((entry & InflateTable.END) == 0) {
            throw new UnpackException("a block has a code without a meaning");
        }
        state = lastBlock ? TRAILER : BLOCK;
    }

    /** The next 64 bits; those after the end of the data are 0. */
    private long word() {
        int i = bit >>> 6;
        return (words[i] >>> bit) | ((words[i + 1] << 1) << ~bit);
    }

    private int peek(int count) {
        return (int) word() & ((1 << count) - 1);
    }

    private int bits(int count) throws IOException {
        if (bit + count > chunkEnd << 3) {
            refill();
        }
        int value = peek(count);
        skip(count);
        return value;
    }

    private void skip(int count) throws UnpackException {
        bit += count;
        if (bit > chunkEnd << 3) {
            throw early();
        }
    }

    /** Reads more data if the chunk is almost used up; false if nothing was read. */
    private boolean refill() throws IOException {
        int from = bit >> 3;
        if (exhausted || chunkEnd - from > STEP_BYTES) {
            return false;
        }
        int kept = chunkEnd - from;
        System.arraycopy(chunk, from, chunk, 0, kept);
        int n = in.readNBytes(chunk, kept, CHUNK - kept);
        exhausted = n < CHUNK - kept;
        chunkEnd = kept + n;
        bit &= 7;
        Arrays.fill(chunk, chunkEnd, chunk.length, (byte) 0);
        chunkWords.position(0);
        chunkWords.get(words, 0, Math.min(words.length, (chunkEnd + PAD) >> 3));
        return n > 0;
    }

    private static UnpackException early() {
        return new UnpackException("the zlib data ends early");
    }

    private static UnpackException far() {
        return new UnpackException("a distance refers to data before the stream");
    }

    private static int[] literalSymbols() {
        int[] symbols = new int[288];
        for (int i = 0; i < 256; i++) {
            symbols[i] = InflateTable.LITERAL | (i << 16);
        }
        symbols[256] = InflateTable.SPECIAL | InflateTable.END;
        int base = 3;
        for (int i = 257; i < 285; i++) {
            int extra = i < 265 ? 0 : (i - 261) >> 2;
            symbols[i] = (base << 16) | extra;
            base += 1 << extra;
        }
        symbols[285] = MAX_MATCH << 16;
        symbols[286] = InflateTable.SPECIAL;
        symbols[287] = InflateTable.SPECIAL;
        return symbols;
    }

    private static int[] distanceSymbols() {
        int[] symbols = new int[32];
        int base = 1;
        for (int i = 0; i < 30; i++) {
            int extra = i < 4 ? 0 : (i - 2) >> 1;
            symbols[i] = (base << 16) | extra;
            base += 1 << extra;
        }
        symbols[30] = InflateTable.SPECIAL;
        symbols[31] = InflateTable.SPECIAL;
        return symbols;
    }

    private static int[] lengthSymbols() {
        int[] symbols = new int[ORDER.length];
        for (int i = 0; i < symbols.length; i++) {
            symbols[i] = i << 16;
        }
        return symbols;
    }
}
