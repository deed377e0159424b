package dev.backline.crash.explain;

import dev.backline.crash.explain.FunctionCode.Instruction;
import dev.backline.crash.explain.FunctionCode.Operand;
import dev.backline.io.Hex;
import dev.backline.machine.Access;
import dev.backline.machine.Decoder;
import dev.backline.machine.InstructionSet;
import org.jspecify.annotations.Nullable;

/**
 * The address that an operand computes from the registers of a report. Immutable.
 *
 * @param operand its number in the instruction
 * @param address null if a register is not known, and the kernel reports no address
 * @param matches whether it is the address that the kernel reports
 */
record EffectiveAddress(int operand, @Nullable Long address, boolean matches) {
    /** A difference from the computed address that a string instruction explains: it goes on through memory. */
    private static final long STRING_DISTANCE = 1 << 20;

    /**
     * {@return the address of the operand that accessed the reported address, else of the first one; null if the
     * instruction accesses no memory}
     *
     * @param trap the instruction
     * @param text of it
     * @param registers of the report
     * @param condition what the kernel says about the fault
     */
    static @Nullable EffectiveAddress of(Instruction trap, String text, RegisterFile registers, Condition condition) {
        EffectiveAddress first = null;
        for (int i = 0; i < trap.operands().size(); i++) {
            Operand operand = trap.operands().get(i);
            if (operand.access() == Access.NONE) {
                continue;
            }
            EffectiveAddress computed = of(i, operand, text.startsWith("rep"), registers, condition);
            if (computed.matches() || computed.isRefused(registers, condition)) {
                return computed;
            }
            if (first == null) {
                first = computed;
            }
        }
        return first;
    }

    /** What the computed address says about the reported one; null if nothing. */
    @Nullable
    String comparison(@Nullable Long reported) {
        if (address == null) {
            return null;
        }
        if (matches) {
            return "The instruction's address " + Hex.text(address) + " is the reported address.";
        }
        return reported == null || reported.equals(address)
                ? null
                : "The instruction computes " + Hex.text(address) + ", but the kernel reports " + Hex.text(reported)
                        + ".";
    }

    /** Whether the kernel reports no address, and the operand has one that x86 refuses. */
    boolean isRefused(RegisterFile registers, Condition condition) {
        return condition.general()
                && condition.address() == null
                && address != null
                && registers.set() == InstructionSet.X86_64
                && !Values.isCanonical(address);
    }

    private static EffectiveAddress of(
            int number, Operand operand, boolean repeated, RegisterFile registers, Condition condition) {
        Long address = condition.address();
        Long base = operand.base() >= 0 ? registers.register(operand.base()) : Long.valueOf(0);
        Long index = operand.index() >= 0 ? registers.register(operand.index()) : Long.valueOf(0);
        if (base == null || index == null || operand.base() == Decoder.PC || operand.segment() != Decoder.NONE) {
            return new EffectiveAddress(number, address, false);
        }
        // arm64 and x86 can use the low half of an index, with zeros or with its sign.
        long[] indexes = {index, index & 0xffff_ffffL, (int) index.longValue()};
        for (long each : indexes) {
            long computed = base + each * operand.scale() + operand.displacement();
            if (address == null || condition.covers(computed, operand.size(), repeated ? STRING_DISTANCE : 0)) {
                return new EffectiveAddress(number, computed, address != null);
            }
        }
        return new EffectiveAddress(number, base + index * operand.scale() + operand.displacement(), false);
    }
}
