package dev.backline.io;

import java.util.Arrays;

/**
 * A growing list of numbers, without an object for each. Not thread-safe.
 *
 * <p>Loops that fill several columns of one table keep arrays: one test of the length then serves all columns.
 */
@Internal
public final class IntList {
    private int[] elements = new int[8];
    private int size;

    /** An empty list. */
    public IntList() {}

    /**
     * Appends a number.
     *
     * @param element the number
     */
    public void add(int element) {
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
    public int[] toArray() {
        return Arrays.copyOf(elements, size);
    }

    /** Removes all elements and keeps the capacity. */
    public void clear() {
        size = 0;
    }
}
