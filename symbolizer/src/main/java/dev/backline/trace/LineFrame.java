package dev.backline.trace;

/**
 * One frame in a line of a log. Positions count characters from 0; a character is one byte if the line was
 * decoded as ISO-8859-1.
 *
 * @param reference the place that the frame names
 * @param start the position of the frame's first character: its address or its symbol, whichever comes first
 * @param end the position after the frame's last character, module and marks included; source lines are inserted here
 * @param prefixLength the length of the line's prefix: log prefixes (time stamp, task id, host) and
 *     indentation. A line inserted above this one repeats the prefix
 * @param reliable false if the trace marks the frame as doubtful: {@code ?}, {@code (inexact)},
 *     {@code (unreliable)}, s390's parentheses
 * @param mark what else is special about the frame
 * @param notation the matching row of the table of notations
 */
public record LineFrame(
        FrameReference reference,
        int start,
        int end,
        int prefixLength,
        boolean reliable,
        Mark mark,
        Notation notation) {}
