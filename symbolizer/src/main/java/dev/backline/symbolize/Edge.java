package dev.backline.symbolize;

import java.util.List;

/**
 * Whether a frame of a trace can have called the frame above it, according to the call sites (DWARF5 3.4).
 *
 * @param kind the result of the check
 * @param skipped the functions between the two frames, caller's side first, without frames because each ended
 *     with a jump to the next; empty unless the kind is {@link Kind#TAIL_CALL}
 */
public record Edge(Kind kind, List<String> skipped) {
    /** The frame calls the frame above. */
    public static final Edge VERIFIED = new Edge(Kind.VERIFIED, List.of());

    /** The frame calls through a pointer. */
    public static final Edge INDIRECT = new Edge(Kind.INDIRECT, List.of());

    /** The frame has no call before its return address, or calls another function. */
    public static final Edge UNVERIFIED = new Edge(Kind.UNVERIFIED, List.of());

    public Edge {
        skipped = List.copyOf(skipped);
    }

    /** Kinds of results of a check. */
    public enum Kind {
        /** The frame calls the frame above. */
        VERIFIED("verified"),
        /** The frame calls a function that reaches the frame above through exactly one chain of tail calls. */
        TAIL_CALL("tail-call"),
        /** The frame calls through a pointer, so the frame above can be right. */
        INDIRECT("indirect"),
        /** There is no call before the return address, or it calls another function: the frame can be stale. */
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
