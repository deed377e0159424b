package dev.backline.benchmarks.instructions;

/** A disassembler to compare with. */
enum Tool {
    /** GNU objdump. */
    GNU,
    /** llvm-objdump. */
    LLVM
}
