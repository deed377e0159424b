package dev.backline.probe;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in the code of a build where a function can be probed.
 *
 * @param kind the kind of place
 * @param symbol the ELF symbol of the place: the function's, its clone's, or that of the function it was inlined into; null
 *     when there is none
 * @param offset of the place from that symbol, in bytes
 * @param address as in the ELF file; in a module, section base plus offset
 * @param size of the code, in bytes; of an inlined copy, of all its ranges together
 * @param callers of an inlined copy: the functions around it, innermost first; else empty
 * @param line of an inlined copy: where the innermost caller calls it, 0 when unknown; else 0
 * @param located the parameters that the compiler kept there; a clone may have fewer, and a parameter of a copy may be
 *     elsewhere at its entry
 */
public record ProbeSite(
        Kind kind,
        @Nullable String symbol,
        long offset,
        long address,
        long size,
        List<String> callers,
        int line,
        List<String> located) {
    public ProbeSite {
        callers = List.copyOf(callers);
        located = List.copyOf(located);
    }

    /** The kinds of places. */
    public enum Kind {
        /** The function itself. */
        FUNCTION,
        /** A copy that the compiler made and named: {@code .isra.0}, {@code .constprop.0}, {@code .part.0}. */
        CLONE,
        /** A copy inlined into another function. */
        INLINED
    }
}
