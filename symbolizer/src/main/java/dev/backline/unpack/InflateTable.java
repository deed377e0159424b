package dev.backline.unpack;

import java.util.Arrays;

/**
 * A decoding table of deflate's Huffman codes (RFC 1951, 3.2.2). Not thread-safe.
 *
 * <p>An entry of {@link #entries} has, from its lowest bit: the bits that the code and the extra bits of its value take
 * (8 bits), the bits of the code alone (5), flags (3), and the value or the base of the value (16). An index is the next
 * bits of the data.
 */
final class InflateTable {
    /** The entry is a literal: its value is at bit 16. The sign, because that needs the cheapest test. */
    static final int LITERAL = 1 << 31;
    /** The entry is neither a literal nor a base. */
    static final int SPECIAL = 1 << 15;
    /** With {@link #SPECIAL}: the code is longer; its entry is at the value plus the next bits. */
    static final int LINK = 1 << 14;
    /** With {@link #SPECIAL}: the end of a block. With neither of both: no code. */
    static final int END = 1 << 13;

    /** The longest code. */
    static final int MAX_BITS = 15;

    /** The entries of the first {@code bits} bits, then those of longer codes. */
    final int[] entries;

    private final int bits;
    private final int[] symbols;
    private final int[] counts = new int[MAX_BITS + 1];
    private final int[] next = new int[MAX_BITS + 1];

    /**
     * A table without content.
     *
     * @param bits the bits of an index; longer codes take a second look
     * @param symbols the entry of each symbol without the bits of its code: extra bits at bit 0, flags, value
     */
    InflateTable(int bits, int[] symbols) {
        this.bits = bits;
        this.symbols = symbols;
        // A prefix of longer codes is shared by two at least, or has one code that is the last
        entries = new int[(1 << bits) + ((symbols.length / 2 + 1) << (MAX_BITS - bits))];
    }

    /**
     * Makes the table.
     *
     * @param lengths of the codes of the symbols, in bits; 0 if a symbol has none
     * @param from the index of the first symbol's length
     * @param count the number of symbols
     * @param mayBeOne whether a single code of one bit, or no code, is a complete set
     */
    void build(byte[] lengths, int from, int count, boolean mayBeOne) throws UnpackException {
        Arrays.fill(counts, 0);
        for (int i = from; i < from + count; i++) {
            counts[lengths[i]]++;
        }
        int codes = count - counts[0];
        counts[0] = 0;
        int code = 0;
        for (int n = 1; n <= MAX_BITS; n++) {
            code = (code + counts[n - 1]) << 1;
            next[n] = code;
            if (code + counts[n] > 1 << n) {
                throw new UnpackException("a set of codes has too many of a length");
            }
        }
        int size = 1 << bits;
        if (code + counts[MAX_BITS] != 1 << MAX_BITS) {
            if (!mayBeOne || codes > 1 || codes != counts[1]) {
                throw new UnpackException("a set of codes is incomplete");
            }
            Arrays.fill(entries, 0, size, SPECIAL | 1);
        }
        fill(lengths, from, count);
    }

    private void fill(byte[] lengths, int from, int count) {
        int[] e = entries;
        int size = 1 << bits;
        int free = size;
        // An entry of 0 is a prefix of longer codes that has no link yet
        if (hasLong()) {
            Arrays.fill(e, 0, size, 0);
        }
        for (int s = 0; s < count; s++) {
            int n = lengths[from + s];
            if (n == 0) {
                continue;
            }
            int index = Integer.reverse(next[n]++) >>> (32 - n);
            int entry = symbols[s] + (n << 8) + n;
            if (n <= bits) {
                int step = 1 << n;
                for (int i = index; i < size; i += step) {
                    e[i] = entry;
                }
            } else {
                int prefix = index & (size - 1);
                int link = e[prefix];
                if (link == 0) {
                    link = (free << 16) | SPECIAL | LINK;
                    e[prefix] = link;
                    free += 1 << (MAX_BITS - bits);
                }
                int end = (link >>> 16) + (1 << (MAX_BITS - bits));
                for (int i = (link >>> 16) + (index >>> bits); i < end; i += 1 << (n - bits)) {
                    e[i] = entry;
                }
            }
        }
    }

    private boolean hasLong() {
        for (int n = bits + 1; n <= MAX_BITS; n++) {
            if (counts[n] > 0) {
                return true;
            }
        }
        return false;
    }
}
