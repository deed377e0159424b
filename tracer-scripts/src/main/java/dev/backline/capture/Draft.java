package dev.backline.capture;

import dev.backline.trace.FrameReference;
import dev.backline.trace.LineFrame;
import dev.backline.trace.Notation;
import dev.backline.trace.Pc;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An event still being read. Not thread-safe. */
final class Draft {
    /** The deepest kernel stack: 16 KiB at 16 bytes per frame. */
    private static final int MAX_FRAMES = 1024;

    /** The longest text of a stack, in characters; 1024 real frames have 70,000. */
    private static final int MAX_TEXT = 1 << 17;

    /** A frame this close to the start of its function is taken for the probe. */
    private static final int MAX_ENTRY = 16;

    /** The keys that backline's own scripts print. */
    private static final Set<Notation> OWN = EnumSet.of(Notation.SYSTEMTAP, Notation.BPFTRACE, Notation.BPFTRACE_PERF);

    final String file;
    final long line;
    final CaptureFormat format;

    @Nullable
    ProbeRun run;

    @Nullable
    Instant time;

    @Nullable
    Duration sinceBoot;

    /** Null until the first frame of the stack names it. */
    @Nullable
    String probe;

    @Nullable
    String comm;

    @Nullable
    Endpoint source;

    @Nullable
    Endpoint destination;

    boolean endpointsOfSocket;

    @Nullable
    Set<TcpFlag> flags;

    @Nullable
    Boolean sent;

    /** Fields of backline's own lines are decoded already. */
    Map<String, String> fields = new HashMap<>();

    /** How many hits the event stands for. */
    long count = 1;

    /** The line that the event begins with, for messages; empty where every such line is an event. */
    String text = "";

    /** Whether the line only names a function: it is an event if a stack follows. */
    boolean tentative;

    /** Whether the probe may be another one: it is an event if a function that sends RSTs is in the stack. */
    boolean needsSender;

    /** Whether a tool counted the stack. */
    boolean counts;

    /** Whether the counted events were printed one by one, too. */
    boolean repeated;

    /** Whether the stack is names without offsets. */
    boolean named;

    /** Whether the second line of the article's script was read. */
    boolean detailed;

    private List<ProbeFrame> stack = new ArrayList<>();

    /** The length of the stack's text so far. */
    private int length;

    /** The line of the last frame; the frames of one line share it. */
    private String lastText = "";

    /** Whether the current frames repeat the same stack. */
    private boolean repeating;

    Draft(String file, long line, CaptureFormat format) {
        this.file = file;
        this.line = line;
        this.format = format;
    }

    /** Whether the tool prints the stack in lines of its own, so that other CPUs may print between them. */
    boolean printsAlone() {
        return format == CaptureFormat.RESET_MONITOR || (format == CaptureFormat.ARTICLE && detailed);
    }

    /** Why this is not an event; null if it is. */
    @Nullable
    String missing() {
        if (repeated) {
            return "a count of stacks, whose events are in the capture, too";
        }
        if (needsSender && sender() == null) {
            return counts ? "a count of stacks without a function that sends RSTs" : "not about a RST";
        }
        return tentative && stack.isEmpty() ? "names a function, but is not an event" : null;
    }

    /**
     * The first function of the stack that sends RSTs. Beyond the start of a softirq the frames are those of the task that
     * was interrupted.
     */
    private @Nullable String sender() {
        for (ProbeFrame frame : stack) {
            String symbol = frame.frame().reference().symbol();
            if (symbol == null || !frame.frame().reliable()) {
                continue;
            }
            if (RstFunctions.sends(symbol)) {
                return symbol;
            }
            if (Softirq.begins(symbol)) {
                return null;
            }
        }
        return null;
    }

    boolean hasStack() {
        return !stack.isEmpty();
    }

    /**
     * Whether a stack that begins with this frame can belong to the event: the event has no stack yet, and the frame is the
     * probe or one of its callers.
     */
    boolean takes(LineFrame first) {
        String symbol = first.reference().symbol();
        return stack.isEmpty()
                && (probe == null
                        || symbol == null
                        || symbol.equals(probe)
                        || !RstFunctions.contains(symbol)
                        || probe.indexOf(':') > 0);
    }

