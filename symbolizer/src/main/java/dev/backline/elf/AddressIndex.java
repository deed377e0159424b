package dev.backline.elf;

import dev.backline.io.IntList;
import java.util.Arrays;

/** The defined symbols of a table by address, without mapping symbols. Immutable. */
final class AddressIndex {
    /** The number of bits that one pass of the radix sort handles. */
    private static final int DIGIT = 11;

    private static final int CHUNK = 256;

    private final SymbolTable symbols;
    /** Unsigned, in order; several symbols may have one address. */
    private long[] addresses;
    /** The symbols of those addresses; at one address in the order of the table. */
    private int[] members;

    private int size;

    AddressIndex(SymbolTable symbols) {
        this.symbols = symbols;
        addresses = new long[symbols.size()];
        members = new int[symbols.size()];
        // In chunks: the JVM compiles a method that is called often sooner than a long loop
        for (int i = 1; i < symbols.size(); i += CHUNK) {
            collect(i, Math.min(symbols.size(), i + CHUNK));
        }
        long differing = 0;
        for (int i = 0; i < size; i++) {
            differing |= addresses[i] ^ addresses[0];
        }
        long[] toAddresses = new long[size];
        int[] toMembers = new int[size];
        int[] counts = new int[1 << DIGIT];
        for (int shift = 0; shift < Long.SIZE; shift += DIGIT) {
            if (differing >>> shift == 0) {
                break;
            }
            if (((differing >>> shift) & (counts.length - 1)) != 0) {
                sort(shift, counts, toAddresses, toMembers);
                long[] a = addresses;
                int[] m = members;
                addresses = toAddresses;
                members = toMembers;
                toAddresses = a;
                toMembers = m;
            }
        }
    }

    private void collect(int from, int to) {
        for (int i = from; i < to; i++) {
            if (symbols.sectionIndex(i) != SymbolTable.SHN_UNDEF && !symbols.isMapping(i)) {
                addresses[size] = symbols.address(i);
                members[size++] = i;
            }
        }
    }

    /** One pass of a radix sort: stable, by one digit. */
    private void sort(int shift, int[] counts, long[] toAddresses, int[] toMembers) {
        Arrays.fill(counts, 0);
        int mask = counts.length - 1;
        for (int i = 0; i < size; i++) {
            counts[(int) (addresses[i] >>> shift) & mask]++;
        }
        int start = 0;
        for (int digit = 0; digit < counts.length; digit++) {
            int count = counts[digit];
            counts[digit] = start;
            start += count;
        }
        for (int i = 0; i < size; i++) {
            int place = counts[(int) (addresses[i] >>> shift) & mask]++;
            toAddresses[place] = addresses[i];
            toMembers[place] = members[i];
        }
    }

    /** The number of symbols below an address. */
    private int below(long address) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(addresses[middle], address) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The section's nearest symbol at or above an address, the first by {@link SymbolOrder#readelf}; -1 if none. */
    int firstFrom(long address, int section) {
        int best = -1;
        long at = 0;
        for (int k = below(address); k < size && (best < 0 || addresses[k] == at); k++) {
            int i = members[k];
            if (symbols.sectionIndex(i) == section && (best < 0 || SymbolOrder.readelf(symbols, i, best) < 0)) {
                best = i;
                at = addresses[k];
            }
        }
        return best;
    }

    /** The section's symbols at exactly this address, in the order of the table. */
    int[] exactly(long address, int section) {
        IntList found = new IntList();
        for (int k = below(address); k < size && addresses[k] == address; k++) {
            if (symbols.sectionIndex(members[k]) == section) {
                found.add(members[k]);
            }
        }
        return found.toArray();
    }

    /** The section's nearest symbol at or below an address, the first by {@link SymbolOrder#kallsyms}; -1 if none. */
    int nameFor(long address, int section) {
        int best = -1;
        long at = 0;
        int above = address == -1 ? size : below(address + 1);
        for (int k = above - 1; k >= 0 && (best < 0 || addresses[k] == at); k--) {
            int i = members[k];
            if (symbols.sectionIndex(i) == section
                    && names(i)
                    && (best < 0 || SymbolOrder.kallsyms(symbols, i, best) < 0)) {
                best = i;
                at = addresses[k];
            }
        }
        return best;
    }

    /** Whether the symbol can name a place in memory. */
    private boolean names(int i) {
        int type = symbols.type(i);
        return type != SymbolTable.STT_SECTION
                && type != SymbolTable.STT_FILE
                && type != SymbolTable.STT_TLS
                && symbols.hasName(i);
    }
}
