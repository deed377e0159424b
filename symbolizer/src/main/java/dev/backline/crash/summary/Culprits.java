package dev.backline.crash.summary;

import dev.backline.crash.CrashReport;
import dev.backline.crash.Fact;
import dev.backline.crash.ReportKind;
import dev.backline.crash.StackGroup;
import dev.backline.crash.StackGroup.Role;
import dev.backline.crash.summary.SkippedFrames.Reason;
import dev.backline.io.Hex;
import dev.backline.symbolize.Edge;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution.Resolved;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds the function to blame, by rules for each kind of report (docs/crash-signatures.md). Immutable. */
final class Culprits {
    /** What is skipped where a caller is to blame. */
    private static final List<Reason> CALLERS =
            List.of(Reason.REPORTING, Reason.ENTRY, Reason.HELPERS, Reason.LOCKS, Reason.FAULTS);

    /** What is skipped for any reason: it differs with the architecture and the age of the kernel. */
    private static final List<Reason> EVERY = List.of(
            Reason.REPORTING,
            Reason.ENTRY,
            Reason.HELPERS,
            Reason.LOCKS,
            Reason.RUNNERS,
            Reason.DISPATCHERS,
            Reason.FAULTS);

    /** The functions in a signature. */
    private static final int MAX_KEPT = 3;

    private final SkippedFrames skipped = SkippedFrames.bundled();

    /**
     * The guilty function, and the functions that called it.
     *
     * @param guilty null if unknown
     * @param kept the guilty function and the callers that are not skipped, innermost first
     * @param sure false if only doubtful frames name it
     */
    record Found(@Nullable SourceFunction guilty, List<SourceFunction> kept, boolean sure) {}

    /** @param printed whether only the functions count that the log prints, as if there were no debug information */
    Found find(CrashReport report, boolean printed) {
        List<SourceFunction> frames = frames(report, true, printed);
        SourceFunction guilty = guilty(report, frames, printed);
        boolean sure = guilty != null;
        if (guilty == null) {
            frames = frames(report, false, printed);
            guilty = guilty(report, frames, printed);
        }
        if (guilty == null && report.fact(Fact.FUNCTION) != null) {
            guilty = new SourceFunction(
                    FunctionNames.base(String.valueOf(report.fact(Fact.FUNCTION))), null, null, 0, true, true);
        }
        return new Found(guilty, kept(frames, guilty), sure);
    }

    /** The functions of the report's own context, innermost first. */
    private List<SourceFunction> frames(CrashReport report, boolean reliable, boolean printed) {
        List<LogFrame> registers = new ArrayList<>();
        List<LogFrame> trace = new ArrayList<>();
        boolean interrupted = isStall(report.kind()) && has(report, Role.INTERRUPTED);
        for (StackGroup each : report.stacks()) {
            if (each.role() == Role.REGISTERS && !each.heading().equals("headline")) {
                for (LogFrame frame : each.frames()) {
                    if (registers.size() < 2
                            && (frame.reference().symbol() != null || frame.resolution() instanceof Resolved)) {
                        registers.add(frame);
                    }
                }
            } else if ((each.role() == Role.TRACE && !interrupted)
                    || (each.role() == Role.INTERRUPTED
                            && (isStall(report.kind()) || report.kind() == ReportKind.STACK_OVERFLOW))) {
                trace.addAll(each.frames());
            }
        }
        if (reliable) {
            registers.removeIf(each -> !each.frame().reliable());
            trace.removeIf(each -> !each.frame().reliable());
        }
        if (registers.isEmpty()) {
            return SourceFunction.of(trace, printed);
        }
        LogFrame pc = registers.get(0);
        List<LogFrame> stack = new ArrayList<>();
        stack.add(pc);
        if (registers.size() > 1 && isOther(registers.get(1), pc)) {
            // A function without a frame of its own: its caller is in the link register, and not on the stack.
            stack.add(registers.get(1));
        }
        for (LogFrame each : trace) {
            // On some architectures, the trace starts with the program counter, some with the link register, too.
            if (stack.size() > 2
                    || (!isSamePlace(each, stack.get(0)) && !isSamePlace(each, stack.get(stack.size() - 1)))) {
                stack.add(each);
            }
        }
        return printed ? SourceFunction.of(stack, true) : withJumps(stack);
    }

