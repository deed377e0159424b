package dev.backline.symbolize;

import dev.backline.trace.FrameReference;
import dev.backline.trace.LineFrame;
import org.jspecify.annotations.Nullable;

/**
 * A resolved frame of a log.
 *
 * @param frame the frame as written in the log, with its position in the line
 * @param reference the reference that was looked up; its {@code pc} is the applied rule
 * @param resolution the source frames, or the reason why there are none
 * @param module the frame's module, if the text or the address tells; or null
 * @param edge whether the frame can have called the frame above it; null if not checked, or if there is no frame above
 * @param symbolizer the file of the frame; null if unknown. The file stays open until the {@link LogSymbolizer} that
 *     returned the frame is closed or changes to another kernel
 */
public record LogFrame(
        LineFrame frame,
        FrameReference reference,
        Resolution resolution,
        @Nullable String module,
        @Nullable Edge edge,
        @Nullable Symbolizer symbolizer) {}
