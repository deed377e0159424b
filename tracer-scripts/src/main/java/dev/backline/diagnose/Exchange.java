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

    /** The participants, from the wire inwards. */
    public enum Role {
        /** The other end of the connection. */
        PEER("peer"),
        /** The host's packet filter, where a rule rejects the packet. */
        FIREWALL("firewall"),
        /** The host's table of connections, which NAT uses. */
        CONNTRACK("conntrack, NAT"),
        /** TCP in the traced kernel. */
        HOST("host's TCP"),
        /** The owner of a connection that this host translates. */
        CONTAINER("container"),
        /** The program that owns the socket. */
        APPLICATION("application");

        private final String title;

        Role(String title) {
            this.title = title;
        }

        /** {@return the name in a chart} */
        public String title() {
            return title;
        }
    }

    /**
     * One participant.
     *
     * @param role its place between the wire and the application
     * @param name its address and port, or the program's name; null when not known
     */
    public record Participant(Role role, @Nullable String name) {}

    /** The kinds of messages. */
    public enum Kind {
        /** A packet. */
        PACKET,
        /** A packet that is a RST. */
        RESET,
        /** A packet without an answer. */
        LOST,
        /** A call within the host, or something that a participant finds out. */
        STEP
    }

    /** Where a message is known from. */
    public enum Basis {
        /** From the event. */
        CAPTURED,
        /** From a kernel log. */
        LOGGED,
        /** From a packet capture. */
        WIRE,
        /** Concluded from the cause. */
        CONCLUDED
    }

    /**
     * One arrow of the chart; a note when it ends where it starts.
     *
     * @param from the sender
     * @param to the receiver
     * @param kind the kind of message
     * @param text what is sent or found, in a few words: {@code ACK,PSH seq 1 ack 2 len 20}
     * @param basis where the message is known from
     * @param time of day; null when not known
     * @param place the place in the input: {@code rst.log line 12}; null when the message is concluded
     */
    public record Message(
            Role from,
            Role to,
            Kind kind,
            String text,
            Basis basis,
            @Nullable Instant time,
            @Nullable String place) {
        /** {@return whether the participant finds this out alone, without a message to another one} */
        public boolean isNote() {
            return from == to;
        }
    }
}
