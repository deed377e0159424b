package dev.backline.cli.symbolize;

import dev.backline.io.ByteLines;
import dev.backline.symbolize.LogFrame;
import java.io.IOException;
import java.util.List;

/** Turns the lines of a log and what was found in them into one output format, in their order. */
interface LogWriter {
    /**
     * Writes one line.
     *
     * @param number of the line in its log, from 1
     * @param lines stands at the line
     * @param frames its frames from left to right; of most lines none
     */
    void write(long number, ByteLines lines, List<LogFrame> frames) throws IOException;
}
