package dev.backline.probe;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compiles a script with the tool on this machine, without running it, and adds advice to the tool's messages. */
public final class ScriptCheck {
    private static final int LIMIT_SECONDS = 600;
    private static final int MAX_OUTPUT = 1 << 16;
    private static final int MAX_LINES = 20;
    private static final Pattern VERSION = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})");
    /** The first bpftrace with --dry-run; before it, -d does the same and prints more. */
    private static final int DRY_RUN_MINOR = 21;

    private ScriptCheck() {}

    /**
     * The result of a check.
     *
     * @param accepted whether the tool accepts the script
     * @param text for people; each line ends with a line feed
     */
    public record Result(boolean accepted, String text) {}

    /**
     * Compiles a script. Takes up to ten minutes: SystemTap builds a kernel module, which is discarded.
     *
     * @param tool the tool that runs it
     * @param options the options that it was written with
     * @param script its text
     * @param kernel the script was written for, or null
     * @param release to compile for, or null: the kernel's, or else the running one's
     * @return the tool's answer
     * @throws IOException when no temporary directory can be made, or the tool cannot be started
     */
    public static Result of(
            ScriptTool tool,
            ScriptOptions options,
            String script,
            @Nullable KernelProbes kernel,
            @Nullable String release)
            throws IOException {
        return new Run(tool, tool == ScriptTool.SYSTEMTAP ? "stap" : "bpftrace", LIMIT_SECONDS)
                .check(options, script, release != null ? release : kernel == null ? null : kernel.release());
    }

    /** One run of a tool. */
    static final class Run {
        private final ScriptTool tool;
        private final String program;
        private final int limitSeconds;

        /**
         * @param program to start, by name or path
         * @param limitSeconds after which it is ended
         */
        Run(ScriptTool tool, String program, int limitSeconds) {
            this.tool = tool;
            this.program = program;
            this.limitSeconds = limitSeconds;
        }

        Result check(ScriptOptions options, String script, @Nullable String release) throws IOException {
            Path directory = Files.createTempDirectory("backline-check");
            try {
                Output version = run(List.of(program, "--version"), directory);
                if (version == null) {
                    return new Result(false, notInstalled());
                }
                String number = version(version.text());
                Path file = Files.writeString(directory.resolve("rst" + tool.suffix()), script);
                List<String> command = tool == ScriptTool.SYSTEMTAP
                        ? stap(options, file, release)
                        : List.of(program, dryRun(number), file.toString());
                Output output = run(command, directory);
                if (output == null) {
                    return new Result(false, notInstalled());
                }
                return result(tool.word() + " " + number, output);
            } finally {
                delete(directory);
            }
        }

        private List<String> stap(ScriptOptions options, Path file, @Nullable String release) {
            List<String> command = new ArrayList<>(List.of(program, "-p4", "-m", "rst_probe"));
            if (release != null) {
                command.add("-r");
                command.add(release);
            }
            command.addAll(List.of(SystemTapScript.flags(options).split(" ")));
            command.add(file.toString());
            return command;
        }

        private static String dryRun(String version) {
            Matcher matcher = VERSION.matcher(version);
            boolean old = matcher.find()
                    && Integer.parseInt(matcher.group(1)) == 0
                    && Integer.parseInt(matcher.group(2)) < DRY_RUN_MINOR;
            return old ? "-d" : "--dry-run";
        }

        private static String version(String text) {
            Matcher matcher = VERSION.matcher(text);
            return matcher.find() ? matcher.group() : "of unknown version";
        }

        private Result result(String name, Output output) {
            if (output.status() == 0) {
                return new Result(true, name + ": takes the script\n");
            }
            StringBuilder text = new StringBuilder(name)
                    .append(
                            output.timedOut()
                                    ? ": not done after " + limitSeconds + " seconds\n"
                                    : ": does not take the script (exit status " + output.status() + ")\n");
            int lines = 0;
            for (String line : output.text().lines().toList()) {
                if (!line.isBlank() && lines++ < MAX_LINES) {
                    text.append("  ").append(line.strip()).append('\n');
                }
            }
            if (lines > MAX_LINES) {
                text.append("  and ").append(lines - MAX_LINES).append(" lines more\n");
            }
            for (String advice : ScriptAdvice.of(tool, output.status(), output.text())) {
                text.append("advice: ").append(advice).append('\n');
            }
            return new Result(false, text.toString());
        }

        private String notInstalled() {
            return tool.word() + ": " + program + " is not installed on this machine\nadvice: "
                    + ScriptAdvice.install(tool) + "\n";
        }

        /** {@return the program's output, or null when the program does not exist} */
        private @Nullable Output run(List<String> command, Path directory) throws IOException {
            File said = directory.resolve("said").toFile();
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectError(said);
            builder.environment().putIfAbsent(BpftraceScript.MISSING_PROBES, "warn");
            // bpftrace prints the whole program here; versions come here too.
            boolean version = command.contains("--version");
            builder.redirectOutput(
                    version
                            ? ProcessBuilder.Redirect.to(
                                    directory.resolve("out").toFile())
                            : ProcessBuilder.Redirect.DISCARD);
            Process process;
            try {
                process = builder.start();
            } catch (IOException e) {
                return null;
            }
            boolean done;
            try {
                done = process.waitFor(limitSeconds, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                done = false;
            }
            if (!done) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            String text = head(said.toPath());
            if (version) {
                text = head(directory.resolve("out")) + text;
            }
            return new Output(done ? process.exitValue() : -1, !done, text);
        }

        private static String head(Path file) throws IOException {
            try (InputStream in = Files.newInputStream(file)) {
                return new String(in.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8);
            }
        }

        private static void delete(Path directory) throws IOException {
            try (var files = Files.walk(directory)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private record Output(int status, boolean timedOut, String text) {}
}
