package dev.backline.cli.report;

import dev.backline.capture.TextKind;
import dev.backline.cli.console.Command;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Help;
import dev.backline.cli.console.NamedFiles;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.OutputFile;
import dev.backline.cli.console.Printable;
import dev.backline.cli.console.TracedKernel;
import dev.backline.cli.console.UsageException;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.diagnose.CaptureAnalysis;
import dev.backline.diagnose.Evidence;
import dev.backline.evidence.KernelLog;
import dev.backline.intake.FileKind;
import dev.backline.intake.LogInput;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code backline report}: explains why the RSTs of a capture were sent. */
public final class Report implements Command {
    /** How events and messages name standard input. */
    static final String STANDARD_INPUT = "standard input";

    /** The first bytes of a log, which show its format. */
    private static final int SAMPLE = 1 << 14;

    private static final String CAPTURE = "the output of a probe";

    @Override
    public int run(List<String> arguments, Console console) throws IOException, UsageException {
        ReportOptions options = ReportOptions.parse(arguments);
        if (options == null) {
            Help.print(CommandTable.report(), console);
            return ExitStatus.DONE;
        }
        check(options);
        Path file = options.output();
        if (options.follow()) {
            follow(options, console);
        } else if (file == null) {
            report(options, console, console.out());
        } else {
            OutputFile.write(file, out -> report(options, console, out));
        }
        return ExitStatus.DONE;
    }

    /**
     * Reports on standard input with kernels that are open already, for {@code backline serve}.
     *
     * @param arguments options that name no file
     * @param kernels stay open
     */
    public static void answer(List<String> arguments, Console console, KernelPool kernels)
            throws IOException, UsageException {
        ReportOptions options = Objects.requireNonNull(ReportOptions.parse(arguments), "the service asks for no help");
        report(options, console, console.out(), kernels);
    }

    private static void report(ReportOptions options, Console console, Output printed) throws IOException {
        try (KernelPool kernels = new KernelPool(TracedKernel.checkedFiles(options.kernel(), console))) {
            report(options, console, printed, kernels);
        }
    }

    private static void report(ReportOptions options, Console console, Output printed, KernelPool kernels)
            throws IOException {
        Redaction redaction = options.redact() ? new Redaction() : null;
        Output out = redaction == null ? printed : redaction.output(printed);
        Evidence evidence = evidence(options);
        ReportWriter writer = writer(options, console, out);
        try (CaptureAnalysis analysis =
                new CaptureAnalysis(kernels, TracedKernel.log(options.kernel()), evidence, writer)) {
            if (redaction != null) {
                analysis.rename(redaction);
            }
            for (String capture : options.captures()) {
                read(analysis, capture, console);
            }
            analysis.finish();
            if (analysis.events() == 0) {
                requireCaptures(options, analysis);
            }
            writer.finish(analysis);
            if (redaction != null) {
                out.flush();
            }
        }
    }

    /** Fails if a file is missing or is not text. */
    private static void check(ReportOptions options) throws IOException {
        for (String capture : options.captures()) {
            if (!capture.equals("-")) {
                check(capture, CAPTURE);
            }
        }
        for (Path log : options.kernelLogs()) {
            check(log.toString(), "a kernel log");
            requireKind(log, TextKind.KERNEL_LOG);
        }
        for (Path events : options.conntrack()) {
            check(events.toString(), "the output of conntrack");
            requireKind(events, TextKind.CONNTRACK);
        }
        for (Path counters : options.counters()) {
            check(counters.toString(), "counters");
        }
        for (ReportOptions.PacketSource packets : options.packets()) {
            NamedFiles.head(packets.file().toString(), "a packet capture");
        }
    }

    private static void check(String name, String what) throws IOException {
        byte[] head = NamedFiles.head(name, what);
        NamedFiles.requireText(name, FileKind.of(head, head.length), what);
    }

    /** Fails if a capture without events is something else. */
    private static void requireCaptures(ReportOptions options, CaptureAnalysis analysis) throws IOException {
        for (String capture : options.captures()) {
            if (!capture.equals("-") && kind(Path.of(capture)) == TextKind.KERNEL_LOG) {
                String log = Printable.word(capture);
                String swapped = capture(options);
                throw new IOException(capture
                        + ": is a kernel log, not the output of a probe; type: backline report --kernel-log " + log
                        + (swapped != null
                                ? " " + Printable.word(swapped)
                                : " CAPTURE, or for the stack traces in the log: backline symbolize " + log));
            }
        }
        List<String> others = analysis.otherKinds();
        if (!others.isEmpty()) {
            throw new IOException(others.get(0));
        }
    }

