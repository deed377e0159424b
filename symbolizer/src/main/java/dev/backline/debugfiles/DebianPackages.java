package dev.backline.debugfiles;

import dev.backline.archive.DebArchive;
import dev.backline.io.NewFile;
import dev.backline.io.Unfinished;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The distribution's package with a kernel's debug files, on Debian and its derivatives. apt-get downloads the package
 * to a cache directory and checks its hash; only the requested files are unpacked, without root. The package stays in
 * the cache for modules that are requested later. Thread-safe.
 */
public final class DebianPackages extends DebugSource {
    /** Debian Policy 5.6.1. */
    private static final String PACKAGE = "[a-z0-9][a-z0-9+.-]{1,200}";

    private static final long TELL_EVERY = 16L << 20;

    /** The list of the files in the package: the package's name, then for each file where it starts and its path. */
    private static final String MEMBERS = "members";

    /** Prefix of the temporary directories for unpacking; a number follows. */
    private static final String UNPACKING = "unpacking";

    private final Path cache;
    private final boolean download;
    private final AptGet apt;
    private final Progress progress;

    /**
     * Packages in a cache directory.
     *
     * @param cache the directory, created if needed
     * @param download whether to download missing packages; if not, only the cache is used
     * @param environment variables for apt-get, added to those of this process
     * @param progress is told of downloads and unpacking
     */
    public DebianPackages(Path cache, boolean download, Map<String, String> environment, Progress progress) {
        this.cache = cache.toAbsolutePath().normalize();
        this.download = download;
        this.apt = new AptGet(environment, progress);
        this.progress = progress;
    }

    /**
     * {@return the directory that the command line uses: backline/packages in the user's cache; null if the user has
     * no home directory}
     *
     * @param environment the variables XDG_CACHE_HOME and HOME are used
     */
    public static @Nullable Path defaultCache(Map<String, String> environment) {
        Path base = CacheFolders.base(environment);
        return base == null ? null : base.resolve("backline").resolve("packages");
    }

    @Override
    List<Path> candidates(Wanted wanted, SearchLog searchLog) throws IOException {
        String release = wanted.safeRelease();
        if (release == null) {
            if (download) {
                searchLog.tried("the distribution's package (not downloaded: the release is unknown; add -r RELEASE)");
            }
            return wanted.buildId() == null ? List.of() : unpackedOfAny(wanted);
        }
        Path folder = folder(release, wanted.kernel());
        List<Path> there = unpacked(folder, wanted);
        if (!there.isEmpty() || !download) {
            return there;
        }
        return fetch(folder, release, wanted, searchLog) ? unpacked(folder, wanted) : List.of();
    }

    /** The release's directory; another one if it has a package of another version than the traced kernel's. */
    private Path folder(String release, KernelIdentity kernel) throws IOException {
        Path folder = cache.resolve(release);
        Path deb = Files.isDirectory(folder) ? packageIn(folder) : null;
        String banner = kernel.banner();
        String[] name =
                deb == null ? new String[0] : String.valueOf(deb.getFileName()).split("_", -1);
        String there = name.length < 2 ? "" : name[1].replace("%3a", ":");
        if (banner == null || there.isEmpty() || banner.contains(there)) {
            return folder;
        }
        String version = DebugPackages.version(kernel);
        return version == null || version.equals(there)
                ? folder
                : cache.resolve(release + "_" + version.replace(":", "%3a"));
    }

    /** Unpacked files of any release, if only a build id is known. */
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

    /** The release's directory has the layout of the package. */
    private static List<Path> unpacked(Path folder, Wanted wanted) throws IOException {
        return Files.isDirectory(folder.resolve("usr"))
                ? new InstalledFiles(folder).candidates(wanted, new SearchLog())
                : List.of();
    }

