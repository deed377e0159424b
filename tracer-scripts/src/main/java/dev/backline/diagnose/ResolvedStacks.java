package dev.backline.diagnose;

import dev.backline.capture.ProbeEvent;
import dev.backline.capture.ProbeFrame;
import dev.backline.io.BoundedCache;
import dev.backline.io.HeapShare;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.LogSymbolizer;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.trace.KernelFacts;
import dev.backline.trace.Mark;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Resolves the stacks of events. A stack that was seen before is not looked up again. Not thread-safe. */
final class ResolvedStacks {
    private static final int MAX_KNOWN = 1 << 12;

    /** The bound on the memory of all stacks, in bytes, estimated. */
    private static final long MAX_WEIGHT = HeapShare.count(8, 1, 64 << 20);

    /** Estimated bytes of a frame, its reference, its answer and its step, without the text. */
    private static final int FRAME_WEIGHT = 600;

    /**
     * A stack.
     *
     * @param frames one for each frame of the event; the same list for events with the same stack
     * @param missing the unresolved frames, without data that the unwinder took for frames
     * @param path the frames that were called, as steps for the rules
     */
    record Stack(List<LogFrame> frames, List<LogFrame> missing, List<CallStep> path) {
        /** The same stack of another event. */
        private Stack movedBy(long lines) {
            if (lines == 0) {
                return this;
            }
            CallStep[] moved = new CallStep[path.size()];
            for (int i = 0; i < moved.length; i++) {
                moved[i] = path.get(i).movedBy(lines);
            }
            return new Stack(frames, missing, List.of(moved));
        }
    }

    /**
     * @param line of the first frame
     * @param weight the memory of the stack, in bytes, estimated
     */
    private record Known(long line, Stack stack, long weight) {}

    private final LogSymbolizer symbolizer;
    private final Steps steps = new Steps();

    /** By the identity of the stack's text. */
    private final BoundedCache<Object, Known> known = new BoundedCache<>(MAX_KNOWN, MAX_WEIGHT, true) {
        @Override
        protected long weight(Object identity, Known value) {
            return value.weight();
        }
    };

    private int learned;

    ResolvedStacks(LogSymbolizer symbolizer) {
        this.symbolizer = symbolizer;
    }

    /**
     * The stack of an event.
     *
     * @param facts what the capture has told about its kernel so far
     */
    Stack of(ProbeEvent event, KernelFacts facts) throws IOException {
        int now = symbolizer.learn(facts);
        if (now != learned) {
            known.clear();
            learned = now;
        }
        List<ProbeFrame> stack = event.stack();
        long line = stack.isEmpty() ? 0 : stack.get(0).line();
        Known before = known.get(event.stackIdentity());
        if (before != null) {
            return before.stack().movedBy(line - before.line());
        }
        Stack resolved = resolve(stack, facts);
        known.put(event.stackIdentity(), new Known(line, resolved, weight(stack)));
        return resolved;
    }

    private static long weight(List<ProbeFrame> stack) {
        long weight = 200;
        for (ProbeFrame frame : stack) {
            weight += FRAME_WEIGHT + 2L * frame.text().length();
        }
        return weight;
    }

    private Stack resolve(List<ProbeFrame> stack, KernelFacts facts) throws IOException {
        List<LogFrame> frames = new ArrayList<>(stack.size());
        List<LogFrame> missing = new ArrayList<>();
        List<CallStep> path = new ArrayList<>(stack.size());
        for (ProbeFrame frame : stack) {
            symbolizer.weigh(frame.frame(), facts);
        }
        for (ProbeFrame frame : stack) {
            LogFrame resolved = symbolizer.resolve(frame.frame(), facts);
            frames.add(resolved);
            if (frame.frame().reliable() || frame.frame().mark() == Mark.INEXACT) {
                path.add(steps.of(frame, resolved));
            }
            // Junk is stack data, not a frame: nobody misses its line.
            if (frame.frame().mark() != Mark.JUNK && !(resolved.resolution() instanceof Resolved)) {
                missing.add(resolved);
            }
        }
        return new Stack(
                Collections.unmodifiableList(frames),
                Collections.unmodifiableList(missing),
                Collections.unmodifiableList(path));
    }
}
