package dev.backline.dwarf;

import dev.backline.io.Internal;

/**
 * Bounds the memory of one table of debug information. References let a small file describe a table of any size, such
 * as thousands of functions with one long range list, so the size of the file is no bound. A hostile file causes an
 * error message instead of an OutOfMemoryError.
 */
@Internal
public final class Capacity {
    /** A fraction, since doubling and sorting a table take a multiple of its memory. */
    private static final long SHARE = Runtime.getRuntime().maxMemory() / 8;

    private Capacity() {}

    /**
     * {@return how many entries a table may have}
     *
     * @param entryBytes of an entry in all columns
     */
    public static int of(int entryBytes) {
        return (int) Math.min(Integer.MAX_VALUE - 8, SHARE / entryBytes);
    }

    /** {@return whether this number of bytes of a section may be held in one array} */
    static boolean holds(long bytes) {
        return bytes <= 2 * SHARE;
    }

    /**
     * {@return twice the size, or the largest size that the table may have}
     *
     * @param table names the contents in the message, such as "the line table's rows"
     * @throws DwarfException if the table already has its largest size
     */
    static int grown(int size, int entryBytes, String table, String file, String section, long offset)
            throws DwarfException {
        int capacity = of(entryBytes);
        if (size >= capacity) {
            throw new DwarfException(
                    file,
                    section,
                    offset,
                    table + " are more than " + size
                            + " and take an eighth of the Java heap; if the file is not damaged,"
                            + " give Java a larger heap (-Xmx)");
        }
        return (int) Math.min(2L * size, capacity);
    }
}
