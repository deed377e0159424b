package dev.backline.cli.console;

import java.io.IOException;
import java.util.List;

/** One command of {@code backline}; {@link CommandTable} declares its options and its help. */
public interface Command {
    /**
     * Runs the command.
     *
     * @param arguments the words after the command's name
     * @return the exit status
     * @throws IOException when an input cannot be read or is malformed, with a message for people (exit status 3)
     * @throws UsageException when the arguments are wrong (exit status 2)
     */
    int run(List<String> arguments, Console console) throws IOException, UsageException;
}
