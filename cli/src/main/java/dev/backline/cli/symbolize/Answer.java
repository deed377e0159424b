package dev.backline.cli.symbolize;

import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.Symbolizer;
import dev.backline.trace.FrameReference;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one query.
 *
 * @param line the number of the query, or of the line in a log, from 1
 * @param text the query as it was given, or the line
 * @param reference the meaning of the query; its {@code pc} is the rule that was applied
 * @param resolution the source lines, or why there are none
 * @param symbolizer the file that was searched; null if there is none
 */
public record Answer(
        long line,
        String text,
        FrameReference reference,
        Resolution resolution,
        @Nullable Symbolizer symbolizer) {
    /** {@return whether there is one answer} */
    boolean isResolved() {
        return resolution instanceof Resolution.Resolved;
    }
}
