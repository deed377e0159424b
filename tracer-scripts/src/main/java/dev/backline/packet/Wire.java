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
    /** The position of a packet relative to the windows that conntrack tracks. */
    public enum Window {
        /** Not known from the captures. */
        UNKNOWN,
        /** Inside the windows. */
        INSIDE,
        /** Data or acknowledgment is above the window: INVALID in every kernel. */
        ABOVE,
        /** Far below the window: INVALID before Linux 6.1, ignored by later kernels. */
        BELOW
    }

    public Wire {
        sentences = List.copyOf(sentences);
        packets = List.copyOf(packets);
    }
}
