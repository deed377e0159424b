package dev.backline.capture;

import dev.backline.trace.LineFrame;

/**
 * One frame of an event's stack.
 *
 * @param line where it stands in its file, from 1
 * @param text the line as it was
 * @param frame what the line names
 */
public record ProbeFrame(long line, String text, LineFrame frame) {}
