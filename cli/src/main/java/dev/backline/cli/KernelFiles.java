package dev.backline.cli;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the files of one kernel build are: {@code -e}, {@code -r} and {@code -d} and the places where distributions put
 * debug files. Directories are searched when something is first looked for in them. Not thread-safe.
 */
final class KernelFiles {
    private static final int MAX_DEPTH = 24;
    /** A directory with more files than this is no place of debug files but somebody's whole disk. */
    private static final int MAX_FILES = 1_000_000;

    private static final List<String> COMPRESSIONS = List.of("", ".xz", ".zst", ".gz");

    private final Path root;
    private final @Nullable Path vmlinux;
    private final @Nullable String release;
    private final List<Path> debugDirectories;
    private final Map<Path, Found> searched = new HashMap<>();

    /**
     * @param root where the standard places begin, {@code /}
     * @param vmlinux {@code -e}, or null
     * @param release {@code -r}, or null
     * @param debugDirectories {@code -d}
     */
    KernelFiles(Path root, @Nullable Path vmlinux, @Nullable String release, List<Path> debugDirectories) {
        this.root = root;
        this.vmlinux = vmlinux;
        this.release = release;
        this.debugDirectories = List.copyOf(debugDirectories);
    }

    /**
     * {@return the kernel's own file}
     *
     * @throws UsageException when nothing was said about where to look, or more than one was found
     * @throws IOException when there is none, saying where it was looked for
     */
    Path vmlinux() throws IOException, UsageException {
        if (vmlinux != null) {
            return vmlinux;
        }
        if (release == null && debugDirectories.isEmpty()) {
            throw new UsageException("which kernel? give its debug file with -e VMLINUX, its release with"
                    + " -r RELEASE (this machine's: -r $(uname -r)), or a directory with debug files with -d DIR");
        }
        List<String> tried = new ArrayList<>();
        for (Path directory : debugDirectories) {
            Path found = vmlinuxBelow(directory);
            if (found != null) {
                return found;
            }
            tried.add(directory + "/**/vmlinux" + (release == null ? "" : "-" + release));
        }
        if (release != null) {
            for (Path place : standardPlaces(release)) {
                if (Files.isRegularFile(place)) {
                    return place;
                }
                tried.add(place.toString());
            }
        }
        throw new IOException("no vmlinux" + (release == null ? "" : " of " + release) + " was found; tried "
                + String.join(", ", tried) + "; " + DebugPackages.advice(release, null));
    }

    /** {@return the file named with {@code -e}, or null} */
    @Nullable
    Path given() {
        return vmlinux;
    }

    private List<Path> standardPlaces(String kernel) {
        return List.of(
                root.resolve("usr/lib/debug/boot/vmlinux-" + kernel),
                root.resolve("usr/lib/debug/lib/modules/" + kernel + "/vmlinux"),
                root.resolve("usr/lib/debug/usr/lib/modules/" + kernel + "/vmlinux"),
                root.resolve("boot/vmlinux-" + kernel),
                root.resolve("lib/modules/" + kernel + "/build/vmlinux"),
                root.resolve("lib/modules/" + kernel + "/vmlinux"));
    }

    private @Nullable Path vmlinuxBelow(Path directory) throws IOException, UsageException {
        for (String name : release == null ? List.of("vmlinux") : List.of("vmlinux-" + release, "vmlinux")) {
            Path direct = directory.resolve(name);
            if (Files.isRegularFile(direct)) {
                return direct;
            }
        }
        List<Path> found = new ArrayList<>(search(directory).kernels);
        if (release != null) {
            found.removeIf(path -> !path.toString().contains(release));
        }
        if (found.size() > 1) {
            throw new UsageException(directory + " holds several kernels: "
                    + String.join(
                            ", ", found.stream().limit(5).map(Path::toString).toList())
                    + (found.size() > 5 ? ", …" : "") + "; choose one with -e, or with -r its release");
        }
        return found.isEmpty() ? null : found.get(0);
    }

    /**
     * {@return the files a module may be read from, those with debug info first by their names; empty when there are
     * none}
     *
     * @param module its name, with - or _
     * @param kernel the release it belongs to, as far as known
     */
    List<Path> module(String module, @Nullable String kernel) throws IOException {
        String name = module.replace('-', '_');
        Set<Path> found = new LinkedHashSet<>();
        for (Path directory : moduleDirectories(kernel)) {
            if (Files.isDirectory(directory)) {
                found.addAll(search(directory).modules.getOrDefault(name, List.of()));
            }
        }
        return List.copyOf(found);
    }

    /** {@return the directories a module is looked for in, in their order} */
    Collection<Path> moduleDirectories(@Nullable String kernel) {
        Set<Path> directories = new LinkedHashSet<>(debugDirectories);
        if (vmlinux != null) {
            Path parent = vmlinux.toAbsolutePath().getParent();
            if (parent != null) {
                directories.add(parent);
            }
        }
        String of = release != null ? release : kernel;
        if (of != null) {
            directories.add(root.resolve("usr/lib/debug/lib/modules/" + of));
            directories.add(root.resolve("usr/lib/debug/usr/lib/modules/" + of));
            directories.add(root.resolve("lib/modules/" + of));
        }
        return directories;
    }

    private record Found(List<Path> kernels, Map<String, List<Path>> modules) {}

    private Found search(Path directory) throws IOException {
        Found found = searched.get(directory);
        if (found == null) {
            if (!Files.isDirectory(directory)) {
                throw new IOException(directory + ": is not a directory; -d wants one that holds debug files");
            }
            found = new Found(new ArrayList<>(), new HashMap<>());
            Files.walkFileTree(directory, EnumSet.noneOf(FileVisitOption.class), MAX_DEPTH, new Search(found));
            found.kernels.sort(Comparator.naturalOrder());
            found.modules
                    .values()
                    .forEach(paths -> paths.sort(
                            Comparator.comparing((Path path) -> !path.toString().contains(".debug"))
                                    .thenComparing(Comparator.naturalOrder())));
            searched.put(directory, found);
        }
        return found;
    }

    private static final class Search extends SimpleFileVisitor<Path> {
        private final Found found;
        private int seen;

        Search(Found found) {
            this.found = found;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = String.valueOf(file.getFileName());
            if (name.equals("vmlinux") || name.equals("vmlinux.debug") || name.startsWith("vmlinux-")) {
                found.kernels.add(file);
            }
            String module = moduleName(name);
            if (module != null) {
                found.modules.computeIfAbsent(module, key -> new ArrayList<>()).add(file);
            }
            return ++seen < MAX_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            // A directory that may not be entered hides nothing that could be read.
            return FileVisitResult.CONTINUE;
        }
    }

    /** {@return the name of the module in a file of that name, with _ for -; null when it is no module's} */
    static @Nullable String moduleName(String fileName) {
        for (String compression : COMPRESSIONS) {
            for (String debug : List.of(".ko", ".ko.debug")) {
                if (fileName.endsWith(debug + compression)) {
                    return fileName.substring(0, fileName.length() - debug.length() - compression.length())
                            .replace('-', '_');
                }
            }
        }
        return null;
    }
}
