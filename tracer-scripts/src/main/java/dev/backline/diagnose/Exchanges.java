package dev.backline.diagnose;

import dev.backline.capture.Endpoint;
import dev.backline.capture.ProbeEvent;
import dev.backline.capture.TcpFlag;
import dev.backline.diagnose.Exchange.Basis;
import dev.backline.diagnose.Exchange.Kind;
import dev.backline.diagnose.Exchange.Message;
import dev.backline.diagnose.Exchange.Participant;
import dev.backline.diagnose.Exchange.Role;
import dev.backline.evidence.KernelLog;
import dev.backline.packet.Wire;
import dev.backline.packet.WirePacket;
import dev.backline.probe.ProbeCatalogue;
import dev.backline.probe.ProbePoint;
import dev.backline.probe.ProbePoint.Direction;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the packets and calls around one RST: from its event and the evidence, and concluded from its cause. */
final class Exchanges {
    /** How many packets before the provoking one are shown. */
    private static final int EARLIER = 6;

    private final ProbeEvent event;
    private final Cause cause;
    private final KernelLog.@Nullable Match log;
    private final @Nullable Wire wire;
    private final String place;
    private final @Nullable Endpoint peer;
    private final @Nullable Endpoint own;
    private final Map<Role, @Nullable String> names = new EnumMap<>(Role.class);
    private final List<Message> messages = new ArrayList<>();

    /** Whether another host or namespace marked the packet INVALID, and forwarded it. */
    private final boolean forwarded;

    private Exchanges(
            ProbeEvent event, Cause cause, KernelLog.@Nullable Match log, @Nullable Wire wire, boolean forwarded) {
        this.event = event;
        this.forwarded = forwarded;
        this.cause = cause;
        this.log = log;
        this.wire = wire;
        place = event.file() + " line " + event.line();
        peer = event.peer();
        own = event.own();
        names.put(Role.PEER, peer == null ? null : peer.toString());
        names.put(Role.HOST, own == null ? null : own.toString());
    }

    /**
     * @param log the line of the kernel log about the event's packet, if there is one
     * @param wire the packets of the event's connection, if they were captured
     * @param forwarded whether another host or namespace marked the packet INVALID, and forwarded it
     */
    static Exchange of(
            ProbeEvent event,
            Diagnosis diagnosis,
            KernelLog.@Nullable Match log,
            @Nullable Wire wire,
            boolean forwarded) {
        Exchanges exchange = new Exchanges(event, diagnosis.cause(), log, wire, forwarded);
        exchange.earlier();
        switch (exchange.direction()) {
            case RECEIVED -> exchange.received();
            case ACTIVE -> exchange.active();
            case NETFILTER -> exchange.rejected();
            case PASSIVE -> exchange.passive();
        }
        List<Participant> participants = new ArrayList<>();
        exchange.names.forEach((role, name) -> participants.add(new Participant(role, name)));
        return new Exchange(participants, exchange.messages);
    }

    private Direction direction() {
        Direction caused = cause.direction();
        if (caused != null) {
            return caused;
        }
        String probe = CallStep.plain(event.probe());
        for (ProbePoint point : ProbeCatalogue.points()) {
            if (point.name().equals(probe) || point.plainName().equals(probe)) {
                return point.direction();
            }
        }
        return event.endpointsOfSocket() ? Direction.ACTIVE : Direction.PASSIVE;
    }

