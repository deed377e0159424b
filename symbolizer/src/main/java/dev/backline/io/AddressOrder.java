package dev.backline.io;

import java.util.Arrays;

/** Sorts and searches addresses as unsigned numbers, without an object per address. */
@Internal
public final class AddressOrder {
    /** The number of bits that one pass of the radix sort handles. */
    private static final int DIGIT = 11;

    private AddressOrder() {}

    /**
     * {@return the indexes of the first {@code count} addresses, in ascending order of address, then of
     * index}
     *
     * @param addresses in any order; not changed
     * @param count at most the number of addresses
     */
    public static int[] of(long[] addresses, int count) {
        int[] order = new int[count];
        boolean sorted = true;
        long least = count == 0 ? 0 : addresses[0];
        long greatest = least;
        for (int i = 0; i < count; i++) {
            order[i] = i;
            long address = addresses[i];
            sorted &= Long.compareUnsigned(greatest, address) <= 0;
            greatest = Long.compareUnsigned(greatest, address) < 0 ? address : greatest;
            least = Long.compareUnsigned(address, least) < 0 ? address : least;
        }
        if (sorted) {
            return order;
        }
        int indexBits = Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
        return Long.numberOfLeadingZeros(greatest - least) > indexBits
                ? sortKeys(addresses, least, indexBits, order)
                : sortByDigits(addresses, least, greatest, order);
    }

    /**
     * {@return the index of the last element that is at most {@code address}, as unsigned numbers; −1 if none}
     *
     * @param addresses in ascending order
     * @param address the address to find
     */
    public static int lastAtOrBefore(long[] addresses, long address) {
        int low = 0;
        int high = addresses.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(addresses[middle], address) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** Sorts longs that have the distance from the least address in their high bits and the index in their low bits. */
    private static int[] sortKeys(long[] addresses, long least, int indexBits, int[] order) {
        long[] keys = new long[order.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = (addresses[i] - least) << indexBits | i;
        }
        Arrays.sort(keys);
        for (int i = 0; i < keys.length; i++) {
            order[i] = (int) (keys[i] & ((1L << indexBits) - 1));
        }
        return order;
    }

    /** A radix sort from the lowest digit up; each pass is stable. */
    private static int[] sortByDigits(long[] addresses, long least, long greatest, int[] order) {
        int[] from = order;
        int[] to = new int[order.length];
        int[] places = new int[(1 << DIGIT) + 1];
        for (int shift = 0; shift < Long.SIZE && (greatest - least) >>> shift != 0; shift += DIGIT) {
            Arrays.fill(places, 0);
            for (int i : from) {
                places[digit(addresses[i] - least, shift) + 1]++;
            }
            for (int digit = 1; digit < places.length; digit++) {
                places[digit] += places[digit - 1];
            }
            for (int i : from) {
                to[places[digit(addresses[i] - least, shift)]++] = i;
            }
            int[] sorted = to;
            to = from;
            from = sorted;
        }
        return from;
    }

    private static int digit(long distance, int shift) {
        return (int) (distance >>> shift) & ((1 << DIGIT) - 1);
    }
}