    /** Whether the link register is of a caller: after a call, it is of the function that the program counter is in. */
    private static boolean isOther(LogFrame linkRegister, LogFrame pc) {
        String caller = linkRegister.reference().symbol();
        String callee = pc.reference().symbol();
        return caller != null && callee != null && !FunctionNames.base(caller).equals(FunctionNames.base(callee));
    }

    private static boolean isSamePlace(LogFrame one, LogFrame other) {
        return one.reference().symbol() != null
                && one.reference().symbol().equals(other.reference().symbol())
                && Objects.equals(one.reference().offset(), other.reference().offset());
    }

    /**
     * The functions of frames, with those that left no frame because they jumped to another one at their end: compilers
     * differ in that. Only the first functions that count are of interest.
     */
    private List<SourceFunction> withJumps(List<LogFrame> stack) {
        List<SourceFunction> functions = new ArrayList<>();
        int counted = 0;
        for (int i = 0; i < stack.size(); i++) {
            LogFrame frame = stack.get(i);
            List<SourceFunction> own = SourceFunction.of(List.of(frame), false);
            if (i > 0 && counted < MAX_KEPT && !own.isEmpty() && !functions.isEmpty()) {
                functions.addAll(
                        jumps(frame, functions.get(functions.size() - 1).name()));
            }
            functions.addAll(own);
            for (SourceFunction each : own) {
                counted += isSkipped(each, EVERY) ? 0 : 1;
            }
        }
        return functions;
    }

    /** The only chain of jumps from a call to a function, innermost first; empty if there is none, or there are several. */
    private static List<SourceFunction> jumps(LogFrame caller, String callee) {
        List<SourceFunction> functions = new ArrayList<>();
        if (caller.symbolizer() != null && caller.resolution() instanceof Resolved at) {
            try {
                Edge edge = caller.symbolizer().callEdges().check(at.address(), callee);
                for (String each : edge == null ? List.<String>of() : edge.skipped()) {
                    functions.add(
                            0,
                            new SourceFunction(
                                    FunctionNames.base(each),
                                    caller.module(),
                                    null,
                                    0,
                                    caller.frame().reliable(),
                                    true));
                }
            } catch (IOException e) {
                // Damaged debug information makes the answer less exact, as missing information does.
                return List.of();
            }
        }
        return functions;
    }

    private static boolean has(CrashReport report, Role role) {
        return report.stacks().stream().anyMatch(each -> each.role() == role);
    }

    private static boolean isStall(ReportKind kind) {
        return kind == ReportKind.RCU_STALL || kind == ReportKind.SOFT_LOCKUP || kind == ReportKind.HARD_LOCKUP;
    }

    private @Nullable SourceFunction guilty(CrashReport report, List<SourceFunction> frames, boolean printed) {
        return switch (report.kind()) {
            case RCU_STALL, SOFT_LOCKUP, HARD_LOCKUP -> stalled(frames, !has(report, Role.INTERRUPTED));
            case STACK_OVERFLOW -> outermost(frames);
            case WORKQUEUE -> worker(report, frames);
            case STACK_SMASHING -> smashed(report, frames);
            case HUNG_TASK -> hung(frames);
            case LOCKDEP -> locking(report, frames, printed);
            case HARDWARE, NETDEV_WATCHDOG -> null;
            case ATOMIC ->
                isPreemption(report)
                        ? first(frames, Reason.REPORTING, Reason.ENTRY, Reason.LOCKS)
                        : first(frames, CALLERS);
            default -> first(frames, CALLERS);
        };
    }

