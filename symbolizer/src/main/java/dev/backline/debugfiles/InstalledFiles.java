package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The places where distributions install debug files: below /usr/lib/debug, /boot and /lib/modules, and the .build-id
 * tree. Thread-safe.
 */
public final class InstalledFiles extends DebugSource {
    static final String DEBUG = "usr/lib/debug";

    /** CachyOS's place below the root, which is the same for all releases. */
    static final String CACHYOS = "usr/src/debug/linux-cachyos/vmlinux";

    private final Path root;
    private final FileIndex index = new FileIndex();

    /**
     * The debug files of one system.
     *
     * @param root the root of the system: {@code /}, or the directory of an unpacked package or mounted image
     */
    public InstalledFiles(Path root) {
        this.root = root;
    }

    /** {@return the paths below the root where vmlinux of a release may be} */
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
                // Own builds, Arch
                "lib/modules/" + release + "/build/vmlinux",
                "lib/modules/" + release + "/vmlinux",
                "usr/lib/modules/" + release + "/build/vmlinux",
                "usr/src/linux-" + release + "/vmlinux");
    }

    @Override
    List<Path> candidates(Wanted wanted, SearchLog searchLog) throws IOException {
        Set<Path> candidates = new LinkedHashSet<>();
        BuildId id = wanted.buildId();
        if (id != null) {
            List<Path> tree = BuildIdTree.candidates(root.resolve(DEBUG), id);
            candidates.addAll(tree);
            candidates.removeIf(path -> !Files.isRegularFile(path));
            if (candidates.isEmpty() && !tree.isEmpty()) {
                searchLog.installed(tree.get(0).toString());
            }
        }
        String release = wanted.safeRelease();
        String module = wanted.module();
        if (id != null && wanted.release() == null && module == null) {
            // The kernel of any release may have the build id.
            for (String each : releases()) {
                for (String place : kernelPlaces(each)) {
                    candidates.add(root.resolve(place));
                }
            }
            candidates.add(root.resolve(CACHYOS));
            candidates.removeIf(path -> !Files.isRegularFile(path));
        }
        if (release != null && module == null) {
            List<String> places = new ArrayList<>(kernelPlaces(release));
            if (release.contains("-cachyos")) {
                places.add(CACHYOS);
            }
            for (String each : places) {
                Path place = root.resolve(each);
                if (Files.isRegularFile(place)) {
                    candidates.add(place);
                } else {
                    searchLog.installed(place.toString());
                }
            }
        } else if (release != null && module != null) {
            for (Path folder : moduleFolders(release)) {
                searchLog.searched(folder.toString());
                if (Files.isDirectory(folder)) {
                    candidates.addAll(index.search(folder).module(module));
                }
            }
        }
        return List.copyOf(candidates);
    }

    /** {@return the releases of all kernels and modules in these places, sorted} */
    List<String> releases() {
        Set<String> releases = new TreeSet<>();
        for (String prefix : List.of("boot/vmlinux-", DEBUG + "/boot/vmlinux-", "usr/src/linux-")) {
            Path folder = root.resolve(prefix).getParent();
            String start = prefix.substring(prefix.lastIndexOf('/') + 1);
            for (String name : names(folder)) {
                if (name.startsWith(start)) {
                    String release = name.substring(start.length());
                    releases.add(
                            release.endsWith(".debug")
                                    ? release.substring(0, release.length() - ".debug".length())
                                    : release);
                }
            }
        }
        for (String folder :
                List.of("lib/modules", "usr/lib/modules", DEBUG + "/lib/modules", DEBUG + "/usr/lib/modules")) {
            releases.addAll(names(root.resolve(folder)));
        }
        releases.removeIf(release -> !ModuleNames.isRelease(release));
        return List.copyOf(releases);
    }

    private static List<String> names(@Nullable Path folder) {
        List<String> names = new ArrayList<>();
        if (folder != null && Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
            } catch (IOException | DirectoryIteratorException e) {
                // Files in an unreadable directory could not be read either.
                return names;
            }
        }
        return names;
    }

    List<Path> moduleFolders(String release) {
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
