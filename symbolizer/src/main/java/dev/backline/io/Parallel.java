package dev.backline.io;

/** Runs one piece of work on several threads at once. */
@Internal
public final class Parallel {
    private Parallel() {}

    /**
     * Runs the work on so many threads, the calling one among them, and waits for all.
     *
     * @param threads from 1
     * @param work is run by each of them
     * @throws RuntimeException or Error, whatever the work throws first
     */
    public static void run(int threads, Runnable work) {
        Throwable[] failure = new Throwable[1];
        Runnable guarded = () -> {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                synchronized (failure) {
                    failure[0] = failure[0] == null ? e : failure[0];
                }
            }
        };
        Thread[] others = new Thread[Math.max(0, threads - 1)];
        for (int i = 0; i < others.length; i++) {
            others[i] = new Thread(guarded, "backline-" + (i + 1));
            others[i].setDaemon(true);
            others[i].start();
        }
        guarded.run();
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
        if (failure[0] instanceof RuntimeException e) {
            throw e;
        }
        if (failure[0] instanceof Error e) {
            throw e;
        }
    }
}
