package dev.backline.machine;

/** How an index register is extended before it is added to the base. */
public enum Extension {
    /** Not at all: the whole register counts. */
    NONE,
    /** The lower 32 bits count, as a number without sign. */
    ZERO,
    /** The lower 32 bits count, as a number with sign. */
    SIGN
}
