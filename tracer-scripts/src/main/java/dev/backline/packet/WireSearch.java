package dev.backline.packet;

import dev.backline.capture.Endpoint;
import dev.backline.capture.ProbeEvent;
import dev.backline.capture.TcpFlag;
import dev.backline.evidence.ClockOffset;
import dev.backline.packet.PacketTraces.Located;
import dev.backline.packet.Wire.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks up one event in packet captures, and describes what they show. Not thread-safe. */
final class WireSearch {
    /** How many packets of each place are returned. */
    private static final int PACKETS = 8;

    /** The packets of an event at one place: those that are there. */
    private static final class Sighting {
        final Located at;
        PacketFlow.@Nullable Reset reset;

        /** The rows with the provoking packet, and its index; −1 when it was not seen. */
        long[] rows;

        int provoking = -1;

        Sighting(Located at) {
            this.at = at;
            this.rows = at.flow().rows();
        }
    }

    private final PacketTraces traces;
    private final ProbeEvent event;

    /** The destination and the source of the RST, according to the event. */
    private final Endpoint peer;

    private final Endpoint here;

    /** The sequence numbers of the provoking packet; null when the event does not have them. */
    private final @Nullable Integer sequence;

    private final @Nullable Integer acknowledgment;

    /** Whether the event's packet is itself a received RST. */
    private final boolean received;

    private final List<String> sentences = new ArrayList<>();

    private WireSearch(PacketTraces traces, ProbeEvent event, Endpoint peer, Endpoint here) {
        this.traces = traces;
        this.event = event;
        this.peer = peer;
        this.here = here;
        boolean passive = !event.endpointsOfSocket();
        sequence = passive ? integer(event.number("seq")) : null;
        acknowledgment = passive ? integer(event.number("ack")) : null;
        Set<TcpFlag> flags = event.flags();
        received =
                (flags != null && flags.contains(TcpFlag.RST)) || event.probe().contains("receive_reset");
    }

    private static @Nullable Integer integer(@Nullable Long number) {
        return number == null ? null : (int) (long) number;
    }

    static @Nullable Wire search(PacketTraces traces, ProbeEvent event, @Nullable Endpoint translated) {
        Endpoint peer = event.peer();
        Endpoint own = event.own();
        return peer == null || own == null ? null : new WireSearch(traces, event, peer, own).wire(translated);
    }

    private @Nullable Wire wire(@Nullable Endpoint translated) {
        List<Sighting> direct = sightings(here);
        if (direct.isEmpty()) {
            return null;
        }
        Sighting base = direct.get(0);
        for (Sighting each : direct) {
            if (score(each) > score(base)) {
                base = each;
            }
        }
        List<Sighting> behindNat = behindNat(base, translated);
        Window window = Window.UNKNOWN;
        if (received) {
            receivedSentences(direct);
        } else if (base.provoking >= 0 && !event.endpointsOfSocket()) {
            window = window(base);
            sentences.add(provokingSentence(base));
        }
        if (!received) {
            resetSentences(direct, base);
        }
        natSentences(behindNat, base);
        PacketFlow.Reset reset = base.reset;
        return new Wire(
                sentences,
                !behindNat.isEmpty(),
                window,
                base.provoking < 0 ? null : packet(base.at, base.rows, base.provoking),
                reset == null ? null : packet(base.at, reset.rows, reset.at),
                packets(base, direct, behindNat));
    }

    private static int score(Sighting sighting) {
        return (sighting.reset == null ? 0 : 2) + (sighting.provoking < 0 ? 0 : 1);
    }

    private List<Sighting> sightings(Endpoint end) {
        List<Sighting> found = new ArrayList<>();
        ConnectionKey key = ConnectionKey.of(peer, end);
        if (key == null) {
            return found;
        }
        for (PacketTrace trace : traces.traces()) {
            PacketFlow last = trace.find(key);
            if (last != null) {
                Sighting sighting = sighting(trace, last);
                if (sighting != null) {
                    found.add(sighting);
                }
            }
        }
        return found;
    }

