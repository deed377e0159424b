package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import dev.backline.io.Hex;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A given directory with vmlinux, modules in any layout, their indexes, or .build-id trees; or an {@link IndexStore}. Thread-safe. */
public final class DebugDirectory extends DebugSource {
    private final Path folder;
    private final FileIndex index = new FileIndex();
    /** Made only if the directory is a store, because a query without one should not load the classes of stores. */
    private @Nullable IndexStore store;

    /**
     * The debug files below a directory.
     *
     * @param folder must be a directory at the time of a search; otherwise the search throws an IOException
     */
    public DebugDirectory(Path folder) {
        this.folder = folder;
    }

    /** {@return whether this is the directory of that absolute path} */
    boolean isAt(Path absolute) {
        return folder.toAbsolutePath().equals(absolute);
    }

    /** {@return the store in this directory; null if it is none} */
    private synchronized @Nullable IndexStore store() {
        if (!Files.isDirectory(folder.resolve(StoredIndex.MARKS))) {
            return null;
        }
        if (store == null) {
            store = new IndexStore(folder);
        }
        return store;
    }

    @Override
    @Nullable
    String builds(KernelIdentity kernel) throws IOException {
        IndexStore own = store();
        return own == null ? null : own.builds(kernel);
    }

    /** Fails if the directory is missing or has no debug file. */
    void check() throws IOException {
        requireDirectory();
        IndexStore own = store();
        if (own != null) {
            if (own.isEmpty()) {
                throw new IOException(folder + ": is an empty index store; 'backline index --store' fills it");
            }
            return;
        }
        if (Files.isRegularFile(folder.resolve("vmlinux")) || hasBuildIds()) {
            return;
        }
        FileIndex.FoundFiles found = index.search(folder);
        if (found.kernels().isEmpty() && found.modules().isEmpty()) {
            throw new IOException(
                    folder + ": no debug files in this directory; -d needs a directory with vmlinux, modules or"
                            + " their indexes, at any depth");
        }
    }

    private boolean hasBuildIds() throws IOException {
        if (Files.isDirectory(folder.resolve(".build-id"))
                || Files.isDirectory(folder.resolve("usr/lib/debug/.build-id"))) {
            return true;
        }
        // Without a glob: its regular expression and its lambdas cost a query 10 ms
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (name.length() == 2 && Hex.isLowerDigit(name.charAt(0)) && Hex.isLowerDigit(name.charAt(1))) {
                    return true;
                }
            }
        }
        return false;
    }

    private void requireDirectory() throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder
                    + (Files.exists(folder)
                            ? ": is not a directory; -d needs a directory with debug files (-e names a file)"
                            : ": there is no such directory; -d needs a directory with debug files"));
        }
    }

    @Override
    List<Path> candidates(Wanted wanted, SearchLog searchLog) throws IOException {
        requireDirectory();
        IndexStore own = store();
        if (own != null) {
            return wanted.isKernel() && wanted.release() == null && wanted.buildId() == null
                    ? own.everyKernel(searchLog)
                    : own.candidates(wanted, searchLog);
        }
        Set<Path> candidates = new LinkedHashSet<>();
        BuildId id = wanted.buildId();
        if (id != null) {
            candidates.addAll(BuildIdTree.candidates(folder, id));
            candidates.addAll(BuildIdTree.candidates(folder.resolve("usr/lib/debug"), id));
            candidates.addAll(BuildIdTree.within(folder, id));
            candidates.removeIf(path -> !Files.isRegularFile(path));
        }
        String module = wanted.module();
        if (module != null) {
            searchLog.searched(folder.toString());
            candidates.addAll(index.search(folder).module(module));
        } else {
            candidates.addAll(kernels(wanted));
            if (candidates.isEmpty()) {
                String release = wanted.release();
                searchLog.tried(folder + "/**/vmlinux" + (release == null ? "" : "-" + release));
            }
        }
        return List.copyOf(candidates);
    }

    private List<Path> kernels(Wanted wanted) throws IOException {
        List<Path> kernels = new ArrayList<>();
        String release = wanted.safeRelease();
        if (release != null) {
            kernels.add(folder.resolve("vmlinux-" + release));
        }
        kernels.add(folder.resolve("vmlinux"));
        kernels.removeIf(path -> !Files.isRegularFile(path));
        Path indexed = folder.resolve("vmlinux.gsym");
        if (kernels.isEmpty() && Files.isRegularFile(indexed)) {
            kernels.add(indexed);
        }
        if (!kernels.isEmpty() && release == null && wanted.buildId() == null) {
            return kernels;
        }
        List<Path> below = new ArrayList<>(index.search(folder).kernels());
        if (release != null) {
            below.sort((a, b) -> Boolean.compare(
                    !a.toString().contains(release), !b.toString().contains(release)));
        }
        kernels.addAll(below);
        return kernels;
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
