package dev.backline.probe;

import static dev.backline.probe.ProbePoint.Direction.ACTIVE;
import static dev.backline.probe.ProbePoint.Direction.NETFILTER;
import static dev.backline.probe.ProbePoint.Direction.PASSIVE;
import static dev.backline.probe.ProbePoint.Direction.RECEIVED;
import static dev.backline.probe.ProbePoint.Family.ANY;
import static dev.backline.probe.ProbePoint.Family.IPV4;
import static dev.backline.probe.ProbePoint.Family.IPV6;
import static dev.backline.probe.ProbePoint.Use.ALWAYS;
import static dev.backline.probe.ProbePoint.Use.DETAIL;
import static dev.backline.probe.ProbePoint.Use.INSTEAD;

import dev.backline.probe.KernelTypes.StructureMember;
import dev.backline.probe.ProbePoint.Direction;
import dev.backline.probe.ProbePoint.Family;
import dev.backline.probe.ProbePoint.Kind;
import dev.backline.probe.ProbePoint.Use;
import java.util.ArrayList;
import java.util.List;

/** The functions and types of RSTs in kernels since 3.10. {@link KernelProbes} finds out which of them a build has. */
public final class ProbeCatalogue {
    private static final String PACKET = "the packet's addresses, flags, seq, ack, window; conntrack entry; device";
    private static final String SOCKET = "the socket's addresses, state, shutdown, snd_una, snd_nxt, rcv_nxt, linger2";
    private static final String BOTH = "the packet, and the socket's state where there is one; the reason";

    private static final List<ProbePoint> POINTS = make();

    private ProbeCatalogue() {}

    /** {@return the functions and tracepoints, first those that a script always probes} */
    public static List<ProbePoint> points() {
        return POINTS;
    }

