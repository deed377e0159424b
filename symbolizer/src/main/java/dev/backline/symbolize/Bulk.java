package dev.backline.symbolize;

import dev.backline.io.Parallel;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Looks up many addresses on several threads, in an order in which neighbours share decoded units. Each thread
 * takes one share of the addresses after the other.
 */
final class Bulk {
    /** The smallest share: fewer addresses do not pay for a thread. */
    private static final int LEAST_SHARE = 128;

    /** Shares per thread: more balance the load better, but neighbouring shares can decode the same unit twice. */
    private static final int SHARES = 16;

    /** Looks up one address. */
    @FunctionalInterface
    interface LookUp {
        List<SourceFrame> framesAt(long address) throws IOException;
    }

    private final Supplier<LookUp> lookUps;
    private final long[] addresses;
    private final int[] order;
    private final int shareSize;
    private final Queue<IOException> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    private Bulk(Supplier<LookUp> lookUps, long[] addresses, int[] order, int threads) {
        this.lookUps = lookUps;
        this.addresses = addresses;
        this.order = order;
        shareSize = Math.max(LEAST_SHARE, addresses.length / SHARES / threads);
    }

    /**
     * Passes the frames of each address to one of the sinks.
     *
     * @param lookUps creates one lookup per thread
     * @param order the indexes of the addresses, in the best order for the file
     * @param threads the most threads, at least 1
     * @param sinks creates one sink per thread, on this thread
     * @param problems receives each distinct failure once, on the calling thread
     */
    static void framesAt(
            Supplier<LookUp> lookUps,
            long[] addresses,
            int[] order,
            int threads,
            Supplier<FrameSink> sinks,
            Consumer<IOException> problems) {
        Bulk bulk = new Bulk(lookUps, addresses, order, threads);
        int shares = (addresses.length + bulk.shareSize - 1) / bulk.shareSize;
        bulk.run(shares, threads, sinks);
        Set<String> told = new HashSet<>();
        for (IOException failure : bulk.failures) {
            if (told.add(String.valueOf(failure.getMessage()))) {
                problems.accept(failure);
            }
        }
    }

    private void run(int shares, int threads, Supplier<FrameSink> sinks) {
        Parallel.forEach(shares, threads, () -> {
            FrameSink sink = sinks.get();
            LookUp lookUp = lookUps.get();
            return share -> {
                boolean done = false;
                try {
                    answer(share * shareSize, sink, lookUp);
                    done = true;
                } finally {
                    if (!done) {
                        stopped = true;
                    }
                }
            };
        });
    }

    private void answer(int from, FrameSink sink, LookUp lookUp) {
        int to = Math.min(addresses.length, from + shareSize);
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
            return lookUp.framesAt(address);
        } catch (IOException e) {
            failures.add(e);
            return List.of();
        }
    }
}
