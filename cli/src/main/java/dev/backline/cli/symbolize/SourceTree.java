package dev.backline.cli.symbolize;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Finds files of a source tree by their names in debug information. */
public final class SourceTree {
    private SourceTree() {}

    /**
     * {@return the file of that name}
     *
     * @param tree the tree's root
     * @param name relative to the tree; a name that leads out of the tree has no file
     * @throws IOException when there is no such file within the tree
     */
    public static Path file(Path tree, String name) throws IOException {
        Path root = tree.toAbsolutePath().normalize();
        try {
            Path file = root.resolve(name).normalize();
            if (file.startsWith(root)) {
                return file;
            }
        } catch (InvalidPathException e) {
            throw new IOException(name + ": not a file name", e);
        }
        throw new NoSuchFileException(name);
    }
}
