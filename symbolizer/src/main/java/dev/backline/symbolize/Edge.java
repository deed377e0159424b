package dev.backline.symbolize;

import java.util.List;

/**
 * Whether one frame of a trace can have called the frame above it, as far as the compiler's call sites
 * tell (DWARF5 3.4).
 *
 * @param kind what was found
 * @param skipped the functions between the two, caller's side first, that left no frame because each ended
 *     in a jump to the next; empty unless the kind is {@link Kind#TAIL_CALL}
 */
public record Edge(Kind kind, List<String> skipped) {
    /** The frame's call goes to the frame above. */
    public static final Edge VERIFIED = new Edge(Kind.VERIFIED, List.of());

    /** The frame's call goes through a pointer. */
    public static final Edge INDIRECT = new Edge(Kind.INDIRECT, List.of());

    /** The frame has no call there, or one of something else. */
    public static final Edge UNVERIFIED = new Edge(Kind.UNVERIFIED, List.of());

    public Edge {
        skipped = List.copyOf(skipped);
    }

    /** What the call site at a frame's return address says. */
    public enum Kind {
        /** It calls the frame above. */
        VERIFIED("verified"),
        /** It calls a function that ends, by exactly one chain of jumps, in the frame above. */
        TAIL_CALL("tail-call"),
        /** It calls through a pointer: the frame above may be right. */
        INDIRECT("indirect"),
        /** There is no call at that address, or it calls something else: the frame may be left over. */
        UNVERIFIED("unverified");

        private final String id;

        Kind(String id) {
            this.id = id;
        }

        /** {@return the name in JSON output} */
        public String id() {
            return id;
        }
    }
}
