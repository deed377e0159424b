package dev.backline.cli;

import dev.backline.kernel.Boot;
import dev.backline.kernel.Located;
import dev.backline.kernel.Location;
import dev.backline.symbolize.KernelSymbolizer;
import dev.backline.symbolize.Resolution.Ambiguous;
import dev.backline.symbolize.Resolution.Unresolved;
import dev.backline.trace.FrameReference;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code backline symbolize}: places in a kernel to source lines, as text or JSON. */
final class Symbolize implements Command {
    @Override
    public CommandSpec spec() {
        return Specs.symbolize();
    }

    @Override
    public int run(List<String> arguments, Console console) throws IOException, UsageException {
        SymbolizeOptions options = SymbolizeOptions.parse(arguments);
        if (options == null) {
            Help.print(spec(), console);
            return ExitStatus.DONE;
        }
        AnswerWriter writer = switch (options.format()) {
            case TEXT -> new TextWriter(options, console);
            case JSON -> new JsonLinesWriter(options, console.out());
        };
        Complaints complaints = new Complaints();
        try (KernelSymbolizer kernel = new KernelSymbolizer(TracedKernel.build(options.kernel()))) {
            Boot boot = TracedKernel.boot(kernel.build(), options.kernel());
            int line = 0;
            for (SymbolizeOptions.Place place : options.queries()) {
                line++;
                if (place.reference().module() == null) {
                    TracedKernel.requireVmlinux(kernel.build(), options.kernel());
                }
                Location location = boot.locate(place.reference());
                Answer answer =
                        new Answer(line, place.text(), named(place.reference(), location), kernel.resolve(location));
                writer.write(answer);
                complaints.note(answer, options.format());
            }
        }
        complaints.print(console);
        return options.strict() && complaints.any() ? ExitStatus.UNRESOLVED : ExitStatus.DONE;
    }

    /** The reference with the module that its address turned out to be in. */
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

    /** Why queries have no answer, each reason once, with the queries it goes for. */
    private static final class Complaints {
        private final Map<String, String> queriesByReason = new LinkedHashMap<>();
        private boolean any;

        void note(Answer answer, SymbolizeOptions.Format format) {
            any |= !answer.isResolved();
            if (answer.resolution() instanceof Unresolved unresolved) {
                queriesByReason.merge(unresolved.message(), answer.text(), (before, text) -> before + ", " + text);
            } else if (answer.resolution() instanceof Ambiguous ambiguous && format == SymbolizeOptions.Format.TEXT) {
                String reason = ambiguous.candidates().size() + " functions of that name fit; add the size, as in"
                        + " func+0x12/0x345, to tell them apart";
                queriesByReason.merge(reason, answer.text(), (before, text) -> before + ", " + text);
            }
        }

        boolean any() {
            return any;
        }

        void print(Console console) throws IOException {
            for (Map.Entry<String, String> reason : queriesByReason.entrySet()) {
                console.complain("backline: " + Printable.of(reason.getValue()) + ": " + Printable.of(reason.getKey()));
            }
        }
    }
}
