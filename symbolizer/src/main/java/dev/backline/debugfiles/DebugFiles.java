package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.io.Audience;
import dev.backline.io.FailureReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Finds the debug files of kernels: first a given file, then the sources in their order. Each file must be from the
 * requested build and have debug information. For a stripped file, its debug file is searched for by build id and
 * .gnu_debuglink. Thread-safe.
 */
public final class DebugFiles {
    /** How many rejected files are remembered: a few hundred bytes each. */
    private static final int MAX_REJECTED = 4096;

    private final @Nullable Path given;
    private final List<DebugSource> sources;
    private final boolean otherBuilds;
    private final Path root;
    private final @Nullable SideIndexes indexes;
    private final Audience audience;
    /** The given file, open since {@link #check}, for the first search. */
    private final AtomicReference<@Nullable DebugData> opened = new AtomicReference<>();
    /** The directory of the last kernel, so that it is not listed for each module. */
    private volatile @Nullable DebugDirectory ofKernel;
    /** Files of other builds than a search wanted, by path. Made at the first one, because most queries have none. */
    private volatile @Nullable Map<Path, Rejected> rejected;

    private DebugFiles(Builder builder) {
        given = builder.given;
        sources = List.copyOf(builder.sources);
        otherBuilds = builder.otherBuilds;
        root = builder.root;
        indexes = builder.indexes;
        audience = builder.audience;
    }

    /** {@return a builder without a file and without sources} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the given file; null if none was given} */
    public @Nullable Path given() {
        return given;
    }

    /**
     * {@return whether a kernel can be found without its release and build id: a file or a directory was given}
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

    /**
     * {@return what tells a kernel from the others of its release: equal for logs of one kernel, as far as they tell} Where
     * an index store has several builds of the release, the builds that the log may be from; else the number of the build.
     *
     * @param identity the kernel of a log
     */
    public String build(KernelIdentity identity) {
        for (DebugSource source : sources) {
            try {
                String builds = source.builds(identity);
                if (builds != null) {
                    return builds;
                }
            } catch (IOException e) {
                // The search for the kernel's file reports it.
                return identity.buildNumber();
            }
        }
        return identity.buildNumber();
    }

    /**
     * Checks the given file and the given directories now instead of at the first search. The file is opened only once: the
     * first search continues with it.
     *
     * @throws IOException if one of them is missing, empty or of another kind; the message names it
     */
    public void check() throws IOException {
        for (DebugSource source : sources) {
            if (source instanceof DebugDirectory directory) {
                directory.check();
            }
        }
        Path file = given;
        if (file != null) {
            DebugData unused = opened.getAndSet(open(file, shown(file), indexes));
            if (unused != null) {
                unused.close();
            }
        }
    }

    /**
     * Closes the given file if {@link #check} opened it and no search has used it.
     *
     * @throws IOException if the file cannot be closed
     */
    public void close() throws IOException {
        DebugData unused = opened.getAndSet(null);
        if (unused != null) {
            unused.close();
        }
    }

    /**
     * {@return the debug file of a stripped file, in the order in which GDB and binutils look: by build id in {@code
     * /usr/lib/debug/.build-id}, then by the name and checksum in .gnu_debuglink; null if there is none}
     *
     * @param stripped a file without debug information; it stays open
     * @param indexes the cache of indexes; null for none
     * @throws IOException if the stripped file cannot be read
     */
    public static @Nullable DebugData separate(ElfFile stripped, @Nullable SideIndexes indexes) throws IOException {
        Path root = Path.of("/");
        BuildId id = stripped.buildId();
        List<Path> candidates = new ArrayList<>();
        if (id != null) {
            candidates.addAll(BuildIdTree.candidates(root.resolve(InstalledFiles.DEBUG), id));
        }
        candidates.addAll(DebugLinks.candidates(stripped, root, new SearchLog()));
        for (Path candidate : candidates) {
            if (!Files.isRegularFile(candidate)) {
                continue;
            }
            DebugData data = null;
            try {
                data = open(candidate, candidate.toString(), indexes);
                BuildId other = data.buildId();
                if (FileSearch.hasDebugInfo(data) && (id == null || other == null || id.equals(other))) {
                    DebugData found = data;
                    data = null;
                    return found;
                }
            } catch (IOException e) {
                // A file that cannot be read is not the debug file
            } finally {
                if (data != null) {
                    data.close();
                }
            }
        }
        return null;
    }

