package dev.backline.crash.triage;

import dev.backline.crash.CrashReader;
import dev.backline.crash.CrashReport;
import dev.backline.crash.Explanation.Culprit;
import dev.backline.crash.Explanation.Signature;
import dev.backline.crash.summary.ReportSummary;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import dev.backline.symbolize.LogSymbolizer;
import dev.backline.trace.KernelFacts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the crash reports of logs, for a {@link Triage}. Frames are resolved with the debug files of the pool; instructions
 * are not looked at, so that a report costs little. Immutable and thread-safe: threads can read logs at the same time, and
 * share the open kernels.
 *
 * <p>After an oops, the kernel is damaged: reports that follow in the same boot are marked ({@link TriagedReport#follows}).
 * These are the reports with {@code [#2]} or higher, those with the taint {@code D} (an oops has happened before, maybe
 * before the log), and those without taint flags, of the same host.
 */
public final class LogTriage {
    /** The longest text of a report; no function of the kernel has a longer name (KSYM_NAME_LEN is 512). */
    private static final int MAX_TEXT = 512;

    /** The end of an id that is never cut. */
    private static final int MAX_ID_END = 64;

    /** The most hosts of one log whose state is known. */
    private static final int MAX_HOSTS = 10_000;

    private final KernelPool pool;
    private final LogOptions options;

    /**
     * Creates a triage of logs.
     *
     * @param pool the source of kernels; it stays open
     * @param options which kernel, and what is known about it, for all logs
     */
    public LogTriage(KernelPool pool, LogOptions options) {
        this.pool = pool;
        this.options = options;
    }

    /**
     * Reads a log to its end. Memory is bounded by the length of a report, not of the log.
     *
     * @param input how reports name the log
     * @param log the log
     * @param sink takes the reports, in the order in which they end, on this thread
     * @throws IOException if the log cannot be read; what was found before was handed over
     */
    public void read(String input, LogReader log, Consumer<TriagedReport> sink) throws IOException {
        read(input, log, options, sink);
    }

    /**
     * Reads a log with options of its own.
     *
     * @param input how reports name the log
     * @param log the log
     * @param own which kernel, and what is known about it
     * @param sink takes the reports, in the order in which they end, on this thread
     * @throws IOException if the log cannot be read; what was found before was handed over
     */
    public void read(String input, LogReader log, LogOptions own, Consumer<TriagedReport> sink) throws IOException {
        readReports(input, log, own, (report, whole) -> sink.accept(report));
    }

    /**
     * Reads a log, and keeps the frames of its reports.
     *
     * @param input how reports name the log
     * @param log the log
     * @param own which kernel, and what is known about it
     * @param sink takes what counts of each report, and the report as a whole with its resolved frames, in the order in which
     *     they end, on this thread; the files of the frames are open during the call
     * @throws IOException if the log cannot be read; what was found before was handed over
     */
    public void readReports(String input, LogReader log, LogOptions own, BiConsumer<TriagedReport, CrashReport> sink)
            throws IOException {
        try (LogSymbolizer symbolizer = new LogSymbolizer(pool, own)) {
            Reading reading = new Reading(input, own, symbolizer.facts(), sink);
            CrashReader reader = new CrashReader(reading::report);
            try {
                symbolizer.read(log, (excerpt, frames) -> {
                    for (int i = 0; i < excerpt.lines().size(); i++) {
                        reader.next(excerpt.lines().get(i), frames.isEmpty() ? List.of() : frames.get(i));
                        // A new boot ends the reports of the boot before.
                        reading.learn(symbolizer.facts());
                    }
                });
            } finally {
                reader.end();
            }
        }
    }

    /** One log while it is read. Not thread-safe. */
    private static final class Reading {
        private final String input;
        private final LogOptions options;
        private final BiConsumer<TriagedReport, CrashReport> sink;
        private KernelFacts facts;

        /** The hosts with an oops in this boot; the empty name where it is unknown. */
        private final Set<String> damaged = new HashSet<>();

        Reading(String input, LogOptions options, KernelFacts facts, BiConsumer<TriagedReport, CrashReport> sink) {
            this.input = input;
            this.options = options;
            this.facts = facts;
            this.sink = sink;
        }

        void learn(KernelFacts now) {
            if (now.boots() != facts.boots()) {
                damaged.clear();
            }
            facts = now;
        }

        void report(CrashReport report) {
            ReportSummary summary = ReportSummary.of(report);
            Signature signature = summary.signature();
            List<String> functions = new ArrayList<>();
            for (String each : signature == null ? List.<String>of() : signature.functions()) {
                functions.add(cut(each));
            }
            String host = report.origin().host();
            TriagedReport counted = new TriagedReport(
                    input,
                    report.firstLine(),
                    report.origin().time(),
                    host,
                    release(report),
                    summary.kind(),
                    cut(summary.title()),
                    summary.severity(),
                    cutId(summary.group()),
                    cutId(summary.printedGroup()),
                    signature == null ? null : cutId(signature.id()),
                    functions,
                    culprit(summary.culprit()),
                    summary.sure(),
                    follows(report, host == null ? "" : host));
            sink.accept(counted, report);
        }

        private static @Nullable String culprit(@Nullable Culprit culprit) {
            return culprit == null || culprit.file() == null || culprit.line() == 0
                    ? null
                    : cut(culprit.file()) + ":" + culprit.line();
        }

        private @Nullable String release(CrashReport report) {
            String release = report.release() != null ? report.release() : facts.release();
            release = release == null ? options.release() : release;
            return release == null ? null : cut(release);
        }

        private boolean follows(CrashReport report, String host) {
            String taint = report.taint();
            boolean follows = report.number() > 1 || (taint == null ? damaged.contains(host) : taint.contains("D"));
            if ((report.number() > 0 || follows) && damaged.size() < MAX_HOSTS) {
                damaged.add(host);
            }
            return follows;
        }

        private static String cut(String text) {
            return text.length() <= MAX_TEXT ? text : text.substring(0, whole(text, MAX_TEXT));
        }

        /** An id that is too long keeps its end, which tells the module and whether debug information was missing. */
        private static String cutId(String id) {
            return id.length() <= MAX_TEXT
                    ? id
                    : id.substring(0, whole(id, MAX_TEXT / 2)) + id.substring(whole(id, id.length() - MAX_ID_END));
        }

        /** The position, or the one before if it is in the middle of a character, which would not survive as bytes. */
        private static int whole(String text, int at) {
            return Character.isLowSurrogate(text.charAt(at)) ? at - 1 : at;
        }
    }
}
