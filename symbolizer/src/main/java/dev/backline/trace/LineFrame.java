package dev.backline.trace;

import org.jspecify.annotations.Nullable;

/**
 * One frame in a line of a log. Positions count from 0 and are those of the line's characters, which are
 * bytes when the line was decoded as ISO-8859-1.
 *
 * @param reference the place that the frame names
 * @param start where the frame's text starts: its address or its symbol, whichever comes first
 * @param end behind the frame's last character, with its module and marks
 * @param insertAt where a source line that belongs to the frame is to stand: behind the frame, before
 *     blanks, a carriage return or colour codes that end the line
 * @param prefixLength how much of the line's beginning a line that stands before it repeats: log prefixes
 *     (time stamp, task id, host) and the indentation
 * @param reliable false when the trace itself doubts the frame: {@code ?}, {@code (inexact)},
 *     {@code (unreliable)}, a reference between s390's parentheses
 * @param mark what else the trace says of the frame
 * @param notation the row of the table of notations that matched
 */
public record LineFrame(
        FrameReference reference,
        int start,
        int end,
        int insertAt,
        int prefixLength,
        boolean reliable,
        Mark mark,
        Notation notation) {
    /**
     * {@return the frame by its address alone, as a return address; null when the text has no address} For a
     * frame that names a function without an offset ({@link Mark#NO_OFFSET}) this is where in the function it
     * is.
     */
    public @Nullable FrameReference byAddress() {
        Long address = reference.address();
        return address == null ? null : new FrameReference(null, 0, null, reference.module(), address, Pc.RETURN);
    }
}
