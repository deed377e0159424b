package dev.backline.server;

import dev.backline.cli.console.Command;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Help;
import dev.backline.cli.console.UsageException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/** {@code backline serve}: answers over HTTP until a signal ends it. */
public final class Serve implements Command {
    /** Creates the command, for the class loader that finds it. */
    public Serve() {
        // The library's logger would complain that it has nowhere to log.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
    }

    @Override
    public int run(List<String> arguments, Console console) throws IOException, UsageException {
        ServeOptions options = ServeOptions.parse(arguments);
        if (options == null) {
            Help.print(CommandTable.serve(), console);
            return ExitStatus.DONE;
        }
        Service service = Service.of(options, console);
        // Before it listens: a signal at any time must not end a request.
        Runtime.getRuntime().addShutdownHook(new Thread(service::stop, "backline-stop"));
        service.start();
        InetSocketAddress address = service.address();
        String host = address.getHostString();
        console.complain("backline: listening on http://"
                + (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + address.getPort()
                + "/");
        try {
            service.join();
        } catch (InterruptedException e) {
            service.stop();
            Thread.currentThread().interrupt();
        }
        return ExitStatus.DONE;
    }
}
