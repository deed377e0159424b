package dev.backline.dwarf;

import org.jspecify.annotations.Nullable;

/**
 * A source file as a line table names it (DWARF5 6.2.4).
 *
 * @param compilationDirectory the directory that the compiler ran in; may be empty, or itself relative
 * @param directory the file's directory, empty for the compilation directory itself; relative ones start there
 * @param name the file's name, which may have directories of its own
 */
public record SourceFile(String compilationDirectory, String directory, String name) {
    /** {@return the parts joined as far as each needs the one before it, as addr2line prints them} */
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

    /** {@return the path without the compilation directory; absolute where the compiler was given absolute paths} */
    public String relativePath() {
        return directory.isEmpty() || isAbsolute(name) ? name : join(directory, name);
    }

    private static boolean isAbsolute(String path) {
        return path.startsWith("/");
    }

    private static String join(String directory, String name) {
        return directory.endsWith("/") ? directory + name : directory + "/" + name;
    }

    /** Spelt out: what a record has by itself is linked at run time, which costs a start tens of milliseconds. */
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
