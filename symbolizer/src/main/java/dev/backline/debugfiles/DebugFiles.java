package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import dev.backline.elf.ElfException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the files of kernels come from: a file that was given, then sources in their order. What is found is checked
 * to be of the build that is asked for and to have debug information; a stripped file leads to its debug file, by its
 * build id and its .gnu_debuglink. Thread-safe.
 */
public final class DebugFiles {
    private final @Nullable Path given;
    private final List<DebugSource> sources;
    private final boolean otherBuilds;
    private final Path root;

    private DebugFiles(Builder builder) {
        given = builder.given;
        sources = List.copyOf(builder.sources);
        otherBuilds = builder.otherBuilds;
        root = builder.root;
    }

    /** {@return a builder without a file and without sources} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the file that was given, or null when there is none} */
    public @Nullable Path given() {
        return given;
    }

    /**
     * {@return whether these places can have the file of a kernel of which nothing is known: a file was given, or a folder
     * named}
     */
    public boolean nameAKernel() {
        if (given != null) {
            return true;
        }
        for (DebugSource source : sources) {
            if (source instanceof DebugDirectory) {
                return true;
            }
        }
        return false;
    }

    Path root() {
        return root;
    }

    boolean takesOtherBuilds() {
        return otherBuilds;
    }

    /**
     * Looks for vmlinux.
     *
     * @param identity what is known of the kernel
     * @return an open file, or why there is none
     * @throws IOException when a folder is not what it was said to be
     */
    public DebugFileLookup kernel(KernelIdentity identity) throws IOException {
        Wanted wanted = new Wanted(null, identity.release(), identity.buildId());
        try (FileSearch search = new FileSearch(wanted, this)) {
            return given != null ? search.given(given, sources) : search.among(sources);
        }
    }

    /**
     * Looks for a module's file.
     *
     * @param name the module's name, with - or _
     * @param release the kernel's release, or null where it is unknown
     * @param buildId of the module, or null where it is unknown
     * @param vmlinux the kernel's own file, beside which the modules may be; null when there is none
     * @return an open file, or why there is none
     * @throws IOException when a folder is not what it was said to be
     */
    public DebugFileLookup module(
            String name, @Nullable String release, @Nullable BuildId buildId, @Nullable Path vmlinux)
            throws IOException {
        String plain = ModuleNames.plain(name);
        if (!ModuleNames.isModule(plain)) {
            return new MissingFile(
                    MissingFile.Reason.MODULE_NOT_FOUND,
                    "no file for module " + name + ": no module can have that name");
        }
        Wanted wanted = new Wanted(plain, release, buildId);
        List<DebugSource> all = new ArrayList<>(sources);
        Path folder = vmlinux == null ? null : vmlinux.toAbsolutePath().getParent();
        if (folder != null) {
            int afterNamedOnes = 0;
            while (afterNamedOnes < all.size() && all.get(afterNamedOnes) instanceof DebugDirectory) {
                afterNamedOnes++;
            }
            all.add(afterNamedOnes, new DebugDirectory(folder));
        }
        try (FileSearch search = new FileSearch(wanted, this)) {
            return search.among(all);
        }
    }

    /**
     * {@return whether the file that was given is of that module}
     *
     * @param module its name, with - or _
     */
    public boolean givenIs(String module) {
        Path file = given;
        return file != null && ModuleNames.plain(module).equals(ModuleNames.ofFile(String.valueOf(file.getFileName())));
    }

    static DebugData open(Path path) throws IOException {
        try {
            return DebugData.open(path);
        } catch (RuntimeException e) {
            throw new ElfException(path + ": cannot be read: " + e, e);
        }
    }

    /** Collects where to look. Not thread-safe. */
    public static final class Builder {
        private @Nullable Path given;
        private final List<DebugSource> sources = new ArrayList<>();
        private boolean otherBuilds;
        private Path root = Path.of("/");

        private Builder() {}

        /**
         * Gives the kernel's own file: nothing else is looked for, except its debug file when it is stripped.
         *
         * @param file an ELF file or a GSYM index, of vmlinux or of a module
         * @return this
         */
        public Builder vmlinux(Path file) {
            given = file;
            return this;
        }

        /**
         * Adds a source behind those that were added before.
         *
         * @param source is asked when those before it have no file that fits
         * @return this
         */
        public Builder source(DebugSource source) {
            sources.add(source);
            return this;
        }

        /**
         * Adds the places where the command line looks by itself, in this order: the debug files installed on this machine,
         * debuginfod, and packages of Debian and its derivatives, as far as their cache folder is known.
         *
         * @param servers debuginfod's servers and cache; {@link Debuginfod.Settings#fromEnvironment} reads DEBUGINFOD_URLS
         * @param packages the cache of unpacked packages, or null for none; {@link DebianPackages#defaultCache} names one
         * @param fetch whether packages may be downloaded
         * @param progress is told of downloads
         * @return this
         */
        public Builder standardSources(
                Debuginfod.Settings servers, @Nullable Path packages, boolean fetch, Progress progress) {
            source(new InstalledFiles(root));
            source(new Debuginfod(servers, progress));
            return packages == null ? this : source(new DebianPackages(packages, fetch, Map.of(), progress));
        }

        /**
         * Takes files of another build than the trace's all the same; {@link DebugFile#note()} says so of
         * them.
         *
         * @return this
         */
        public Builder takeOtherBuilds() {
            otherBuilds = true;
            return this;
        }

        /**
         * Sets where /proc, /sys and /usr/lib/debug are; {@code /} unless another is set.
         *
         * @param folder such as that of a mounted image
         * @return this
         */
        public Builder root(Path folder) {
            root = folder;
            return this;
        }

        /** {@return the places as told so far} Nothing is looked for yet. */
        public DebugFiles build() {
            return new DebugFiles(this);
        }
    }
}
