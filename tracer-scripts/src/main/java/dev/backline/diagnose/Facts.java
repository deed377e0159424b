package dev.backline.diagnose;

import dev.backline.capture.CaptureFormat;
import dev.backline.capture.Endpoint;
import dev.backline.capture.ProbeEvent;
import dev.backline.capture.Softirq;
import dev.backline.capture.TcpFlag;
import dev.backline.evidence.ConntrackEvents;
import dev.backline.evidence.Counters;
import dev.backline.evidence.KernelLog;
import dev.backline.evidence.Verdict;
import dev.backline.packet.Wire;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known about one event, by the keys of the rules, and the sentences that say it. Not thread-safe. */
final class Facts {
    /** States of conntrack's entries (nf_conntrack_tcp.h) in which both sides are about to end, or have ended. */
    private static final Set<String> ENDING = Set.of("LAST_ACK", "TIME_WAIT", "CLOSE");

    /** Starts of interface names: bridges and devices that lead to containers, pods and virtual machines. */
    private static final List<String> CONTAINERS = List.of(
            "docker",
            "br-",
            "veth",
            "cni",
            "cali",
            "cbr0",
            "flannel",
            "cilium",
            "lxc",
            "lxd",
            "podman",
            "nerdctl",
            "weave",
            "kube-bridge",
            "virbr",
            "vnet",
            "tap",
            "azv",
            "gke",
            "eni");

    /** The counters that tell about a cause (net/ipv4); what they do not prove is in docs/diagnosis.md. */
    private static final Map<Cause, List<String>> COUNTED = Map.ofEntries(
            Map.entry(
                    Cause.LISTEN_BAD_ACK,
                    List.of("TcpExtListenOverflows", "TcpExtListenDrops", "TcpExtSyncookiesFailed")),
            Map.entry(Cause.ACCEPT_QUEUE_OVERFLOW, List.of("TcpExtListenOverflows", "TcpExtListenDrops")),
            Map.entry(Cause.SYN_SENT_BAD_ACK, List.of("TcpExtPAWSActive")),
            Map.entry(Cause.CLOSE_UNREAD_DATA, List.of("TcpExtTCPAbortOnClose")),
            Map.entry(Cause.LINGER2, List.of("TcpExtTCPAbortOnLinger", "TcpExtTCPAbortOnData")),
            Map.entry(Cause.LINGER_ZERO, List.of("TcpExtTCPAbortOnData")),
            Map.entry(Cause.DATA_AFTER_CLOSE, List.of("TcpExtTCPAbortOnData")),
            Map.entry(Cause.ORPHAN_LIMIT, List.of("TcpExtTCPAbortOnMemory")),
            Map.entry(Cause.KEEPALIVE_TIMEOUT, List.of("TcpExtTCPAbortOnTimeout")),
            Map.entry(Cause.NO_SOCKET, List.of("TcpExtTCPTimeWaitOverflow")),
            Map.entry(Cause.CONNTRACK_INVALID, List.of("conntrack invalid")),
            Map.entry(Cause.MPTCP, List.of("MPTcpExtMPRstTx")),
            Map.entry(Cause.NOT_SENT, List.of("TcpOutRsts")));

    /** The causes of packets without a connected socket, for which it matters what became of the connection. */
    private static final Set<Cause> UNCONNECTED = EnumSet.of(
            Cause.CLOSED_PORT,
            Cause.NO_SOCKET,
            Cause.CONNTRACK_INVALID,
            Cause.TIME_WAIT,
            Cause.LISTEN_BAD_ACK,
            Cause.UNKNOWN);

    private static final Set<String> ABORTS =
            Set.of("TcpExtTCPAbortOnClose", "TcpExtTCPAbortOnLinger", "TcpExtTCPAbortOnMemory");

    /** The causes for which the listening socket matters. */
    private static final Set<Cause> LISTENING =
            EnumSet.of(Cause.CLOSED_PORT, Cause.LISTEN_BAD_ACK, Cause.ACCEPT_QUEUE_OVERFLOW);

    /** What was asked for already; null values where nothing is known. */
    private final Map<String, @Nullable Set<String>> found = new HashMap<>();

    private final ProbeEvent event;
    private final String function;

    /** The callers of the probed function, the nearest first. */
    private final List<CallStep> callers;

    /** The names of the nearest caller: the function and what is inlined at the call; null when not known. */
    private final @Nullable Set<String> nearest;

