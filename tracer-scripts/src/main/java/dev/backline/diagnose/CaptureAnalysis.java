package dev.backline.diagnose;

import dev.backline.capture.CaptureListener;
import dev.backline.capture.CaptureReader;
import dev.backline.capture.ProbeEvent;
import dev.backline.capture.TextKind;
import dev.backline.evidence.RunNotes;
import dev.backline.kernel.KernelBuild;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.LogOptions;
import dev.backline.symbolize.LogSymbolizer;
import dev.backline.symbolize.UnresolvedFrames;
import dev.backline.trace.KernelFacts;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Explains the RSTs of captures: reads what a probe printed, symbolises the stacks, finds the cause of each event and counts
 * events with the same cause and stack. A {@link Listener} gets each event in the order of the captures; groups and notes can
 * be asked for at any time. Memory is bounded, however long the captures are.
 *
 * <p>An analysis is used from one thread. Long captures are read by that thread while a second one symbolises and diagnoses,
 * so the listener may be called from another thread than the one that reads; its calls never overlap. Analyses of different
 * captures share the kernels of one {@link KernelPool} and run in parallel.
 *
 * <pre>{@code
 * try (CaptureAnalysis analysis = new CaptureAnalysis(kernels, LogOptions.DEFAULT, new Evidence(), event -> {})) {
 *     analysis.read("rst.log", in);
 *     analysis.finish();
 *     for (Grouping.Group group : analysis.groups()) {
 *         System.out.println(group.count() + " " + group.diagnosis().cause().title());
 *     }
 * }
 * }</pre>
 */
public final class CaptureAnalysis implements Closeable {
    /** How many of the lines that could not be read the notes quote. */
    private static final int QUOTED = 5;

    /** A second thread does not pay for fewer events. */
    private static final int FEW = 1000;

