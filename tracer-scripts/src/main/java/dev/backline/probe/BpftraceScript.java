package dev.backline.probe;

import dev.backline.dwarf.types.Enumeration;
import dev.backline.dwarf.types.Member;
import dev.backline.probe.ProbePoint.Direction;
import dev.backline.probe.ProbePoint.Family;
import dev.backline.probe.ProbePoint.Use;
import dev.backline.probe.ProbeTarget.Presence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the bpftrace script, for bpftrace 0.17 and later. bpftrace has neither functions nor a test for what a kernel has: each
 * probe is written out, and a script for any kernel uses only what kernels with BTF have had since 5.11.
 */
final class BpftraceScript {
    private static final Template SCRIPT = Template.load("rst.bt.template");
    private static final Template HEADER = Template.load("header.bt.template");
    /** Set to warn, newer versions run although the module of a probe is not loaded; older versions ignore the setting. */
    static final String MISSING_PROBES = "BPFTRACE_MISSING_PROBES";

    private static final int REASONS_A_LINE = 6;
    /** Counters are summed up to this CPU; a bound, because a loop without one is refused. */
    private static final int MAX_CPUS = 2048;

    private static final int MAX_OPTIONS = 20;
    /** No address is as small; the number of a hook is smaller. */
    private static final int LEAST_ADDRESS = 255;

    private static final String RETURN = " {\n    return;\n  }\n";
    private static final int PAGES_A_MEGABYTE = 256;

    private final ScriptOptions options;
    private final @Nullable KernelProbes kernel;
    private final Map<String, String> values = new HashMap<>();

    private BpftraceScript(ScriptOptions options, @Nullable KernelProbes kernel) {
        this.options = options;
        this.kernel = kernel;
    }

    /**
     * @param kernel the kernel to write for, or null for any
     * @param fileName the name of the script, for the command line in its comment
     */
    static String of(ScriptOptions options, @Nullable KernelProbes kernel, String fileName) {
        return new BpftraceScript(options, kernel).script(fileName);
    }

    private String script(String fileName) {
        String release = kernel == null ? null : ScriptText.plainOr(kernel.release(), "unknown");
        put("written_for", release == null ? "any kernel from 5.11 on, with BTF" : "the kernel " + release);
        put("written_for_word", release == null ? "any" : release);
        put("and_received", options.received() ? " or that ends one of its connections" : "");
        put(
                "environment",
                MISSING_PROBES + "=warn "
                        + (options.buffer() == 0 ? "" : "BPFTRACE_PERF_RB_PAGES=" + pages(options.buffer()) + " "));
        put("script", fileName);
        put("gaps", String.join("\n// Not shown: ", ProbeScript.gaps(ScriptTool.BPFTRACE, options, kernel)));
        put("filtered", options.isFiltered() ? "yes" : "");
        put("filter", options.filterWords());
        put("filter_words", options.filterWords().replace("%", "%%"));
        put("duration", options.duration() == 0 ? "" : Integer.toString(options.duration()));
        put("limit", options.limit() == 0 ? "" : Integer.toString(options.limit()));
        put("cpus", Integer.toString(MAX_CPUS));
        put("build_id", kernel != null && kernel.variables().containsKey("vmlinux_build_id") ? "yes" : "");
        put("reasons", reasons());
        put("header", HEADER.render(values).stripTrailing());
        modules();
        put("half_open", options.halfOpen() ? symbol(kernel, "tcp_check_req") : "");
        put("netfilter", "");
        put("probes", probes().stripTrailing());
        return SCRIPT.render(values);
    }

    /** {@return the buffer size in pages, rounded up to a power of two as bpftrace requires} */
    private static int pages(int megabytes) {
        int pages = megabytes * PAGES_A_MEGABYTE;
        return Integer.bitCount(pages) == 1 ? pages : Integer.highestOneBit(pages) * 2;
    }

