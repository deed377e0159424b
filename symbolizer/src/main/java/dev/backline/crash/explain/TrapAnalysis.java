package dev.backline.crash.explain;

import dev.backline.crash.Certainty;
import dev.backline.crash.CrashReport;
import dev.backline.crash.Fact;
import dev.backline.crash.Fault;
import dev.backline.crash.StackGroup;
import dev.backline.crash.ValueClass;
import dev.backline.crash.explain.FunctionCode.Instruction;
import dev.backline.crash.explain.FunctionCode.Operand;
import dev.backline.dwarf.types.Layout;
import dev.backline.dwarf.types.Location;
import dev.backline.dwarf.types.MemberPath;
import dev.backline.dwarf.types.Scope;
import dev.backline.dwarf.types.Type;
import dev.backline.dwarf.types.Variable;
import dev.backline.machine.InstructionSet;
import dev.backline.symbolize.LogFrame;
import dev.backline.trace.Pc;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Explains reports that are about no memory access: checks that failed, divisions, tasks that wait. Not thread-safe.
 */
final class TrapAnalysis {
    /** Calls of one function in a row that are a recursion. */
    private static final int RECURSION = 3;

    private final CrashReport report;
    private final ReportFrames frames;
    private final FrameCode.Problems problems;

    TrapAnalysis(CrashReport report, ReportFrames frames, FrameCode.Problems problems) {
        this.report = report;
        this.frames = frames;
        this.problems = problems;
    }

    /**
     * The answer.
     *
     * @param fault the object of the report; null if there is none
     * @param kind such as {@code refcount-warning}
     * @param statement the caller to blame; null if it is the trap's own function
     * @param code of the function that trapped; null if unknown
     */
    record Found(
            @Nullable Fault fault,
            String kind,
            Ascent.@Nullable Step statement,
            @Nullable FrameCode code) {}

    Found find() {
        LogFrame pc = frames.pc();
        FrameCode code = pc == null ? null : FrameCode.of(pc, problems);
        InstructionSet set = report.set() != null ? report.set() : frames.instructionSet();
        String kind = Kinds.ofReport(report, frames);
        if (set == null) {
            return new Found(null, kind, null, code);
        }
        if (kind.equals("stack-overflow")) {
            return new Found(null, kind, recursion(), code);
        }
        if (kind.equals("divide-error") && code != null) {
            return new Found(divisor(code, set), kind, null, code);
        }
        String function = pc == null ? null : ReportFrames.function(pc);
        boolean isForModule = frames.isCalledByModule(report);
        boolean needsCaller =
                pc == null || isForModule || Helpers.isHelper(function, pc.module()) || kind.equals("double-free");
        if (!needsCaller || kind.endsWith("lockup") || kind.equals("rcu-stall")) {
            return new Found(null, kind, null, code);
        }
        if (kind.equals("stack-smashing")) {
            Ascent.Step victim = victim();
            return new Found(victim == null ? null : localArray(victim, kind), kind, victim, code);
        }
        Ascent ascent = new Ascent(frames, set, problems);
        ascent.start(code, function);
        Ascent.Step step = ascent.climb(function, isForModule);
        Fault fault = step == null ? null : kind.equals("fortify") ? localArray(step, kind) : object(step, kind, set);
        return new Found(fault, kind, step, code);
    }

    /** The frame of the function that calls itself. */
    private Ascent.@Nullable Step recursion() {
        Map<String, Integer> counts = new HashMap<>();
        LogFrame most = null;
        int best = RECURSION - 1;
        Map<String, LogFrame> innermost = new HashMap<>();
        for (StackGroup group : report.stacks()) {
            for (LogFrame each : group.frames()) {
                String symbol = each.reference().symbol();
                if (symbol != null
                        && each.frame().reliable()
                        && each.reference().pc() == Pc.RETURN) {
                    innermost.putIfAbsent(symbol, each);
                    int count = counts.merge(symbol, 1, Integer::sum);
                    if (count > best) {
                        best = count;
                        most = innermost.get(symbol);
                    }
                }
            }
        }
        if (most == null) {
            return null;
        }
        return step(most);
    }

