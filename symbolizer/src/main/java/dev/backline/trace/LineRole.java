package dev.backline.trace;

/** What a line means for the report that it belongs to. */
public enum LineRole {
    /** The banner of a kernel: what follows is of another boot. */
    BOOT,
    /** The first line of a report: an oops, a warning, a stall. */
    REPORT_START,
    /** States the kernel's release. */
    RELEASE,
    /** The last line of a report. */
    REPORT_END,
    /** Any other line. */
    OTHER
}
