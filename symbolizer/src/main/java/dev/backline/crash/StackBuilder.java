package dev.backline.crash;

import dev.backline.crash.StackGroup.Role;
import dev.backline.symbolize.LogFrame;
import java.util.ArrayList;
import java.util.List;

/** Sorts the frames of a report into groups, by the headings between them. Not thread-safe. */
final class StackBuilder {
    /** More than the deepest kernel stack has; a report of a stall has a stack for each CPU and task. */
    static final int MAX_FRAMES = 4096;

    private static final int MAX_GROUPS = 256;
    private static final int MAX_HEADING = 120;

    private final List<StackGroup> groups = new ArrayList<>();
    private final List<LogFrame> current = new ArrayList<>();
    private String heading = "";
    private Role role = Role.TRACE;
    private int count;
    private boolean hasTrace;

    /** Whether a heading said what the next frames are, so that {@code Call Trace:} does not. */
    private boolean labelled;

    /** Whether the frames are those of a context that an interrupt or exception stopped. */
    private boolean interrupted;

    /** Starts a group whose role a heading states. */
    void label(String text, Role of) {
        flush();
        heading = text.length() > MAX_HEADING ? text.substring(0, MAX_HEADING) : text;
        role = of;
        labelled = true;
        interrupted = false;
    }

    /** Starts a stack: {@code Call Trace:}. */
    void stack(String text, boolean other) {
        flush();
        if (!labelled) {
            heading = text;
            role = hasTrace || other ? Role.OTHER : Role.TRACE;
            interrupted = false;
        }
        labelled = false;
    }

    /** Starts the part of a stack that is of another context: {@code <IRQ>}. */
    void part(String text) {
        flush();
        heading = text;
    }

    /** Starts the frames of the context that an exception in the trace stopped. */
    void interrupted(Role as) {
        flush();
        heading = "interrupted";
        interrupted = true;
        if (role == Role.TRACE || role == Role.INTERRUPTED) {
            role = as;
        }
        labelled = false;
    }

    /** Ends a label, because a new stack starts: with the line of the task. */
    void endLabel() {
        flush();
        if (labelled || role == Role.ORIGIN) {
            labelled = false;
            role = hasTrace ? Role.OTHER : Role.TRACE;
            heading = "";
        }
    }

    /** {@return whether a label is the last heading, and no frame followed} */
    boolean isAt(String label) {
        return labelled && current.isEmpty() && heading.equals(label);
    }

    void add(List<LogFrame> frames) {
        labelled = false;
        for (LogFrame each : frames) {
            if (count < MAX_FRAMES) {
                count++;
                current.add(each);
            }
        }
    }

    /** Adds frames as a group of their own, without ending the group around them. */
    void addApart(String of, Role as, List<LogFrame> frames) {
        if (frames.isEmpty() || count >= MAX_FRAMES || groups.size() >= MAX_GROUPS) {
            return;
        }
        count += frames.size();
        int last = groups.size() - 1;
        if (last >= 0
                && current.isEmpty()
                && groups.get(last).role() == as
                && groups.get(last).heading().equals(of)) {
            List<LogFrame> joined = new ArrayList<>(groups.get(last).frames());
            joined.addAll(frames);
            groups.set(last, new StackGroup(of, as, joined));
            return;
        }
        groups.add(new StackGroup(of, as, frames));
    }

    private void flush() {
        if (!current.isEmpty()) {
            hasTrace |= role == Role.TRACE && !interrupted;
            if (groups.size() < MAX_GROUPS) {
                groups.add(new StackGroup(heading, role, current));
            }
            current.clear();
        }
    }

    /** {@return whether a frame of the report's own trace was read} */
    boolean hasTrace() {
        return hasTrace || (role == Role.TRACE && !current.isEmpty());
    }

    boolean isInterrupted() {
        return interrupted;
    }

    boolean isFull() {
        return count >= MAX_FRAMES;
    }

    List<StackGroup> build() {
        flush();
        return List.copyOf(groups);
    }
}
