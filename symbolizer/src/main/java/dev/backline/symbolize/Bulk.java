package dev.backline.symbolize;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks many addresses up: in an order in which neighbours share what has to be decoded for them, and on several
 * threads. Each thread takes a share of the ordered addresses, and the next when it is done with that.
 */
final class Bulk {
    /** Fewer addresses than these are not worth a thread of their own. */
    private static final int LEAST_SHARE = 128;

    /** Shares per thread: some may take longer than others, and where one ends two threads may need one unit. */
    private static final int SHARES = 16;

    /** Looks one address up. */
    @FunctionalInterface
    interface LookUp {
        List<SourceFrame> framesAt(long address) throws IOException;
    }

    private final Supplier<LookUp> lookUps;
    private final long[] addresses;
    private final int[] order;
    private final int shareSize;
    private final AtomicInteger nextShare = new AtomicInteger();
    private final Queue<IOException> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;
    private volatile @Nullable Throwable crash;

    private Bulk(Supplier<LookUp> lookUps, long[] addresses, int[] order, int threads) {
        this.lookUps = lookUps;
        this.addresses = addresses;
        this.order = order;
        shareSize = Math.max(LEAST_SHARE, addresses.length / SHARES / threads);
    }

    /**
     * Gives the frames of each address to one of the sinks.
     *
     * @param lookUps makes what looks addresses up, for each thread
     * @param order the indexes of the addresses in the order that suits the file
     * @param threads at most so many, from 1
     * @param sinks makes one sink for each thread; called from that thread
     * @param problems is told of each failure once, from the calling thread
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
        bulk.run(Math.min(threads, shares), sinks);
        Set<IOException> told = Collections.newSetFromMap(new IdentityHashMap<>());
        for (IOException failure : bulk.failures) {
            if (told.add(failure)) {
                problems.accept(failure);
            }
        }
    }

    private void run(int threads, Supplier<FrameSink> sinks) {
        List<Thread> helpers = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            Thread helper = new Thread(
                    () -> {
                        try {
                            takeShares(sinks.get());
                        } catch (RuntimeException | Error e) {
                            crash = e;
                            stopped = true;
                        }
                    },
                    "backline-bulk-" + i);
            helper.setDaemon(true);
            helper.start();
            helpers.add(helper);
        }
        try {
            takeShares(sinks.get());
        } catch (RuntimeException | Error e) {
            stopped = true;
            throw e;
        } finally {
            join(helpers);
        }
        Throwable failed = crash;
        if (failed instanceof Error error) {
            throw error;
        }
        if (failed != null) {
            throw (RuntimeException) failed;
        }
    }

    private static void join(List<Thread> helpers) {
        boolean interrupted = false;
        for (Thread helper : helpers) {
            while (helper.isAlive()) {
                try {
                    helper.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void takeShares(FrameSink sink) {
        LookUp lookUp = lookUps.get();
        int count = addresses.length;
        for (int from; (from = nextShare.getAndAdd(shareSize)) < count && from >= 0; ) {
            int to = Math.min(count, from + shareSize);
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