    /** The event's packets among the connections of these ends at one place; null when all of them are of another time. */
    private @Nullable Sighting sighting(PacketTrace trace, PacketFlow last) {
        ClockOffset offset = traces.offset(trace);
        Sighting best = null;
        Duration bestDistance = null;
        Duration bestDifference = null;
        int candidates = 0;
        for (PacketFlow flow = last; flow != null; flow = flow.before) {
            for (PacketFlow.Reset reset : flow.resets()) {
                if (!fits(flow, reset)) {
                    continue;
                }
                candidates++;
                Duration difference = difference(PacketFlow.time(reset.rows, reset.at));
                Duration distance = difference == null ? Duration.ZERO : offset.distance(difference);
                if (bestDistance == null || distance.compareTo(bestDistance) < 0) {
                    best = new Sighting(new Located(trace, flow));
                    best.reset = reset;
                    bestDistance = distance;
                    bestDifference = difference;
                }
            }
        }
        if (best != null && best.reset != null && bestDistance != null) {
            boolean near = bestDistance.compareTo(ClockOffset.NEAR) <= 0;
            // Sequence numbers identify a packet: with them, the clocks need not agree at first.
            boolean sure = near || (sequence != null && candidates == 1);
            if (bestDifference != null && (sure || offset.propose(bestDifference, event))) {
                offset.learn(bestDifference);
                sure = true;
            }
            if (sure) {
                best.reset.claimed = true;
                best.rows = best.reset.rows;
                best.provoking = best.reset.provoked >= 0 ? best.reset.provoked : provoking(best.at, best.rows);
                return best;
            }
        }
        return withoutReset(trace, last, offset);
    }

    private @Nullable Sighting withoutReset(PacketTrace trace, PacketFlow last, ClockOffset offset) {
        for (PacketFlow flow = last; flow != null; flow = flow.before) {
            Sighting sighting = new Sighting(new Located(trace, flow));
            sighting.provoking = sequence == null ? -1 : provoking(sighting.at, sighting.rows);
            if (sighting.provoking >= 0 || isOfTheTime(flow, offset)) {
                return sighting;
            }
        }
        return null;
    }

    /** Whether the connection had packets shortly before the event. */
    private boolean isOfTheTime(PacketFlow flow, ClockOffset offset) {
        Duration fromStart = difference(flow.firstTime);
        Duration fromEnd = difference(flow.lastTime);
        if (fromStart == null || fromEnd == null) {
            return false;
        }
        Duration ahead = offset.value() == null ? Duration.ZERO : offset.value();
        return fromStart.minus(ahead).compareTo(ClockOffset.NEAR) <= 0
                && fromEnd.minus(ahead).compareTo(Duration.ofMinutes(10).negated()) >= 0;
    }

    /** A time of a capture minus the event's; null when one of them has none. */
    private @Nullable Duration difference(long time) {
        Instant moment = event.time();
        return time == TcpPacket.NO_TIME || moment == null ? null : Duration.between(moment, instant(time));
    }

    private static Instant instant(long time) {
        return Instant.ofEpochSecond(Math.floorDiv(time, 1_000_000_000L), Math.floorMod(time, 1_000_000_000L));
    }

    /** Whether the RST can be the event's: it has the same destination, and its numbers answer the packet. */
    private boolean fits(PacketFlow flow, PacketFlow.Reset reset) {
        boolean toPeer = goesTo(flow, reset.rows, reset.at, peer);
        if (received) {
            return !toPeer && (sequence == null || sequence == PacketFlow.sequence(reset.rows, reset.at));
        }
        if (event.endpointsOfSocket() || !toPeer) {
            return toPeer;
        }
        Set<TcpFlag> flags = event.flags();
        if (reset.provoked >= 0
                && flags != null
                && !flags.equals(TcpFlag.of(PacketFlow.flags(reset.rows, reset.provoked)))) {
            return false;
        }
        if (sequence == null || acknowledgment == null || flags == null) {
            return true;
        }
        if (flags.contains(TcpFlag.ACK)) {
            return PacketFlow.sequence(reset.rows, reset.at) == acknowledgment;
        }
        Long length = event.number("len");
        int behind = sequence
                + (length == null ? 0 : (int) (long) length)
                + (flags.contains(TcpFlag.SYN) ? 1 : 0)
                + (flags.contains(TcpFlag.FIN) ? 1 : 0);
        return PacketFlow.acknowledgment(reset.rows, reset.at) == behind;
    }

