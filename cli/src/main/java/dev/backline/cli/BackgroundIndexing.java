package dev.backline.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.debugfiles.SideIndexes;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the indexes that a run missed, in a process of low priority that continues after the run has ended, so that no run
 * waits for an index. The process prints nothing and fails silently: without an index, the next run is only slower.
 */
public final class BackgroundIndexing {
    private static final String MAIN = "dev.backline.cli.Main";

    /** Lets runs that follow at once end first. */
    private static final long DELAY_MILLIS = 1000;

    private static final Path NICE = Path.of("/usr/bin/nice");

    private BackgroundIndexing() {}

    /** Starts the process if files lack an index, and no such process is running. */
    static void start(SideIndexes indexes) {
        List<Path> missing = indexes.missing();
        if (missing.isEmpty() || !indexes.reserve()) {
            return;
        }
        try {
            List<String> command = command(missing);
            if (!command.isEmpty()) {
                ProcessBuilder process = new ProcessBuilder(command);
                process.redirectInput(new File("/dev/null"));
                process.redirectOutput(ProcessBuilder.Redirect.DISCARD);
                process.redirectError(ProcessBuilder.Redirect.DISCARD);
                process.start();
                return;
            }
        } catch (IOException | SecurityException e) {
            // The index is not needed for answers.
        }
        indexes.unreserve();
    }

    /** This Java with the options of this process; empty if this process is not a run of the command. */
    private static List<String> command(List<Path> files) throws IOException {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(NICE)) {
            command.addAll(List.of(NICE.toString(), "-n", "19"));
        }
        String words = new String(Files.readAllBytes(Path.of("/proc/self/cmdline")), UTF_8);
        int from = 0;
        for (int to = words.indexOf('\0'); to >= 0; to = words.indexOf('\0', from)) {
            String word = words.substring(from, to);
            if (word.equals(MAIN)) {
                command.add(BackgroundIndexing.class.getName());
                for (Path file : files) {
                    command.add(file.toString());
                }
                return command;
            }
            command.add(word);
            from = to + 1;
        }
        return List.of();
    }

    /**
     * Makes the indexes of files.
     *
     * @param files their paths
     */
    public static void main(String[] files) {
        SideIndexes indexes = SideIndexes.ofUser(System.getenv());
        if (indexes == null) {
            return;
        }
        try {
            Thread.sleep(DELAY_MILLIS);
            for (String file : files) {
                make(indexes, Path.of(file));
            }
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
            // The other files may have an index all the same.
            return;
        }
    }
}
