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
    JUNK,
    /**
     * Code that the kernel generated for BPF: a program, a trampoline or a dispatcher. No debug file has its lines;
     * {@code bpftool prog dump jited} prints those of a program.
     */
    BPF,
    /** A frame of the Xen hypervisor, which is another program than the kernel: its symbols are in xen-syms. */
    XEN,
    /**
     * The line has the module's load address, but as a hashed %p value, which does not tell the offset in the module.
     */
    HASHED_BASE,
    /** The line was cut after the frame, as journalctl's pager does ({@code >}): the size is not known. */
    CUT
}
