package dev.backline.cli.symbolize;

import dev.backline.intake.Excerpt;
import dev.backline.intake.Utf16;
import dev.backline.symbolize.LogFrame;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints answers in one output format, in their order. Not thread-safe. */
interface AnswerWriter {
    /** Says where the answers that follow come from. */
    void begin(AnswerOrigin origin);

    /** Prints the answer to a query. An answer without a source line prints nothing as text; the caller says why. */
    void write(Answer answer) throws IOException;

    /**
     * Prints an excerpt of a log.
     *
     * @param excerpt most are a line
     * @param frames for each of the excerpt's lines, its frames from left to right; empty if no line has a frame
     */
    void write(Excerpt excerpt, List<List<LogFrame>> frames) throws IOException;

    /**
     * A log begins.
     *
     * @param encoding how to encode what is printed of the log; null if it needs none
     */
    default void begin(@Nullable Utf16 encoding) throws IOException {}

    /** The log has ended. */
    default void end() throws IOException {}
}