    private String reasons() {
        Enumeration reasons = kernel == null ? null : kernel.types().reasons();
        StringBuilder lines = new StringBuilder();
        int count = 0;
        for (Enumeration.Enumerator each :
                reasons == null ? List.<Enumeration.Enumerator>of() : reasons.enumerators()) {
            if (ScriptText.isIdentifier(each.name())) {
                if (count % REASONS_A_LINE == 0) {
                    lines.append(count == 0 ? "" : "\\n\");\n").append("  printf(\"# backline reasons");
                }
                lines.append(' ').append(each.value()).append('=').append(SystemTapScript.reasonName(each));
                count++;
            }
        }
        return lines.append(count == 0 ? "" : "\\n\");").toString();
    }

    private void modules() {
        String memory = "";
        Member list = null;
        if (kernel != null && kernel.variables().containsKey("modules")) {
            KernelTypes types = kernel.types();
            list = types.member("module", "list");
            memory = types.has("module", "mem") ? "mem[0]" : types.has("module", "core_layout") ? "core_layout" : "";
        }
        put("module_memory", list == null ? "" : memory);
        put("module_list", list == null ? "" : Long.toString(list.offset()));
    }

    private String probes() {
        StringBuilder out = new StringBuilder();
        if (options.v4()) {
            out.append(passive("tcp_v4_send_reset", false));
        }
        if (options.v6()) {
            out.append(passive("tcp_v6_send_reset", true));
        }
        out.append(ofSocket("tcp_send_active_reset", true));
        for (ProbePoint point : ProbeCatalogue.points()) {
            boolean v6 = point.family() == Family.IPV6;
            if (point.direction() == Direction.NETFILTER
                    && point.use() != Use.DETAIL
                    && (v6 ? options.v6() : options.v4())) {
                out.append(rejected(point, v6));
            }
        }
        if (options.received()) {
            out.append(ofSocket("tcp_reset", false));
        }
        return out.toString();
    }

    /** A packet that TCP answers with a RST. */
    private String passive(String function, boolean v6) {
        String symbol = symbol(kernel, function);
        if (symbol.isEmpty()) {
            return "";
        }
        StringBuilder out =
                new StringBuilder("\n// TCP answers a packet (arg1) with a RST; arg0 is the packet's socket, or 0.\n");
        out.append("kprobe:")
                .append(symbol)
                .append("\n{\n  $sk = (struct sock *)arg0;\n  $skb = (struct sk_buff *)arg1;\n");
        out.append(headers("$skb->transport_header + (uint64)$skb->head"))
                .append(portFilter("$sport", "$dport"))
                .append(addressFilter(v6, "$ip"));
        out.append("  $state = (uint8)0;\n  $net = $skb->dev->nd_net.net;\n  if (arg0 != 0) {\n");
        out.append("    $state = $sk->__sk_common.skc_state;\n    $net = $sk->__sk_common.skc_net.net;\n  }\n");
        out.append(admission()).append(packetFields(v6)).append(conntrack(v6));
        String route = "($skb->_skb_refdst & 0xfffffffffffffffe)";
        String local = v6
                ? "(((struct rt6_info *)" + route + ")->rt6i_flags & 0x80000000) != 0"
                : "((struct rtable *)" + route + ")->rt_type == 2";
        out.append(signature());
        out.append("  if (arg0 == 0) {\n    $local = ").append(local).append(";\n");
        out.append(
                "    // 0, 1 or ?: for a signed packet without a socket, only the kernel knows whether it has a key.\n");
        out.append("    $sent = ($flags & 4) != 0 || !$local ? 48 : ($auth != 0 ? 63 : 49);\n");
        out.append(tail(
                function,
                none(packet(function, "passive", v6, true), "none", "-"),
                "%d",
                "$ct",
                "%c",
                "(int8)$sent",
                "    "));
        out.append("  } else if ($state == 6) {\n");
        out.append("    $substate = ((struct inet_timewait_sock *)arg0)->tw_substate;\n");
        BpftraceEvent timewait = packet(function, "passive", v6, true)
                .add("sk", "timewait")
                .add("state", "6")
                .add("substate", "%d", "$substate")
                .none("shutdown", "snd_una")
                .add("snd_nxt", "%u", "$sk->__sk_common.skc_tw_snd_nxt")
                .add("rcv_nxt", "%u", "$sk->__sk_common.skc_tw_rcv_nxt")
                .none("unread", "linger2", "uid", "inode", "cgroup", "request");
        out.append("    $sent = ($flags & 4) != 0 ? 48 : ($auth != 0 ? 63 : 49);\n");
        out.append(tail(function, timewait, "%d", "$ct", "%c", "(int8)$sent", "    "));
        out.append("  } else {\n    $tp = (struct tcp_sock *)arg0;\n");
        BpftraceEvent full = full(packet(function, "passive", v6, false));
        if (options.halfOpen()) {
            out.append("    $request = $state == 10 && @half_open_skb[cpu] == (uint64)arg1;\n");
            out.append("    @half_open_skb[cpu] = 0;\n");
            full.add("request", "%d", "$request");
        } else {
            full.none("request");
        }
        out.append(tail(function, full, "-", "", "%d", "($flags & 4) == 0", "    "));
        return out.append("  }\n}\n").toString();
    }

