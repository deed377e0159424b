package dev.backline.cli;

import dev.backline.cli.console.Command;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Help;
import dev.backline.cli.console.Specs;
import dev.backline.cli.console.UsageException;
import java.io.IOException;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code backline completion}: a script for the shell that completes commands, options and files. */
final class Completion implements Command {
    @Override
    public CommandSpec spec() {
        return Specs.completion();
    }

    @Override
    public int run(List<String> arguments, Console console) throws IOException, UsageException {
        if (arguments.contains("-h") || arguments.contains("--help")) {
            Help.print(spec(), console);
            return ExitStatus.DONE;
        }
        String shell = arguments.isEmpty() ? "bash" : arguments.get(0);
        if (arguments.size() > 1 || !(shell.equals("bash") || shell.equals("zsh"))) {
            throw new UsageException("no completion for '" + String.join(" ", arguments) + "': it is bash or zsh");
        }
        // The script serves zsh through its bashcompinit, which it starts itself.
        console.out().print(AutoComplete.bash("backline", new CommandLine(Specs.root())));
        return ExitStatus.DONE;
    }
}
