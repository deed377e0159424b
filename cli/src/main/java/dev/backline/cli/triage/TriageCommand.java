package dev.backline.cli.triage;

import dev.backline.cli.console.Command;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Help;
import dev.backline.cli.console.NamedFiles;
import dev.backline.cli.console.OutputFile;
import dev.backline.cli.console.Printable;
import dev.backline.cli.console.TerminalProgress;
import dev.backline.cli.console.TracedKernel;
import dev.backline.cli.console.UsageException;
import dev.backline.crash.triage.LogTriage;
import dev.backline.crash.triage.TriageGroup;
import dev.backline.io.Audience;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** {@code backline triage}: which bugs many logs show, how often, since when, on which hosts and kernels. */
public final class TriageCommand implements Command {
    /** The name of standard input. */
    static final String STANDARD_INPUT = "-";

    @Override
    public int run(List<String> arguments, Console console) throws IOException, UsageException {
        TriageOptions options = TriageOptions.parse(arguments);
        if (options == null) {
            Help.print(CommandTable.triage(), console);
            return ExitStatus.DONE;
        }
        check(options);
        try (KernelPool kernels = new KernelPool(TracedKernel.checkedFiles(options.kernel(), console))) {
            return triage(options, console, kernels);
        }
    }

    /**
     * Groups the reports of standard input with kernels that are open already, for {@code backline serve}.
     *
     * @param arguments options that name no file
     * @param kernels stay open
     */
    public static void answer(List<String> arguments, Console console, KernelPool kernels)
            throws IOException, UsageException {
        TriageOptions options = Objects.requireNonNull(TriageOptions.parse(arguments), "the service asks for no help");
        triage(options, console, kernels);
    }

    private static int triage(TriageOptions options, Console console, KernelPool kernels) throws IOException {
        LogOptions log = TracedKernel.log(options.kernel());
        ReadingProgress progress = new ReadingProgress(TerminalProgress.line(console));
        Fleet fleet = new Fleet(new LogTriage(kernels, log), progress);
        try {
            new FleetReading(options, log, fleet, console.in(), progress).read();
        } finally {
            progress.end();
        }
        return print(options, console, kernels.files().audience(), fleet, new Examples(kernels, log));
    }

    /** Fails if a named file or directory is not there, before anything is read. */
    private static void check(TriageOptions options) throws IOException {
        for (String input : options.inputs()) {
            if (!input.equals(STANDARD_INPUT) && !Files.exists(Path.of(input))) {
                NamedFiles.head(input, "a log");
            }
        }
        Path output = options.output();
        if (output != null && Files.exists(output)) {
            throw OutputFile.isThere(output, null);
        }
    }

    private static int print(TriageOptions options, Console console, Audience audience, Fleet fleet, Examples examples)
            throws IOException {
        List<TriageGroup> groups = fleet.groups();
        Fleet.Counts counts = fleet.counts();
        if (options.format() == TriageOptions.Format.HTML) {
            int explained = Math.min(Math.min(options.top(), TriageHtmlWriter.EXPLAINED), groups.size());
            examples.read(groups.subList(0, explained));
        }
        OutputFile.Writing content = out -> {
            switch (options.format()) {
                case TEXT -> new TriageTextWriter(options, console, audience, out).write(groups, counts);
                case JSON -> TriageJsonWriter.write(groups, options.top(), out);
                case HTML -> new TriageHtmlWriter(options, examples, out).write(groups, counts);
            }
        };
        Path file = options.output();
        if (file == null) {
            content.writeTo(console.out());
        } else {
            OutputFile.write(file, content);
        }
        for (String sentence : fleet.complaints()) {
            console.complain("backline: " + Printable.of(sentence));
        }
        if (groups.isEmpty()) {
            console.complain("backline: no crash report found in " + Sentences.logs(counts));
        }
        if (counts.namedUnreadable()) {
            return ExitStatus.INPUT;
        }
        boolean incomplete =
                counts.unreadable() > 0 || groups.isEmpty() || groups.stream().anyMatch(TriageGroup::printedOnly);
        return options.strict() && incomplete ? ExitStatus.UNRESOLVED : ExitStatus.DONE;
    }
}
