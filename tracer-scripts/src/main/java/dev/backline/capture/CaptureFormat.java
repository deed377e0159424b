package dev.backline.capture;

/** The tool that printed an event. */
public enum CaptureFormat {
    /** A script that backline generated, for SystemTap or bpftrace. */
    BACKLINE,
    /** The SystemTap script of the article: {@code ctime comm<-function}, then the addresses and flags, then the stack. */
    ARTICLE,
    /** Red Hat's reset monitor for SystemTap: {@code ctime-nanoseconds: comm(pid) called function}, then the stack. */
    RESET_MONITOR,
    /** ftrace's own text, or {@code trace-cmd report}. */
    FTRACE,
    /** {@code perf script}. */
    PERF,
    /** Any other script: a line that names a function that sends RSTs, then the stack. */
    OTHER,
    /** A stack that begins in a function that sends RSTs, and whose first line is missing. */
    STACK_ONLY
}
