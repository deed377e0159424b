package dev.backline.io;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what many answers repeat of a small input. All answers together may have the usual length for each of them, and a
 * multiple of the size of the input. After that, an answer that is longer than usual has to be cut. Thread-safe.
 */
@Internal
public final class OutputBudget {
    /** The characters of an answer: more than the average of a kernel. */
    public static final int USUAL = 600;

    private static final int TIMES = 16;

    private final AtomicLong left;

    /**
     * A budget that is not used yet.
     *
     * @param size of the input, in bytes
     */
    public OutputBudget(long size) {
        left = new AtomicLong(TIMES * size);
    }

    /**
     * Takes note of more input.
     *
     * @param size of it, in bytes
     */
    public void read(long size) {
        left.addAndGet(TIMES * size);
    }

    /**
     * {@return whether an answer may have this length} If not, the answer may have the usual length.
     *
     * @param characters of the answer, about
     */
    public boolean take(long characters) {
        if (left.addAndGet(USUAL - characters) >= 0 || characters <= USUAL) {
            return true;
        }
        left.addAndGet(characters - USUAL);
        return false;
    }
}