    private final KernelLog.@Nullable Match log;
    private final ConntrackEvents.@Nullable Match entry;
    private final @Nullable Wire wire;
    private final @Nullable String silence;
    private final @Nullable Boolean aborted;
    private final boolean tableWasFull;
    private final Counters counters;
    private final ConnectionHistory.@Nullable Earlier earlier;

    /**
     * @param function that was probed, without suffixes; for a tracepoint, the one that it stands in
     * @param callers of it, the nearest first
     * @param log the line of the kernel log that belongs to the event, if there is one
     * @param entry what conntrack said of the connection, if it did
     * @param wire what packet captures show of the event, if they do
     * @param whole the kernel log that the line is from; empty when there is none
     * @param aborted whether the kernel aborted the connection just before the event ({@link Receptions}); null when not known
     * @param counters of the host; may be empty
     * @param earlier what happened before to the connection; null when nothing is known
     */
    Facts(
            ProbeEvent event,
            String function,
            List<CallStep> callers,
            KernelLog.@Nullable Match log,
            ConntrackEvents.@Nullable Match entry,
            @Nullable Wire wire,
            KernelLog whole,
            @Nullable Boolean aborted,
            Counters counters,
            ConnectionHistory.@Nullable Earlier earlier) {
        this.event = event;
        this.function = function;
        this.callers = callers;
        nearest = callers.isEmpty() || callers.get(0).functions().isEmpty()
                ? implied(event, function)
                : new HashSet<>(callers.get(0).functions());
        this.log = log;
        this.entry = entry;
        this.wire = wire;
        silence = whole.silence();
        tableWasFull = whole.tableWasFull();
        this.aborted = aborted;
        this.counters = counters;
        this.earlier = earlier;
    }

    /** The caller where only the kernel's reason is known: NO_SOCKET has one call in each of these functions. */
    private static @Nullable Set<String> implied(ProbeEvent event, String function) {
        return !"NO_SOCKET".equals(event.fields().get("reason"))
                ? null
                : switch (function) {
                    case "tcp_v4_send_reset" -> Set.of("tcp_v4_rcv");
                    case "tcp_v6_send_reset" -> Set.of("tcp_v6_rcv");
                    default -> null;
                };
    }

    private @Nullable CallFacts call() {
        return callers.isEmpty() ? null : callers.get(0).call();
    }

    /** The values of a key; null when nothing is known. Many rows ask for the same key: each is found once. */
    @Nullable
    Set<String> values(String key) {
        Set<String> values = found.get(key);
        if (values == null && !found.containsKey(key)) {
            values = find(key);
            found.put(key, values);
        }
        return values;
    }

    private @Nullable Set<String> find(String key) {
        return switch (key) {
            case "probe" -> Set.of(event.probe());
            case "caller" -> nearest;
            case "any" -> any();
            case "after" -> call() == null ? null : Set.of(call().after());
            case "then" -> call() == null ? null : Set.of(call().then());
            case "arg0", "arg1", "arg2" -> argument(key.charAt(3) - '0');
            case "socket" -> one(socket());
            case "reason" -> one(reason());
            case "flags" -> flags();
            case "acknowledges" -> one(acknowledges());
            case "destination" -> one(destination());
            case "sent" -> event.sent() == null ? null : Set.of(event.sent() ? "yes" : "no");
            // A packet that is missing from the log proves nothing: LOG rules are rate-limited.
            case "log" -> one(log());
            case "verdict" -> one(verdict());
            case "aborted" -> aborted == null ? null : Set.of(aborted ? "yes" : "no");
            case "nat" -> one(nat());
            case "entry" -> one(entry());
            case "hook" -> Set.of(hook());
            case "family" -> Set.of(family());
            case "interface" -> log == null ? null : one(log.in());
            case "table" -> tableWasFull ? Set.of("full") : null;
            case "window" -> one(window());
            case "direction" -> one(direction());
            case "moved" -> known(counters.moved());
            case "still" -> known(counters.still());
            case "abort" -> one(abort());
            case "listener" -> listener();
            case "owner" -> owner();
            case "history" -> earlier == null ? null : earlier.what();
            default -> one(captured(key));
        };
    }

    private static @Nullable Set<String> known(Set<String> names) {
        return names.isEmpty() ? null : names;
    }

    /** The only counter of the RSTs of close() that rose; what the event line says is better evidence. */
    private @Nullable String abort() {
        if (captured("unread") != null) {
            return null;
        }
        Set<String> rose = new HashSet<>(ABORTS);
        rose.removeAll(counters.still());
        return rose.size() == 1 && counters.moved().containsAll(rose)
                ? rose.iterator().next()
                : null;
    }

