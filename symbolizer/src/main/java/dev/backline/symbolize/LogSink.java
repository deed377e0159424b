package dev.backline.symbolize;

import dev.backline.intake.Excerpt;
import java.io.IOException;
import java.util.List;

/** Takes the excerpts of a log with their resolved frames, in the order of the log. */
public interface LogSink {
    /**
     * Takes the next excerpt.
     *
     * @param excerpt a piece of the input, valid during the call; most are a line
     * @param frames for each of the excerpt's {@linkplain Excerpt#lines() lines}, its frames from left to right; empty
     *     if no line has a frame
     * @throws IOException if the answer cannot be written
     */
    void excerpt(Excerpt excerpt, List<List<LogFrame>> frames) throws IOException;

    /**
     * The log has no more lines at the moment: a good time to flush.
     *
     * @throws IOException if the answer cannot be written
     */
    default void idle() throws IOException {}
}
