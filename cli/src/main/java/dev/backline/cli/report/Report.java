package dev.backline.cli.report;

import dev.backline.cli.console.Command;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Help;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.TracedKernel;
import dev.backline.cli.console.UsageException;
import dev.backline.diagnose.CaptureAnalysis;
import dev.backline.diagnose.Evidence;
import dev.backline.symbolize.KernelPool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code backline report}: explains why the RSTs of a capture were sent. */
public final class Report implements Command {
    /** How events and messages name standard input. */
    static final String STANDARD_INPUT = "standard input";

    @Override
    public int run(List<String> arguments, Console console) throws IOException, UsageException {
        ReportOptions options = ReportOptions.parse(arguments);
        if (options == null) {
            Help.print(CommandTable.report(), console);
            return ExitStatus.DONE;
        }
        Path file = options.output();
        if (options.follow()) {
            follow(options, console);
        } else if (file == null) {
            report(options, console, console.out());
        } else {
            ReportFile.write(file, out -> report(options, console, out));
        }
        return ExitStatus.DONE;
    }

    private static void report(ReportOptions options, Console console, Output out) throws IOException {
        Evidence evidence = evidence(options);
        ReportWriter writer = writer(options, console, out);
        try (KernelPool kernels = TracedKernel.pool(options.kernel(), console);
                CaptureAnalysis analysis =
                        new CaptureAnalysis(kernels, TracedKernel.log(options.kernel()), evidence, writer)) {
            for (String capture : options.captures()) {
                read(analysis, capture, console);
            }
            analysis.finish();
            writer.finish(analysis);
        }
    }

    /** Reads until the last capture ends or a signal comes. */
    private static void follow(ReportOptions options, Console console) throws IOException {
        Path path = options.output();
        try (Interruption interruption = new Interruption();
                ReportFile file = path == null ? null : new ReportFile(path)) {
            Evidence evidence = evidence(options);
            Output out = file == null ? console.out() : file.output();
            boolean isText = options.format() == ReportOptions.Format.TEXT;
            boolean draws = isText
                    && file == null
                    && console.outIsTerminal()
                    && !"dumb".equals(console.environment().get("TERM"));
            ReportWriter whole = writer(options, console, out);
            ReportWriter writer = isText && file == null && !draws ? new EventLinesWriter(whole, out) : whole;
            try (KernelPool kernels = TracedKernel.pool(options.kernel(), console);
                    CaptureAnalysis analysis =
                            new CaptureAnalysis(kernels, TracedKernel.log(options.kernel()), evidence, writer)) {
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
            case HTML -> new ReportHtmlWriter(options.print(), out);
            case TEXT ->
                new ReportTextWriter(options.print().color().applies(console) && options.output() == null, out);
        };
    }

    private static void read(CaptureAnalysis analysis, String capture, Console console) throws IOException {
        if (capture.equals("-")) {
            analysis.read(STANDARD_INPUT, console.in());
            return;
        }
        try (InputStream in = Files.newInputStream(file(capture))) {
            analysis.read(capture, in);
        }
    }

    /** The file of a capture. */
    static Path file(String capture) throws IOException {
        Path path = Path.of(capture);
        if (Files.isDirectory(path)) {
            throw new IOException(capture + " is a folder, not a capture");
        }
        return path;
    }

    private static Evidence evidence(ReportOptions options) throws IOException {
        Evidence evidence = new Evidence();
        for (Path path : options.kernelLogs()) {
            try (InputStream in = Files.newInputStream(path)) {
                evidence.kernelLog(path.toString(), in);
            }
        }
        for (Path path : options.conntrack()) {
            try (InputStream in = Files.newInputStream(path)) {
                evidence.conntrack(path.toString(), in);
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