    private static List<ProbePoint> make() {
        List<ProbePoint> all = new ArrayList<>();
        all.add(function("tcp_v4_send_reset", PASSIVE, ALWAYS, IPV4)
                .in("net/ipv4/tcp_ipv4.c", "tcp_v4_rcv")
                .says(
                        "An IPv4 packet is answered with a RST, unless it is one itself or its route is not local.",
                        BOTH));
        all.add(function("tcp_v6_send_reset", PASSIVE, ALWAYS, IPV6)
                .in("net/ipv6/tcp_ipv6.c", "tcp_v6_rcv", "tcp_v6_do_rcv")
                .modules("ipv6")
                .says(
                        "An IPv6 packet is answered with a RST, unless it is one itself or was not sent to one host.",
                        BOTH));
        all.add(function("tcp_send_active_reset", ACTIVE, ALWAYS, ANY)
                .in("net/ipv4/tcp_output.c", "tcp_write_xmit", "tcp_connect")
                .says("This end breaks a connection off: close, linger, timeout, memory, ss -K.", SOCKET));
        all.add(function("nf_send_reset", NETFILTER, ALWAYS, IPV4)
                .in("net/ipv4/netfilter/nf_reject_ipv4.c")
                .modules("nf_reject_ipv4", "ipt_REJECT", "nft_reject_ipv4")
                .says("A rule of the packet filter rejects with a RST; TCP never sees the packet.", PACKET));
        all.add(function("nf_send_reset6", NETFILTER, ALWAYS, IPV6)
                .in("net/ipv6/netfilter/nf_reject_ipv6.c")
                .modules("nf_reject_ipv6", "ip6t_REJECT", "nft_reject_ipv6")
                .says("The same for IPv6.", PACKET));
        all.add(function("nf_reject_skb_v4_tcp_reset", NETFILTER, ALWAYS, IPV4)
                .in("net/ipv4/netfilter/nf_reject_ipv4.c")
                .modules("nf_reject_ipv4")
                .says("A rule of a bridge or of an ingress hook makes a RST.", PACKET));
        all.add(function("nf_reject_skb_v6_tcp_reset", NETFILTER, ALWAYS, IPV6)
                .in("net/ipv6/netfilter/nf_reject_ipv6.c")
                .modules("nf_reject_ipv6")
                .says("The same for IPv6.", PACKET));
        all.add(function("nft_reject_br_send_v4_tcp_reset", NETFILTER, INSTEAD, IPV4)
                .insteadOf("nf_reject_skb_v4_tcp_reset")
                .in("net/bridge/netfilter/nft_reject_bridge.c", "nft_reject_bridge_eval")
                .modules("nft_reject_bridge")
                .says("A rule of a bridge sends a RST (kernels without nf_reject_skb_v4_tcp_reset).", PACKET));
        all.add(function("nft_reject_br_send_v6_tcp_reset", NETFILTER, INSTEAD, IPV6)
                .insteadOf("nf_reject_skb_v6_tcp_reset")
                .in("net/bridge/netfilter/nft_reject_bridge.c", "nft_reject_bridge_eval")
                .modules("nft_reject_bridge")
                .says("The same for IPv6.", PACKET));
        all.add(function("send_reset", NETFILTER, INSTEAD, ANY)
                .insteadOf("nf_send_reset", "nf_send_reset6")
                .in("net/ipv4/netfilter/ipt_REJECT.c, net/ipv6/netfilter/ip6t_REJECT.c", "reject_tg", "reject_tg6")
                .modules("ipt_REJECT", "ip6t_REJECT")
                .says("A rule of the packet filter rejects with a RST (kernels without nf_send_reset).", PACKET));
        all.add(function("tcp_reset", RECEIVED, ALWAYS, ANY)
                .in("net/ipv4/tcp_input.c", "tcp_rcv_state_process", "tcp_rcv_established")
                .says("A RST that came in ends the connection: the other end, or somebody between, sent it.", SOCKET));
        all.add(tracepoint("tcp:tcp_send_reset", PASSIVE, INSTEAD)
                .insteadOf("tcp_v4_send_reset", "tcp_v6_send_reset", "tcp_send_active_reset")
                .says(
                        "A RST is sent. Older kernels leave out those without a socket and of time-wait sockets, and"
                                + " active ones; newer ones tell the reason.",
                        "addresses, state, reason"));
        all.add(tracepoint("tcp:tcp_receive_reset", RECEIVED, INSTEAD)
                .insteadOf("tcp_reset")
                .says("A RST came in for a connection.", "addresses, socket cookie"));
        all.add(tracepoint("skb:kfree_skb", PASSIVE, DETAIL)
                .says(
                        "A packet was dropped, and why: tells of those that no RST answered.",
                        "the packet, where it was dropped, the drop reason"));
        all.add(function("tcp_check_req", PASSIVE, DETAIL, ANY)
                .in("net/ipv4/tcp_minisocks.c")
                .says("A packet for a half-open connection; it may end in a RST (full accept queue, bad SYN).", BOTH));
        all.add(function("tcp_done_with_error", RECEIVED, DETAIL, ANY)
                .in("net/ipv4/tcp_input.c")
                .says("A connection ends with an error: a RST that came in, an ICMP error, ss -K.", SOCKET));
        all.add(function("mptcp_subflow_reset", ACTIVE, DETAIL, ANY)
                .in("net/mptcp/subflow.c")
                .says("Multipath TCP gives a subflow up; tcp_send_active_reset follows.", SOCKET));
        all.add(function("mptcp_do_fastclose", ACTIVE, DETAIL, ANY)
                .in("net/mptcp/protocol.c", "mptcp_close", "mptcp_recvmsg", "mptcp_sendmsg")
                .says("Multipath TCP breaks all subflows off; tcp_send_active_reset follows.", SOCKET));
        all.add(function("subflow_syn_recv_sock", PASSIVE, DETAIL, ANY)
                .in("net/mptcp/subflow.c", "mptcp_subflow_reset", "mptcp_subflow_create_socket")
                .says("Multipath TCP takes or refuses a subflow; a refusal is a passive RST.", BOTH));
        all.add(function("subflow_v4_route_req", PASSIVE, DETAIL, IPV4)
                .in("net/mptcp/subflow.c", "mptcp_subflow_reset", "mptcp_subflow_create_socket")
                .says("Multipath TCP may refuse a SYN with a passive RST.", BOTH));
        all.add(function("subflow_v6_route_req", PASSIVE, DETAIL, IPV6)
                .in("net/mptcp/subflow.c", "mptcp_subflow_reset", "mptcp_subflow_create_socket")
                .says("The same for IPv6.", BOTH));
        all.add(reject("reject_tg", IPV4, "net/ipv4/netfilter/ipt_REJECT.c", "ipt_REJECT"));
        all.add(reject("reject_tg6", IPV6, "net/ipv6/netfilter/ip6t_REJECT.c", "ip6t_REJECT"));
        all.add(reject("nft_reject_ipv4_eval", IPV4, "net/ipv4/netfilter/nft_reject_ipv4.c", "nft_reject_ipv4"));
        all.add(reject("nft_reject_ipv6_eval", IPV6, "net/ipv6/netfilter/nft_reject_ipv6.c", "nft_reject_ipv6"));
        all.add(reject("nft_reject_inet_eval", ANY, "net/netfilter/nft_reject_inet.c", "nft_reject_inet"));
        all.add(reject("nft_reject_netdev_eval", ANY, "net/netfilter/nft_reject_netdev.c", "nft_reject_netdev"));
        all.add(reject("nft_reject_bridge_eval", ANY, "net/bridge/netfilter/nft_reject_bridge.c", "nft_reject_bridge"));
        return List.copyOf(all);
    }

    /**
     * {@return the row of that name}
     *
     * @throws IllegalArgumentException when there is none
     */
    static ProbePoint point(String name) {
        for (ProbePoint point : points()) {
            if (point.name().equals(name)) {
                return point;
            }
        }
        throw new IllegalArgumentException("the catalogue has no " + name);
    }

    private static ProbePoint reject(String name, Family family, String source, String module) {
        return function(name, NETFILTER, DETAIL, family)
                .in(source)
                .modules(module)
                .says("A reject rule is applied; with a RST or with an ICMP error, its configuration says.", PACKET);
    }

