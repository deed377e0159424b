package dev.backline.dwarf;

/**
 * How much of the heap one table of debug information may take. References let a small file describe a table of any
 * size (thousands of functions with one long range list), so that what a table grows to is bounded by the memory and
 * not by the file: a hostile one ends in an error, and not in an OutOfMemoryError.
 */
final class Capacity {
    /** Doubling and sorting a table need its memory a few times over. */
    private static final long SHARE = Runtime.getRuntime().maxMemory() / 8;

    private Capacity() {}

    /** {@return how many entries of so many bytes a table may have} */
    static int of(int entryBytes) {
        return (int) Math.min(Integer.MAX_VALUE - 8, SHARE / entryBytes);
    }

    /** {@return whether so many bytes of a section may be held in one piece} */
    static boolean holds(long bytes) {
        return bytes <= 2 * SHARE;
    }

    /**
     * {@return twice the size, or less where that is more than the table may have}
     *
     * @param table what it holds, such as "the line table's rows"
     * @throws DwarfException when the table already has all that it may have
     */
    static int grown(int size, int entryBytes, String table, String file, String section, long offset)
            throws DwarfException {
        int capacity = of(entryBytes);
        if (size >= capacity) {
            throw new DwarfException(
                    file,
                    section,
                    offset,
                    table + " are more than " + size + ", which take an eighth of the Java heap; if the file is sound,"
                            + " give Java a larger heap (-Xmx)");
        }
        return (int) Math.min(2L * size, capacity);
    }
}
