package dev.backline.cli.console;

import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/** Help and version, on standard output. */
public final class Help {
    private static final int WIDTH = 90;

    private Help() {}

    /** Prints how a command is used. */
    public static void print(CommandSpec spec, Console console) throws IOException {
        spec.usageMessage().width(WIDTH);
        CommandLine line = new CommandLine(spec);
        console.out()
                .print(line.getUsageMessage(Color.auto(console) ? Ansi.ON : Ansi.OFF)
                        .stripTrailing())
                .newLine();
    }

    /** Prints the version, the build, and the Java it runs on. */
    public static void printVersion(Console console) throws IOException {
        for (String line : BuildInfo.describe()) {
            console.out().print(line).newLine();
        }
    }
}
