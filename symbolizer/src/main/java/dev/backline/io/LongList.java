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

    /** {@return how many numbers there are} */
    public int size() {
        return size;
    }

    /** {@return a new array of the numbers, in the order in which they were added} */
    public long[] toArray() {
        return Arrays.copyOf(elements, size);
    }

    /** Removes all numbers, and keeps the room for as many. */
    public void clear() {
        size = 0;
    }
}
