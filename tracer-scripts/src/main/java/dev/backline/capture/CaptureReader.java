package dev.backline.capture;

import dev.backline.trace.KernelFacts;
import dev.backline.trace.LineFrame;
import dev.backline.trace.Pc;
import dev.backline.trace.TraceReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads captures line by line, and passes what it finds to a {@link CaptureListener}. Several files may follow each other, as
 * log rotation splits them. Memory does not grow with the length of a capture. Not thread-safe.
 */
public final class CaptureReader {
    /** The number of characters shown of a line that could not be read. */
    public static final int SHOWN = 200;

    /** Longer lines are cut: no format has them. */
    private static final int MAX_LINE = 1 << 16;

    /** Longer event lines are decoded to text first. */
    private static final int MAX_EVENT = 4096;

    /** How many events may wait for their stacks, where the lines of several events are mixed. */
    private static final int MAX_WAITING = 8;

    /** Messages of staprun, bpftrace, trace-cmd and perf, in this order, and of SystemTap about skipped probes. */
    private static final Pattern LOST = Pattern.compile("(?:.*There were (\\d{1,18}) transport failures.*"
            + "|Lost (\\d{1,18}) events.*"
            + "|CPU:? ?\\d+ \\[(?:LOST (\\d{1,18}) EVENTS|EVENTS DROPPED)].*"
            + "|.*PERF_RECORD_LOST.*lost (\\d{1,18}).*"
            + "|.*Number of errors: \\d+, skipped probes: (\\d{1,18}).*)");

    private final CaptureListener listener;
    private final TraceReader trace = new TraceReader();
    private final BacklineLines backline = new BacklineLines();
    private final Deque<Draft> waiting = new ArrayDeque<>();

    /** The event that the next frame belongs to. */
    private @Nullable Draft current;

    /** Inside a map of bpftrace or a histogram of ftrace, which count stacks and have no events. */
    private boolean inSummary;

    private String file = "-";
    private long number;

    // Bytes that were read and not processed yet.
    private final byte[] buffer = new byte[1 << 18];
    private int start;
    private int end;

    /** In the skipped rest of a line that is too long. */
    private boolean inRest;

    /** Stacks in backline's own notation. A stack whose text was seen before is not parsed again. */
    private final KnownStacks known = new KnownStacks();

    private @Nullable KernelFacts factsOfKnown;

    /** Whether the previous line was an event of backline's own scripts. */
    private boolean stackMayFollow;

    /** The last event line, and its stack, when {@link #trace} has not read them. */
    private byte[] unseen = new byte[1024];

    private int unseenLength;
    private byte @Nullable [] unseenStack;

    /**
     * A reader that has read nothing.
     *
     * @param listener receives the events
     */
    public CaptureReader(CaptureListener listener) {
        this.listener = listener;
    }

    /** {@return what the lines so far say about their kernel} */
    public KernelFacts kernelFacts() {
        return trace.facts();
    }

