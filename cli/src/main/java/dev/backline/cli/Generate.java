package dev.backline.cli;

import dev.backline.cli.console.Arguments;
import dev.backline.cli.console.Command;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Help;
import dev.backline.cli.console.KernelOptions;
import dev.backline.cli.console.TracedKernel;
import dev.backline.cli.console.UsageException;
import dev.backline.io.NewFile;
import dev.backline.kernel.KernelBuild;
import dev.backline.probe.KernelProbes;
import dev.backline.probe.ProbeScript;
import dev.backline.probe.ScriptCheck;
import dev.backline.probe.ScriptExplanation;
import dev.backline.probe.ScriptOptions;
import dev.backline.probe.ScriptTool;
import dev.backline.symbolize.KernelSymbolizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** {@code backline generate}: writes scripts that probe the RST functions of a kernel, and lists these functions. */
final class Generate implements Command {
    private static final String STDOUT = "-";
    /** The tool rejected the script. */
    private static final int REFUSED = 1;

    /** {@code --format}. */
    private enum Format {
        TEXT,
        JSON
    }

    @Override
    public int run(List<String> arguments, Console console) throws IOException, UsageException {
        Arguments given = Arguments.read(CommandTable.generate(), arguments);
        if (given.wantsHelp()) {
            Help.print(CommandTable.generate(), console);
            return ExitStatus.DONE;
        }
        Format format = given.choice("--format", Format.TEXT);
        if (given.has("--list")) {
            return list(given, format, console);
        }
        if (given.has("--format")) {
            throw new UsageException("generate: --format needs --list; a script has one format");
        }
        return script(given, console);
    }

    private static int list(Arguments given, Format format, Console console) throws IOException, UsageException {
        KernelProbes probes = probes(given, console);
        if (format == Format.JSON) {
            ProbeListing.json(probes, console.out());
        } else {
            ProbeListing.text(probes, console.out());
        }
        return ExitStatus.DONE;
    }

    private static int script(Arguments given, Console console) throws IOException, UsageException {
        ScriptTool tool = given.choice("--tool", ScriptTool.SYSTEMTAP);
        ScriptOptions options = options(given);
        boolean known = given.has("-e") || given.has("-r") || given.has("-d");
        KernelProbes kernel = known ? probes(given, console) : null;
        String output = given.text("-o");
        String script = ProbeScript.of(tool, options, kernel, output == null ? null : fileName(output));
        if (output != null && !output.equals(STDOUT)) {
            write(Path.of(output), script, given.has("--force"));
        } else if (output != null || !(given.has("--check") || given.has("--explain"))) {
            console.out().print(script);
        }
        for (String gap : ProbeScript.gaps(tool, options, kernel)) {
            console.complain("backline: warning: " + gap);
        }
        if (given.has("--explain")) {
            console.out().print(ScriptExplanation.of(tool, options, kernel));
        }
        if (given.has("--check")) {
            console.out().flush();
            ScriptCheck.Result result = ScriptCheck.of(tool, options, script, kernel, given.text("-r"));
            console.out().print(result.text());
            return result.accepted() ? ExitStatus.DONE : REFUSED;
        }
        return ExitStatus.DONE;
    }

    private static @Nullable String fileName(String output) {
        Path name = Path.of(output).getFileName();
        return name == null ? null : name.toString();
    }

    /** Passes the values of an option on; an error names the option if its message does not. */
    private static void ports(Arguments given, String option, Consumer<String> to) {
        for (String text : given.texts(option)) {
            try {
                to.accept(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        String.valueOf(e.getMessage()).startsWith("not a port")
                                ? option + " needs a port or a range of ports, not '" + text
                                        + "' (such as 443 or 8000-8099)"
                                : e.getMessage(),
                        e);
            }
        }
    }

    private static ScriptOptions options(Arguments given) throws IOException, UsageException {
        ScriptOptions.Builder options = ScriptOptions.builder();
        try {
            ports(given, "--port", options::port);
            ports(given, "--not-port", options::notPort);
            given.texts("--address").forEach(options::address);
            given.texts("--not-address").forEach(options::notAddress);
            String process = given.text("--process");
            if (process != null) {
                options.process(process);
            }
            number(given, "--pid", options::pid);
            String netns = given.text("--netns");
            if (netns != null) {
                options.netns(NetworkNamespace.OF_THIS_MACHINE.inode(netns));
            }
            number(given, "--limit", options::limit);
            number(given, "--depth", options::depth);
            number(given, "--duration", options::duration);
            number(given, "--buffer", options::buffer);
            if (given.has("--ipv4")) {
                options.onlyV4();
            }
            if (given.has("--ipv6")) {
                options.onlyV6();
            }
            if (given.has("--received")) {
                options.received();
            }
            if (given.has("--no-half-open")) {
                options.withoutHalfOpen();
            }
            return options.build();
        } catch (IllegalArgumentException e) {
            throw new UsageException("generate: " + e.getMessage());
        }
    }

    private static void number(Arguments given, String name, LongConsumer setter) throws UsageException {
        String text = given.text(name);
        if (text != null) {
            setter.accept(given.number(name, text, 0, Long.MAX_VALUE));
        }
    }

    /** Writes the script to a new file, or with --force over an existing one. */
    private static void write(Path file, String script, boolean force) throws IOException {
        if (!force && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw exists(file, null);
        }
        try (NewFile next = NewFile.beside(file)) {
            next.write(script.getBytes(StandardCharsets.UTF_8));
            if (force) {
                next.commit();
            } else {
                next.commitUnlessPresent();
            }
        } catch (FileAlreadyExistsException e) {
            throw exists(file, e);
        }
    }

    private static IOException exists(Path file, @Nullable IOException cause) {
        return new IOException(file + ": already exists; --force overwrites it", cause);
    }

    private static KernelProbes probes(Arguments given, Console console) throws IOException, UsageException {
        KernelOptions options = new KernelOptions(
                given.file("-e"),
                given.text("-r"),
                given.files("-d"),
                null,
                null,
                null,
                false,
                given.has("--fetch"),
                true);
        try (KernelSymbolizer kernel = new KernelSymbolizer(
                KernelBuild.of(TracedKernel.checkedFiles(options, console), TracedKernel.identity(options)))) {
            KernelBuild build = kernel.build();
            TracedKernel.requireVmlinux(build, options);
            return KernelProbes.of(kernel);
        }
    }
}