    private synchronized boolean fetch(Path folder, String release, Wanted wanted, SearchLog searchLog) {
        try {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(
                            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (!lock.isValid()) {
                    throw new IOException(folder.resolve("lock") + ": cannot lock the file");
                }
                removeUnfinished(folder);
                Path deb = packageIn(folder);
                if (deb == null) {
                    deb = download(folder, release, DebugPackages.version(wanted.kernel()));
                }
                return unpack(deb, folder, wanted, searchLog);
            }
        } catch (IOException | OverlappingFileLockException e) {
            searchLog.tried("the distribution's package (" + e.getMessage() + ")");
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            searchLog.tried("the distribution's package (interrupted)");
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

    /** Downloads to a subdirectory and moves the package to its place when it is complete. */
    private Path download(Path folder, String release, @Nullable String version)
            throws IOException, InterruptedException {
        if (!Pattern.matches(PACKAGE, "linux-image-" + release + "-dbg")) {
            throw new IOException("not a valid release in the name of a Debian package: " + release);
        }
        Path work = folder.resolve("download");
        Unfinished.add(work);
        Files.createDirectories(work);
        Path deb = apt.download(
                List.of(
                        "linux-image-" + release + "-dbg",
                        "linux-image-unsigned-" + release + "-dbgsym",
                        "linux-image-" + release + "-dbgsym"),
                version,
                work);
        Path there = folder.resolve(String.valueOf(deb.getFileName()));
        NewFile.replace(deb, there);
        remove(work);
        Unfinished.remove(work);
        return there;
    }

    /** Removes what killed processes left. No running process unpacks here, because this one holds the lock. */
    private static void removeUnfinished(Path folder) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, UNPACKING + "[0-9]*")) {
            for (Path each : left) {
                if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                    remove(each);
                }
            }
        }
    }

    /**
     * Unpacks a file. The package is read only once: the first call unpacks vmlinux too and remembers where each file is.
     * A package without blocks has to be read from its start, so its modules are all unpacked by the first call.
     */
    private boolean unpack(Path deb, Path folder, Wanted wanted, SearchLog searchLog) throws IOException {
        Path part = Files.createTempDirectory(folder, UNPACKING);
        Unfinished.add(part);
        String what = "unpacking " + deb.getFileName();
        long[] told = {0};
        LongConsumer listener = bytes -> {
            if (bytes - told[0] >= TELL_EVERY) {
                told[0] = bytes;
                progress.at(what, bytes, 0);
            }
        };
        try {
            DebArchive archive = new DebArchive(deb);
            Predicate<String> fits = wanted(wanted);
            List<DebArchive.Member> members = members(folder, deb);
            boolean found;
            if (members == null) {
                List<String> kernel = InstalledFiles.kernelPlaces(String.valueOf(wanted.release()));
                boolean blocks = archive.hasBlocks();
                members = archive.extract(
                        part,
                        path -> kernel.contains(path) || fits.test(path) || (!blocks && moduleName(path) != null),
                        listener);
                found = members.stream().anyMatch(member -> fits.test(member.path()));
                moveInto(part, folder);
                writeMembers(folder, deb, members);
            } else {
                DebArchive.Member member = members.stream()
                        .filter(each -> fits.test(each.path()))
                        .findFirst()
                        .orElse(null);
                found = member != null;
                if (member != null && archive.hasBlocks()) {
                    archive.extractOne(part, member, listener);
                } else if (member != null) {
                    // The unpacked files were deleted.
                    archive.extract(part, fits, listener);
                }
                moveInto(part, folder);
            }
            if (!found) {
                searchLog.tried(deb + " (does not contain the file)");
            }
            return found;
        } finally {
            progress.at(what, -1, 0);
            remove(part);
            Unfinished.remove(part);
        }
    }

    /** The files in a package, as an earlier call wrote them; null if there was none for this package. */
    private static @Nullable List<DebArchive.Member> members(Path folder, Path deb) throws IOException {
        Path file = folder.resolve(MEMBERS);
        List<String> lines = Files.isRegularFile(file) ? Files.readAllLines(file) : List.of();
        if (lines.isEmpty() || !lines.get(0).equals(String.valueOf(deb.getFileName()))) {
            return null;
        }
        List<DebArchive.Member> members = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            int blank = line.indexOf(' ');
            if (blank < 1 || !line.substring(0, blank).matches("\\d{1,15}")) {
                return null;
            }
            members.add(new DebArchive.Member(line.substring(blank + 1), Long.parseLong(line.substring(0, blank))));
        }
        return members;
    }

    private static void writeMembers(Path folder, Path deb, List<DebArchive.Member> members) throws IOException {
        StringBuilder text = new StringBuilder().append(deb.getFileName()).append('\n');
        for (DebArchive.Member member : members) {
            text.append(member.start()).append(' ').append(member.path()).append('\n');
        }
        try (NewFile file = NewFile.beside(folder.resolve(MEMBERS))) {
            file.write(text.toString().getBytes(StandardCharsets.UTF_8));
            file.commit();
        }
    }

    private static @Nullable String moduleName(String path) {
        return path.startsWith("usr/lib/debug/") ? ModuleNames.ofFile(path.substring(path.lastIndexOf('/') + 1)) : null;
    }

    private static Predicate<String> wanted(Wanted wanted) {
        String module = wanted.module();
        if (module != null) {
            return path -> module.equals(moduleName(path));
        }
        List<String> places = InstalledFiles.kernelPlaces(String.valueOf(wanted.release()));
        return places::contains;
    }

    /** Renames complete files to their places. */
    private static void moveInto(Path part, Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(part)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = folder.resolve(part.relativize(file));
                Path parent = target.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                NewFile.replace(file, target);
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
