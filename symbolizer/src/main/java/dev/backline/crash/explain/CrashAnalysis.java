package dev.backline.crash.explain;

import dev.backline.crash.CrashReader;
import dev.backline.crash.CrashReport;
import dev.backline.crash.Explanation;
import dev.backline.intake.KernelLine;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import dev.backline.symbolize.LogSymbolizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Explains the crash reports of one log. A file that is damaged makes an explanation shorter and adds a note; it does
 * not end the run. Memory is bounded by the length of a report, not of the log. Not thread-safe.
 *
 * <pre>{@code
 * try (CrashAnalysis analysis = new CrashAnalysis(pool, LogOptions.DEFAULT)) {
 *     analysis.read(log, explanation -> System.out.println(explanation.title()));
 * }
 * }</pre>
 */
public final class CrashAnalysis implements AutoCloseable {
    private final LogSymbolizer symbolizer;

    /** Takes the explanations of a log, in the order in which the reports end. */
    public interface Sink {
        /**
         * Takes the next explanation. The files of its frames are open during the call.
         *
         * @param explanation of a report
         * @throws IOException if the explanation cannot be written
         */
        void explanation(Explanation explanation) throws IOException;

        /**
         * {@return whether to explain a report, which costs more than finding it}
         *
         * @param report that has ended
         */
        default boolean wants(CrashReport report) {
            return true;
        }

        /**
         * The log has no more lines at the moment: a good time to flush.
         *
         * @throws IOException if what is buffered cannot be written
         */
        default void idle() throws IOException {}
    }

    /**
     * Creates the analysis of one log.
     *
     * @param pool the source of kernels; it stays open
     * @param options which kernel, and what is known about it
     */
    public CrashAnalysis(KernelPool pool, LogOptions options) {
        this.symbolizer = new LogSymbolizer(pool, options);
    }

    /** {@return caveats about the frames, one sentence each} */
    public Set<String> doubts() {
        return symbolizer.doubts();
    }

    /**
     * Reads a log to its end.
     *
     * @param log the log
     * @param sink takes the explanations
     * @throws IOException if the log cannot be read, a debug directory in the options is not a directory, or the sink
     *     fails
     */
    public void read(LogReader log, Sink sink) throws IOException {
        List<CrashReport> ended = new ArrayList<>();
        CrashReader reader = new CrashReader(ended::add);
        Explainer explainer = new Explainer();
        symbolizer.read(log, (excerpt, frames) -> {
            for (int i = 0; i < excerpt.lines().size(); i++) {
                KernelLine line = excerpt.lines().get(i);
                reader.next(line, frames.isEmpty() ? List.of() : frames.get(i));
                explain(ended, explainer, sink);
            }
        });
        reader.end();
        explain(ended, explainer, sink);
    }

    private static void explain(List<CrashReport> ended, Explainer explainer, Sink sink) throws IOException {
        for (CrashReport report : ended) {
            if (sink.wants(report)) {
                sink.explanation(explainer.explain(report));
            }
        }
        ended.clear();
    }

    @Override
    public void close() throws IOException {
        symbolizer.close();
    }
}