    private Counters.@Nullable Listener listening() {
        Endpoint own = event.own();
        return own == null ? null : counters.listener(own);
    }

    private @Nullable Set<String> owner() {
        Counters.Listener listening = listening();
        return listening == null ? null : one(listening.process());
    }

    private @Nullable String listenerSentence() {
        Counters.Listener listening = listening();
        return listening == null ? null : listening.sentence();
    }

    /** Where a service listens, compared with the address of the packet; with "full" if its accept queue was full. */
    private @Nullable Set<String> listener() {
        Counters.Listener listening = listening();
        if (listening == null) {
            return null;
        }
        return switch (listening.where()) {
            case HERE -> listening.full() ? Set.of("here", "full") : Set.of("here");
            case ELSEWHERE -> Set.of("elsewhere");
            case NOWHERE -> Set.of("nowhere");
        };
    }

    private @Nullable String log() {
        return log == null || log.verdict() == Verdict.UNSAID ? null : log.invalid() ? "invalid" : "passed";
    }

    /** Conntrack's own reason for INVALID; null where only a rule's prefix says INVALID. */
    private @Nullable String verdict() {
        return log == null || !log.invalid() || log.verdict() == Verdict.INVALID
                ? null
                : log.verdict().name().toLowerCase(Locale.ROOT);
    }

    /** The fate of the NAT translation of the packet's connection: from conntrack, else from packets of both sides. */
    private @Nullable String nat() {
        if (entry != null && entry.translates()) {
            Boolean alive = entry.alive();
            return alive == null ? "applied" : alive ? "bypassed" : "gone";
        }
        if (wire != null && wire.translated()) {
            return "applied";
        }
        return entry != null && Boolean.TRUE.equals(entry.alive()) ? "none" : null;
    }

    /** What conntrack's table had for the packet's connection. */
    private @Nullable String entry() {
        Set<TcpFlag> flags = event.flags();
        boolean begins = flags == null || flags.contains(TcpFlag.SYN);
        if ("gone".equals(nat()) || "new".equals(verdict()) || ("NEW".equals(captured("ct")) && !begins)) {
            return "missing";
        }
        String state = log == null ? null : log.state();
        return state == null ? null : ENDING.contains(state) ? "ending" : "open";
    }

    /**
     * The chain in which a rule sees the packet on the host whose conntrack marked it INVALID. Where conntrack of the event's
     * own network namespace did, the packet was on its way to TCP there: INPUT. Where another namespace did, it had forwarded the
     * packet.
     */
    private String hook() {
        return hook(event, log, entry, nat());
    }

    /** Whether conntrack of the event's own network namespace marked its packet INVALID, as far as is known. */
    static boolean isFromThisHost(
            ProbeEvent event, KernelLog.@Nullable Match log, ConntrackEvents.@Nullable Match entry) {
        String nat = entry != null && entry.translates() && Boolean.TRUE.equals(entry.alive()) ? "bypassed" : null;
        String hook = hook(event, log, entry, nat);
        return !hook.equals("forward") && !hook.equals("output");
    }

    private static String hook(
            ProbeEvent event,
            KernelLog.@Nullable Match log,
            ConntrackEvents.@Nullable Match entry,
            @Nullable String nat) {
        String ct = captured(event, "ct");
        if ("INVALID".equals(ct)) {
            return "input";
        }
        KernelLog.Way way = log == null ? null : log.way();
        if (way == KernelLog.Way.FORWARD || way == KernelLog.Way.OUT) {
            return way == KernelLog.Way.OUT ? "output" : "forward";
        }
        boolean marked = (log != null && log.invalid()) || "bypassed".equals(nat);
        if (marked && ("none".equals(ct) || "UNTRACKED".equals(ct))) {
            return "forward";
        }
        String in = log == null ? null : log.in();
        String device = captured(event, "dev");
        if (in != null && device != null && !in.equals(device)) {
            return "forward";
        }
        if (entry != null && entry.translates()) {
            if (entry.translated() != null) {
                return "input";
            }
            if (entry.original()) {
                return "forward";
            }
        }
        if (in != null && isOfContainers(in)) {
            return "forward";
        }
        return way == KernelLog.Way.IN || (in != null && way == null) ? "input" : "unknown";
    }

