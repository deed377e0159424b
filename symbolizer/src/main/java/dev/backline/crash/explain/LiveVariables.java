package dev.backline.crash.explain;

import dev.backline.crash.Explanation;
import dev.backline.dwarf.types.Location;
import dev.backline.dwarf.types.Scope;
import dev.backline.dwarf.types.Variable;
import java.util.ArrayList;
import java.util.List;

/** Gives the variables whose values the registers of a report tell. */
final class LiveVariables {
    private static final int MAX_VARIABLES = 200;

    private LiveVariables() {}

    /**
     * {@return the variables at an instruction that a register holds, that are computed from registers, or that are
     * constants, innermost function first}
     *
     * @param frame the function
     * @param address of the instruction
     * @param registers at the instruction
     */
    static List<Explanation.LiveVariable> at(FrameCode frame, long address, RegisterFile registers) {
        List<Explanation.LiveVariable> found = new ArrayList<>();
        for (Scope scope : frame.scopes(address)) {
            for (Variable variable : scope.variables()) {
                long size = variable.layout().type().resolved().byteSize();
                if (size <= 0 || size > 8 || found.size() >= MAX_VARIABLES) {
                    continue;
                }
                Long value = variable.location().value(registers);
                if (value != null) {
                    String register = variable.location() instanceof Location.Register in
                            ? RegisterFile.name(registers.set(), in.register())
                            : null;
                    found.add(new Explanation.LiveVariable(
                            scope.function(),
                            variable.name(),
                            variable.layout().type().text(),
                            cut(value, size),
                            (int) size,
                            register));
                }
            }
        }
        return found;
    }

    /** A value cut to a variable's size, without its sign. */
    static long cut(long value, long size) {
        return size <= 0 || size >= 8 ? value : value & ((1L << (8 * size)) - 1);
    }
}