    /** Each helper that uses the data of a CPU can be the one. */
    private static boolean isPreemption(CrashReport report) {
        String type = report.fact(Fact.TYPE);
        return type != null && type.startsWith("using ");
    }

    /** What a CPU did when a timer's interrupt found that it was stuck. A CPU that waits for others is a case of its own. */
    private @Nullable SourceFunction stalled(List<SourceFunction> frames, boolean whole) {
        int start = 0;
        boolean reports = false;
        for (int i = 0; i < frames.size(); i++) {
            String name = frames.get(i).name();
            if (name.startsWith("smp_call_function")
                    || name.equals("on_each_cpu")
                    || name.startsWith("csd_lock_wait")) {
                return new SourceFunction(
                        "smp_call_function",
                        null,
                        frames.get(i).file(),
                        frames.get(i).line(),
                        true,
                        true);
            }
            reports |= whole && skipped.has(Reason.REPORTING, name);
            if (reports && start == 0 && isInterrupt(name)) {
                start = i + 1;
                while (start < frames.size() && isInterrupt(frames.get(start).name())) {
                    start++;
                }
            }
        }
        List<SourceFunction> stuck = start < frames.size() ? frames.subList(start, frames.size()) : frames;
        SourceFunction found = representative(stuck);
        return found == null ? first(stuck, Reason.REPORTING, Reason.ENTRY, Reason.LOCKS) : found;
    }

    private static boolean isInterrupt(String name) {
        return name.contains("apic_timer_interrupt")
                || name.startsWith("asm_sysvec_")
                || name.startsWith("el1_irq")
                || name.startsWith("el1h_64_irq")
                || name.equals("__irq_svc")
                || name.equals("ret_from_intr")
                || name.startsWith("asm_common_interrupt")
                || name.startsWith("el1_interrupt")
                || name.equals("call_on_irq_stack");
    }

    private @Nullable SourceFunction worker(CrashReport report, List<SourceFunction> frames) {
        String work = report.fact(Fact.ACTOR);
        return work == null
                ? representative(frames)
                : new SourceFunction(FunctionNames.base(FunctionNames.printed(work)), null, null, 0, true, true);
    }

    /**
     * Waiting for the network's lock or for RCU says nothing of the waiting function. The functions that wait for RCU
     * changed their names with the age of the kernel.
     */
    private @Nullable SourceFunction hung(List<SourceFunction> frames) {
        SourceFunction found = first(frames, CALLERS);
        for (SourceFunction each : frames) {
            if (each.equals(found)) {
                return found;
            }
            if (each.name().equals("rtnl_lock")) {
                return each;
            }
            if (each.name().startsWith("synchronize_") || each.name().startsWith("__synchronize_")) {
                return new SourceFunction(
                        "synchronize_rcu", null, each.file(), each.line(), each.reliable(), each.exact());
            }
        }
        return found;
    }

    /** The first function that no group skips; else the first one that does not report. */
    private @Nullable SourceFunction first(List<SourceFunction> frames, Reason... reasons) {
        return first(frames, List.of(reasons));
    }

    private @Nullable SourceFunction first(List<SourceFunction> frames, List<Reason> reasons) {
        for (SourceFunction each : frames) {
            if (!isSkipped(each, reasons)) {
                return each;
            }
        }
        return reasons.size() > 2
                ? first(frames, Reason.REPORTING, Reason.LOCKS)
                : reasons.size() == 2 ? first(frames, Reason.REPORTING) : null;
    }

    private boolean isSkipped(SourceFunction function, Reason... reasons) {
        return isSkipped(function, List.of(reasons));
    }

    private boolean isSkipped(SourceFunction function, List<Reason> reasons) {
        if (function.isHeaders() && reasons.contains(Reason.HELPERS)) {
            return true;
        }
        boolean own = function.module() != null && !function.isHeaders();
        for (Reason reason : reasons) {
            if ((!own || reason == Reason.REPORTING || reason == Reason.ENTRY)
                    && skipped.has(reason, function.name())) {
                return true;
            }
        }
        return false;
    }

