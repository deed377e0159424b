package dev.backline.elf;

/** How many bytes a relocation changes, in code too, by the psABI of each machine. */
final class RelocationWidth {
    private RelocationWidth() {}

    /**
     * {@return the number of bytes; 0 if the relocation changes none}
     *
     * @param machine EM_* of the file
     * @param type R_* of the relocation
     */
    static int of(int machine, int type) {
        return switch (machine) {
            case ElfHeader.EM_X86_64 ->
                switch (type) {
                    case 0 -> 0; // R_X86_64_NONE
                    case 1, 24 -> 8; // R_X86_64_64, PC64
                    case 12, 13 -> 2; // R_X86_64_16, PC16
                    case 14, 15 -> 1; // R_X86_64_8, PC8
                    default -> 4;
                };
            case ElfHeader.EM_386 ->
                switch (type) {
                    case 0 -> 0; // R_386_NONE
                    case 20, 21 -> 2; // R_386_16, PC16
                    case 22, 23 -> 1; // R_386_8, PC8
                    default -> 4;
                };
            case ElfHeader.EM_AARCH64 ->
                switch (type) {
                    case 0, 256 -> 0; // R_AARCH64_NONE, and its former number
                    case 257, 260 -> 8; // R_AARCH64_ABS64, PREL64
                    default -> 4;
                };
            case ElfHeader.EM_RISCV ->
                switch (type) {
                    case 0, 43, 51 -> 0; // R_RISCV_NONE, ALIGN, RELAX
                    case 44, 45 -> 2; // R_RISCV_RVC_BRANCH, RVC_JUMP
                    case 2, 18, 19 -> 8; // R_RISCV_64, CALL, CALL_PLT: auipc and jalr
                    default -> 4;
                };
            case ElfHeader.EM_S390 ->
                switch (type) {
                    case 0 -> 0; // R_390_NONE
                    case 1 -> 1; // R_390_8
                    case 22, 23 -> 8; // R_390_64, PC64
                    case 3, 16, 17 -> 2; // R_390_16, PC16, PC16DBL
                    default -> 4;
                };
            default -> type == 0 ? 0 : 4;
        };
    }
}
