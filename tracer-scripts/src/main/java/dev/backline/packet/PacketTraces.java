package dev.backline.packet;

import dev.backline.capture.Endpoint;
import dev.backline.capture.ProbeEvent;
import dev.backline.evidence.ClockOffset;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Packet captures of the host, of a container, of the peer: where the packets of an event were seen, and where not. Files
 * are read first, all of them; then events are looked up. Of each capture the RSTs are kept with the packets around them,
 * and the latest connections without, so that its length does not matter. Thread-safe once all files are read.
 */
public final class PacketTraces {
    /** How many packets in both captures are needed to compare their clocks. */
    private static final int MAX_PAIRS = 4000;

    /** The most connections with the same first sequence number: NAT makes one or two, only an attacker makes more. */
    private static final int MAX_ALIKE = 16;

    /** The clock of a trace, in nanoseconds ahead of the first one's. */
    private record Clock(long ahead, int pairs) {}

    private final Map<String, PacketTrace> traces = new LinkedHashMap<>();
    private @Nullable Map<Integer, List<Located>> byInitial;
    private final Map<PacketTrace, Clock> clocks = new HashMap<>();
    private final Map<PacketTrace, ClockOffset> offsets = new HashMap<>();

    /** A connection and where it was seen. */
    record Located(PacketTrace trace, PacketFlow flow) {}

    /** No captures yet. */
    public PacketTraces() {}

    /**
     * Reads a pcap or pcapng file.
     *
     * @param name of the place it was captured at; files with the same name are read one behind the other
     * @param file how evidence names it
     * @param in is read to its end, or to where it is damaged, and not closed
     * @throws IOException when it cannot be read or is no packet capture
     */
    public synchronized void read(String name, String file, InputStream in) throws IOException {
        traces.computeIfAbsent(name, PacketTrace::new).read(file, in);
        byInitial = null;
    }

    /**
     * {@return what the captures show of an event; null when none has its connection}
     *
     * @param event any of the capture's
     * @param translated the end that NAT would have sent the event's packet to, as conntrack says; null when
     *     it says nothing
     */
    public synchronized @Nullable Wire match(ProbeEvent event, @Nullable Endpoint translated) {
        if (traces.isEmpty()) {
            return null;
        }
        index();
        return WireSearch.search(this, event, translated);
    }

    List<PacketTrace> traces() {
        return List.copyOf(traces.values());
    }

    /** The offset of a trace's clock from that of the events. */
    ClockOffset offset(PacketTrace trace) {
        return offsets.computeIfAbsent(trace, key -> new ClockOffset());
    }

    /** A time of a trace by the clock of the first one, in nanoseconds. */
    long aligned(PacketTrace trace, long time) {
        return time == TcpPacket.NO_TIME ? time : time - ahead(trace);
    }

    /** The offset of a trace's clock from that of the first trace, in nanoseconds. */
    long ahead(PacketTrace trace) {
        Clock clock = clocks.get(trace);
        return clock == null ? 0 : clock.ahead();
    }

    /** The same connection on the other side of NAT: connections with the same first sequence numbers. */
    List<Located> translations(PacketFlow flow) {
        List<Located> found = new ArrayList<>();
        for (boolean lower : new boolean[] {true, false}) {
            Integer initial = flow.initial(lower);
            if (initial == null || byInitial == null) {
                continue;
            }
            for (Located other : byInitial.getOrDefault(initial, List.of())) {
                if (!other.flow().key.equals(flow.key) && !found.contains(other) && sameUnderNat(flow, other.flow())) {
                    found.add(other);
                }
            }
        }
        return found;
    }

    private static boolean sameUnderNat(PacketFlow one, PacketFlow other) {
        Boolean lower = sideOf(one, true, other);
        if (lower == null) {
            lower = sideOf(one, false, other);
            lower = lower == null ? null : !lower;
        }
        if (lower == null) {
            return false;
        }
        Integer first = one.initial(true);
        Integer second = one.initial(false);
        boolean both = first != null
                && second != null
                && first.equals(other.initial(lower))
                && second.equals(other.initial(!lower));
        // With one number to go by, one end has to be the same.
        return both
                || ((first == null || other.initial(lower) == null || second == null || other.initial(!lower) == null)
                        && (one.key.end(true).equals(other.key.end(lower))
                                || one.key.end(false).equals(other.key.end(!lower))));
    }

    /** Which end of the other has the first sequence number of this end; null when none has. */
    static @Nullable Boolean sideOf(PacketFlow one, boolean lower, PacketFlow other) {
        Integer initial = one.initial(lower);
        if (initial == null) {
            return null;
        }
        if (initial.equals(other.initial(true))) {
            return true;
        }
        return initial.equals(other.initial(false)) ? false : null;
    }

    private void index() {
        if (byInitial != null) {
            return;
        }
        Map<Integer, List<Located>> index = new HashMap<>();
        for (PacketTrace trace : traces.values()) {
            for (PacketFlow flow : trace.flows()) {
                for (boolean lower : new boolean[] {true, false}) {
                    Integer initial = flow.initial(lower);
                    if (initial != null) {
                        List<Located> alike = index.computeIfAbsent(initial, key -> new ArrayList<>(1));
                        if (alike.size() < MAX_ALIKE) {
                            alike.add(new Located(trace, flow));
                        }
                    }
                }
            }
        }
        byInitial = index;
        compareClocks();
    }

