package dev.backline.cli.report;

import dev.backline.capture.ProbeEvent;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.diagnose.CaptureAnalysis;
import dev.backline.diagnose.DiagnosedEvent;
import dev.backline.diagnose.Diagnosis;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes a line for each event at once, for scripts, then an empty line and the report. The fields of a line are separated by
 * tabs: time of day, cause, confidence, source, destination, comm, and the place in the capture; - means not known.
 */
final class EventLinesWriter implements ReportWriter {
    private final ReportWriter report;
    private final Output out;

    EventLinesWriter(ReportWriter report, Output out) {
        this.report = report;
        this.out = out;
    }

    @Override
    public void event(DiagnosedEvent diagnosed) throws IOException {
        report.event(diagnosed);
        ProbeEvent event = diagnosed.event();
        Diagnosis diagnosis = diagnosed.diagnosis();
        out.print(text(event.time()) + "\t"
                + diagnosis.label() + "\t"
                + diagnosis.confidence().id() + "\t"
                + text(event.source()) + "\t"
                + text(event.destination()) + "\t"
                + text(event.comm()) + "\t"
                + Printable.of(event.file()) + ":" + event.line() + "\n");
    }

    private static String text(@Nullable Object value) {
        return value == null ? "-" : Printable.of(value.toString());
    }

    @Override
    public void finish(CaptureAnalysis analysis) throws IOException {
        out.newLine();
        report.finish(analysis);
    }
}
