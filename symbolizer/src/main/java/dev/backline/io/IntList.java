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

    /** {@return how many numbers there are} */
    public int size() {
        return size;
    }

    /** {@return a new array of the numbers, in the order in which they were added} */
    public int[] toArray() {
        return Arrays.copyOf(elements, size);
    }

    /** Removes all numbers, and keeps the room for as many. */
    public void clear() {
        size = 0;
    }
}
