package dev.backline.io;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Shares a loop among several threads. */
@Internal
public final class Parallel {
    private final int count;
    private final Supplier<IntConsumer> bodies;
    private final AtomicInteger next = new AtomicInteger();

    /** The first exception of a body. */
    private volatile @Nullable Throwable failure;

    private Parallel(int count, Supplier<IntConsumer> bodies) {
        this.count = count;
        this.bodies = bodies;
    }

    /**
     * Calls the body once for each index below the count and waits until all calls have returned. After an exception, no
     * further call is started.
     *
     * @param count the number of indexes
     * @param threads the largest number of threads, from 1; the calling thread is one of them
     * @param body the body; several threads call it at once
     * @throws RuntimeException or Error, the first exception of the body
     */
    public static void forEach(int count, int threads, IntConsumer body) {
        forEach(count, threads, () -> body);
    }

    /**
     * Does the same as {@link #forEach(int, int, IntConsumer)} with one body for each thread, so that a body can hold objects
     * that are not thread-safe.
     *
     * @param count the number of indexes
     * @param threads the largest number of threads, from 1; the calling thread is one of them
     * @param bodies creates the bodies; each thread calls it before its first index
     * @throws RuntimeException or Error, the first exception of a body or {@code bodies}
     */
    public static void forEach(int count, int threads, Supplier<IntConsumer> bodies) {
        new Parallel(count, bodies).run(Math.min(threads, count));
    }

    private void run(int threads) {
        Thread[] others = new Thread[Math.max(0, threads - 1)];
        for (int i = 0; i < others.length; i++) {
            others[i] = new Thread(this::takeIndexes, "backline-" + (i + 1));
            others[i].setDaemon(true);
            others[i].start();
        }
        if (count > 0) {
            takeIndexes();
        }
        boolean interrupted = false;
        for (Thread other : others) {
            while (other.isAlive()) {
                try {
                    other.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
    }

    private void takeIndexes() {
        try {
            IntConsumer body = bodies.get();
            for (int i; failure == null && (i = next.getAndIncrement()) < count; ) {
                body.accept(i);
            }
        } catch (RuntimeException | Error e) {
            synchronized (this) {
                failure = failure == null ? e : failure;
            }
        }
    }
}
