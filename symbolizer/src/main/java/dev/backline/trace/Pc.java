package dev.backline.trace;

/**
 * The kind of a frame's address. A return address is the address after a call instruction, so the line of
 * the call is the line of the byte before that address. An exact address is the instruction itself.
 */
public enum Pc {
    /** The address of the instruction: RIP:, pc :, NIP, epc, a probe point. */
    EXACT,
    /** The address to which a call returns: every caller in a stack trace. */
    RETURN
}
