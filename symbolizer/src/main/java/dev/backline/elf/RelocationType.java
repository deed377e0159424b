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
    /** The low 6 bits of a byte + S + A. */
    static final int ADD6 = 0x900;
    /** S + A as an unsigned LEB128, in as many bytes as the field has. */
    static final int SET_ULEB128 = 0x700;
    /** The unsigned LEB128 in the field + S + A. */
    static final int ADD_ULEB128 = 0xa00;
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
            case ElfHeader.EM_LOONGARCH -> loongarch(type);
            case ElfHeader.EM_MIPS -> mips(type);
            case ElfHeader.EM_SPARC, ElfHeader.EM_SPARC32PLUS, ElfHeader.EM_SPARCV9 -> sparc(type);
            case ElfHeader.EM_PARISC -> parisc(type);
            case ElfHeader.EM_68K -> m68k(type);
            case ElfHeader.EM_ALPHA -> alpha(type);
            case ElfHeader.EM_SH -> sh(type);
            case ElfHeader.EM_ARC_COMPACT, ElfHeader.EM_ARC_COMPACT2 -> arc(type);
            case ElfHeader.EM_CSKY -> csky(type);
            case ElfHeader.EM_HEXAGON -> hexagon(type);
            case ElfHeader.EM_MICROBLAZE -> microblaze(type);
            case ElfHeader.EM_ALTERA_NIOS2 -> nios2(type);
            case ElfHeader.EM_OPENRISC -> openrisc(type);
            case ElfHeader.EM_XTENSA -> xtensa(type);
            case ElfHeader.EM_IA_64 -> ia64(type);
            case ElfHeader.EM_BPF -> bpf(type);
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

    /** LoongArch ELF psABI, "Relocations". */
    private static int loongarch(int type) {
        return switch (type) {
            // R_LARCH_NONE, MARK_LA, MARK_PCREL, RELAX
            case 0, 20, 21, 100 -> NONE;
            case 1, 8 -> ABSOLUTE32; // R_LARCH_32, TLS_DTPREL32
            case 2, 9 -> ABSOLUTE64; // R_LARCH_64, TLS_DTPREL64
            case 47 -> ADD | 1; // R_LARCH_ADD8
            case 48 -> ADD | 2; // R_LARCH_ADD16
            case 49 -> ADD | 3; // R_LARCH_ADD24
            case 50 -> ADD | 4; // R_LARCH_ADD32
            case 51 -> ADD | 8; // R_LARCH_ADD64
            case 52 -> SUBTRACT | 1; // R_LARCH_SUB8
            case 53 -> SUBTRACT | 2; // R_LARCH_SUB16
            case 54 -> SUBTRACT | 3; // R_LARCH_SUB24
            case 55 -> SUBTRACT | 4; // R_LARCH_SUB32
            case 56 -> SUBTRACT | 8; // R_LARCH_SUB64
            case 99 -> RELATIVE32; // R_LARCH_32_PCREL
            case 105 -> ADD6 | 1; // R_LARCH_ADD6
            case 106 -> SUBTRACT6 | 1; // R_LARCH_SUB6
            case 107 -> ADD_ULEB128 | 1; // R_LARCH_ADD_ULEB128
            case 108 -> SUBTRACT_ULEB128 | 1; // R_LARCH_SUB_ULEB128
            case 109 -> RELATIVE64; // R_LARCH_64_PCREL
            default -> UNKNOWN;
        };
    }

    /** System V ABI, MIPS supplement, "Relocation Types"; 64-bit ELF Object File Specification, table 32. */
    private static int mips(int type) {
        return switch (type) {
            case 0 -> NONE; // R_MIPS_NONE
            case 1 -> ABSOLUTE16; // R_MIPS_16
            case 2, 39 -> ABSOLUTE32; // R_MIPS_32, TLS_DTPREL32
            case 18, 41 -> ABSOLUTE64; // R_MIPS_64, TLS_DTPREL64
            case 248 -> RELATIVE32; // R_MIPS_PC32
            default -> UNKNOWN;
        };
    }

    /** SPARC Compliance Definition 2.4.1, 4P; binutils, include/elf/sparc.h. */
    private static int sparc(int type) {
        return switch (type) {
            case 0 -> NONE; // R_SPARC_NONE
            case 1 -> ABSOLUTE8; // R_SPARC_8
            case 2, 55 -> ABSOLUTE16; // R_SPARC_16, UA16
            case 3, 23, 76 -> ABSOLUTE32; // R_SPARC_32, UA32, TLS_DTPOFF32
            case 32, 54, 77 -> ABSOLUTE64; // R_SPARC_64, UA64, TLS_DTPOFF64
            case 4 -> RELATIVE8; // R_SPARC_DISP8
            case 5 -> RELATIVE16; // R_SPARC_DISP16
            case 6 -> RELATIVE32; // R_SPARC_DISP32
            case 46 -> RELATIVE64; // R_SPARC_DISP64
            default -> UNKNOWN;
        };
    }

    /**
     * Processor supplements for PA-RISC, "Relocation Types"; binutils, include/elf/hppa.h. The sections that SECREL refers
     * to are those of debug information, which start at 0.
     */
    private static int parisc(int type) {
        return switch (type) {
            case 0 -> NONE; // R_PARISC_NONE
            case 1, 41, 244 -> ABSOLUTE32; // R_PARISC_DIR32, SECREL32, TLS_DTPOFF32
            case 80, 104, 245 -> ABSOLUTE64; // R_PARISC_DIR64, SECREL64, TLS_DTPOFF64
            case 9 -> RELATIVE32; // R_PARISC_PCREL32
            case 72 -> RELATIVE64; // R_PARISC_PCREL64
            default -> UNKNOWN;
        };
    }

    /** System V ABI, 68000 supplement; binutils, include/elf/m68k.h. */
    private static int m68k(int type) {
        return switch (type) {
            case 0 -> NONE; // R_68K_NONE
            case 1, 31 -> ABSOLUTE32; // R_68K_32, TLS_LDO32
            case 2 -> ABSOLUTE16; // R_68K_16
            case 3 -> ABSOLUTE8; // R_68K_8
            case 4 -> RELATIVE32; // R_68K_PC32
            case 5 -> RELATIVE16; // R_68K_PC16
            case 6 -> RELATIVE8; // R_68K_PC8
            default -> UNKNOWN;
        };
    }

    /** binutils, include/elf/alpha.h. */
    private static int alpha(int type) {
        return switch (type) {
            case 0 -> NONE; // R_ALPHA_NONE
            case 1 -> ABSOLUTE32; // R_ALPHA_REFLONG
            case 2, 33 -> ABSOLUTE64; // R_ALPHA_REFQUAD, DTPREL64
            case 9 -> RELATIVE16; // R_ALPHA_SREL16
            case 10 -> RELATIVE32; // R_ALPHA_SREL32
            case 11 -> RELATIVE64; // R_ALPHA_SREL64
            default -> UNKNOWN;
        };
    }

    /** binutils, include/elf/sh.h. */
    private static int sh(int type) {
        return switch (type) {
            // R_SH_NONE, and hints for relaxation: USES, COUNT, ALIGN, CODE, DATA, LABEL
            case 0, 27, 28, 29, 30, 31, 32 -> NONE;
            case 1 -> ADD | 4; // R_SH_DIR32: gas puts the addend into the field, though entries have one
            case 146 -> ABSOLUTE32; // R_SH_TLS_LDO_32
            case 2 -> RELATIVE32; // R_SH_REL32
            default -> UNKNOWN;
        };
    }

    /** binutils, include/elf/arc-reloc.def. */
    private static int arc(int type) {
        return switch (type) {
            case 0 -> NONE; // R_ARC_NONE
            case 1 -> ABSOLUTE8; // R_ARC_8
            case 2 -> ABSOLUTE16; // R_ARC_16
            case 3 -> ABSOLUTE | 3; // R_ARC_24
            case 4, 67 -> ABSOLUTE32; // R_ARC_32, TLS_DTPOFF
            case 49 -> RELATIVE32; // R_ARC_32_PCREL
            default -> UNKNOWN;
        };
    }

    /** C-SKY V2 ABI, "Relocation Types"; binutils, include/elf/csky.h. */
    private static int csky(int type) {
        return switch (type) {
            case 0 -> NONE; // R_CKCORE_NONE
            case 1, 55, 57 -> ABSOLUTE32; // R_CKCORE_ADDR32, TLS_LDO32, TLS_DTPOFF32
            case 5 -> RELATIVE32; // R_CKCORE_PCREL32
            default -> UNKNOWN;
        };
    }

    /** Qualcomm Hexagon ABI, "Relocation Types". */
    private static int hexagon(int type) {
        return switch (type) {
            case 0 -> NONE; // R_HEX_NONE
            case 6, 47 -> ABSOLUTE32; // R_HEX_32, DTPREL_32
            case 7, 48 -> ABSOLUTE16; // R_HEX_16, DTPREL_16
            case 8 -> ABSOLUTE8; // R_HEX_8
            case 31 -> RELATIVE32; // R_HEX_32_PCREL
            default -> UNKNOWN;
        };
    }

    /** binutils, include/elf/microblaze.h. */
    private static int microblaze(int type) {
        return switch (type) {
            // R_MICROBLAZE_NONE, 64_NONE and 32_NONE: places that relaxation may move
            case 0, 9, 33 -> NONE;
            case 1, 26 -> ABSOLUTE32; // R_MICROBLAZE_32, TLSDTPREL32
            case 2 -> RELATIVE32; // R_MICROBLAZE_32_PCREL
            default -> UNKNOWN;
        };
    }

    /** Nios II Processor Reference, "Relocation". */
    private static int nios2(int type) {
        return switch (type) {
            case 0, 21 -> NONE; // R_NIOS2_NONE, ALIGN
            case 12, 34 -> ABSOLUTE32; // R_NIOS2_BFD_RELOC_32, TLS_DTPREL
            case 13 -> ABSOLUTE16; // R_NIOS2_BFD_RELOC_16
            case 14 -> ABSOLUTE8; // R_NIOS2_BFD_RELOC_8
            default -> UNKNOWN;
        };
    }

    /** OpenRISC 1000 Architecture Manual, "Relocation"; binutils, include/elf/or1k.h. */
    private static int openrisc(int type) {
        return switch (type) {
            case 0 -> NONE; // R_OR1K_NONE
            case 1, 33 -> ABSOLUTE32; // R_OR1K_32, TLS_DTPOFF
            case 2 -> ABSOLUTE16; // R_OR1K_16
            case 3 -> ABSOLUTE8; // R_OR1K_8
            case 9 -> RELATIVE32; // R_OR1K_32_PCREL
            case 10 -> RELATIVE16; // R_OR1K_16_PCREL
            case 11 -> RELATIVE8; // R_OR1K_8_PCREL
            default -> UNKNOWN;
        };
    }

    /** binutils, include/elf/xtensa.h. */
    private static int xtensa(int type) {
        return switch (type) {
            // R_XTENSA_NONE; DIFF, PDIFF and NDIFF of 8, 16 and 32 bits, whose fields already hold the difference
            case 0, 17, 18, 19, 57, 58, 59, 60, 61, 62 -> NONE;
            case 1 -> ADD | 4; // R_XTENSA_32: a part of the addend may be in the field
            case 14 -> RELATIVE32; // R_XTENSA_32_PCREL
            default -> UNKNOWN;
        };
    }

    /** Itanium Processor-specific ABI, table 4-4. Linux is little-endian, but either byte order has types of its own. */
    private static int ia64(int type) {
        return switch (type) {
            case 0 -> NONE; // R_IA64_NONE
            // DIR32MSB, DIR32LSB, SECREL32MSB, SECREL32LSB, DTPREL32MSB, DTPREL32LSB
            case 0x24, 0x25, 0x64, 0x65, 0xb4, 0xb5 -> ABSOLUTE32;
            // DIR64MSB, DIR64LSB, SECREL64MSB, SECREL64LSB, DTPREL64MSB, DTPREL64LSB
            case 0x26, 0x27, 0x66, 0x67, 0xb6, 0xb7 -> ABSOLUTE64;
            case 0x4c, 0x4d -> RELATIVE32; // R_IA64_PCREL32MSB, PCREL32LSB
            case 0x4e, 0x4f -> RELATIVE64; // R_IA64_PCREL64MSB, PCREL64LSB
            default -> UNKNOWN;
        };
    }

    /** The kernel's Documentation/bpf/llvm_reloc.rst. */
    private static int bpf(int type) {
        return switch (type) {
            case 0 -> NONE; // R_BPF_NONE
            case 1, 2 -> ABSOLUTE64; // R_BPF_64_64 in data of LLVM before 13, R_BPF_64_ABS64
            case 3, 4, 10 -> ABSOLUTE32; // R_BPF_64_ABS32, NODYLD32, and R_BPF_64_32 in data of LLVM before 13
            default -> UNKNOWN;
        };
    }
}
