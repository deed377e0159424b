package dev.backline.trace;

/**
 * What kind of address a frame has. A return address points behind its call, so the line of the call is
 * that of the byte before it; an exact one is the instruction itself.
 */
public enum Pc {
    /** The address of the instruction: RIP:, pc :, NIP, epc, a probe point. */
    EXACT,
    /** The address that a call returns to: every caller in a stack trace. */
    RETURN
}
