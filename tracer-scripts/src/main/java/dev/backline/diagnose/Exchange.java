package dev.backline.diagnose;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The packets and calls around one RST, in the order in which they happened: what a sequence chart shows. Immutable.
 *
 * @param participants from the wire inwards, in the order of their {@link Role}s; each role at most once
 * @param messages the earliest first; both ends of each are among the participants
 */
public record Exchange(List<Participant> participants, List<Message> messages) {
    public Exchange {
        participants = List.copyOf(participants);
        messages = List.copyOf(messages);
    }

    /** Who takes part, from the wire inwards. */
    public enum Role {
        /** The other end of the connection. */
        PEER("peer"),
        /** The host's packet filter, where a rule rejects. */
        FIREWALL("firewall"),
        /** The host's table of connections, by which NAT translates. */
        CONNTRACK("conntrack, NAT"),
        /** TCP of the kernel that was traced. */
        HOST("host's TCP"),
        /** The owner of a connection that this host translates. */
        CONTAINER("container"),
        /** The program that has the socket. */
        APPLICATION("application");

        private final String title;

        Role(String title) {
            this.title = title;
        }

        /** {@return what a chart calls it} */
        public String title() {
            return title;
        }
    }

    /**
     * One who takes part.
     *
     * @param role where he stands
     * @param name its address and port, or the program's name; null when not known
     */
    public record Participant(Role role, @Nullable String name) {}

    /** What a message is. */
    public enum Kind {
        /** A packet. */
        PACKET,
        /** A packet that is a RST. */
        RESET,
        /** A packet that nobody answers. */
        LOST,
        /** A call within the host, or what somebody finds for himself. */
        STEP
    }

    /** How a message is known. */
    public enum Basis {
        /** The event says so. */
        CAPTURED,
        /** A kernel log says so. */
        LOGGED,
        /** A packet capture shows it. */
        WIRE,
        /** It follows from the cause. */
        CONCLUDED
    }

    /**
     * One arrow of the chart; a note when it ends where it starts.
     *
     * @param from who sends it
     * @param to who gets it
     * @param kind what it is
     * @param text what is sent or found, in a few words: {@code ACK,PSH seq 1 ack 2 len 20}
     * @param basis how it is known
     * @param time of day; null when not known
     * @param place where it is read from: {@code rst.log line 12}; null when it is concluded
     */
    public record Message(
            Role from,
            Role to,
            Kind kind,
            String text,
            Basis basis,
            @Nullable Instant time,
            @Nullable String place) {
        /** {@return whether it is something that one finds for himself} */
        public boolean isNote() {
            return from == to;
        }
    }
}