    /** Whether only containers and virtual machines are behind an interface, as Docker, Kubernetes and libvirt name them. */
    private static boolean isOfContainers(String name) {
        return CONTAINERS.stream().anyMatch(name::startsWith);
    }

    private String family() {
        Endpoint end = event.source() == null ? event.destination() : event.source();
        boolean six = end == null
                ? function.contains("v6") || function.endsWith("6")
                : end.address().indexOf(':') >= 0;
        return six ? "ipv6" : "ipv4";
    }

    /** Who sent the RST: the peer ("received"), or what the script says of its probe. */
    private @Nullable String direction() {
        return function.startsWith("tcp_reset") || function.contains("receive_reset") ? "received" : captured("dir");
    }

    private @Nullable String window() {
        if (wire == null) {
            return null;
        }
        return switch (wire.window()) {
            case UNKNOWN -> null;
            case INSIDE -> "inside";
            case ABOVE, BELOW -> "outside";
        };
    }

    /**
     * What is known apart from the conditions of the rules, one sentence each.
     *
     * @param cause the one that was found
     * @param open causes that are still possible
     */
    List<String> besides(Cause cause, Set<Cause> open) {
        List<String> sentences = new ArrayList<>();
        if (event.probe().equals("tcp:tcp_send_reset")) {
            String here = " (" + event.file() + " line " + event.line() + ")";
            if (reason() != null) {
                sentences.add("the kernel's own reason is " + reason() + here);
            }
            if (captured("state") != null) {
                sentences.add(fieldSentence("state", captured("state")) + here);
            }
        }
        if (log == null && silence != null && open.contains(Cause.CONNTRACK_INVALID)) {
            sentences.add(silence);
        }
        boolean received = event.flags() != null && event.flags().contains(TcpFlag.RST);
        if (entry != null && !received && (entry.translates() || Boolean.FALSE.equals(entry.alive()))) {
            sentences.add(entry.sentence());
        }
        if (wire != null) {
            sentences.addAll(wire.sentences());
        }
        if (earlier != null && UNCONNECTED.contains(cause)) {
            sentences.addAll(earlier.sentences());
        }
        COUNTED.getOrDefault(cause, List.of()).forEach(name -> addCounter(name, sentences));
        for (Cause each : open) {
            COUNTED.getOrDefault(each, List.of()).forEach(name -> addCounter(name, sentences));
        }
        Counters.Listener listening = LISTENING.contains(cause) ? listening() : null;
        if (listening != null) {
            sentences.add(listening.sentence());
        }
        return sentences;
    }

    private void addCounter(String name, List<String> sentences) {
        String sentence = counters.sentence(name);
        if (sentence != null) {
            sentences.add(sentence);
        }
    }

    /** A field of the event line; null also for "-", which means that there was nothing to read. */
    private @Nullable String captured(String key) {
        return captured(event, key);
    }

    private static @Nullable String captured(ProbeEvent event, String key) {
        String value = event.fields().get(key);
        return "-".equals(value) ? null : value;
    }

    private static @Nullable Set<String> one(@Nullable String value) {
        return value == null ? null : Set.of(value);
    }

    /**
     * The callers that belong to the same action. Outside of the softirq stands whatever the CPU did before; over loopback
     * that is the peer's call.
     */
    private List<CallStep> action() {
        int to = 0;
        while (to < callers.size() && callers.get(to).functions().stream().noneMatch(Softirq::begins)) {
            to++;
        }
        return callers.subList(0, to);
    }

    private @Nullable Set<String> any() {
        Set<String> all = new HashSet<>();
        for (CallStep step : action()) {
            all.addAll(step.functions());
        }
        return all.isEmpty() ? null : all;
    }

    private @Nullable Set<String> argument(int position) {
        CallFacts call = call();
        if (call == null) {
            return null;
        }
        Long constant = call.constants().get(position);
        return Set.of(constant == null ? "variable" : Long.toString(constant));
    }

    private @Nullable Set<String> flags() {
        Set<TcpFlag> flags = event.flags();
        if (flags == null) {
            return null;
        }
        Set<String> names = new LinkedHashSet<>();
        flags.forEach(flag -> names.add(flag.name()));
        return names.isEmpty() ? Set.of("none") : names;
    }

    /** The kind of address that the received packet was sent to. */
    private @Nullable String destination() {
        Endpoint destination = event.endpointsOfSocket() ? null : event.destination();
        return destination == null ? null : destination.isForMany() ? "many" : "one";
    }

