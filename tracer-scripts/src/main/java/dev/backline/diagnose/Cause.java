package dev.backline.diagnose;

import java.util.List;
import java.util.Locale;

/** What makes a kernel send a RST, or a probe say that it might. The names are stable. */
public enum Cause {
    /** A SYN for a port without a listener. */
    CLOSED_PORT(
            "a connection was asked for where nobody listens",
            List.of(
                    "start the service, or have it listen on this address and port (ss -ltn shows who listens where)",
                    "where the client should not know that the port is closed, drop instead of refusing: clients then wait"
                            + " for their own time-out"),
            List.of("ss -ltn 'sport = :PORT' on this host, in the network namespace that the event names")),
    /** A packet of a translated connection that conntrack took for INVALID, so that NAT left it to this host. */
    CONNTRACK_INVALID(
            "conntrack called the packet INVALID, so NAT did not translate it back, and no socket on this host is its own",
            List.of(
                    "sysctl -w net.netfilter.nf_conntrack_tcp_be_liberal=1: out-of-window packets keep their connection;"
                            + " conntrack then does not protect hosts behind it from packets outside of the window",
                    "iptables -I INPUT -m conntrack --ctstate INVALID -j DROP: the host stops answering, the peer sends"
                            + " again; breaks connections that conntrack sees in one direction only (asymmetric routes,"
                            + " direct server return)",
                    "find out why packets fall outside of the window: a middlebox that rewrites sequence numbers, packets"
                            + " that take another path, a peer that acknowledges late"),
            List.of(
                    "sysctl -w net.netfilter.nf_conntrack_log_invalid=6: the kernel log then has a line nf_ct_proto_6 for"
                            + " each INVALID packet; give it to backline report --kernel-log",
                    "iptables -I INPUT -p tcp -m conntrack --ctstate INVALID -m limit --limit 10/sec -j LOG"
                            + " --log-prefix 'invalid: ' does the same by a rule")),
    /** A packet that is no SYN, for a connection without a socket. */
    NO_SOCKET(
            "a packet came for a connection that this host has no socket for: most often a stale flow",
            List.of(
                    "if the connection passes NAT on this host, settle first whether conntrack calls its packets INVALID: that"
                            + " has a cure",
                    "if the application closed or the host restarted, the RST is right: it tells the peer that the"
                            + " connection is gone; keepalives or shorter idle time-outs on the peer make it notice earlier",
                    "if the flow belongs to another host (a moved address, ECMP, a load balancer that forgot), fix the path"),
            CONNTRACK_INVALID.settling()),
    /** A packet that a time-wait socket answers with a RST. */
    TIME_WAIT(
            "new data came after the application had closed the connection, of which only a time-wait socket is left",
            List.of(
                    "have the application read until the end of the stream before it closes, or the peer stop sending when"
                            + " it has read the end",
                    "where it is a SYN, the client uses its port again too early: more source ports, or keep connections"
                            + " open"),
            List.of("capture with backline generate: its output then has sk=timewait")),
    /** An ACK for a listening socket. */
    LISTEN_BAD_ACK(
            "an ACK came to a listening socket, which can have no connection that it belongs to",
            List.of(
                    "a peer goes on with a connection that this host has forgotten (a restart, a failed handshake): nothing"
                            + " to cure here",
                    "behind a load balancer or SYN proxy: check that it completes the handshake with the same host"),
            List.of()),
    /** An answer to a SYN that acknowledges something else. */
    SYN_SENT_BAD_ACK(
            "while connecting, an answer came that acknowledges what was never sent",
            List.of(
                    "an old connection with the same ports is still alive at the peer, or a middlebox answers in its place;"
                            + " the RST cleans that up and the next SYN succeeds",
                    "NAT that reuses ports too early: raise its time-outs"),
            List.of()),
    /** A handshake's last ACK that acknowledges something else. */
    SYN_RECV_BAD_ACK(
            "the last ACK of a handshake has a wrong number",
            List.of(
                    "a middlebox that changes sequence numbers in one direction only, SYN cookies with a clock that jumped,"
                            + " or a scan: compare both sides with tcpdump -S"),
            List.of()),
    /** Data for a socket that nobody reads any more. */
    DATA_AFTER_CLOSE(
            "data came after the application had closed the socket or shut down reading",
            List.of(
                    "have the application read until the end of the stream before it closes, or shut down only writing",
                    "have the protocol say which side closes first"),
            List.of()),
    /** A negative TCP_LINGER2. */
    LINGER2(
            "TCP_LINGER2 is negative: the application wants no FIN_WAIT2",
            List.of(
                    "leave TCP_LINGER2 alone if peers need the orderly end; a shorter net.ipv4.tcp_fin_timeout also frees"
                            + " sockets sooner")),
    /** A packet that the socket's state does not allow, where the capture does not tell which of the rules it was. */
    REFUSED_BY_STATE(
            "the socket's state did not allow the packet",
            List.of("capture with backline generate: it prints the socket's state, which tells the candidates apart"),
            List.of("backline generate --tool systemtap (or bpftrace): its events have state, shutdown, linger2 and the"
                    + " sequence numbers")),
    /** A full accept queue, with net.ipv4.tcp_abort_on_overflow. */
    ACCEPT_QUEUE_OVERFLOW(
            "the accept queue is full and net.ipv4.tcp_abort_on_overflow is 1",
            List.of(
                    "have the application accept faster, or raise its listen backlog and net.core.somaxconn; costs memory"
                            + " for each waiting connection",
                    "sysctl -w net.ipv4.tcp_abort_on_overflow=0: clients retry instead of failing at once; they then wait"
                            + " longer when the queue stays full"),
            List.of("nstat -az TcpExtListenOverflows; ss -ltn shows queue and limit (Recv-Q, Send-Q)")),
    /** A SYN that does not fit a handshake under way. */
    EMBRYONIC_RESET(
            "a bad SYN came for a connection that was still being set up",
            List.of("a peer that uses the same ports again at once, or a scan: nothing to cure here")),
    /** A close() with data still unread. */
    CLOSE_UNREAD_DATA(
            "the application closed the connection, or died, without having read all that had come",
            List.of(
                    "have the application read until the end of the stream before close(); a server that answers an error"
                            + " early should shut down writing, drain, then close",
                    "if the stack shows do_exit, the process ended: look for why (its log, dmesg for the OOM killer)"),
            List.of("strace -f -e trace=network,close -p PID, or the application's log at that time")),
    /** A close() with SO_LINGER {on, 0}. */
    LINGER_ZERO(
            "the application closed with SO_LINGER {on, 0}: abort instead of an orderly end",
            List.of("leave SO_LINGER alone unless the abort is wanted (some load balancers and test tools do it to save"
                    + " TIME_WAIT sockets); data on the way is lost")),
    /** A connection that the application broke off. */
    DISCONNECT(
            "the application broke the connection off: connect(AF_UNSPEC), or a connect that failed",
            List.of("look at the program's calls at that time (strace -e trace=network)")),
    /** A listening socket that was closed with connections in its queue. */
    LISTENER_CLOSED(
            "a listening socket was closed with connections waiting to be accepted",
            List.of(
                    "drain before stopping: close the listener only when the load balancer sends no more, or hand the socket"
                            + " over to the next process (systemd socket activation, SO_REUSEPORT with care)")),
    /** A peer that stopped answering. */
    KEEPALIVE_TIMEOUT(
            "the peer did not answer keepalives, or TCP_USER_TIMEOUT ran out",
            List.of(
                    "the peer or the path is gone: look there",
                    "longer net.ipv4.tcp_keepalive_time, net.ipv4.tcp_keepalive_intvl, net.ipv4.tcp_keepalive_probes or"
                            + " TCP_USER_TIMEOUT; dead peers are then noticed later"),
            List.of()),
    /** A peer that did not close its side in time. */
    FIN_WAIT2_TIMEOUT(
            "the peer did not close its side after the application had closed ours",
            List.of("have the peer close; or raise net.ipv4.tcp_fin_timeout, at the cost of orphaned sockets")),
    /** A limit of orphaned sockets, or of TCP's memory. */
    ORPHAN_LIMIT(
            "too many orphaned sockets, or TCP is out of memory",
            List.of(
                    "raise net.ipv4.tcp_max_orphans or net.ipv4.tcp_mem; an orphan costs up to 64 KiB of kernel memory",
                    "find who closes connections with data still to be sent: ss -tan state fin-wait-1 | wc -l"),
            List.of("dmesg for 'too many orphaned sockets' or 'out of memory'; nstat -az TcpExtTCPAbortOnMemory")),
    /** A socket that another program destroyed. */
    SOCKET_DESTROYED(
            "somebody destroyed the socket: ss -K, SOCK_DESTROY, bpf_sock_destroy",
            List.of(
                    "comm names the program that did; Android and some network managers do it when an address goes away")),
    /** A rule of multipath TCP. */
    MPTCP("a rule of multipath TCP", List.of("nstat -az | grep MPTcp; sysctl net.mptcp")),
    /** A rule of the packet filter. */
    NETFILTER_REJECT(
            "a firewall rule rejects with a RST",
            List.of(
                    "find the rule: iptables-save -c | grep tcp-reset, nft list ruleset | grep 'reject with tcp reset'")),
    /** No RST after all: the function returned without sending one. */
    NOT_SENT("no RST was sent: the packet that came was one itself, or was not for this host", List.of()),
    /** Something that the capture does not show. */
    UNKNOWN(
            "what was captured does not tell",
            List.of(),
            List.of(
                    "capture with backline generate on the host that sent the RST, and give its vmlinux to backline report"));

    private final String id;
    private final String title;
    /** A line each: what an enum holds must not be a list that others could change. */
    private final String remedies;

    private final String settling;

    Cause(String title, List<String> remedies) {
        this(title, remedies, List.of());
    }

    Cause(String title, List<String> remedies, List<String> settling) {
        id = name().toLowerCase(Locale.ROOT).replace('_', '-');
        this.title = title;
        this.remedies = String.join("\n", remedies);
        this.settling = String.join("\n", settling);
    }

    /** {@return the name in JSON output and in the documentation, such as {@code conntrack-invalid}} */
    public String id() {
        return id;
    }

    /** {@return what happened, as a clause} */
    public String title() {
        return title;
    }

    /** {@return what helps, each with its price} */
    public List<String> remedies() {
        return lines(remedies);
    }

    /** {@return commands that would tell whether it is this one} */
    public List<String> settling() {
        return lines(settling);
    }

    private static List<String> lines(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split("\n"));
    }
}
