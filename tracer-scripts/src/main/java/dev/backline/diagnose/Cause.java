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
    CLOSED_PORT(
            Origin.answer("no socket listens").with("on"),
            "a SYN arrived for a port that no socket listens on",
            List.of(
                    "start the service, or make it listen on this address and port (ss -ltn lists the listeners)",
                    "to hide the closed port from clients, drop their packets instead of rejecting them; clients then wait"
                            + " for their own time-out"),
            List.of("ss -ltn 'sport = :PORT' on this host, in the network namespace of the event")),
    /** A packet of a translated connection that conntrack marked INVALID, so that NAT left it to this host. */
    CONNTRACK_INVALID(
            Origin.answer("no socket").with("for"),
            "conntrack marked the packet INVALID, so NAT did not translate it back, and no socket on this host matches it",
            List.of(
                    "sysctl -w net.netfilter.nf_conntrack_tcp_be_liberal=1: conntrack keeps out-of-window packets in their"
                            + " connection; it then no longer protects the hosts behind it from such packets",
                    "iptables -I INPUT -m conntrack --ctstate INVALID -j DROP: the host stops answering and the peer"
                            + " retransmits; breaks connections that conntrack sees in one direction only (asymmetric"
                            + " routes, direct server return)",
                    "find out why packets fall outside the window: a middlebox that rewrites sequence numbers, packets"
                            + " that take another path, a peer that acknowledges late"),
            List.of(
                    "sysctl -w net.netfilter.nf_conntrack_log_invalid=6: the kernel then logs a line with nf_ct_proto_6 for"
                            + " each INVALID packet; pass that log to backline report --kernel-log",
                    "iptables -I INPUT -p tcp -m conntrack --ctstate INVALID -m limit --limit 10/sec -j LOG"
                            + " --log-prefix 'invalid: ': logs them with a rule instead")),
    /** A packet that is no SYN, for a connection without a socket. */
    NO_SOCKET(
            Origin.answer("no socket").with("for"),
            "a packet arrived for a connection that has no socket on this host; usually the connection is stale",
            List.of(
                    "if the connection passes through NAT on this host, first check whether conntrack marks its packets"
                            + " INVALID: that case has a cure",
                    "if the application closed the connection or the host restarted, the RST is correct: it tells the peer"
                            + " that the connection is gone; keepalives or shorter idle time-outs on the peer make it notice"
                            + " earlier",
                    "if the flow belongs to another host (a moved address, ECMP, a load balancer that lost its state), fix"
                            + " the path"),
            CONNTRACK_INVALID.settling()),
    /** A packet that a time-wait socket answers with a RST. */
    TIME_WAIT(
            Origin.answer("a socket in TIME_WAIT"),
            "new data arrived after the application closed the connection; only a time-wait socket is left",
            List.of(
                    "make the application read to the end of the stream before it closes, or make the peer stop sending"
                            + " once it has read the end of the stream",
                    "if the packet is a SYN, the client reuses its port too early: give it more source ports, or keep"
                            + " connections open"),
            List.of("capture with backline generate: its output shows sk=timewait")),
    /** An ACK for a listening socket. */
    LISTEN_BAD_ACK(
            Origin.answer("a listening socket; the ACK belongs to no connection"),
            "a listening socket received an ACK that belongs to no connection",
            List.of(
                    "a peer still uses a connection that this host no longer has (after a restart or a failed handshake):"
                            + " nothing to fix on this host",
                    "behind a load balancer or SYN proxy, check that it completes the handshake with the same host"),
            List.of()),
    /** An answer to a SYN that acknowledges something else. */
    SYN_SENT_BAD_ACK(
            Origin.answer("a connecting socket; the ACK acknowledges a sequence number that was never sent"),
            "the answer to a SYN acknowledges a sequence number that was never sent",
            List.of(
                    "the peer still has an old connection with the same ports, or a middlebox answers in its place; the RST"
                            + " removes the old connection and the next SYN succeeds",
                    "if NAT reuses ports too early, raise its time-outs"),
            List.of()),
    /** A handshake's last ACK that acknowledges something else. */
    SYN_RECV_BAD_ACK(
            Origin.answer("a half-open connection; the acknowledgment number is wrong"),
            "the last ACK of a handshake has a wrong acknowledgment number",
            List.of("compare both sides with tcpdump -S: the reason is a middlebox that changes sequence numbers in one"
                    + " direction only, SYN cookies after a clock jump, or a scan"),
            List.of()),
    /** Data for a socket that nobody reads any more. */
    DATA_AFTER_CLOSE(
            Origin.answer("the application no longer reads").after("close(), or shutdown() of reading"),
            "data arrived after the application closed the socket or shut down reading",
            List.of(
                    "make the application read to the end of the stream before it closes, or shut down writing only",
                    "define in the protocol which side closes first"),
            List.of()),
    /** A negative TCP_LINGER2. */
    LINGER2(
            Origin.any("TCP_LINGER2 is negative: no FIN_WAIT2").after("close() with TCP_LINGER2 below 0"),
            "TCP_LINGER2 is negative, so the kernel resets the connection instead of entering FIN_WAIT2",
            List.of(
                    "do not set TCP_LINGER2 if peers need an orderly close; a shorter net.ipv4.tcp_fin_timeout also frees"
                            + " sockets sooner"),
            List.of()),
    /** A packet that the socket's state does not allow, where the capture does not tell which of the rules it was. */
    REFUSED_BY_STATE(
            Origin.answer("the socket's state does not allow the packet"),
            "the socket's state does not allow the packet",
            List.of("capture with backline generate: it prints the socket's state, which distinguishes the candidates"),
            List.of("backline generate --tool systemtap (or bpftrace): its events show state, shutdown, linger2 and the"
                    + " sequence numbers")),
    /** A full accept queue, with net.ipv4.tcp_abort_on_overflow. */
    ACCEPT_QUEUE_OVERFLOW(
            Origin.answer("accept queue full and tcp_abort_on_overflow is 1"),
            "the accept queue is full and net.ipv4.tcp_abort_on_overflow is 1",
            List.of(
                    "make the application accept faster, or raise its listen backlog and net.core.somaxconn; each waiting"
                            + " connection costs memory",
                    "sysctl -w net.ipv4.tcp_abort_on_overflow=0: clients retry instead of failing at once; they wait longer"
                            + " if the queue stays full"),
            List.of("nstat -az TcpExtListenOverflows; ss -ltn shows queue length and limit (Recv-Q, Send-Q)")),
    /** A SYN that does not fit a handshake under way. */
    EMBRYONIC_RESET(
            Origin.answer("a half-open connection; the SYN does not match it"),
            "a bad SYN arrived for a half-open connection",
            List.of("the peer reused the same ports at once, or scans this host: nothing to fix on this host"),
            List.of()),
    /** A close() with data still unread. */
    CLOSE_UNREAD_DATA(
            Origin.act("close() with data unread"),
            "the application closed the connection, or died, before it read all received data",
            List.of(
                    "make the application read to the end of the stream before close(); a server that answers with an error"
                            + " early should shut down writing, drain, then close",
                    "if the stack shows do_exit, the process ended: find out why (its log, dmesg for the OOM killer)"),
            List.of("strace -f -e trace=network,close -p PID, or the application's log at that time")),
    /** A close() with SO_LINGER {on, 0}. */
    LINGER_ZERO(
            Origin.act("close() with SO_LINGER 0"),
            "the application closed the socket with SO_LINGER {on, 0}, which aborts the connection",
            List.of(
                    "do not set SO_LINGER unless the abort is intended (some load balancers and test tools set it to save"
                            + " TIME_WAIT sockets); data in flight is lost"),
            List.of()),
    /** A connection that the application broke off. */
    DISCONNECT(
            Origin.act("connect(AF_UNSPEC), or a connect that failed"),
            "the application aborted the connection: connect(AF_UNSPEC), or a connect that failed",
            List.of("trace the program's system calls: strace -e trace=network -p PID"),
            List.of()),
    /** A listening socket that was closed with connections in its queue. */
    LISTENER_CLOSED(
            Origin.act("close() of the listening socket while connections wait"),
            "a listening socket was closed while connections waited in its accept queue",
            List.of(
                    "drain before you stop: close the listener only after the load balancer stops sending connections, or"
                            + " hand the socket over to the next process (systemd socket activation, SO_REUSEPORT with care)"),
            List.of()),
    /** A peer that stopped answering. */
    KEEPALIVE_TIMEOUT(
            Origin.end("unanswered keepalives or data"),
            "the peer did not answer keepalives, or TCP_USER_TIMEOUT expired",
            List.of(
                    "the peer or the path is down: look there",
                    "raise net.ipv4.tcp_keepalive_time, net.ipv4.tcp_keepalive_intvl, net.ipv4.tcp_keepalive_probes or"
                            + " TCP_USER_TIMEOUT; dead peers are then noticed later"),
            List.of()),
    /** A peer that did not close its side in time. */
    FIN_WAIT2_TIMEOUT(
            Origin.end("FIN_WAIT2: the peer does not close in time").after("close()"),
            "the peer did not close its side in time after the application closed this side",
            List.of("make the peer close; or raise net.ipv4.tcp_fin_timeout, which keeps more orphaned sockets"),
            List.of()),
    /** A limit of orphaned sockets, or of TCP's memory. */
    ORPHAN_LIMIT(
            Origin.end("too many orphaned sockets, or no memory for TCP"),
            "too many orphaned sockets, or TCP is out of memory",
            List.of(
                    "raise net.ipv4.tcp_max_orphans or net.ipv4.tcp_mem; an orphan costs up to 64 KiB of kernel memory",
                    "find who closes connections with unsent data: ss -tan state fin-wait-1 | wc -l"),
            List.of("dmesg for 'too many orphaned sockets' or 'out of memory'; nstat -az TcpExtTCPAbortOnMemory")),
    /** A socket that another program destroyed. */
    SOCKET_DESTROYED(
            Origin.act("destroys the socket"),
            "a program destroyed the socket: ss -K, SOCK_DESTROY, bpf_sock_destroy",
            List.of("comm names the program; Android and some network managers do this when an address goes away"),
            List.of()),
    /** A rule of multipath TCP. */
    MPTCP(
            Origin.any("Multipath TCP refuses the packet"),
            "Multipath TCP reset the connection or a subflow",
            List.of("find the rule that applied: nstat -az | grep MPTcp; sysctl net.mptcp"),
            List.of()),
    /** A rule of the packet filter. */
    NETFILTER_REJECT(
            Origin.rule("a rule rejects the packet"),
            "a firewall rule rejected the packet with a RST",
            List.of(
                    "find the rule: iptables-save -c | grep tcp-reset, nft list ruleset | grep 'reject with tcp reset'"),
            List.of()),
    /** No RST after all: the function returned without sending one. */
    NOT_SENT(
            Origin.any("no RST is sent"),
            "no RST was sent: the received packet was itself a RST, or was not for this host",
            List.of(),
            List.of()),
    /** Something that the capture does not show. */
    UNKNOWN(
            Origin.any(null),
            "the capture does not show the cause",
            List.of(),
            List.of("capture with backline generate on the host that sent the RST, and pass its vmlinux to backline"
                    + " report"));

    @SuppressWarnings("ImmutableEnumChecker") // a record of strings and an enumeration
    private final Origin origin;

    private final String id;
    private final String title;
    /** One per line: an enum constant must not hold a list, which others could change. */
    private final String remedies;

    private final String settling;

    Cause(Origin origin, String title, List<String> remedies, List<String> settling) {
        this.origin = origin;
        id = name().toLowerCase(Locale.ROOT).replace('_', '-');
        this.title = title;
        this.remedies = String.join("\n", remedies);
        this.settling = String.join("\n", settling);
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

    /** {@return remedies, each with its price} */
    public List<String> remedies() {
        return lines(remedies);
    }

    /** {@return commands that confirm or exclude the cause} */
    public List<String> settling() {
        return lines(settling);
    }

    private static List<String> lines(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split("\n"));
    }
}
