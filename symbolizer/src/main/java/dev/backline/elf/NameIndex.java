package dev.backline.elf;

/** A hash table of symbol names, with chains in int arrays. Immutable. */
final class NameIndex {
    /** The first symbol of each chain; 0, the null symbol, ends a chain because it has no name. */
    private final int[] heads;

    private final int[] next;

    NameIndex(SymbolTable symbols) {
        int size = symbols.size();
        heads = new int[Integer.highestOneBit(Math.max(1, size - 1)) << 1];
        next = new int[size];
        // Backwards, so that a chain is in the order of the table
        for (int i = size - 1; i > 0; i--) {
            int slot = symbols.nameHash(i) & heads.length - 1;
            next[i] = heads[slot];
            heads[slot] = i;
        }
    }

    /** The first symbol in the chain of this hash, or 0. */
    int first(int hash) {
        return heads[hash & heads.length - 1];
    }

    /** The symbol after {@code i} in its chain, or 0. */
    int next(int i) {
        return next[i];
    }
}