    Path root() {
        return root;
    }

    /** {@return whether files are used even if their build differs from the trace's} */
    public boolean takesOtherBuilds() {
        return otherBuilds;
    }

    /**
     * Looks for vmlinux.
     *
     * @param identity the kernel's release and build ids, as far as they are known
     * @return an open file, or the reason why none was found
     * @throws IOException if a given directory is not a directory or cannot be read
     */
    public DebugFileLookup kernel(KernelIdentity identity) throws IOException {
        Wanted wanted = new Wanted(null, identity, identity.buildId());
        try (FileSearch search = new FileSearch(wanted, this)) {
            return given != null ? search.given(given, sources) : search.among(sources);
        }
    }

    /**
     * Looks for a module's file.
     *
     * @param name the module's name, with - or _
     * @param kernel what is known about the kernel
     * @param buildId the module's build id; null if unknown
     * @param vmlinux the kernel's file, whose directory is searched too; null if there is none
     * @return an open file, or the reason why none was found
     * @throws IOException if a given directory is not a directory or cannot be read
     */
    public DebugFileLookup module(String name, KernelIdentity kernel, @Nullable BuildId buildId, @Nullable Path vmlinux)
            throws IOException {
        String plain = ModuleNames.plain(name);
        if (!ModuleNames.isModule(plain)) {
            return new MissingFile(
                    MissingFile.Reason.MODULE_NOT_FOUND,
                    "no file found for module " + name + ": not a valid module name",
                    List.of());
        }
        Wanted wanted = new Wanted(plain, kernel, buildId);
        List<DebugSource> all = new ArrayList<>(sources);
        Path folder = vmlinux == null ? null : vmlinux.toAbsolutePath().getParent();
        if (folder != null) {
            int position = 0;
            boolean isGiven = false;
            while (position < all.size() && all.get(position) instanceof DebugDirectory directory) {
                isGiven |= directory.isAt(folder);
                position++;
            }
            if (!isGiven) {
                all.add(position, ofKernel(folder));
            }
        }
        try (FileSearch search = new FileSearch(wanted, this)) {
            return search.among(all);
        }
    }

    private DebugDirectory ofKernel(Path folder) {
        DebugDirectory last = ofKernel;
        if (last == null || !last.isAt(folder)) {
            last = new DebugDirectory(folder);
            ofKernel = last;
        }
        return last;
    }

    /**
     * {@return whether the given file belongs to the module}
     *
     * @param module its name, with - or _
     */
    public boolean givenIs(String module) {
        Path file = given;
        return file != null && ModuleNames.plain(module).equals(ModuleNames.ofFile(String.valueOf(file.getFileName())));
    }

    /**
     * What is left of a closed file that a search rejected, because it is from another build.
     *
     * @param name in messages
     * @param size in bytes, when it was rejected
     * @param modified when it was last modified
     */
    record Rejected(
            String name,
            Path path,
            @Nullable BuildId buildId,
            @Nullable String release,
            long size,
            FileTime modified) {
        /** {@return whether the path now leads to another file, to a changed one, or to none} */
        private boolean hasChanged() {
            try {
                BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
                return now.size() != size || !now.lastModifiedTime().equals(modified);
            } catch (IOException e) {
                return true;
            }
        }
    }

    /** {@return what an earlier search rejected at this path; null if none did, or if the file has changed since} */
    @Nullable
    Rejected rejected(Path path) {
        Map<Path, Rejected> all = rejected;
        Rejected file = all == null ? null : all.get(path);
        return file == null || file.hasChanged() ? null : file;
    }