    private static boolean goesTo(PacketFlow flow, long[] rows, int row, Endpoint end) {
        return flow.key.end(!PacketFlow.goesUp(rows, row)).equals(end);
    }

    /** The row of the event's packet, by its sequence numbers; −1 when there is none. */
    private int provoking(Located at, long[] rows) {
        Set<TcpFlag> flags = event.flags();
        if (received || event.endpointsOfSocket() || flags == null || sequence == null || acknowledgment == null) {
            return -1;
        }
        for (int row = PacketFlow.count(rows) - 1; row >= 0; row--) {
            if (!goesTo(at.flow(), rows, row, peer)
                    && PacketFlow.sequence(rows, row) == sequence
                    && (!flags.contains(TcpFlag.ACK) || PacketFlow.acknowledgment(rows, row) == acknowledgment)
                    && TcpFlag.of(PacketFlow.flags(rows, row)).equals(flags)) {
                return row;
            }
        }
        return -1;
    }

    /** The same connection with other ends after NAT, found by its first sequence numbers or by conntrack. */
    private List<Sighting> behindNat(Sighting base, @Nullable Endpoint translated) {
        List<Sighting> found = new ArrayList<>();
        PacketFlow flow = base.at.flow();
        boolean hereIsLower = flow.key.end(true).equals(here);
        for (Located other : traces.translations(flow)) {
            Boolean side = PacketTraces.sideOf(flow, hereIsLower, other.flow());
            if (side == null) {
                Boolean peers = PacketTraces.sideOf(flow, !hereIsLower, other.flow());
                side = peers == null ? null : !peers;
            }
            if (side != null && !other.flow().key.end(side).equals(here)) {
                found.add(new Sighting(other));
            }
        }
        ConnectionKey key = translated == null ? null : ConnectionKey.of(peer, translated);
        for (PacketTrace trace : traces.traces()) {
            PacketFlow same = key == null ? null : trace.find(key);
            if (same != null
                    && found.stream().noneMatch(each -> each.at.flow().key.equals(same.key))) {
                found.add(new Sighting(new Located(trace, same)));
            }
        }
        for (Sighting each : found) {
            if (base.provoking >= 0) {
                each.provoking = PacketFlow.find(
                        each.rows,
                        isUp(each.at.flow(), base),
                        PacketFlow.flags(base.rows, base.provoking),
                        PacketFlow.sequence(base.rows, base.provoking),
                        PacketFlow.acknowledgment(base.rows, base.provoking));
            }
            PacketFlow.Reset reset = base.reset;
            if (reset == null) {
                continue;
            }
            for (PacketFlow.Reset other : each.at.flow().resets()) {
                if (PacketFlow.sequence(other.rows, other.at) == PacketFlow.sequence(reset.rows, reset.at)) {
                    each.reset = other;
                    other.claimed = true;
                }
            }
        }
        return found;
    }

    /** Whether packets from the peer go up in the other connection. */
    private boolean isUp(PacketFlow other, Sighting base) {
        PacketFlow flow = base.at.flow();
        boolean peerIsLower = flow.key.end(true).equals(peer);
        Boolean side = PacketTraces.sideOf(flow, peerIsLower, other);
        if (side == null) {
            Boolean ours = PacketTraces.sideOf(flow, !peerIsLower, other);
            side = ours == null ? null : !ours;
        }
        return side == null ? other.key.end(true).equals(peer) : side;
    }

    private static Window window(Sighting sighting) {
        return switch (PacketFlow.window(sighting.rows, sighting.provoking)) {
            case PacketFlow.INSIDE -> Window.INSIDE;
            case PacketFlow.ACK_ABOVE, PacketFlow.SEQUENCE_ABOVE -> Window.ABOVE;
            case PacketFlow.BELOW -> Window.BELOW;
            default -> Window.UNKNOWN;
        };
    }

