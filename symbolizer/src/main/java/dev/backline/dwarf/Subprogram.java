package dev.backline.dwarf;

import java.util.List;

/**
 * A function as its source declares it, with all places where a unit has its code.
 *
 * @param name DW_AT_name
 * @param returnType void where the entry has none
 * @param parameters in the order of the declaration
 * @param external whether other units can call it by its name
 * @param bodies its code out of line: itself, and the clones that the compiler made of it ({@code .isra.0}, {@code
 *     .constprop.0}, {@code .part.0}); empty where it is only inlined, or only declared
 * @param inlined the copies of it in other functions of the unit, in the order of the entries
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
     * Code out of line.
     *
     * @param entryPc DW_AT_entry_pc, else where its first range begins
     * @param ranges of its code; a part that is seldom run ({@code .cold}) is a range of its own
     * @param located the parameters that have a location or a constant value somewhere in it; the compiler has
     *     dropped the others
     */
    public record Body(long entryPc, List<AddressRange> ranges, List<String> located) {
        public Body {
            ranges = List.copyOf(ranges);
            located = List.copyOf(located);
        }
    }

    /**
     * A call that was replaced by the function's code.
     *
     * @param callers the functions that it was inlined into, innermost first; the last one has code of its own
     * @param entryPc DW_AT_entry_pc, else where its first range begins
     * @param ranges of its code
     * @param callLine of the call in the innermost caller's source, 0 when unknown
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
