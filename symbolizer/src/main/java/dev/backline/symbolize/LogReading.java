package dev.backline.symbolize;

import dev.backline.intake.Excerpt;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.LogBatch.Next;
import dev.backline.symbolize.LogSymbolizer.Weighed;
import dev.backline.trace.KernelFacts;
import dev.backline.trace.LineFrame;
import dev.backline.trace.TraceReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one log to its end: holds lines back until their report has stated its release, has their frames resolved, and
 * hands them to the sink. The start of a log is read on the calling thread. Two more threads read the rest of a long log, if
 * there is a second processor. Not thread-safe.
 */
final class LogReading {
    /** In a shorter log, more threads take longer to start than they save. */
    static final int SHORT_LOG = 1 << 16;

    private final LogSymbolizer symbolizer;
    private final TraceReader reader;
    private final LogReader log;
    private final HeldLines held;
    private final LogSink sink;

    /** What the log has stated up to the last excerpt that was taken. */
    private KernelFacts facts;

    LogReading(LogSymbolizer symbolizer, TraceReader reader, LogReader log, HeldLines held, LogSink sink) {
        this.symbolizer = symbolizer;
        this.reader = reader;
        this.log = log;
        this.held = held;
        this.sink = sink;
        this.facts = reader.facts();
    }

    /**
     * Reads the log.
     *
     * @param shortLog the bytes that are read before more threads start
     */
    void run(long shortLog) throws IOException {
        if (!readStart(shortLog)) {
            return;
        }
        try (ReadAhead ahead = new ReadAhead(log, reader)) {
            LogBatch batch = ahead.take();
            while (true) {
                take(batch);
                if (batch.next() == Next.END) {
                    end(batch.failure());
                    return;
                }
                LogBatch next = batch.next() == Next.PAUSE ? pause(ahead) : null;
                batch = next == null ? ahead.take() : next;
            }
        }
    }

    /** Reads so many bytes on this thread; returns false if the log has ended. */
    private boolean readStart(long length) throws IOException {
        LogBatch batch = new LogBatch();
        long read = 0;
        while (read < length) {
            if (log.mustWait()) {
                // Lines of a file wait for the rest of the file.
                if (!held.isEmpty() && !held.isPatient() && !log.await(held.patience())) {
                    giveUp();
                }
                idle();
            }
            if (!next()) {
                release();
                return false;
            }
            Excerpt excerpt = log.excerpt();
            read += excerpt.end() - excerpt.start();
            batch.clear();
            batch.add(excerpt);
            batch.recognise(reader);
            take(batch);
        }
        return true;
    }

    /** Moves to the next excerpt. What was read of a damaged log is answered before the failure. */
    private boolean next() throws IOException {
        try {
            return log.next();
        } catch (IOException e) {
            release();
            throw e;
        }
    }

    /** The input pauses: waits for it as long as lines may be held; returns the next batch, or null. */
    private @Nullable LogBatch pause(ReadAhead ahead) throws IOException {
        boolean waits = !held.isEmpty() && !held.isPatient();
        LogBatch next = ahead.poll(waits ? held.patience() : 0);
        if (next == null) {
            if (waits) {
                giveUp();
            }
            idle();
        }
        return next;
    }

    private void giveUp() throws IOException {
        held.giveUp();
        release();
    }

    private void idle() throws IOException {
        if (held.isEmpty()) {
            sink.idle();
        }
    }

    private void end(@Nullable Throwable failure) throws IOException {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        release();
        if (failure instanceof IOException e) {
            throw e;
        }
    }

    /** Holds or answers each excerpt of a batch. */
    private void take(LogBatch batch) throws IOException {
        int line = 0;
        for (int i = 0; i < batch.size(); i++) {
            Excerpt excerpt = batch.excerpt(i);
            List<List<LineFrame>> frames = batch.frames(i);
            boolean hold = false;
            for (int j = 0; j < excerpt.lines().size(); j++) {
                KernelFacts before = facts;
                facts = batch.facts(line);
                hold |= held.holds(
                        batch.role(line), frames.isEmpty() ? 0 : frames.get(j).size(), before, facts);
                line++;
            }
            symbolizer.state(facts, batch.hasPerfReport(i));
            if (!hold) {
                release();
                answer(excerpt, frames, Collections.emptyIterator(), facts);
            } else if (!held.add(excerpt, frames, facts)) {
                giveUp();
            }
        }
    }

    /** Answers what is held. */
    private void release() throws IOException {
        if (held.isEmpty()) {
            return;
        }
        for (HeldLines.Group group = held.take(facts); group != null; group = held.take(facts)) {
            List<Weighed> weighed = new ArrayList<>();
            for (HeldLines.Held each : group.lines()) {
                for (List<LineFrame> frames : each.frames()) {
                    for (LineFrame frame : frames) {
                        weighed.add(symbolizer.weighed(frame, group.facts()));
                    }
                }
            }
            Iterator<Weighed> inOrder = weighed.iterator();
            for (HeldLines.Held each : group.lines()) {
                answer(each.excerpt(), each.frames(), inOrder, group.facts());
            }
        }
    }

    private void answer(Excerpt excerpt, List<List<LineFrame>> frames, Iterator<Weighed> weighed, KernelFacts known)
            throws IOException {
        sink.excerpt(excerpt, symbolizer.resolve(excerpt, frames, weighed, known));
    }
}
