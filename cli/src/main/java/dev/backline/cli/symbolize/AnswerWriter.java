package dev.backline.cli.symbolize;

import dev.backline.io.ByteLines;
import dev.backline.symbolize.LogFrame;
import java.io.IOException;
import java.util.List;

/** Prints answers in one output format, in their order. Not thread-safe. */
interface AnswerWriter {
    /** Prints the answer to a query. An answer without a source line prints nothing as text; the caller says why. */
    void write(Answer answer) throws IOException;

    /**
     * Prints a line of a log.
     *
     * @param number of the line in its log, from 1
     * @param lines stands at the line
     * @param frames of the line, from left to right; most lines have none
     */
    void write(long number, ByteLines lines, List<LogFrame> frames) throws IOException;
}
