package dev.backline.symbolize;

import dev.backline.intake.Excerpt;
import dev.backline.trace.KernelFacts;
import dev.backline.trace.LineFrame;
import dev.backline.trace.LineRole;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
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

    private static final int MAX_BYTES = 2 << 20;

    /** The approximate size of a line's objects. */
    private static final long LINE_BYTES = 128;

    /** An excerpt, the frames of its lines, and the facts about their kernel. */
    static final class Held {
        private final Excerpt excerpt;
        private final List<List<LineFrame>> frames;
        /** Null until the report has stated its release. */
        private @Nullable KernelFacts facts;

        private Held(Excerpt excerpt, List<List<LineFrame>> frames) {
            this.excerpt = excerpt;
            this.frames = frames;
        }

        Excerpt excerpt() {
            return excerpt;
        }

        List<List<LineFrame>> frames() {
            return frames;
        }
    }

    /** Excerpts of one boot of one kernel, and what the log says about it. */
    record Group(List<Held> lines, KernelFacts facts) {}

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

    /** Whether lines are held as long as they wait for facts. */
    boolean isPatient() {
        return patient;
    }

    /** The time that is left to wait for a pipe, in nanoseconds. */
    long patience() {
        return PATIENCE - (System.nanoTime() - since);
    }

    /** Follows the log; returns whether the line must be held. */
    boolean holds(LineRole role, int frames, KernelFacts before, KernelFacts now) {
        unweighed = Math.max(0, unweighed - frames);
        switch (role) {
            case BOOT -> {
                // A banner that is the first statement about a kernel is about the lines before it too.
                decide(before.release() != null ? before : now);
                enter(State.BETWEEN);
                unweighed = patient ? FRAMES : 0;
            }
            case RELEASE -> {
                decide(now);
                enter(State.KNOWN);
            }
            case REPORT_START -> {
                if (state == State.UNKNOWN && !started && before.release() != null) {
                    // Frames after a report's end belong to that report.
                    decide(before);
                }
                if (state != State.UNKNOWN) {
                    enter(State.UNKNOWN);
                }
                started = true;
            }
            case REPORT_END -> {
                // A report without a release: a later line can state it, if none has yet.
                if (state != State.UNKNOWN || now.release() != null) {
                    decide(now);
                    enter(State.BETWEEN);
                }
            }
            case OTHER -> {
                if (frames > 0 && state == State.BETWEEN) {
                    enter(State.UNKNOWN);
                }
            }
        }
        return state == State.UNKNOWN || unweighed > 0;
    }

    /** The held lines that wait for facts get these. */
    private void decide(KernelFacts facts) {
        for (Iterator<Held> last = lines.descendingIterator(); last.hasNext(); ) {
            Held each = last.next();
            if (each.facts != null) {
                return;
            }
            each.facts = facts;
        }
    }

    private void enter(State next) {
        state = next;
        started = false;
    }

    /** Holds an excerpt; returns false if too much is held. */
    boolean add(Excerpt excerpt, List<List<LineFrame>> frames, KernelFacts now) {
        if (lines.isEmpty()) {
            since = System.nanoTime();
            bytes = 0;
        }
        excerpt.keep();
        Held held = new Held(excerpt, frames);
        held.facts = state == State.UNKNOWN ? null : now;
        lines.add(held);
        // A line of JSON can have thousands of the kernel's lines.
        bytes += excerpt.end() - excerpt.start() + LINE_BYTES * excerpt.lines().size();
        return lines.size() < MAX_LINES && bytes < MAX_BYTES;
    }

    /** Takes the next held excerpts of one kernel; null if there are none. Those that wait for facts get these. */
    @Nullable
    Group take(KernelFacts now) {
        decide(now);
        List<Held> group = new ArrayList<>();
        KernelFacts facts = null;
        while (!lines.isEmpty()) {
            KernelFacts next = lines.getFirst().facts;
            if (facts != null && next != null && !isOfSameBoot(facts, next)) {
                break;
            }
            facts = next;
            group.add(lines.removeFirst());
        }
        return facts == null ? null : new Group(group, facts);
    }

    private static boolean isOfSameBoot(KernelFacts one, KernelFacts other) {
        return one.boots() == other.boots()
                && Objects.equals(one.release(), other.release())
                && Objects.equals(one.buildId(), other.buildId());
    }

    /** Gives up waiting for the report's release. */
    void giveUp() {
        unweighed = 0;
        if (state == State.UNKNOWN) {
            state = State.KNOWN;
        }
    }
}
