package dev.backline.probe;

import java.util.List;

/**
 * A function or tracepoint of the kernel that makes, passes on or receives a RST; one line of the {@linkplain
 * ProbeCatalogue catalogue}, which holds for all kernels.
 *
 * @param name of the function; of a tracepoint as {@code system:name}
 * @param kind a function or a tracepoint
 * @param direction which RSTs it tells of
 * @param use when a script should probe it
 * @param family the packets that it sees
 * @param meaning what it means that it is called, in one sentence
 * @param prints what is worth printing there
 * @param modules that may hold it where vmlinux does not; empty for what is never in a module
 * @param source the file of the kernel's source that has it, in the kernels of today
 * @param insteadOf those that tell of the same RSTs and tell more: where a build has one of them, this one is
 *     not needed
 * @param near other functions of the same file with symbols of their own; they lead to it where it is only
 *     inlined, and tell it from others of its name
 */
public record ProbePoint(
        String name,
        Kind kind,
        Direction direction,
        Use use,
        Family family,
        String meaning,
        String prints,
        List<String> modules,
        String source,
        List<String> insteadOf,
        List<String> near) {
    public ProbePoint {
        insteadOf = List.copyOf(insteadOf);
        modules = List.copyOf(modules);
        near = List.copyOf(near);
    }

    /** What it is. */
    public enum Kind {
        /** A function, which a kprobe is set on. */
        FUNCTION,
        /** A tracepoint, which the kernel's own code calls. */
        TRACEPOINT
    }

    /** Which RSTs it tells of. */
    public enum Direction {
        /** Answers to a packet that came in. */
        PASSIVE,
        /** Those that this end sends of its own accord. */
        ACTIVE,
        /** Answers that the packet filter sends, past TCP. */
        NETFILTER,
        /** Those that came in. */
        RECEIVED
    }

    /** When a script should probe it. */
    public enum Use {
        /** Always: each call is a RST that is about to be sent, or came in. */
        ALWAYS,
        /** Where none of {@link ProbePoint#insteadOf} can be probed: it tells of the same RSTs. */
        INSTEAD,
        /** To learn more of the way: it is called for other packets too. */
        DETAIL
    }

    /** The packets that it sees. */
    public enum Family {
        /** Packets of IPv4. */
        IPV4,
        /** Packets of IPv6. */
        IPV6,
        /** Packets of both. */
        ANY
    }

    /** {@return the name without the system of a tracepoint} */
    public String plainName() {
        return name.substring(name.indexOf(':') + 1);
    }
}
