package dev.backline.dwarf;

import java.util.Arrays;

/** The order of addresses as unsigned numbers, without an object per address. */
final class AddressOrder {
    private AddressOrder() {}

    /** The indexes of the first {@code count} addresses, in ascending order of address, then of index. */
    static int[] of(long[] addresses, int count) {
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
        if (!sorted) {
            sort(addresses, least, greatest, order);
        }
        return order;
    }

    private static void sort(long[] addresses, long least, long greatest, int[] order) {
        int count = order.length;
        int indexBits = Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
        long span = greatest - least;
        if (Long.numberOfLeadingZeros(span) > indexBits) {
            // Distance from the least address and index share one long, whose order is the one wanted.
            long[] keys = new long[count];
            for (int i = 0; i < count; i++) {
                keys[i] = (addresses[i] - least) << indexBits | i;
            }
            Arrays.sort(keys);
            for (int i = 0; i < count; i++) {
                order[i] = (int) (keys[i] & ((1L << indexBits) - 1));
            }
            return;
        }
        Integer[] boxed = new Integer[count];
        Arrays.setAll(boxed, i -> i);
        Arrays.sort(boxed, (a, b) -> Long.compareUnsigned(addresses[a], addresses[b]));
        Arrays.setAll(order, i -> boxed[i]);
    }
}
