package dev.backline.cli;

import dev.backline.cli.console.Arguments;
import dev.backline.cli.console.Command;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Help;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.cli.console.UsageException;
import dev.backline.debugfiles.KernelRelease;
import dev.backline.elf.ElfFile;
import dev.backline.gsym.GsymFile;
import dev.backline.gsym.GsymVerifier;
import dev.backline.gsym.GsymWriter;
import dev.backline.io.FailureReason;
import dev.backline.io.Parallel;
import dev.backline.symbolize.SourceRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code backline index}: writes small indexes (GSYM) of files with debug information. */
final class Index implements Command {
    private static final int MAX_JOBS = 256;

    @Override
    public int run(List<String> arguments, Console console) throws IOException, UsageException {
        Arguments given = Arguments.read(CommandTable.index(), arguments);
        if (given.wantsHelp()) {
            Help.print(CommandTable.index(), console);
            return ExitStatus.DONE;
        }
        List<Path> inputs = new ArrayList<>();
        for (String operand : given.operands()) {
            inputs.add(Path.of(operand));
        }
        Path out = given.file("-o");
        int jobs = given.number("--jobs", Runtime.getRuntime().availableProcessors(), 1, Integer.MAX_VALUE);
        How how = new How(Math.min(jobs, MAX_JOBS), given.texts("--only"));
        Path index = given.file("--verify");
        Path of = given.file("-e");
        Path store = given.file("--store");
        boolean lists = given.has("--list");
        if (store != null || lists) {
            if (store == null
                    || lists != inputs.isEmpty()
                    || out != null
                    || index != null
                    || of != null
                    || !how.only.isEmpty()) {
                throw given.wrong("index --store DIR needs FILE, and --jobs at most; or --list alone");
            }
            return lists
                    ? IndexStoring.list(store, console)
                    : IndexStoring.add(files(inputs), store, how.jobs, console);
        }
        if (index != null && of != null && out == null && inputs.isEmpty() && how.only.isEmpty()) {
            return verify(index, of, how, console);
        }
        if (inputs.isEmpty() || out == null || index != null || of != null) {
            throw given.wrong("index needs FILE and -o OUT.gsym or --store DIR, or --verify OUT.gsym and -e FILE");
        }
        return write(inputs, out, how, console);
    }

