package dev.backline.cli.report;

import dev.backline.cli.console.ExitStatus;
import dev.backline.io.Unfinished;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Treats Ctrl-C and SIGTERM as the end of the input: the command learns of the signal and finishes its output, and the process
 * ends with the command's exit status. Thread-safe.
 */
final class Interruption implements AutoCloseable {
    /** How long the command may take to finish. */
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch wanted = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile int status = ExitStatus.INPUT;

    Interruption() {
        Unfinished.first(this::end);
    }

    private void end() {
        wanted.countDown();
        try {
            if (done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(status);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether a signal came. */
    boolean isWanted() {
        return wanted.getCount() == 0;
    }

    /** Waits for a signal, at most this long. */
    void await(long millis) {
        try {
            if (wanted.await(millis, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            wanted.countDown();
        }
    }

    /** Says that everything is written, with the exit status. */
    void done(int with) {
        status = with;
    }

    @Override
    public void close() {
        done.countDown();
        Unfinished.first(null);
    }
}