    /**
     * Reads a file to its end. A stack may continue in the next file.
     *
     * @param name how events and messages name the file
     * @param in is read to its end and not closed
     * @throws IOException when it cannot be read
     */
    public void read(String name, InputStream in) throws IOException {
        startOf(name);
        while (true) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
            int read = in.read(buffer, end, buffer.length - end);
            if (read < 0) {
                break;
            }
            end += read;
            lines(Until.LAST_STACK);
        }
        lines(Until.END);
    }

    /**
     * Says that the following lines belong to another file.
     *
     * @param name how events and messages name the file
     */
    public void startOf(String name) {
        lines(Until.END);
        inRest = false;
        file = name;
        number = 0;
    }

    /**
     * Says that nothing has come for a while: the listener gets all events so far, also one whose stack may be incomplete. To
     * be called by the stream that {@link #read} reads.
     */
    public void pause() {
        lines(Until.LAST_LINE);
        finish();
    }

    /** How far the bytes in the buffer are processed. */
    private enum Until {
        /** A stack at the end waits for the line after it. */
        LAST_STACK,
        LAST_LINE,
        /** The last line too, although it has no line end. */
        END
    }

    private void lines(Until until) {
        while (start < end) {
            if (inRest) {
                int newline = newline(start);
                inRest = newline == end;
                start = Math.min(newline + 1, end);
                continue;
            }
            if (stackMayFollow && isIndented(start)) {
                int after = endOfStack(until);
                if (after > end) {
                    return;
                }
                stackMayFollow = false;
                if (after > start) {
                    stack(after);
                    continue;
                }
            }
            int from = start;
            int newline = newline(from);
            if (newline == end && newline - from < MAX_LINE && until != Until.END) {
                return;
            }
            int to = Math.min(newline, from + MAX_LINE);
            start = Math.min(newline + 1, end);
            inRest = newline == end;
            if (!eventLine(from, to)) {
                line(text(from, to));
            }
        }
    }

    private String text(int from, int to) {
        return new String(buffer, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private boolean isIndented(int at) {
        return buffer[at] == ' ' || buffer[at] == '\t';
    }

    /** The end of the line; the end of the buffer when the line continues after it. */
    private int newline(int from) {
        int at = from;
        while (at < end && buffer[at] != '\n') {
            at++;
        }
        return at;
    }

    /**
     * The end of the indented lines from {@link #start} on: {@link #start} itself when they are too long to keep, and after
     * {@link #end} when more has to be read first.
     */
    private int endOfStack(Until until) {
        int at = start;
        while (at < end && isIndented(at)) {
            at = newline(at) + 1;
        }
        if (at - start > KnownStacks.MAX_TEXT) {
            return start;
        }
        boolean ends = at < end || (at == end && until != Until.LAST_STACK);
        return ends ? at : until == Until.LAST_STACK ? end + 1 : start;
    }

    /**
     * Takes an event line of backline's own scripts without decoding it to text.
     *
     * @return whether the line was an event; if not, nothing has changed
     */
    private boolean eventLine(int from, int to) {
        int length = to - from;
        if (length < 5
                || length > MAX_EVENT
                || buffer[from] != 'r'
                || buffer[from + 1] != 's'
                || buffer[from + 2] != 't'
                || buffer[from + 3] != ' '
                || buffer[to - 1] == '\r') {
            return false;
        }
        Draft head = backline.event(file, number + 1, buffer, from, to);
        if (head == null || backline.mayHoldFrame()) {
            return false;
        }
        number++;
        begin(head);
        if (unseen.length < length) {
            unseen = new byte[length];
        }
        System.arraycopy(buffer, from, unseen, 0, length);
        unseenLength = length;
        unseenStack = null;
        stackMayFollow = true;
        return true;
    }

    /** Takes the lines of a stack up to an index in the buffer; parses them only if their text is new. */
    @SuppressWarnings("ReferenceEquality") // the reader gives the same facts until the log says something new
    private void stack(int after) {
        KernelFacts facts = trace.facts();
        if (facts != factsOfKnown) {
            if (factsOfKnown == null
                    || facts.boots() != factsOfKnown.boots()
                    || !facts.moduleBuildIds().equals(factsOfKnown.moduleBuildIds())) {
                known.clear();
            }
            factsOfKnown = facts;
        }
        Draft draft = Objects.requireNonNull(current);
        KnownStacks.Known found = known.get(buffer, start, after);
        if (found != null && draft.takes(found.shape().first())) {
            draft.stack(new ProbeStack(found.shape(), number + 1));
            number += found.lines();
            unseenStack = found.text();
            start = after;
            return;
        }
        byte[] text = Arrays.copyOfRange(buffer, start, after);
        int lines = 0;
        while (start < after) {
            int from = start;
            int newline = newline(from);
            start = newline + 1;
            lines++;
            line(text(from, newline));
        }
        ProbeStack.Shape whole = current == draft ? draft.wholeStack(lines) : null;
        if (whole != null) {
            draft.stack(new ProbeStack(whole, number - lines + 1));
            known.put(new KnownStacks.Known(text, whole, lines));
        }
    }

    /** Passes the lines that were taken without {@link #trace} on to it. */
    private void catchUp() {
        if (unseenLength == 0) {
            return;
        }
        trace.next(unseen, 0, unseenLength);
        unseenLength = 0;
        byte[] stack = unseenStack;
        unseenStack = null;
        for (int from = 0, to = 0; stack != null && to < stack.length; to++) {
            if (stack[to] == '\n') {
                trace.next(stack, from, to);
                from = to + 1;
            }
        }
    }

    /**
     * Reads the next line.
     *
     * @param raw without its line end, decoded as ISO-8859-1
     */
    public void line(String raw) {
        number++;
        stackMayFollow = false;
        catchUp();
        String line = raw.endsWith("\r") ? raw.substring(0, raw.length() - 1) : raw;
        List<LineFrame> frames = trace.next(line);
        if (line.isBlank()) {
            return;
        }
        long skipped = backline.skipped(line);
        if (skipped >= 0 || backline.header(file, number, line)) {
            if (skipped > 0) {
                listener.skipped(file, number, skipped);
            }
            current = null;
            return;
        }
        if (current != null && HeadLines.detail(current, line)) {
            return;
        }
        Draft head = backline.event(file, number, line);
        if (head == null) {
            head = HeadLines.head(file, number, line, isFrameLine(line, frames));
        }
        if (head != null) {
            begin(head);
        } else if (inSummary(line)) {
            current = null;
        } else if (frames.isEmpty()) {
            other(line);
        } else {
            frames(line, frames);
        }
    }

    /** Whether the line is a frame and nothing else, apart from a log's prefix. */
    private static boolean isFrameLine(String line, List<LineFrame> frames) {
        if (frames.isEmpty()) {
            return false;
        }
        LineFrame first = frames.get(0);
        for (int i = first.prefixLength(); i < first.start(); i++) {
            char c = line.charAt(i);
            if (c != ' ' && c != '\t' && c != '=' && c != '>' && c != '?') {
                return false;
            }
        }
        return true;
    }

    private void begin(Draft head) {
        inSummary = false;
        if (head.run == null) {
            head.run = backline.run();
        }
        while (!waiting.isEmpty() && (waiting.peekFirst().hasStack() || waiting.size() >= MAX_WAITING)) {
            emitFirst();
        }
        waiting.addLast(head);
        current = head;
    }

    private void emitFirst() {
        listener.event(waiting.removeFirst().event());
    }

    private void frames(String line, List<LineFrame> frames) {
        LineFrame first = frames.get(0);
        Draft owner = current;
        String symbol = first.reference().symbol();
        boolean isProbe = symbol != null
                && first.reliable()
                && (first.reference().pc() == Pc.EXACT || first.reference().offset() == null)
                && RstFunctions.contains(symbol);
        // A name without an offset does not say where in the function the frame is.
        boolean begins = isProbe && first.reference().offset() != null;
        if (owner == null || (begins && !owner.takes(first) && !owner.repeats(first))) {
            owner = waiter(first);
        }
        if (owner == null) {
            if (!isProbe) {
                listener.unread(file, number, shown(line), "a frame without an event");
                return;
            }
            // The first line of the event is lost; its stack is not.
            owner = new Draft(file, number, CaptureFormat.STACK_ONLY);
            begin(owner);
        }
        current = owner;
        for (LineFrame frame : frames) {
            owner.frame(number, line, frame);
        }
    }

    /** The last event that waits for a stack with this first frame; null when none does. */
    private @Nullable Draft waiter(LineFrame first) {
        for (Iterator<Draft> i = waiting.descendingIterator(); i.hasNext(); ) {
            Draft draft = i.next();
            if (draft.takes(first)) {
                return draft;
            }
        }
        return null;
    }

    /** Whether the line is part of a count of stacks: {@code @name[} to {@code ]: 3}, or a bucket of a histogram. */
    private boolean inSummary(String line) {
        boolean inside = inSummary;
        inSummary = inside
                ? !(line.startsWith("]:") || line.startsWith("} hitcount:"))
                : (line.startsWith("@") && line.endsWith("["))
                        || line.startsWith("{ stacktrace:")
                        || line.startsWith("{ common_stacktrace:");
        if (inSummary && !inside) {
            listener.unread(file, number, shown(line), "a count of stacks, not an event");
        }
        return inside || inSummary;
    }

    private void other(String line) {
        if (HeadLines.announcesStack(line)) {
            if (current != null && current.hasStack()) {
                // The stack of an event whose own line is missing.
                current = null;
            }
            return;
        }
        if (line.startsWith("#") || line.startsWith("Attaching ") || isUserFrame(line)) {
            return;
        }
        Matcher says = line.length() > SHOWN * 4 ? null : LOST.matcher(line);
        if (says != null && says.matches()) {
            listener.lost(file, number, count(says), shown(line));
            return;
        }
        listener.unread(file, number, shown(line), "not a line of a known format");
    }

    private static long count(Matcher says) {
        for (int i = 1; i <= says.groupCount(); i++) {
            if (says.group(i) != null) {
                return Long.parseLong(says.group(i));
            }
        }
        return 0;
    }

    /** Whether perf printed the line for a user-space frame. */
    private boolean isUserFrame(String line) {
        return current != null && current.format == CaptureFormat.PERF && line.startsWith("\t") && line.endsWith(")");
    }

    private static String shown(String line) {
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN);
    }

    /** Says that nothing follows: the listener gets the events that still wait for frames. */
    public void finish() {
        while (!waiting.isEmpty()) {
            emitFirst();
        }
        current = null;
    }
}