    private static String provokingSentence(Sighting sighting) {
        WirePacket packet = packet(sighting.at, sighting.rows, sighting.provoking);
        int excess = PacketFlow.excess(sighting.rows, sighting.provoking);
        String bytes = excess == 1 ? "1 byte" : excess + " bytes";
        String lies = switch (PacketFlow.window(sighting.rows, sighting.provoking)) {
            case PacketFlow.INSIDE -> "; it is inside the connection's windows";
            case PacketFlow.ACK_ABOVE -> "; it acknowledges " + bytes + " that were not sent";
            case PacketFlow.SEQUENCE_ABOVE -> "; it starts " + bytes + " beyond the receiver's window";
            case PacketFlow.BELOW -> "; it lags " + bytes + " behind the connection: late by more than a window";
            default -> "";
        };
        return packet.place() + " provoked the RST: " + describe(packet) + lies;
    }

    /** {@code ACK, seq 7, ack 100009, no data (counted from the connection's start)}. */
    private static String describe(WirePacket packet) {
        List<String> names = packet.flags().stream().sorted().map(TcpFlag::name).toList();
        boolean acknowledges = packet.flags().contains(TcpFlag.ACK);
        return (names.isEmpty() ? "no flags" : String.join(",", names)) + ", seq " + packet.sequence()
                + (acknowledges ? ", ack " + packet.acknowledgment() : "")
                + (packet.length() == 0 ? ", no data" : ", " + packet.length() + " bytes of data")
                + (packet.relative() ? " (counted from the connection's start)" : "");
    }

    private void resetSentences(List<Sighting> direct, Sighting base) {
        PacketFlow.Reset reset = base.reset;
        if (Boolean.FALSE.equals(event.sent())) {
            return;
        }
        if (reset == null) {
            missing(base, "");
            return;
        }
        WirePacket packet = packet(base.at, reset.rows, reset.at);
        StringBuilder text = new StringBuilder(packet.place()).append(" is the RST");
        long since = base.provoking < 0
                ? -1
                : PacketFlow.time(reset.rows, reset.at) - PacketFlow.time(base.rows, base.provoking);
        if (since >= 0) {
            text.append(", ").append(ClockOffset.text(Duration.ofNanos(since))).append(" later");
        }
        List<String> also = new ArrayList<>();
        for (Sighting each : direct) {
            if (each != base && each.reset != null) {
                also.add(packet(each.at, each.reset.rows, each.reset.at).place());
            }
        }
        if (!also.isEmpty()) {
            text.append("; also seen as ").append(String.join(", ", also));
        }
        sentences.add(text.toString());
        for (Sighting each : direct) {
            if (each != base && each.reset == null && covers(each, reset, base)) {
                missing(each, "; " + base.at.trace().name + " has the RST: it was lost or dropped on the way");
            }
        }
    }

    private void receivedSentences(List<Sighting> direct) {
        List<String> places = new ArrayList<>();
        for (Sighting each : direct) {
            if (each.reset != null) {
                places.add(packet(each.at, each.reset.rows, each.reset.at).place());
            }
        }
        if (!places.isEmpty()) {
            sentences.add("the received RST is " + String.join(", ", places));
        }
    }

    private void missing(Sighting sighting, String besides) {
        if (sighting.at.flow().resets().isEmpty()) {
            sentences.add(
                    sighting.at.trace().name + " has the connection (" + span(sighting.at) + ") but no RST" + besides);
        }
    }

    /** Whether the capture at a place covers the time of the RST, by its own clock. */
    private boolean covers(Sighting sighting, PacketFlow.Reset reset, Sighting base) {
        PacketTrace trace = sighting.at.trace();
        long time = traces.aligned(base.at.trace(), PacketFlow.time(reset.rows, reset.at));
        return PacketFlow.time(reset.rows, reset.at) != TcpPacket.NO_TIME && trace.covers(time + traces.ahead(trace));
    }

    /** What the other side of NAT shows; a capture at another place is preferred over one of all devices of the host. */
    private void natSentences(List<Sighting> behindNat, Sighting base) {
        boolean elsewhere = behindNat.stream().anyMatch(each -> each.at.trace() != base.at.trace());
        for (Sighting each : behindNat) {
            if (!elsewhere || each.at.trace() != base.at.trace()) {
                natSentence(each, base);
            }
        }
    }

