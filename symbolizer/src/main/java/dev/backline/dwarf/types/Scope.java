package dev.backline.dwarf.types;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function with code at an address, itself or inlined, with its variables there.
 *
 * @param function DW_AT_name; null if it has none
 * @param inlined whether the function is inlined into the function of the next scope
 * @param variables parameters and local variables, those of inner blocks first
 */
public record Scope(@Nullable String function, boolean inlined, List<Variable> variables) {
    public Scope {
        variables = List.copyOf(variables);
    }
}
