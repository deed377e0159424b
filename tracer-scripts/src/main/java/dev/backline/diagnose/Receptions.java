package dev.backline.diagnose;

import dev.backline.capture.Endpoint;
import dev.backline.capture.ProbeEvent;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the last event of the tracepoint tcp:tcp_receive_reset. The kernel passes it for data after close(), too, just before
 * it sends its RST (net/ipv4/tcp_input.c: tcp_rcv_state_process() calls tcp_reset()), and does not pass it where TCP_LINGER2 makes
 * it send one. Thread-safe.
 */
final class Receptions {
    /** The longest time between the two tracepoints; a tracer's own work is below. */
    private static final Duration AT_ONCE = Duration.ofMillis(2);

    private @Nullable ProbeEvent last;

    /**
     * Takes the next event in the order of the capture.
     *
     * @return whether the tracepoint was passed for the same socket just before the event; null where the capture does not tell,
     *     because it has no such tracepoint
     */
    synchronized @Nullable Boolean precedes(ProbeEvent event) {
        ProbeEvent before = last;
        if (event.probe().equals("tcp:tcp_receive_reset")) {
            last = event.withStack(List.of());
            return null;
        }
        if (before == null || !event.probe().equals("tcp:tcp_send_reset")) {
            return null;
        }
        Endpoint own = event.source();
        return own != null
                && own.equals(before.source())
                && event.destination() != null
                && event.destination().equals(before.destination())
                && atOnce(before, event);
    }

    private static boolean atOnce(ProbeEvent before, ProbeEvent event) {
        Duration first = before.sinceBoot();
        Duration second = event.sinceBoot();
        return first == null || second == null || second.minus(first).abs().compareTo(AT_ONCE) <= 0;
    }
}
