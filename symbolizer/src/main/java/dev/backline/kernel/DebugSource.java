package dev.backline.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A place that files with debug information can come from. Thread-safe. */
public abstract sealed class DebugSource
        permits DebugDirectory, InstalledFiles, Debuginfod, DebianPackages, BundledIndexes {
    DebugSource() {}

    /**
     * {@return files to try, the likeliest first; they may be missing, stripped or of another build}
     *
     * @param trail is told where there was nothing
     * @throws IOException when the place is not what it was said to be
     */
    abstract List<Path> candidates(Wanted wanted, Trail trail) throws IOException;
}
