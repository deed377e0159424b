package dev.backline.cli.report;

import dev.backline.cli.console.ExitStatus;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, or another wish that the process end (SIGTERM), as the end of the input: whoever works learns of it, ends in an
 * orderly way, and the process with the status of that. Thread-safe.
 */
final class Interruption implements AutoCloseable {
    /** Who has not ended by then hangs. */
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch wanted = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::end, "interruption");
    private volatile int status = ExitStatus.INPUT;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
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

    /** Whether the end is wanted. */
    boolean isWanted() {
        return wanted.getCount() == 0;
    }

    /** Waits, at most so long, for the end to be wanted. */
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

    /** Says that everything is written, and what the exit status is. */
    void done(int with) {
        status = with;
    }

    @Override
    public void close() {
        done.countDown();
        if (!isWanted()) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The end has come meanwhile; the hook sees to it.
                return;
            }
        }
    }
}