    /** The frame of the function whose canary the stack protector found changed. */
    private Ascent.@Nullable Step victim() {
        String named = Explainer.text(report, Fact.FUNCTION);
        for (LogFrame each : frames.trace()) {
            String symbol = each.reference().symbol();
            if (symbol != null
                    && each.frame().reliable()
                    && (symbol.equals(named) || report.headline().contains("corrupted in: " + symbol + "+"))) {
                return step(each);
            }
        }
        return null;
    }

    /** The only array on the stack of a function; null if it has none or several. */
    private static @Nullable Fault localArray(Ascent.Step step, String kind) {
        Variable only = null;
        List<Scope> scopes = step.frame().scopes(step.frame().address() - 1);
        for (Scope scope : scopes) {
            for (Variable each : scope.variables()) {
                boolean onStack =
                        each.location() instanceof Location.OnStack || each.location() instanceof Location.InMemory;
                if (onStack && each.layout().type().resolved().kind() == Type.Kind.ARRAY) {
                    if (only != null && !only.name().equals(each.name())) {
                        return null;
                    }
                    only = each;
                }
            }
        }
        if (only == null) {
            return null;
        }
        Fault named = fault(
                only.name(),
                only.layout().type().text(),
                null,
                null,
                null,
                null,
                only.name(),
                null,
                null,
                only.name() + " is the only array on the stack of " + step.function() + "().");
        return kind.equals("stack-smashing")
                ? new Fault(
                        null,
                        "write",
                        0,
                        null,
                        null,
                        null,
                        null,
                        null,
                        named.variable(),
                        null,
                        named.expression(),
                        Certainty.POSSIBLE,
                        named.evidence(),
                        List.of())
                : named;
    }

    private Ascent.@Nullable Step step(LogFrame at) {
        FrameCode frame = FrameCode.of(at, problems);
        FunctionCode code = frame == null ? null : frame.code();
        return frame == null || code == null
                ? null
                : new Ascent.Step(frame, code, 0, ReportFrames.function(at), at.module(), null);
    }

    private @Nullable Fault divisor(FrameCode frame, InstructionSet set) {
        FunctionCode code = frame.code();
        int index = code == null ? -1 : code.indexAt(frame.address());
        if (code == null || index < 0) {
            return null;
        }
        Instruction trap = code.get(index);
        String text = frame.text(code, index);
        RegisterFile registers = new RegisterFile(report.registers(), set);
        ValueOrigin origin = new ValueOrigin(frame, code, set);
        if (!trap.operands().isEmpty() && trap.operands().get(0).base() >= 0) {
            Operand operand = trap.operands().get(0);
            Long base = registers.register(operand.base());
            if (base == null) {
                return null;
            }
            long address = base + operand.displacement();
            Candidate best = null;
            for (Candidate each : new PointerFinder(frame, origin, registers)
                    .find(operand.base(), index, address, operand.size(), false)) {
                if (each.fit() == Candidate.MEMBER && (best == null || each.offset() < best.offset())) {
                    best = each;
                }
            }
            return best == null
                    ? null
                    : fault(
                            best.text(),
                            best.type(),
                            best.object(),
                            best.member(),
                            best.value(),
                            null,
                            best.expression(),
                            text,
                            code.registerName(operand.base()),
                            "The divisor is " + best.expression() + ".");
        }
        for (int register = 0; register < 16; register++) {
            String name = RegisterFile.name(set, register);
            Long value = registers.register(register);
            if (trap.reads(register) && register > 1 && value != null && name != null) {
                for (Pointer each : origin.of(register, index, true)) {
                    Pointer.Named named = named(each);
                    if (named != null && !each.isNumber()) {
                        return fault(
                                named.text(),
                                named.layout() == null
                                        ? "?"
                                        : named.layout().type().text(),
                                named.owner(),
                                named.member(),
                                value,
                                null,
                                named.text(),
                                text,
                                name,
                                "The divisor is " + named.text() + ".");
                    }
                }
            }
        }
        return null;
    }

