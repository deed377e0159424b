package dev.backline.io;

import java.util.Arrays;

/**
 * A growing list of long numbers, without an object for each. Not thread-safe.
 */
@Internal
public final class LongList {
    private long[] elements = new long[8];
    private int size;

    /** An empty list. */
    public LongList() {}

    /**
     * Appends a number.
     *
     * @param element the number
     */
    public void add(long element) {
        if (size == elements.length) {
            elements = Arrays.copyOf(elements, 2 * size);
        }
        elements[size++] = element;
    }

    /** {@return the number of elements} */
    public int size() {
        return size;
    }

    /** {@return a new array of the elements, in the order in which they were appended} */
    public long[] toArray() {
        return Arrays.copyOf(elements, size);
    }

    /** Removes all elements and keeps the capacity. */
    public void clear() {
        size = 0;
    }
}
