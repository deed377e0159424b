package dev.backline.cli.console;

import java.io.IOException;

/** Help and version, on standard output. */
public final class Help {
    private Help() {}

    /** Prints the help of a command. */
    public static void print(CommandDeclaration command, Console console) throws IOException {
        console.out().print(HelpPage.of(command, Color.auto(console)));
    }

    /** Prints usage and examples of backline on standard error. */
    public static void printBrief(Console console) throws IOException {
        console.complain(HelpPage.brief(CommandTable.root()).stripTrailing());
    }

    /** Prints the version, the build and the Java version. */
    public static void printVersion(Console console) throws IOException {
        for (String line : BuildInfo.describe()) {
            console.out().print(line).newLine();
        }
    }
}
