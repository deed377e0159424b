package dev.backline.benchmarks.variables;

import java.util.List;

/**
 * A memory access and what it touches.
 *
 * @param unit the offset of the root entry of the unit
 * @param address of the instruction
 * @param register the base register
 * @param displacement that the instruction adds to it
 * @param size of the access in bytes
 * @param origins what the base register holds
 * @param touched what the access touches
 */
record Sample(
        long unit,
        long address,
        int register,
        long displacement,
        int size,
        List<AccessPath.Origin> origins,
        List<AccessPath.Touched> touched) {
    /** Whether the base register is the location of a variable. */
    boolean isDirect() {
        return !origins.isEmpty() && origins.get(0).steps() == 0;
    }

    /** Whether the variable of the first answer is in the base register itself. */
    boolean isNamedDirectly() {
        return isNamed() && touched.get(0).origin().steps() == 0;
    }

    /** Whether variable and member can be printed. */
    boolean isNamed() {
        return !touched.isEmpty();
    }
}
