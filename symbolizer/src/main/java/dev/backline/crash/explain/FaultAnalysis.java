package dev.backline.crash.explain;

import dev.backline.crash.Certainty;
import dev.backline.crash.CrashReport;
import dev.backline.crash.Fact;
import dev.backline.crash.Fault;
import dev.backline.crash.ValueClass;
import dev.backline.crash.explain.FunctionCode.Instruction;
import dev.backline.crash.explain.FunctionCode.Operand;
import dev.backline.io.Hex;
import dev.backline.machine.Access;
import dev.backline.machine.Flow;
import dev.backline.machine.InstructionSet;
import dev.backline.symbolize.LogFrame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Explains a fault at a memory access: which operand of the trapping instruction, through which pointer, and what is
 * wrong with it. Not thread-safe.
 */
final class FaultAnalysis {
    /** Callers that are asked for the name of an argument. */
    private static final int MAX_CALLERS = 2;

    private final CrashReport report;
    private final InstructionSet set;
    private final RegisterFile registers;
    private final ReportFrames frames;
    private final Condition condition;
    private final FrameCode.Problems problems;
    private final List<String> evidence = new ArrayList<>();

    FaultAnalysis(CrashReport report, InstructionSet set, ReportFrames frames, FrameCode.Problems problems) {
        this.report = report;
        this.set = set;
        this.registers = new RegisterFile(report.registers(), set);
        this.frames = frames;
        this.condition = Condition.of(report);
        this.problems = problems;
    }

    /**
     * The answer.
     *
     * @param fault what was touched
     * @param kind of the report, such as {@code use-after-free}
     * @param look what the bad value looks like; null if unknown
     * @param statement the frame of the statement to blame, whose source is the place; null if it is the trap's own
     * @param variablesAt the address at which the variables are live; null if unknown
     * @param code the function of that address
     * @param verb what the access did: reads, writes, changes, calls
     */
    record Found(
            Fault fault,
            String kind,
            Values.@Nullable Look look,
            Ascent.@Nullable Step statement,
            @Nullable Long variablesAt,
            @Nullable FrameCode code,
            String verb) {
        /** The same answer with another statement to blame. */
        Found blaming(Ascent.@Nullable Step other) {
            return new Found(fault, kind, look, other, variablesAt, code, verb);
        }
    }

    /** {@return the explanation; null if the report names no address} */
    @Nullable
    Found find() {
        Found found = fromCode();
        return found != null ? found : fromAddress();
    }

    /** What the reported address alone tells. */
    private @Nullable Found fromAddress() {
        Long address = condition.address();
        if (address == null) {
            return null;
        }
        boolean write = Boolean.TRUE.equals(condition.write());
        Values.Look look = Values.inFault(address, address, false, set, condition.circumstances(write));
        if (look.kind() == ValueClass.NULL && address != 0) {
            // The pointer itself is not known, so it is not ZERO_SIZE_PTR for sure.
            look = new Values.Look(ValueClass.NULL, null, "NULL plus " + Hex.text(address), false);
        }
        String holder = onlyHolder(address);
        evidence.add("The instruction is not known; this is what the reported address tells.");
        if (holder != null) {
            evidence.add("Of the registers, only " + holder + " holds the address.");
        }
        Fault fault = new Fault(
                address,
                report.fact(Fact.ACCESS),
                0,
                null,
                holder,
                holder == null ? null : address,
                look.kind(),
                look.errno(),
                null,
                null,
                null,
                Certainty.POSSIBLE,
                evidence,
                List.of());
        return new Found(
                fault,
                Kinds.ofLook(look, address, condition.isFetch()),
                look,
                caller(frames.pc()),
                null,
                null,
                condition.isFetch() ? "calls" : write ? "writes" : "reads");
    }

    /** The only register with a value; null if there are none or several. */
    private @Nullable String onlyHolder(long value) {
        String only = null;
        for (int i = 0; i < 32; i++) {
            Long held = registers.register(i);
            if (held != null && held == value) {
                if (only != null) {
                    return null;
                }
                only = RegisterFile.name(set, i);
            }
        }
        return only;
    }

    /** The statement that called a helper whose code is not known; null if there is none. */
    private Ascent.@Nullable Step caller(@Nullable LogFrame pc) {
        String function = pc == null ? null : ReportFrames.function(pc);
        if (pc == null || !Helpers.isHelper(function, pc.module())) {
            return null;
        }
        Ascent ascent = new Ascent(frames, set, problems);
        ascent.start(null, function);
        return ascent.climb(function);
    }