    /** Receives the events of an analysis. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Takes the next event.
         *
         * @param event with its stack and its cause
         * @throws IOException when the event cannot be written; the analysis throws it from the call that is under way or the
         *     next one
         */
        void event(DiagnosedEvent event) throws IOException;
    }

    /** Other names for what the captures name, for an analysis that is shown to others. */
    public interface Names {
        /**
         * Gives an event other names, before anything is said about it.
         *
         * @param event as the probe printed it
         * @return the event with other names
         */
        ProbeEvent event(ProbeEvent event);

        /**
         * Gives a note other names.
         *
         * @param note about the captures and the evidence
         * @return the note with other names
         */
        String note(String note);
    }

    private final LogSymbolizer symbolizer;
    private final ResolvedStacks stacks;
    private final Evidence evidence;
    private final Diagnoser diagnoser;
    private final Listener listener;
    private final CaptureReader reader = new CaptureReader(new Events());
    private final Grouping groups = new Grouping();
    private final UnresolvedFrames unresolved = new UnresolvedFrames();
    private final RunNotes runs = new RunNotes();
    private final EventQueue queue = new EventQueue(this::take);
    private final List<String> unread = new ArrayList<>();
    private final List<String> doubts = new ArrayList<>();
    private final List<String> otherKinds = new ArrayList<>();
    private @Nullable Names names;
    private long unreadLines;
    private long lost;
    private long skipped;
    private long events;

    /**
     * An analysis of which no capture has been read.
     *
     * @param kernels has the kernels that stacks are symbolised with; it stays open
     * @param options how to symbolise. Where neither they nor the pool name a kernel, it is the kernel of the evidence, else
     *     the kernel that the captures name
     * @param evidence what else was recorded; read to its end before the first capture
     * @param listener receives each event
     */
    public CaptureAnalysis(KernelPool kernels, LogOptions options, Evidence evidence, Listener listener) {
        boolean named = options.release() != null || kernels.files().nameAKernel();
        symbolizer = new LogSymbolizer(kernels, named ? options : options.withRelease(evidence.release()));
        stacks = new ResolvedStacks(symbolizer);
        this.evidence = evidence;
        diagnoser = evidence.diagnoser();
        this.listener = listener;
    }

    /**
     * Gives events and notes other names, and quotes no line that is not part of an event. To be called before the first
     * capture is read.
     *
     * @param others the names
     */
    public void rename(Names others) {
        names = others;
    }

    /**
     * Reads a capture to its end. Its last event may continue in the next capture, as log rotation splits them.
     *
     * @param name how events and messages name the capture
     * @param in is not closed
     * @throws IOException when the capture or a debug file that was named cannot be read
     */
    public void read(String name, InputStream in) throws IOException {
        try {
            reader.read(name, in);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Says that the lines that follow belong to another file: the one being read was rotated. To be called by the stream that
     * {@link #read} reads.
     *
     * @param name how events and messages name the file
     * @throws IOException when an event before that cannot be symbolised or written
     */
    public void startOf(String name) throws IOException {
        try {
            reader.startOf(name);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Takes the events so far as complete, because nothing has come for a while. To be called by the stream that {@link #read}
     * reads.
     *
     * @throws IOException when one of them cannot be symbolised or written
     */
    public void pause() throws IOException {
        try {
            reader.pause();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Ends the captures: takes the last event as complete, and waits until the listener has every event.
     *
     * @throws IOException when an event cannot be symbolised or written
     */
    public void finish() throws IOException {
        try {
            reader.finish();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        settle();
    }

    /**
     * Waits until the listener has every event that was read. An event whose stack is still being read is not among them.
     *
     * @throws IOException when an event cannot be symbolised or written
     */
    public void settle() throws IOException {
        queue.settle();
    }

    /** {@return the captures without an event that are something else, one sentence each: what it is and what to do with it} */
    public List<String> otherKinds() {
        return List.copyOf(otherKinds);
    }

    /** {@return how many events were read} */
    public long events() {
        return events;
    }

    /**
     * {@return the events so far, grouped by cause and stack, the largest group first}
     *
     * @throws IOException when an event cannot be symbolised or written
     */
    public List<Grouping.Group> groups() throws IOException {
        settle();
        return groups.groups();
    }

    /**
     * {@return the kernel that was traced; null while that is not known}
     *
     * @throws IOException when an event cannot be symbolised or written
     */
    public @Nullable KernelBuild kernel() throws IOException {
        settle();
        return symbolizer.build();
    }

    /**
     * {@return the packets and calls around an event, for a sequence chart}
     *
     * @param event from one of the captures
     * @param diagnosis of the same event
     */
    public Exchange exchange(ProbeEvent event, Diagnosis diagnosis) {
        return diagnoser.exchange(event, diagnosis);
    }

    /**
     * {@return what a person should know about how complete and certain the answers are, one sentence each}
     *
     * @throws IOException when an event cannot be symbolised or written
     */
    public List<String> notes() throws IOException {
        settle();
        List<String> notes = new ArrayList<>();
        if (events == 0) {
            notes.add("no event was found: is this the output of a RST probe? backline generate writes such a probe");
        }
        if (lost > 0) {
            notes.add(lost + " events were lost before they were written, according to the tools");
        }
        if (skipped > 0) {
            notes.add(skipped + (skipped == 1 ? " event was" : " events were")
                    + " left out by the script's rate limit (--limit), of " + (skipped + events) + " in all");
        }
        notes.addAll(otherKinds);
        notes.addAll(doubts);
        if (unreadLines > 0) {
            notes.add(unreadLines + (unreadLines == 1 ? " line is" : " lines are") + " not part of an event");
            notes.addAll(unread);
        }
        if (groups.left() > 0) {
            notes.add(groups.left() + " events are in no group: there are too many different stacks");
        }
        notes.addAll(runs.notes());
        notes.addAll(unresolved.sentences());
        notes.addAll(symbolizer.doubts());
        notes.addAll(evidence.notes());
        Names others = names;
        if (others != null) {
            notes.replaceAll(others::note);
        }
        return notes;
    }

    private void take(ProbeEvent captured, KernelFacts facts) throws IOException {
        ProbeEvent event = names == null ? captured : names.event(captured);
        runs.event(event);
        ResolvedStacks.Stack stack = stacks.of(event, facts);
        for (LogFrame missing : stack.missing()) {
            unresolved.add(missing);
        }
        Diagnosis diagnosis = diagnoser.diagnose(event, stack.path());
        Integer group = groups.add(event, stack.path(), diagnosis);
        listener.event(new DiagnosedEvent(event, stack.frames(), stack.path(), diagnosis, group));
    }

    /** What the reader finds. */
    private final class Events implements CaptureListener {
        @Override
        public void event(ProbeEvent event) {
            events += event.count();
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

        @Override
        public void unread(String file, long line, String text, String why) {
            unreadLines++;
            if (unread.size() < QUOTED && names == null) {
                unread.add(file + " line " + line + ": " + why + ": " + text);
            }
        }

        @Override
        public void lost(String file, long line, long count, String text) {
            lost += count;
        }

        @Override
        public void note(String sentence) {
            if (doubts.size() < QUOTED) {
                doubts.add(sentence);
            }
        }

        @Override
        public void otherKind(String file, TextKind kind) {
            if (otherKinds.size() < QUOTED) {
                otherKinds.add(kind.sentence(file));
            }
        }

        @Override
        public void skipped(String file, long line, long count) {
            skipped += count;
        }
    }

    /** Stops the second thread and returns the kernel to the pool. */
    @Override
    public void close() throws IOException {
        queue.close();
        symbolizer.close();
    }
}
