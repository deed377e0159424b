package dev.backline.dwarf;

import org.jspecify.annotations.Nullable;

/**
 * The name of a source file in a line table (DWARF5 6.2.4).
 *
 * @param compilationDirectory the directory that the compiler ran in; may be empty or relative
 * @param directory the file's directory, relative to the compilation directory unless absolute; may be empty
 * @param name the file's name, which may contain directories
 */
public record SourceFile(String compilationDirectory, String directory, String name) {
    /** {@return the full path, as addr2line prints it: absolute parts replace the parts before them} */
    public String path() {
        if (isAbsolute(name)) {
            return name;
        }
        String relative = relativePath();
        if (isAbsolute(relative) || compilationDirectory.isEmpty()) {
            return relative;
        }
        return join(compilationDirectory, relative);
    }

    /** {@return the path without the compilation directory; absolute if the compiler was given absolute paths} */
    public String relativePath() {
        return directory.isEmpty() || isAbsolute(name) ? name : join(directory, name);
    }

    private static boolean isAbsolute(String path) {
        return path.startsWith("/");
    }

    private static String join(String directory, String name) {
        return directory.endsWith("/") ? directory + name : directory + "/" + name;
    }

    /** Hand-written: a record's generated equals is linked by invokedynamic on first use (+20–40 ms at start-up). */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SourceFile file
                && name.equals(file.name)
                && directory.equals(file.directory)
                && compilationDirectory.equals(file.compilationDirectory);
    }

    @Override
    public int hashCode() {
        return (name.hashCode() * 31 + directory.hashCode()) * 31 + compilationDirectory.hashCode();
    }

    @Override
    public String toString() {
        return path();
    }
}
