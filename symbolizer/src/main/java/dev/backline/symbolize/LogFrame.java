package dev.backline.symbolize;

import dev.backline.trace.FrameReference;
import dev.backline.trace.LineFrame;
import org.jspecify.annotations.Nullable;

/**
 * A frame of a log, resolved.
 *
 * @param frame the frame as the log has it, with its place in the line
 * @param reference what was looked up; its {@code pc} is the rule that was applied
 * @param resolution the source lines, or why there are none
 * @param module the module that the frame is in, where the text or its address tells; or null
 * @param edge whether the frame can have called the frame above it; null where this was not asked, or there is no frame above
 * @param symbolizer the file that the frame is in; null when none is known. It stays open as long as the {@link
 *     LogSymbolizer} that gave the frame
 */
public record LogFrame(
        LineFrame frame,
        FrameReference reference,
        Resolution resolution,
        @Nullable String module,
        @Nullable Edge edge,
        @Nullable Symbolizer symbolizer) {}
