package dev.backline.capture;

import dev.backline.trace.KernelFacts;
import dev.backline.trace.LineFrame;
import dev.backline.trace.Mark;
import dev.backline.trace.Pc;
import dev.backline.trace.TraceReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads captures line by line, several files one behind the other as log rotation leaves them, and tells a {@link
 * CaptureListener} what it finds. Needs no more memory for a long capture than for a short one. Not thread-safe.
 */
public final class CaptureReader {
    /** How much of a line that could not be read is shown. */
    public static final int SHOWN = 200;

    /** What is longer is cut: no format has such lines. */
    private static final int MAX_LINE = 1 << 16;

    /** How many events may wait for their stacks, where the lines of several are mixed. */
    private static final int MAX_WAITING = 8;

    /** Said by staprun, bpftrace, trace-cmd and perf, in this order. */
    private static final Pattern LOST = Pattern.compile("(?:.*There were (\\d{1,18}) transport failures.*"
            + "|Lost (\\d{1,18}) events.*"
            + "|CPU:? ?\\d+ \\[(?:LOST (\\d{1,18}) EVENTS|EVENTS DROPPED)].*"
            + "|.*PERF_RECORD_LOST.*lost (\\d{1,18}).*"
            + "|.*Number of errors: \\d+, skipped probes: (\\d{1,18}).*)");

    private final CaptureListener listener;
    private final TraceReader trace = new TraceReader();
    private final BacklineLines backline = new BacklineLines();
    private final Deque<Draft> waiting = new ArrayDeque<>();

    /** Whose stack the next frame belongs to. */
    private @Nullable Draft current;

    /** Within bpftrace's map or ftrace's histogram, which count stacks and are no events. */
    private boolean inSummary;

    private String file = "-";
    private long number;

    public CaptureReader(CaptureListener listener) {
        this.listener = listener;
    }

    /** What the lines so far say about their kernel, as any log's. */
    public KernelFacts kernelFacts() {
        return trace.facts();
    }

    /**
     * Reads a file to its end. An event whose stack goes on in the next file is not torn.
     *
     * @param name how events and messages name the file
     * @param in is read to its end and not closed
     */
    public void read(String name, InputStream in) throws IOException {
        startOf(name);
        Lines.read(in, MAX_LINE, (line, text) -> line(text));
    }

    /** Says that the lines which follow are another file's. */
    public void startOf(String name) {
        file = name;
        number = 0;
    }

    /** The next line, without its line end, decoded as ISO-8859-1. */
    public void line(String raw) {
        number++;
        String line = raw.endsWith("\r") ? raw.substring(0, raw.length() - 1) : raw;
        List<LineFrame> frames = trace.next(line);
        if (line.isBlank()) {
            return;
        }
        long lost = BacklineLines.lost(line);
        if (lost >= 0 || backline.header(file, number, line)) {
            if (lost > 0) {
                listener.lost(file, number, lost, shown(line));
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

    /** Whether the line is a frame and nothing else but what logs put before each line. */
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
                && first.reference().pc() == Pc.EXACT
                && RstFunctions.contains(symbol);
        // A name without an offset says nothing of where in the function it is.
        boolean begins = isProbe && first.mark() != Mark.NO_OFFSET;
        if (owner == null || (begins && !owner.takes(first) && !owner.repeats(first))) {
            owner = waiter(first);
        }
        if (owner == null) {
            if (!isProbe) {
                listener.unread(file, number, shown(line), "a frame of no event");
                return;
            }
            // The line that began the event is lost; its stack is not.
            owner = new Draft(file, number, CaptureFormat.STACK_ONLY);
            begin(owner);
        }
        current = owner;
        for (LineFrame frame : frames) {
            owner.frame(number, line, frame);
        }
    }

    /** The last event that waits for a stack which can begin so; null when none does. */
    private @Nullable Draft waiter(LineFrame first) {
        for (Iterator<Draft> i = waiting.descendingIterator(); i.hasNext(); ) {
            Draft draft = i.next();
            if (draft.takes(first)) {
                return draft;
            }
        }
        return null;
    }

    /** Lines of counted stacks, which are no events: {@code @name[} to {@code ]: 3}, a histogram's bucket to its hits. */
    private boolean inSummary(String line) {
        boolean inside = inSummary;
        inSummary = inside
                ? !(line.startsWith("]:") || line.startsWith("} hitcount:"))
                : (line.startsWith("@") && line.endsWith("["))
                        || line.startsWith("{ stacktrace:")
                        || line.startsWith("{ common_stacktrace:");
        if (inSummary && !inside) {
            listener.unread(file, number, shown(line), "a count of stacks, which are no events");
        }
        return inside || inSummary;
    }

    private void other(String line) {
        if (HeadLines.announcesStack(line)) {
            if (current != null && current.hasStack()) {
                // Of an event whose own line is not there.
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
        listener.unread(file, number, shown(line), "no line of a known format");
    }

    private static long count(Matcher says) {
        for (int i = 1; i <= says.groupCount(); i++) {
            if (says.group(i) != null) {
                return Long.parseLong(says.group(i));
            }
        }
        return 0;
    }

    /** perf's frames of the program that made the system call. */
    private boolean isUserFrame(String line) {
        return current != null && current.format == CaptureFormat.PERF && line.startsWith("\t") && line.endsWith(")");
    }

    private static String shown(String line) {
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN);
    }

    /** Says that nothing follows: the events that still wait for frames are told as they are. */
    public void finish() {
        while (!waiting.isEmpty()) {
            emitFirst();
        }
        current = null;
    }
}
