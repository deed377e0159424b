package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a closed file that a search rejected.
 *
 * @param size in bytes, when it was rejected
 * @param modified when it was last modified
 */
record RejectedFile(
        String name, Path path, @Nullable BuildId buildId, KernelRelease release, long size, FileTime modified)
        implements BuiltFile {
    /** {@return what the file says about its build; null if it has no path} */
    static @Nullable RejectedFile of(DebugData data) throws IOException {
        Path path = data.path();
        if (path == null) {
            return null;
        }
        BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
        return new RejectedFile(data.name(), path, data.buildId(), data.release(), now.size(), now.lastModifiedTime());
    }

    /** {@return whether the path now leads to another file, to a changed one, or to none} */
    boolean hasChanged() {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            return now.size() != size || !now.lastModifiedTime().equals(modified);
        } catch (IOException e) {
            return true;
        }
    }
}
