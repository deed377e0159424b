package dev.backline.symbolize;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What came of a frame reference: source frames, or the reason why there are none. */
public sealed interface Resolution {

    /**
     * The place was found.
     *
     * @param symbol the symbol that the place lies in, as the symbol table has it; null when none does
     * @param offset from the symbol's start, in bytes
     * @param size the symbol's kallsyms size, in bytes; 0 when unknown
     * @param address as the file has it; in an ET_REL, section base plus offset ({@link
     *     dev.backline.elf.ElfFile#address})
     * @param frames innermost first; never empty, and the last one is not inlined
     * @param exact the innermost frame at the address itself, where the reference is a return address and
     *     the address has another line than the call before it; else null
     */
    record Resolved(
            @Nullable String symbol,
            long offset,
            long size,
            long address,
            List<SourceFrame> frames,
            @Nullable SourceFrame exact)
            implements Resolution {
        public Resolved {
            frames = List.copyOf(frames);
        }
    }

    /**
     * Several functions of that name fit, and nothing in the reference tells them apart.
     *
     * @param candidates in the order of the symbol table; each a {@link Resolved} or the reason why not
     */
    record Ambiguous(List<Resolution> candidates) implements Resolution {
        public Ambiguous {
            candidates = List.copyOf(candidates);
        }
    }

    /**
     * There is no answer.
     *
     * @param reason its kind, for programs
     * @param message one line for a person: what was looked for, what was found instead, what to do
     */
    record Unresolved(Reason reason, String message) implements Resolution {}

    /** Why there is no answer. */
    enum Reason {
        /** The place is in code that no line table covers. */
        NO_LINE("no-line"),
        /** No symbol has that name. */
        SYMBOL_NOT_FOUND("symbol-not-found"),
        /** The symbol has another size, or ends before the offset: the file is of another build. */
        SIZE_MISMATCH("size-mismatch"),
        /** There is no file for the module. */
        MODULE_NOT_FOUND("module-not-found"),
        /** The file has no debug information. */
        NO_DEBUG_INFO("no-debug-info"),
        /** The file is of another build than the trace. */
        BUILD_MISMATCH("build-mismatch"),
        /** The symbol or address is data, or in no section at all. */
        NOT_CODE("not-code");

        private final String id;

        Reason(String id) {
            this.id = id;
        }

        /** {@return the name in JSON output} */
        public String id() {
            return id;
        }
    }
}
