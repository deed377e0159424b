package dev.backline.cli.symbolize;

import java.io.IOException;

/** Turns answers into one output format, in their order. */
interface AnswerWriter {
    /** Writes one answer; why it has none is said by the caller. */
    void write(Answer answer) throws IOException;
}
