package dev.backline.cli.symbolize;

import dev.backline.cli.console.Command;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.Count;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Help;
import dev.backline.cli.console.NamedFiles;
import dev.backline.cli.console.Printable;
import dev.backline.cli.console.TracedKernel;
import dev.backline.cli.console.UsageException;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.intake.Excerpt;
import dev.backline.intake.LogInput;
import dev.backline.intake.LogReader;
import dev.backline.io.Parallel;
import dev.backline.kernel.Boot;
import dev.backline.kernel.KernelBuild;
import dev.backline.kernel.Located;
import dev.backline.kernel.Location;
import dev.backline.symbolize.AnswerBudget;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.KernelSymbolizer;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.LogOptions;
import dev.backline.symbolize.LogSink;
import dev.backline.symbolize.LogSymbolizer;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.Symbolizer;
import dev.backline.trace.FrameReference;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** {@code backline symbolize}: source lines for logs and single places, as text or JSON. */
public final class Symbolize implements Command {
    @Override
    public int run(List<String> arguments, Console console) throws IOException, UsageException {
        SymbolizeOptions options = SymbolizeOptions.parse(arguments);
        if (options == null) {
            Help.print(CommandTable.symbolize(), console);
            return ExitStatus.DONE;
        }
        DebugFiles files = TracedKernel.files(options.kernel(), console);
        InputCheck check = new InputCheck(options, files);
        Complaints complaints = new Complaints();
        CallExplanations calls = options.print().explain() ? new CallExplanations(console) : null;
        AnswerWriter writer = writer(options, console, calls);
        Places places = null;
        Logs logs = null;
        try {
            for (SymbolizeOptions.Input input : options.inputs()) {
                if (input instanceof SymbolizeOptions.Log log) {
                    logs = logs == null ? new Logs(options, new KernelPool(files), writer, console) : logs;
                    logs.annotate(log, complaints);
                } else {
                    places = places == null ? new Places(options, files, writer) : places;
                    places.resolveAhead();
                    places.answer((SymbolizeOptions.Place) input, complaints);
                }
            }
        } finally {
            if (logs != null) {
                logs.close();
            }
            if (places != null) {
                places.close();
            }
        }
        for (String hint : check.hints()) {
            console.complain("backline: " + Printable.of(hint));
        }
        complain(complaints, console);
        if (complaints.missingFile()) {
            return ExitStatus.INPUT;
        }
        return options.strict() && complaints.any() ? ExitStatus.UNRESOLVED : ExitStatus.DONE;
    }

    /**
     * Annotates standard input with kernels that are open already, for {@code backline serve}.
     *
     * @param arguments options that name no file
     * @param kernels stay open
     */
    public static void answer(List<String> arguments, Console console, KernelPool kernels)
            throws IOException, UsageException {
        SymbolizeOptions options =
                Objects.requireNonNull(SymbolizeOptions.parse(arguments), "the service asks for no help");
        Complaints complaints = new Complaints();
        new Logs(options, kernels, writer(options, console, null), console)
                .annotate(new SymbolizeOptions.Log("-"), complaints);
        complain(complaints, console);
    }

    private static AnswerWriter writer(SymbolizeOptions options, Console console, @Nullable CallExplanations calls) {
        return switch (options.format()) {
            case TEXT -> new TextWriter(options.print(), console, calls);
            case JSON -> new JsonLinesWriter(options.print(), console.out(), calls);
            case QUICKFIX -> new QuickfixWriter(options.print(), console.out());
        };
    }

    private static void complain(Complaints complaints, Console console) throws IOException {
        for (String sentence : complaints.sentences()) {
            console.complain("backline: " + Printable.of(sentence));
        }
    }

    /** Annotates logs, which share what is found of their kernels. */
    private static final class Logs implements Closeable {
        private final AnswerWriter writer;
        private final Console console;
        private final KernelPool kernels;
        private final LogOptions options;
        private final SymbolizeOptions.Format format;

        Logs(SymbolizeOptions options, KernelPool kernels, AnswerWriter writer, Console console) throws IOException {
            this.kernels = kernels;
            this.writer = writer;
            this.console = console;
            LogOptions all =
                    TracedKernel.log(options.kernel()).withPc(options.pcRule().pc());
            boolean edges = options.print().edges() || options.format() == SymbolizeOptions.Format.JSON;
            this.options = edges ? all.withEdges() : all;
            format = options.format();
        }

