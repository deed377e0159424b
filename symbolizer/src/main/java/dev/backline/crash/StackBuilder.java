package dev.backline.crash;

import dev.backline.crash.StackGroup.Role;
import dev.backline.symbolize.LogFrame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sorts the frames of a report into groups, by the headings between them. Not thread-safe. */
final class StackBuilder {
    /** More than the deepest kernel stack has; a report of a stall has a stack for each CPU and task. */
    static final int MAX_FRAMES = 4096;

    private static final int MAX_GROUPS = 256;
    private static final int MAX_HEADING = 120;
    private static final int MAX_STACK_ROW = 160;

    private final List<StackGroup> groups = new ArrayList<>();
    private final List<LogFrame> current = new ArrayList<>();
    private String heading = "";
    private Role role = Role.TRACE;
    private int count;
    private boolean hasTrace;
    /** The accesses of a data race so far. */
    private int accesses;

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

    /** Whether a line is the heading of a stack. */
    static boolean startsStack(String text) {
        char c = text.charAt(0);
        return (c == 'C' && (text.startsWith("Call Trace") || text.startsWith("Call trace:")))
                || (c == 'B' && text.startsWith("Backtrace:"))
                || (c == 'b' && text.startsWith("backtrace"))
                // After the last of the words of the stack, before 4.10.
                || (text.length() < MAX_STACK_ROW && text.endsWith("Call Trace:"));
    }

    /** Starts a group if a line says what the next frames are; returns whether it does. */
    boolean label(@Nullable ReportKind kind, String text) {
        Role as = labelRole(kind, text);
        if (as != null) {
            label(text.endsWith(":") ? text.substring(0, text.length() - 1) : text, as);
        }
        return as != null;
    }

    private @Nullable Role labelRole(@Nullable ReportKind kind, String text) {
        if (text.startsWith("Allocated ") || text.startsWith("allocated ") || text.startsWith("INFO: Allocated in")) {
            return Role.ALLOCATED;
        }
        if (text.startsWith("Freed ") || text.startsWith("freed ") || text.startsWith("INFO: Freed in")) {
            return Role.FREED;
        }
        if (text.startsWith("Register ") && text.contains(" information: ")) {
            return Role.OTHER;
        }
        if (text.startsWith("Last Breaking-Event-Address")) {
            return Role.ORIGIN;
        }
        if (!text.endsWith(":") || text.length() > 160) {
            return kind == ReportKind.LOCKDEP && text.startsWith("-> #") ? Role.OTHER : null;
        }
        if (text.endsWith("work creation:")
                || text.endsWith("created at:")
                || text.endsWith("stored to memory at:")
                || text.startsWith("Preemption disabled at")
                || text.endsWith("queued at:")
                || text.endsWith("registered at:")) {
            return Role.ORIGIN;
        }
        if (kind == ReportKind.RCU_STALL && text.contains("kthread stack dump")) {
            return Role.OTHER;
        }
        if (text.equals("stack backtrace:")) {
            return Role.TRACE;
        }
        if (kind == ReportKind.KCSAN
                && (text.startsWith("write to ")
                        || text.startsWith("read to ")
                        || text.startsWith("read-write to ")
                        || text.contains(" to 0x"))) {
            accesses++;
            return accesses == 1 ? Role.TRACE : Role.OTHER;
        }
        return kind == ReportKind.LOCKDEP
                        || kind == ReportKind.KASAN
                        || text.contains("stack trace")
                        || text.contains("Stack dump where")
                        || text.startsWith("page last ")
                        || text.contains("held by")
                        || text.startsWith("Showing all locks")
                ? Role.OTHER
                : null;
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
