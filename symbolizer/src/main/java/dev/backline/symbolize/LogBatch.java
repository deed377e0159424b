package dev.backline.symbolize;

import dev.backline.intake.Excerpt;
import dev.backline.intake.KernelLine;
import dev.backline.trace.KernelFacts;
import dev.backline.trace.LineFrame;
import dev.backline.trace.LineRole;
import dev.backline.trace.TraceReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive excerpts of a log, the frames of their lines, and what each line means for its report. A thread adds the
 * excerpts and hands the batch to the next thread, which adds the rest. Not thread-safe.
 */
final class LogBatch {
    private static final int MAX_EXCERPTS = 512;

    private static final int MAX_BYTES = 1 << 16;

    private static final int LINES = 64;

    private final List<Excerpt> excerpts = new ArrayList<>();
    private final List<List<List<LineFrame>>> frames = new ArrayList<>();
    /** The roles of all lines of all excerpts, and the facts after each of these lines. */
    private LineRole[] roles = new LineRole[LINES];

    private KernelFacts[] facts = new KernelFacts[LINES];
    private int lines;
    private long bytes;
    /** The first excerpt that a table of perf report precedes or contains. */
    private int perfReport = Integer.MAX_VALUE;

    /** What follows the batch. */
    enum Next {
        /** More of the log. */
        MORE,
        /** A pause of the input. */
        PAUSE,
        /** The end of the log, or a failure. */
        END
    }

    private Next next = Next.MORE;
    private @Nullable Throwable failure;

    /** Adds an excerpt, and the size of its text. */
    void add(Excerpt excerpt) {
        excerpts.add(excerpt);
        bytes += excerpt.end() - excerpt.start();
    }

    /** Finds the frames of all lines. */
    void recognise(TraceReader reader) {
        for (Excerpt excerpt : excerpts) {
            recognise(excerpt, reader);
        }
    }

    private void recognise(Excerpt excerpt, TraceReader reader) {
        List<KernelLine> all = excerpt.lines();
        int count = all.size();
        if (roles.length - lines < count) {
            int length = Math.max(2 * roles.length, lines + count);
            roles = Arrays.copyOf(roles, length);
            facts = Arrays.copyOf(facts, length);
        }
        List<List<LineFrame>> found = List.of();
        for (int i = 0; i < count; i++) {
            List<LineFrame> inLine = reader.next(all.get(i));
            roles[lines] = reader.role();
            facts[lines] = reader.facts();
            lines++;
            if (!inLine.isEmpty()) {
                if (found.isEmpty()) {
                    found = count == 1
                            ? List.of(inLine)
                            : new ArrayList<>(Collections.nCopies(count, List.<LineFrame>of()));
                }
                if (count > 1) {
                    found.set(i, inLine);
                }
            }
        }
        if (reader.hasPerfReport()) {
            perfReport = Math.min(perfReport, frames.size());
        }
        frames.add(found);
    }

    boolean isFull() {
        return excerpts.size() >= MAX_EXCERPTS || bytes >= MAX_BYTES;
    }

    /** The number of excerpts whose frames are known. */
    int size() {
        return frames.size();
    }

    Excerpt excerpt(int index) {
        return excerpts.get(index);
    }

    /** For each line of an excerpt, its frames; empty if no line has a frame. */
    List<List<LineFrame>> frames(int index) {
        return frames.get(index);
    }

    /** The role of a line, counted from the first line of the batch. */
    LineRole role(int line) {
        return roles[line];
    }

    /** The facts after a line, counted from the first line of the batch. */
    KernelFacts facts(int line) {
        return facts[line];
    }

    boolean hasPerfReport(int index) {
        return index >= perfReport;
    }

    /** Says what follows, before the batch is handed over. */
    void before(Next what) {
        next = what;
    }

    /** Says that the log could not be read on. */
    void before(Throwable why) {
        next = Next.END;
        failure = why;
    }

    Next next() {
        return next;
    }

    /** Why the log could not be read to its end; null if it was. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Makes room for other excerpts. */
    void clear() {
        excerpts.clear();
        frames.clear();
        lines = 0;
        bytes = 0;
        perfReport = Integer.MAX_VALUE;
    }
}
