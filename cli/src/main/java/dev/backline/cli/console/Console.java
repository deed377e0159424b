package dev.backline.cli.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a command sees of the outside: its standard streams and its environment.
 *
 * @param in standard input
 * @param out standard output, buffered; whoever runs the command flushes it at the end
 * @param err standard error, for complaints
 * @param environment the environment variables (NO_COLOR, TERM)
 * @param outIsTerminal whether a person reads {@code out} as it comes
 * @param errIsTerminal whether a person reads {@code err} as it comes
 */
public record Console(
        InputStream in,
        Output out,
        PrintStream err,
        Map<String, String> environment,
        boolean outIsTerminal,
        boolean errIsTerminal) {
    /** {@return a listener for trouble with parts of a file, which says each under the command's name} */
    public Consumer<IOException> problems(String command) {
        return problem -> err.println(command + ": " + Printable.of(String.valueOf(problem.getMessage())));
    }

    /** Says something on one line of standard error, after everything that was printed before it. */
    public void complain(String message) throws IOException {
        out.flush();
        err.println(message);
    }
}
