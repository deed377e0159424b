package dev.backline.crash.explain;

import dev.backline.crash.Certainty;
import dev.backline.crash.Fault;
import dev.backline.crash.explain.FunctionCode.Instruction;
import dev.backline.crash.explain.FunctionCode.Operand;
import dev.backline.io.Hex;
import dev.backline.machine.Access;
import dev.backline.machine.Decoder;
import dev.backline.machine.Flow;
import dev.backline.machine.InstructionSet;
import dev.backline.symbolize.LogFrame;
import dev.backline.trace.Pc;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Explains a call through a bad function pointer: the caller is the culprit. Not thread-safe. */
final class JumpAnalysis {
    private static final String THUNK = "__x86_indirect_thunk_";

    /** Frames that are looked at for the call. */
    private static final int MAX_FRAMES = 8;

    private final RegisterFile registers;
    private final ReportFrames frames;
    private final Condition condition;
    private final FrameCode.Problems problems;
    private final List<String> evidence = new ArrayList<>();

    JumpAnalysis(RegisterFile registers, ReportFrames frames, Condition condition, FrameCode.Problems problems) {
        this.registers = registers;
        this.frames = frames;
        this.condition = condition;
        this.problems = problems;
    }

    /** Whether a function only jumps to the address in a register (arch/x86/lib/retpoline.S). */
    static boolean isThunk(@Nullable String function) {
        return function != null && function.startsWith(THUNK);
    }

    /** {@return the explanation, also without a caller} */
    FaultAnalysis.Found find() {
        List<LogFrame> above = new ArrayList<>();
        LogFrame link = frames.link();
        if (link != null) {
            above.add(link);
        }
        LogFrame pc = frames.pc();
        boolean inThunk = pc != null && isThunk(ReportFrames.function(pc));
        for (LogFrame each : inThunk ? frames.callers() : frames.trace()) {
            if (above.size() < MAX_FRAMES) {
                above.add(each);
            }
        }
        for (LogFrame each : above) {
            FrameCode frame = each.equals(pc) ? null : FrameCode.of(each, problems);
            FunctionCode code = frame == null ? null : frame.code();
            if (frame == null || code == null) {
                continue;
            }
            boolean isReturn = each.equals(link) || each.reference().pc() == Pc.RETURN;
            int call = isReturn ? code.indexEndingAt(frame.address()) : -1;
            if (call < 0 || code.get(call).flow() != Flow.CALL) {
                continue;
            }
            if (isIndirect(frame, code.get(call))) {
                FaultAnalysis.Found found = at(frame, code, call, each);
                if (found != null) {
                    return found;
                }
            }
            if (each.frame().reliable()) {
                break;
            }
        }
        return unknown();
    }

    private boolean isIndirect(FrameCode frame, Instruction call) {
        if (call.branchTarget() == null) {
            return true;
        }
        String target = frame.targetName(call);
        return target == null ? frame.calleeReturningTo(call.end()) == null : target.startsWith(THUNK);
    }

    private long target() {
        Long address = condition.address();
        if (address != null) {
            return address;
        }
        int register = thunkRegister();
        Long held = register < 0 ? null : registers.register(register);
        if (held != null) {
            return held;
        }
        LogFrame pc = frames.pc();
        Long written = pc == null ? null : pc.reference().address();
        return written == null ? 0 : written;
    }

    /** The register with the target, where the program counter is in a thunk; or NONE. */
    private int thunkRegister() {
        LogFrame pc = frames.pc();
        String function = pc == null ? null : ReportFrames.function(pc);
        return function == null || !isThunk(function) ? Decoder.NONE : named(function.substring(THUNK.length()));
    }

    private int named(String name) {
        for (int i = 0; i < 32; i++) {
            if (name.equals(RegisterFile.name(registers.set(), i))) {
                return i;
            }
        }
        return Decoder.NONE;
    }

    private FaultAnalysis.Found unknown() {
        long value = target();
        Values.Look look = condition.ofCall(value, registers.set());
        int register = thunkRegister();
        Fault fault = new Fault(
                value,
                "execute",
                registers.addressSize(),
                null,
                register < 0 ? null : RegisterFile.name(registers.set(), register),
                value,
                look.kind(),
                look.errno(),
                null,
                null,
                null,
                Certainty.POSSIBLE,
                List.of("No frame of the report leads to the call."),
                List.of());
        return new FaultAnalysis.Found(fault, Kinds.ofLook(look, value, true), look, null, null, null, "calls");
    }

