package dev.backline.elf;

import dev.backline.io.IntList;
import dev.backline.io.Suggestions;
import java.util.Arrays;

/**
 * Looks up symbols with a scan of the whole table: for the few look-ups of a short run, building an index takes longer
 * than it saves. Most of such a run is interpreted, so the loop first compares a few bytes of each symbol, without
 * method calls. Immutable.
 */
final class SymbolScan {
    /** Symbols per call: the JVM compiles a method that is called often sooner than a long loop. */
    private static final int CHUNK = 16;

    private static final int SHN_LORESERVE = 0xff00;

    private final SymbolTable symbols;
    private final byte[] table;
    private final byte[] strings;
    private final int entrySize;
    private final int size;
    private final boolean big;
    /** The offset of st_shndx in an entry, 2 bytes after st_info; valueAt is the offset of the low half of st_value. */
    private final int sectionAt;

    private final int valueAt;
    /** Whether each address is st_value plus the base of section st_shndx: no Thumb bit, no extended numbering. */
    private final boolean plain;

    SymbolScan(SymbolTable symbols, byte[] table, byte[] strings, boolean is64, boolean big, boolean plain) {
        this.symbols = symbols;
        this.table = table;
        this.strings = strings;
        this.entrySize = is64 ? 24 : 16;
        this.size = symbols.size();
        this.big = big;
        this.sectionAt = is64 ? 6 : 14;
        this.valueAt = is64 ? big ? 12 : 8 : 4;
        this.plain = plain;
    }

    /** The symbols with this non-empty name, as {@link Symbols#named} gives them. */
    int[] named(byte[] wanted) {
        IntList found = new IntList();
        for (int i = nextNamed(0, wanted); i != 0 && found.size() < Symbols.MOST_NAMED; i = nextNamed(i, wanted)) {
            found.add(i);
        }
        return found.toArray();
    }

    private int nextNamed(int i, byte[] wanted) {
        for (int from = i + 1; from < size; from += CHUNK) {
            int to = Math.min(size, from + CHUNK);
            int found = firstNamed(from, to, wanted);
            if (found < to) {
                return found;
            }
        }
        return 0;
    }

    private int firstNamed(int from, int to, byte[] wanted) {
        byte[] t = table;
        byte[] s = strings;
        byte first = wanted[0];
        int last = s.length - wanted.length;
        int step = entrySize;
        int at = from * step;
        for (int i = from; i < to; i++, at += step) {
            int start = big
                    ? t[at] << 24 | (t[at + 1] & 0xff) << 16 | (t[at + 2] & 0xff) << 8 | (t[at + 3] & 0xff)
                    : (t[at] & 0xff) | (t[at + 1] & 0xff) << 8 | (t[at + 2] & 0xff) << 16 | t[at + 3] << 24;
            if (start >= 0 && start <= last && s[start] == first && symbols.isNamed(start, wanted)) {
                return i;
            }
        }
        return to;
    }

    /** All symbols whose name starts with these bytes, of which there is at least one, in the order of the table. */
    int[] starting(byte[] prefix) {
        IntList found = new IntList();
        int from = 1;
        while (from < size) {
            int to = Math.min(size, from + CHUNK);
            int i = firstStarting(from, to, prefix);
            if (i < to) {
                found.add(i);
            }
            from = Math.min(i + 1, to);
        }
        return found.toArray();
    }

    private int firstStarting(int from, int to, byte[] prefix) {
        byte[] s = strings;
        byte first = prefix[0];
        int last = s.length - prefix.length;
        for (int i = from; i < to; i++) {
            int start = Words.i32(table, i * entrySize, big);
            if (start >= 0
                    && start <= last
                    && s[start] == first
                    && Arrays.equals(s, start, start + prefix.length, prefix, 0, prefix.length)) {
                return i;
            }
        }
        return to;
    }

    /** Compares the names of all functions that the file defines, in the order of the table. */
    void suggest(Suggestions suggestions) {
        for (int from = 1; from < size; from += CHUNK) {
            suggest(from, Math.min(size, from + CHUNK), suggestions);
        }
    }

    private void suggest(int from, int to, Suggestions suggestions) {
        byte[] t = table;
        int step = entrySize;
        int at = from * step + sectionAt;
        for (int i = from; i < to; i++, at += step) {
            int type = t[at - 2] & 0xf;
            if ((type == SymbolTable.STT_FUNC || type == SymbolTable.STT_GNU_IFUNC)
                    && (t[at] | t[at + 1]) != 0
                    && symbols.sectionIndex(i) != SymbolTable.SHN_UNDEF) {
                suggestions.consider(strings, symbols.nameStart(i));
            }
        }
    }

    /** The section's nearest symbol at or above an address, the first by {@link SymbolOrder#readelf}; -1 if none. */
    int firstFrom(long address, int section) {
        int best = 0;
        long least = -1;
        // The differences of the low halves are the whole differences while those are below 4 GB
        int offset = (int) (symbols.base(section) - address);
        int bound = -1;
        boolean quick = plain && section < SHN_LORESERVE;
        int from = 1;
        while (from < size) {
            int to = Math.min(size, from + CHUNK);
            int i = quick ? nextNear(from, to, section, offset, bound) : from;
            from = i + 1;
            if (i == to) {
                from = to;
                continue;
            }
            if (symbols.sectionIndex(i) != section) {
                continue;
            }
            long a = symbols.address(i);
            if (Long.compareUnsigned(a, address) >= 0
                    && Long.compareUnsigned(a, least) <= 0
                    && !symbols.isMapping(i)
                    && (best == 0 || SymbolOrder.readelf(symbols, i, best) < 0)) {
                best = i;
                least = a;
                bound = Long.compareUnsigned(a - address, 0xffff_ffffL) <= 0 ? (int) (a - address) : -1;
            }
        }
        return best == 0 ? -1 : best;
    }

    /** The first symbol that may be in the section and within the bound above the offset; {@code to} if none. */
    private int nextNear(int from, int to, int section, int offset, int bound) {
        byte[] t = table;
        byte low = (byte) (big ? section >>> 8 : section);
        byte high = (byte) (big ? section : section >>> 8);
        int step = entrySize;
        int at = from * step + sectionAt;
        int toValue = valueAt - sectionAt;
        for (int i = from; i < to; i++, at += step) {
            if (t[at] == low && t[at + 1] == high) {
                int v = at + toValue;
                int value = big
                        ? t[v] << 24 | (t[v + 1] & 0xff) << 16 | (t[v + 2] & 0xff) << 8 | (t[v + 3] & 0xff)
                        : (t[v] & 0xff) | (t[v + 1] & 0xff) << 8 | (t[v + 2] & 0xff) << 16 | t[v + 3] << 24;
                if (value + offset + Integer.MIN_VALUE <= bound + Integer.MIN_VALUE) {
                    return i;
                }
            }
        }
        return to;
    }
}
