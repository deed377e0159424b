package dev.backline.diagnose;

import dev.backline.capture.ProbeEvent;
import dev.backline.trace.KernelFacts;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands events, in order, from the thread that reads them to a second thread that diagnoses them. Bounded: the reader waits
 * when the queue is full. A failure of the second thread is thrown at the next call. To be used from one thread.
 */
final class EventQueue implements Closeable {
    private static final int BATCH = 64;
    private static final int BATCHES = 3;

    /** Takes events, on the other thread. */
    @FunctionalInterface
    interface Taker {
        void take(ProbeEvent event, KernelFacts facts) throws IOException;
    }

    private record Entry(ProbeEvent event, KernelFacts facts) {}

    /** @param settled is counted down when the batch is taken; null for ordinary batches */
    private record Batch(List<Entry> events, @Nullable CountDownLatch settled) {}

    private final Taker taker;
    private final BlockingQueue<Batch> batches = new ArrayBlockingQueue<>(BATCHES);
    private List<Entry> next = new ArrayList<>(BATCH);
    private @Nullable Thread thread;
    private volatile @Nullable Throwable failure;

    EventQueue(Taker taker) {
        this.taker = taker;
    }

    void put(ProbeEvent event, KernelFacts facts) throws IOException {
        next.add(new Entry(event, facts));
        if (next.size() == BATCH) {
            send(null);
        }
    }

    /** Waits until all events are taken. */
    void settle() throws IOException {
        if (thread == null) {
            // Too few events for a second thread.
            List<Entry> few = next;
            next = new ArrayList<>(BATCH);
            for (Entry each : few) {
                taker.take(each.event(), each.facts());
            }
        } else {
            CountDownLatch settled = new CountDownLatch(1);
            send(settled);
            try {
                settled.await();
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            rethrow();
        }
    }

    private void send(@Nullable CountDownLatch settled) throws IOException {
        rethrow();
        if (thread == null) {
            Thread started = new Thread(this::work, "capture analysis");
            started.setDaemon(true);
            started.start();
            thread = started;
        }
        Batch batch = new Batch(next, settled);
        next = new ArrayList<>(BATCH);
        try {
            batches.put(batch);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        IOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(e);
        return interrupted;
    }

    private void rethrow() throws IOException {
        Throwable thrown = failure;
        if (thrown instanceof IOException e) {
            throw e;
        } else if (thrown instanceof Error e) {
            throw e;
        } else if (thrown instanceof RuntimeException e) {
            throw e;
        }
    }

    private void work() {
        try {
            while (true) {
                Batch batch = batches.take();
                if (failure == null) {
                    take(batch.events());
                }
                CountDownLatch settled = batch.settled();
                if (settled != null) {
                    settled.countDown();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(List<Entry> events) {
        try {
            for (Entry each : events) {
                taker.take(each.event(), each.facts());
            }
        } catch (IOException | RuntimeException | Error e) {
            // The reader gets the failure; later events are skipped.
            failure = e;
        }
    }

    /** Ends the second thread after its current batch. */
    @Override
    public void close() {
        Thread started = thread;
        if (started != null) {
            started.interrupt();
            try {
                started.join(TimeUnit.SECONDS.toMillis(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