    /** What the report's own bytes and registers tell; null if it has no bytes. */
    private @Nullable Found fromReport(LogFrame pc) {
        Found found = new ReportFault(report, registers, condition).find();
        return found == null ? null : found.blaming(caller(pc));
    }

    private @Nullable Found shadow(LogFrame pc, FrameCode frame, Instruction trap, @Nullable Long computed) {
        ReportFault own = new ReportFault(report, registers, condition);
        Found found = own.isOfShadow(computed) ? own.find() : null;
        return found == null
                ? null
                : new Found(found.fault(), found.kind(), found.look(), caller(pc), trap.address(), frame, found.verb());
    }

    private @Nullable Found fromCode() {
        LogFrame pc = frames.pc();
        if (pc == null && !condition.isFetch()) {
            return null;
        }
        if (pc == null || condition.isFetch() || JumpAnalysis.isThunk(ReportFrames.function(pc))) {
            return new JumpAnalysis(registers, frames, condition, problems).find();
        }
        FrameCode frame = FrameCode.of(pc, problems);
        FunctionCode code = frame == null ? null : frame.code();
        if (frame == null || code == null) {
            boolean isCode = pc.reference().symbol() != null;
            return isCode ? fromReport(pc) : new JumpAnalysis(registers, frames, condition, problems).find();
        }
        int index = code.indexAt(frame.address());
        if (index < 0) {
            problems.add("The program counter is not at the start of an instruction in "
                    + frame.elf().name() + "; the file can be of another build.");
            return fromReport(pc);
        }
        Instruction trap = code.get(index);
        if ((trap.flow() == Flow.CALL || trap.flow() == Flow.JUMP)
                && trap.operands().size() <= 1
                && condition.general()) {
            Found jump = new JumpAnalysis(registers, frames, condition, problems).at(frame, code, index);
            if (jump != null) {
                return jump;
            }
        }
        EffectiveAddress effective = EffectiveAddress.of(trap, frame.text(code, index), registers, condition);
        boolean isOther = Condition.isStackSegment(report)
                && effective != null
                && !effective.matches()
                && !effective.isRefused(registers, condition);
        if (effective == null || isOther) {
            return null;
        }
        // The registers of the operand have no meaning where the trap read KASAN's shadow.
        Found ofShadow = shadow(pc, frame, trap, effective.address());
        return ofShadow != null ? ofShadow : explain(frame, code, index, effective);
    }

