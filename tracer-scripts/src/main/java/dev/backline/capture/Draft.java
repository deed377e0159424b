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

    private List<ProbeFrame> stack = new ArrayList<>();

    /** The length of the stack's text so far. */
    private int length;

    /** Whether the current frames repeat the same stack. */
    private boolean repeating;

    Draft(String file, long line, CaptureFormat format) {
        this.file = file;
        this.line = line;
        this.format = format;
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
        boolean sameLine = !stack.isEmpty() && stack.get(stack.size() - 1).line() == at;
        if (!sameLine && length + text.length() > MAX_TEXT) {
            return;
        }
        length += sameLine ? 0 : text.length();
        stack.add(new ProbeFrame(at, text, frame));
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
        String known = probe;
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