    /** {@return what a text file is; null when that cannot be told} */
    private static @Nullable TextKind kind(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return null;
        }
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = LogInput.open(file.toString(), in).text().readNBytes(SAMPLE);
        }
        List<String> lines = new String(head, StandardCharsets.UTF_8).lines().toList();
        TextKind kind = TextKind.of(lines);
        boolean isLog = kind == null && lines.stream().filter(KernelLog::isLine).count() * 2 > lines.size();
        return isLog ? TextKind.KERNEL_LOG : kind;
    }

    /** Fails if a text file is certainly something else than expected. */
    private static void requireKind(Path file, TextKind expected) throws IOException {
        TextKind kind = kind(file);
        if (kind != null && kind != expected && !(expected == TextKind.KERNEL_LOG && kind == TextKind.COUNTERS)) {
            throw new IOException(kind.sentence(file.toString()));
        }
    }

    /** {@return a file that was named as a kernel log and has events; null if there is none} */
    private static @Nullable String capture(ReportOptions options) throws IOException {
        for (Path log : options.kernelLogs()) {
            try (KernelPool none = new KernelPool(DebugFiles.builder().build());
                    CaptureAnalysis analysis =
                            new CaptureAnalysis(none, LogOptions.DEFAULT, new Evidence(), event -> {});
                    InputStream in = Files.newInputStream(log)) {
                analysis.read(log.toString(), LogInput.open(log.toString(), in).text());
                analysis.finish();
                if (analysis.events() > 0) {
                    return log.toString();
                }
            }
        }
        return null;
    }

    /** Reads until the last capture ends or a signal comes. */
    private static void follow(ReportOptions options, Console console) throws IOException {
        Path path = options.output();
        Redaction redaction = options.redact() ? new Redaction() : null;
        try (Interruption interruption = new Interruption();
                ReportFile file = path == null ? null : new ReportFile(path, redaction)) {
            Evidence evidence = evidence(options);
            Output out =
                    file != null ? file.output() : redaction == null ? console.out() : redaction.output(console.out());
            boolean isText = options.format() == ReportOptions.Format.TEXT;
            boolean draws = isText
                    && file == null
                    && console.outIsTerminal()
                    && !"dumb".equals(console.environment().get("TERM"));
            ReportWriter whole = writer(options, console, out);
            ReportWriter writer = isText && file == null && !draws ? new EventLinesWriter(whole, out) : whole;
            try (KernelPool kernels = new KernelPool(TracedKernel.checkedFiles(options.kernel(), console));
                    CaptureAnalysis analysis =
                            new CaptureAnalysis(kernels, TracedKernel.log(options.kernel()), evidence, writer)) {
                if (redaction != null) {
                    analysis.rename(redaction);
                }
                Following.Display display = file != null
                        ? new Following.ToFile(analysis, writer, file)
                        : draws
                                ? new Following.ToTerminal(
                                        analysis,
                                        writer,
                                        out,
                                        options.print().color().applies(console))
                                : Following.flushing(analysis, writer, out);
                List<String> captures = options.captures();
                for (String capture : captures.subList(0, captures.size() - 1)) {
                    read(analysis, capture, console);
                }
                Following.read(captures.get(captures.size() - 1), analysis, display, interruption, console);
                analysis.finish();
                display.end();
                out.flush();
            }
            interruption.done(ExitStatus.DONE);
        }
    }

    private static ReportWriter writer(ReportOptions options, Console console, Output out) {
        return switch (options.format()) {
            case JSON -> new ReportJsonWriter(options.print(), out);
            case HTML ->
                new ReportHtmlWriter(options.print(), options.language().wording(), out);
            case TEXT ->
                new ReportTextWriter(
                        options.print().color().applies(console) && options.output() == null,
                        options.all(),
                        options.language().wording(),
                        out);
        };
    }

    private static void read(CaptureAnalysis analysis, String capture, Console console) throws IOException {
        String name = capture.equals("-") ? STANDARD_INPUT : capture;
        try (InputStream in = capture.equals("-") ? console.in() : NamedFiles.open(capture)) {
            analysis.read(name, LogInput.open(name, in).text());
        }
    }

    private static Evidence evidence(ReportOptions options) throws IOException {
        Evidence evidence = new Evidence();
        for (Path path : options.kernelLogs()) {
            try (InputStream in = Files.newInputStream(path)) {
                evidence.kernelLog(
                        path.toString(), LogInput.open(path.toString(), in).text());
            }
        }
        for (Path path : options.conntrack()) {
            try (InputStream in = Files.newInputStream(path)) {
                evidence.conntrack(
                        path.toString(), LogInput.open(path.toString(), in).text());
            }
        }
        for (Path path : options.counters()) {
            try (InputStream in = Files.newInputStream(path)) {
                evidence.counters(
                        path.toString(), LogInput.open(path.toString(), in).text());
            }
        }
        for (ReportOptions.PacketSource source : options.packets()) {
            try (InputStream in = Files.newInputStream(source.file())) {
                evidence.packets(source.name(), source.file().toString(), in);
            }
        }
        return evidence;
    }
}
