package dev.backline.elf;

import java.util.Arrays;

/**
 * The defined symbols of a table by address, mapping symbols left out: the distinct addresses in
 * order, and for each the symbols that are there. Immutable.
 */
final class AddressIndex {
    private final SymbolTable symbols;
    /** Unsigned addresses in order. */
    private final long[] addresses;
    /** Where in {@link #members} those of an address begin; one more than there are addresses. */
    private final int[] starts;

    private final int[] members;

    AddressIndex(SymbolTable symbols) {
        this.symbols = symbols;
        int size = symbols.size();
        long[] sorted = new long[size];
        int count = 0;
        for (int i = 1; i < size; i++) {
            if (belongs(i)) {
                // Flipping the top bit lets a signed sort order unsigned numbers
                sorted[count++] = symbols.address(i) ^ Long.MIN_VALUE;
            }
        }
        Arrays.sort(sorted, 0, count);
        int distinct = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || sorted[i] != sorted[i - 1]) {
                sorted[distinct++] = sorted[i];
            }
        }
        addresses = Arrays.copyOf(sorted, distinct);
        int[] places = new int[size];
        int[] ends = new int[distinct + 1];
        for (int i = 1; i < size; i++) {
            if (belongs(i)) {
                places[i] = Arrays.binarySearch(addresses, symbols.address(i) ^ Long.MIN_VALUE);
                ends[places[i] + 1]++;
            }
        }
        for (int i = 0; i < distinct; i++) {
            ends[i + 1] += ends[i];
        }
        starts = ends.clone();
        members = new int[count];
        for (int i = 1; i < size; i++) {
            if (belongs(i)) {
                members[ends[places[i]]++] = i;
            }
        }
    }

    private boolean belongs(int i) {
        return symbols.sectionIndex(i) != SymbolTable.SHN_UNDEF && !symbols.isMapping(i);
    }

    /** How many of the addresses lie below this one (or at it, too). */
    private int below(long address, boolean orAt) {
        int place = Arrays.binarySearch(addresses, address ^ Long.MIN_VALUE);
        return place < 0 ? -place - 1 : orAt ? place + 1 : place;
    }

    /** The first by {@link SymbolOrder#readelf} of the section's symbols at or above an address; -1 when none. */
    int firstFrom(long address, int section) {
        for (int a = below(address, false); a < addresses.length; a++) {
            int best = -1;
            for (int k = starts[a]; k < starts[a + 1]; k++) {
                int i = members[k];
                if (symbols.sectionIndex(i) == section && (best < 0 || SymbolOrder.readelf(symbols, i, best) < 0)) {
                    best = i;
                }
            }
            if (best >= 0) {
                return best;
            }
        }
        return -1;
    }

    /** The section's symbols at exactly that address, in the order of the table. */
    int[] exactly(long address, int section) {
        int a = Arrays.binarySearch(addresses, address ^ Long.MIN_VALUE);
        if (a < 0) {
            return new int[0];
        }
        int[] found = new int[starts[a + 1] - starts[a]];
        int count = 0;
        for (int k = starts[a]; k < starts[a + 1]; k++) {
            if (symbols.sectionIndex(members[k]) == section) {
                found[count++] = members[k];
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** The first by {@link SymbolOrder#kallsyms} of the nearest at or below an address; -1 when none. */
    int nameFor(long address, int section) {
        for (int a = below(address, true) - 1; a >= 0; a--) {
            int best = -1;
            for (int k = starts[a]; k < starts[a + 1]; k++) {
                int i = members[k];
                if (symbols.sectionIndex(i) == section
                        && names(i)
                        && (best < 0 || SymbolOrder.kallsyms(symbols, i, best) < 0)) {
                    best = i;
                }
            }
            if (best >= 0) {
                return best;
            }
        }
        return -1;
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
