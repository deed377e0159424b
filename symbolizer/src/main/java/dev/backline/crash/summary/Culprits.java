package dev.backline.crash.summary;

import dev.backline.crash.CrashReport;
import dev.backline.crash.Fact;
import dev.backline.crash.ReportKind;
import dev.backline.crash.StackGroup;
import dev.backline.crash.StackGroup.Role;
import dev.backline.crash.summary.SkippedFrames.Reason;
import dev.backline.io.Hex;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution.Resolved;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the function to blame, by rules for each kind of report (docs/crash-signatures.md). Immutable. */
final class Culprits {
    /** What is skipped where a caller is to blame. */
    private static final List<Reason> CALLERS =
            List.of(Reason.REPORTING, Reason.ENTRY, Reason.HELPERS, Reason.LOCKS, Reason.FAULTS);

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
    private static List<SourceFunction> frames(CrashReport report, boolean reliable, boolean printed) {
        List<LogFrame> all = new ArrayList<>();
        boolean pc = false;
        boolean interrupted = isStall(report.kind()) && has(report, Role.INTERRUPTED);
        for (StackGroup each : report.stacks()) {
            if (each.role() == Role.REGISTERS && !pc && !each.heading().equals("headline")) {
                // The link register, which follows, can be stale.
                for (LogFrame frame : each.frames()) {
                    if (frame.reference().symbol() != null || frame.resolution() instanceof Resolved) {
                        all.add(frame);
                        break;
                    }
                }
                pc = true;
            } else if ((each.role() == Role.TRACE && !interrupted)
                    || (each.role() == Role.INTERRUPTED
                            && (isStall(report.kind()) || report.kind() == ReportKind.STACK_OVERFLOW))) {
                all.addAll(each.frames());
            }
        }
        List<SourceFunction> functions = SourceFunction.of(all, printed);
        if (reliable) {
            functions.removeIf(each -> !each.reliable());
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

    /** Waiting for the network's lock or for RCU says nothing of the waiting function. */
    private @Nullable SourceFunction hung(List<SourceFunction> frames) {
        SourceFunction found = first(frames, CALLERS);
        for (SourceFunction each : frames) {
            if (each.equals(found)) {
                return found;
            }
            if (each.name().equals("rtnl_lock") || each.name().startsWith("synchronize_")) {
                return each;
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
            if (!isSkipped(each, Reason.values()) && (last == null || !isSystemCall(each))) {
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
                        && kept.size() < 3
                        && !isSkipped(each, Reason.REPORTING, Reason.ENTRY, Reason.HELPERS, Reason.LOCKS)) {
                    kept.add(each);
                }
                after |= each.equals(guilty);
            }
        }
        return kept;
    }

    String version() {
        return skipped.version();
    }
}
