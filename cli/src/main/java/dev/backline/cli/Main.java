package dev.backline.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** The entry point of the {@code backline} command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, args));
    }

    /**
     * Runs one command line.
     *
     * @return the exit status: 0 done, 1 done but not everything was resolved, 2 wrong usage, 3 an input could not be
     *     read or is malformed
     */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(backline()).setOut(out).setErr(err).execute(args);
    }

    private static CommandSpec backline() {
        CommandSpec[] self = new CommandSpec[1];
        CommandSpec spec = CommandSpec.wrapWithoutInspection((Runnable) () -> {
            throw new ParameterException(self[0].commandLine(), "missing command or option");
        });
        self[0] = spec;
        spec.name("backline").versionProvider(BuildInfo::describe);
        spec.usageMessage().description("Turns captured kernel stack traces into source lines.");
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help and exit.")
                .build());
        spec.addOption(OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Show the version, the build and the Java it runs on, and exit.")
                .build());
        return spec;
    }
}
