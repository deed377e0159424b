package dev.backline.capture;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One hit of a probe: a RST that was sent, forwarded or received, or a call that would have sent one.
 *
 * @param file the capture, as the caller named it
 * @param line the first line of the event, from 1
 * @param format the tool that printed the event
 * @param run the header of the event; null when there was none
 * @param time the time of day; null when the capture does not have it. A time without a zone is UTC, which is what
 *     SystemTap's ctime() prints
 * @param sinceBoot the kernel's clock, as in its log; null when the capture does not have it
 * @param probe the function or the tracepoint ({@code tcp:tcp_send_reset})
 * @param comm the name of the running task: in a softirq, any task that was interrupted
 * @param source as printed: the source of the packet that provoked the RST, or the socket's own end ({@link
 *     #endpointsOfSocket})
 * @param destination as printed: the other end
 * @param endpointsOfSocket whether source and destination are the socket's own and its peer's, not the packet's
 * @param flags of the packet that provoked the RST; null when not printed
 * @param sent false when the function returned without sending, null when the capture does not have it
 * @param fields the other printed keys and values, in the order of the keys, unescaped; without those that could not be read
 * @param stack innermost first; empty when none was printed
 * @param count how many hits the event stands for: more than one where the tool only counted stacks
 */
public record ProbeEvent(
        String file,
        long line,
        CaptureFormat format,
        @Nullable ProbeRun run,
        @Nullable Instant time,
        @Nullable Duration sinceBoot,
        String probe,
        @Nullable String comm,
        @Nullable Endpoint source,
        @Nullable Endpoint destination,
        boolean endpointsOfSocket,
        @Nullable Set<TcpFlag> flags,
        @Nullable Boolean sent,
        Map<String, String> fields,
        List<ProbeFrame> stack,
        long count) {
    public ProbeEvent {
        flags = flags == null ? null : Set.copyOf(flags);
        fields = fields instanceof EventFields ? fields : Collections.unmodifiableMap(new TreeMap<>(fields));
        stack = ProbeStack.copyOf(stack);
    }

    /**
     * {@return an identity for the text of the stack: events with the same identity have the same frames in the same text,
     * with other line numbers} Equal stacks may have different identities.
     */
    public Object stackIdentity() {
        return ((ProbeStack) stack).shape();
    }

    /**
     * {@return the same event with another stack}
     *
     * @param other innermost first; empty for an event that takes less memory
     */
    public ProbeEvent withStack(List<ProbeFrame> other) {
        return new ProbeEvent(
                file,
                line,
                format,
                run,
                time,
                sinceBoot,
                probe,
                comm,
                source,
                destination,
                endpointsOfSocket,
                flags,
                sent,
                fields,
                other,
                count);
    }

    /** {@return the source of the packet that provoked the RST; null when there is none or the capture does not have it} */
    public @Nullable Endpoint packetSource() {
        return endpointsOfSocket && !answersAPacket() ? null : peer();
    }

    /** {@return where the packet that provoked the RST was sent to; null when there is none or the capture does not have it} */
    public @Nullable Endpoint packetDestination() {
        return endpointsOfSocket && !answersAPacket() ? null : own();
    }

    /** Whether a tracepoint shows the answer to a packet: then its addresses are those of the RST. */
    private boolean answersAPacket() {
        return probe.equals("tcp:tcp_send_reset") && "NO_SOCKET".equals(fields.get("reason"));
    }

    /**
     * {@return the same event with other names}
     *
     * @param otherComm the name of the task; null for none
     * @param otherFields the printed keys and values
     */
    public ProbeEvent withNames(@Nullable String otherComm, Map<String, String> otherFields) {
        return new ProbeEvent(
                file,
                line,
                format,
                run,
                time,
                sinceBoot,
                probe,
                otherComm,
                source,
                destination,
                endpointsOfSocket,
                flags,
                sent,
                otherFields,
                stack,
                count);
    }

    /** {@return the other end of the connection; null when the capture does not have it} */
    public @Nullable Endpoint peer() {
        return endpointsOfSocket ? destination : source;
    }

    /**
     * {@return this host's end of the connection, or the destination of the packet; null when the capture does not have it}
     */
    public @Nullable Endpoint own() {
        return endpointsOfSocket ? source : destination;
    }

    /**
     * {@return a field as a number, decimal or hex with 0x; null when the field is missing or not a number}
     *
     * @param field its key
     */
    public @Nullable Long number(String field) {
        String text = fields.get(field);
        return text == null ? null : Values.number(text);
    }
}
