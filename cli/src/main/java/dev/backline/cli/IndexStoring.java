package dev.backline.cli;

import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Printable;
import dev.backline.cli.console.TerminalProgress;
import dev.backline.debugfiles.IndexStore;
import dev.backline.debugfiles.IndexStoreWriter;
import dev.backline.debugfiles.IndexStoreWriter.Result;
import dev.backline.debugfiles.Progress;
import dev.backline.debugfiles.StoredIndex;
import dev.backline.io.FailureReason;
import dev.backline.io.Parallel;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code backline index --store}: fills and lists a store of indexes that many machines share. */
final class IndexStoring {
    private final IndexStoreWriter writer;
    private final Console console;
    private final Progress progress;
    private final List<Path> files;
    private final @Nullable IOException[] failures;
    private final long bytes;
    private final @Nullable Result[] results;
    private long done;

    private IndexStoring(List<Path> files, Path store, Console console) throws IOException {
        this.files = files;
        this.console = console;
        writer = new IndexStoreWriter(store);
        progress = TerminalProgress.of(console);
        failures = new @Nullable IOException[files.size()];
        results = new @Nullable Result[files.size()];
        long total = 0;
        for (Path file : files) {
            total += size(file);
        }
        bytes = total;
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    static int add(List<Path> files, Path store, int jobs, Console console) throws IOException {
        if (Files.exists(store) && !Files.isDirectory(store)) {
            throw new FileSystemException(store.toString(), null, "is not a directory; --store needs one");
        }
        // The kernels first, each with all threads: the store then knows which modules belong to them.
        List<Path> ordered = new ArrayList<>(files);
        ordered.removeIf(file -> Index.isModule(String.valueOf(file.getFileName())));
        int kernels = ordered.size();
        for (Path file : files) {
            if (Index.isModule(String.valueOf(file.getFileName()))) {
                ordered.add(file);
            }
        }
        IndexStoring storing = new IndexStoring(ordered, store, console);
        for (int i = 0; i < kernels; i++) {
            storing.add(i, jobs);
        }
        Parallel.forEach(ordered.size() - kernels, jobs, i -> storing.add(kernels + i, 1));
        return storing.finish(store);
    }

    private void add(int index, int jobs) {
        Path file = files.get(index);
        try {
            show("indexing " + file.getFileName(), 0);
            results[index] = writer.add(file, jobs, console.problems("backline"));
            show("indexing " + file.getFileName(), size(file));
        } catch (IOException e) {
            failures[index] = e;
        }
    }

    private synchronized void show(String what, long more) {
        done += more;
        progress.at(what, done, bytes);
    }

    private int finish(Path store) throws IOException {
        show("", -1 - done);
        int status = ExitStatus.DONE;
        for (IOException failure : failures) {
            if (failure != null) {
                console.complain("backline: " + Printable.of(FailureReason.withFile(failure)));
                status = ExitStatus.INPUT;
            }
        }
        int added = count(Result.ADDED);
        int without = count(Result.WITHOUT_CODE);
        console.out()
                .print(Printable.of(store.toString()) + ": " + added + (added == 1 ? " index" : " indexes") + " added, "
                        + count(Result.PRESENT) + " present"
                        + (without == 0 ? "" : ", " + without + (without == 1 ? " file" : " files") + " without code"))
                .newLine();
        return status;
    }

    private int count(Result wanted) {
        int count = 0;
        for (Result each : results) {
            count += each == wanted ? 1 : 0;
        }
        return count;
    }

    static int list(Path store, Console console) throws IOException {
        if (!IndexStore.isStore(store)) {
            throw new FileSystemException(store.toString(), null, "is not an index store; 'index --store' makes one");
        }
        Set<String> lines = new LinkedHashSet<>();
        for (StoredIndex index : new IndexStore(store).indexes()) {
            lines.add((index.release() == null ? "unknown" : index.release()) + " " + index.name() + " "
                    + index.buildId() + " " + index.size());
        }
        for (String line : lines) {
            console.out().print(Printable.of(line)).newLine();
        }
        return ExitStatus.DONE;
    }
}
