package dev.backline.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files and folders that this process is writing, and programs that write for it. They are removed and ended when the
 * process ends before its work: by Ctrl-C, SIGTERM or an exit from another thread. {@link Leftovers} removes what SIGKILL
 * leaves. Thread-safe.
 */
@Internal
public final class Unfinished {
    /** How long a program may take to end, in milliseconds. */
    private static final long PATIENCE = 2000;

    private static final Set<Path> PARTS = new LinkedHashSet<>();
    private static final Set<ProcessHandle> WRITERS = new LinkedHashSet<>();
    private static @Nullable Runnable ending;
    private static boolean hooked;
    private static boolean ended;

    private Unfinished() {}

    /**
     * Adds a file or a folder, before it is created.
     *
     * @param part removed with all that it contains
     * @throws IOException if the process is ending
     */
    public static synchronized void add(Path part) throws IOException {
        if (ended || !hook()) {
            throw new IOException("the process is ending");
        }
        PARTS.add(part.toAbsolutePath());
    }

    /**
     * Forgets a file or a folder, after it has its final name or is removed.
     *
     * @param part as it was added
     */
    public static synchronized void remove(Path part) {
        PARTS.remove(part.toAbsolutePath());
    }

    /**
     * Adds a program that writes to an unfinished file; it is forgotten once it has ended.
     *
     * @param writer the program
     */
    public static synchronized void add(ProcessHandle writer) {
        WRITERS.removeIf(each -> !each.isAlive());
        WRITERS.add(writer);
        hook();
    }

    /**
     * Sets what a signal does first: it may finish the work.
     *
     * @param first runs before anything is removed; null for nothing
     */
    public static synchronized void first(@Nullable Runnable first) {
        ending = first;
        hook();
    }

    /** Whether the hook is there; false if the process is ending already. */
    private static boolean hook() {
        if (!hooked) {
            try {
                Runtime.getRuntime().addShutdownHook(new Thread(Unfinished::end, "unfinished files"));
            } catch (IllegalStateException e) {
                return false;
            }
            hooked = true;
        }
        return true;
    }

    private static void end() {
        Runnable first = first();
        if (first != null) {
            first.run();
        }
        clear();
    }

    private static synchronized @Nullable Runnable first() {
        return ending;
    }

    private static synchronized void clear() {
        ended = true;
        for (ProcessHandle writer : WRITERS) {
            writer.descendants().forEach(ProcessHandle::destroyForcibly);
            writer.destroyForcibly();
        }
        long until = System.currentTimeMillis() + PATIENCE;
        while (WRITERS.stream().anyMatch(ProcessHandle::isAlive) && System.currentTimeMillis() < until) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                break;
            }
        }
        for (Path part : PARTS) {
            delete(part);
        }
    }

    /** Deletes what it can of a file or a folder. */
    private static void delete(Path part) {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(part)) {
            files.sorted(Comparator.reverseOrder()).forEach(all::add);
        } catch (IOException | UncheckedIOException e) {
            // It has its final name already.
            return;
        }
        for (Path each : all) {
            // What stays is removed by the next run that writes the same file.
            boolean unused = deleted(each);
        }
    }

    private static boolean deleted(Path file) {
        try {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            return false;
        }
    }
}
