package dev.backline.server;

import dev.backline.cli.console.Arguments;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.KernelOptions;
import dev.backline.cli.console.Printable;
import dev.backline.cli.console.UsageException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code backline serve}.
 *
 * @param kernel the options that name debug files
 * @param host the address to listen on; null for the socket that is standard input
 * @param port the port, 0 for a free one
 * @param debuginfod {@code --debuginfod}; empty for those of the environment
 * @param maxBody the largest body of a request, in bytes
 * @param maxLog the largest log after decompression, in bytes
 * @param timeout seconds for a body to arrive, and again for its answer
 * @param jobs how many logs are answered at the same time
 * @param queue how many may wait
 */
record ServeOptions(
        KernelOptions kernel,
        @Nullable String host,
        int port,
        List<String> debuginfod,
        long maxBody,
        long maxLog,
        int timeout,
        int jobs,
        int queue) {
    private static final int PORTS = 65_535;

    ServeOptions {
        debuginfod = List.copyOf(debuginfod);
    }

    /**
     * Reads a command line.
     *
     * @return the options, or null when help was asked for
     */
    static @Nullable ServeOptions parse(List<String> arguments) throws UsageException {
        Arguments given = Arguments.read(CommandTable.serve(), arguments);
        if (given.wantsHelp()) {
            return null;
        }
        String listen = given.text("--listen");
        String address = listen == null ? "127.0.0.1:8080" : listen;
        int colon = address.lastIndexOf(':');
        boolean inherited = address.equals("-");
        String port = address.substring(colon + 1);
        if (!inherited && (colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > PORTS)) {
            throw given.wrong("--listen must be ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080, not '"
                    + Printable.of(address) + "'");
        }
        return new ServeOptions(
                KernelOptions.of(given),
                inherited ? null : address.substring(0, colon),
                inherited ? 0 : Integer.parseInt(port),
                given.texts("--debuginfod"),
                (long) given.number("--max-body", 64, 1, 2047) << 20,
                (long) given.number("--max-log", 512, 1, 1 << 20) << 20,
                given.number("--timeout", 60, 1, 86_400),
                given.number("--jobs", Runtime.getRuntime().availableProcessors(), 1, 1024),
                given.number("--queue", 64, 1, 100_000));
    }
}
