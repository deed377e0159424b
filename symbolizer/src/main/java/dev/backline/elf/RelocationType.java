package dev.backline.elf;

/**
 * The action of each relocation type that occurs in data sections: an operation and a width, in one
 * int; and the width of the types in code. The numbers of the types come from the psABI supplement of each machine.
 */
final class RelocationType {
    /** The type is not supported. */
    static final int UNKNOWN = -1;
    /** The relocation has no effect. */
    static final int NONE = 0;

    /** S + A. */
    static final int ABSOLUTE = 0x100;
    /** S + A − P. */
    static final int RELATIVE = 0x200;
    /** The field + S + A. */
    static final int ADD = 0x300;
    /** The field − (S + A). */
    static final int SUBTRACT = 0x400;
    /** S + A in the low 6 bits of a byte. */
    static final int SET6 = 0x500;
    /** The low 6 bits of a byte − (S + A). */
    static final int SUBTRACT6 = 0x600;
    /** S + A as an unsigned LEB128, in as many bytes as the field has. */
    static final int SET_ULEB128 = 0x700;
    /** The unsigned LEB128 in the field − (S + A). */
    static final int SUBTRACT_ULEB128 = 0x800;

    private static final int ABSOLUTE8 = ABSOLUTE | 1;
    private static final int ABSOLUTE16 = ABSOLUTE | 2;
    private static final int ABSOLUTE32 = ABSOLUTE | 4;
    private static final int ABSOLUTE64 = ABSOLUTE | 8;
    private static final int RELATIVE8 = RELATIVE | 1;
    private static final int RELATIVE16 = RELATIVE | 2;
    private static final int RELATIVE32 = RELATIVE | 4;
    private static final int RELATIVE64 = RELATIVE | 8;

    private RelocationType() {}

    /** An operation and, in its low byte, a width in bytes. */
    static int action(int machine, int type) {
        return switch (machine) {
            case ElfHeader.EM_X86_64 -> x86_64(type);
            case ElfHeader.EM_386 -> i386(type);
            case ElfHeader.EM_AARCH64 -> aarch64(type);
            case ElfHeader.EM_ARM -> arm(type);
            case ElfHeader.EM_PPC -> powerpc32(type);
            case ElfHeader.EM_PPC64 -> powerpc64(type);
            case ElfHeader.EM_S390 -> s390(type);
            case ElfHeader.EM_RISCV -> riscv(type);
            default -> UNKNOWN;
        };
    }

    static int operation(int action) {
        return action & ~0xff;
    }

    static int width(int action) {
        return action & 0xff;
    }

    /**
     * How many bytes a relocation changes, in code too; 0 if it changes none. Types that only code has change one
     * instruction of 4 bytes, or a field of 4 bytes, with these exceptions.
     */
    static int changedBytes(int machine, int type) {
        int action = action(machine, type);
        if (action != UNKNOWN) {
            return width(action);
        }
        return switch (machine) {
            case ElfHeader.EM_RISCV ->
                switch (type) {
                    case 43 -> 0; // R_RISCV_ALIGN
                    case 44, 45 -> 2; // R_RISCV_RVC_BRANCH, RVC_JUMP
                    case 18, 19 -> 8; // R_RISCV_CALL, CALL_PLT: auipc and jalr
                    default -> 4;
                };
            case ElfHeader.EM_S390 -> type == 17 ? 2 : 4; // R_390_PC16DBL
            default -> type == 0 ? 0 : 4;
        };
    }

    /** System V ABI, AMD64 supplement, table 4.9. */
    private static int x86_64(int type) {
        return switch (type) {
            case 0 -> NONE; // R_X86_64_NONE
            case 1 -> ABSOLUTE64; // R_X86_64_64
            case 2 -> RELATIVE32; // R_X86_64_PC32
            case 10, 11 -> ABSOLUTE32; // R_X86_64_32, R_X86_64_32S
            case 12 -> ABSOLUTE16; // R_X86_64_16
            case 13 -> RELATIVE16; // R_X86_64_PC16
            case 14 -> ABSOLUTE8; // R_X86_64_8
            case 15 -> RELATIVE8; // R_X86_64_PC8
            case 17 -> ABSOLUTE64; // R_X86_64_DTPOFF64
            case 21 -> ABSOLUTE32; // R_X86_64_DTPOFF32
            case 24 -> RELATIVE64; // R_X86_64_PC64
            default -> UNKNOWN;
        };
    }

    /** System V ABI, Intel386 supplement, table 4.9 and 4.13. */
    private static int i386(int type) {
        return switch (type) {
            case 0 -> NONE; // R_386_NONE
            case 1 -> ABSOLUTE32; // R_386_32
            case 2 -> RELATIVE32; // R_386_PC32
            case 20 -> ABSOLUTE16; // R_386_16
            case 21 -> RELATIVE16; // R_386_PC16
            case 22 -> ABSOLUTE8; // R_386_8
            case 23 -> RELATIVE8; // R_386_PC8
            case 32 -> ABSOLUTE32; // R_386_TLS_LDO_32
            default -> UNKNOWN;
        };
    }

