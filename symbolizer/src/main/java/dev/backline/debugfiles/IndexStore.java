package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import dev.backline.gsym.GsymFile;
import dev.backline.io.NewFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A store of indexes that many machines share: {@code BUILDID.gsym} for each vmlinux and module, written by {@code backline
 * index --store}, and marks that lead from a release and a module's name to build ids. A store is a local directory, or any
 * other place that a program reads through {@link Place}. Every index is checked before it is used: its checksums, and its
 * build id against its name.
 *
 * <p>If the store has several builds of a release, the log decides: by its build id, by the version of the kernel that it
 * prints, or by the vmlinux that a module was indexed with. If it does not decide, no index is used. Thread-safe.
 */
public final class IndexStore extends DebugSource {
    private static final long MAX_INDEX = 1L << 32;

    /** How long the list of a release's kernels is kept: it is read for each log. */
    private static final Duration FRESH = Duration.ofMinutes(10);

    private static final int MAX_RELEASES = 1 << 10;

    private final String name;
    private final Place files;
    /** Where the indexes are as local files: the store itself, or the cache. */
    private final Path folder;

    private final boolean isLocal;

    /** The kernels of each release that was asked for. */
    private final Map<String, Listed> listed = new HashMap<>();

    private record Listed(List<StoredIndex> kernels, Instant at) {}

    /** A place with the files of a store. Called by any thread. */
    public interface Place {
        /**
         * {@return the names of the files and folders in a folder; empty if there is no such folder}
         *
         * @param folder the path below the store, with / between names
         * @throws IOException if the place cannot be read
         */
        List<String> list(String folder) throws IOException;

        /**
         * {@return the bytes of a file, for the caller to close; null if there is no such file}
         *
         * @param file the path below the store, with / between names
         * @throws IOException if the place cannot be read
         */
        @Nullable
        InputStream open(String file) throws IOException;
    }

    /**
     * A store in a local directory.
     *
     * @param folder the directory; without marks in it, the store is empty
     */
    public IndexStore(Path folder) {
        this(folder.toString(), new Local(folder), folder, true);
    }

    /**
     * A store elsewhere, such as in an object storage. An index is copied once, when a search first needs it, and is kept in
     * a cache. Several programs can share the cache.
     *
     * @param name the store's name in messages
     * @param files reads the store
     * @param cache a local directory for the copies; created if needed
     */
    public IndexStore(String name, Place files, Path cache) {
        this(name, files, cache, false);
    }

    private IndexStore(String name, Place files, Path folder, boolean isLocal) {
        this.name = name;
        this.files = files;
        this.folder = folder;
        this.isLocal = isLocal;
    }

    /**
     * {@return whether a local directory is a store}
     *
     * @param folder the directory
     */
    public static boolean isStore(Path folder) {
        return Files.isDirectory(folder.resolve(StoredIndex.MARKS));
    }

    /**
     * {@return the indexes of all kernels, without modules, by release}
     *
     * @throws IOException if the store cannot be read or a mark is damaged
     */
    public List<StoredIndex> kernels() throws IOException {
        List<StoredIndex> kernels = new ArrayList<>();
        for (String release : releases()) {
            addAll(kernels, release, StoredIndex.VMLINUX);
        }
        return kernels;
    }

    /**
     * {@return all indexes, by release and name; a module that was indexed with several kernels once for each}
     *
     * @throws IOException if the store cannot be read or a mark is damaged
     */
    public List<StoredIndex> indexes() throws IOException {
        List<StoredIndex> all = new ArrayList<>();
        for (String release : releases()) {
            for (String object : new TreeSet<>(files.list(StoredIndex.MARKS + "/" + release))) {
                if (ModuleNames.isModule(object)) {
                    addAll(all, release, object);
                }
            }
        }
        return all;
    }

    private void addAll(List<StoredIndex> found, String release, String object) throws IOException {
        for (StoredIndex each : marks(StoredIndex.release(release), object)) {
            found.add(read(each));
        }
    }

    private Set<String> releases() throws IOException {
        Set<String> releases = new TreeSet<>(files.list(StoredIndex.MARKS));
        releases.removeIf(each -> !StoredIndex.isReleaseFolder(each));
        return releases;
    }

    /** The indexes of one file of a kernel, by build id. */
    private List<StoredIndex> marks(@Nullable String release, String object) throws IOException {
        List<StoredIndex> marks = new ArrayList<>();
        for (String mark : new TreeSet<>(files.list(StoredIndex.folder(release, object)))) {
            StoredIndex found = StoredIndex.ofName(release, object, mark);
            if (found != null) {
                marks.add(found);
            }
        }
        return marks;
    }