    /** The earlier packets of the connection, from the capture that has the provoking one. */
    private void earlier() {
        WirePacket until = wire == null ? null : wire.provoking() == null ? wire.reset() : wire.provoking();
        if (wire == null || until == null) {
            return;
        }
        boolean nat = wire.translated() && !event.endpointsOfSocket();
        List<Message> before = new ArrayList<>();
        for (WirePacket packet : wire.packets()) {
            boolean same = packet.trace().equals(until.trace()) && packet.file().equals(until.file());
            boolean in = packet.source().equals(peer) && packet.destination().equals(own);
            boolean out = packet.source().equals(own) && packet.destination().equals(peer);
            if (same && packet.number() < until.number() && (in || out)) {
                Role inside = nat ? Role.CONTAINER : Role.HOST;
                before.add(new Message(
                        in ? Role.PEER : inside,
                        in ? inside : Role.PEER,
                        packet.flags().contains(TcpFlag.RST) ? Kind.RESET : Kind.PACKET,
                        text(packet),
                        Basis.WIRE,
                        packet.time(),
                        packet.place()));
            }
        }
        if (nat && !before.isEmpty()) {
            names.put(Role.CONTAINER, null);
        }
        messages.addAll(before.subList(Math.max(0, before.size() - EARLIER), before.size()));
    }

    private static String text(WirePacket packet) {
        List<String> flags = packet.flags().stream().sorted().map(TcpFlag::name).toList();
        return (flags.isEmpty() ? "no flags" : String.join(",", flags)) + " seq " + packet.sequence()
                + (packet.flags().contains(TcpFlag.ACK) ? " ack " + packet.acknowledgment() : "")
                + (packet.length() == 0 ? "" : " len " + packet.length());
    }

    private void passive() {
        String ct = event.fields().get("ct");
        boolean captured = ct != null && !ct.equals("-") && !ct.equals("none") && !ct.equals("?");
        boolean tracked = captured || log != null || cause == Cause.CONNTRACK_INVALID;
        String act = cause.origin().act();
        if (act != null) {
            names.put(Role.APPLICATION, null);
            concluded(Role.APPLICATION, Role.HOST, act);
        }
        captured(Role.PEER, tracked ? Role.CONNTRACK : Role.HOST, Kind.PACKET, packet());
        if (tracked) {
            names.put(Role.CONNTRACK, null);
            tracked(ct, captured);
        }
        String found = finding();
        if (found != null) {
            concluded(Role.HOST, Role.HOST, found);
        }
        if (cause == Cause.CONNTRACK_INVALID && !forwarded) {
            names.put(Role.CONTAINER, null);
            concluded(Role.CONTAINER, Role.CONTAINER, "has the connection, but never receives the packet");
        }
        reset(Role.HOST);
    }

    /** How conntrack classifies the packet. */
    private void tracked(@Nullable String ct, boolean captured) {
        KernelLog.Match line = log;
        boolean logged = line != null && line.invalid();
        boolean invalid = logged || "INVALID".equals(ct) || cause == Cause.CONNTRACK_INVALID;
        String text = cause == Cause.CONNTRACK_INVALID
                ? forwarded ? "INVALID: forwarded, not translated" : "INVALID: not translated back"
                : invalid ? "INVALID" : captured ? "conntrack says " + ct : "not INVALID according to the log";
        Basis basis = Basis.CONCLUDED;
        String said = null;
        if (logged || (!captured && line != null)) {
            basis = Basis.LOGGED;
            said = "kernel log";
        } else if (captured) {
            basis = Basis.CAPTURED;
            said = place;
        }
        messages.add(new Message(Role.CONNTRACK, Role.HOST, Kind.STEP, text, basis, null, said));
    }

    /** What TCP found for the packet that came, in a few words. */
    private @Nullable String finding() {
        if (cause == Cause.NOT_SENT && flags().contains(TcpFlag.RST)) {
            return "a RST is not answered";
        }
        boolean noSocket =
                cause == Cause.UNKNOWN && "none".equals(event.fields().get("sk"));
        return (noSocket ? Cause.NO_SOCKET : cause).origin().finding(own);
    }

    private void active() {
        // A cause of several directions has the act and the finding of its answers only.
        if (cause.direction() == Direction.ACTIVE) {
            act();
            String found = cause.origin().finding(own);
            if (found != null && cause == Cause.KEEPALIVE_TIMEOUT) {
                messages.add(new Message(Role.HOST, Role.PEER, Kind.LOST, found, Basis.CONCLUDED, null, null));
            } else if (found != null) {
                concluded(Role.HOST, Role.HOST, found);
            }
        }
        captured(Role.HOST, Role.PEER, Kind.RESET, "RST,ACK");
    }

