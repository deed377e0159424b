package dev.backline.diagnose;

import dev.backline.probe.ProbePoint.Direction;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What makes a kernel send a RST, or a probe report that it might. The names are stable. docs/adding-a-cause.md says what a
 * new one needs.
 */
public enum Cause {
    /** A SYN for a port without a listener. */
    CLOSED_PORT(Origin.answer("no socket listens").with("on"), "a SYN arrived for a port that no socket listens on"),
    /** A packet of a translated connection that conntrack marked INVALID, so that NAT left it to this host. */
    CONNTRACK_INVALID(
            Origin.answer("no socket").with("for"),
            "conntrack marked the packet INVALID, so NAT did not translate it back, and no socket on this host matches it"),
    /** A packet that is no SYN, for a connection without a socket. */
    NO_SOCKET(
            Origin.answer("no socket").with("for"),
            "a packet arrived for a connection that has no socket on this host; usually the connection is stale"),
    /** A packet that a time-wait socket answers with a RST. */
    TIME_WAIT(
            Origin.answer("a socket in TIME_WAIT"),
            "new data arrived after the application closed the connection; only a time-wait socket is left"),
    /** An ACK for a listening socket. */
    LISTEN_BAD_ACK(
            Origin.answer("a listening socket; the ACK belongs to no connection"),
            "a listening socket received an ACK that belongs to no connection"),
    /** An answer to a SYN that acknowledges something else. */
    SYN_SENT_BAD_ACK(
            Origin.answer("a connecting socket; the ACK acknowledges a sequence number that was never sent"),
            "the answer to a SYN acknowledges a sequence number that was never sent"),
    /** A handshake's last ACK that acknowledges something else. */
    SYN_RECV_BAD_ACK(
            Origin.answer("a half-open connection; the acknowledgment number is wrong"),
            "the last ACK of a handshake has a wrong acknowledgment number"),
    /** Data for a socket that nobody reads any more. */
    DATA_AFTER_CLOSE(
            Origin.answer("the application no longer reads").after("close(), or shutdown() of reading"),
            "data arrived after the application closed the socket or shut down reading"),
    /** A negative TCP_LINGER2. */
    LINGER2(
            Origin.any("TCP_LINGER2 is negative: no FIN_WAIT2").after("close() with TCP_LINGER2 below 0"),
            "TCP_LINGER2 is negative, so the kernel resets the connection instead of entering FIN_WAIT2"),
    /** A packet that the socket's state does not allow, where the capture does not tell which of the rules it was. */
    REFUSED_BY_STATE(
            Origin.answer("the socket's state does not allow the packet"),
            "the socket's state does not allow the packet"),
    /** A full accept queue, with net.ipv4.tcp_abort_on_overflow. */
    ACCEPT_QUEUE_OVERFLOW(
            Origin.answer("accept queue full and tcp_abort_on_overflow is 1"),
            "the accept queue is full and net.ipv4.tcp_abort_on_overflow is 1"),
    /** A SYN that does not fit a handshake under way. */
    EMBRYONIC_RESET(
            Origin.answer("a half-open connection; the SYN does not match it"),
            "a bad SYN arrived for a half-open connection"),
    /** A close() with data still unread. */
    CLOSE_UNREAD_DATA(
            Origin.act("close() with data unread"),
            "the application closed the connection, or died, before it read all received data"),
    /** A close() with SO_LINGER {on, 0}. */
    LINGER_ZERO(
            Origin.act("close() with SO_LINGER 0"),
            "the application closed the socket with SO_LINGER {on, 0}, which aborts the connection"),
    /** A connection that the application broke off. */
    DISCONNECT(
            Origin.act("connect(AF_UNSPEC), or a connect that failed"),
            "the application aborted the connection: connect(AF_UNSPEC), or a connect that failed"),
    /** A listening socket that was closed with connections in its queue. */
    LISTENER_CLOSED(
            Origin.act("close() of the listening socket while connections wait"),
            "a listening socket was closed while connections waited in its accept queue"),
    /** A peer that stopped answering. */
    KEEPALIVE_TIMEOUT(
            Origin.end("unanswered keepalives or data"),
            "the peer did not answer keepalives, or TCP_USER_TIMEOUT expired"),
    /** A peer that did not close its side in time. */
    FIN_WAIT2_TIMEOUT(
            Origin.end("FIN_WAIT2: the peer does not close in time").after("close()"),
            "the peer did not close its side in time after the application closed this side"),
    /** A limit of orphaned sockets, or of TCP's memory. */
    ORPHAN_LIMIT(
            Origin.end("too many orphaned sockets, or no memory for TCP"),
            "too many orphaned sockets, or TCP is out of memory"),
    /** A socket that another program destroyed. */
    SOCKET_DESTROYED(
            Origin.act("destroys the socket"), "a program destroyed the socket: ss -K, SOCK_DESTROY, bpf_sock_destroy"),
    /** A rule of multipath TCP. */
    MPTCP(Origin.any("Multipath TCP refuses the packet"), "Multipath TCP reset the connection or a subflow"),
    /** A rule of the packet filter. */
    NETFILTER_REJECT(Origin.rule("a rule rejects the packet"), "a firewall rule rejected the packet with a RST"),
    /** No RST after all: the function returned without sending one. */
    NOT_SENT(
            Origin.any("no RST is sent"),
            "no RST was sent: the received packet was itself a RST, or was not for this host"),
    /** Something that the capture does not show. */
    UNKNOWN(Origin.any(null), "the capture does not show the cause");

    @SuppressWarnings("ImmutableEnumChecker") // a record of strings and an enumeration
    private final Origin origin;

    private final String id;
    private final String title;

    Cause(Origin origin, String title) {
        this.origin = origin;
        id = name().toLowerCase(Locale.ROOT).replace('_', '-');
        this.title = title;
    }

    /** {@return the name in JSON output and in the documentation, such as {@code conntrack-invalid}} */
    public String id() {
        return id;
    }

    /** {@return who makes the RSTs; null where the cause has RSTs of several directions and only the probe tells which} */
    public @Nullable Direction direction() {
        return origin.direction();
    }

    /** What makes the RSTs, in the words of a sequence chart. */
    Origin origin() {
        return origin;
    }

    /** {@return what happened, as a clause} */
    public String title() {
        return title;
    }

    /** {@return everything that may be advised for this cause; the advice for an event is a part of it} */
    public List<Remedy> remedies() {
        return Advice.own().all(this).remedies();
    }

    /** {@return everything that may confirm or exclude this cause} */
    public List<Remedy> settling() {
        return Advice.own().all(this).settling();
    }
}