    /** AAELF64, 5.7. */
    private static int aarch64(int type) {
        return switch (type) {
            case 0, 256 -> NONE; // R_AARCH64_NONE, and its former number
            case 257 -> ABSOLUTE64; // R_AARCH64_ABS64
            case 258 -> ABSOLUTE32; // R_AARCH64_ABS32
            case 259 -> ABSOLUTE16; // R_AARCH64_ABS16
            case 260 -> RELATIVE64; // R_AARCH64_PREL64
            case 261 -> RELATIVE32; // R_AARCH64_PREL32
            case 262 -> RELATIVE16; // R_AARCH64_PREL16
            case 1029 -> ABSOLUTE64; // R_AARCH64_TLS_DTPREL
            default -> UNKNOWN;
        };
    }

    /** AAELF32, 5.6. */
    private static int arm(int type) {
        return switch (type) {
            case 0 -> NONE; // R_ARM_NONE
            case 2, 38 -> ABSOLUTE32; // R_ARM_ABS32, R_ARM_TARGET1
            case 3 -> RELATIVE32; // R_ARM_REL32
            case 5 -> ABSOLUTE16; // R_ARM_ABS16
            case 8 -> ABSOLUTE8; // R_ARM_ABS8
            case 106 -> ABSOLUTE32; // R_ARM_TLS_LDO32
            default -> UNKNOWN;
        };
    }

    /** Power Architecture 32-bit ABI supplement, "Relocation". */
    private static int powerpc32(int type) {
        return switch (type) {
            case 0 -> NONE; // R_PPC_NONE
            case 1, 24 -> ABSOLUTE32; // R_PPC_ADDR32, R_PPC_UADDR32
            case 3, 25 -> ABSOLUTE16; // R_PPC_ADDR16, R_PPC_UADDR16
            case 26 -> RELATIVE32; // R_PPC_REL32
            case 78 -> ABSOLUTE32; // R_PPC_DTPREL32
            default -> UNKNOWN;
        };
    }

    /** Power Architecture 64-bit ELF V2 ABI, 3.5.3. */
    private static int powerpc64(int type) {
        return switch (type) {
            case 0 -> NONE; // R_PPC64_NONE
            case 1, 24 -> ABSOLUTE32; // R_PPC64_ADDR32, R_PPC64_UADDR32
            case 3, 25 -> ABSOLUTE16; // R_PPC64_ADDR16, R_PPC64_UADDR16
            case 26 -> RELATIVE32; // R_PPC64_REL32
            case 38, 43 -> ABSOLUTE64; // R_PPC64_ADDR64, R_PPC64_UADDR64
            case 44 -> RELATIVE64; // R_PPC64_REL64
            case 78 -> ABSOLUTE64; // R_PPC64_DTPREL64
            default -> UNKNOWN;
        };
    }

    /** ELF ABI s390x supplement, 3.3. */
    private static int s390(int type) {
        return switch (type) {
            case 0 -> NONE; // R_390_NONE
            case 1 -> ABSOLUTE8; // R_390_8
            case 3 -> ABSOLUTE16; // R_390_16
            case 4 -> ABSOLUTE32; // R_390_32
            case 5 -> RELATIVE32; // R_390_PC32
            case 16 -> RELATIVE16; // R_390_PC16
            case 22 -> ABSOLUTE64; // R_390_64
            case 23 -> RELATIVE64; // R_390_PC64
            case 52 -> ABSOLUTE32; // R_390_TLS_LDO32
            case 53 -> ABSOLUTE64; // R_390_TLS_LDO64
            default -> UNKNOWN;
        };
    }

    /** RISC-V ELF psABI, "Relocations". */
    private static int riscv(int type) {
        return switch (type) {
            case 0, 51 -> NONE; // R_RISCV_NONE, R_RISCV_RELAX
            case 1 -> ABSOLUTE32; // R_RISCV_32
            case 2 -> ABSOLUTE64; // R_RISCV_64
            case 8 -> ABSOLUTE32; // R_RISCV_TLS_DTPREL32
            case 9 -> ABSOLUTE64; // R_RISCV_TLS_DTPREL64
            case 33 -> ADD | 1; // R_RISCV_ADD8
            case 34 -> ADD | 2; // R_RISCV_ADD16
            case 35 -> ADD | 4; // R_RISCV_ADD32
            case 36 -> ADD | 8; // R_RISCV_ADD64
            case 37 -> SUBTRACT | 1; // R_RISCV_SUB8
            case 38 -> SUBTRACT | 2; // R_RISCV_SUB16
            case 39 -> SUBTRACT | 4; // R_RISCV_SUB32
            case 40 -> SUBTRACT | 8; // R_RISCV_SUB64
            case 52 -> SUBTRACT6 | 1; // R_RISCV_SUB6
            case 53 -> SET6 | 1; // R_RISCV_SET6
            case 54 -> ABSOLUTE8; // R_RISCV_SET8
            case 55 -> ABSOLUTE16; // R_RISCV_SET16
            case 56 -> ABSOLUTE32; // R_RISCV_SET32
            case 57 -> RELATIVE32; // R_RISCV_32_PCREL
            case 60 -> SET_ULEB128 | 1; // R_RISCV_SET_ULEB128
            case 61 -> SUBTRACT_ULEB128 | 1; // R_RISCV_SUB_ULEB128
            default -> UNKNOWN;
        };
    }
}
