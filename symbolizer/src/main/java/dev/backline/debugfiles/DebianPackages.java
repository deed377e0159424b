package dev.backline.debugfiles;

import dev.backline.io.NewFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The distribution's own package with a kernel's debug files, on Debian and what derives from it: brought by apt-get,
 * which checks its hash, into a cache folder, and unpacked there without root, only the files that are asked for. The
 * package stays in the cache for the modules that are asked for later. Thread-safe.
 */
public final class DebianPackages extends DebugSource {
    /** Debian Policy 5.6.1. */
    private static final String PACKAGE = "[a-z0-9][a-z0-9+.-]{1,200}";

    private static final long TELL_EVERY = 16L << 20;

    /** Of the folders, with a number behind it, that files are in until they are whole. */
    private static final String UNPACKING = "unpacking";

    private final Path cache;
    private final boolean download;
    private final AptGet apt;
    private final Progress progress;

    /**
     * Packages in a cache folder.
     *
     * @param cache a folder for them, made when needed
     * @param download whether to bring what is not there; else only what was brought before is used
     * @param environment for apt-get, beside the process's own
     * @param progress is told how far a download is
     */
    public DebianPackages(Path cache, boolean download, Map<String, String> environment, Progress progress) {
        this.cache = cache.toAbsolutePath().normalize();
        this.download = download;
        this.apt = new AptGet(environment, progress);
        this.progress = progress;
    }

    /**
     * {@return the folder that the command line uses: backline/packages in the user's cache; null without a
     * home}
     *
     * @param environment the variables that say where the user's cache is: XDG_CACHE_HOME, HOME
     */
    public static @Nullable Path defaultCache(Map<String, String> environment) {
        Path base = CacheFolders.base(environment);
        return base == null ? null : base.resolve("backline").resolve("packages");
    }

    @Override
    List<Path> candidates(Wanted wanted, Trail trail) throws IOException {
        String release = wanted.safeRelease();
        if (release == null) {
            if (download) {
                trail.tried("the distribution's package (not fetched: no release is known; give it with -r)");
            }
            return wanted.buildId() == null ? List.of() : unpackedOfAny(wanted);
        }
        Path folder = cache.resolve(release);
        List<Path> there = unpacked(folder, wanted);
        if (!there.isEmpty() || !download) {
            return there;
        }
        return fetch(folder, release, wanted, trail) ? unpacked(folder, wanted) : List.of();
    }

    /** Where only a build id is known. */
    private List<Path> unpackedOfAny(Wanted wanted) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(cache)) {
            try (Stream<Path> releases = Files.list(cache)) {
                for (Path folder : releases.sorted().toList()) {
                    found.addAll(unpacked(folder, wanted));
                }
            }
        }
        return found;
    }

    /** The tree below the release's folder is laid out as the package is. */
    private static List<Path> unpacked(Path folder, Wanted wanted) throws IOException {
        return Files.isDirectory(folder.resolve("usr"))
                ? new InstalledFiles(folder).candidates(wanted, new Trail())
                : List.of();
    }

    private synchronized boolean fetch(Path folder, String release, Wanted wanted, Trail trail) {
        try {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(
                            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (!lock.isValid()) {
                    throw new IOException(folder + ": cannot be locked");
                }
                removeUnfinished(folder);
                Path deb = packageIn(folder);
                if (deb == null) {
                    deb = bring(folder, release);
                }
                return unpack(deb, folder, wanted, trail);
            }
        } catch (IOException | OverlappingFileLockException e) {
            trail.tried("the distribution's package (" + e.getMessage() + ")");
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            trail.tried("the distribution's package (interrupted)");
            return false;
        }
    }

    private static @Nullable Path packageIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith("deb") && Files.isRegularFile(file))
                    .sorted()
                    .findFirst()
                    .orElse(null);
        }
    }

    /** Downloads beside the folder's other files and moves it there when it is whole. */
    private Path bring(Path folder, String release) throws IOException, InterruptedException {
        if (!Pattern.matches(PACKAGE, "linux-image-" + release + "-dbg")) {
            throw new IOException("none: no Debian package can have " + release + " in its name");
        }
        Path work = folder.resolve("download");
        Files.createDirectories(work);
        Path deb = apt.download(
                List.of(
                        "linux-image-" + release + "-dbg",
                        "linux-image-unsigned-" + release + "-dbgsym",
                        "linux-image-" + release + "-dbgsym"),
                work);
        Path there = folder.resolve(String.valueOf(deb.getFileName()));
        NewFile.replace(deb, there);
        remove(work);
        return there;
    }

    /** What was being unpacked when a process was killed: none that lives unpacks here, or it would hold the lock. */
    private static void removeUnfinished(Path folder) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, UNPACKING + "[0-9]*")) {
            for (Path each : left) {
                if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                    remove(each);
                }
            }
        }
    }

    private boolean unpack(Path deb, Path folder, Wanted wanted, Trail trail) throws IOException {
        Path part = Files.createTempDirectory(folder, UNPACKING);
        String what = "unpacking " + (wanted.isKernel() ? "vmlinux" : wanted.module()) + " from " + deb.getFileName();
        try {
            long[] told = {0};
            boolean found = new DebArchive(deb).extractFirst(part, wanted(wanted), bytes -> {
                if (bytes - told[0] >= TELL_EVERY) {
                    told[0] = bytes;
                    progress.at(what, bytes, 0);
                }
            });
            if (found) {
                adopt(part, folder);
            } else {
                trail.tried(deb + " (has no such file)");
            }
            return found;
        } finally {
            progress.at(what, -1, 0);
            remove(part);
        }
    }

    private static Predicate<String> wanted(Wanted wanted) {
        String module = wanted.module();
        if (module != null) {
            return path -> path.startsWith("usr/lib/debug/")
                    && module.equals(ModuleNames.ofFile(path.substring(path.lastIndexOf('/') + 1)));
        }
        List<String> places = InstalledFiles.kernelPlaces(String.valueOf(wanted.release()));
        return places::contains;
    }

    /** Moves files to their places, each whole. */
    private static void adopt(Path part, Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(part)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = folder.resolve(part.relativize(file));
                Path parent = to.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                NewFile.replace(file, to);
            }
        }
    }

    private static void remove(Path part) throws IOException {
        try (Stream<Path> files = Files.walk(part)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public String toString() {
        return "packages in " + cache;
    }
}