    /** A RST that ends a connection of this host, sent or received; described by the socket. */
    private String ofSocket(String function, boolean active) {
        String symbol = symbol(kernel, function);
        if (symbol.isEmpty()) {
            return "";
        }
        StringBuilder out = new StringBuilder(
                active
                        ? "\n// TCP itself ends a connection.\n"
                        : "\n// This host received a RST for one of its connections.\n");
        out.append("kprobe:")
                .append(symbol)
                .append("\n{\n  $sk = (struct sock *)arg0;\n  $tp = (struct tcp_sock *)arg0;\n");
        out.append("  $lport = bswap(((struct inet_sock *)arg0)->inet_sport);\n");
        out.append("  $rport = bswap($sk->__sk_common.skc_dport);\n").append(portFilter("$lport", "$rport"));
        out.append(
                "  // Treat an IPv6 socket with an IPv4-mapped peer (::ffff:a.b.c.d) as IPv4: its packets are IPv4.\n");
        String peer = "$sk->__sk_common.skc_v6_daddr.in6_u.u6_addr32";
        out.append("  $v6 = $sk->__sk_common.skc_family == 10 && (")
                .append(peer)
                .append("[0] != 0 || ")
                .append(peer)
                .append("[1] != 0 ||\n    bswap(")
                .append(peer)
                .append("[2]) != 0xffff);\n");
        if (options.v4() != options.v6()) {
            out.append("  if (")
                    .append(options.v6() ? "!$v6" : "$v6")
                    .append(")")
                    .append(RETURN);
        }
        out.append(socketAddressFilter());
        out.append("  $net = $sk->__sk_common.skc_net.net;\n").append(admission());
        out.append("  $state = $sk->__sk_common.skc_state;\n");
        if (options.v4() && options.v6()) {
            out.append("  if ($v6) {\n").append(socketEvent(function, active, true, "    "));
            out.append("  } else {\n")
                    .append(socketEvent(function, active, false, "    "))
                    .append("  }\n");
        } else {
            out.append(socketEvent(function, active, options.v6(), "  "));
        }
        return out.append("}\n").toString();
    }

    private String socketEvent(String function, boolean active, boolean v6, String indent) {
        BpftraceEvent event = BpftraceEvent.of(function, active ? "active" : "received")
                .add("netns", "%u", "$net->ns.inum")
                .none("dev", "iif");
        String local = v6
                ? "ntop($sk->__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8)"
                : "ntop(2, $sk->__sk_common.skc_rcv_saddr)";
        String remote =
                v6 ? "ntop($sk->__sk_common.skc_v6_daddr.in6_u.u6_addr8)" : "ntop(2, $sk->__sk_common.skc_daddr)";
        String end = v6 ? "[%s]:%d" : "%s:%d";
        if (active) {
            event.add("src", end, local, "$lport").add("dst", end, remote, "$rport");
            event.none("flags", "seq", "ack", "win", "len", "auth");
        } else {
            event.add("src", end, remote, "$rport").add("dst", end, local, "$lport");
            event.add("flags", "RST")
                    .add("seq", "?")
                    .add("ack", "?")
                    .add("win", "?")
                    .add("len", "?")
                    .add("auth", "?");
        }
        full(event).none("request", "ct");
        ProbeParameter reason =
                active && kernel != null ? kernel.target(function).reason() : null;
        if (reason == null) {
            event.none("reason");
        } else {
            event.add("reason", "%d", "(uint32)arg" + reason.position());
        }
        event.add("sent", active ? "yes" : "-");
        return event.statement(options.depth(), indent);
    }

