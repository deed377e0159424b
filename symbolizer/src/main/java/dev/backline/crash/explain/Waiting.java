package dev.backline.crash.explain;

import dev.backline.crash.CrashReport;
import dev.backline.crash.Explanation.Culprit;
import dev.backline.crash.Fact;
import dev.backline.crash.Fault;
import dev.backline.crash.StackGroup;
import dev.backline.symbolize.LogFrame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says who waits for what and who holds it: lockdep, hung tasks, lockups and RCU stalls (kernel/locking/lockdep.c,
 * kernel/hung_task.c, kernel/watchdog.c, kernel/rcu/tree_stall.h). Only what the report says. Immutable.
 */
final class Waiting {
    private final CrashReport report;
    private final ReportFrames frames;
    private final @Nullable Culprit culprit;
    private final @Nullable Fault object;

    Waiting(CrashReport report, ReportFrames frames, @Nullable Culprit culprit, @Nullable Fault object) {
        this.report = report;
        this.frames = frames;
        this.culprit = culprit;
        this.object = object;
    }

    /** {@return the sentence; null if the report is about something else, or says too little} */
    @Nullable
    String sentence() {
        return switch (report.kind()) {
            case LOCKDEP -> lockdep();
            case HUNG_TASK -> hung();
            case SOFT_LOCKUP, HARD_LOCKUP -> lockup();
            case RCU_STALL -> stall();
            default -> null;
        };
    }

    /**
     * A lock as lockdep prints it: {@code ffff888100000000 (&dev->lock){+.+.}-{3:3}, at: boat_row+0x10/0x40 [boat]}.
     *
     * @param name of its class
     * @param at the function that takes or took it; null if unknown
     */
    record Lock(String name, @Nullable String at) {
        static @Nullable Lock of(@Nullable String text) {
            if (text == null) {
                return null;
            }
            int from = text.indexOf('(');
            int to = text.indexOf("){", from + 1);
            to = to < 0 ? text.lastIndexOf(')') : to;
            String name = from < 0 || to <= from ? text : text.substring(from + 1, to);
            return name.isBlank() ? null : new Lock(name.strip(), function(text));
        }

        private static @Nullable String function(String text) {
            int at = text.lastIndexOf("at: ");
            String rest = at < 0 ? "" : text.substring(at + 4);
            if (rest.startsWith("[<")) {
                int end = rest.indexOf("] ");
                rest = end < 0 ? "" : rest.substring(end + 2);
            }
            int plus = rest.indexOf('+');
            return plus <= 0 || rest.lastIndexOf(' ', plus) >= 0 ? null : rest.substring(0, plus);
        }

        private String taken() {
            return at == null ? "" : " in " + at + "()";
        }
    }

    private @Nullable String lockdep() {
        Lock wanted = Lock.of(report.fact(Fact.WANTED_LOCK));
        String type = Explainer.text(report, Fact.TYPE);
        String task = task(Explainer.text(report, Fact.ACTOR));
        if (wanted == null || task == null) {
            return null;
        }
        if (type.contains("unlock balance") || report.headline().contains("unlock balance")) {
            return task + " releases " + wanted.name() + at() + ", but does not hold it";
        }
        if (type.contains("lock freed") || report.headline().contains("lock freed")) {
            return task + " frees memory with " + wanted.name() + ", which it took" + wanted.taken()
                    + " and still holds";
        }
        Lock held = Lock.of(report.fact(Fact.HELD_LOCK));
        StringBuilder text = new StringBuilder(task);
        if (held == null) {
            // An irq-safe lock is taken; for other kinds, the report ends before what is held.
            text.append(type.contains("inconsistent") ? " takes " : " wants ")
                    .append(wanted.name())
                    .append(wanted.taken());
            String other = registered();
            return other == null
                    ? text.toString()
                    : text.append("; the use that does not fit was in ")
                            .append(other)
                            .append("()")
                            .toString();
        }
        text.append(" wants ").append(wanted.name()).append(wanted.taken());
        text.append(", and holds ").append(held.name());
        text.append(held.at() == null ? "" : ", taken" + held.taken());
        List<StackGroup> chain = chain();
        // The first one is about the lock that is held now: it was taken below the next one.
        String other = chain.size() < 2 ? null : first(chain.get(0).frames());
        if (other != null) {
            text.append("; the other order ");
            text.append(chain.size() == 2 ? "was" : "goes through " + chain.size() + " locks, the last of which was");
            text.append(" taken in ").append(other).append("()");
        }
        return text.toString();
    }