    private @Nullable String reason() {
        String printed = event.fields().get("reason");
        if (printed != null && !printed.equals("-") && !Character.isDigit(printed.charAt(0))) {
            return printed;
        }
        CallFacts call = call();
        return call != null && call.reason() != null ? call.reason() : "-".equals(printed) ? null : printed;
    }

    /**
     * Whether the answer to a SYN acknowledges it: "sent" or "unsent", by the kernel's reason or by the numbers; null if
     * unknown. The kernel refuses such an answer for its number or else for its time stamp
     * (tcp_rcv_synsent_state_process in net/ipv4/tcp_input.c).
     */
    private @Nullable String acknowledges() {
        if (reason() != null) {
            return switch (reason()) {
                case "TCP_RFC7323_PAWS" -> "sent";
                case "TCP_INVALID_ACK_SEQUENCE" -> "unsent";
                default -> null;
            };
        }
        Long ack = event.number("ack");
        Long oldest = event.number("snd_una");
        Long next = event.number("snd_nxt");
        if (!"SYN_SENT".equals(captured("state")) || ack == null || oldest == null || next == null) {
            return null;
        }
        // Sequence numbers have 32 bits and wrap.
        int beyond = (int) (ack - oldest);
        return beyond > 0 && beyond <= (int) (next - oldest) ? "sent" : "unsent";
    }

    /** The kind of socket that TCP found for the packet: from the event line, else from the call. */
    private @Nullable String socket() {
        String sk = event.fields().get("sk");
        if (sk != null && !sk.equals("-") && !sk.startsWith("0x")) {
            return sk;
        }
        String reason = reason();
        if ("0x0".equals(sk) || "NO_SOCKET".equals(reason)) {
            return "none";
        }
        if ("TCP_TIMEWAIT_SOCKET".equals(reason)) {
            return "timewait";
        }
        if (event.probe().equals("tcp:tcp_send_reset") && reason == null) {
            // Before 6.10 the tracepoint is passed only with a full socket.
            return "full";
        }
        CallFacts call = call();
        if (call == null) {
            return null;
        }
        if (Long.valueOf(0).equals(call.constants().get(0))) {
            return "none";
        }
        return call.after().equals("tcp_timewait_state_process") ? "timewait" : "some";
    }

    /** A sentence about what a condition found; null where other sentences say it already. */
    @Nullable
    String sentence(Condition condition) {
        if (values(condition.key()) == null) {
            return null;
        }
        String here = event.file() + " line " + event.line();
        return switch (condition.key()) {
            case "caller" ->
                callers.isEmpty()
                        ? null
                        : function + does() + " was called by "
                                + callers.get(0).functions().get(0) + at(callers.get(0));
            case "any" -> anySentence(condition);
            case "arg0", "arg1", "arg2" -> argumentSentence(condition.key());
            case "after" -> codeSentence("before that call", call() == null ? null : call().after());
            case "then" -> codeSentence("after that call", call() == null ? null : call().then());
            // The sentences about conntrack and packet captures cover these.
            case "nat", "window", "verdict", "entry" -> null;
            case "socket" -> socketSentence(here);
            case "reason" -> "the kernel's own reason is " + reason() + " (" + here + ")";
            case "flags" -> "the received packet has the flags " + String.join(",", flagNames()) + " (" + here + ")";
            case "sent" ->
                Boolean.FALSE.equals(event.sent()) ? "the function returned without sending (" + here + ")" : null;
            case "log" -> log == null ? null : log.sentence();
            case "ct" -> conntrackSentence(String.valueOf(captured("ct"))) + " (" + here + ")";
            case "destination" -> null;
            case "moved", "still", "abort" -> counterSentence(condition);
            case "listener", "owner" -> listenerSentence();
            case "history" -> earlier == null ? null : earlier.sentences().get(0);
            case "aborted" ->
                "yes".equals(String.join("", values("aborted")))
                        ? "the kernel aborted the connection at the same moment (tcp:tcp_receive_reset): so it does for data"
                                + " after close(), but not for TCP_LINGER2"
                        : "the kernel did not abort the connection at the same moment (tcp:tcp_receive_reset): it does so for"
                                + " data after close(), but not for TCP_LINGER2";
            default -> fieldSentence(condition.key(), event.fields().get(condition.key())) + " (" + here + ")";
        };
    }

