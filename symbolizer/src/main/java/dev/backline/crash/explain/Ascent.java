package dev.backline.crash.explain;

import dev.backline.dwarf.CallSite;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.types.AddressRange;
import dev.backline.dwarf.types.Declarations;
import dev.backline.dwarf.types.Subprogram;
import dev.backline.elf.SymbolTable;
import dev.backline.machine.Flow;
import dev.backline.machine.InstructionSet;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.SourceFrame;
import dev.backline.symbolize.Symbolizer;
import dev.backline.trace.Pc;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes from a helper function up to the caller that it works for, through the frames of the report and through tail
 * calls, which leave no frame. Not thread-safe.
 */
final class Ascent {
    private static final int MAX_STEPS = 12;
    private static final int MAX_TAIL_CALLS = 6;
    private static final int MAX_CALLS = 512;

    private final ReportFrames frames;
    private final InstructionSet set;
    private final FrameCode.Problems problems;
    /** The frames above the function that trapped. */
    private final List<LogFrame> above = new ArrayList<>();
    /** The next of them. */
    private int next;

    private @Nullable ValueOrigin trapOrigin;
    private int callsLeft = MAX_CALLS;

    /**
     * A call in a caller.
     *
     * @param frame the caller's function
     * @param code of it
     * @param index of the call
     * @param function the caller's name; null if unknown
     * @param module of the caller; null for the kernel
     * @param callee the step that it calls; null if that is the function that trapped
     */
    record Step(
            FrameCode frame,
            FunctionCode code,
            int index,
            @Nullable String function,
            @Nullable String module,
            @Nullable Step callee) {
        /** The values that the call passes in a register, named by what the caller itself declares. */
        List<Pointer> passed(int register, InstructionSet set) {
            List<Pointer> own = new ValueOrigin(frame, code, set, this::isOfHelper).of(register, index, true);
            for (Pointer each : own) {
                if (!each.isNumber() && each.root().kind() != Pointer.Kind.ARGUMENT) {
                    return own;
                }
            }
            List<Pointer> any = new ValueOrigin(frame, code, set).of(register, index, true);
            return any.isEmpty() ? own : any;
        }

        private boolean isOfHelper(@Nullable String declaring) {
            if (declaring == null) {
                return false;
            }
            for (SourceFrame each : source()) {
                if (each.inlined() && declaring.equals(each.function())) {
                    return Helpers.isHelperFile(each.path()) || Helpers.isHelper(declaring, null);
                }
            }
            return Helpers.isHelper(declaring, null);
        }

        /** The source frames of the call, innermost first. */
        List<SourceFrame> source() {
            return frame.source();
        }
    }

    Ascent(ReportFrames frames, InstructionSet set, FrameCode.Problems problems) {
        this.frames = frames;
        this.set = set;
        this.problems = problems;
    }

    /**
     * Starts at the function that trapped.
     *
     * @param frame the function that trapped; null if it is unknown
     * @param function its name; null if unknown
     */
    void start(@Nullable FrameCode frame, @Nullable String function) {
        FunctionCode code = frame == null ? null : frame.code();
        trapOrigin = frame == null || code == null ? null : new ValueOrigin(frame, code, set);
        LogFrame link = frames.link();
        List<LogFrame> callers = frames.callers();
        above.clear();
        next = 0;
        if (link != null && isCallOf(link, function) && (callers.isEmpty() || !isSame(link, callers.get(0)))) {
            above.add(link);
        }
        for (LogFrame each : callers) {
            // A return address at the start of a function is after a call that does not return, in the function before.
            boolean isStart =
                    each.reference().offset() != null && each.reference().offset() == 0;
            if (each.frame().reliable() && !isStart) {
                above.add(each);
            }
        }
    }

    /**
     * {@return the call of the first caller that is no helper; null if the frames do not lead there}
     *
     * @param function the function that trapped; null if unknown
     */
    @Nullable
    Step climb(@Nullable String function) {
        return climb(function, false);
    }

