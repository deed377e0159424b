package dev.backline.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.debugfiles.SideIndexes;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the indexes that a run missed, in a process of low priority that continues after the run has ended, so that no run
 * waits for an index. The process prints nothing and fails silently: without an index, the next run is only slower.
 */
public final class BackgroundIndexing {
    private static final String MAIN = "dev.backline.cli.Main";

    /** Lets runs that follow at once end first. */
    private static final long DELAY_MILLIS = 1000;

    private static final Path NICE = Path.of("/usr/bin/nice");

    private final SideIndexes indexes;
    private @Nullable Thread starter;

    BackgroundIndexing(SideIndexes indexes) {
        this.indexes = indexes.listener(new Runnable() {
            @Override
            public void run() {
                missed();
            }
        });
    }

    /** {@return the indexes for the run} */
    SideIndexes indexes() {
        return indexes;
    }

    /** Starts the process beside the run: starting takes as long as a third of a query. */
    private synchronized void missed() {
        starter = new Thread() {
            @Override
            public void run() {
                launch();
            }
        };
        starter.start();
    }

    private void launch() {
        if (!indexes.reserve(indexes.missing())) {
            return;
        }
        try {
            List<String> command = command(MAIN);
            if (!command.isEmpty()) {
                launch(command);
                return;
            }
        } catch (IOException | SecurityException e) {
            // The index is not needed for answers.
        }
        indexes.unreserve();
    }

    /** Ends a run: waits for the start of the process, and adds the other files without an index. */
    void finish() {
        Thread first;
        synchronized (this) {
            first = starter;
        }
        if (first == null) {
            return;
        }
        try {
            first.join();
            List<Path> missing = indexes.missing();
            if (missing.size() > 1 && indexes.reserve(missing)) {
                indexes.unreserve();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts what a run starts, up to the program. */
    static void rehearse(SideIndexes indexes) throws IOException {
        BackgroundIndexing rehearsal = new BackgroundIndexing(indexes);
        indexes.reserve(rehearsal.indexes.missing());
        command(Rehearsal.class.getName());
        launch(List.of("true"));
        indexes.unreserve();
    }

    /**
     * Starts a command through a shell that ends at once: while a thread waits for a process, the JVM takes 300 ms longer
     * to end.
     */
    private static void launch(List<String> command) throws IOException {
        List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", "\"$@\" &", "sh"));
        words.addAll(command);
        ProcessBuilder process = new ProcessBuilder(words);
        process.redirectInput(new File("/dev/null"));
        process.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        process.redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            process.start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** This Java with the options of this process; empty if this process does not run the given main class. */
    private static List<String> command(String main) throws IOException {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(NICE)) {
            command.addAll(List.of(NICE.toString(), "-n", "19"));
        }
        String words = new String(Files.readAllBytes(Path.of("/proc/self/cmdline")), UTF_8);
        int from = 0;
        for (int to = words.indexOf('\0'); to >= 0; to = words.indexOf('\0', from)) {
            String word = words.substring(from, to);
            if (word.equals(main)) {
                command.add(BackgroundIndexing.class.getName());
                return command;
            }
            command.add(word);
            from = to + 1;
        }
        return List.of();
    }

    /**
     * Makes the reserved indexes.
     *
     * @param none no arguments
     */
    public static void main(String[] none) {
        SideIndexes indexes = SideIndexes.ofUser(System.getenv());
        if (indexes == null) {
            return;
        }
        try {
            Thread.sleep(DELAY_MILLIS);
            Set<Path> made = new HashSet<>();
            for (boolean more = true; more; ) {
                more = false;
                for (Path file : indexes.reserved()) {
                    if (made.add(file)) {
                        make(indexes, file);
                        more = true;
                    }
                }
            }
        } catch (IOException e) {
            // The reservation was deleted: "kernel cache clear".
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            indexes.unreserve();
        }
    }

    private static void make(SideIndexes indexes, Path file) {
        try {
            indexes.make(file, false);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            // Other files may get an index.
            return;
        }
    }
}