    private void compareClocks() {
        clocks.clear();
        PacketTrace first = traces.values().iterator().next();
        for (PacketTrace trace : traces.values()) {
            if (trace == first) {
                continue;
            }
            List<Long> ahead = new ArrayList<>();
            for (PacketFlow flow : trace.flows()) {
                if (ahead.size() >= MAX_PAIRS) {
                    break;
                }
                for (PacketFlow same = first.find(flow.key); same != null; same = same.before) {
                    pairs(flow, same, ahead);
                }
                for (Located other : translations(flow)) {
                    if (other.trace() == first) {
                        pairs(flow, other.flow(), ahead);
                    }
                }
            }
            if (!ahead.isEmpty()) {
                ahead.sort(null);
                // Packets of one direction come later by the way between the two places, those of the other one
                // earlier.
                long low = ahead.get(ahead.size() / 4);
                long high = ahead.get(ahead.size() - 1 - ahead.size() / 4);
                clocks.put(trace, new Clock(low + (high - low) / 2, ahead.size()));
            }
        }
    }

    /** Time differences of the packets that both have. */
    private static void pairs(PacketFlow flow, PacketFlow other, List<Long> into) {
        long[] mine = flow.rows();
        long[] theirs = other.rows();
        for (int i = 0; i < PacketFlow.count(mine); i++) {
            for (int j = 0; j < PacketFlow.count(theirs); j++) {
                if (PacketFlow.sequence(mine, i) == PacketFlow.sequence(theirs, j)
                        && PacketFlow.acknowledgment(mine, i) == PacketFlow.acknowledgment(theirs, j)
                        && PacketFlow.flags(mine, i) == PacketFlow.flags(theirs, j)
                        && PacketFlow.length(mine, i) == PacketFlow.length(theirs, j)
                        && PacketFlow.time(mine, i) != TcpPacket.NO_TIME
                        && PacketFlow.time(theirs, j) != TcpPacket.NO_TIME) {
                    into.add(PacketFlow.time(mine, i) - PacketFlow.time(theirs, j));
                    break;
                }
            }
        }
    }

    /** {@return what a person should know about the captures, one sentence each; complete after all events were looked up} */
    public synchronized List<String> notes() {
        if (traces.isEmpty()) {
            return List.of();
        }
        index();
        List<String> notes = new ArrayList<>();
        PacketTrace first = traces.values().iterator().next();
        for (PacketTrace trace : traces.values()) {
            notes.addAll(trace.notes());
            Duration ahead = offset(trace).value();
            if (ahead != null && ahead.abs().compareTo(Duration.ofSeconds(1)) >= 0) {
                notes.add(trace.name + "'s clock is " + ClockOffset.text(ahead)
                        + (ahead.isNegative() ? " behind" : " ahead of")
                        + " the events' clock (from packets of these events)");
            }
            if (trace != first) {
                notes.add(clockNote(trace, first));
            }
            String strangers = strangers(trace);
            if (strangers != null) {
                notes.add(strangers);
            }
        }
        return notes;
    }

    private String clockNote(PacketTrace trace, PacketTrace first) {
        Clock clock = clocks.get(trace);
        if (clock == null) {
            return "no packet of " + trace.name + " is also in " + first.name
                    + ", so their clocks could not be compared";
        }
        Duration ahead = Duration.ofNanos(clock.ahead());
        String by = " (from " + clock.pairs() + (clock.pairs() == 1 ? " packet in both)" : " packets in both)");
        return ahead.abs().compareTo(Duration.ofMillis(10)) < 0
                ? trace.name + "'s clock agrees with " + first.name + "'s to " + ClockOffset.text(ahead) + by
                : trace.name + "'s clock is " + ClockOffset.text(ahead)
                        + (ahead.isNegative() ? " behind " : " ahead of ") + first.name + "'s" + by;
    }

    /** The RSTs without an event. */
    private static @Nullable String strangers(PacketTrace trace) {
        long claimed = 0;
        PacketFlow flowOfFirst = null;
        long[] rows = new long[0];
        int at = 0;
        for (PacketFlow flow : trace.flows()) {
            for (PacketFlow.Reset reset : flow.resets()) {
                if (reset.claimed) {
                    claimed++;
                } else if (flowOfFirst == null
                        || PacketFlow.number(reset.rows, reset.at) < PacketFlow.number(rows, at)) {
                    flowOfFirst = flow;
                    rows = reset.rows;
                    at = reset.at;
                }
            }
        }
        if (flowOfFirst == null) {
            return null;
        }
        WirePacket first = WireSearch.packet(new Located(trace, flowOfFirst), rows, at);
        return trace.name + ": " + (trace.resets() - claimed) + " of " + trace.resets()
                + " RSTs belong to no event (the first: " + first.place() + ", "
                + first.source() + " → " + first.destination()
                + "): another machine sent them, this host forwarded them, or no probe covers the function that sent them";
    }
}
