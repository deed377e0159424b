package dev.backline.diagnose;

import dev.backline.capture.Endpoint;
import dev.backline.capture.ProbeEvent;
import dev.backline.capture.ProbeRun;
import dev.backline.evidence.ClockOffset;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what happened to each connection and each listening port, so that a later event can name the earlier one that it
 * follows from. Keeps the latest connections only. Thread-safe; events are taken in the order of the captures.
 */
final class ConnectionHistory {
    /** Where RSTs come faster than this in ten minutes, each connection is remembered for less time. */
    private static final int MAX_CONNECTIONS = 4096;

    private static final int MAX_LISTENERS = 1024;

    /** How long the peer may go on sending before it notices, at most: ports may be used again later. */
    private static final Duration RECENT = Duration.ofMinutes(10);

    /** How long a handshake may take longest, with retransmitted SYN-ACKs: tcp_synack_retries is 5. */
    private static final Duration HANDSHAKE = Duration.ofMinutes(2);

    /** What may be in flight, in bytes; two connections with the same ports rarely are so near. */
    private static final int IN_FLIGHT = 1 << 22;

    /**
     * What happened before an event.
     *
     * @param what the values of the key "history"
     * @param sentences that say it, with the places
     */
    record Earlier(Set<String> what, List<String> sentences) {
        Earlier {
            what = Set.copyOf(what);
            sentences = List.copyOf(sentences);
        }
    }

    /** The boot and the network namespace of a connection, and its ends, the smaller address first. */
    private record Key(String boot, String netns, Endpoint one, Endpoint other) {}

    private record Port(String boot, String netns, int port) {}

    private enum Kind {
        ENDED,
        RESET_BY_PEER
    }

    /** What is kept of an event. */
    private record Past(
            Kind kind,
            Cause cause,
            String file,
            long line,
            @Nullable String program,
            @Nullable Instant time,
            @Nullable Duration sinceBoot,
            @Nullable Long receiveNext,
            @Nullable Long sendNext) {
        static Past of(Kind kind, Cause cause, ProbeEvent event) {
            // A timer interrupts any task, and a packet that arrives does, too.
            boolean acted =
                    cause.origin().act() != null && cause != Cause.FIN_WAIT2_TIMEOUT && event.endpointsOfSocket();
            return new Past(
                    kind,
                    cause,
                    event.file(),
                    event.line(),
                    acted ? event.comm() : null,
                    event.time(),
                    event.sinceBoot(),
                    event.number("rcv_nxt"),
                    event.number("snd_nxt"));
        }

        boolean is(ProbeEvent event) {
            return line == event.line() && file.equals(event.file());
        }
    }

    private final Map<Key, Past> connections = bounded(MAX_CONNECTIONS);
    private final Map<Port, Past> listeners = bounded(MAX_LISTENERS);
    private @Nullable ProbeRun lastRun;
    private String lastBoot = "";

