package dev.backline.probe;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One place in a build's code where a probe of a function can be set.
 *
 * @param kind what is there
 * @param symbol of the ELF file that the place is in: the function's own, its clone's, or that of the function it was
 *     inlined into; null when there is none
 * @param offset of the place from that symbol, in bytes
 * @param address as the ELF file has it; in a module, section base plus offset
 * @param size of the code, in bytes; of an inlined copy, of all its ranges together
 * @param callers of an inlined copy: the functions around it, innermost first; else empty
 * @param line of an inlined copy: where the innermost caller calls it, 0 when unknown; else 0
 * @param located the parameters that the compiler kept there; a clone may have dropped some, and what is left of a
 *     copy's may be somewhere else at its entry
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

    /** What is at a place. */
    public enum Kind {
        /** The function itself. */
        FUNCTION,
        /** A copy with a name of its own that the compiler made: {@code .isra.0}, {@code .constprop.0}, {@code .part.0}. */
        CLONE,
        /** A copy inside another function. */
        INLINED
    }
}