    private StoredIndex read(StoredIndex mark) throws IOException {
        try (InputStream in = files.open(mark.mark())) {
            if (in == null) {
                throw new IOException(name + ": " + mark.mark() + ": has disappeared");
            }
            return mark.withContent(in.readNBytes(StoredIndex.MAX_MARK));
        }
    }

    @Override
    List<Path> candidates(Wanted wanted, SearchLog searchLog) throws IOException {
        BuildId id = wanted.buildId();
        Path named = id == null ? null : file(id, searchLog);
        if (named != null) {
            return List.of(named);
        }
        String release = wanted.safeRelease();
        if (release == null) {
            searchLog.tried(name + (id == null ? " (skipped: the release is unknown)" : " (no index of this build)"));
            return List.of();
        }
        String module = wanted.module();
        BuildId chosen = id != null
                ? first(release, module)
                : module == null ? kernel(wanted, release, searchLog) : module(wanted, release, module, searchLog);
        Path file = chosen == null ? null : file(chosen, searchLog);
        return file == null ? List.of() : List.of(file);
    }

    /** An index of another build than the log's, which the search refuses with both build ids. */
    private @Nullable BuildId first(String release, @Nullable String module) throws IOException {
        List<StoredIndex> marks = marks(release, module == null ? StoredIndex.VMLINUX : module);
        return marks.isEmpty() ? null : marks.get(0).buildId();
    }

    private @Nullable BuildId kernel(Wanted wanted, String release, SearchLog searchLog) throws IOException {
        List<StoredIndex> marks = kernels(release);
        return only(fitting(marks, wanted.kernel()), marks, "kernel " + release, searchLog);
    }

    /** The kernels of a release, with their banners if there are several. */
    private List<StoredIndex> kernels(String release) throws IOException {
        Instant now = Instant.now();
        synchronized (listed) {
            Listed known = listed.get(release);
            if (known != null && known.at.plus(FRESH).isAfter(now)) {
                return known.kernels;
            }
        }
        List<StoredIndex> marks = marks(release, StoredIndex.VMLINUX);
        for (int i = 0; marks.size() > 1 && i < marks.size(); i++) {
            marks.set(i, read(marks.get(i)));
        }
        synchronized (listed) {
            if (listed.size() >= MAX_RELEASES) {
                // Releases come from logs; a hostile log can contain any number of them.
                listed.clear();
            }
            listed.put(release, new Listed(List.copyOf(marks), now));
        }
        return marks;
    }

    /** The builds of a release that may be a log's. */
    private static Set<BuildId> fitting(List<StoredIndex> marks, KernelIdentity kernel) {
        Set<BuildId> builds = new LinkedHashSet<>();
        String start = kernel.buildIdStart();
        for (StoredIndex each : marks) {
            if (marks.size() == 1
                    || ((start == null || each.buildId().toString().startsWith(start))
                            && each.mayBe(kernel.banner()))) {
                builds.add(each.buildId());
            }
        }
        return builds;
    }

    @Override
    @Nullable
    String builds(KernelIdentity kernel) throws IOException {
        String release = kernel.release();
        if (release == null || kernel.buildId() != null || !ModuleNames.isRelease(release)) {
            return null;
        }
        List<StoredIndex> marks = kernels(release);
        return marks.size() < 2 ? null : fitting(marks, kernel).toString();
    }

    private @Nullable BuildId module(Wanted wanted, String release, String module, SearchLog searchLog)
            throws IOException {
        Set<BuildId> builds = new LinkedHashSet<>();
        List<StoredIndex> marks = marks(release, module);
        for (StoredIndex each : marks) {
            builds.add(each.buildId());
        }
        if (builds.size() > 1) {
            BuildId vmlinux = wanted.kernel().buildId();
            BuildId kernel = vmlinux != null ? vmlinux : kernel(wanted, release, new SearchLog());
            builds.clear();
            for (StoredIndex each : marks) {
                BuildId indexedWith = each.kernel();
                if (kernel != null && indexedWith != null && indexedWith.equals(kernel)) {
                    builds.add(each.buildId());
                }
            }
        }
        return only(builds, marks, "module " + module + " for " + release, searchLog);
    }

