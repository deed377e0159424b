package dev.backline.diagnose;

import dev.backline.capture.Endpoint;
import dev.backline.probe.ProbePoint.Direction;
import org.jspecify.annotations.Nullable;

/**
 * What makes the RSTs of a cause, in the words of a sequence chart ({@link Exchange}).
 *
 * @param direction who makes them; null where the cause has RSTs of several directions and only the probe tells which
 * @param act what an application does before the RST; null when no application does anything
 * @param finding what TCP or a firewall finds before it sends the RST; null when it finds nothing
 * @param preposition before this host's address, which is appended to the finding where it is known; null appends nothing
 */
record Origin(
        @Nullable Direction direction,
        @Nullable String act,
        @Nullable String finding,
        @Nullable String preposition) {
    /** TCP answers a packet that it has no use for. */
    static Origin answer(String finding) {
        return new Origin(Direction.PASSIVE, null, finding, null);
    }

    /** TCP ends a connection because an application does something. */
    static Origin act(String act) {
        return new Origin(Direction.ACTIVE, act, null, null);
    }

    /** TCP ends a connection because of something that it finds. */
    static Origin end(String finding) {
        return new Origin(Direction.ACTIVE, null, finding, null);
    }

    /** A rule of the packet filter rejects a packet. */
    static Origin rule(String finding) {
        return new Origin(Direction.NETFILTER, null, finding, null);
    }

    /** A cause with RSTs of several directions; the finding is that for an answer. */
    static Origin any(@Nullable String finding) {
        return new Origin(null, null, finding, null);
    }

    /** The same, after an application did something. */
    Origin after(String before) {
        return new Origin(direction, before, finding, preposition);
    }

    /** The same, with this host's address at the end of the finding. */
    Origin with(String word) {
        return new Origin(direction, act, finding, word);
    }

    /** The finding, with the address where that is known. */
    @Nullable
    String finding(@Nullable Endpoint own) {
        return finding == null || preposition == null || own == null
                ? finding
                : finding + " " + preposition + " " + own;
    }
}