    /** The explanation of a call or jump that trapped itself; null if it is none through a pointer. */
    FaultAnalysis.@Nullable Found at(FrameCode frame, FunctionCode code, int index) {
        LogFrame pc = frames.pc();
        return pc == null ? null : at(frame, code, index, pc);
    }

    private FaultAnalysis.@Nullable Found at(FrameCode frame, FunctionCode code, int index, LogFrame caller) {
        Instruction call = code.get(index);
        List<Pointer> pointers = new ArrayList<>();
        InstructionSet set = registers.set();
        ValueOrigin origin = new ValueOrigin(frame, code, set);
        int register = Decoder.NONE;
        Operand memory = call.operands().isEmpty() ? null : call.operands().get(0);
        long value = target();
        if (memory != null
                && memory.access() == Access.READ
                && memory.base() >= 0
                && memory.base() != RegisterFile.stackPointer(set)) {
            register = memory.base();
            for (Pointer each : origin.of(register, index, true)) {
                pointers.add(each.load(memory.displacement(), memory.size(), null));
            }
        } else {
            register = register(frame, call, value);
            pointers.addAll(origin.derived(register, index, true));
            pointers.addAll(origin.variables(register, index));
        }
        Pointer.Named best = null;
        for (Pointer each : pointers) {
            Pointer.Named named = named(each, frame);
            if (named != null && (best == null || (best.member() == null && named.member() != null))) {
                best = named;
            }
        }
        if (best == null && register == Decoder.NONE) {
            return null;
        }
        Values.Look look = condition.ofCall(value, registers.set());
        String name = register == Decoder.NONE ? null : code.registerName(register);
        Long held = register == Decoder.NONE ? null : registers.register(register);
        boolean agrees = held != null && held == value;
        if (agrees) {
            evidence.add("The call's register " + name + " holds the address " + Hex.text(value) + " that was called.");
        }
        if (best != null) {
            evidence.add("The code calls the pointer that it loaded from " + best.text() + ".");
        }
        String expression = best == null ? null : best.text() + "(…)";
        Fault fault = new Fault(
                value,
                "execute",
                registers.addressSize(),
                frame.text(code, index),
                name,
                value,
                look.kind(),
                look.errno(),
                best == null
                        ? null
                        : new Fault.Holder(
                                best.text(),
                                best.layout() == null
                                        ? "?"
                                        : best.layout().type().text()),
                best == null || best.member() == null || best.owner() == null
                        ? null
                        : new Fault.Touched(
                                TypeNames.plain(best.owner().type()),
                                best.member().path(),
                                best.member().offset(),
                                best.member().layout().type().resolved().byteSize()),
                expression,
                best != null && agrees ? Certainty.LIKELY : Certainty.POSSIBLE,
                evidence,
                List.of());
        FrameCode at = FrameCode.at(frame, call.address());
        Ascent.Step step = new Ascent.Step(at, code, index, ReportFrames.function(caller), caller.module(), null);
        // Arguments in registers that the called function may change are not shown as live after the call.
        long live = set == InstructionSet.X86_64 || set == InstructionSet.I386 ? call.end() - 1 : call.address();
        return new FaultAnalysis.Found(fault, Kinds.ofLook(look, value, true), look, step, live, frame, "calls");
    }

    private Pointer.@Nullable Named named(Pointer pointer, FrameCode frame) {
        try {
            return pointer.isNumber() || pointer.delta() != 0 ? null : pointer.named();
        } catch (IOException e) {
            frame.problem("A type cannot be read: " + e.getMessage());
            return null;
        }
    }

    /** The register with the called address. */
    private int register(FrameCode frame, Instruction call, long value) {
        String target = frame.targetName(call);
        InstructionSet set = registers.set();
        int count = set == InstructionSet.X86_64 ? 16 : 32;
        if (target != null && target.startsWith(THUNK)) {
            int named = named(target.substring(THUNK.length()));
            if (named >= 0) {
                return named;
            }
        }
        if (call.branchTarget() == null) {
            for (int i = 0; i < count; i++) {
                if (call.reads(i) && i != RegisterFile.stackPointer(set)) {
                    return i;
                }
            }
        }
        for (int i = 0; i < count; i++) {
            Long held = registers.register(i);
            if (held != null && held == value && value != 0) {
                return i;
            }
        }
        Long first = registers.register(0);
        return first != null && first == value ? 0 : Decoder.NONE;
    }
}