        void annotate(SymbolizeOptions.Log log, Complaints complaints) throws IOException {
            try (InputStream in = log.isStandardInput() ? console.in() : NamedFiles.open(log.name());
                    LogSymbolizer symbolizer = new LogSymbolizer(kernels, options.withRereadable(readAhead(log)))) {
                LogInput opened = LogInput.open(log.isStandardInput() ? "standard input" : log.name(), in);
                writer.begin(AnswerOrigin.ofLog(log.name(), symbolizer));
                writer.begin(opened.encoding());
                long[] counts = new long[2];
                symbolizer.read(new LogReader(opened.text()), new LogSink() {
                    @Override
                    public void excerpt(Excerpt excerpt, List<List<LogFrame>> frames) throws IOException {
                        counts[0] = excerpt.number();
                        for (List<LogFrame> line : frames) {
                            for (LogFrame frame : line) {
                                complaints.note(frame);
                                counts[1]++;
                            }
                        }
                        writer.write(excerpt, frames);
                    }

                    @Override
                    public void idle() throws IOException {
                        console.out().flush();
                    }
                });
                writer.end();
                // For programs, an empty answer says so.
                if (counts[1] == 0 && format != SymbolizeOptions.Format.JSON) {
                    complain(log, counts[0]);
                }
                for (String doubt : symbolizer.doubts()) {
                    console.complain("backline: " + Printable.of(doubt));
                }
            }
        }

        private void complain(SymbolizeOptions.Log log, long lines) throws IOException {
            String name = log.isStandardInput() ? "standard input" : log.name();
            console.complain("backline: " + Printable.of(name)
                    + (lines == 0
                            ? ": is empty"
                            : ": no stack frame found in " + Count.of(lines, "line")
                                    + "; backline reads kernel logs (dmesg, journalctl -k, a console) and the text that perf"
                                    + " script, bpftrace, ftrace or crash prints"));
        }

        @Override
        public void close() {
            kernels.close();
        }
    }

    /** {@return the log's file if it can be read twice; null for a pipe} */
    private static @Nullable Path readAhead(SymbolizeOptions.Log log) {
        Path file = log.isStandardInput() ? null : Path.of(log.name());
        return file != null && Files.isRegularFile(file) ? file : null;
    }

    /** Answers queries about one kernel. */
    private static final class Places implements Closeable {
        /** With fewer queries than this, starting threads takes longer than they save. */
        private static final int WORTH_SHARING = 32;

        private final SymbolizeOptions options;
        private final AnswerWriter writer;
        private final KernelSymbolizer kernel;
        private final Boot boot;
        private final AnswerOrigin origin;
        private final AnswerBudget budget = new AnswerBudget();
        /** The answers that were looked up in parallel, in the order of the places; null where none was. */
        private @Nullable AtomicReferenceArray<@Nullable Resolution> ahead;

        private int line;

        Places(SymbolizeOptions options, DebugFiles files, AnswerWriter writer) throws IOException {
            this.options = options;
            this.writer = writer;
            kernel = new KernelSymbolizer(KernelBuild.of(files, TracedKernel.identity(options.kernel())));
            boot = TracedKernel.boot(kernel.build(), options.kernel());
            origin = AnswerOrigin.ofQueries(kernel.build());
        }

        /** Looks up all places in parallel, if there are many. */
        void resolveAhead() {
            if (ahead != null || options.jobs() == 1 || options.inputs().size() < WORTH_SHARING) {
                return;
            }
            List<SymbolizeOptions.Place> places = new ArrayList<>();
            for (SymbolizeOptions.Input input : options.inputs()) {
                if (input instanceof SymbolizeOptions.Place place) {
                    places.add(place);
                }
            }
            AtomicReferenceArray<@Nullable Resolution> found = new AtomicReferenceArray<>(places.size());
            Parallel.forEach(places.size(), options.jobs(), i -> found.set(i, resolved(places.get(i))));
            ahead = found;
        }

        private @Nullable Resolution resolved(SymbolizeOptions.Place place) {
            try {
                return kernel.resolve(boot.locate(place.reference()));
            } catch (IOException e) {
                // The failure is reported when the place is answered.
                return null;
            }
        }

        void answer(SymbolizeOptions.Place place, Complaints complaints) throws IOException, UsageException {
            Resolution known = ahead == null ? null : ahead.get(line);
            line++;
            writer.begin(origin);
            if (place.reference().module() == null) {
                requireKernel(place);
            }
            Location location = boot.locate(place.reference());
            Resolution resolution = known == null ? kernel.resolve(location) : known;
            Symbolizer symbolizer = location instanceof Located found ? kernel.symbolizer(found.file()) : null;
            budget.read(place.text().length());
            Resolution bounded = budget.bounded(resolution, symbolizer);
            Answer answer = new Answer(line, place.text(), named(place.reference(), location), bounded, symbolizer);
            writer.write(answer);
            complaints.note(answer, place.isWord(), options.format());
        }

        private void requireKernel(SymbolizeOptions.Place place) throws IOException, UsageException {
            if (place.isWord() && !options.kernel().isNamed()) {
                throw new IOException(
                        place.text() + ": there is no such file; if it is a function, name its kernel: -e VMLINUX,"
                                + " -r RELEASE or -d DIR");
            }
            TracedKernel.requireVmlinux(kernel.build(), options.kernel());
        }

        @Override
        public void close() throws IOException {
            kernel.close();
        }
    }

    /** {@return the reference with the module that its address is in} */
    private static FrameReference named(FrameReference asked, Location location) {
        return asked.module() == null && location instanceof Located found
                ? new FrameReference(
                        asked.symbol(),
                        asked.offset(),
                        asked.size(),
                        found.file().module(),
                        asked.address(),
                        asked.pc())
                : asked;
    }
}