    /** What the application does, where it does something. */
    private void act() {
        String act = cause.origin().act();
        if (act == null) {
            return;
        }
        Long unread = event.number("unread");
        if (cause == Cause.CLOSE_UNREAD_DATA && unread != null && unread > 0) {
            act = "close() with " + unread + " bytes unread";
        }
        // A timer interrupts any task: comm does not name the program that closed.
        names.put(Role.APPLICATION, cause == Cause.FIN_WAIT2_TIMEOUT ? null : event.comm());
        concluded(Role.APPLICATION, Role.HOST, act);
    }

    private void rejected() {
        names.put(Role.FIREWALL, null);
        captured(Role.PEER, Role.FIREWALL, Kind.PACKET, packet());
        Cause rule = cause.direction() == Direction.NETFILTER ? cause : Cause.NETFILTER_REJECT;
        String found = rule.origin().finding(own);
        if (found != null) {
            concluded(Role.FIREWALL, Role.FIREWALL, found);
        }
        reset(Role.FIREWALL);
    }

    private void received() {
        names.put(Role.APPLICATION, null);
        captured(Role.PEER, Role.HOST, Kind.RESET, packet());
        concluded(Role.HOST, Role.APPLICATION, "connection reset by peer");
    }

    /** The answer to the packet that came (RFC 9293 3.10.7.1). */
    private void reset(Role sender) {
        if (Boolean.FALSE.equals(event.sent())) {
            return;
        }
        String text = "RST";
        Long sequence = event.number("seq");
        Long acknowledged = event.number("ack");
        Long length = event.number("len");
        if (flags().contains(TcpFlag.ACK) && acknowledged != null) {
            text += " seq " + acknowledged;
        } else if (event.flags() != null && !flags().contains(TcpFlag.ACK)) {
            int counted = (flags().contains(TcpFlag.SYN) ? 1 : 0) + (flags().contains(TcpFlag.FIN) ? 1 : 0);
            text += ",ACK seq 0";
            text += sequence == null || length == null ? "" : " ack " + ((sequence + length + counted) & 0xffffffffL);
        }
        WirePacket caught = wire == null ? null : wire.reset();
        if (caught != null) {
            messages.add(new Message(
                    sender, Role.PEER, Kind.RESET, text(caught), Basis.WIRE, caught.time(), caught.place()));
            return;
        }
        boolean seen = Boolean.TRUE.equals(event.sent());
        messages.add(new Message(
                sender,
                Role.PEER,
                Kind.RESET,
                text,
                seen ? Basis.CAPTURED : Basis.CONCLUDED,
                event.time(),
                seen ? place : null));
    }

    private Set<TcpFlag> flags() {
        Set<TcpFlag> flags = event.flags();
        return flags == null ? Set.of() : flags;
    }

    /** The received packet, as far as it was captured. */
    private String packet() {
        WirePacket seen = wire == null ? null : wire.provoking();
        if (seen != null) {
            return text(seen);
        }
        StringBuilder text = new StringBuilder();
        if (event.flags() == null) {
            text.append("a packet");
        } else if (flags().isEmpty()) {
            text.append("a packet without flags");
        } else {
            for (TcpFlag flag : TcpFlag.values()) {
                if (flags().contains(flag)) {
                    text.append(text.isEmpty() ? "" : ",").append(flag);
                }
            }
        }
        for (String field : List.of("seq", "ack", "len")) {
            Long value = event.number(field);
            boolean means = !field.equals("ack") || flags().contains(TcpFlag.ACK);
            if (value != null && means) {
                text.append(' ').append(field).append(' ').append(value);
            }
        }
        return text.toString();
    }

    private void captured(Role from, Role to, Kind kind, String text) {
        messages.add(new Message(from, to, kind, text, Basis.CAPTURED, event.time(), place));
    }

    private void concluded(Role from, Role to, String text) {
        messages.add(new Message(from, to, Kind.STEP, text, Basis.CONCLUDED, null, null));
    }
}
