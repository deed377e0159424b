package dev.backline.dwarf.types;

import java.util.List;

/**
 * A function as declared in the source, with all copies of its code in a unit.
 *
 * @param name DW_AT_name
 * @param returnType void if the entry has no type
 * @param parameters in the order of the declaration
 * @param external whether other units can call the function by its name
 * @param bodies the copies that are not inlined: the function itself, and clones that the compiler made ({@code
 *     .isra.0}, {@code .constprop.0}, {@code .part.0}); empty if the function is only inlined or only declared
 * @param inlined the copies in other functions of the unit, in the order of the entries
 */
public record Subprogram(
        String name,
        Type returnType,
        List<Parameter> parameters,
        boolean external,
        List<Body> bodies,
        List<InlinedCopy> inlined) {
    public Subprogram {
        parameters = List.copyOf(parameters);
        bodies = List.copyOf(bodies);
        inlined = List.copyOf(inlined);
    }

    /**
     * A copy that is not inlined.
     *
     * @param entryPc DW_AT_entry_pc, else the start of the first range
     * @param ranges of the code; cold code ({@code .cold}) is a separate range
     * @param located the names of the parameters that have a location or a constant value somewhere in the copy; the
     *     compiler removed the others
     */
    public record Body(long entryPc, List<AddressRange> ranges, List<String> located) {
        public Body {
            ranges = List.copyOf(ranges);
            located = List.copyOf(located);
        }
    }

    /**
     * An inlined copy.
     *
     * @param callers the names of the functions around the copy, innermost first; the last one is not inlined
     * @param entryPc DW_AT_entry_pc, else the start of the first range
     * @param ranges of the code
     * @param callLine the line of the call in the innermost caller, 0 if unknown
     * @param located as in {@link Body}
     */
    public record InlinedCopy(
            List<String> callers, long entryPc, List<AddressRange> ranges, int callLine, List<String> located) {
        public InlinedCopy {
            callers = List.copyOf(callers);
            ranges = List.copyOf(ranges);
            located = List.copyOf(located);
        }
    }
}
