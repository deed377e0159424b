package dev.backline.debugfiles;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A place that files with debug information can come from. Thread-safe. */
public abstract sealed class DebugSource
        permits DebugDirectory, InstalledFiles, Debuginfod, DebianPackages, BundledIndexes, DebugSource.Own {
    DebugSource() {}

    /** A store of debug files of one's own. Called by any thread that looks for a file. */
    @FunctionalInterface
    public interface Finder {
        /**
         * {@return files to try, the likeliest first; none when it has none} They may be missing, stripped,
         * compressed or of another build: that is looked at.
         *
         * @param wanted vmlinux or a module, of which kernel
         * @throws IOException when the store cannot be asked; other sources are not asked then
         */
        List<Path> find(Wanted wanted) throws IOException;
    }

    /**
     * {@return a source of one's own}
     *
     * @param name what it is called where a message says what was tried
     * @param finder says which files may be the ones; called by any thread
     */
    public static DebugSource of(String name, Finder finder) {
        return new Own(name, finder);
    }

    /** Somebody else's. */
    static final class Own extends DebugSource {
        private final String name;
        private final Finder finder;

        private Own(String name, Finder finder) {
            this.name = name;
            this.finder = finder;
        }

        @Override
        List<Path> candidates(Wanted wanted, Trail trail) throws IOException {
            List<Path> found = finder.find(wanted);
            if (found.isEmpty()) {
                trail.tried(name);
            }
            return List.copyOf(found);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * {@return files to try, the likeliest first; they may be missing, stripped or of another build}
     *
     * @param trail is told where there was nothing
     * @throws IOException when the place is not what it was said to be
     */
    abstract List<Path> candidates(Wanted wanted, Trail trail) throws IOException;
}
