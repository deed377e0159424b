package dev.backline.cli;

import dev.backline.cli.console.Arguments;
import dev.backline.cli.console.Command;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Help;
import dev.backline.cli.console.Picocli;
import dev.backline.cli.console.Printable;
import dev.backline.cli.console.UsageException;
import java.io.IOException;
import java.util.List;

/** {@code backline completion}: a script for the shell that completes commands, options and files. */
final class Completion implements Command {
    @Override
    public int run(List<String> arguments, Console console) throws IOException, UsageException {
        Arguments given = Arguments.read(CommandTable.completion(), arguments);
        if (given.wantsHelp()) {
            Help.print(CommandTable.completion(), console);
            return ExitStatus.DONE;
        }
        String shell = given.operands().isEmpty() ? "bash" : given.operands().get(0);
        if (!(shell.equals("bash") || shell.equals("zsh"))) {
            throw given.wrong("SHELL must be bash or zsh, not '" + Printable.of(shell) + "'");
        }
        // One script serves both: in zsh it starts bashcompinit.
        console.out().print(Picocli.completionScript());
        return ExitStatus.DONE;
    }
}
