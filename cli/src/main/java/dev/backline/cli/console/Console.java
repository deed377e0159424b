package dev.backline.cli.console;

import dev.backline.debugfiles.SideIndexes;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The standard streams and the environment of a command.
 *
 * @param in standard input
 * @param out standard output, buffered; the caller of the command flushes it at the end
 * @param err standard error, for complaints
 * @param environment the environment variables (NO_COLOR, TERM)
 * @param outIsTerminal whether {@code out} is a terminal
 * @param errIsTerminal whether {@code err} is a terminal
 * @param indexes the cache of indexes, or null
 */
public record Console(
        InputStream in,
        Output out,
        PrintStream err,
        Map<String, String> environment,
        boolean outIsTerminal,
        boolean errIsTerminal,
        @Nullable SideIndexes indexes) {
    /** Streams and an environment without a cache of indexes. */
    public Console(
            InputStream in,
            Output out,
            PrintStream err,
            Map<String, String> environment,
            boolean outIsTerminal,
            boolean errIsTerminal) {
        this(in, out, err, environment, outIsTerminal, errIsTerminal, null);
    }

    /** {@return a listener that prints each failure to read a part of a file, after the command's name} */
    public Consumer<IOException> problems(String command) {
        return problem -> err.println(command + ": " + Printable.of(String.valueOf(problem.getMessage())));
    }

    /** Prints a line on standard error, after flushing standard output. */
    public void complain(String message) throws IOException {
        out.flush();
        err.println(message);
    }
}
