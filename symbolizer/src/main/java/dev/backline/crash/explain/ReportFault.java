package dev.backline.crash.explain;

import dev.backline.crash.Certainty;
import dev.backline.crash.CodeBytes;
import dev.backline.crash.CrashReport;
import dev.backline.crash.Fact;
import dev.backline.crash.Fault;
import dev.backline.crash.ReportKind;
import dev.backline.crash.ValueClass;
import dev.backline.crash.explain.FunctionCode.Instruction;
import dev.backline.crash.explain.FunctionCode.Operand;
import dev.backline.io.Hex;
import dev.backline.machine.Access;
import dev.backline.machine.Decoder;
import dev.backline.machine.Flow;
import dev.backline.machine.InstructionSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Explains a fault from the report's bytes and registers alone, where no file has the function: address, register and
 * value, but no variable. Not thread-safe.
 */
final class ReportFault {
    /** KASAN_SHADOW_OFFSET of x86-64 (arch/x86/Kconfig); the shadow of the lower half follows it. */
    private static final long SHADOW = 0xdfff_fc00_0000_0000L;

    private static final int SHADOW_BITS = 40;

    /** ZERO_SIZE_PTR (include/linux/slab.h). */
    private static final long ZERO_SIZE = 16;

    private final CrashReport report;
    private final RegisterFile registers;
    private final Condition condition;
    private final List<String> evidence = new ArrayList<>();

    ReportFault(CrashReport report, RegisterFile registers, Condition condition) {
        this.report = report;
        this.registers = registers;
        this.condition = condition;
    }

    /** {@return the explanation; null if the bytes do not tell which memory was accessed} */
    FaultAnalysis.@Nullable Found find() {
        CodeBytes bytes = report.code();
        FunctionCode code = bytes == null ? null : FunctionCode.ofReport(bytes);
        if (code == null) {
            return null;
        }
        Instruction trap = code.get(0);
        int called = calledRegister(trap);
        Long target = called < 0 ? null : registers.register(called);
        if (target != null) {
            return call(code, called, target);
        }
        EffectiveAddress effective = EffectiveAddress.of(trap, code.text(0), registers, condition);
        return effective == null ? null : access(code, trap.operands().get(effective.operand()), effective);
    }

    /** Whether KASAN says which access it was about to check: then the trap read KASAN's shadow. */
    boolean isOfShadow(@Nullable Long computed) {
        return checked(computed) != null;
    }

    /** The register with the target of a call or jump that itself caused a general protection fault; or NONE. */
    private int calledRegister(Instruction trap) {
        boolean jumps = trap.flow() == Flow.CALL || trap.flow() == Flow.JUMP;
        if (!jumps || trap.branchTarget() != null || report.kind() != ReportKind.GENERAL_PROTECTION) {
            return Decoder.NONE;
        }
        int stack = RegisterFile.stackPointer(registers.set());
        for (Operand each : trap.operands()) {
            if (each.base() != stack) {
                // The target is in memory that the report does not show.
                return Decoder.NONE;
            }
        }
        for (int i = 0; i < 32; i++) {
            if (i != stack && trap.reads(i)) {
                return i;
            }
        }
        return Decoder.NONE;
    }

    private FaultAnalysis.Found call(FunctionCode code, int register, long value) {
        Values.Look look = condition.ofCall(value, registers.set());
        evidence.add("The report's bytes are an instruction that calls or jumps to the address in "
                + code.registerName(register) + ".");
        return found(code, "execute", registers.addressSize(), value, register, value, look, "calls", true);
    }