    /** Keeps what a file of another build says about its build, so that searches for more kernels need not open it again. */
    void remember(DebugData data) throws IOException {
        Path path = data.path();
        if (path == null) {
            return;
        }
        Map<Path, Rejected> all = rejected;
        if (all == null || all.size() >= MAX_REJECTED) {
            all = new ConcurrentHashMap<>();
            rejected = all;
        }
        BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
        all.put(
                path,
                new Rejected(
                        data.name(),
                        path,
                        data.buildId(),
                        data.release().release(),
                        now.size(),
                        now.lastModifiedTime()));
    }

    /** Opens a candidate of a search. */
    DebugData candidate(Path path) throws IOException {
        DebugData checked = path.equals(given) ? opened.getAndSet(null) : null;
        return checked == null ? open(path, shown(path), indexes) : checked;
    }

    /** {@return whether messages name no directory and no server, because their readers are the users of a service} */
    public boolean hidesPlaces() {
        return audience == Audience.SERVICE;
    }

    /** {@return who reads the messages} */
    public Audience audience() {
        return audience;
    }

    /** {@return the name of a file in messages} */
    private String shown(Path path) {
        return audience.choose(path.toString(), String.valueOf(path.getFileName()));
    }

    static DebugData open(Path path) throws IOException {
        return open(path, path.toString(), null);
    }

    private static DebugData open(Path path, String name, @Nullable SideIndexes indexes) throws IOException {
        try {
            return DebugData.open(path, name, indexes);
        } catch (RuntimeException e) {
            throw new ElfException(name + ": cannot be read: " + FailureReason.of(e), e);
        }
    }

    /** Collects the file and the sources. Not thread-safe. */
    public static final class Builder {
        private @Nullable Path given;
        private final List<DebugSource> sources = new ArrayList<>();
        private boolean otherBuilds;
        private Path root = Path.of("/");
        private @Nullable SideIndexes indexes;
        private Audience audience = Audience.COMMAND;

        private Builder() {}

        /**
         * Sets the kernel's file. The sources are used only if it is stripped, to find its debug file.
         *
         * @param file an ELF file or a GSYM index of vmlinux or a module
         * @return this
         */
        public Builder vmlinux(Path file) {
            given = file;
            return this;
        }

        /**
         * Appends a source.
         *
         * @param source is asked if no earlier source has a matching file
         * @return this
         */
        public Builder source(DebugSource source) {
            sources.add(source);
            return this;
        }

        /**
         * Appends the sources that the command line uses by default, in this order: the debug files installed on this
         * machine, debuginfod, and packages of Debian and its derivatives.
         *
         * @param servers debuginfod's servers and cache; {@link Debuginfod.Settings#fromEnvironment} reads DEBUGINFOD_URLS
         * @param packages the cache of unpacked packages, such as {@link DebianPackages#defaultCache}; null to use no packages
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
         * Uses debug files even if their build differs from the trace's; {@link DebugFile#note()} then names the
         * difference.
         *
         * @return this
         */
        public Builder takeOtherBuilds() {
            otherBuilds = true;
            return this;
        }

        /**
         * Sets the directory that contains proc, sys and usr/lib/debug; the default is {@code /}.
         *
         * @param folder the root, such as that of a mounted image
         * @return this
         */
        public Builder root(Path folder) {
            root = folder;
            return this;
        }

        /**
         * Also uses the indexes of a cache. Without this call, no index is used.
         *
         * @param cache the indexes, or null
         * @return this
         */
        public Builder indexes(@Nullable SideIndexes cache) {
            indexes = cache;
            return this;
        }

        /**
         * Names debug files without their directories, and neither directories nor servers that were searched, in all messages:
         * for a service, whose users must not learn about its machine. {@link DebugData#path()} is not affected.
         *
         * @return this
         */
        public Builder hidePlaces() {
            audience = Audience.SERVICE;
            return this;
        }

        /** {@return the collected sources} Searches nothing. */
        public DebugFiles build() {
            return new DebugFiles(this);
        }
    }
}
