package dev.backline.crash.explain;

import dev.backline.crash.Certainty;
import dev.backline.crash.Explanation;
import dev.backline.crash.Fault;
import dev.backline.crash.ValueClass;
import dev.backline.crash.explain.FunctionCode.Instruction;
import dev.backline.crash.explain.FunctionCode.Operand;
import dev.backline.io.Hex;
import dev.backline.machine.Decoder;
import dev.backline.machine.InstructionSet;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Explains an access whose base is good and whose index is bad. Not thread-safe. */
final class IndexFault {
    /** An index that moves an access by more is suspect. */
    private static final long FAR = 1 << 20;

    private final RegisterFile registers;
    private final Condition condition;
    private final FrameCode.Problems problems;
    private final List<String> evidence;

    IndexFault(RegisterFile registers, Condition condition, FrameCode.Problems problems, List<String> evidence) {
        this.registers = registers;
        this.condition = condition;
        this.problems = problems;
        this.evidence = evidence;
    }

    /** Whether the index is what is wrong with an operand, by the values of its registers. */
    boolean isBad(Values.@Nullable Look look, @Nullable Long base, Operand operand, int register) {
        if (operand.index() < 0 || register == operand.index() || look == null) {
            return false;
        }
        if (operand.base() == Decoder.NONE || operand.base() == Decoder.PC) {
            return true;
        }
        Long index = registers.register(operand.index());
        boolean isFar = look.kind() == ValueClass.WILD || look.kind() == ValueClass.NON_CANONICAL;
        if (base == null || index == null || !isFar || !Values.isKernel(base, registers.set())) {
            return false;
        }
        long distance = Math.abs(index * operand.scale());
        return distance >= FAR;
    }

    /** An element of an array whose index was multiplied by the element's size before: the index is bad. */
    FaultAnalysis.@Nullable Found scaled(
            FrameCode frame,
            FunctionCode code,
            int at,
            Operand operand,
            @Nullable Candidate best,
            Values.@Nullable Look look,
            long address) {
        String name = best == null ? null : best.pointer().index();
        boolean isFar = look != null && (look.kind() == ValueClass.WILD || look.kind() == ValueClass.NON_CANONICAL);
        if (best == null || name == null || best.value() != null || !isFar) {
            return null;
        }
        Long trapAddress = code.get(at).address();
        Explanation.LiveVariable bad = null;
        boolean isBaseGood = false;
        for (Explanation.LiveVariable each : LiveVariables.at(frame, trapAddress, registers)) {
            if (each.name().equals(name)) {
                bad = each;
            }
            isBaseGood |=
                    each.name().equals(best.pointer().root().name()) && Values.isKernel(each.value(), registers.set());
        }
        if (bad == null || (!isBaseGood && best.pointer().loads().isEmpty())) {
            return null;
        }
        long value = bad.value();
        if (!isPoison(value) && value < 4096) {
            return null;
        }
        Fault fault = new Fault(
                condition.address() != null ? condition.address() : Long.valueOf(address),
                FaultAnalysis.accessName(operand.access()),
                operand.size(),
                frame.text(code, at),
                bad.register(),
                value,
                ValueClass.INDEX,
                null,
                new Fault.Holder(bad.name(), bad.type()),
                null,
                Pointer.operand(best.text()) + "[" + name + "]",
                Certainty.LIKELY,
                evidence,
                List.of());
        Values.Look index = new Values.Look(ValueClass.INDEX, null, text(value), true);
        return new FaultAnalysis.Found(
                fault,
                isPoison(value) ? "poisoned-index" : "out-of-bounds",
                index,
                null,
                trapAddress,
                frame,
                FaultAnalysis.verb(operand.access()));
    }

    /** An index as a noun phrase. */
    static String text(long value) {
        return isPoison(value) ? Hex.text(value) + ", slab poison" : value + " (" + Hex.text(value) + ")";
    }

    /** The global array at the displacement of an access, whose base register has the index; null if there is none. */
    @Nullable
    String table(FrameCode frame, FunctionCode code, Instruction trap, Operand operand) {
        boolean isOne =
                operand.base() >= 0 && operand.index() == Decoder.NONE && registers.set() == InstructionSet.X86_64;
        boolean isAddress = operand.displacement() > 0 || Values.isKernel(operand.displacement(), registers.set());
        if (!isOne || !isAddress || Math.abs(operand.displacement()) < FAR || !code.hasAddress(trap)) {
            return null;
        }
        Pointer.Root global = frame.global(operand.displacement());
        return global == null ? null : global.name();
    }

    /** An operand whose base register has an index. */
    static Operand indexed(Operand operand) {
        return new Operand(
                operand.access(),
                operand.size(),
                operand.segment(),
                Decoder.NONE,
                operand.base(),
                1,
                operand.displacement());
    }

    /** The fault of a bad index. */
    FaultAnalysis.Found bad(
            FrameCode frame, FunctionCode code, int index, Operand operand, @Nullable String array, long address) {
        Instruction trap = code.get(index);
        ValueOrigin origin = new ValueOrigin(frame, code, registers.set());
        Long value = registers.register(operand.index());
        Fault.Holder holder = null;
        Certainty certainty = Certainty.POSSIBLE;
        for (Pointer each : origin.of(operand.index(), index, true)) {
            try {
                Pointer.Named named = each.named();
                if (named != null && !each.isNumber()) {
                    holder = new Fault.Holder(
                            named.text(),
                            named.layout() == null ? "?" : named.layout().type().text());
                    certainty = Certainty.LIKELY;
                    // The register has the number itself, not a multiple
                    if (value != null && named.layout() != null && !each.indexed()) {
                        value = LiveVariables.cut(
                                value - each.delta(),
                                named.layout().type().resolved().byteSize());
                    }
                    break;
                }
            } catch (IOException e) {
                problems.add("A type cannot be read: " + e.getMessage());
            }
        }
        Values.Look look = new Values.Look(ValueClass.INDEX, null, value == null ? "out of range" : text(value), true);
        Fault fault = new Fault(
                condition.address() != null ? condition.address() : Long.valueOf(address),
                FaultAnalysis.accessName(operand.access()),
                operand.size(),
                frame.text(code, index),
                code.registerName(operand.index()),
                value,
                ValueClass.INDEX,
                null,
                holder,
                null,
                array == null || holder == null ? null : Pointer.operand(array) + "[" + holder.name() + "]",
                certainty,
                evidence,
                List.of());
        return new FaultAnalysis.Found(
                fault,
                value != null && isPoison(value) ? "poisoned-index" : "out-of-bounds",
                look,
                null,
                trap.address(),
                frame,
                FaultAnalysis.verb(operand.access()));
    }

    /** Whether a number is the poison of freed or unwritten memory. */
    static boolean isPoison(long value) {
        int low = (int) value;
        return low == 0x6b6b6b6b || low == 0x5a5a5a5a || ((low & 0xffff) == 0x6b6b && (value >>> 16) == 0);
    }
}
