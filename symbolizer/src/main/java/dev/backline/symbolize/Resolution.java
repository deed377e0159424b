package dev.backline.symbolize;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The result for a frame reference: source frames, or the reason why there are none. */
public sealed interface Resolution {
    /** {@return one word for programs: {@code resolved}, {@code ambiguous} or the reason's {@link Reason#id() id}} */
    default String status() {
        if (this instanceof Unresolved unresolved) {
            return unresolved.reason().id();
        }
        return this instanceof Ambiguous ? "ambiguous" : "resolved";
    }

    /**
     * The place was found.
     *
     * @param symbol the symbol that contains the place, as in the symbol table; null if there is none
     * @param offset from the symbol's start, in bytes
     * @param size the symbol's kallsyms size, in bytes; 0 if unknown
     * @param address in the address space of the file; in an ET_REL, section base plus offset ({@link
     *     dev.backline.elf.ElfFile#address})
     * @param frames innermost first; never empty, and the last one is not inlined
     * @param exact the innermost frame at the address itself, if the reference is a return address and the address
     *     has another line than the call before it; else null
     * @param damage what could not be read of the place's debug information, one line for a person; the frames are what
     *     the rest knows. null if nothing is damaged
     */
    record Resolved(
            @Nullable String symbol,
            long offset,
            long size,
            long address,
            List<SourceFrame> frames,
            @Nullable SourceFrame exact,
            @Nullable String damage)
            implements Resolution {
        public Resolved {
            frames = List.copyOf(frames);
        }

        /**
         * A place whose debug information is not damaged.
         *
         * @param symbol the symbol that contains the place; null if there is none
         * @param offset from the symbol's start, in bytes
         * @param size the symbol's kallsyms size, in bytes; 0 if unknown
         * @param address in the address space of the file
         * @param frames innermost first
         * @param exact the innermost frame at the address itself, or null
         */
        public Resolved(
                @Nullable String symbol,
                long offset,
                long size,
                long address,
                List<SourceFrame> frames,
                @Nullable SourceFrame exact) {
            this(symbol, offset, size, address, frames, exact, null);
        }
    }

    /**
     * Several functions match, and the reference does not distinguish them.
     *
     * @param candidates in the order of the symbol table, a thousand at most; each a {@link Resolved} or an {@link Unresolved}
     */
    record Ambiguous(List<Resolution> candidates) implements Resolution {
        public Ambiguous {
            candidates = List.copyOf(candidates);
        }
    }

    /**
     * There is no answer.
     *
     * @param reason the kind of reason, for programs
     * @param message one line for a person: what is wrong, where, and what to do; equal for all frames with this reason
     * @param detail what is special about this frame, such as a similar name; null if nothing is
     */
    record Unresolved(
            Reason reason, String message, @Nullable String detail) implements Resolution {
        /**
         * A reason without details.
         *
         * @param reason the kind of reason, for programs
         * @param message one line for a person
         */
        public Unresolved(Reason reason, String message) {
            this(reason, message, null);
        }

        /** {@return the message with the details of this frame} */
        public String text() {
            return detail == null ? message : message + "; " + detail;
        }
    }

    /** The kinds of reasons why there is no answer. */
    enum Reason {
        /** The place is in code without a line table. */
        NO_LINE("no-line"),
        /** No symbol has this name. */
        SYMBOL_NOT_FOUND("symbol-not-found"),
        /** The symbol has another size, or ends before the offset. */
        SIZE_MISMATCH("size-mismatch"),
        /** There is no file for the module. */
        MODULE_NOT_FOUND("module-not-found"),
        /** The file has no debug information. */
        NO_DEBUG_INFO("no-debug-info"),
        /** The file is not from the build of the trace. */
        BUILD_MISMATCH("build-mismatch"),
        /** The symbol or address is data, or outside all sections. */
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