    private Found explain(FrameCode frame, FunctionCode code, int index, EffectiveAddress effective) {
        Instruction trap = code.get(index);
        Operand operand = trap.operands().get(effective.operand());
        Long reported = condition.address();
        Long computed = effective.address();
        boolean agrees = effective.matches() || reported == null;
        IndexFault indexes = new IndexFault(registers, condition, problems, evidence);
        String table = indexes.table(frame, code, trap, operand);
        String comparison = effective.comparison(reported);
        if (comparison != null && (effective.matches() || table == null)) {
            evidence.add(comparison);
        }
        long address = computed != null ? computed : reported != null ? reported : 0;
        boolean write = operand.access() == Access.WRITE || operand.access() == Access.READ_WRITE;
        if (table != null) {
            return indexes.bad(frame, code, index, IndexFault.indexed(operand), table, address);
        }
        ValueOrigin origin = new ValueOrigin(frame, code, set);
        PointerFinder finder = new PointerFinder(frame, origin, registers);
        int register = operand.base();
        List<Candidate> candidates =
                register < 0 ? List.of() : finder.find(register, index, address, operand.size(), write);
        if (operand.index() >= 0 && operand.scale() == 1) {
            List<Candidate> other = finder.find(operand.index(), index, address, operand.size(), write);
            if (!other.isEmpty()
                    && (candidates.isEmpty()
                            || other.get(0).fit() > candidates.get(0).fit())) {
                candidates = other;
                register = operand.index();
            }
        }
        Ascent.Step blamed = null;
        LogFrame pc = frames.pc();
        String function = pc == null ? null : ReportFrames.function(pc);
        Ascent ascent = new Ascent(frames, set, problems);
        ascent.start(frame, function);
        if (Helpers.isHelper(function, pc == null ? null : pc.module())) {
            blamed = ascent.climb(function);
            if (blamed != null) {
                List<Candidate> above = above(blamed, ascent, operand, index, address, write);
                if (!above.isEmpty()) {
                    candidates = above;
                }
            }
        }
        if (blamed == null && frames.isCalledByModule(report)) {
            Ascent toModule = new Ascent(frames, set, problems);
            toModule.start(frame, function);
            Ascent.Step call = toModule.climb(function, true);
            List<Candidate> above = call == null ? List.of() : above(call, toModule, operand, index, address, write);
            if (!above.isEmpty() && above.get(0).fit() >= Candidate.VALUE) {
                blamed = call;
                candidates = above;
            }
        }
        // The compiler can pass a part of an argument, which has no name in the function.
        Ascent.Step caller = blamed;
        for (int i = 0; i < MAX_CALLERS && isUnnamed(candidates); i++) {
            caller = ascent.further(caller, caller == null ? function : caller.function());
            if (caller == null) {
                break;
            }
            candidates = above(caller, ascent, operand, index, address, write);
        }
        if (isUnnamed(candidates)) {
            candidates = finder.byValue(trap.address(), address, operand.size(), write);
        }
        if (isUnnamed(candidates)) {
            candidates = List.of();
        }
        if (candidates.isEmpty() && blamed != null) {
            candidates = argument(blamed, ascent, address, operand.size());
        }
        candidates = BitFields.chosen(candidates, code, index, operand);
        Candidate best = candidates.isEmpty() ? null : candidates.get(0);
        Long value = best != null && best.value() != null
                ? best.value()
                : register >= 0 ? registers.register(register) : Long.valueOf(address);
        Values.Look look = value == null
                ? null
                : Values.inFault(value, address, operand.index() >= 0, set, condition.circumstances(write));
        look = corrected(look, best, register);
        Long held = register < 0 ? null : registers.register(register);
        if (look != null && look.kind() == ValueClass.ERR_PTR && held != null && isError(held)) {
            value = held;
        }
        look = beforeSum(look, value, origin, register, index);
        Found scaled = indexes.scaled(frame, code, index, operand, best, look, address);
        if (scaled != null) {
            return scaled;
        }
        if (indexes.isBad(look, value, operand, register)) {
            String array = candidates.isEmpty() ? null : candidates.get(0).text();
            return indexes.bad(frame, code, index, operand, array, address);
        }
        List<String> others = new ArrayList<>();
        if (best != null) {
            for (var each : best.alternatives()) {
                others.add(
                        Members.access(best.text(), each.path(), best.pointer().isAddress()));
            }
        }
        for (int i = 1; i < candidates.size() && others.size() < 8; i++) {
            if (candidates.get(i).fit() > Candidate.NONE) {
                others.add(candidates.get(i).expression());
            }
        }
        // A string instruction moves the pointers that it started with
        boolean isMoved = frame.text(code, index).startsWith("rep");
        Certainty certainty = certainty(best, agrees, others, blamed != null || isMoved);
        String registerName = register >= 0 ? code.registerName(register) : null;
        if (best != null && best.direct()) {
            evidence.add("According to the debug information, " + best.text() + " is "
                    + (best.pointer().delta() == 0
                            ? "in " + registerName
                            : registerName + " " + (best.pointer().delta() > 0 ? "- " : "+ ")
                                    + Math.abs(best.pointer().delta()))
                    + " at this instruction.");
        } else if (best != null && !best.pointer().loads().isEmpty()) {
            evidence.add("The code loads " + registerName + " from " + best.text() + ".");
        }
        Fault fault = new Fault(
                reported != null ? reported : computed,
                accessName(operand.access()),
                operand.size(),
                frame.text(code, index),
                registerName,
                value,
                look == null ? null : look.kind(),
                look == null ? null : look.errno(),
                best == null ? null : new Fault.Holder(best.text(), best.type()),
                touched(best),
                best == null ? null : best.expression(),
                certainty,
                evidence,
                others);
        return new Found(
                fault, Kinds.ofLook(look, value, false), look, blamed, trap.address(), frame, verb(operand.access()));
    }

    /** What the caller passed first: the object of free functions, whose accesses are to what describes it. */
    private List<Candidate> argument(Ascent.Step blamed, Ascent ascent, long address, int size) {
        List<Candidate> found = new ArrayList<>();
        for (Pointer pointer : ascent.arguments(blamed, RegisterFile.argument(set, 0))) {
            try {
                Candidate candidate = Candidate.of(pointer, null, address, size, true, false, found.size());
                if (candidate != null && pointer.root().kind() != Pointer.Kind.ARGUMENT) {
                    found.add(candidate);
                }
            } catch (IOException e) {
                problems.add("A type cannot be read: " + e.getMessage());
            }
        }
        return found;
    }

