package dev.backline.diagnose;

import dev.backline.capture.ProbeEvent;
import dev.backline.evidence.ConntrackEvents;
import dev.backline.evidence.Counters;
import dev.backline.evidence.KernelLog;
import dev.backline.packet.PacketTraces;
import dev.backline.packet.Wire;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the causes of RSTs, event by event. Remembers the connections of earlier events, so it takes events in the order of the
 * captures. Thread-safe once the evidence is read; events that several threads bring at once count in either order.
 */
public final class Diagnoser {
    private final Rules rules = Rules.own();
    private final Receptions receptions = new Receptions();
    private final Advice advice = Advice.own();
    private final KernelLog log;
    private final ConntrackEvents conntrack;
    private final PacketTraces packets;
    private final Counters counters;
    private final ConnectionHistory history = new ConnectionHistory();

    /**
     * Uses a kernel log as the only evidence.
     *
     * @param log the log of the same kernel; empty when there is none
     */
    public Diagnoser(KernelLog log) {
        this(log, new ConntrackEvents(), new PacketTraces());
    }

    /**
     * Uses all kinds of evidence; any of them may be empty.
     *
     * @param log the log of the same kernel
     * @param conntrack what conntrack printed on the same host
     * @param packets packets captured on that host and elsewhere
     */
    public Diagnoser(KernelLog log, ConntrackEvents conntrack, PacketTraces packets) {
        this(log, conntrack, packets, new Counters());
    }

    /**
     * Uses all kinds of evidence; any of them may be empty.
     *
     * @param log the log of the same kernel
     * @param conntrack what conntrack printed on the same host
     * @param packets packets captured on that host and elsewhere
     * @param counters of that host
     */
    public Diagnoser(KernelLog log, ConntrackEvents conntrack, PacketTraces packets, Counters counters) {
        this.counters = counters;
        this.log = log;
        this.conntrack = conntrack;
        this.packets = packets;
    }

    /**
     * {@return the cause of an event}
     *
     * @param event from the capture
     * @param steps its stack, resolved, innermost first; with or without the frame of the probed function itself
     */
    public Diagnosis diagnose(ProbeEvent event, List<CallStep> steps) {
        int own = ownFrame(event, steps);
        String function = own < 0 ? withoutStack(event) : probed(event, steps.get(own));
        Diagnosis diagnosis = diagnose(event, steps, own, function);
        history.add(event, diagnosis.cause(), isReceived(function));
        return diagnosis;
    }

    private Diagnosis diagnose(ProbeEvent event, List<CallStep> steps, int own, String function) {
        List<CallStep> callers = callers(function, own, steps);
        Boolean aborted = receptions.precedes(event);
        KernelLog.Match match = log.match(event);
        ConntrackEvents.Match entry = conntrack.match(event);
        Wire wire = packets.match(event, entry == null ? null : entry.translated());
        Facts facts = new Facts(
                event, function, callers, match, entry, wire, log, aborted, counters, earlier(event, function));
        Rules.Section section = rules.section(function, facts);
        if (section == null) {
            List<String> evidence = new ArrayList<>(List.of(unknown(function, callers)));
            besides(facts, Cause.UNKNOWN, Set.of(), evidence);
            return diagnosis(Cause.UNKNOWN, Confidence.POSSIBLE, evidence, List.of(), facts);
        }
        Diagnosis diagnosis = judge(section, facts);
        // An uncertain frame may be left over from an earlier call, unless its call fits.
        boolean shaky = !callers.isEmpty()
                && !callers.get(0).sure()
                && !mayCall(callers.get(0), function)
                && section.asksForCallers();
        if (!shaky || diagnosis.confidence() != Confidence.CERTAIN) {
            return diagnosis;
        }
        List<String> evidence = new ArrayList<>(diagnosis.evidence());
        evidence.add(doubt(callers.get(0), function));
        return diagnosis(diagnosis.cause(), Confidence.LIKELY, evidence, diagnosis.candidates(), facts);
    }

    private static String doubt(CallStep caller, String function) {
        String unsure = "the stack unwinder marked that caller as unreliable; ";
        return caller.call() == null
                ? unsure + "pass the kernel's vmlinux (-e) to check whether it calls " + function
                : unsure + "according to the debug information it calls "
                        + caller.call().callee() + " there";
    }

    /**
     * {@return the packets and calls around an event, for a chart}
     *
     * @param event from the capture
     * @param diagnosis of the same event
     */
    public Exchange exchange(ProbeEvent event, Diagnosis diagnosis) {
        ConntrackEvents.Match entry = conntrack.match(event);
        Wire wire = packets.match(event, entry == null ? null : entry.translated());
        KernelLog.Match match = log.match(event);
        boolean here = Facts.isFromThisHost(event, match, entry);
        return Exchanges.of(event, diagnosis, match, wire, !here);
    }

    /** Whether the debug information has a call of the function there, or a call through a pointer. */
    private static boolean mayCall(CallStep caller, String function) {
        CallFacts call = caller.call();
        return call != null && (call.callee() == null || function.equals(call.callee()));
    }

