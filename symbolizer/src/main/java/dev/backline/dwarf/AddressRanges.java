package dev.backline.dwarf;

import java.util.Arrays;

/** A growing list of address ranges [low, high), compared as unsigned numbers. Empty ranges are left out. */
final class AddressRanges {
    private long[] bounds = new long[8];
    private int count;

    void clear() {
        count = 0;
    }

    void add(long low, long high) {
        if (Long.compareUnsigned(low, high) >= 0) {
            return;
        }
        if (count * 2 == bounds.length) {
            bounds = Arrays.copyOf(bounds, bounds.length * 2);
        }
        bounds[count * 2] = low;
        bounds[count * 2 + 1] = high;
        count++;
    }

    int count() {
        return count;
    }

    long low(int index) {
        return bounds[index * 2];
    }

    long high(int index) {
        return bounds[index * 2 + 1];
    }

    boolean contains(long address) {
        for (int i = 0; i < count; i++) {
            if (Long.compareUnsigned(low(i), address) <= 0 && Long.compareUnsigned(address, high(i)) < 0) {
                return true;
            }
        }
        return false;
    }
}
