package dev.backline.dwarf;

import java.util.Arrays;

/**
 * Cuts overlapping address ranges at each other's boundaries, so that one binary search finds the owner of an address.
 * Ranges are added in the order of their lower bounds. If several ranges hold an address, the range with the highest
 * rank owns it.
 */
final class SpanCutter {
    static final long NOBODY = Long.MIN_VALUE;

    /** Larger arrays are not kept for other ranges. */
    private static final int MOST_KEPT = 1 << 17;

    private long[] starts;
    private long[] owners;
    private int count;
    /** The ranges that are open, lowest rank first. */
    private long[] openRanks = new long[32];

    private long[] openEnds = new long[32];
    private int open;

    SpanCutter(int ranges) {
        starts = new long[ranges * 2];
        owners = new long[ranges * 2];
    }

    static SpanCutter of(DebugSections.Scratch scratch) {
        SpanCutter kept = scratch.get(SpanCutter.class);
        return kept != null ? kept : scratch.keep(SpanCutter.class, new SpanCutter(0));
    }

    /** Removes all ranges, and prepares for this number of others. */
    void begin(int ranges) {
        count = 0;
        open = 0;
        if (starts.length < ranges * 2 || starts.length > MOST_KEPT) {
            starts = new long[ranges * 2];
            owners = new long[ranges * 2];
        }
    }

    void add(long low, long high, long rank) {
        close(low);
        if (open > 0 && openRanks[open - 1] >= rank && Long.compareUnsigned(openEnds[open - 1], high) >= 0) {
            // The owner of the current addresses hides it. Thousands of units can claim the same code
            return;
        }
        if (open == openRanks.length) {
            openRanks = Arrays.copyOf(openRanks, open * 2);
            openEnds = Arrays.copyOf(openEnds, open * 2);
        }
        int at = open++;
        while (at > 0 && openRanks[at - 1] > rank) {
            openRanks[at] = openRanks[at - 1];
            openEnds[at] = openEnds[at - 1];
            at--;
        }
        openRanks[at] = rank;
        openEnds[at] = high;
        boundary(low, openRanks[open - 1]);
    }

    void finish() {
        while (open > 0) {
            closeLast();
        }
    }

    /** A copy of the boundaries in address order. */
    long[] starts() {
        return Arrays.copyOf(starts, count);
    }

    /** The owner of the addresses from the boundary to the next, or {@link #NOBODY}. */
    long owner(int boundary) {
        return owners[boundary];
    }

    private void close(long limit) {
        while (open > 0 && Long.compareUnsigned(openEnds[open - 1], limit) <= 0) {
            closeLast();
        }
    }

    /** Ends the range that owns the current addresses, and ranges of lower rank that end before or there. */
    private void closeLast() {
        long end = openEnds[--open];
        while (open > 0 && Long.compareUnsigned(openEnds[open - 1], end) <= 0) {
            open--;
        }
        boundary(end, open == 0 ? NOBODY : openRanks[open - 1]);
    }

    private void boundary(long start, long owner) {
        if (count > 0 && starts[count - 1] == start) {
            owners[count - 1] = owner;
        } else if (count == 0 || owners[count - 1] != owner) {
            starts[count] = start;
            owners[count++] = owner;
        }
    }
}
