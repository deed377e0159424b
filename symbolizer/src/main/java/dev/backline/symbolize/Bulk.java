package dev.backline.symbolize;

import dev.backline.dwarf.Dwarf;
import dev.backline.io.IntList;
import dev.backline.io.Parallel;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks up many addresses on several threads, in an order in which neighbours share decoded units. Each thread
 * takes one share of the addresses after the other.
 */
final class Bulk {
    /** The smallest share: fewer addresses do not pay for a thread. */
    private static final int LEAST_SHARE = 128;

    /** Shares per thread: more balance the load better. */
    private static final int SHARES = 16;

    /**
     * How many addresses a share can have in addition, up to the next unit: two shares with addresses of one unit decode
     * it twice, which costs more than that many look-ups.
     */
    private static final int MOST_MORE = 1024;

    /** Looks up one address. */
    @FunctionalInterface
    interface LookUp {
        /**
         * {@return what is known of the address}
         *
         * @param damage receives the reason why a part is not known
         */
        List<SourceFrame> framesAt(long address, Consumer<IOException> damage) throws IOException;
    }

    private final Supplier<LookUp> lookUps;
    private final long[] addresses;
    private final int[] order;
    /** Where each share starts in {@link #order}, and the end of the last one. */
    private final int[] shares;

    private final Queue<IOException> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    private Bulk(Supplier<LookUp> lookUps, long[] addresses, int[] order, @Nullable Dwarf dwarf, int threads) {
        this.lookUps = lookUps;
        this.addresses = addresses;
        this.order = order;
        shares = shares(dwarf, Math.max(LEAST_SHARE, addresses.length / SHARES / threads));
    }

    private int[] shares(@Nullable Dwarf dwarf, int size) {
        IntList starts = new IntList();
        for (int start = 0; start < order.length; ) {
            starts.add(start);
            int end = Math.min(order.length, start + size);
            start = dwarf == null ? end : endOfUnit(dwarf, end);
        }
        starts.add(order.length);
        return starts.toArray();
    }

    /** The end of the addresses that are in the unit of the last one before {@code end}; {@code end} if that is far. */
    private int endOfUnit(Dwarf dwarf, int end) {
        try {
            long unit = dwarf.firstUnit(addresses[order[end - 1]]);
            int low = end;
            int high = Math.min(order.length, end + MOST_MORE);
            if (high - low == MOST_MORE && dwarf.firstUnit(addresses[order[high - 1]]) == unit) {
                return end;
            }
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (dwarf.firstUnit(addresses[order[middle]]) == unit) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        } catch (IOException e) {
            // Each look-up fails with this error too, and reports it
            return end;
        }
    }

    /**
     * Passes the frames of each address to one of the sinks.
     *
     * @param lookUps creates one lookup per thread
     * @param order the indexes of the addresses, in the best order for the file
     * @param dwarf the file's units; null if it has none
     * @param threads the most threads, at least 1
     * @param sinks creates one sink per thread, on this thread
     * @param problems receives each distinct failure once, on the calling thread
     */
    static void framesAt(
            Supplier<LookUp> lookUps,
            long[] addresses,
            int[] order,
            @Nullable Dwarf dwarf,
            int threads,
            Supplier<FrameSink> sinks,
            Consumer<IOException> problems) {
        Bulk bulk = new Bulk(lookUps, addresses, order, dwarf, threads);
        bulk.run(threads, sinks);
        Set<String> told = new HashSet<>();
        for (IOException failure : bulk.failures) {
            if (told.add(String.valueOf(failure.getMessage()))) {
                problems.accept(failure);
            }
        }
    }

    private void run(int threads, Supplier<FrameSink> sinks) {
        Parallel.forEach(shares.length - 1, threads, () -> {
            FrameSink sink = sinks.get();
            LookUp lookUp = lookUps.get();
            return share -> {
                boolean done = false;
                try {
                    answer(shares[share], shares[share + 1], sink, lookUp);
                    done = true;
                } finally {
                    if (!done) {
                        stopped = true;
                    }
                }
            };
        });
    }

    private void answer(int from, int to, FrameSink sink, LookUp lookUp) {
        List<SourceFrame> frames = List.of();
        for (int i = from; i < to && !stopped; i++) {
            long address = addresses[order[i]];
            if (i == from || address != addresses[order[i - 1]]) {
                frames = framesAt(lookUp, address);
            }
            if (!sink.accept(order[i], frames)) {
                stopped = true;
            }
        }
    }

    private List<SourceFrame> framesAt(LookUp lookUp, long address) {
        try {
            return lookUp.framesAt(address, failures::add);
        } catch (IOException e) {
            failures.add(e);
            return List.of();
        }
    }
}
