package dev.backline.crash.explain;

import dev.backline.crash.Registers;
import dev.backline.dwarf.types.Location;
import dev.backline.machine.Decoder;
import dev.backline.machine.InstructionSet;
import org.jspecify.annotations.Nullable;

/**
 * The registers of a report by their DWARF numbers (System V AMD64 psABI figure 3.36, i386 psABI table 2.14, AADWARF64
 * 4.1, RISC-V ELF psABI "DWARF register numbers"). Immutable.
 */
final class RegisterFile implements Location.Machine {
    private static final String[] X86_64 = "rax rdx rcx rbx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15".split(" ");
    private static final String[] I386 = "eax ecx edx ebx esp ebp esi edi".split(" ");
    private static final String[] ARM64 = numbered("x", 31, "sp");
    private static final String[] RISCV64 =
            "zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6"
                    .split(" ");

    /** The argument registers of kernel code, in the order of the arguments. */
    private static final int[] X86_64_ARGUMENTS = {5, 4, 1, 2, 8, 9};

    private static final int[] I386_ARGUMENTS = {0, 2, 1};
    private static final int[] ARM64_ARGUMENTS = {0, 1, 2, 3, 4, 5, 6, 7};
    private static final int[] RISCV64_ARGUMENTS = {10, 11, 12, 13, 14, 15, 16, 17};
    private static final int[] NO_ARGUMENTS = {};

    private final Registers registers;
    private final InstructionSet set;

    RegisterFile(Registers registers, InstructionSet set) {
        this.registers = registers;
        this.set = set;
    }

    private static String[] numbered(String prefix, int count, String last) {
        String[] names = new String[count + 1];
        for (int i = 0; i < count; i++) {
            names[i] = prefix + i;
        }
        names[count] = last;
        return names;
    }

    private static String[] names(InstructionSet set) {
        return switch (set) {
            case X86_64 -> X86_64;
            case I386 -> I386;
            case ARM64 -> ARM64;
            case RISCV64 -> RISCV64;
            default -> new String[0];
        };
    }

    /** The name of a register, or null. */
    static @Nullable String name(InstructionSet set, int register) {
        String[] names = names(set);
        return register < 0 || register >= names.length ? null : names[register];
    }

    /** The register that passes an argument, counted from 0; NONE if it is on the stack or unknown. */
    static int argument(InstructionSet set, int number) {
        int[] registers = switch (set) {
            case X86_64 -> X86_64_ARGUMENTS;
            case I386 -> I386_ARGUMENTS;
            case ARM64 -> ARM64_ARGUMENTS;
            case RISCV64 -> RISCV64_ARGUMENTS;
            default -> NO_ARGUMENTS;
        };
        return number < 0 || number >= registers.length ? Decoder.NONE : registers[number];
    }

    /** The register with a function's result. */
    static int result(InstructionSet set) {
        return set == InstructionSet.RISCV64 ? 10 : 0;
    }

    static int stackPointer(InstructionSet set) {
        return switch (set) {
            case X86_64 -> 7;
            case I386 -> 4;
            case ARM64 -> 31;
            default -> 2;
        };
    }

    /** Whether a called function may change a register, by the calling convention. */
    static boolean isClobberedByCalls(InstructionSet set, int register) {
        return switch (set) {
            // rbx, rbp, rsp, r12 to r15 are kept
            case X86_64 -> register != 3 && register != 6 && register != 7 && (register < 12 || register > 15);
            // ebx, esp, ebp, esi, edi are kept
            case I386 -> register < 3;
            // x19 to x29 and sp are kept (AAPCS64 6.1.1)
            case ARM64 -> register < 19 || register == 30;
            // sp, gp, tp, s0 to s11 are kept
            default ->
                register == 1
                        || (register >= 5 && register <= 7)
                        || (register >= 10 && register <= 17)
                        || register >= 28;
        };
    }

    InstructionSet set() {
        return set;
    }

    /** The bytes of an address. */
    int addressSize() {
        return set == InstructionSet.I386 ? 4 : 8;
    }

    @Override
    public @Nullable Long register(int register) {
        String name = name(set, register);
        if (name == null) {
            return null;
        }
        if (set == InstructionSet.RISCV64 && register == 0) {
            return 0L;
        }
        Long value = registers.get(name);
        if (value == null && set == InstructionSet.ARM64 && register == 30) {
            value = registers.get("lr");
        }
        return value;
    }
}