    /** Whether the frame starts the same stack again: some scripts print it in several notations. */
    boolean repeats(LineFrame frame) {
        if (stack.isEmpty() || frame.reference().pc() != Pc.EXACT || !frame.reliable()) {
            return false;
        }
        LineFrame first = stack.get(0).frame();
        String symbol = frame.reference().symbol();
        Long address = frame.reference().address();
        return symbol != null
                ? symbol.equals(first.reference().symbol())
                : address != null && address.equals(first.reference().address());
    }

    /** Whether perf printed the frame of a tracepoint twice, as it does with kernels up to 5.10. */
    private boolean isDoubled(LineFrame frame) {
        if (format != CaptureFormat.PERF || probe == null || probe.indexOf(':') < 0 || stack.isEmpty()) {
            return false;
        }
        FrameReference last = stack.get(stack.size() - 1).frame().reference();
        FrameReference next = frame.reference();
        return stack.size() <= 2
                && next.symbol() != null
                && next.symbol().equals(last.symbol())
                && Objects.equals(next.offset(), last.offset())
                && Objects.equals(next.address(), last.address());
    }

    void frame(long at, String text, LineFrame frame) {
        repeating |= repeats(frame);
        if (repeating || stack.size() >= MAX_FRAMES || isDoubled(frame)) {
            return;
        }
        if (stack instanceof ProbeStack) {
            stack = new ArrayList<>(stack);
        }
        // One line of JSON may hold many lines.
        boolean sameLine =
                !stack.isEmpty() && stack.get(stack.size() - 1).line() == at && text.length() == lastText.length();
        if (!sameLine && length + text.length() > MAX_TEXT) {
            return;
        }
        length += sameLine ? 1 : text.length();
        String kept = sameLine && text.equals(lastText) ? lastText : text;
        lastText = kept;
        stack.add(new ProbeFrame(at, kept, frame));
    }

    /** Takes a whole stack that was parsed before. */
    void stack(ProbeStack known) {
        stack = known;
    }

    /**
     * The stack, if every line after the event's own is a part of it and no other line had an influence on how it was read;
     * else null.
     *
     * @param lines the number of lines after the event's own
     */
    ProbeStack.@Nullable Shape wholeStack(int lines) {
        if (repeating || stack.size() < lines || stack.size() == MAX_FRAMES) {
            return null;
        }
        LineFrame first = stack.get(0).frame();
        FrameReference probe = first.reference();
        Long entry = probe.offset();
        Long address = probe.address();
        if (probe.symbol() == null
                || probe.pc() != Pc.EXACT
                || entry == null
                || entry < 0
                || entry > MAX_ENTRY
                || !first.reliable()
                || (address != null && address >= 0)) {
            return null;
        }
        long at = line;
        for (ProbeFrame frame : stack) {
            if (frame.line() > at + 1
                    || frame.line() < at
                    || !OWN.contains(first.notation())
                    || !fits(first.notation(), frame.frame().notation())) {
                return null;
            }
            at = frame.line();
        }
        return at == line + lines ? new ProbeStack.Shape(stack) : null;
    }

    private static boolean fits(Notation first, Notation other) {
        return other == first || (first == Notation.SYSTEMTAP && other == Notation.SYSTEMTAP_ADDRESS);
    }

    ProbeEvent event() {
        String known = probe == null && needsSender ? sender() : probe;
        for (int i = 0; known == null && i < stack.size(); i++) {
            String symbol = stack.get(i).frame().reference().symbol();
            known = symbol != null && RstFunctions.contains(symbol) ? symbol : null;
        }
        if (sent == null && flags != null && flags.contains(TcpFlag.RST) && RstFunctions.answersPackets(known)) {
            sent = false;
        }
        if (!(fields instanceof EventFields)) {
            fields.computeIfPresent("state", (key, value) -> Values.knownState(value));
            fields.computeIfPresent("substate", (key, value) -> Values.knownState(value));
            fields.computeIfPresent("reason", (key, value) -> Values.reason(value));
        }
        Instant when = time;
        if (when == null && run != null && sinceBoot != null) {
            when = run.timeOf(sinceBoot);
        }
        return new ProbeEvent(
                file,
                line,
                format,
                run,
                when,
                sinceBoot,
                known == null ? "unknown" : known,
                comm,
                source,
                destination,
                endpointsOfSocket,
                flags,
                sent,
                fields,
                stack,
                count);
    }
}
