package dev.backline.machine;

/** What an instruction does with its memory operand. */
public enum Access {
    /** Nothing: the instruction has no memory operand, or computes its address only (lea, nop, prefetch). */
    NONE,
    /** Reads it. */
    READ,
    /** Writes it. */
    WRITE,
    /** Reads it, then writes it. */
    READ_WRITE
}