    private static <K, V> Map<K, V> bounded(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    /** What happened before an event to its connection, or to the listening socket of its port; null when nothing did. */
    synchronized @Nullable Earlier before(ProbeEvent event) {
        Key key = key(event);
        if (key == null) {
            return null;
        }
        Set<String> what = new LinkedHashSet<>();
        List<String> sentences = new ArrayList<>();
        Past past = connections.get(key);
        if (past != null && !past.is(event)) {
            boolean numbers = past.kind() == Kind.ENDED && numbersFit(past, event);
            Duration since = since(past, event);
            if (numbers || since == null || since.compareTo(RECENT) <= 0) {
                what.add(
                        switch (past.kind()) {
                            case ENDED -> "ended";
                            case RESET_BY_PEER -> "reset-by-peer";
                        });
                if (numbers) {
                    what.add("exact");
                }
                sentences.add(sentence(past, since, numbers));
            }
        }
        Endpoint own = event.own();
        Past listener = own == null ? null : listeners.get(new Port(key.boot(), key.netns(), own.port()));
        Duration since = listener == null ? null : since(listener, event);
        if (listener != null
                && own != null
                && since != null
                && since.compareTo(HANDSHAKE) <= 0
                && !listener.is(event)) {
            what.add("listener-closed");
            sentences.add("a listening socket on port " + own.port() + " was closed " + ago(since) + " ("
                    + detail(listener) + ")");
        }
        return what.isEmpty() ? null : new Earlier(what, sentences);
    }

    /** Remembers an event with its cause. */
    synchronized void add(ProbeEvent event, Cause cause, boolean received) {
        Kind kind = kind(event, cause, received);
        Key key = kind == null ? null : key(event);
        if (kind == null || key == null) {
            return;
        }
        connections.put(key, Past.of(kind, cause, event));
        Endpoint own = event.own();
        if (cause == Cause.LISTENER_CLOSED && own != null) {
            listeners.put(new Port(key.boot(), key.netns(), own.port()), Past.of(kind, cause, event));
        }
    }

    private static @Nullable Kind kind(ProbeEvent event, Cause cause, boolean received) {
        if (received) {
            return Kind.RESET_BY_PEER;
        }
        return switch (cause) {
            case CLOSE_UNREAD_DATA,
                    LINGER_ZERO,
                    LINGER2,
                    DISCONNECT,
                    LISTENER_CLOSED,
                    KEEPALIVE_TIMEOUT,
                    FIN_WAIT2_TIMEOUT,
                    ORPHAN_LIMIT,
                    SOCKET_DESTROYED,
                    DATA_AFTER_CLOSE,
                    TIME_WAIT,
                    ACCEPT_QUEUE_OVERFLOW -> Kind.ENDED;
            case UNKNOWN, MPTCP -> "tcp_send_active_reset".equals(CallStep.plain(event.probe())) ? Kind.ENDED : null;
            default -> null;
        };
    }

    private @Nullable Key key(ProbeEvent event) {
        Endpoint one = event.source();
        Endpoint other = event.destination();
        // The tracepoint has no peer for an event of a listening socket.
        if (one == null || other == null || one.port() == 0 || other.port() == 0) {
            return null;
        }
        ProbeRun run = event.run();
        if (run != null && !run.equals(lastRun)) {
            lastRun = run;
            lastBoot = run.release() + " " + run.buildId() + " " + run.symbols().get("_stext");
        }
        int order = one.address().compareTo(other.address());
        boolean up = order < 0 || (order == 0 && one.port() <= other.port());
        return new Key(
                run == null ? event.file() : lastBoot,
                event.fields().getOrDefault("netns", ""),
                up ? one : other,
                up ? other : one);
    }

    /** Whether the packet's numbers are those that the socket had at its end. */
    private static boolean numbersFit(Past end, ProbeEvent packet) {
        return near(packet.number("seq"), end.receiveNext()) && near(packet.number("ack"), end.sendNext());
    }

    private static boolean near(@Nullable Long one, @Nullable Long other) {
        if (one == null || other == null) {
            return false;
        }
        int difference = (int) (one - other);
        return difference > -IN_FLIGHT && difference < IN_FLIGHT;
    }

    /** The time between two events; null when they have no clock in common or are out of order. */
    private static @Nullable Duration since(Past earlier, ProbeEvent later) {
        Duration since = null;
        if (earlier.sinceBoot() != null && later.sinceBoot() != null) {
            since = later.sinceBoot().minus(earlier.sinceBoot());
        } else if (earlier.time() != null && later.time() != null) {
            since = Duration.between(earlier.time(), later.time());
        }
        return since == null || since.isNegative() ? null : since;
    }

    private static String ago(@Nullable Duration since) {
        // The clock of some captures has whole seconds.
        return since == null
                ? "earlier in the capture"
                : since.isZero() ? "just before" : ClockOffset.text(since) + " before";
    }

    private static String sentence(Past past, @Nullable Duration since, boolean numbers) {
        String what = switch (past.kind()) {
            case ENDED -> "this host itself ended that connection ";
            case RESET_BY_PEER -> "the peer had reset that connection ";
        };
        return what + ago(since) + " (" + detail(past) + ")"
                + (numbers ? "; the packet's sequence numbers are those of that connection" : "");
    }

    /** The cause, the program where it is the one to blame, and the place. */
    private static String detail(Past past) {
        return (past.cause() == Cause.UNKNOWN ? "" : past.cause().id() + ", ")
                + (past.program() == null ? "" : past.program() + ", ")
                + past.file() + " line " + past.line();
    }
}
