package dev.backline.machine;

/** How an index register is extended before it is added to the base. */
public enum Extension {
    /** Not at all: the whole register. */
    NONE,
    /** The lower 32 bits, zero-extended. */
    ZERO,
    /** The lower 32 bits, sign-extended. */
    SIGN
}