    private void natSentence(Sighting sighting, Sighting base) {
        PacketFlow flow = sighting.at.flow();
        boolean peerIsUp = isUp(flow, base);
        Endpoint inside = flow.key.end(!peerIsUp);
        StringBuilder text = new StringBuilder(sighting.at.trace().name)
                .append(" has the connection as ")
                .append(flow.key.end(peerIsUp))
                .append(" → ")
                .append(inside)
                .append(" (")
                .append(span(sighting.at))
                .append(')');
        PacketFlow.Reset reset = sighting.reset;
        boolean resetWouldShow = base.reset != null && covers(sighting, base.reset, base);
        if (sighting.provoking >= 0) {
            text.append(", the packet as ")
                    .append(packet(sighting.at, sighting.rows, sighting.provoking)
                            .place());
        }
        if (reset != null) {
            text.append(sighting.provoking >= 0 ? " and" : ",")
                    .append(" the RST as ")
                    .append(packet(sighting.at, reset.rows, reset.at).place());
        } else if (sighting.provoking >= 0 || event.endpointsOfSocket()) {
            text.append(resetWouldShow ? " and no RST" : "");
        } else if (base.provoking >= 0 && resetWouldShow && (flow.isWhole() || isKeptFrom(sighting, base))) {
            text.append(", but neither this packet nor the RST: ")
                    .append(here.address())
                    .append(" did not forward the packet and answered instead of ")
                    .append(inside.address());
        }
        sentences.add(text.toString());
    }

    /** Whether the kept packets of a connection start before the provoking one. */
    private boolean isKeptFrom(Sighting sighting, Sighting base) {
        long wanted = traces.aligned(base.at.trace(), PacketFlow.time(base.rows, base.provoking));
        return PacketFlow.count(sighting.rows) > 0
                && traces.aligned(sighting.at.trace(), PacketFlow.time(sighting.rows, 0)) <= wanted;
    }

    private static String span(Located at) {
        PacketFlow flow = at.flow();
        String first = at.trace().file(flow.firstFile) + " packet";
        return flow.first == flow.last
                ? first + " " + flow.first
                : first + "s " + flow.first + " to "
                        + (flow.firstFile == flow.lastFile ? "" : at.trace().file(flow.lastFile) + " packet ")
                        + flow.last;
    }

    private List<WirePacket> packets(Sighting base, List<Sighting> direct, List<Sighting> behindNat) {
        List<Sighting> all = new ArrayList<>(direct);
        all.addAll(behindNat);
        record Timed(long time, WirePacket packet) {}
        List<Timed> timed = new ArrayList<>();
        for (Sighting each : all) {
            long[] rows = each.reset == null ? each.rows : each.reset.rows;
            int most = each == base ? rows.length : PACKETS;
            for (int row = Math.max(0, PacketFlow.count(rows) - most); row < PacketFlow.count(rows); row++) {
                timed.add(new Timed(
                        traces.aligned(each.at.trace(), PacketFlow.time(rows, row)), packet(each.at, rows, row)));
            }
        }
        timed.sort(Comparator.comparingLong(Timed::time));
        return timed.stream().map(Timed::packet).toList();
    }

    static WirePacket packet(Located at, long[] rows, int row) {
        PacketFlow flow = at.flow();
        boolean up = PacketFlow.goesUp(rows, row);
        int flags = PacketFlow.flags(rows, row);
        Integer mine = flow.initial(up);
        Integer theirs = flow.initial(!up);
        boolean acknowledges = (flags & TcpPacket.ACK) != 0;
        boolean relative = mine != null && (theirs != null || !acknowledges);
        long sequence = relative && mine != null
                ? PacketFlow.sequence(rows, row) - mine
                : PacketFlow.sequence(rows, row) & 0xffff_ffffL;
        long acknowledgment = relative && theirs != null
                ? PacketFlow.acknowledgment(rows, row) - theirs
                : PacketFlow.acknowledgment(rows, row) & 0xffff_ffffL;
        long time = PacketFlow.time(rows, row);
        return new WirePacket(
                at.trace().name,
                at.trace().file(PacketFlow.file(rows, row)),
                PacketFlow.number(rows, row),
                time == TcpPacket.NO_TIME ? null : instant(time),
                flow.key.end(up),
                flow.key.end(!up),
                TcpFlag.of(flags),
                sequence,
                acknowledges ? acknowledgment : 0,
                PacketFlow.length(rows, row),
                relative);
    }
}
