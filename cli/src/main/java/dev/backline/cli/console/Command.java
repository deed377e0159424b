package dev.backline.cli.console;

import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** One command of {@code backline}. */
public interface Command {
    /** {@return the options, parameters and help of this command; used for parsing, for help and for completion} */
    CommandSpec spec();

    /**
     * Runs the command.
     *
     * @param arguments what stands after the command's name
     * @return the exit status
     * @throws IOException when an input cannot be read or is malformed, with a message for people (exit status 3)
     * @throws UsageException when the arguments are wrong (exit status 2)
     */
    int run(List<String> arguments, Console console) throws IOException, UsageException;
}
