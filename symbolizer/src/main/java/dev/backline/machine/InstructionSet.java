package dev.backline.machine;

import org.jspecify.annotations.Nullable;

/** The instruction sets whose kernels print the bytes of the code that trapped. */
public enum InstructionSet {
    /** x86, 64-bit. */
    X86_64,
    /** x86, 32-bit. */
    I386,
    /** arm64: words of 4 bytes. */
    ARM64,
    /** riscv, 64-bit: halfwords. */
    RISCV64,
    /** arm: words of 4 bytes. */
    ARM,
    /** arm: halfwords. */
    THUMB,
    /** powerpc, big-endian or little-endian: words of 4 bytes. */
    POWERPC,
    /** s390: 2, 4 or 6 bytes. */
    S390;

    /**
     * {@return the instruction set of an ELF file; null for a machine that is not in this list}
     *
     * @param machine EM_* of the ELF header
     * @param is64 whether the file is ELFCLASS64
     */
    public static @Nullable InstructionSet ofElf(int machine, boolean is64) {
        return switch (machine) {
            case 62 -> X86_64;
            case 3 -> I386;
            case 183 -> ARM64;
            case 243 -> is64 ? RISCV64 : null;
            case 40 -> ARM;
            case 20, 21 -> POWERPC;
            case 22 -> S390;
            default -> null;
        };
    }

    /** {@return the architecture, such as {@code x86_64} or {@code arm64}; the same for all ARM sets of 32 bits} */
    public String architecture() {
        return switch (this) {
            case X86_64 -> "x86_64";
            case I386 -> "i386";
            case ARM64 -> "arm64";
            case RISCV64 -> "riscv64";
            case ARM, THUMB -> "arm";
            case POWERPC -> "powerpc";
            case S390 -> "s390";
        };
    }

    /**
     * {@return a new decoder} The decoder for arm, Thumb, powerpc and s390 only finds where instructions end and which of
     * them trap.
     */
    public Decoder decoder() {
        return switch (this) {
            case X86_64 -> new X86Decoder(true);
            case I386 -> new X86Decoder(false);
            case ARM64 -> new Arm64Decoder();
            case RISCV64 -> new RiscvDecoder();
            case ARM, THUMB, POWERPC, S390 -> new WordDecoder(this);
        };
    }
}
