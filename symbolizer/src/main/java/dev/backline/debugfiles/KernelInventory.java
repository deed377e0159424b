package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Lists the kernels and modules on a machine, with and without debug information. */
public final class KernelInventory {
    private static final int MAX_CACHED = 10_000;

    private final Path root;
    private final FileIndex index = new FileIndex();
    private final List<Entry> entries = new ArrayList<>();

    private KernelInventory(Path root) {
        this.root = root;
    }

    /**
     * A kernel in one place.
     *
     * @param release from the file or its path; null if unknown
     * @param buildId from vmlinux, or from the running kernel; null if unknown
     * @param vmlinux the file; null if there is none
     * @param debugInfo whether vmlinux has debug information
     * @param modules the number of modules
     * @param debugModules the number of modules in directories of debug files
     * @param running whether this machine runs the kernel
     * @param problem why vmlinux cannot be read; null if it can
     */
    public record Entry(
            @Nullable String release,
            @Nullable BuildId buildId,
            @Nullable Path vmlinux,
            boolean debugInfo,
            int modules,
            int debugModules,
            boolean running,
            @Nullable String problem) {

        private Entry withModules(int atLeast, int debugAtLeast) {
            return new Entry(
                    release,
                    buildId,
                    vmlinux,
                    debugInfo,
                    Math.max(modules, atLeast),
                    Math.max(debugModules, debugAtLeast),
                    running,
                    problem);
        }
    }

    /**
     * Lists kernels.
     *
     * @param root the root of the system, usually {@code /}
     * @param directories more directories with kernels
     * @param packages the cache of packages; null for none
     * @param debuginfod the cache of debuginfod's clients; null for none
     * @return the kernels in the directories, then those installed, in packages, and in debuginfod's cache
     * @throws IOException if one of {@code directories} is not a directory
     */
    public static List<Entry> of(Path root, List<Path> directories, @Nullable Path packages, @Nullable Path debuginfod)
            throws IOException {
        KernelInventory inventory = new KernelInventory(root);
        for (Path directory : directories) {
            if (!Files.isDirectory(directory)) {
                throw new IOException(directory + ": is not a directory; -d needs a directory with debug files");
            }
            inventory.below(directory);
        }
        inventory.installed(root);
        for (Path tree : children(packages)) {
            inventory.installed(tree);
        }
        inventory.cached(debuginfod);
        return List.copyOf(inventory.entries);
    }

    private void below(Path directory) throws IOException {
        List<Entry> before = List.copyOf(entries);
        entries.clear();
        for (Path kernel : index.search(directory).kernels()) {
            Path parent = kernel.getParent();
            int modules = parent == null ? 0 : index.search(parent).modules().size();
            add(null, kernel, modules, modules);
        }
        List<Entry> found = once(entries);
        entries.clear();
        entries.addAll(before);
        entries.addAll(found);
    }

    /** Counts a kernel once if links or copies make it appear at several paths. */
    private static List<Entry> once(List<Entry> found) {
        List<Entry> kernels = new ArrayList<>();
        for (Entry each : found) {
            int known = 0;
            while (known < kernels.size() && !isSame(kernels.get(known), each)) {
                known++;
            }
            if (known == kernels.size()) {
                kernels.add(each);
            } else {
                kernels.set(known, kernels.get(known).withModules(each.modules(), each.debugModules()));
            }
        }
        return kernels;
    }

    private static boolean isSame(Entry one, Entry other) {
        BuildId id = one.buildId();
        return id != null
                ? Objects.equals(id, other.buildId()) && one.debugInfo() == other.debugInfo()
                : FileIndex.real(Objects.requireNonNull(one.vmlinux()))
                        .equals(FileIndex.real(Objects.requireNonNull(other.vmlinux())));
    }

    private void installed(Path tree) throws IOException {
        InstalledFiles files = new InstalledFiles(tree);
        for (String release : files.releases()) {
            int modules = 0;
            int debug = 0;
            for (Path folder : files.moduleFolders(release)) {
                if (Files.isDirectory(folder)) {
                    int there = index.search(folder).modules().size();
                    modules = Math.max(modules, there);
                    debug = folder.startsWith(tree.resolve("usr/lib/debug")) ? Math.max(debug, there) : debug;
                }
            }
            Path best = null;
            for (String place : InstalledFiles.kernelPlaces(release)) {
                Path file = tree.resolve(place);
                best = best == null && Files.isRegularFile(file) ? file : best;
            }
            if (best != null || modules > 0) {
                add(release, best, modules, debug);
            }
        }
        Path cachyOs = tree.resolve(InstalledFiles.CACHYOS);
        if (Files.isRegularFile(cachyOs)) {
            add(null, cachyOs, 0, 0);
        }
    }

    /** Lists only the vmlinux files among debuginfod's files. */
    private void cached(@Nullable Path cache) throws IOException {
        int seen = 0;
        for (Path folder : children(cache)) {
            Path file = folder.resolve("debuginfo");
            if (++seen <= MAX_CACHED && Files.isRegularFile(file) && Files.size(file) > 0 && isVmlinux(file)) {
                add(null, file, 0, 0);
            }
        }
    }

    private static boolean isVmlinux(Path file) {
        try (DebugData data = DebugFiles.open(file)) {
            return data instanceof ElfData elf && elf.elf().section("__ksymtab") != null && !elf.isRelocatable();
        } catch (IOException e) {
            return false;
        }
    }

    private void add(@Nullable String release, @Nullable Path vmlinux, int modules, int debugModules) {
        RunningKernel running = new RunningKernel(root);
        String actual = release;
        BuildId id = null;
        boolean debugInfo = false;
        String problem = null;
        if (vmlinux != null) {
            try (DebugData data = DebugFiles.open(vmlinux)) {
                id = data.buildId();
                debugInfo = FileSearch.hasDebugInfo(data);
                actual = actual == null ? data.release().release() : actual;
            } catch (IOException e) {
                problem = e.getMessage();
            }
        } else if (actual != null) {
            id = running.buildId(new Wanted(null, KernelIdentity.ofRelease(actual), null));
        }
        boolean runs = actual != null && Objects.equals(actual, running.release());
        entries.add(new Entry(actual, id, vmlinux, debugInfo, modules, debugModules, runs, problem));
    }

    private static List<Path> children(@Nullable Path folder) throws IOException {
        List<Path> children = new ArrayList<>();
        if (folder != null && Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                entries.forEach(children::add);
            }
            children.sort(null);
        }
        return children;
    }
}