    private String at() {
        return culprit == null ? "" : " in " + culprit.function() + "()";
    }

    /** The stacks of the locks that depend on each other, {@code -> #1} before {@code -> #0}. */
    private List<StackGroup> chain() {
        List<StackGroup> chain = new ArrayList<>();
        for (StackGroup each : report.stacks()) {
            if (each.heading().startsWith("-> #")) {
                chain.add(each);
            }
        }
        return chain;
    }

    private @Nullable String registered() {
        for (StackGroup each : report.stacks()) {
            if (each.heading().endsWith("registered at")) {
                return first(each.frames());
            }
        }
        return null;
    }

    /** The function that took a lock: the first one that is no helper. */
    private static @Nullable String first(List<LogFrame> frames) {
        for (LogFrame each : frames) {
            String function = ReportFrames.function(each);
            boolean isLock = function != null && function.startsWith("__lock_acquire");
            if (function != null && each.frame().reliable() && !isLock && !Helpers.isHelper(function, each.module())) {
                return function;
            }
        }
        return null;
    }

    /** {@code boat/7} of {@code boat/7}, {@code boat/7 [HC0[0]:SC0[0]:HE1:SE1]}, {@code boat:7}; null if it is no task. */
    private static @Nullable String task(String text) {
        int end = text.indexOf(" [");
        String task = (end < 0 ? text : text.substring(0, end)).strip();
        int colon = task.lastIndexOf(':');
        return task.isEmpty() ? null : colon < 0 ? task : task.substring(0, colon) + "/" + task.substring(colon + 1);
    }

    private @Nullable String task() {
        String comm = report.comm();
        return comm == null ? null : comm + (report.pid() == null ? "" : "/" + report.pid());
    }

    private @Nullable String hung() {
        String task = task();
        if (task == null) {
            return null;
        }
        StringBuilder text = new StringBuilder(task);
        String seconds = report.fact(Fact.SECONDS);
        text.append(" waits").append(seconds == null ? "" : " for more than " + seconds + " seconds");
        boolean isWait = culprit != null && culprit.function().startsWith("__schedule");
        String function = culprit == null || isWait ? null : culprit.function();
        String called = function == null ? null : calledBy(function);
        if (called != null) {
            text.append(" in ")
                    .append(called)
                    .append("(), which ")
                    .append(function)
                    .append("() called");
        } else if (function != null) {
            text.append(" in ").append(function).append("()");
        }
        String expression = object == null ? null : object.expression();
        text.append(expression == null ? "" : ", on " + expression);
        String holder = task(Explainer.text(report, Fact.HOLDER));
        text.append(holder == null ? "" : "; the kernel says that " + holder + " is likely to hold it");
        return text.toString();
    }

    /** The function whose frame is below that of a function; null if there is none. */
    private @Nullable String calledBy(String caller) {
        String below = null;
        for (LogFrame each : frames.trace()) {
            String function = ReportFrames.function(each);
            if (!each.frame().reliable() || function == null) {
                continue;
            }
            if (function.equals(caller)) {
                return below;
            }
            below = function;
        }
        return null;
    }

    private @Nullable String lockup() {
        if (culprit == null || report.cpu() == null) {
            return null;
        }
        String seconds = report.fact(Fact.SECONDS);
        String task = task();
        return "CPU " + report.cpu() + (seconds == null ? " is stuck" : " is stuck for " + seconds + " seconds")
                + " in " + culprit.function() + "()" + (task == null ? "" : ", in the task " + task);
    }

    private @Nullable String stall() {
        String task = task();
        boolean self = Explainer.text(report, Fact.TYPE).startsWith("self");
        if (culprit == null || !self || report.cpu() == null) {
            return culprit == null
                    ? null
                    : "RCU waits for a CPU or task; the stack is that of " + culprit.function() + "()";
        }
        return "RCU waits for CPU " + report.cpu() + ", which runs in " + culprit.function() + "()"
                + (task == null ? "" : ", in the task " + task);
    }
}
