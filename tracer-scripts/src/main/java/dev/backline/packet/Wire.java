package dev.backline.packet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What packet captures show of an event.
 *
 * @param sentences what a person should know, with file and packet number
 * @param translated whether the connection was seen with NAT applied, to another end than the event's packet went to
 * @param window how the packet lay to the windows of the connection
 * @param provoking the packet that the RST answers, where it shows best; null when it was not seen
 * @param reset the RST, at the same place; null when it was not seen
 * @param packets around the RST, in the order of their time by the clock of the first capture
 */
public record Wire(
        List<String> sentences,
        boolean translated,
        Window window,
        @Nullable WirePacket provoking,
        @Nullable WirePacket reset,
        List<WirePacket> packets) {
    /** How a packet lies to the windows that conntrack keeps. */
    public enum Window {
        /** The captures do not tell. */
        UNKNOWN,
        /** Within them. */
        INSIDE,
        /** It acknowledges or holds what is beyond: INVALID for every kernel's conntrack. */
        ABOVE,
        /** Far behind: INVALID before Linux 6.1, and left alone by later ones. */
        BELOW
    }

    public Wire {
        sentences = List.copyOf(sentences);
        packets = List.copyOf(packets);
    }
}
