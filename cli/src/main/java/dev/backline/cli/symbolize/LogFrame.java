package dev.backline.cli.symbolize;

import dev.backline.symbolize.Edge;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.Symbolizer;
import dev.backline.trace.FrameReference;
import dev.backline.trace.LineFrame;
import dev.backline.trace.Mark;
import dev.backline.trace.Pc;
import org.jspecify.annotations.Nullable;

/**
 * A frame of a log and what was found for it.
 *
 * @param frame where it is in its line
 * @param resolution what was found
 * @param module the module that the frame is in, where the text or its address says; or null
 * @param edge whether it can have called the frame above it; null where that is not asked or there is none above
 * @param symbolizer the file that it is in; null when none is known
 */
public record LogFrame(
        LineFrame frame,
        Resolution resolution,
        @Nullable String module,
        @Nullable Edge edge,
        @Nullable Symbolizer symbolizer) {
    /**
     * Whether what was looked up is the address that a call returns to: not where something was interrupted, nor a function
     * by its name alone.
     *
     * @param asked the frame's reference, {@code --pc} applied
     */
    public boolean returns(FrameReference asked) {
        return frame.mark() == Mark.NO_OFFSET ? frame.byAddress() != null : asked.pc() == Pc.RETURN;
    }
}
