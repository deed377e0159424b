package dev.backline.diagnose;

import dev.backline.capture.ProbeEvent;
import dev.backline.evidence.ConntrackEvents;
import dev.backline.evidence.KernelLog;
import dev.backline.packet.PacketTraces;
import dev.backline.packet.Wire;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the causes of RSTs, event by event. Thread-safe once the evidence is read. */
public final class Diagnoser {
    private final Rules rules = Rules.own();
    private final Advice advice = Advice.own();
    private final KernelLog log;
    private final ConntrackEvents conntrack;
    private final PacketTraces packets;

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
        String function = own < 0 ? CallStep.plain(event.probe()) : probed(event, steps.get(own));
        List<CallStep> callers = callers(function, own, steps);
        KernelLog.Match match = log.match(event);
        ConntrackEvents.Match entry = conntrack.match(event);
        Wire wire = packets.match(event, entry == null ? null : entry.translated());
        Facts facts = new Facts(event, function, callers, match, entry, wire, log.silence());
        Rules.Section section = rules.section(function, facts);
        if (section == null) {
            List<String> evidence = new ArrayList<>(List.of(unknown(function)));
            besides(facts, Set.of(), evidence);
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
        return Exchanges.of(event, diagnosis, log.match(event), wire);
    }

    /** Whether the debug information has a call of the function there, or a call through a pointer. */
    private static boolean mayCall(CallStep caller, String function) {
        CallFacts call = caller.call();
        return call != null && (call.callee() == null || function.equals(call.callee()));
    }

    private static String unknown(String function) {
        return function.startsWith("tcp_reset") || function.contains("receive_reset")
                ? "the RST came from the peer: look for the cause there"
                : "no rule covers " + function;
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
                besides(facts, open, evidence);
                open.remove(row.cause());
                if (open.isEmpty()) {
                    return diagnosis(row.cause(), row.confidence(), evidence, List.of(), facts);
                }
                open.add(row.cause());
                return diagnosis(row.cause(), Confidence.POSSIBLE, evidence, List.copyOf(open), facts);
            }
        }
        besides(facts, open, evidence);
        return diagnosis(section.otherwise(), Confidence.POSSIBLE, evidence, List.copyOf(open), facts);
    }

    private Diagnosis diagnosis(
            Cause cause, Confidence confidence, List<String> evidence, List<Cause> candidates, Facts facts) {
        return new Diagnosis(cause, confidence, evidence, candidates, advice.of(cause, facts));
    }

    /** Adds what is known about the packets, whichever rule holds. */
    private static void besides(Facts facts, Set<Cause> open, List<String> evidence) {
        for (String sentence : facts.besides(open)) {
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
        // A tracepoint is in the function that sends. Tracers print their own frames above it.
        for (int i = 0; i < steps.size(); i++) {
            for (String name : steps.get(i).functions()) {
                if (name.endsWith("_send_reset") || name.equals("tcp_send_active_reset")) {
                    return i;
                }
            }
        }
        return -1;
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
