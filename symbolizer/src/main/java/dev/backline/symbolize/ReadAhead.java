package dev.backline.symbolize;

import dev.backline.intake.Excerpt;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.LogBatch.Next;
import dev.backline.trace.TraceReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log on a second thread and recognises its frames on a third, a few batches ahead: reading, recognising and looking
 * up take about the same time. From the start to the end of the log, only these threads use the two readers. To be used from
 * one thread.
 */
final class ReadAhead implements Closeable {
    static final String THREAD = "backline-log";

    /** Between two threads. More would keep more of the log in memory, and gain nothing. */
    private static final int BATCHES = 2;

    private final LogReader log;
    private final TraceReader reader;
    private final BlockingQueue<LogBatch> read = new ArrayBlockingQueue<>(BATCHES);
    private final BlockingQueue<LogBatch> recognised = new ArrayBlockingQueue<>(BATCHES);
    private final Thread recogniser;
    /** Whether the last batch ended with a pause of the input. */
    private boolean paused;

    private volatile boolean closed;

    ReadAhead(LogReader log, TraceReader reader) {
        this.log = log;
        this.reader = reader;
        start(this::read);
        this.recogniser = start(this::recognise);
    }

    private static Thread start(Runnable work) {
        Thread thread = new Thread(work, THREAD);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void read() {
        try {
            LogBatch batch;
            do {
                batch = new LogBatch();
                fill(batch);
                read.put(batch);
            } while (!closed && batch.next() != Next.END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void recognise() {
        try {
            LogBatch batch;
            do {
                batch = read.take();
                try {
                    batch.recognise(reader);
                } catch (RuntimeException | Error e) {
                    batch.before(e);
                }
                recognised.put(batch);
            } while (batch.next() != Next.END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads until the batch is full, the input pauses or the log ends. */
    private void fill(LogBatch batch) {
        try {
            while (!batch.isFull() && !closed) {
                if (!paused && log.mustWait()) {
                    // The lines before a pause must not wait for those after it.
                    paused = true;
                    batch.before(Next.PAUSE);
                    return;
                }
                paused = false;
                if (!log.next()) {
                    batch.before(Next.END);
                    return;
                }
                Excerpt excerpt = log.excerpt();
                excerpt.keep();
                batch.add(excerpt);
            }
        } catch (IOException | RuntimeException | Error e) {
            // The other thread throws it after the lines before it.
            batch.before(e);
        }
    }

    /** {@return the next batch; null if there is none in time} */
    @Nullable
    LogBatch poll(long nanos) throws IOException {
        try {
            return recognised.poll(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** {@return the next batch; waits for it} */
    LogBatch take() throws IOException {
        try {
            return recognised.take();
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

    /** Ends the threads. A thread that waits for a pipe ends with the pipe's next bytes. */
    @Override
    public void close() {
        closed = true;
        recogniser.interrupt();
        // The reading thread can wait for room; an interrupt would close its file.
        read.clear();
    }
}
