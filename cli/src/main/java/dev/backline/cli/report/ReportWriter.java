package dev.backline.cli.report;

import dev.backline.diagnose.CaptureAnalysis;
import dev.backline.diagnose.DiagnosedEvent;
import java.io.IOException;

/** Writes the report in one format. */
interface ReportWriter extends CaptureAnalysis.Listener {
    /** Takes the next event. */
    @Override
    void event(DiagnosedEvent event) throws IOException;

    /**
     * Writes what follows the events: kernel, groups and notes. With {@code --follow} this is done again and again.
     *
     * @param analysis the analysis, all of whose events were written
     */
    void finish(CaptureAnalysis analysis) throws IOException;
}
