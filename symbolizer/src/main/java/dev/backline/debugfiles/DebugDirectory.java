package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A folder that someone named: with vmlinux, modules in any layout, indexes of them, or trees of build ids. Thread-safe. */
public final class DebugDirectory extends DebugSource {
    private final Path folder;
    private final FileIndex index = new FileIndex();

    /**
     * A folder and those in it.
     *
     * @param folder has to be one when a file is looked for, or else the search ends with an IOException
     */
    public DebugDirectory(Path folder) {
        this.folder = folder;
    }

    @Override
    List<Path> candidates(Wanted wanted, Trail trail) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": is not a directory; -d wants one that holds debug files");
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
            trail.below(folder.toString());
            candidates.addAll(index.search(folder).module(module));
        } else {
            candidates.addAll(kernels(wanted));
            if (candidates.isEmpty()) {
                String release = wanted.release();
                trail.tried(folder + "/**/vmlinux" + (release == null ? "" : "-" + release));
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
