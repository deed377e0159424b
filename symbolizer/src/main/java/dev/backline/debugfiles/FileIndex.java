package dev.backline.debugfiles;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The kernels and modules below folders. Each folder is searched once, on first use. Thread-safe. */
final class FileIndex {
    private static final int MAX_DEPTH = 24;
    /** A folder with more files is probably a whole disk, not a folder of debug files. */
    private static final int MAX_FILES = 1_000_000;

    private final Map<Path, FoundFiles> searched = new HashMap<>();

    /**
     * @param kernels files named vmlinux, vmlinux.debug or vmlinux-…, then their indexes
     * @param modules by name, with _ for -; .debug files first, indexes last
     */
    record FoundFiles(List<Path> kernels, Map<String, List<Path>> modules) {
        List<Path> module(String name) {
            return modules.getOrDefault(name, List.of());
        }
    }

    synchronized FoundFiles search(Path folder) throws IOException {
        FoundFiles found = searched.get(folder);
        if (found == null) {
            found = new FoundFiles(new ArrayList<>(), new HashMap<>());
            Path start = Files.isSymbolicLink(folder) ? folder.toRealPath() : folder;
            Files.walkFileTree(start, EnumSet.noneOf(FileVisitOption.class), MAX_DEPTH, new Search(found));
            Comparator<Path> indexesLast =
                    Comparator.comparing((Path path) -> ModuleNames.isIndex(String.valueOf(path.getFileName())));
            found.kernels.sort(indexesLast.thenComparing(Comparator.naturalOrder()));
            found.modules
                    .values()
                    .forEach(paths -> paths.sort(indexesLast
                            .thenComparing((Path path) -> !path.toString().contains(".debug"))
                            .thenComparing(Comparator.naturalOrder())));
            searched.put(folder, found);
        }
        return found;
    }

    /** {@return the file that a path leads to through links; the path itself if there is no such file} */
    static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path;
        }
    }

    private static final class Search extends SimpleFileVisitor<Path> {
        private final FoundFiles found;
        private int seen;

        Search(FoundFiles found) {
            this.found = found;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = String.valueOf(file.getFileName());
            if (ModuleNames.isKernelFile(name)) {
                found.kernels.add(file);
            }
            String module = ModuleNames.ofFile(name);
            if (module != null) {
                found.modules.computeIfAbsent(module, key -> new ArrayList<>()).add(file);
            }
            return ++seen < MAX_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            // Files in an unreadable folder could not be read either.
            return FileVisitResult.CONTINUE;
        }
    }
}
