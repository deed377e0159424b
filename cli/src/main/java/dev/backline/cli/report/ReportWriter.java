package dev.backline.cli.report;

import dev.backline.capture.ProbeEvent;
import dev.backline.diagnose.Diagnosis;
import dev.backline.diagnose.Grouping;
import dev.backline.kernel.KernelBuild;
import dev.backline.symbolize.LogFrame;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One form of the report. */
interface ReportWriter {
    /**
     * Takes the next event.
     *
     * @param stack its frames, resolved, one for each
     * @param group the number of its group; −1 when it is in none
     */
    void event(ProbeEvent event, List<LogFrame> stack, Diagnosis diagnosis, int group) throws IOException;

    /**
     * Ends the report.
     *
     * @param kernel that was traced; null when it is not known
     * @param notes what a person should know of how whole and sure the report is, a sentence each
     */
    void finish(@Nullable KernelBuild kernel, Grouping groups, List<String> notes) throws IOException;
}
