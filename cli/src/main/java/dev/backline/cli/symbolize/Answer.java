package dev.backline.cli.symbolize;

import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.Symbolizer;
import dev.backline.trace.FrameReference;
import org.jspecify.annotations.Nullable;

/**
 * What was found for one query.
 *
 * @param line which query it is, or which line of a log, from 1
 * @param text the query as it was given, or the line
 * @param reference the query as it was understood, with the rule its address was looked up by
 * @param resolution what was found
 * @param symbolizer of the file that it was found in, where more is to be said of it; else null
 */
public record Answer(
        long line,
        String text,
        FrameReference reference,
        Resolution resolution,
        @Nullable Symbolizer symbolizer) {
    /** {@return the outcome in one word, as scripts read it} */
    String status() {
        if (resolution instanceof Resolution.Unresolved unresolved) {
            return unresolved.reason().id();
        }
        return resolution instanceof Resolution.Ambiguous ? "ambiguous" : "resolved";
    }

    /** {@return whether there is one answer} */
    boolean isResolved() {
        return resolution instanceof Resolution.Resolved;
    }
}