    /**
     * {@return the call of the first caller that is no helper, or that is in a module; null if there is none}
     *
     * @param function the function that trapped; null if unknown
     * @param toModule whether only a module's function ends the search
     */
    @Nullable
    Step climb(@Nullable String function, boolean toModule) {
        Step below = null;
        for (int i = 0; i < MAX_STEPS; i++) {
            Step step = further(below, below == null ? function : below.function());
            boolean isPassed = step != null
                    && (toModule ? step.module() == null : Helpers.isHelper(step.function(), step.module()));
            if (!isPassed) {
                return step;
            }
            below = step;
        }
        return null;
    }

    /** The steps of a frame that was reached by tail calls, still to be taken. */
    private final List<Step> pending = new ArrayList<>();

    /**
     * {@return the next caller; null if there is none}
     *
     * @param below the step before; null for the function that trapped
     * @param function of that step
     */
    @Nullable
    Step further(@Nullable Step below, @Nullable String function) {
        if (!pending.isEmpty()) {
            return pending.remove(0);
        }
        List<Step> steps = List.of();
        boolean skipped = false;
        while (steps.isEmpty()) {
            if (next >= above.size()) {
                return null;
            }
            LogFrame frame = above.get(next++);
            // Beyond a frame without code, nothing is known about the values that are passed.
            steps = steps(frame, skipped ? null : function, skipped ? null : below);
            skipped = true;
            if (steps.isEmpty() && !Helpers.isHelper(ReportFrames.function(frame), frame.module())) {
                return null;
            }
        }
        pending.addAll(steps.subList(1, steps.size()));
        return steps.get(0);
    }

    private static boolean isSame(LogFrame a, LogFrame b) {
        return a.reference().symbol() != null
                && a.reference().symbol().equals(b.reference().symbol())
                && a.reference().offset() != null
                && a.reference().offset().equals(b.reference().offset());
    }

    private boolean isCallOf(LogFrame link, @Nullable String function) {
        FrameCode frame = FrameCode.of(link, problems);
        if (frame == null || function == null) {
            return false;
        }
        return isName(frame.calleeReturningTo(frame.address()), function);
    }

    /** Whether two names are of one function: with other underscores, or arm64's alias for code that runs early. */
    private static boolean isName(@Nullable String a, @Nullable String b) {
        return a != null && b != null && stem(a).equals(stem(b));
    }

    private static String stem(String name) {
        String stem = Helpers.plain(name);
        if (stem.startsWith("pi_")) {
            stem = Helpers.plain(stem.substring(3));
        }
        int dot = stem.indexOf('.');
        return dot < 0 ? stem : stem.substring(0, dot);
    }

    /** The calls from a frame to a function: several if it was reached by tail calls, the innermost first. */
    private List<Step> steps(LogFrame caller, @Nullable String callee, @Nullable Step below) {
        FrameCode frame = FrameCode.of(caller, problems);
        FunctionCode code = frame == null ? null : frame.code();
        if (frame == null || code == null) {
            return List.of();
        }
        int call = caller.reference().pc() == Pc.EXACT
                ? code.indexAt(frame.address())
                : code.indexEndingAt(frame.address());
        if (call < 0) {
            return List.of();
        }
        String called = frame.calleeReturningTo(frame.address());
        if (called == null || callee == null || isName(called, callee)) {
            return List.of(new Step(frame, code, call, ReportFrames.function(caller), caller.module(), below));
        }
        List<TailCall> tails = new ArrayList<>();
        if (!tailCalls(frame, called, callee, 0, tails)) {
            return List.of(new Step(frame, code, call, ReportFrames.function(caller), caller.module(), null));
        }
        List<Step> steps = new ArrayList<>();
        Step last = below;
        for (int i = tails.size() - 1; i >= 0; i--) {
            TailCall each = tails.get(i);
            FunctionCode tailCode = each.frame().code();
            if (tailCode == null) {
                return List.of();
            }
            last = new Step(each.frame(), tailCode, each.index(), each.function(), caller.module(), last);
            steps.add(last);
        }
        steps.add(new Step(frame, code, call, ReportFrames.function(caller), caller.module(), last));
        return steps;
    }

