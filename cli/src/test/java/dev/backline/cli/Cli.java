package dev.backline.cli;

import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Output;
import dev.backline.debugfiles.SideIndexes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Runs commands of backline in this process, and other programs. */
public final class Cli {
    /** The checkout. */
    public static final Path ROOT = Path.of(System.getProperty("backline.root", ".."));

    private static final String NO_INPUT = "";

    private Cli() {}

    /** Exit status and output of a command. */
    public record Result(int status, String out, String err) {}

    /** Runs backline. */
    public static Result backline(String... args) {
        return backline(NO_INPUT, Map.of(), args);
    }

    public static Result backline(String input, Map<String, String> environment, String... args) {
        return backline(null, input, environment, args);
    }

    /** Runs backline with a cache of indexes. */
    public static Result backline(
            @Nullable SideIndexes indexes, String input, Map<String, String> environment, String... args) {
        InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream complaints = new PrintStream(err, true, StandardCharsets.UTF_8);
        int status = Main.run(new Console(in, new Output(out), complaints, environment, false, false, indexes), args);
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Writes an HTML report into a file. */
    public static Path htmlReport(Path to, String... arguments) {
        List<String> all = new ArrayList<>(List.of("report", "--format", "html", "-o", to.toString()));
        all.addAll(List.of(arguments));
        Result result = backline(all.toArray(String[]::new));
        if (result.status() != ExitStatus.DONE) {
            throw new AssertionError(result.err());
        }
        return to;
    }

    /** Runs another program with a string as its input. */
    public static Result program(Path directory, String input, String... command)
            throws IOException, InterruptedException {
        Path in = Files.createTempFile("backline", ".in");
        Path out = Files.createTempFile("backline", ".out");
        Path err = Files.createTempFile("backline", ".err");
        try {
            Files.writeString(in, input);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + ": no end in two minutes");
            }
            return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(in);
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Skips the test if a program is not installed. */
    public static void needs(String program) {
        boolean found = false;
        for (String directory : System.getenv("PATH").split(File.pathSeparator, -1)) {
            found |= Files.isExecutable(Path.of(directory, program));
        }
        Assumptions.assumeTrue(found, program + " is not installed");
    }

    /** The command line that runs this build's backline in a new process. */
    public static List<String> process(String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.backline.cli.Main"));
        command.addAll(List.of(args));
        return command;
    }

    /** Compiles a small C program with debug information into a directory. */
    public static Path compiled(Path directory, String name, String... options)
            throws IOException, InterruptedException {
        needs("gcc");
        Path source = directory.resolve("sample.c");
        Files.writeString(source, """
                static inline __attribute__((always_inline)) int square(int x)
                {
                \treturn x * x;
                }
                static inline __attribute__((always_inline)) int next(int x)
                {
                \treturn square(x) + 1;
                }
                int total;
                __attribute__((noinline)) int sum(int count)
                {
                \tfor (int i = 0; i < count; i++)
                \t\ttotal += next(i);
                \treturn total;
                }
                int main(int argc, char **argv)
                {
                \treturn sum(argc) + square(argc);
                }
                """);
        List<String> command = new ArrayList<>(List.of("gcc", "-g", "-O2", "sample.c", "-o", name));
        command.addAll(List.of(options));
        Result result = program(directory, "", command.toArray(new String[0]));
        if (result.status != 0) {
            throw new IOException(result.err);
        }
        return directory.resolve(name);
    }
}
