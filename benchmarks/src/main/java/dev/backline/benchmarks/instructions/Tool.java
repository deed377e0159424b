package dev.backline.benchmarks.instructions;

/** A disassembler to compare with. */
enum Tool {
    /** GNU objdump. */
    GNU("objdump"),
    /** llvm-objdump. */
    LLVM("llvm-objdump");

    private final String label;

    Tool(String label) {
        this.label = label;
    }

    /** {@return the name in the output} */
    String label() {
        return label;
    }
}
