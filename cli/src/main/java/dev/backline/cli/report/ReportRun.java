package dev.backline.cli.report;

import dev.backline.capture.CaptureListener;
import dev.backline.capture.CaptureReader;
import dev.backline.capture.ProbeEvent;
import dev.backline.cli.symbolize.Complaints;
import dev.backline.diagnose.Diagnoser;
import dev.backline.diagnose.Diagnosis;
import dev.backline.diagnose.Grouping;
import dev.backline.evidence.RunNotes;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.LogSymbolizer;
import dev.backline.trace.KernelFacts;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Reads captures, and resolves, diagnoses and writes each event in the order of the captures. Of many events the reading is
 * done by one thread and the rest by another. Not thread-safe.
 */
final class ReportRun implements CaptureListener, Closeable {
    /** What standard input is called. */
    static final String STANDARD_INPUT = "standard input";

    /** So many of the lines that could not be read are shown. */
    private static final int SHOWN = 5;

    /** For fewer events a second thread is not worth its start. */
    private static final int FEW = 1000;

    private final LogSymbolizer symbolizer;
    private final ResolvedStacks stacks;
    private final Diagnoser diagnoser;
    private final ReportWriter writer;
    private final Supplier<List<String>> otherNotes;
    private final CaptureReader reader = new CaptureReader(this);
    private final Grouping groups = new Grouping();
    private final Complaints complaints = new Complaints();
    private final RunNotes runs = new RunNotes();
    private final EventQueue queue = new EventQueue(this::take);
    private final List<String> unread = new ArrayList<>();
    private long unreadLines;
    private long lost;
    private long events;

    /** @param otherNotes what a person should know of the evidence, a sentence each; asked for at the end */
    ReportRun(LogSymbolizer symbolizer, Diagnoser diagnoser, ReportWriter writer, Supplier<List<String>> otherNotes) {
        this.symbolizer = symbolizer;
        this.stacks = new ResolvedStacks(symbolizer);
        this.diagnoser = diagnoser;
        this.writer = writer;
        this.otherNotes = otherNotes;
    }

    /** Reads a capture to its end; its last event may go on in the next one. */
    void read(String name, InputStream in) throws IOException {
        try {
            reader.read(name, in);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Says that the lines which follow are another file's. */
    void startOf(String name) throws IOException {
        try {
            reader.startOf(name);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Takes the events so far as whole: nothing has come for a while. */
    void pause() throws IOException {
        try {
            reader.pause();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Takes the last event as whole: nothing will come any more. */
    void finish() throws IOException {
        try {
            reader.finish();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Waits until everything that was read is written. */
    void settle() throws IOException {
        queue.settle();
    }

    /** Writes what stands behind the events; more may come, and then it is written again. */
    void write() throws IOException {
        settle();
        writer.finish(symbolizer.build(), groups, notes());
    }

    /** How many events were read. */
    long events() {
        return events;
    }

    List<Grouping.Group> groups() throws IOException {
        settle();
        return groups.groups();
    }

    @Override
    public void event(ProbeEvent event) {
        events++;
        try {
            if (events <= FEW) {
                take(event, reader.kernelFacts());
            } else {
                queue.put(event, reader.kernelFacts());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take(ProbeEvent event, KernelFacts told) throws IOException {
        runs.event(event);
        ResolvedStacks.Stack stack = stacks.of(event, told);
        for (LogFrame missing : stack.missing()) {
            complaints.note(missing);
        }
        Diagnosis diagnosis = diagnoser.diagnose(event, stack.path());
        writer.event(event, stack.frames(), diagnosis, groups.add(event, stack.path(), diagnosis));
    }

    @Override
    public void unread(String file, long line, String text, String why) {
        unreadLines++;
        if (unread.size() < SHOWN) {
            unread.add(file + " line " + line + ": " + why + ": " + text);
        }
    }

    @Override
    public void lost(String file, long line, long count, String text) {
        lost += count;
    }

    /** What a person should know of how whole and sure the report is, a sentence each. */
    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (events == 0) {
            notes.add("no event was found: is this the output of a RST probe? backline generate writes one");
        }
        if (lost > 0) {
            notes.add(lost + " events were lost before they were written: the tools say so");
        }
        if (unreadLines > 0) {
            notes.add(unreadLines + (unreadLines == 1 ? " line was" : " lines were") + " no part of an event");
            notes.addAll(unread);
        }
        if (groups.left() > 0) {
            notes.add(groups.left() + " events are in no group: their stacks differ in too many ways");
        }
        notes.addAll(runs.notes());
        notes.addAll(complaints.sentences());
        notes.addAll(symbolizer.doubts());
        notes.addAll(otherNotes.get());
        return notes;
    }

    @Override
    public void close() {
        queue.close();
    }
}