    private @Nullable String counterSentence(Condition condition) {
        Set<String> names = values(condition.key());
        for (String name : names == null ? Set.<String>of() : names) {
            if (condition.matches(name)) {
                return counters.sentence(name);
            }
        }
        return null;
    }

    /** The purpose of the probed function, where its name does not show it. */
    private String does() {
        return switch (function) {
            case "tcp_v4_send_reset", "tcp_v6_send_reset" -> " (answers a packet with a RST)";
            case "tcp_send_active_reset" -> " (TCP itself ends the connection)";
            default -> "";
        };
    }

    private static String fieldSentence(String key, @Nullable String value) {
        return switch (key) {
            case "state" -> "the socket was in state " + value;
            case "linger2" -> "the socket's TCP_LINGER2 was " + value;
            case "unread" -> "0".equals(value) ? "no received data was unread" : value + " received bytes were unread";
            case "len" -> "the packet carried " + value + " bytes of data";
            case "shutdown" -> shutdownSentence(value);
            case "request" ->
                "yes".equals(value)
                        ? "the packet was the last ACK of a handshake, with a wrong acknowledgment number"
                        : "the packet belonged to no half-open connection";
            case "auth" ->
                "none".equals(value)
                        ? "the packet is not signed"
                        : "the packet is signed (TCP " + (Objects.equals(value, "ao") ? "AO" : "MD5") + ")";
            default -> "the socket had " + key + " " + value;
        };
    }

    private static String shutdownSentence(@Nullable String bits) {
        return switch (String.valueOf(bits)) {
            case "1" -> "receiving was shut down";
            case "2" -> "sending was shut down";
            case "3" -> "receiving and sending were shut down";
            default -> "nothing was shut down";
        };
    }

    private static String conntrackSentence(String entry) {
        return switch (entry) {
            case "INVALID" -> "conntrack runs, but had no entry for the packet: INVALID";
            case "NEW" ->
                "conntrack treated the packet as the first of a connection: it had no entry for that connection";
            case "none" -> "conntrack does not run in that network namespace";
            case "UNTRACKED" -> "a rule exempts the packet from conntrack";
            default -> "conntrack had an entry for the packet (" + entry + ")";
        };
    }

    private static @Nullable String codeSentence(String where, @Nullable String callee) {
        return callee == null ? null : where + " the code calls " + callee + ", according to the debug information";
    }

    private @Nullable String argumentSentence(String key) {
        Set<String> value = values(key);
        CallFacts call = call();
        return value == null || call == null
                ? null
                : "that call passes " + (value.contains("variable") ? "a variable" : String.join("", value))
                        + " as argument " + key.substring(3) + ", according to the debug information";
    }

    private List<String> flagNames() {
        Set<TcpFlag> flags = event.flags();
        return flags == null || flags.isEmpty()
                ? List.of("none")
                : flags.stream().sorted().map(TcpFlag::name).toList();
    }

    private @Nullable String anySentence(Condition condition) {
        for (CallStep step : action()) {
            for (String name : step.functions()) {
                if (condition.matches(name)) {
                    return name + " is among the callers" + at(step);
                }
            }
        }
        return null;
    }

    private String socketSentence(String here) {
        String socket = String.valueOf(socket());
        String what = switch (socket) {
            case "none" -> "TCP found no socket for the packet";
            case "timewait" -> "TCP found a time-wait socket for the packet";
            case "request" -> "TCP found a half-open connection for the packet";
            default -> "TCP found a socket for the packet";
        };
        if (event.format() == CaptureFormat.ARTICLE && socket.equals("none")) {
            return what + ": the script printed none (" + here + ")";
        }
        if (event.fields().containsKey("sk")) {
            return what + " (sk=" + event.fields().get("sk") + ", " + here + ")";
        }
        if (call() == null) {
            return what + ": "
                    + (reason() == null ? "before 6.10 the tracepoint fires only then" : "reason " + reason()) + " ("
                    + here + ")";
        }
        return what + ", according to the call in the debug information" + at(callers.get(0));
    }

    private String at(CallStep step) {
        return " (" + event.file() + " line " + step.line() + ": " + place(step.place())
                + (step.source() == null ? "" : ", " + step.source()) + ")";
    }

    /** The place without SystemTap's address, [kernel] and (inexact), which are in the line itself. */
    private static String place(String text) {
        int colon = text.indexOf(" : ");
        String place = colon < 0 ? text : text.substring(colon + 3);
        int kernel = place.indexOf(" [kernel]");
        return kernel < 0 ? place : place.substring(0, kernel);
    }
}
