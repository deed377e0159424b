package dev.backline.capture;

import dev.backline.trace.LineFrame;

/**
 * One frame of an event's stack.
 *
 * @param line the line number in the file, from 1
 * @param text the whole line
 * @param frame the frame in it
 */
public record ProbeFrame(long line, String text, LineFrame frame) {}
