package dev.backline.unpack;

import java.util.Arrays;

/**
 * Decodes compressed blocks (RFC 8878, 3.1.1.3). Keeps what later blocks of a frame refer to: tables and offsets. Not
 * thread-safe.
 */
final class BlockDecoder {
    /** The maximum size of a block, compressed and decompressed. */
    static final int MAX_BLOCK = 128 * 1024;

    /** Most literals and matches are shorter: a copy of a constant length needs no unpredictable branch. */
    private static final int WILD = 16;

    private static final byte[] LITERAL_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        16
    };
    private static final byte[] MATCH_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2,
        2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
    };
    private static final byte[] OFFSET_BITS = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    };
    private static final int[] LITERAL_BASES = bases(LITERAL_BITS, 0);
    private static final int[] MATCH_BASES = bases(MATCH_BITS, 3);
    private static final int[] OFFSET_BASES = offsetBases();

    private static final byte[] LITERAL_DEFAULT = {
        4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1
    };
    private static final byte[] MATCH_DEFAULT = {
        1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1
    };
    private static final byte[] OFFSET_DEFAULT = {
        1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1
    };

    /** The compressed block: {@link BitWords#PAD} bytes, then data. */
    final byte[] block = new byte[BitWords.PAD + MAX_BLOCK + 16];

    private final byte[] literals = new byte[MAX_BLOCK + WILD];
    private final BitWords bits = new BitWords(block);
    private final Huffman huffman = new Huffman(bits);
    private final FseTable literalLengths = new FseTable(9, LITERAL_BASES, LITERAL_BITS);
    private final FseTable matchLengths = new FseTable(9, MATCH_BASES, MATCH_BITS);
    private final FseTable offsets = new FseTable(8, OFFSET_BASES, OFFSET_BITS);
    private final int[] repeats = new int[3];

    private int literalCount;

    private static int[] bases(byte[] extraBits, int first) {
        int[] bases = new int[extraBits.length];
        int base = first;
        for (int i = 0; i < bases.length; i++) {
            bases[i] = base;
            base += 1 << extraBits[i];
        }
        return bases;
    }

    private static int[] offsetBases() {
        int[] bases = new int[OFFSET_BITS.length];
        for (int i = 0; i < bases.length; i++) {
            bases[i] = 1 << i;
        }
        return bases;
    }

    /** Starts a frame. */
    void reset() {
        huffman.reset();
        literalLengths.log = -1;
        matchLengths.log = -1;
        offsets.log = -1;
        repeats[0] = 1;
        repeats[1] = 4;
        repeats[2] = 8;
    }

    /**
     * Decodes the block of {@code size} bytes in {@link #block}.
     *
     * @param out has the earlier bytes of the frame before {@code at}
     * @param at the index of the block's first byte
     * @param lowest the index of the earliest byte that an offset may refer to
     * @param limit the index that the block's bytes must not exceed
     * @return the index after the block's last byte
     */
    int decode(int size, byte[] out, int at, int lowest, int limit) throws UnpackException {
        int end = BitWords.PAD + size;
        bits.load(end);
        int next = literals(BitWords.PAD, end, limit - at);
        if (next >= end) {
            throw new UnpackException("a block ends before its sequences");
        }
        int count = block[next++] & 0xff;
        if (count >= 128) {
            int more = count == 255 ? 2 : 1;
            if (end - next < more) {
                throw new UnpackException("a block ends before its sequences");
            }
            count = count == 255
                    ? (block[next] & 0xff) + ((block[next + 1] & 0xff) << 8) + 0x7f00
                    : ((count - 128) << 8) + (block[next] & 0xff);
            next += more;
        }
        if (count == 0) {
            if (next != end) {
                throw new UnpackException("a block has data after its literals");
            }
            return rest(out, at, 0, limit);
        }
        if (next >= end) {
            throw new UnpackException("a block ends before its sequences");
        }
        int modes = block[next++] & 0xff;
        if ((modes & 3) != 0) {
            throw new UnpackException("the modes of a block's sequences are damaged");
        }
        next = table(literalLengths, modes >> 6, LITERAL_DEFAULT, 6, next, end);
        next = table(offsets, (modes >> 4) & 3, OFFSET_DEFAULT, 5, next, end);
        next = table(matchLengths, (modes >> 2) & 3, MATCH_DEFAULT, 6, next, end);
        return sequences(count, next, end, out, at, lowest, limit);
    }

    private int table(FseTable table, int mode, byte[] distribution, int log, int at, int end) throws UnpackException {
        switch (mode) {
            case 0 -> table.predefined(distribution, log);
            case 1 -> {
                if (at >= end) {
                    throw new UnpackException("a block ends before its sequences");
                }
                table.repeat(block[at] & 0xff);
                return at + 1;
            }
            case 2 -> {
                return table.read(block, at, end);
            }
            default -> {
                if (table.log < 0) {
                    throw new UnpackException("sequences refer to a previous table, but there is none");
                }
            }
        }
        return at;
    }

    /** Decodes the literals, and returns the index after them. */
    private int literals(int at, int end, int most) throws UnpackException {
        byte[] in = block;
        if (at >= end) {
            throw new UnpackException("a block ends before its literals");
        }
        int first = in[at] & 0xff;
        int type = first & 3;
        int format = (first >> 2) & 3;
        if (type < 2) {
            int headerSize = (format & 1) == 0 ? 1 : format == 1 ? 2 : 3;
            if (end - at < headerSize) {
                throw new UnpackException("a block ends before its literals");
            }
            int count = switch (headerSize) {
                case 1 -> first >> 3;
                case 2 -> (first >> 4) + ((in[at + 1] & 0xff) << 4);
                default -> (first >> 4) + ((in[at + 1] & 0xff) << 4) + ((in[at + 2] & 0xff) << 12);
            };
            checkLiterals(count, most);
            literalCount = count;
            int start = at + headerSize;
            int size = type == 0 ? count : 1;
            if (size > end - start) {
                throw new UnpackException("a block ends before its literals");
            }
            if (type == 0) {
                System.arraycopy(in, start, literals, 0, count);
            } else {
                Arrays.fill(literals, 0, count, in[start]);
            }
            return start + size;
        }
        int headerSize = format < 2 ? 3 : format + 2;
        if (end - at < headerSize) {
            throw new UnpackException("a block ends before its literals");
        }
        long header = 0;
        for (int i = headerSize - 1; i >= 0; i--) {
            header = (header << 8) | (in[at + i] & 0xff);
        }
        int width = format < 2 ? 10 : format == 2 ? 14 : 18;
        int count = (int) (header >>> 4) & ((1 << width) - 1);
        int size = (int) (header >>> (4 + width)) & ((1 << width) - 1);
        checkLiterals(count, most);
        int start = at + headerSize;
        int stop = start + size;
        if (stop > end) {
            throw new UnpackException("a block ends before its literals");
        }
        if (type == 2) {
            start = huffman.read(in, start, stop);
        } else {
            huffman.check();
        }
        if (format == 0) {
            huffman.decode(start, stop, literals, 0, count);
        } else {
            huffman.decodeFour(in, start, stop, literals, count);
        }
        literalCount = count;
        return stop;
    }

    private static void checkLiterals(int count, int most) throws UnpackException {
        if (count > Math.min(MAX_BLOCK, most)) {
            throw new UnpackException("a block has more literals than bytes");
        }
    }

    /** The hot loop: all of its state is in local variables. */
    private int sequences(int count, int from, int end, byte[] out, int at, int lowest, int limit)
            throws UnpackException {
        long[] w = bits.words;
        byte[] lits = literals;
        int litPos = 0;
        int litEnd = literalCount;
        long[] tl = literalLengths.entries;
        long[] to = offsets.entries;
        long[] tm = matchLengths.entries;
        int first = from << 3;
        int p = bits.mark(from, end);
        int all = literalLengths.log + offsets.log + matchLengths.log;
        if (p - first < all) {
            throw new UnpackException("a block's sequences end early");
        }
        int i = (p >>> 6) - 1;
        long x = (w[i] >>> p) | ((w[i + 1] << 1) << ~p);
        long el = tl[(int) ((x >>> 1) >>> ~literalLengths.log)];
        x <<= literalLengths.log;
        long eo = to[(int) ((x >>> 1) >>> ~offsets.log)];
        x <<= offsets.log;
        long em = tm[(int) ((x >>> 1) >>> ~matchLengths.log)];
        p -= all;
        int r1 = repeats[0];
        int r2 = repeats[1];
        int r3 = repeats[2];
        int pos = at;
        int safe = out.length - WILD;
        for (int left = count; ; ) {
            int n = (int) eo & 0xff;
            i = (p >>> 6) - 1;
            x = (w[i] >>> p) | ((w[i + 1] << 1) << ~p);
            int offset = (int) (eo >>> 32) + (int) ((x >>> 1) >>> ~n);
            int ml = (int) (em >>> 32);
            int ll = (int) (el >>> 32);
            long sum = el + em + eo;
            int used = (int) sum & 0xff;
            x <<= n;
            // Few lengths have extra bits
            if (used != n) {
                n = (int) em;
                ml += (int) ((x >>> 1) >>> ~n);
                x <<= n;
                n = (int) el;
                ll += (int) ((x >>> 1) >>> ~n);
                x <<= n;
            }
            p -= used;
            if (offset > 3) {
                offset -= 3;
                r3 = r2;
                r2 = r1;
                r1 = offset;
            } else {
                int which = ll == 0 ? offset + 1 : offset;
                if (which == 1) {
                    offset = r1;
                } else {
                    if (which == 2) {
                        offset = r2;
                    } else {
                        offset = which == 3 ? r3 : r1 - 1;
                        r3 = r2;
                    }
                    r2 = r1;
                    r1 = offset;
                }
            }
            if (ll > litEnd - litPos || ml > limit - pos - ll) {
                throw new UnpackException("a block is longer than its limit");
            }
            // Literals
            if (ll <= WILD && pos <= safe) {
                System.arraycopy(lits, litPos, out, pos, WILD);
            } else {
                System.arraycopy(lits, litPos, out, pos, ll);
            }
            pos += ll;
            litPos += ll;
            int source = pos - offset;
            if (source < lowest || offset <= 0) {
                throw new UnpackException("an offset refers to data before the window");
            }
            if (offset < ml) {
                int stop = pos + ml;
                do {
                    out[pos++] = out[source++];
                } while (pos < stop);
            } else if (ml <= WILD && pos <= safe) {
                System.arraycopy(out, source, out, pos, WILD);
                pos += ml;
            } else {
                System.arraycopy(out, source, out, pos, ml);
                pos += ml;
            }
            if (--left == 0) {
                break;
            }
            if (p < first) {
                throw new UnpackException("a block's sequences end early");
            }
            if (used > 38) {
                i = (p >>> 6) - 1;
                x = (w[i] >>> p) | ((w[i + 1] << 1) << ~p);
            }
            p -= (int) (sum >>> 8) & 0xff;
            n = (int) (el >>> 8);
            el = tl[((int) (el >>> 16) & 0xffff) + (int) ((x >>> 1) >>> ~n)];
            x <<= n;
            n = (int) (em >>> 8);
            em = tm[((int) (em >>> 16) & 0xffff) + (int) ((x >>> 1) >>> ~n)];
            x <<= n;
            n = (int) (eo >>> 8);
            eo = to[((int) (eo >>> 16) & 0xffff) + (int) ((x >>> 1) >>> ~n)];
        }
        if (p != first) {
            throw new UnpackException("a block's sequences have another size than stated");
        }
        repeats[0] = r1;
        repeats[1] = r2;
        repeats[2] = r3;
        return rest(out, pos, litPos, limit);
    }

    /** The literals after the last sequence. */
    private int rest(byte[] out, int at, int litPos, int limit) throws UnpackException {
        int n = literalCount - litPos;
        if (n > limit - at) {
            throw new UnpackException("a block is longer than its limit");
        }
        System.arraycopy(literals, litPos, out, at, n);
        return at + n;
    }
}
