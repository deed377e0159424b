package dev.backline.debugfiles;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A source of files with debug information. Thread-safe. */
public abstract sealed class DebugSource
        permits DebugDirectory,
                IndexStore,
                InstalledFiles,
                Debuginfod,
                DebianPackages,
                BundledIndexes,
                DebugSource.Own {
    DebugSource() {}

    /** Finds files in a store that backline does not know. Called by any thread that searches for a file. */
    @FunctionalInterface
    public interface Finder {
        /**
         * {@return files to try, the likeliest first; empty if there are none} Files may be missing, stripped, compressed
         * or from another build: the search checks them.
         *
         * @param wanted vmlinux or a module of a kernel
         * @throws IOException if the store cannot be read; the search then ends
         */
        List<Path> find(Wanted wanted) throws IOException;
    }

    /**
     * {@return a source that asks a finder}
     *
     * @param name the source's name in messages
     * @param finder finds the files; called by any thread
     */
    public static DebugSource of(String name, Finder finder) {
        return new Own(name, finder);
    }

    /** A source that asks a finder. */
    static final class Own extends DebugSource {
        private final String name;
        private final Finder finder;

        private Own(String name, Finder finder) {
            this.name = name;
            this.finder = finder;
        }

        @Override
        List<Path> candidates(Wanted wanted, SearchLog searchLog) throws IOException {
            List<Path> found = finder.find(wanted);
            if (found.isEmpty()) {
                searchLog.tried(name);
            }
            return List.copyOf(found);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * {@return files to try, the likeliest first; they may be missing, stripped or from another build}
     *
     * @param searchLog records the places without a file
     * @throws IOException if a given directory is not a directory or cannot be read
     */
    abstract List<Path> candidates(Wanted wanted, SearchLog searchLog) throws IOException;

    /**
     * {@return the build ids of the kernels that a log may be from, if the source has several builds of its release; null if
     * it has one or none, or does not tell}
     *
     * @param kernel the kernel of the log
     */
    @Nullable
    String builds(KernelIdentity kernel) throws IOException {
        return null;
    }
}