    private Pointer.@Nullable Named named(Pointer pointer) {
        try {
            return pointer.named();
        } catch (IOException e) {
            problems.add("A type cannot be read: " + e.getMessage());
            return null;
        }
    }

    /** What the caller passed to the function that checked it. */
    private @Nullable Fault object(Ascent.Step step, String kind, InstructionSet set) {
        String wanted = switch (kind) {
            case "list-corruption" -> "list_head";
            case "refcount-warning" -> "refcount_";
            case "hung-task", "double-free", "usercopy", "slab-corruption" -> "";
            default -> null;
        };
        if (wanted == null) {
            return null;
        }
        int argument =
                kind.equals("usercopy") && Explainer.text(report, Fact.TEXT).contains("exposure") ? 1 : 0;
        String callee =
                step.frame().calleeReturningTo(step.code().get(step.index()).end());
        if (callee != null && callee.contains("check_object_size")) {
            argument = 0;
        }
        int register = RegisterFile.argument(set, argument);
        Fault best = null;
        for (Pointer each : step.passed(register, set)) {
            Fault fault = object(each, kind, wanted);
            if (fault != null && (best == null || (best.member() == null && fault.member() != null))) {
                best = fault;
            }
        }
        return best;
    }

    private @Nullable Fault object(Pointer pointer, String kind, String wanted) {
        Pointer.Named named = named(pointer);
        if (named == null || named.layout() == null || pointer.isNumber()) {
            return null;
        }
        try {
            Layout object = pointer.isAddress() ? named.layout() : named.target();
            MemberPath member = null;
            if (object != null && Members.isAggregate(object) && !kind.equals("double-free")) {
                member = Members.startingAt(object, pointer.delta(), wanted);
            }
            Long value = kind.equals("list-corruption") ? entry() : null;
            ValueClass look = kind.equals("list-corruption")
                            && Explainer.text(report, Fact.TEXT).contains("LIST_POISON")
                    ? ValueClass.LIST_POISON
                    : kind.equals("double-free") ? ValueClass.FREED : null;
            String expression = member == null
                    ? named.text()
                    : "&" + Members.access(named.text(), member.path(), pointer.isAddress());
            return fault(
                    named.text(),
                    named.layout().type().text(),
                    object,
                    member,
                    value,
                    look,
                    expression,
                    null,
                    null,
                    "The caller passes " + expression + ".");
        } catch (IOException e) {
            problems.add("A type cannot be read: " + e.getMessage());
            return null;
        }
    }

    /** The entry in {@code list_del corruption, ffff89c5c259a240->next is LIST_POISON1} (lib/list_debug.c). */
    private @Nullable Long entry() {
        String text = report.headline() + " " + Explainer.text(report, Fact.TEXT);
        int arrow = text.indexOf("->next is ");
        arrow = arrow < 0 ? text.indexOf("->prev is ") : arrow;
        int comma = arrow < 0 ? -1 : text.lastIndexOf(' ', arrow);
        return comma < 0 ? null : Condition.number(text.substring(comma + 1, arrow));
    }

    private static Fault fault(
            String name,
            String type,
            @Nullable Layout object,
            @Nullable MemberPath member,
            @Nullable Long value,
            @Nullable ValueClass look,
            String expression,
            @Nullable String instruction,
            @Nullable String register,
            String evidence) {
        return new Fault(
                null,
                null,
                0,
                instruction,
                register,
                value,
                look,
                null,
                new Fault.Holder(name, type),
                member == null || object == null
                        ? null
                        : new Fault.Touched(
                                TypeNames.plain(object.type()),
                                member.path(),
                                member.offset(),
                                member.layout().type().resolved().byteSize()),
                expression,
                Certainty.LIKELY,
                List.of(evidence),
                List.of());
    }
}