    /** {@return the structure members that a script may read; {@link KernelTypes} has those of a build} */
    static List<StructureMember> members() {
        return List.of(
                member("sock_common", "skc_state", "the socket's TCP state"),
                member("sock_common", "skc_family", "AF_INET (2) or AF_INET6 (10)"),
                member("sock_common", "skc_net", "the network namespace"),
                member("sock_common", "skc_rcv_saddr", "the local IPv4 address"),
                member("sock_common", "skc_daddr", "the remote IPv4 address"),
                member("sock_common", "skc_num", "the local port"),
                member("sock_common", "skc_dport", "the remote port, in network byte order"),
                member("sock_common", "skc_v6_rcv_saddr", "the local IPv6 address"),
                member("sock_common", "skc_v6_daddr", "the remote IPv6 address"),
                member("sock_common", "skc_bound_dev_if", "the device that the socket is bound to"),
                member("sock", "sk_shutdown", "what was shut down: 1 receiving, 2 sending, 3 both"),
                member("sock", "sk_err", "the pending error"),
                member("sock", "sk_socket", "the file side; null once the application has closed it"),
                member("sock", "sk_uid", "the user who created the socket"),
                member("sock", "sk_cgrp_data.cgroup", "the cgroup of the socket (5.15 and later)"),
                member("tcp_sock", "snd_una", "the first number that was sent and not acknowledged"),
                member("tcp_sock", "snd_nxt", "the next number to be sent"),
                member("tcp_sock", "rcv_nxt", "the next number that is expected"),
                member("tcp_sock", "linger2", "below 0: no FIN_WAIT2 is wanted"),
                member("tcp_sock", "keepalive_probes", "how many keepalive probes may go unanswered"),
                member("inet_connection_sock", "icsk_user_timeout", "TCP_USER_TIMEOUT, in milliseconds"),
                member("sk_buff", "_nfct", "the conntrack entry and, in the low bits, enum ip_conntrack_info"),
                member("sk_buff", "nfct", "the conntrack entry (kernels before 4.11)"),
                member("sk_buff", "nfctinfo", "enum ip_conntrack_info (kernels before 4.11)"),
                member("sk_buff", "sk", "the socket that the packet belongs to"),
                member("sk_buff", "dev", "the device that it came in by"),
                member("sk_buff", "skb_iif", "the index of that device"),
                member("sk_buff", "head", "where the packet's memory begins"),
                member("sk_buff", "data", "where what is left of the packet begins"),
                member("sk_buff", "len", "how many bytes are left of it"),
                member("sk_buff", "network_header", "the IP header, from head on"),
                member("sk_buff", "transport_header", "the TCP header, from head on"),
                member("sk_buff", "mark", "the packet's mark"),
                member("net_device", "name", "the device's name"),
                member("net_device", "ifindex", "the device's index"),
                member("net_device", "nd_net", "the device's network namespace"),
                member("net", "ns.inum", "the network namespace's number, as in /proc/PID/ns/net"),
                member("net", "proc_inum", "the same (kernels before 3.19)"),
                member("module", "list", "where the kernel's list of modules links to the next"),
                member("module", "mem", "where a module was loaded to, by kind of memory (6.4 and later)"),
                member("module", "core_layout", "where a module was loaded to (before 6.4)"),
                member("sock_common", "skc_listener", "the listening socket of a half-open connection"),
                member("nf_conn", "status", "the conntrack entry's IPS_* bits"),
                member("nf_conn", "proto.tcp.state", "the state that conntrack has the connection in"));
    }

    private static StructureMember member(String structure, String path, String shows) {
        return new StructureMember(structure, path, shows, null);
    }

    private static Line function(String name, Direction direction, Use use, Family family) {
        return new Line(name, Kind.FUNCTION, direction, use, family);
    }

    private static Line tracepoint(String name, Direction direction, Use use) {
        return new Line(name, Kind.TRACEPOINT, direction, use, ANY);
    }

    /** Builds one row of the table. */
    private static final class Line {
        private final String name;
        private final Kind kind;
        private final Direction direction;
        private final Use use;
        private final Family family;
        private String source = "";
        private List<String> near = List.of();
        private List<String> insteadOf = List.of();
        private List<String> modules = List.of();

        Line(String name, Kind kind, Direction direction, Use use, Family family) {
            this.name = name;
            this.kind = kind;
            this.direction = direction;
            this.use = use;
            this.family = family;
        }

        Line in(String file, String... functions) {
            source = file;
            near = List.of(functions);
            return this;
        }

        Line modules(String... names) {
            modules = List.of(names);
            return this;
        }

        Line insteadOf(String... names) {
            insteadOf = List.of(names);
            return this;
        }

        ProbePoint says(String meaning, String prints) {
            return new ProbePoint(
                    name, kind, direction, use, family, meaning, prints, modules, source, insteadOf, near);
        }
    }
}