    private FaultAnalysis.Found access(FunctionCode code, Operand operand, EffectiveAddress effective) {
        Long reported = condition.address();
        Long computed = effective.address();
        String comparison = effective.comparison(reported);
        if (comparison != null) {
            evidence.add(comparison);
        }
        Long address = reported != null ? reported : computed;
        Long checked = checked(computed);
        if (checked != null) {
            if (computed != null && stated() == null) {
                evidence.add(Hex.text(computed) + " is in KASAN's shadow of " + Hex.text(checked) + ".");
            }
            return shadow(code, checked);
        }
        evidence.add("No file has the function: instruction and registers are the report's.");
        String verb = FaultAnalysis.verb(operand.access());
        boolean write = operand.access() == Access.WRITE || operand.access() == Access.READ_WRITE;
        int register = operand.base();
        Long held = register >= 0 ? registers.register(register) : null;
        Long value = held != null ? held : address;
        if (value == null || address == null) {
            return found(code, access(operand), operand.size(), address, register, value, null, verb, false);
        }
        Values.Look look = Values.inFault(
                value,
                computed != null ? computed : address,
                operand.index() >= 0,
                registers.set(),
                condition.circumstances(write));
        if (value == ZERO_SIZE) {
            look = new Values.Look(
                    ValueClass.NULL, null, "NULL plus 0x10, or ZERO_SIZE_PTR, the result of kmalloc(0)", false);
        }
        Long index = operand.index() >= 0 ? registers.register(operand.index()) : null;
        IndexFault indexes = new IndexFault(registers, condition, problem -> {}, evidence);
        if (index != null && indexes.isBad(look, value, operand, register)) {
            look = new Values.Look(ValueClass.INDEX, null, IndexFault.text(index), true);
            String kind = IndexFault.isPoison(index) ? "poisoned-index" : "out-of-bounds";
            FaultAnalysis.Found found =
                    found(code, access(operand), operand.size(), address, operand.index(), index, look, verb, false);
            return new FaultAnalysis.Found(found.fault(), kind, look, null, null, null, verb);
        }
        return found(code, access(operand), operand.size(), address, register, value, look, verb, false);
    }

    /**
     * The first address that KASAN was about to check, when the access of its shadow trapped; null if it is none. Kernels
     * before 5.6 do not print it, but on x86-64 the shadow of user space and of NULL has addresses of its own.
     */
    private @Nullable Long checked(@Nullable Long computed) {
        Long stated = stated();
        if (stated != null) {
            return stated;
        }
        boolean isShadow = computed != null
                && registers.set() == InstructionSet.X86_64
                && report.kind() == ReportKind.GENERAL_PROTECTION
                && (computed >>> SHADOW_BITS) == (SHADOW >>> SHADOW_BITS);
        return !isShadow || computed == null ? null : Long.valueOf((computed - SHADOW) << 3);
    }

    /** The same, as KASAN prints it. */
    private @Nullable Long stated() {
        String text = Explainer.text(report, Fact.TEXT);
        int from = text.indexOf(" in range [0x");
        int to = text.indexOf('-', from + 1);
        return from < 0 || to < 0 ? null : Condition.number(text.substring(from + 11, to));
    }

    /**
     * The code reads the shadow of a bad address: the shadow's index is in the operand, not the pointer. Whether the access
     * that KASAN checks is a read or a write, and its size, are not known.
     */
    private FaultAnalysis.Found shadow(FunctionCode code, long checked) {
        int only = Decoder.NONE;
        int count = 0;
        for (int i = 0; i < 32; i++) {
            Long held = registers.register(i);
            if (held != null && held >= checked && held < checked + 8) {
                only = i;
                count++;
            }
        }
        Long held = count == 1 ? registers.register(only) : null;
        long value = held == null ? checked : held;
        boolean isNull = checked > 0 && checked < Values.NEAR;
        Values.Look look = isNull
                ? new Values.Look(ValueClass.NULL, null, "NULL plus " + Hex.text(value), false)
                : Values.inFault(
                        value,
                        checked,
                        false,
                        registers.set(),
                        new Values.Circumstances(false, false, false, null, true, false));
        return found(code, null, 0, checked, held == null ? Decoder.NONE : only, value, look, "uses", false);
    }

    private @Nullable String access(Operand operand) {
        String access = FaultAnalysis.accessName(operand.access());
        Boolean write = condition.write();
        // An instruction that reads and writes can fail at its read.
        return access != null || write == null ? access : write ? "write" : "read";
    }

    private FaultAnalysis.Found found(
            FunctionCode code,
            @Nullable String access,
            int size,
            @Nullable Long address,
            int register,
            @Nullable Long value,
            Values.@Nullable Look look,
            String verb,
            boolean isCall) {
        Fault fault = new Fault(
                address,
                access,
                size,
                code.text(0),
                register >= 0 ? code.registerName(register) : null,
                value,
                look == null ? null : look.kind(),
                look == null ? null : look.errno(),
                null,
                null,
                null,
                Certainty.POSSIBLE,
                evidence,
                List.of());
        return new FaultAnalysis.Found(fault, Kinds.ofLook(look, value, isCall), look, null, null, null, verb);
    }
}