    /** The only build that may be the log's. */
    private @Nullable BuildId only(Set<BuildId> builds, List<StoredIndex> all, String what, SearchLog searchLog) {
        if (builds.size() == 1) {
            return builds.iterator().next();
        }
        Set<String> ids = new LinkedHashSet<>();
        for (StoredIndex each : all) {
            ids.add(each.buildId().toString());
        }
        searchLog.tried(
                ids.isEmpty()
                        ? name + " (no index of " + what + ")"
                        : name + " (several builds of " + what + ", and the log does not tell which: "
                                + String.join(", ", ids.stream().limit(5).toList()) + (ids.size() > 5 ? ", …" : "")
                                + ")");
        return null;
    }

    /** {@return the indexes of all kernels, if nothing selects one; only the index of a single kernel is checked} */
    List<Path> everyKernel(SearchLog searchLog) throws IOException {
        Set<BuildId> kernels = new LinkedHashSet<>();
        for (String release : releases()) {
            for (StoredIndex each : marks(StoredIndex.release(release), StoredIndex.VMLINUX)) {
                kernels.add(each.buildId());
            }
        }
        List<Path> found = new ArrayList<>();
        for (BuildId each : kernels) {
            Path file = kernels.size() > 1 ? folder.resolve(StoredIndex.file(each)) : file(each, searchLog);
            if (file != null) {
                found.add(file);
            }
        }
        return found;
    }

    /** {@return whether the store has no mark} */
    boolean isEmpty() throws IOException {
        for (String release : releases()) {
            if (!files.list(StoredIndex.MARKS + "/" + release).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** The checked index of a build as a local file; null if there is none, or it is damaged. */
    private @Nullable Path file(BuildId id, SearchLog searchLog) throws IOException {
        String file = StoredIndex.file(id);
        if (!isLocal) {
            return copy(id, searchLog);
        }
        Path path = folder.resolve(file);
        if (!Files.isRegularFile(path)) {
            return null;
        }
        String problem = problem(path, id);
        if (problem != null) {
            searchLog.tried(problem);
        }
        return problem == null ? path : null;
    }

    /** One thread copies, so that no index is copied twice. */
    private synchronized @Nullable Path copy(BuildId id, SearchLog searchLog) throws IOException {
        // A folder for each build: the folder of a vmlinux is also searched for modules.
        String file = StoredIndex.file(id);
        Path kept = folder.resolve(id.toString()).resolve(file);
        if (Files.isRegularFile(kept) && problem(kept, id) == null) {
            return kept;
        }
        try (InputStream in = files.open(file)) {
            if (in == null) {
                return null;
            }
            Files.createDirectories(kept.resolveSibling(""));
            try (NewFile out = NewFile.beside(kept)) {
                byte[] bytes = new byte[1 << 18];
                long size = 0;
                for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                    size += read;
                    if (size > MAX_INDEX) {
                        searchLog.tried(name + "/" + file + " (is larger than 4 GB, the limit of the format)");
                        return null;
                    }
                    out.write(bytes, 0, read);
                }
                String problem = problem(out.temporary(), id);
                if (problem != null) {
                    searchLog.tried(problem.replace(out.temporary().toString(), name + "/" + file));
                    return null;
                }
                out.commit();
                return kept;
            }
        }
    }

    /** {@return why a file is not the index of a build, in one line; null if it is} */
    static @Nullable String problem(Path path, BuildId id) {
        try (GsymFile gsym = GsymFile.open(path)) {
            BuildId own = gsym.buildId();
            if (own == null || !own.equals(id)) {
                return path + ": is not the index of build " + id + ": it is of "
                        + (own == null ? "a file without a build id" : "build " + own);
            }
            gsym.verify();
            return null;
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            return message.startsWith(path.toString()) ? message : path + ": cannot be read: " + message;
        }
    }

    @Override
    public String toString() {
        return name;
    }

    /** The files of a local directory. */
    private record Local(Path folder) implements Place {
        @Override
        public List<String> list(String path) throws IOException {
            Path directory = folder.resolve(path);
            List<String> names = new ArrayList<>();
            if (Files.isDirectory(directory)) {
                try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                    entries.forEach(each -> names.add(String.valueOf(each.getFileName())));
                } catch (DirectoryIteratorException e) {
                    throw e.getCause();
                }
            }
            return names;
        }

        @Override
        public @Nullable InputStream open(String path) throws IOException {
            try {
                return Files.newInputStream(folder.resolve(path));
            } catch (NoSuchFileException e) {
                return null;
            }
        }
    }
}
