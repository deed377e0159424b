package dev.backline.cli.report;

import dev.backline.capture.ProbeEvent;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.diagnose.Diagnosis;
import dev.backline.diagnose.Grouping;
import dev.backline.kernel.KernelBuild;
import dev.backline.symbolize.LogFrame;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line for each event as it comes, for scripts, and behind an empty line the report. A line has tabs between time of day,
 * cause, confidence, source, destination, comm, and the place in the capture; - stands for what is not known.
 */
final class EventLinesWriter implements ReportWriter {
    private final ReportWriter report;
    private final Output out;

    EventLinesWriter(ReportWriter report, Output out) {
        this.report = report;
        this.out = out;
    }

    @Override
    public void event(ProbeEvent event, List<LogFrame> stack, Diagnosis diagnosis, int group) throws IOException {
        report.event(event, stack, diagnosis, group);
        out.print(text(event.time()) + "\t"
                + diagnosis.cause().id() + "\t"
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
    public void finish(@Nullable KernelBuild kernel, Grouping groups, List<String> notes) throws IOException {
        out.newLine();
        report.finish(kernel, groups, notes);
    }
}
