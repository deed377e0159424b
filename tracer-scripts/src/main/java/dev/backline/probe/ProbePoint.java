package dev.backline.probe;

import java.util.List;

/**
 * A function or tracepoint of the kernel that makes, forwards or receives a RST: one row of the {@linkplain ProbeCatalogue
 * catalogue}, which is the same for all kernels.
 *
 * @param name the function's name; for a tracepoint {@code system:name}
 * @param kind a function or a tracepoint
 * @param direction the kind of RSTs that it is called for
 * @param use when a script should probe it
 * @param family the packets that it is called for
 * @param meaning the meaning of a call, in one sentence
 * @param prints what a probe there should print
 * @param modules the modules that may contain it where vmlinux does not; empty if it is never in a module
 * @param source its source file in current kernels
 * @param insteadOf probe points that are called for the same RSTs and show more: where a build has one of them, this one is
 *     not needed
 * @param near other functions of the same source file that have symbols; they lead to the function where it is only inlined,
 *     and distinguish it from others with its name
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

    /** The kind of a probe point. */
    public enum Kind {
        /** A function, probed by a kprobe. */
        FUNCTION,
        /** A tracepoint in the kernel's code. */
        TRACEPOINT
    }

    /** The kinds of RSTs. */
    public enum Direction {
        /** Answers of TCP to a received packet. */
        PASSIVE,
        /** RSTs that TCP sends without a packet that provoked them. */
        ACTIVE,
        /** Answers of the packet filter. */
        NETFILTER,
        /** Received RSTs. */
        RECEIVED
    }

    /** When a script should probe it. */
    public enum Use {
        /** Always: each call is for a RST that is about to be sent, or was received. */
        ALWAYS,
        /** Where none of {@link ProbePoint#insteadOf} can be probed: it is called for the same RSTs. */
        INSTEAD,
        /** Only for details: it is called for other packets too. */
        DETAIL
    }

    /** The packets that a probe point is called for. */
    public enum Family {
        /** IPv4 packets. */
        IPV4,
        /** IPv6 packets. */
        IPV6,
        /** IPv4 and IPv6 packets. */
        ANY
    }

    /** {@return the name without the system of a tracepoint} */
    public String plainName() {
        return name.substring(name.indexOf(':') + 1);
    }
}
