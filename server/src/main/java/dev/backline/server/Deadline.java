package dev.backline.server;

import java.io.IOException;

/** A point in time until which something must be done. Immutable. */
final class Deadline {
    private final long end;
    private final int seconds;

    private Deadline(int seconds) {
        this.seconds = seconds;
        end = System.nanoTime() + seconds * 1_000_000_000L;
    }

    /**
     * {@return a deadline}
     *
     * @param seconds the time from now
     */
    static Deadline in(int seconds) {
        return new Deadline(seconds);
    }

    boolean isOver() {
        return System.nanoTime() - end > 0;
    }

    /** Fails if the time is over. */
    void check() throws IOException {
        if (isOver()) {
            throw refusal();
        }
    }

    Refusal refusal() {
        return new Refusal(503, "The answer took longer than " + seconds + " seconds; send a shorter part of the log.");
    }
}
