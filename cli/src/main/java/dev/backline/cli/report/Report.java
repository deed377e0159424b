package dev.backline.cli.report;

import dev.backline.cli.console.Command;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Help;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Specs;
import dev.backline.cli.console.TracedKernel;
import dev.backline.cli.console.UsageException;
import dev.backline.diagnose.Diagnoser;
import dev.backline.evidence.ConntrackEvents;
import dev.backline.evidence.KernelLog;
import dev.backline.packet.PacketTraces;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import dev.backline.symbolize.LogSymbolizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code backline report}: why the RSTs of a capture were sent. */
public final class Report implements Command {
    @Override
    public CommandSpec spec() {
        return Specs.report();
    }

    @Override
    public int run(List<String> arguments, Console console) throws IOException, UsageException {
        ReportOptions options = ReportOptions.parse(arguments);
        if (options == null) {
            Help.print(spec(), console);
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
        Evidence evidence = Evidence.read(options);
        try (KernelPool kernels = TracedKernel.pool(options.symbolize().kernel(), console);
                LogSymbolizer symbolizer = new LogSymbolizer(kernels, logOptions(options, evidence));
                ReportRun run = new ReportRun(
                        symbolizer, evidence.diagnoser(), writer(options, console, evidence, out), evidence::notes)) {
            for (String capture : options.captures()) {
                read(run, capture, console);
            }
            run.finish();
            run.write();
        }
    }

    /** Reads until the last capture ends or somebody wants the end. */
    private static void follow(ReportOptions options, Console console) throws IOException {
        Path path = options.output();
        try (Interruption interruption = new Interruption();
                ReportFile file = path == null ? null : new ReportFile(path)) {
            Evidence evidence = Evidence.read(options);
            Output out = file == null ? console.out() : file.output();
            boolean isText = options.format() == ReportOptions.Format.TEXT;
            boolean draws = isText
                    && file == null
                    && console.outIsTerminal()
                    && !"dumb".equals(console.environment().get("TERM"));
            ReportWriter whole = writer(options, console, evidence, out);
            ReportWriter writer = isText && file == null && !draws ? new EventLinesWriter(whole, out) : whole;
            try (KernelPool kernels = TracedKernel.pool(options.symbolize().kernel(), console);
                    LogSymbolizer symbolizer = new LogSymbolizer(kernels, logOptions(options, evidence));
                    ReportRun run = new ReportRun(symbolizer, evidence.diagnoser(), writer, evidence::notes)) {
                Following.Display display = file != null
                        ? new Following.ToFile(run, file)
                        : draws
                                ? new Following.ToTerminal(
                                        run, out, options.symbolize().color().applies(console))
                                : Following.flushing(run, out);
                List<String> captures = options.captures();
                for (String capture : captures.subList(0, captures.size() - 1)) {
                    read(run, capture, console);
                }
                Following.read(captures.get(captures.size() - 1), run, display, interruption, console);
                run.finish();
                display.end();
                out.flush();
            }
            interruption.done(ExitStatus.DONE);
        }
    }

    /** The kernel that the evidence names is the capture's, unless options say which kernel is meant. */
    private static LogOptions logOptions(ReportOptions options, Evidence evidence) throws IOException {
        LogOptions all = options.symbolize().log();
        return options.symbolize().kernel().isNamed() ? all : all.withRelease(evidence.release());
    }

    private static ReportWriter writer(ReportOptions options, Console console, Evidence evidence, Output out) {
        return switch (options.format()) {
            case JSON -> new ReportJsonWriter(options.symbolize(), out);
            case HTML -> new ReportHtmlWriter(options.symbolize(), evidence.diagnoser(), out);
            case TEXT ->
                new ReportTextWriter(options.symbolize().color().applies(console) && options.output() == null, out);
        };
    }

    private static void read(ReportRun run, String capture, Console console) throws IOException {
        if (capture.equals("-")) {
            run.read(ReportRun.STANDARD_INPUT, console.in());
            return;
        }
        try (InputStream in = Files.newInputStream(file(capture))) {
            run.read(capture, in);
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

    /** What speaks for or against a cause beside the captures. */
    private record Evidence(KernelLog log, ConntrackEvents conntrack, PacketTraces packets, Diagnoser diagnoser) {
        static Evidence read(ReportOptions options) throws IOException {
            KernelLog log = new KernelLog();
            for (Path path : options.kernelLogs()) {
                try (InputStream in = Files.newInputStream(path)) {
                    log.read(path.toString(), in);
                }
            }
            ConntrackEvents conntrack = new ConntrackEvents();
            for (Path path : options.conntrack()) {
                try (InputStream in = Files.newInputStream(path)) {
                    conntrack.read(path.toString(), in);
                }
            }
            PacketTraces packets = new PacketTraces();
            for (ReportOptions.PacketSource source : options.packets()) {
                try (InputStream in = Files.newInputStream(source.file())) {
                    packets.read(source.name(), source.file().toString(), in);
                }
            }
            return new Evidence(log, conntrack, packets, new Diagnoser(log, conntrack, packets));
        }

        @Nullable
        String release() {
            return log.release();
        }

        List<String> notes() {
            List<String> notes = new ArrayList<>(log.notes());
            notes.addAll(conntrack.notes());
            notes.addAll(packets.notes());
            return notes;
        }
    }
}
