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

/** Tells what happened around one RST: what its event and the kernel log say, and what follows from its cause. */
final class Exchanges {
    /** So many packets before the provoking one are shown. */
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

    private Exchanges(ProbeEvent event, Cause cause, KernelLog.@Nullable Match log, @Nullable Wire wire) {
        this.event = event;
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
     * @param wire what packet captures show of the event, if they do
     */
    static Exchange of(ProbeEvent event, Diagnosis diagnosis, KernelLog.@Nullable Match log, @Nullable Wire wire) {
        Exchanges exchange = new Exchanges(event, diagnosis.cause(), log, wire);
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
        Direction caused = switch (cause) {
            case NETFILTER_REJECT -> Direction.NETFILTER;
            case CLOSE_UNREAD_DATA,
                    LINGER_ZERO,
                    DISCONNECT,
                    LISTENER_CLOSED,
                    KEEPALIVE_TIMEOUT,
                    FIN_WAIT2_TIMEOUT,
                    ORPHAN_LIMIT,
                    SOCKET_DESTROYED -> Direction.ACTIVE;
            default -> null;
        };
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

    /** The packets of the connection before that, as the capture has them that shows the provoking one. */
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
        if (cause == Cause.DATA_AFTER_CLOSE || cause == Cause.LINGER2) {
            names.put(Role.APPLICATION, null);
            concluded(
                    Role.APPLICATION,
                    Role.HOST,
                    cause == Cause.LINGER2 ? "close() with TCP_LINGER2 below 0" : "close(), or shutdown() of reading");
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
        if (cause == Cause.CONNTRACK_INVALID) {
            names.put(Role.CONTAINER, null);
            concluded(Role.CONTAINER, Role.CONTAINER, "has the connection, but never receives the packet");
        }
        reset(Role.HOST);
    }

    /** What conntrack makes of the packet. */
    private void tracked(@Nullable String ct, boolean captured) {
        KernelLog.Match line = log;
        boolean logged = line != null && line.invalid();
        boolean invalid = logged || "INVALID".equals(ct) || cause == Cause.CONNTRACK_INVALID;
        String text = cause == Cause.CONNTRACK_INVALID
                ? "INVALID: not translated back"
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
        String at = own == null ? "" : " for " + own;
        return switch (cause) {
            case CLOSED_PORT -> "no socket listens" + (own == null ? "" : " on " + own);
            case CONNTRACK_INVALID, NO_SOCKET -> "no socket" + at;
            case TIME_WAIT -> "a socket in TIME_WAIT";
            case LISTEN_BAD_ACK -> "a listening socket; the ACK belongs to no connection";
            case SYN_SENT_BAD_ACK -> "a connecting socket; the ACK acknowledges a sequence number that was never sent";
            case SYN_RECV_BAD_ACK -> "a half-open connection; the acknowledgment number is wrong";
            case DATA_AFTER_CLOSE -> "the application no longer reads";
            case LINGER2 -> "TCP_LINGER2 is negative: no FIN_WAIT2";
            case REFUSED_BY_STATE -> "the socket's state does not allow the packet";
            case ACCEPT_QUEUE_OVERFLOW -> "accept queue full and tcp_abort_on_overflow is 1";
            case EMBRYONIC_RESET -> "a half-open connection; the SYN does not match it";
            case MPTCP -> "Multipath TCP refuses the packet";
            case NOT_SENT -> flags().contains(TcpFlag.RST) ? "a RST is not answered" : "no RST is sent";
            default -> "none".equals(event.fields().get("sk")) ? "no socket" + at : null;
        };
    }

    private void active() {
        String does = switch (cause) {
            case CLOSE_UNREAD_DATA -> {
                Long unread = event.number("unread");
                yield "close() with " + (unread == null || unread <= 0 ? "data" : unread + " bytes") + " unread";
            }
            case LINGER_ZERO -> "close() with SO_LINGER 0";
            case DISCONNECT -> "connect(AF_UNSPEC), or a connect that failed";
            case LISTENER_CLOSED -> "close() of the listening socket while connections wait";
            case SOCKET_DESTROYED -> "destroys the socket";
            case FIN_WAIT2_TIMEOUT -> "close()";
            default -> null;
        };
        if (does != null) {
            // Who runs while a timer fires is whoever was interrupted.
            names.put(Role.APPLICATION, cause == Cause.FIN_WAIT2_TIMEOUT ? null : event.comm());
            concluded(Role.APPLICATION, Role.HOST, does);
        }
        switch (cause) {
            case KEEPALIVE_TIMEOUT ->
                messages.add(new Message(
                        Role.HOST, Role.PEER, Kind.LOST, "unanswered keepalives or data", Basis.CONCLUDED, null, null));
            case FIN_WAIT2_TIMEOUT -> concluded(Role.HOST, Role.HOST, "FIN_WAIT2: the peer does not close in time");
            case ORPHAN_LIMIT -> concluded(Role.HOST, Role.HOST, "too many orphaned sockets, or no memory for TCP");
            default -> {}
        }
        captured(Role.HOST, Role.PEER, Kind.RESET, "RST,ACK");
    }

    private void rejected() {
        names.put(Role.FIREWALL, null);
        captured(Role.PEER, Role.FIREWALL, Kind.PACKET, packet());
        concluded(Role.FIREWALL, Role.FIREWALL, "a rule rejects the packet");
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

    /** The packet that came, as far as it was captured. */
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