    private static String unknown(String function, List<CallStep> callers) {
        if (!isReceived(function)) {
            return "no rule covers " + function;
        }
        // net/ipv4/tcp_input.c: tcp_rcv_state_process() also calls tcp_reset() for data after close(), before it sends
        // a RST.
        return !callers.isEmpty() && callers.get(0).functions().equals(List.of("tcp_rcv_state_process"))
                ? "a RST came from the peer; or data came after the application closed the socket, if a RST that this host"
                        + " sends for the same connection follows at once"
                : "the RST came from the peer: look for the cause there";
    }

    /** Whether the RST came from the peer. */
    private static boolean isReceived(String function) {
        return function.startsWith("tcp_reset") || function.contains("receive_reset");
    }

    /** What happened before to the connection of a packet without a connected socket; null for other events. */
    private ConnectionHistory.@Nullable Earlier earlier(ProbeEvent event, String function) {
        boolean connected = function.equals("tcp_send_active_reset")
                || (function.equals("tcp:tcp_send_reset")
                        && !"LISTEN".equals(event.fields().get("state")));
        return connected || isReceived(function) ? null : history.before(event);
    }

    private Diagnosis judge(Rules.Section section, Facts facts) {
        Set<Cause> open = EnumSet.noneOf(Cause.class);
        List<String> evidence = new ArrayList<>();
        for (Condition condition : section.when()) {
            say(facts.sentence(condition), evidence);
        }
        for (Rules.Row row : section.rows()) {
            Condition.Truth truth = Rules.all(row.conditions(), facts);
            if (truth == Condition.Truth.OPEN) {
                open.add(row.cause());
            } else if (truth == Condition.Truth.HOLDS) {
                for (Condition condition : row.conditions()) {
                    say(facts.sentence(condition), evidence);
                }
                besides(facts, row.cause(), open, evidence);
                open.remove(row.cause());
                if (open.isEmpty()) {
                    return diagnosis(row.cause(), row.confidence(), evidence, List.of(), facts);
                }
                open.add(row.cause());
                return diagnosis(row.cause(), Confidence.POSSIBLE, evidence, List.copyOf(open), facts);
            }
        }
        besides(facts, section.otherwise(), open, evidence);
        return diagnosis(section.otherwise(), Confidence.POSSIBLE, evidence, List.copyOf(open), facts);
    }

    private Diagnosis diagnosis(
            Cause cause, Confidence confidence, List<String> evidence, List<Cause> candidates, Facts facts) {
        return new Diagnosis(cause, confidence, evidence, candidates, advice.of(cause, facts));
    }

    /** Adds what is known about the packets, whichever rule holds. */
    private static void besides(Facts facts, Cause cause, Set<Cause> open, List<String> evidence) {
        for (String sentence : facts.besides(cause, open)) {
            say(sentence, evidence);
        }
    }

    private static void say(@Nullable String sentence, List<String> evidence) {
        if (sentence != null && !evidence.contains(sentence)) {
            evidence.add(sentence);
        }
    }

    /** The index of the probed function in the stack; −1 when the stack does not have it. */
    private static int ownFrame(ProbeEvent event, List<CallStep> steps) {
        String probe = CallStep.plain(event.probe());
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).isIn(probe)) {
                return i;
            }
        }
        // A tracepoint is in the function that sends or receives. Tracers print their own frames above it.
        boolean received = probe.endsWith("receive_reset");
        for (int i = 0; i < steps.size(); i++) {
            for (String name : steps.get(i).functions()) {
                boolean sends = name.endsWith("_send_reset") || name.equals("tcp_send_active_reset");
                if (!isTracers(name) && (received ? name.equals("tcp_reset") : sends)) {
                    return i;
                }
            }
        }
        return -1;
    }

    /** Whether the function belongs to a tracer, which stands above the function that has the tracepoint. */
    private static boolean isTracers(String function) {
        return function.startsWith("trace_event_raw_event_")
                || function.startsWith("perf_trace_")
                || function.startsWith("__traceiter_")
                || function.startsWith("__bpf_trace_")
                || function.startsWith("bpf_trace_run");
    }

    /**
     * The function of an event without a stack. The reason NO_SOCKET has one call only (include/net/rstreason.h); for the
     * others the rules have a section of their own.
     */
    private static String withoutStack(ProbeEvent event) {
        String probe = CallStep.plain(event.probe());
        boolean v6 = event.own() != null && event.own().address().indexOf(':') >= 0;
        return probe.equals("tcp:tcp_send_reset")
                        && "NO_SOCKET".equals(event.fields().get("reason"))
                ? v6 ? "tcp_v6_send_reset" : "tcp_v4_send_reset"
                : probe;
    }

    /** The callers of the probed function, the nearest first, including the functions that it is inlined into. */
    private static List<CallStep> callers(String function, int own, List<CallStep> steps) {
        List<CallStep> outside = steps.subList(own + 1, steps.size());
        List<String> here = own < 0 ? List.of() : steps.get(own).functions();
        int outer = here.indexOf(function) + 1;
        if (outer >= here.size()) {
            return outside;
        }
        CallStep step = steps.get(own);
        List<CallStep> callers = new ArrayList<>();
        callers.add(new CallStep(
                step.line(), step.place(), here.subList(outer, here.size()), step.source(), step.sure(), null));
        callers.addAll(outside);
        return callers;
    }

    private static String probed(ProbeEvent event, CallStep own) {
        String probe = CallStep.plain(event.probe());
        return own.isIn(probe) ? probe : own.functions().get(own.functions().size() - 1);
    }
}
