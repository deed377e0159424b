package dev.backline.packet;

import dev.backline.capture.Endpoint;
import dev.backline.capture.TcpFlag;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A TCP packet of a packet capture.
 *
 * @param trace the name of the place it was captured at
 * @param file the packet capture
 * @param number its number in the file, from 1, as in Wireshark
 * @param time by the capture's own clock; null when the capture has none
 * @param source according to its headers
 * @param destination according to its headers
 * @param flags of its TCP header
 * @param sequence its sequence number, counted from the connection's first where relative
 * @param acknowledgment counted from the other side's first where relative; 0 without ACK
 * @param length bytes of data
 * @param relative whether the capture has the start of the connection
 */
public record WirePacket(
        String trace,
        String file,
        long number,
        @Nullable Instant time,
        Endpoint source,
        Endpoint destination,
        Set<TcpFlag> flags,
        long sequence,
        long acknowledgment,
        int length,
        boolean relative) {
    public WirePacket {
        flags = Set.copyOf(flags);
    }

    /** {@return its place in the input, such as {@code host.pcap packet 23}} */
    public String place() {
        return file + " packet " + number;
    }
}
