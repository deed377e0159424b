package dev.backline.dwarf;

import dev.backline.elf.ElfHeader;

/** Which registers, by their DWARF numbers, pass a function's first arguments in the kernel's code. */
final class CallingConvention {
    /** System V AMD64 psABI 3.2.3 and 3.6.2: rdi, rsi, rdx, rcx, r8, r9. */
    private static final int[] X86_64 = {5, 4, 1, 2, 8, 9};
    /** The kernel builds i386 with -mregparm=3: eax, edx, ecx. */
    private static final int[] I386 = {0, 2, 1};

    private CallingConvention() {}

    /** The argument's position that the register passes, from 0; -1 for none. */
    static int position(int machine, int register) {
        return switch (machine) {
            case ElfHeader.EM_X86_64 -> indexOf(X86_64, register);
            case ElfHeader.EM_386 -> indexOf(I386, register);
            case ElfHeader.EM_AARCH64 -> inRange(register, 0, 8);
            case ElfHeader.EM_ARM -> inRange(register, 0, 4);
            case ElfHeader.EM_PPC64 -> inRange(register, 3, 8);
            case ElfHeader.EM_S390 -> inRange(register, 2, 5);
            case ElfHeader.EM_RISCV -> inRange(register, 10, 8);
            default -> -1;
        };
    }

    private static int indexOf(int[] registers, int register) {
        for (int i = 0; i < registers.length; i++) {
            if (registers[i] == register) {
                return i;
            }
        }
        return -1;
    }

    private static int inRange(int register, int first, int count) {
        return register >= first && register < first + count ? register - first : -1;
    }
}
