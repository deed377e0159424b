package dev.backline.cli;

import dev.backline.kernel.KernelBuild;
import dev.backline.probe.KernelProbes;
import dev.backline.symbolize.KernelSymbolizer;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code backline generate}: which RST functions a kernel has, and how they can be probed. */
final class Generate implements Command {
    @Override
    public CommandSpec spec() {
        return Specs.generate();
    }

    @Override
    public int run(List<String> arguments, Console console) throws IOException, UsageException {
        Arguments given = Arguments.parse("generate", spec(), arguments);
        if (given.wantsHelp()) {
            Help.print(spec(), console);
            return ExitStatus.DONE;
        }
        String wanted = given.text("--format");
        String format = wanted == null ? "text" : wanted;
        if (!format.equals("text") && !format.equals("json")) {
            throw new UsageException("--format is one of text, json, not '" + format + "'");
        }
        if (!given.has("--list")) {
            throw new UsageException(
                    "generate: what? --list shows the probes of a kernel; try: backline generate --help");
        }
        KernelProbes probes = probes(KernelOptions.of(given), console);
        if (format.equals("json")) {
            ProbeListing.json(probes, console.out());
        } else {
            ProbeListing.text(probes, console.out());
        }
        return ExitStatus.DONE;
    }

    private static KernelProbes probes(KernelOptions options, Console console) throws IOException, UsageException {
        try (KernelSymbolizer kernel = new KernelSymbolizer(TracedKernel.build(options, console))) {
            KernelBuild build = kernel.build();
            TracedKernel.requireVmlinux(build, options);
            return KernelProbes.of(kernel);
        }
    }
}
