package dev.backline.machine;

/** What an instruction does to its target register, in the few forms that a walk back through code follows. */
public enum Effect {
    /** Nothing, or anything else. */
    OTHER,
    /** {@code target = source}. */
    MOVE,
    /** {@code target = source + constant}. */
    ADD,
    /** {@code target = constant}. */
    CONSTANT,
    /**
     * {@code target =} the value of the first memory operand, extended to the register. An instruction that loads two
     * registers sets the target to the operand's first half.
     */
    LOAD
}