    /** How indexes are written: the number of threads, and the source directories whose code is kept (empty: all). */
    private record How(int jobs, List<String> only) {
        boolean keeps(String path) {
            for (String prefix : only) {
                if (path.startsWith(prefix)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static int write(List<Path> given, Path out, How how, Console console) throws IOException, UsageException {
        List<Path> inputs = files(given);
        if (inputs.size() == 1 && !Files.isDirectory(out) && !Files.isDirectory(given.get(0))) {
            write(inputs.get(0), out, inputs, how, console);
            return ExitStatus.DONE;
        }
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new UsageException(
                    "index: " + out + " is a file; " + inputs.size() + " input files need a directory: -o DIR");
        }
        Map<Path, Path> targets = new HashMap<>();
        for (Path input : inputs) {
            Path other = targets.putIfAbsent(target(input, out), input);
            if (other != null) {
                throw new UsageException(
                        "index: " + other + " and " + input + " have the same name and would be written to the same"
                                + " file; index them into different directories");
            }
        }
        Files.createDirectories(out);
        // One thread per file
        How single = new How(1, how.only);
        @Nullable IOException[] failures = new @Nullable IOException[inputs.size()];
        Parallel.forEach(failures.length, how.jobs, i -> {
            try {
                write(inputs.get(i), target(inputs.get(i), out), inputs, single, console);
            } catch (IOException e) {
                failures[i] = e;
            }
        });
        int status = ExitStatus.DONE;
        for (IOException failure : failures) {
            if (failure != null) {
                console.complain("backline: " + Printable.of(FailureReason.withFile(failure)));
                status = ExitStatus.INPUT;
            }
        }
        return status;
    }

    /** The files, and the kernels and modules in each directory, the largest first. */
    private static List<Path> files(List<Path> given) throws IOException, UsageException {
        List<Path> files = new ArrayList<>();
        for (Path each : given) {
            if (!Files.isDirectory(each)) {
                files.add(each);
                continue;
            }
            int before = files.size();
            try (Stream<Path> below = Files.walk(each)) {
                below.filter(file -> isOfKernel(String.valueOf(file.getFileName())) && Files.isRegularFile(file))
                        .forEach(files::add);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            if (files.size() == before) {
                throw new UsageException("index: no vmlinux and no module (.ko) in directory " + each);
            }
        }
        Map<Path, Long> sizes = new HashMap<>();
        for (Path file : files) {
            sizes.put(file, Files.exists(file) ? Files.size(file) : 0);
        }
        files.sort(Comparator.comparing((Path file) -> -sizes.getOrDefault(file, 0L))
                .thenComparing(Comparator.naturalOrder()));
        return files;
    }

    private static boolean isOfKernel(String name) {
        String plain = plain(name);
        return plain.equals("vmlinux") || plain.startsWith("vmlinux-") || isModule(name);
    }

    /** Whether a file of that name is a module. */
    static boolean isModule(String name) {
        return plain(name).endsWith(".ko");
    }

    /** A file's index in a directory. */
    private static Path target(Path input, Path directory) {
        return directory.resolve(plain(String.valueOf(input.getFileName())) + ".gsym");
    }

    /** A file's name without the endings that packages add. */
    private static String plain(String fileName) {
        String name = fileName;
        for (String ending : List.of(".xz", ".zst", ".gz", ".debug")) {
            if (name.endsWith(ending)) {
                name = name.substring(0, name.length() - ending.length());
            }
        }
        return name;
    }

    private static void write(Path input, Path out, List<Path> inputs, How how, Console console) throws IOException {
        for (Path each : inputs) {
            if (isSame(each, out)) {
                throw new FileSystemException(
                        out.toString(), null, "is an input file and would be overwritten; give another name with -o");
            }
        }
        try (ElfFile elf = ElfFile.open(input)) {
            KernelRelease release = KernelRelease.of(elf);
            boolean inside = release.banner() != null;
            GsymWriter writer = new GsymWriter(elf)
                    .jobs(how.jobs)
                    .problems(console.problems("backline"))
                    .release(inside ? release.release() : null, release.banner());
            if (!how.only.isEmpty()) {
                writer.only(how.only, file -> how.keeps(SourceRoot.relative(file)));
            }
            writer.write(out);
        }
    }

    private static int verify(Path index, Path of, How how, Console console) throws IOException {
        try (ElfFile elf = ElfFile.open(of);
                GsymFile gsym = GsymFile.open(index)) {
            GsymVerifier verifier = new GsymVerifier(elf, gsym).jobs(how.jobs).problems(console.problems("backline"));
            How written = new How(how.jobs, gsym.only());
            if (!written.only.isEmpty()) {
                verifier.only(file -> written.keeps(SourceRoot.relative(file)));
            }
            GsymVerifier.Result result = verifier.verify();
            Output out = console.out();
            for (String difference : result.differences()) {
                out.print(Printable.of(difference)).newLine();
            }
            out.print(Printable.of(index.toString()) + ": " + result.functions() + " functions, compared at "
                            + result.places() + " places with " + Printable.of(of.toString()) + ": "
                            + (result.different() == 0 ? "the same" : result.different() + " differ"))
                    .newLine();
            return result.different() == 0 ? ExitStatus.DONE : ExitStatus.UNRESOLVED;
        }
    }

    private static boolean isSame(Path input, Path out) {
        try {
            return Files.isSameFile(input, out);
        } catch (IOException e) {
            // One of them does not exist.
            return false;
        }
    }
}
