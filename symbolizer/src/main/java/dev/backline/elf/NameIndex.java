package dev.backline.elf;

/** Symbols by the hash of their names: chains in primitive columns. Immutable. */
final class NameIndex {
    /** The first symbol of each chain, or 0: the null symbol has no name. */
    private final int[] heads;

    private final int[] next;

    NameIndex(SymbolTable symbols) {
        int size = symbols.size();
        heads = new int[Integer.highestOneBit(Math.max(1, size - 1)) << 1];
        next = new int[size];
        // From the end, so that a chain is in the order of the table
        for (int i = size - 1; i > 0; i--) {
            int slot = symbols.nameHash(i) & heads.length - 1;
            next[i] = heads[slot];
            heads[slot] = i;
        }
    }

    /** The first symbol whose name may have this hash, or 0. */
    int first(int hash) {
        return heads[hash & heads.length - 1];
    }

    /** The one after symbol {@code i} in its chain, or 0. */
    int next(int i) {
        return next[i];
    }
}
