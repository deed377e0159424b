package dev.backline.spark;

import dev.backline.crash.explain.CrashAnalysis;
import dev.backline.crash.triage.LogTriage;
import dev.backline.debugfiles.DebugFile;
import dev.backline.debugfiles.KernelRelease;
import dev.backline.diagnose.CaptureAnalysis;
import dev.backline.diagnose.Evidence;
import dev.backline.intake.KernelLine;
import dev.backline.intake.LogInput;
import dev.backline.intake.LogReader;
import dev.backline.kernel.KernelBuild;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.LogSymbolizer;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/** The SQL functions: the name of each, and the rows that it makes of a text. Public for the code that Spark generates. */
@SuppressWarnings("ImmutableEnumChecker") // Tables do not change after their columns were added.
public enum LogFunction {
    /** The frames of a log with their source lines. */
    SYMBOLIZE(
            "backline_symbolize",
            "log",
            "the stack frames of a kernel log, with their source lines",
            FrameTable.OF_LOG,
            LogFunction::symbolize),
    /** The crash reports of a log, explained. */
    EXPLAIN(
            "backline_explain",
            "log",
            "the crash reports of a kernel log: what went wrong, where, and why",
            ReportTable.EXPLAINED,
            LogFunction::explain),
    /** The signatures of the crash reports of a log, without the analysis of instructions, which takes longer. */
    SIGNATURE(
            "backline_signature",
            "log",
            "the crash reports of a kernel log with their signatures",
            ReportTable.COUNTED,
            LogFunction::sign),
    /** The events of a capture of RSTs, with their causes. */
    RST(
            "backline_rst",
            "capture",
            "the TCP resets that a probe printed, with their causes",
            EventTable.OF_CAPTURE,
            LogFunction::diagnose);

    /** Makes the rows of a text that was decompressed. */
    private interface Reader {
        void read(InputStream text, Kernels kernels, Consumer<InternalRow> rows) throws IOException;
    }

    private final String sqlName;
    private final String argument;
    private final String meaning;
    private final Table<?> table;
    private final Reader reader;

    LogFunction(String sqlName, String argument, String meaning, Table<?> table, Reader reader) {
        this.sqlName = sqlName;
        this.argument = argument;
        this.meaning = meaning;
        this.table = table;
        this.reader = reader;
    }

    String sqlName() {
        return sqlName;
    }

    String argument() {
        return argument;
    }

    String meaning() {
        return meaning;
    }

    /** {@return the columns of a row} */
    Table<?> table() {
        return table;
    }

    DataType type() {
        return table.arrayType();
    }

    /**
     * {@return the rows of a text, in Spark's internal form; null if it is not a text or is damaged}
     *
     * @param text as it was collected, also compressed
     */
    public @Nullable ArrayData rows(UTF8String text) {
        Kernels kernels = Kernels.get();
        List<InternalRow> rows = new ArrayList<>();
        Counters.LOGS.increment();
        Unpacked unpacked = new Unpacked();
        try (InputStream bytes = new ByteArrayInputStream(text.getBytes())) {
            unpacked.open(bytes);
            reader.read(unpacked, kernels, rows::add);
        } catch (IOException e) {
            if (!unpacked.failed()) {
                throw new IllegalStateException(e.getMessage(), e);
            }
            Counters.UNREADABLE.increment();
            return null;
        }
        return new GenericArrayData(rows.toArray());
    }

    private static void symbolize(InputStream log, Kernels kernels, Consumer<InternalRow> rows) throws IOException {
        try (LogSymbolizer symbolizer = new LogSymbolizer(kernels.pool(), kernels.options())) {
            symbolizer.read(new LogReader(log), (excerpt, frames) -> {
                String kernel = frames.isEmpty() ? null : release(symbolizer);
                for (int i = 0; i < frames.size(); i++) {
                    KernelLine line = excerpt.lines().get(i);
                    for (LogFrame each : frames.get(i)) {
                        Counters.frame(each);
                        rows.accept(
                                FrameTable.OF_LOG.row(new FrameTable.Row(line.number(), line.text(), each, kernel)));
                    }
                }
            });
        }
    }

    private static void explain(InputStream log, Kernels kernels, Consumer<InternalRow> rows) throws IOException {
        try (CrashAnalysis analysis = new CrashAnalysis(kernels.pool(), kernels.options())) {
            analysis.read(new LogReader(log), explanation -> {
                Counters.REPORTS.increment();
                explanation.frames().forEach(Counters::frame);
                rows.accept(ReportTable.EXPLAINED.row(explanation));
            });
        }
    }

    private static void sign(InputStream log, Kernels kernels, Consumer<InternalRow> rows) throws IOException {
        new LogTriage(kernels.pool(), kernels.options())
                .readReports("log", new LogReader(log), kernels.options(), (counted, report) -> {
                    Counters.REPORTS.increment();
                    report.stacks().forEach(stack -> stack.frames().forEach(Counters::frame));
                    rows.accept(ReportTable.COUNTED.row(new ReportTable.Counted(counted, report)));
                });
    }

    private static void diagnose(InputStream capture, Kernels kernels, Consumer<InternalRow> rows) throws IOException {
        try (CaptureAnalysis analysis =
                new CaptureAnalysis(kernels.pool(), kernels.options(), new Evidence(), event -> {
                    Counters.EVENTS.add(event.event().count());
                    event.frames().forEach(Counters::frame);
                    rows.accept(EventTable.OF_CAPTURE.row(event));
                })) {
            analysis.read("capture", capture);
            analysis.finish();
        }
    }

    /** The release as {@code backline symbolize} prints it: of the log, else of the file. */
    private static @Nullable String release(LogSymbolizer log) throws IOException {
        KernelBuild build = log.build();
        if (build == null) {
            return log.facts().release();
        }
        String release = build.identity().release();
        if (release != null || !(build.vmlinux() instanceof DebugFile vmlinux)) {
            return release;
        }
        KernelRelease file = vmlinux.data().release();
        return file == null ? null : file.release();
    }

    /** A text as it is read, which knows whether the text itself is the reason of a failure. */
    private static final class Unpacked extends FilterInputStream {
        private boolean failed;

        Unpacked() {
            super(InputStream.nullInputStream());
        }

        void open(InputStream bytes) throws IOException {
            failed = true;
            in = LogInput.open("text", bytes).text();
            failed = false;
        }

        boolean failed() {
            return failed;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            try {
                return in.read(to, from, length);
            } catch (IOException e) {
                failed = true;
                throw e;
            }
        }
    }
}
