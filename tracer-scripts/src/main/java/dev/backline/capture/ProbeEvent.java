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
 * One hit of a probe: a RST that was sent, passed on or received, or a call that would have sent one.
 *
 * @param file that it was read from, as the caller named it
 * @param line of the event's first line in its file, from 1
 * @param format who printed it
 * @param run the header it belongs to; null when there was none
 * @param time of day; null when the capture does not tell. Without a zone in the text it is taken for UTC, which is what
 *     SystemTap's ctime() prints
 * @param sinceBoot the kernel's clock, as in its log; null when the capture does not tell
 * @param probe the function or the tracepoint ({@code tcp:tcp_send_reset})
 * @param comm the running task's name: in a softirq just whoever was interrupted
 * @param source as printed: of the packet that provoked the RST, or the socket's own end ({@link #endpointsOfSocket})
 * @param destination as printed, the other one
 * @param endpointsOfSocket whether source and destination are the socket's own and its peer's, not the packet's
 * @param flags of the packet that provoked the RST; null when not printed
 * @param sent false when the function returned without sending, null when the capture does not tell
 * @param fields whatever else was printed as key and value, in the order of the keys, unescaped; what could not be read is not
 *     there
 * @param stack innermost first; empty when none was printed
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
        List<ProbeFrame> stack) {
    public ProbeEvent {
        flags = flags == null ? null : Set.copyOf(flags);
        fields = fields instanceof EventFields ? fields : Collections.unmodifiableMap(new TreeMap<>(fields));
        stack = ProbeStack.copyOf(stack);
    }

    /**
     * {@return what stands for the text of the stack: events with the same have stacks of the same frames in
     * the same text, only their lines have other numbers} Not all that are equal have the same, and none is
     * kept for long.
     */
    public Object stackIdentity() {
        return ((ProbeStack) stack).shape();
    }

    /** {@return the event with an empty stack, which takes less memory} */
    public ProbeEvent withoutStack() {
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
                List.of());
    }

    /** {@return who is at the other end of the connection; null when the capture does not tell} */
    public @Nullable Endpoint peer() {
        return endpointsOfSocket ? destination : source;
    }

    /**
     * {@return this host's end of the connection, or what the packet was addressed to; null when the capture
     * does not tell}
     */
    public @Nullable Endpoint own() {
        return endpointsOfSocket ? source : destination;
    }

    /**
     * {@return a field that is a number, decimal or hex with 0x; null when it is missing or none}
     *
     * @param field its key
     */
    public @Nullable Long number(String field) {
        String text = fields.get(field);
        return text == null ? null : Values.number(text);
    }
}