    /**
     * A loop was stopped at any place in it. The function that was called from a fixed place stands for the loop: the one
     * before a runner, a dispatcher or the entry. A module's innermost function loops itself.
     */
    private @Nullable SourceFunction representative(List<SourceFunction> frames) {
        SourceFunction last = null;
        for (SourceFunction each : frames) {
            if (each.module() != null && !each.isHeaders() && !isSkipped(each, Reason.REPORTING, Reason.ENTRY)) {
                return each;
            }
            if (isSkipped(each, Reason.FAULTS)) {
                continue;
            }
            if (isSkipped(each, Reason.RUNNERS, Reason.DISPATCHERS, Reason.ENTRY)) {
                if (last != null) {
                    return last;
                }
            } else if (!isSkipped(each, Reason.REPORTING, Reason.HELPERS, Reason.LOCKS)) {
                last = each;
            }
        }
        return last;
    }

    /** The function that filled the stack is one of the outer ones; a module's innermost function calls itself. */
    private @Nullable SourceFunction outermost(List<SourceFunction> frames) {
        SourceFunction last = null;
        for (SourceFunction each : frames) {
            if (each.module() != null && !each.isHeaders() && !isSkipped(each, Reason.REPORTING, Reason.ENTRY)) {
                return each;
            }
            if (!isSkipped(each, EVERY) && (last == null || !isSystemCall(each))) {
                last = each;
            }
        }
        return last;
    }

    private static boolean isSystemCall(SourceFunction function) {
        return FunctionNames.stable(function.name()).startsWith("sys_");
    }

    /** {@code Kernel stack is corrupted in: f}: f is the function whose frame was overwritten. */
    private @Nullable SourceFunction smashed(CrashReport report, List<SourceFunction> frames) {
        String victim = report.fact(Fact.FUNCTION);
        if (victim == null || isAddress(victim)) {
            return first(frames, Reason.REPORTING, Reason.ENTRY);
        }
        String name = FunctionNames.base(victim);
        for (SourceFunction each : frames) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        String module = FunctionNames.printedModule(report.headline());
        return new SourceFunction(name, module, null, 0, true, true);
    }

    /** The function that takes the lock that lockdep complains about. */
    private @Nullable SourceFunction locking(CrashReport report, List<SourceFunction> frames, boolean printed) {
        String type = report.fact(Fact.TYPE);
        boolean held = type != null && (type.contains("still has locks") || type.contains("lock held"));
        for (StackGroup each : report.stacks()) {
            if (each.role() == Role.OTHER
                    && each.heading().startsWith("#") == held
                    && (each.heading().contains("at: ") || each.heading().endsWith(") at"))) {
                SourceFunction found = first(SourceFunction.of(each.frames(), printed), CALLERS);
                if (found != null && !isSkipped(found, Reason.HELPERS, Reason.LOCKS)) {
                    return found;
                }
                break;
            }
        }
        return first(frames, CALLERS);
    }

    private static boolean isAddress(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Hex.digit(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private List<SourceFunction> kept(List<SourceFunction> frames, @Nullable SourceFunction guilty) {
        List<SourceFunction> kept = new ArrayList<>();
        if (guilty != null) {
            kept.add(guilty);
            boolean after = !frames.contains(guilty);
            for (SourceFunction each : frames) {
                if (after
                        && kept.size() < MAX_KEPT
                        && !isSkipped(each, EVERY)
                        && !isSameCall(kept.get(kept.size() - 1), each)) {
                    kept.add(each);
                }
                after |= each.equals(guilty);
            }
        }
        return kept;
    }

    /** Whether both are wrappers of one system call. */
    private static boolean isSameCall(SourceFunction one, SourceFunction other) {
        return isSystemCall(one) && FunctionNames.stable(one.name()).equals(FunctionNames.stable(other.name()));
    }

    String version() {
        return skipped.version();
    }
}