    /** A packet that a rule rejects: incoming, forwarded or outgoing, so its TCP header is found by its IP header. */
    private String rejected(ProbePoint point, boolean v6) {
        String packet = oldPacket(kernel, point);
        if (packet.isEmpty()) {
            return "";
        }
        StringBuilder out = new StringBuilder("\n// A firewall rule rejects a packet (oldskb) with a RST.\n");
        if (packet.contains("?")) {
            out.append("""
                    // Its position depends on the kernel: (net, oldskb, hook) before 5.11, then (net, sk, oldskb, hook).
                    // The number of a hook is no address.
                    """);
        }
        // A pattern, because a pattern without matches is not an error when the module is not loaded.
        out.append("kprobe:*")
                .append(point.name())
                .append("\n{\n  $skb = (struct sk_buff *)")
                .append(packet)
                .append(";\n");
        out.append(headers(v6 ? "$ip + 40" : "$ip + ((*(uint8 *)$ip & 15) << 2)"))
                .append(portFilter("$sport", "$dport"))
                .append(addressFilter(v6, "$ip"));
        out.append("  $net = $skb->dev->nd_net.net;\n")
                .append(admission())
                .append(packetFields(v6))
                .append(conntrack(v6))
                .append(signature());
        BpftraceEvent event = none(packet(point.name(), "netfilter", v6, true), "none", "-")
                .add("ct", "%d", "$ct")
                .none("reason")
                .add("sent", "%d", "($flags & 4) == 0");
        put("netfilter", "yes");
        return out.append(event.statement(options.depth(), "  ")).append("}\n").toString();
    }

    /** {@return an expression for the packet among the parameters; empty where there is nothing to probe} */
    private static String oldPacket(@Nullable KernelProbes kernel, ProbePoint point) {
        String unknown = switch (point.name()) {
            case "nf_send_reset", "nf_send_reset6" -> "(arg2 > " + LEAST_ADDRESS + " ? arg2 : arg1)";
            case "nf_reject_skb_v4_tcp_reset", "nf_reject_skb_v6_tcp_reset" -> "arg1";
            default -> "";
        };
        if (kernel == null) {
            return unknown;
        }
        ProbeTarget target = kernel.target(point.name());
        for (String better : point.insteadOf()) {
            if (kernel.target(better).isPresent()) {
                return "";
            }
        }
        ProbeParameter packet = target.packet();
        return switch (target.presence()) {
            case PRESENT -> packet == null ? unknown : "arg" + packet.position();
            case SYMBOL_ONLY, UNKNOWN -> unknown;
            case ABSENT, INLINED -> "";
        };
    }

    /**
     * {@return whether the script of this kernel probes a function}
     *
     * @param kernel the kernel to write for, or null for any
     */
    static boolean probes(@Nullable KernelProbes kernel, ProbePoint point) {
        return point.direction() == Direction.NETFILTER
                ? !oldPacket(kernel, point).isEmpty()
                : !symbol(kernel, point.name()).isEmpty();
    }

    private static String headers(String tcp) {
        return "  $ip = (uint64)$skb->head + $skb->network_header;\n  $tcp = " + tcp
                + ";\n  $sport = bswap(*(uint16 *)$tcp);\n  $dport = bswap(*(uint16 *)($tcp + 2));\n";
    }

    private static String packetFields(boolean v6) {
        String total = v6 ? "(int64)bswap(*(uint16 *)($ip + 4)) + 40" : "(int64)bswap(*(uint16 *)($ip + 2))";
        return (v6 ? "  $ip6 = (struct ipv6hdr *)$ip;\n" : "")
                + "  $flags = *(uint8 *)($tcp + 13);\n  $len = " + total
                + " - (int64)($tcp - $ip) - (int64)((*(uint8 *)($tcp + 12) & 240) >> 2);\n";
    }

