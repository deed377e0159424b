package dev.backline.cli;

import dev.backline.elf.ElfFile;
import dev.backline.gsym.GsymWriter;
import dev.backline.kernel.KernelRelease;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code backline index}: writes small indexes (GSYM) of files with debug information. */
final class Index implements Command {
    @Override
    public CommandSpec spec() {
        return Specs.index();
    }

    @Override
    public int run(List<String> arguments, Console console) throws IOException, UsageException {
        ParseResult result;
        try {
            result = new CommandLine(spec()).setExpandAtFiles(false).parseArgs(arguments.toArray(new String[0]));
        } catch (ParameterException e) {
            throw new UsageException("index: " + e.getMessage() + "; try: backline index --help");
        }
        if (result.isUsageHelpRequested()) {
            Help.print(spec(), console);
            return ExitStatus.DONE;
        }
        List<Path> inputs = List.of(result.matchedPositionalValue(0, new Path[0]));
        Path out = result.matchedOptionValue("-o", (Path) null);
        int jobs = result.matchedOptionValue("--jobs", Runtime.getRuntime().availableProcessors());
        if (jobs < 1) {
            throw new UsageException("--jobs is at least 1, not " + jobs);
        }
        if (inputs.isEmpty() || out == null) {
            throw new UsageException(
                    "index: give a file with debug information and -o OUT.gsym; try: backline index" + " --help");
        }
        return write(inputs, out, jobs, console);
    }

    private static int write(List<Path> inputs, Path out, int jobs, Console console)
            throws IOException, UsageException {
        if (inputs.size() == 1 && !Files.isDirectory(out)) {
            write(inputs.get(0), out, inputs, jobs, console);
            return ExitStatus.DONE;
        }
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new UsageException("index: " + out + " is no directory, and " + inputs.size()
                    + " files need one: each is written to a file of its own");
        }
        Map<Path, Path> targets = new HashMap<>();
        for (Path input : inputs) {
            Path other = targets.putIfAbsent(target(input, out), input);
            if (other != null) {
                throw new UsageException(
                        "index: " + other + " and " + input + " have one name, and would be written to" + " one file");
            }
        }
        Files.createDirectories(out);
        int status = ExitStatus.DONE;
        for (Path input : inputs) {
            try {
                write(input, target(input, out), inputs, jobs, console);
            } catch (IOException e) {
                console.complain("backline: " + Printable.of(Main.message(e)));
                status = ExitStatus.INPUT;
            }
        }
        return status;
    }

    /** A file's index in a directory: its own name, without what packages add to it. */
    private static Path target(Path input, Path directory) {
        String name = String.valueOf(input.getFileName());
        for (String ending : List.of(".xz", ".zst", ".gz", ".debug")) {
            if (name.endsWith(ending)) {
                name = name.substring(0, name.length() - ending.length());
            }
        }
        return directory.resolve(name + ".gsym");
    }

    private static void write(Path input, Path out, List<Path> inputs, int jobs, Console console) throws IOException {
        for (Path each : inputs) {
            if (isSame(each, out)) {
                throw new FileSystemException(out.toString(), null, "is an input, and would be overwritten");
            }
        }
        try (ElfFile elf = ElfFile.open(input)) {
            KernelRelease release = KernelRelease.of(elf);
            boolean inside = release.banner() != null;
            new GsymWriter(elf)
                    .jobs(jobs)
                    .problems(console.problems("backline"))
                    .release(inside ? release.release() : null, release.banner())
                    .write(out);
        }
    }

    private static boolean isSame(Path input, Path out) {
        try {
            return Files.isSameFile(input, out);
        } catch (IOException e) {
            // One of them is not there.
            return false;
        }
    }
}
