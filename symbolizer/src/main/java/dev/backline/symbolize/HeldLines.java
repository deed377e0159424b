package dev.backline.symbolize;

import dev.backline.intake.Excerpt;
import dev.backline.trace.KernelFacts;
import dev.backline.trace.LineFrame;
import dev.backline.trace.LineRole;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a log that wait for facts. A report states its release after its first frames (WARNING, KASAN) or at its
 * end (KFENCE), and the release applies to the whole report. In a file, the first frames of each boot wait for each other
 * too, because one of them can prove that the debug files are of another build. Bounded. Not thread-safe.
 */
final class HeldLines {
    /** The longest time that a line from a pipe is held back, in nanoseconds. */
    private static final long PATIENCE = 500_000_000;

    /** Longer than any report: a stack of a thousand frames, with KASAN's history. */
    private static final int MAX_LINES = 4096;

    private static final int MAX_BYTES = 1 << 20;

    /** An excerpt, the frames of its lines, and the facts if they are known. */
    record Held(Excerpt excerpt, List<List<LineFrame>> frames) {}

    /** Where the log is. */
    private enum State {
        /** Between reports. */
        BETWEEN,
        /** In a report that has not stated its release. */
        UNKNOWN,
        /** In a report that has stated its release, or that was too long to wait for it. */
        KNOWN
    }

    /** The frames of a boot that are weighed before the first one is answered. */
    private static final int FRAMES = 128;

    private final boolean patient;
    private final ArrayDeque<Held> lines = new ArrayDeque<>();
    /** The frames of this boot that are still to be weighed. */
    private int unweighed;

    private State state = State.BETWEEN;
    private boolean started;
    private long bytes;
    private long since;

    /** @param patient whether the log is a file, so that waiting costs no time */
    HeldLines(boolean patient) {
        this.patient = patient;
        this.unweighed = patient ? FRAMES : 0;
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    /** The time that is left to wait, in nanoseconds. */
    long patience() {
        return patient ? Long.MAX_VALUE / 2 : PATIENCE - (System.nanoTime() - since);
    }

    /** Whether a line ends what is held, so that it must be resolved with the facts before the line. */
    boolean endsBefore(LineRole role, KernelFacts before) {
        return switch (role) {
            case BOOT -> before.release() != null;
            // Frames after a report's end belong to that report.
            case REPORT_START -> state == State.UNKNOWN && !started && before.release() != null;
            default -> false;
        };
    }

    /** Follows the log; returns whether the line must be held. */
    boolean holds(LineRole role, int frames) {
        unweighed = Math.max(0, unweighed - frames);
        switch (role) {
            case BOOT -> {
                enter(State.BETWEEN);
                unweighed = patient ? FRAMES : 0;
            }
            case RELEASE -> enter(State.KNOWN);
            case REPORT_START -> {
                if (state != State.UNKNOWN) {
                    enter(State.UNKNOWN);
                }
                started = true;
            }
            case REPORT_END -> enter(State.BETWEEN);
            case OTHER -> {
                if (frames > 0 && state == State.BETWEEN) {
                    enter(State.UNKNOWN);
                }
            }
        }
        return state == State.UNKNOWN || unweighed > 0;
    }

    private void enter(State next) {
        state = next;
        started = false;
    }

    /** Holds an excerpt; returns false if too much is held. */
    boolean add(Excerpt excerpt, List<List<LineFrame>> frames) {
        if (lines.isEmpty()) {
            since = System.nanoTime();
            bytes = 0;
        }
        excerpt.keep();
        lines.add(new Held(excerpt, frames));
        bytes += excerpt.end() - excerpt.start() + 64;
        return lines.size() < MAX_LINES && bytes < MAX_BYTES;
    }

    /** The held excerpts, in the order of the log. */
    Iterable<Held> all() {
        return lines;
    }

    /** Takes the next held excerpt; null if there is none. */
    @Nullable
    Held take() {
        return lines.poll();
    }

    /** Gives up waiting for the report's release. */
    void giveUp() {
        unweighed = 0;
        if (state == State.UNKNOWN) {
            state = State.KNOWN;
        }
    }
}
