package dev.backline.diagnose;

import dev.backline.capture.ProbeEvent;
import dev.backline.symbolize.LogFrame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event of a capture with its cause.
 *
 * @param event as the probe printed it
 * @param frames the event's stack, symbolised: one frame for each of {@link ProbeEvent#stack}, in the same order. Events with
 *     the same stack may share one list. The frames' symbolisers stay open until the {@link CaptureAnalysis} is closed
 * @param steps the calls that led to the RST, innermost first: the frames without those that the unwinder only found on the
 *     stack
 * @param diagnosis why the RST was sent
 * @param group the {@link Grouping.Group#number} of its group; null when the event is in no group because there are too many
 */
public record DiagnosedEvent(
        ProbeEvent event,
        List<LogFrame> frames,
        List<CallStep> steps,
        Diagnosis diagnosis,
        @Nullable Integer group) {}
