package dev.backline.dwarf.types;

import org.jspecify.annotations.Nullable;

/** A DWARF expression (DWARF5 2.5). Immutable. */
public interface Expression {
    /**
     * {@return the value on top of the stack after the last operation; null if a register or memory is unknown, or if an
     * operation is unsupported}
     *
     * @param machine what is known
     */
    @Nullable
    Long evaluate(Location.Machine machine);
}
