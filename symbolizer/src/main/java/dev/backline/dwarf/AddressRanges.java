package dev.backline.dwarf;

import dev.backline.io.AddressOrder;
import java.util.Arrays;

/** A growing list of address ranges [low, high), compared as unsigned numbers. Empty ranges are not added. */
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

    /** Adds the intersection of the range with {@code others}, which ascend and do not overlap. */
    void addShared(long low, long high, AddressRanges others) {
        int from = 0;
        int to = others.count;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (Long.compareUnsigned(others.high(middle), low) <= 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        for (int i = from; i < others.count && Long.compareUnsigned(others.low(i), high) < 0; i++) {
            long start = Long.compareUnsigned(others.low(i), low) < 0 ? low : others.low(i);
            long end = Long.compareUnsigned(others.high(i), high) < 0 ? others.high(i) : high;
            add(start, end);
        }
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

    /** The first address of each range, then one past its last. */
    long[] bounds() {
        return Arrays.copyOf(bounds, 2 * count);
    }

    /** The same addresses as ascending ranges that do not touch. */
    AddressRanges union() {
        long[] lows = new long[count];
        for (int i = 0; i < count; i++) {
            lows[i] = low(i);
        }
        AddressRanges union = new AddressRanges();
        for (int i : AddressOrder.of(lows, count)) {
            int last = union.count - 1;
            if (last >= 0 && Long.compareUnsigned(low(i), union.high(last)) <= 0) {
                if (Long.compareUnsigned(union.high(last), high(i)) < 0) {
                    union.bounds[last * 2 + 1] = high(i);
                }
            } else {
                union.add(low(i), high(i));
            }
        }
        return union;
    }

    /** The addresses of these ranges that are not in {@code others}; both ascend and do not touch. */
    AddressRanges without(AddressRanges others) {
        AddressRanges left = new AddressRanges();
        int k = 0;
        for (int i = 0; i < count; i++) {
            long at = low(i);
            while (k < others.count && Long.compareUnsigned(others.high(k), at) <= 0) {
                k++;
            }
            while (k < others.count && Long.compareUnsigned(others.low(k), high(i)) < 0) {
                left.add(at, others.low(k));
                at = others.high(k);
                if (Long.compareUnsigned(at, high(i)) >= 0) {
                    break;
                }
                k++;
            }
            left.add(at, high(i));
        }
        return left;
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
