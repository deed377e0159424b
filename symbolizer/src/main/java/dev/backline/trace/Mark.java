package dev.backline.trace;

/** What is special about a frame, other than its place. */
public enum Mark {
    /** No mark. */
    NONE,
    /** Found by scanning the stack, not by unwinding it: SystemTap's {@code (inexact)}. */
    INEXACT,
    /**
     * The frame where exact unwinding ended, printed a second time as the first inexact frame. The trace
     * shows one call twice.
     */
    REPEATED,
    /**
     * A data address, not a frame: the unwinder lost its way where the stack switches. There is nothing to
     * symbolise.
     */
    JUNK
}
