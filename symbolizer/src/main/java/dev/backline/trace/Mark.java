package dev.backline.trace;

/** What a trace says, or shows, about a frame beyond its place. */
public enum Mark {
    /** Nothing. */
    NONE,
    /** Found by scanning the stack, not by unwinding it: SystemTap's {@code (inexact)}. */
    INEXACT,
    /**
     * The frame where exact unwinding ended, printed again as the first inexact one. The call happened
     * once.
     */
    REPEATED,
    /**
     * No frame: a data address, left where the stack switches to another one and unwinding loses its way.
     * There is nothing to symbolise.
     */
    JUNK
}
