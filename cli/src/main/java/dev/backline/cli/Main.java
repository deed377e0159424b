package dev.backline.cli;

import dev.backline.cli.console.Arguments;
import dev.backline.cli.console.Command;
import dev.backline.cli.console.CommandDeclaration;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Help;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.cli.console.StandardInput;
import dev.backline.cli.console.UnknownName;
import dev.backline.cli.console.UsageException;
import dev.backline.cli.dropin.Addr2line;
import dev.backline.cli.dropin.Faddr2line;
import dev.backline.cli.explain.Explain;
import dev.backline.cli.report.Report;
import dev.backline.cli.symbolize.Symbolize;
import dev.backline.cli.triage.TriageCommand;
import dev.backline.debugfiles.SideIndexes;
import dev.backline.io.FailureReason;
import dev.backline.trace.Query;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** The entry point of the {@code backline} command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // Closing these would close the process's own descriptors.
        @SuppressWarnings("resource")
        InputStream in = new StandardInput();
        @SuppressWarnings("resource")
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        Map<String, String> environment = System.getenv();
        SideIndexes cache = SideIndexes.ofUser(environment);
        BackgroundIndexing background = cache == null ? null : new BackgroundIndexing(cache);
        SideIndexes indexes = background == null ? null : background.indexes();
        boolean isTerminal = isTerminal(1);
        Console console =
                new Console(in, new Output(out, isTerminal), err, environment, isTerminal, isTerminal(2), indexes);
        int status = run(console, args);
        if (background != null) {
            background.finish();
        }
        // Status 0 needs no exit(), which sets up logging first since Java 21: no other thread keeps the JVM running.
        if (status != ExitStatus.DONE) {
            System.exit(status);
        }
    }

    /**
     * Runs one command line and flushes its output.
     *
     * @return the exit status; see {@link ExitStatus}
     */
    public static int run(Console console, String... args) {
        try {
            int status = dispatch(console, List.of(args));
            console.out().flush();
            return status;
        } catch (Output.ClosedException e) {
            return ExitStatus.DONE;
        } catch (UsageException e) {
            return complain(console, e.getMessage(), ExitStatus.USAGE);
        } catch (InvalidPathException e) {
            return complain(console, "not a file name: '" + e.getInput() + "'", ExitStatus.USAGE);
        } catch (IOException e) {
            return complain(console, FailureReason.withFile(e), ExitStatus.INPUT);
        } catch (UncheckedIOException e) {
            return complain(console, FailureReason.withFile(Objects.requireNonNull(e.getCause())), ExitStatus.INPUT);
        } catch (OutOfMemoryError e) {
            return complain(
                    console,
                    "not enough memory: " + args[0] + " needs more than the "
                            + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MB of Java heap; give it more: BACKLINE_JAVA_OPTS=-Xmx2g"
                            + (args[0].equals("triage") ? ", or use fewer threads: --jobs 1" : ""),
                    ExitStatus.INPUT);
        }
    }

    private static int dispatch(Console console, List<String> args) throws IOException, UsageException {
        if (args.isEmpty()) {
            Help.printBrief(console);
            return ExitStatus.USAGE;
        }
        String name = args.get(0);
        List<String> rest = args.subList(1, args.size());
        switch (name) {
            case "-h", "--help", "help" -> {
                CommandDeclaration wanted = rest.isEmpty() ? CommandTable.root() : CommandTable.named(rest.get(0));
                if (wanted == null) {
                    throw unknown(rest.get(0));
                }
                Help.print(wanted, console);
                return ExitStatus.DONE;
            }
            case "-V", "--version", "version" -> {
                Help.printVersion(console);
                return ExitStatus.DONE;
            }
            default -> {
                Command command = command(name);
                if (command == null) {
                    throw unknown(name);
                }
                return command.run(rest, console);
            }
        }
    }

    /** {@return what to say of a first word that is not a command} */
    private static UsageException unknown(String word) {
        if (word.startsWith("-")) {
            return new UsageException(
                    CommandTable.symbolize().find(word) == null
                            ? UnknownName.option(word, CommandTable.root()) + "; see: backline --help"
                            : word + " needs a command in front; for example: backline symbolize " + word);
        }
        String kind = kind(word);
        if (kind == null) {
            return new UsageException(UnknownName.command(word) + "; see: backline --help");
        }
        String quoted = Printable.word(word);
        return new UsageException(quoted + " is a " + kind + ", not a command; type: backline symbolize " + quoted);
    }

    /** {@return the kind of input that the word is to symbolize, or null} */
    private static @Nullable String kind(String word) {
        try {
            return Query.parse(word) != null ? "query" : Files.exists(Path.of(word)) ? "file" : null;
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private static @Nullable Command command(String name) {
        return switch (name) {
            case "symbolize" -> new Symbolize();
            case "explain" -> new Explain();
            case "triage" -> new TriageCommand();
            case "report" -> new Report();
            case "faddr2line" -> new Faddr2line();
            case "addr2line" -> new Addr2line();
            case "index" -> new Index();
            case "kernel" -> new Kernel();
            case "generate" -> new Generate();
            case "serve" -> serve();
            case "completion" -> new Completion();
            default -> null;
        };
    }

    /** {@return the service, whose jars the launcher adds only for it: each would cost every other start} */
    private static Command serve() {
        return ServiceLoader.load(Command.class).findFirst().orElse((arguments, console) -> {
            if (!Arguments.read(CommandTable.serve(), arguments).wantsHelp()) {
                throw new UsageException("the service's jars are missing; start it by the launcher: backline serve");
            }
            Help.print(CommandTable.serve(), console);
            return ExitStatus.DONE;
        });
    }

    private static int complain(Console console, @Nullable String message, int status) {
        try {
            console.complain("backline: " + Printable.of(String.valueOf(message)));
        } catch (IOException e) {
            // Without a reader, the status still tells what happened.
            return status;
        }
        return status;
    }

    /** Whether a descriptor is a terminal. System.console() tells it of standard input and output together only. */
    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