    private static BpftraceEvent packet(String function, String direction, boolean v6, boolean device) {
        BpftraceEvent event = BpftraceEvent.of(function, direction).add("netns", "%u", "$net->ns.inum");
        if (device) {
            event.add("dev", "%s", "$skb->dev->name");
        } else {
            // Removed from the packet before it reaches a full socket.
            event.none("dev");
        }
        event.add("iif", "%d", "$skb->skb_iif");
        if (v6) {
            event.add("src", "[%s]:%d", "ntop($ip6->saddr.in6_u.u6_addr8)", "$sport");
            event.add("dst", "[%s]:%d", "ntop($ip6->daddr.in6_u.u6_addr8)", "$dport");
        } else {
            event.add("src", "%s:%d", "ntop(2, *(uint32 *)($ip + 12))", "$sport");
            event.add("dst", "%s:%d", "ntop(2, *(uint32 *)($ip + 16))", "$dport");
        }
        return event.add("flags", "0x%x", "$flags")
                .add("seq", "%u", "bswap(*(uint32 *)($tcp + 4))")
                .add("ack", "%u", "bswap(*(uint32 *)($tcp + 8))")
                .add("win", "%d", "bswap(*(uint16 *)($tcp + 14))")
                .add("len", "%d", "$len")
                .add("auth", "%d", "$auth");
    }

    /** Only a bounded number of options: a loop that might not end is refused. */
    private static String signature() {
        return """
                  // Look for the option that signs the packet: kind 19 is MD5, kind 29 is TCP-AO. Options stand between the 20
                  // bytes of the TCP header and the data; each begins with its kind and its length. Kinds 0 and 1 are one byte.
                  $auth = (uint8)0;
                  $option = $tcp + 20;
                  $end = $tcp + (uint64)((*(uint8 *)($tcp + 12) & 240) >> 2);
                  $i = 0;
                  while ($i < %d) {
                    $i++;
                    if ($option >= $end) {
                      break;
                    }
                    $kind = *(uint8 *)$option;
                    if ($kind == 0) {
                      break;
                    }
                    if ($kind == 19 || $kind == 29) {
                      $auth = $kind;
                      break;
                    }
                    $option = $option + ($kind == 1 ? (uint64)1 : (uint64)*(uint8 *)($option + 1));
                  }
                """.formatted(MAX_OPTIONS).indent(2);
    }

    private static BpftraceEvent none(BpftraceEvent event, String kind, String state) {
        return event.add("sk", kind)
                .add("state", state)
                .none("substate", "shutdown", "snd_una", "snd_nxt", "rcv_nxt", "unread", "linger2")
                .none("uid", "inode", "cgroup", "request");
    }

    private BpftraceEvent full(BpftraceEvent event) {
        event.add("sk", "full")
                .add("state", "%d", "$state")
                .none("substate")
                .add("shutdown", "%d", "$sk->sk_shutdown")
                .add("snd_una", "%u", "$tp->snd_una")
                .add("snd_nxt", "%u", "$tp->snd_nxt")
                .add("rcv_nxt", "%u", "$tp->rcv_nxt")
                .add("unread", "%u", "$tp->rcv_nxt - $tp->copied_seq")
                .add("linger2", "%d", "$tp->linger2");
        if (kernel == null || kernel.types().has("sock", "sk_uid")) {
            event.add("uid", "%u", "$sk->sk_uid.val");
        } else {
            event.none("uid");
        }
        event.add("inode", "%u", "((struct inode *)$sk->sk_socket->file->f_inode)->i_ino");
        if (kernel != null && kernel.types().has("sock", "sk_cgrp_data.cgroup")) {
            return event.add("cgroup", "%llu", "((struct kernfs_node *)$sk->sk_cgrp_data.cgroup->kn)->id");
        }
        return event.none("cgroup");
    }

    private String tail(
            String function,
            BpftraceEvent event,
            String ct,
            String ctValue,
            String sent,
            String sentValue,
            String indent) {
        if (ctValue.isEmpty()) {
            event.add("ct", ct);
        } else {
            event.add("ct", ct, ctValue);
        }
        ProbeParameter reason = kernel == null ? null : kernel.target(function).reason();
        if (reason == null) {
            event.none("reason");
        } else {
            event.add("reason", "%d", "(uint32)arg" + reason.position());
        }
        return event.add("sent", sent, sentValue).statement(options.depth(), indent);
    }

