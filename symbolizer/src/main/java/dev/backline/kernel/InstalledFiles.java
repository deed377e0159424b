package dev.backline.kernel;

import dev.backline.elf.BuildId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The places where distributions put debug files: below /usr/lib/debug, /boot and /lib/modules, and the tree of build
 * ids. Thread-safe.
 */
public final class InstalledFiles extends DebugSource {
    private static final String DEBUG = "usr/lib/debug";

    private final Path root;
    private final FileIndex index = new FileIndex();

    /** @param root where these places begin, {@code /} or the root of an unpacked package or of another system */
    public InstalledFiles(Path root) {
        this.root = root;
    }

    /** {@return where vmlinux of a release may be; DESCRIPTIONS in docs/finding-debug-files.md} */
    static List<String> kernelPlaces(String release) {
        return List.of(
                // Debian to 12, Ubuntu
                DEBUG + "/boot/vmlinux-" + release,
                // SUSE
                DEBUG + "/boot/vmlinux-" + release + ".debug",
                // Fedora, RHEL, Debian from 13
                DEBUG + "/lib/modules/" + release + "/vmlinux",
                DEBUG + "/usr/lib/modules/" + release + "/vmlinux",
                DEBUG + "/usr/lib/modules/" + release + "/vmlinux.debug",
                "boot/vmlinux-" + release,
                // One's own build, Arch
                "lib/modules/" + release + "/build/vmlinux",
                "lib/modules/" + release + "/vmlinux",
                "usr/lib/modules/" + release + "/build/vmlinux",
                "usr/src/linux-" + release + "/vmlinux");
    }

    @Override
    List<Path> candidates(Wanted wanted, Trail trail) throws IOException {
        Set<Path> candidates = new LinkedHashSet<>();
        BuildId id = wanted.buildId();
        if (id != null) {
            List<Path> tree = BuildIdTree.candidates(root.resolve(DEBUG), id);
            candidates.addAll(tree);
            candidates.removeIf(path -> !Files.isRegularFile(path));
            if (candidates.isEmpty() && !tree.isEmpty()) {
                trail.tried(tree.get(0).toString());
            }
        }
        String release = wanted.safeRelease();
        String module = wanted.module();
        if (release != null && module == null) {
            for (String each : kernelPlaces(release)) {
                Path place = root.resolve(each);
                if (Files.isRegularFile(place)) {
                    candidates.add(place);
                } else {
                    trail.tried(place.toString());
                }
            }
        } else if (release != null && module != null) {
            for (Path folder : moduleFolders(release)) {
                trail.below(folder.toString());
                if (Files.isDirectory(folder)) {
                    candidates.addAll(index.search(folder).module(module));
                }
            }
        }
        return List.copyOf(candidates);
    }

    private List<Path> moduleFolders(String release) {
        List<Path> folders = new ArrayList<>(List.of(
                root.resolve(DEBUG + "/lib/modules/" + release),
                root.resolve(DEBUG + "/usr/lib/modules/" + release),
                root.resolve("lib/modules/" + release)));
        Path build = root.resolve("lib/modules/" + release + "/build");
        if (Files.isRegularFile(build.resolve("vmlinux"))) {
            folders.add(build);
        }
        return folders;
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
