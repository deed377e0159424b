package dev.backline.machine;

/** Where execution goes after an instruction. */
public enum Flow {
    /** To the next instruction. */
    NEXT,
    /** To another place, always. */
    JUMP,
    /** To another place or to the next instruction. */
    BRANCH,
    /** To a function, which returns to the next instruction. */
    CALL,
    /** Back to the caller. */
    RETURN,
    /** Into an exception: ud2, int3, brk, ebreak. */
    TRAP
}