    /** A packet without an entry is INVALID where conntrack has hooks: at each of these four places. */
    private static String conntrack(boolean v6) {
        String hooks = v6 ? "$net->nf.hooks_ipv6" : "$net->nf.hooks_ipv4";
        return "  $ct = $skb->_nfct & 7;\n  if ($skb->_nfct == 0) {\n    $ct = 9;\n    if ((uint64)" + hooks
                + "[0] != 0 && (uint64)" + hooks + "[1] != 0 && (uint64)" + hooks + "[3] != 0 &&\n        (uint64)"
                + hooks
                + "[4] != 0) {\n      $ct = 8;\n    }\n  }\n";
    }

    private String portFilter(String one, String other) {
        return unless(ScriptFilters.ports(options, one, other));
    }

    private String addressFilter(boolean v6, String ip) {
        return unless(ScriptFilters.addresses(options, words(v6, ip, v6 ? 8 : 12), words(v6, ip, v6 ? 24 : 16)));
    }

    private static List<String> words(boolean v6, String ip, int offset) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < (v6 ? 4 : 1); i++) {
            words.add("bswap(*(uint32 *)(" + ip + " + " + (offset + 4 * i) + "))");
        }
        return words;
    }

    private String socketAddressFilter() {
        String v4 = ScriptFilters.addresses(
                options, List.of(socketWord("skc_rcv_saddr")), List.of(socketWord("skc_daddr")));
        String v6 = ScriptFilters.addresses(options, socketWords("skc_v6_rcv_saddr"), socketWords("skc_v6_daddr"));
        if (v4.isEmpty() && v6.isEmpty()) {
            return "";
        }
        StringBuilder tests = new StringBuilder();
        if (options.v4() && !v4.equals("0")) {
            tests.append("(!$v6").append(v4.isEmpty() ? "" : " && (" + v4 + ")").append(")");
        }
        if (options.v6() && !v6.equals("0")) {
            tests.append(tests.isEmpty() ? "" : " ||\n        ");
            tests.append("($v6").append(v6.isEmpty() ? "" : " && (" + v6 + ")").append(")");
        }
        return unless(tests.toString());
    }

    private static String socketWord(String member) {
        return "bswap($sk->__sk_common." + member + ")";
    }

    private static List<String> socketWords(String member) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            words.add(socketWord(member + ".in6_u.u6_addr32[" + i + "]"));
        }
        return words;
    }

    /** {@return the statement that ends a probe unless the condition holds; nothing for an empty condition} */
    private static String unless(String condition) {
        if (condition.equals("0")) {
            return "  return;\n";
        }
        return condition.isEmpty() ? "" : "  if (!(" + condition + "))" + RETURN;
    }

    /** The other filters, and the limit of events per second. */
    private String admission() {
        StringBuilder out = new StringBuilder();
        String process = options.process();
        if (process != null) {
            out.append(unless("comm == " + ScriptText.literal(process)));
        }
        if (options.pid() != 0) {
            out.append(unless("pid == " + options.pid()));
        }
        if (options.netns() != 0) {
            out.append(unless("$net->ns.inum == " + options.netns()));
        }
        if (options.limit() != 0) {
            out.append("  if (@in_this_second >= ").append(options.limit());
            out.append(") {\n    @skipped[cpu]++;\n    return;\n  }\n  @in_this_second++;\n");
        }
        return out.append("  @events[cpu]++;\n").toString();
    }

    /** {@return the place where a function of TCP is probed; empty where this kernel does not have it} */
    private static String symbol(@Nullable KernelProbes kernel, String function) {
        if (kernel == null) {
            return function;
        }
        ProbeTarget target = kernel.target(function);
        if (target.presence() == Presence.UNKNOWN) {
            // In a module, as tcp_v6_send_reset may be: a pattern, for which the module need not be loaded.
            return "*" + function;
        }
        if (!target.isPresent()) {
            return "";
        }
        for (ProbeSite site : target.sites()) {
            String symbol = ScriptText.plainOr(site.symbol(), "");
            if (site.kind() != ProbeSite.Kind.INLINED && !symbol.isEmpty()) {
                return symbol;
            }
        }
        return target.presence() == Presence.SYMBOL_ONLY ? function : "";
    }

    private void put(String key, String value) {
        values.put(key, value);
    }
}
