package dev.backline.capture;

import dev.backline.trace.FrameReference;
import dev.backline.trace.LineFrame;
import dev.backline.trace.Notation;
import dev.backline.trace.Pc;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stacks of events that several CPUs printed at the same time: SystemTap collects the output of each CPU, and lines of
 * two CPUs can alternate. Bounded. Not thread-safe.
 */
final class MixedStacks {
    /** As many lines as the deepest stacks of all events have. */
    private static final int MAX_LINES = 4096;

    /** In these notations tracers print stacks; the kernel prints its call traces in others. */
    private static final Set<Notation> TRACERS = EnumSet.of(
            Notation.SYSTEMTAP,
            Notation.FTRACE,
            Notation.BPFTRACE,
            Notation.BPFTRACE_PERF,
            Notation.PERF,
            Notation.BCC);

    private record Line(long number, String text, List<LineFrame> frames) {}

    private final List<Draft> events;
    private final List<Line> lines = new ArrayList<>();

    /** @param events that wait for their stacks, in the order of their first lines */
    MixedStacks(List<Draft> events) {
        this.events = List.copyOf(events);
    }

    static boolean isTracers(Notation notation) {
        return TRACERS.contains(notation);
    }

    void add(long number, String text, List<LineFrame> frames) {
        if (lines.size() < MAX_LINES) {
            lines.add(new Line(number, text, frames));
        }
    }

    /** Gives the events their stacks; returns what cannot be told, or null. */
    @Nullable
    String end() {
        List<Integer> starts = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (isStart(lines.get(i))) {
                starts.add(i);
            }
        }
        if (starts.size() <= 1) {
            // One stack only: the other events were printed without theirs.
            give(events.get(events.size() - 1), lines);
            return null;
        }
        if (isOneAfterTheOther(starts)) {
            return inTurn(starts);
        }
        int copies = Math.min(events.size(), starts.size());
        Map<String, Integer> counts = new HashMap<>();
        for (Line line : lines) {
            counts.merge(line.text.strip(), 1, Integer::sum);
        }
        boolean equal = true;
        List<Line> common = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        for (Line line : lines) {
            String text = line.text.strip();
            equal &= counts.getOrDefault(text, 0) % copies == 0;
            if (equal && seen.merge(text, 1, Integer::sum) % copies == 1) {
                common.add(line);
            }
        }
        for (Draft event : events) {
            give(event, common);
        }
        return equal
                ? null
                : "lines " + lines.get(0).number + " to " + lines.get(lines.size() - 1).number
                        + ": the stacks of " + events.size()
                        + " events are mixed, and cannot be told apart: only what they"
                        + " have in common is used";
    }

    /** Whether the line is the first one of a stack: the probed function itself. */
    private boolean isStart(Line line) {
        LineFrame first = line.frames.get(0);
        FrameReference reference = first.reference();
        String symbol = reference.symbol();
        Long offset = reference.offset();
        if (symbol == null || offset == null || !first.reliable() || (reference.pc() != Pc.EXACT && offset != 0)) {
            return false;
        }
        for (Draft event : events) {
            if (symbol.equals(event.probe)) {
                return true;
            }
        }
        return false;
    }

    /** Whether other frames stand between the starts of the stacks. */
    private boolean isOneAfterTheOther(List<Integer> starts) {
        if (starts.get(0) != 0) {
            return false;
        }
        for (int i = 1; i < starts.size(); i++) {
            if (starts.get(i) == starts.get(i - 1) + 1) {
                return false;
            }
        }
        return lines.size() > starts.get(starts.size() - 1) + 1;
    }

    private @Nullable String inTurn(List<Integer> starts) {
        List<Draft> left = new ArrayList<>(events);
        Map<String, String> texts = new HashMap<>();
        boolean sure = true;
        for (int i = 0; i < starts.size(); i++) {
            int to = i + 1 < starts.size() ? starts.get(i + 1) : lines.size();
            List<Line> stack = lines.subList(starts.get(i), to);
            String probe = String.valueOf(stack.get(0).frames.get(0).reference().symbol());
            StringBuilder text = new StringBuilder();
            stack.forEach(line -> text.append(line.text.strip()).append('\n'));
            String other = texts.putIfAbsent(probe, text.toString());
            // Equal stacks may be exchanged.
            sure &= other == null || other.contentEquals(text);
            for (Draft each : left) {
                if (each.probe == null || each.probe.equals(probe)) {
                    left.remove(each);
                    give(each, stack);
                    break;
                }
            }
        }
        return sure
                ? null
                : "lines " + lines.get(0).number + " to " + lines.get(lines.size() - 1).number + ": the stacks of "
                        + events.size()
                        + " events follow each other, and which is whose cannot be told: they are taken in"
                        + " turn";
    }

    private static void give(Draft event, List<Line> stack) {
        for (Line line : stack) {
            for (LineFrame frame : line.frames) {
                event.frame(line.number, line.text, frame);
            }
        }
    }
}
