package dev.backline.cli.triage;

import dev.backline.io.FailureReason;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Walks through directories, in the order of names. A symbolic link to a file or a directory outside of the named directory is
 * followed; what a link inside leads to is read where it is. Each directory is entered once, so that there is no loop. Pipes,
 * sockets and devices are left out. Not thread-safe.
 */
final class LogTree {
    /** Names sorted at once; a directory with more is read in parts. */
    private static final int MAX_NAMES = 50_000;

    /** Paths are longer in no file system. */
    private static final int MAX_DEPTH = 500;

    /** Takes what is found. */
    interface Visitor {
        /** Takes the number of files that are known to come, at least. */
        void expect(int files);

        void file(Path file);

        void unreadable(String sentence);
    }

    private final Visitor visitor;
    private final Set<Path> entered = new HashSet<>();

    LogTree(Visitor visitor) {
        this.visitor = visitor;
    }

    /** Visits the files of a directory, and of all directories in it. */
    void walk(Path directory) {
        try {
            walk(directory, directory.toRealPath(), 0);
        } catch (IOException e) {
            visitor.unreadable(Fleet.sentence(directory.toString(), e));
        }
    }

    private void walk(Path directory, Path root, int depth) throws IOException {
        if (depth > MAX_DEPTH || !entered.add(directory.toRealPath())) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            Iterator<Path> left = entries.iterator();
            while (left.hasNext()) {
                List<Path> some = new ArrayList<>();
                while (some.size() < MAX_NAMES && left.hasNext()) {
                    some.add(left.next());
                }
                Collections.sort(some);
                visitor.expect(some.size());
                for (Path each : some) {
                    entry(each, root, depth);
                }
            }
        } catch (DirectoryIteratorException e) {
            visitor.unreadable(directory + ": " + FailureReason.withFile(Objects.requireNonNull(e.getCause())));
        }
    }

    private void entry(Path entry, Path root, int depth) {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (found.isSymbolicLink()) {
                Path target = entry.toRealPath();
                if (target.startsWith(root)) {
                    visitor.expect(-1);
                    return;
                }
                found = Files.readAttributes(target, BasicFileAttributes.class);
            }
            if (found.isRegularFile()) {
                visitor.file(entry);
                return;
            }
            visitor.expect(-1);
            if (found.isDirectory()) {
                walk(entry, root, depth + 1);
            }
        } catch (IOException e) {
            visitor.unreadable(Fleet.sentence(entry.toString(), e));
        }
    }
}
