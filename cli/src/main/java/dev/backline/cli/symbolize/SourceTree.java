package dev.backline.cli.symbolize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Finds files of a source tree by their names in debug information. */
public final class SourceTree {
    /** Longer names are hostile. */
    private static final int MAX_DIRECTORIES = 64;

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

    /**
     * {@return the file of that name, or of the longest end of the name that is a file of the tree} Names of modules that
     * were built outside of the kernel tree begin with the directory of their build.
     *
     * @param tree the tree's root
     * @param name relative to the tree, or absolute
     * @throws IOException when there is no such file within the tree
     */
    public static Path find(Path tree, String name) throws IOException {
        String rest = name;
        for (int i = 0; i < MAX_DIRECTORIES; i++) {
            if (!rest.startsWith("/")) {
                Path file = file(tree, rest);
                if (Files.isRegularFile(file)) {
                    return file;
                }
            }
            int slash = rest.indexOf('/');
            if (slash < 0) {
                break;
            }
            rest = rest.substring(slash + 1);
        }
        throw new NoSuchFileException(name);
    }
}
