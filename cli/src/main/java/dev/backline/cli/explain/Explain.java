package dev.backline.cli.explain;

import dev.backline.cli.console.Command;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.Count;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Help;
import dev.backline.cli.console.NamedFiles;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.OutputFile;
import dev.backline.cli.console.Printable;
import dev.backline.cli.console.TracedKernel;
import dev.backline.cli.console.UsageException;
import dev.backline.cli.symbolize.Complaints;
import dev.backline.crash.Explanation;
import dev.backline.crash.explain.CrashAnalysis;
import dev.backline.intake.FileKind;
import dev.backline.intake.LogInput;
import dev.backline.intake.LogReader;
import dev.backline.io.Audience;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.LogOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code backline explain}: what went wrong in each crash report of a log. */
public final class Explain implements Command {
    private static final String STANDARD_INPUT = "-";
    private static final String LOG = "a log";

    @Override
    public int run(List<String> arguments, Console console) throws IOException, UsageException {
        ExplainOptions options = ExplainOptions.parse(arguments);
        if (options == null) {
            Help.print(CommandTable.explain(), console);
            return ExitStatus.DONE;
        }
        check(options);
        Run run = new Run(options, console);
        Path file = options.output();
        if (file == null) {
            run.writeTo(console.out());
        } else {
            OutputFile.write(file, run::writeTo);
        }
        run.complain();
        boolean incomplete = run.complaints.any() || run.foundNothing;
        return options.strict() && incomplete ? ExitStatus.UNRESOLVED : ExitStatus.DONE;
    }

    /**
     * Explains standard input with kernels that are open already, for {@code backline serve}.
     *
     * @param arguments options that name no file
     * @param kernels stay open
     */
    public static void answer(List<String> arguments, Console console, KernelPool kernels)
            throws IOException, UsageException {
        ExplainOptions options =
                Objects.requireNonNull(ExplainOptions.parse(arguments), "the service asks for no help");
        Run run = new Run(options, console);
        run.writeTo(console.out(), kernels);
        run.complain();
    }

    /** Fails if a named file or directory cannot be used, before anything is printed. */
    private static void check(ExplainOptions options) throws IOException {
        for (String log : options.logs()) {
            if (log.equals(STANDARD_INPUT)) {
                continue;
            }
            byte[] head = NamedFiles.head(log, LOG);
            FileKind kind = FileKind.of(head, head.length);
            if (kind == FileKind.ELF || kind == FileKind.GSYM) {
                throw new IOException(log + ": is a debug file, not a log; type: backline explain -e "
                        + Printable.word(log) + " LOG");
            }
            NamedFiles.requireText(log, kind, LOG);
        }
        Path tree = options.source();
        if (tree != null && !Files.isDirectory(tree)) {
            throw new IOException(
                    tree + ": is not a directory; --source needs the sources of the kernel or the module");
        }
    }

    /** {@return the writer of the format that the options name} */
    static ExplanationWriter writer(ExplainOptions options, Console console, Audience audience, Output out) {
        PageMaker pages = new PageMaker(options, console);
        return switch (options.format()) {
            case TEXT ->
                new ExplainTextWriter(pages, options.print().color().applies(console) && options.output() == null, out);
            case MARKDOWN -> new ExplainMarkdownWriter(pages, out);
            case JSON -> new ExplainJsonWriter(options.print(), out);
            case HTML -> new ExplainHtmlWriter(pages, audience, out);
        };
    }

    /** Reads the logs. They share the open debug files of their kernels. */
    private static final class Run {
        private final ExplainOptions options;
        private final Console console;
        private final Complaints complaints = new Complaints();
        private boolean foundNothing;

        Run(ExplainOptions options, Console console) {
            this.options = options;
            this.console = console;
        }

        void writeTo(Output out) throws IOException {
            try (KernelPool kernels = new KernelPool(TracedKernel.checkedFiles(options.kernel(), console))) {
                writeTo(out, kernels);
            }
        }

        void writeTo(Output out, KernelPool kernels) throws IOException {
            ExplanationWriter writer = writer(options, console, kernels.files().audience(), out);
            LogOptions log = TracedKernel.log(options.kernel());
            for (String name : options.logs()) {
                read(name, kernels, log.withRereadable(rereadable(name)), writer, out);
            }
            writer.finish();
        }

        void complain() throws IOException {
            for (String sentence : complaints.sentences()) {
                console.complain("backline: " + Printable.of(sentence));
            }
        }

        private void read(String name, KernelPool kernels, LogOptions log, ExplanationWriter writer, Output out)
                throws IOException {
            boolean standardInput = name.equals(STANDARD_INPUT);
            String shown = standardInput ? "standard input" : name;
            try (InputStream in = standardInput ? console.in() : NamedFiles.open(name);
                    CrashAnalysis analysis = new CrashAnalysis(kernels, log)) {
                LogReader lines = new LogReader(LogInput.open(shown, in).text());
                long[] count = new long[1];
                analysis.read(lines, new CrashAnalysis.Sink() {
                    @Override
                    public void explanation(Explanation explanation) throws IOException {
                        count[0]++;
                        for (LogFrame frame : explanation.frames()) {
                            complaints.note(frame);
                        }
                        writer.write(name, explanation);
                    }

                    @Override
                    public void idle() throws IOException {
                        out.flush();
                    }
                });
                if (count[0] == 0) {
                    foundNothing = true;
                    complain(shown, lines.excerpt().number());
                }
                for (String doubt : analysis.doubts()) {
                    console.complain("backline: " + Printable.of(doubt));
                }
            }
        }

        /** Complains about a log without a report. A program sees that from the empty JSON output. */
        private void complain(String name, long lines) throws IOException {
            if (options.format() != ExplainOptions.Format.JSON) {
                console.complain("backline: " + Printable.of(name)
                        + (lines == 0
                                ? ": is empty"
                                : ": no crash report found in " + Count.of(lines, "line")
                                        + "; to annotate stack traces, type: backline symbolize "
                                        + (name.equals("standard input") ? "LOG" : Printable.word(name))));
            }
        }

        /** {@return the log's file if it can be read twice; null for a pipe} */
        private static @Nullable Path rereadable(String name) {
            Path file = name.equals(STANDARD_INPUT) ? null : Path.of(name);
            return file != null && Files.isRegularFile(file) ? file : null;
        }
    }
}