    /** A jump at the end of a function to another function. */
    private record TailCall(FrameCode frame, int index, String function) {}

    /** Finds the tail calls from a function to another one, the outermost first. */
    private boolean tailCalls(FrameCode caller, String from, String to, int depth, List<TailCall> into) {
        if (depth > MAX_TAIL_CALLS) {
            return false;
        }
        FrameCode frame = function(caller, from);
        FunctionCode code = frame == null ? null : frame.code();
        if (frame == null || code == null) {
            return false;
        }
        for (CallSite site : frame.calls(code.start())) {
            String callee = site.callee();
            if (!site.tailCall() || callee == null || --callsLeft < 0) {
                continue;
            }
            boolean reached = isName(callee, to);
            int size = into.size();
            int jump = code.indexEndingAt(site.returnAddress());
            jump = jump >= 0 && code.get(jump).flow() != Flow.CALL ? jump : code.indexAt(site.returnAddress());
            if (jump < 0) {
                continue;
            }
            FrameCode at = FrameCode.at(frame, code.get(jump).address());
            into.add(new TailCall(at, jump, from));
            if (reached || (!callee.equals(from) && tailCalls(frame, callee, to, depth + 1, into))) {
                return true;
            }
            while (into.size() > size) {
                into.remove(into.size() - 1);
            }
        }
        return false;
    }

    /** A function by its name: a static one of the caller's unit, else one of its file. */
    private @Nullable FrameCode function(FrameCode caller, String name) {
        Symbolizer file = caller.symbolizer();
        try {
            Dwarf dwarf = file.dwarf();
            Declarations unit = dwarf == null ? null : Declarations.at(dwarf, caller.address() - 1);
            Subprogram declared = unit == null ? null : unit.function(name);
            if (declared != null && !declared.bodies().isEmpty()) {
                AddressRange range = declared.bodies().get(0).ranges().get(0);
                return FrameCode.of(file, range.low(), range.low(), range.high() - range.low(), List.of(), problems);
            }
            SymbolTable symbols = caller.elf().symbols();
            for (int each : symbols.named(name)) {
                if (symbols.type(each) == SymbolTable.STT_FUNC) {
                    long start = symbols.address(each);
                    return FrameCode.of(file, start, start, symbols.size(each), List.of(), problems);
                }
            }
        } catch (IOException e) {
            problems.add("The functions of " + caller.elf().name() + " cannot be read: " + e.getMessage());
        }
        return null;
    }

    /**
     * {@return the pointers of the caller that became the value of a register in the function that trapped}
     *
     * @param step the caller's call
     * @param register in the function that trapped
     * @param index of the trap
     */
    List<Pointer> pointers(Step step, int register, int index) {
        ValueOrigin origin = trapOrigin;
        return origin == null ? List.of() : substituted(step, origin.derived(register, index, false));
    }

    /**
     * {@return the pointers that a call passes in an argument register of the function that trapped}
     *
     * @param step the caller's call
     * @param register of the argument
     */
    List<Pointer> arguments(Step step, int register) {
        return substituted(
                step,
                List.of(Pointer.of(new Pointer.Root(Pointer.Kind.ARGUMENT, "argument", null, null, register, 0))));
    }

    private List<Pointer> substituted(Step step, List<Pointer> pointers) {
        List<Step> down = new ArrayList<>();
        for (Step each = step; each != null; each = each.callee()) {
            down.add(each);
        }
        List<Pointer> current = pointers;
        for (int i = down.size() - 1; i >= 0; i--) {
            Step each = down.get(i);
            boolean last = i == 0;
            ValueOrigin origin = new ValueOrigin(each.frame(), each.code(), set);
            List<Pointer> next = new ArrayList<>();
            for (Pointer pointer : current) {
                if (pointer.root().number() < 0 || next.size() > 32) {
                    continue;
                }
                int register = pointer.root().number();
                for (Pointer outer :
                        last ? each.passed(register, set) : origin.derived(register, each.index(), false)) {
                    next.add(pointer.withRoot(outer));
                }
            }
            current = next;
        }
        return current;
    }
}