    private static boolean isUnnamed(List<Candidate> candidates) {
        for (Candidate each : candidates) {
            if (each.pointer().root().kind() != Pointer.Kind.ARGUMENT) {
                return false;
            }
        }
        return true;
    }

    private List<Candidate> above(
            Ascent.Step blamed, Ascent ascent, Operand operand, int index, long address, boolean write) {
        List<Candidate> found = new ArrayList<>();
        for (int each : new int[] {operand.base(), operand.index()}) {
            if (each < 0) {
                continue;
            }
            Long value = registers.register(each);
            for (Pointer pointer : ascent.pointers(blamed, each, index)) {
                try {
                    Candidate candidate =
                            Candidate.of(pointer, value, address, operand.size(), true, false, found.size());
                    if (candidate != null) {
                        found.add(candidate);
                    }
                } catch (IOException e) {
                    problems.add("A type cannot be read: " + e.getMessage());
                }
            }
        }
        return PointerFinder.ordered(found, write);
    }

    /** A container of NULL or of poison: the register before the subtraction has the meaning. */
    private Values.@Nullable Look corrected(Values.@Nullable Look look, @Nullable Candidate best, int register) {
        if (best == null || best.value() == null || register < 0) {
            return look;
        }
        Long raw = registers.register(register);
        if (raw == null) {
            return look;
        }
        if (best.pointer().delta() != 0 || best.direct()) {
            Values.Look own = Values.byItself(raw, set);
            if (own != null && own.exact() && (look == null || !look.exact() || look.kind() == ValueClass.ERR_PTR)) {
                return own.kind() == ValueClass.NULL && best.value() != 0
                        ? new Values.Look(
                                ValueClass.NULL,
                                null,
                                "NULL "
                                        + (best.value() < 0
                                                ? "minus " + Hex.text(-best.value())
                                                : "plus " + Hex.text(best.value())),
                                false)
                        : own;
            }
        }
        return look;
    }

    /** A sum of NULL or of poison and a constant, which the code computed into the register. */
    private Values.@Nullable Look beforeSum(
            Values.@Nullable Look look, @Nullable Long value, ValueOrigin origin, int register, int index) {
        Long held = register < 0 ? null : registers.register(register);
        if (held == null || value == null || (look != null && look.exact() && look.kind() != ValueClass.ERR_PTR)) {
            return look;
        }
        for (Pointer each : origin.derived(register, index, false)) {
            long raw = held - each.delta();
            Values.Look own = each.delta() == 0 || each.indexed() || each.isNumber() ? null : Values.byItself(raw, set);
            if (own != null && own.exact() && own.kind() != ValueClass.ERR_PTR && own.kind() != ValueClass.ASCII) {
                return own.kind() != ValueClass.NULL
                        ? new Values.Look(own.kind(), null, Hex.text(value) + ", near " + own.text(), false)
                        : new Values.Look(
                                ValueClass.NULL,
                                null,
                                "NULL " + (value < 0 ? "minus " + Hex.text(-value) : "plus " + Hex.text(value)),
                                false);
            }
        }
        return look;
    }

    private boolean isError(long value) {
        Values.Look own = Values.byItself(value, set);
        return own != null && own.kind() == ValueClass.ERR_PTR;
    }

    private Certainty certainty(@Nullable Candidate best, boolean agrees, List<String> others, boolean isIndirect) {
        if (best == null || !agrees || best.fit() == Candidate.NONE) {
            return Certainty.POSSIBLE;
        }
        return best.direct()
                        && best.fit() >= Candidate.VALUE
                        && others.isEmpty()
                        && !isIndirect
                        && condition.address() != null
                ? Certainty.CERTAIN
                : Certainty.LIKELY;
    }

    private static Fault.@Nullable Touched touched(@Nullable Candidate best) {
        if (best == null || best.member() == null || best.object() == null) {
            return null;
        }
        return new Fault.Touched(
                TypeNames.plain(best.object().type()),
                best.member().path(),
                best.member().offset(),
                best.member().layout().type().resolved().byteSize());
    }

    static @Nullable String accessName(Access access) {
        return switch (access) {
            case NONE -> null;
            case READ -> "read";
            case WRITE, READ_WRITE -> "write";
        };
    }

    static String verb(Access access) {
        return switch (access) {
            case NONE -> "uses";
            case READ -> "reads";
            case WRITE -> "writes";
            case READ_WRITE -> "changes";
        };
    }
}
