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

/** What a machine has of kernels: files and modules, with and without debug information. */
public final class KernelInventory {
    private static final int MAX_CACHED = 10_000;

    private final Path root;
    private final FileIndex index = new FileIndex();
    private final List<Entry> entries = new ArrayList<>();

    private KernelInventory(Path root) {
        this.root = root;
    }

    /**
     * One kernel in one place.
     *
     * @param release as the file or its place says, or null
     * @param buildId of its vmlinux, or for the running kernel as it says itself; null when unknown
     * @param vmlinux its file, or null when there is none
     * @param debugInfo whether that has debug information
     * @param modules how many modules are there in all
     * @param debugModules how many of them are in a place of debug files
     * @param running whether this machine runs it
     * @param problem why its file cannot be read, or null
     */
    public record Entry(
            @Nullable String release,
            @Nullable BuildId buildId,
            @Nullable Path vmlinux,
            boolean debugInfo,
            int modules,
            int debugModules,
            boolean running,
            @Nullable String problem) {}

    /**
     * Looks around.
     *
     * @param root where the places of distributions begin
     * @param directories further ones with kernels
     * @param packages the cache of packages, or null
     * @param debuginfod the cache of debuginfod's clients, or null
     * @return what was found: in the directories, then what is installed, in packages, in the cache of debuginfod
     * @throws IOException when a directory that was named is none
     */
    public static List<Entry> of(Path root, List<Path> directories, @Nullable Path packages, @Nullable Path debuginfod)
            throws IOException {
        KernelInventory inventory = new KernelInventory(root);
        for (Path directory : directories) {
            if (!Files.isDirectory(directory)) {
                throw new IOException(directory + ": is not a directory; -d wants one that holds debug files");
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
        for (Path kernel : index.search(directory).kernels()) {
            Path parent = kernel.getParent();
            int modules = parent == null ? 0 : index.search(parent).modules().size();
            add(null, kernel, modules, modules);
        }
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
    }

    /** Of the files by build id only vmlinuxes: what exports symbols and has no name of a module. */
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
        String its = release;
        BuildId id = null;
        boolean debugInfo = false;
        String problem = null;
        if (vmlinux != null) {
            try (DebugData data = DebugFiles.open(vmlinux)) {
                id = data.buildId();
                debugInfo = FileSearch.hasDebugInfo(data);
                its = its == null ? data.release().release() : its;
            } catch (IOException e) {
                problem = e.getMessage();
            }
        } else if (its != null) {
            id = running.buildId(new Wanted(null, its, null));
        }
        boolean runs = its != null && Objects.equals(its, running.release());
        entries.add(new Entry(its, id, vmlinux, debugInfo, modules, debugModules, runs, problem));
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
