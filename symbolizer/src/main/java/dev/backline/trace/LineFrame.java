package dev.backline.trace;

/**
 * One frame in a line of a log. Positions count from 0 and are those of the line's characters, which are
 * bytes when the line was decoded as ISO-8859-1.
 *
 * @param reference the place that the frame names
 * @param start where the frame's text starts: its address or its symbol, whichever comes first
 * @param end after the frame's last character, its module and marks included: a source line that belongs to the frame is inserted here
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
        int prefixLength,
        boolean reliable,
        Mark mark,
        Notation notation) {}
