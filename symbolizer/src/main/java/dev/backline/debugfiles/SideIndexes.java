package dev.backline.debugfiles;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.elf.BuildId;
import dev.backline.elf.ByteSource;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.gsym.GsymWriter;
import dev.backline.io.NewFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A directory of indexes of large or compressed files with debug information. A file with an index is answered from the
 * index, and from its own debug information where the index lacks something; the answers are the same. An index is used
 * only for the file that it was made for: the same build id, size and modification time, or, for a compressed file, the
 * same path, size, modification time and checksums of its first and last bytes. An index that cannot be used, whatever
 * the reason, is ignored. Thread-safe.
 */
public final class SideIndexes {
    /** Debug sections of fewer bytes are read as fast as an index. */
    private static final long LEAST_DEBUG = 4 << 20;

    /** A compressed file gets an index from this fraction of the least bytes of debug sections on. */
    private static final int PACKED = 32;

    /** The bytes at both ends of a compressed file that are compared. */
    private static final int ENDS = 4096;

    /** The most files that one run notes. */
    private static final int MAX_MISSING = 64;

    /** A file that was changed more recently may change again without another modification time. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    /** How long a file that could not be indexed is left alone. */
    private static final Duration REFUSED = Duration.ofDays(1);

    /** More files are left to later runs. */
    private static final long MAX_RESERVED = 1 << 16;

    private static final Duration TOUCHED = Duration.ofDays(1);

    private static final String SUFFIX = ".index";
    private static final String REFUSED_SUFFIX = ".none";
    private static final String LOCK = "lock";
    private static final String RESERVED = "reserved";

    /** How long a reservation of a process that died is respected. */
    private static final Duration RESERVATION = Duration.ofMinutes(10);

    private static final long DEFAULT_LIMIT = 2L << 30;

    private final Path folder;
    private final long limit;
    private final long least;
    private final Set<Path> missing = new LinkedHashSet<>();
    private final @Nullable Runnable listener;

    /**
     * The indexes of a directory.
     *
     * @param folder the directory; created by the first {@link #make}
     * @param limit the most bytes of all indexes together; the least recently used ones are deleted
     */
    public SideIndexes(Path folder, long limit) {
        this(folder, limit, LEAST_DEBUG);
    }

    /**
     * The indexes of a directory.
     *
     * @param folder the directory; created by the first {@link #make}
     * @param limit the most bytes of all indexes together
     * @param least the least bytes of debug sections of a file that gets an index; 32 times as many as the least bytes of
     *     a compressed file
     */
    public SideIndexes(Path folder, long limit, long least) {
        this(folder, limit, least, null);
    }

    private SideIndexes(Path folder, long limit, long least, @Nullable Runnable listener) {
        this.folder = folder;
        this.limit = limit;
        this.least = least;
        this.listener = listener;
    }

    /**
     * {@return the same indexes with a listener}
     *
     * @param firstMissing called when the first file without an index is opened, by the thread that opens it
     */
    public SideIndexes listener(Runnable firstMissing) {
        return new SideIndexes(folder, limit, least, firstMissing);
    }

    /**
     * {@return the user's indexes: {@code backline/indexes} in $XDG_CACHE_HOME or ~/.cache, of at most
     * $BACKLINE_CACHE_SIZE bytes} Null if $BACKLINE_NO_CACHE is set, the size is 0, or there is no home directory.
     *
     * @param environment the environment variables
     */
    public static @Nullable SideIndexes ofUser(Map<String, String> environment) {
        String off = environment.get("BACKLINE_NO_CACHE");
        Path base = off == null || off.isEmpty() ? CacheFolders.base(environment) : null;
        long limit = limit(environment.get("BACKLINE_CACHE_SIZE"));
        return base == null || limit == 0
                ? null
                : new SideIndexes(base.resolve("backline").resolve("indexes"), limit);
    }

    /** A number of bytes, or of KB, MB, GB or TB with K, M, G or T; another text means the default. */
    private static long limit(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return DEFAULT_LIMIT;
        }
        int unit = "KMGT".indexOf(Character.toUpperCase(text.charAt(text.length() - 1)));
        String digits = unit < 0 ? text : text.substring(0, text.length() - 1);
        if (digits.isEmpty() || digits.length() > 12) {
            return DEFAULT_LIMIT;
        }
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                return DEFAULT_LIMIT;
            }
        }
        long factor = 1L << (10 * (unit + 1));
        long number = Long.parseLong(digits);
        return number > Long.MAX_VALUE / factor ? Long.MAX_VALUE : number * factor;
    }

    /** {@return the directory} */
    public Path folder() {
        return folder;
    }

    /** What identifies a file: the entry's name, and the text that the entry must contain. */
    private record Key(String name, String text) {
        static Key of(String kind, String shown, String compared, BasicFileAttributes file, String rest) {
            String size = Long.toHexString(file.size()) + "-"
                    + Long.toHexString(file.lastModifiedTime().to(TimeUnit.NANOSECONDS));
            return new Key(kind + "-" + shown + "-" + size + rest, compared + " " + size + rest);
        }
    }

    private static @Nullable Key plainKey(ElfFile elf, BasicFileAttributes file) throws IOException {
        BuildId id = elf.buildId();
        if (id == null) {
            return null;
        }
        String name = id.toString();
        return Key.of("b", name, name, file, "");
    }

    private static @Nullable Key packedKey(Path path, ByteSource packed, BasicFileAttributes file) throws IOException {
        String real = path.toRealPath().toString();
        if (real.length() > 1000 || packed.size() != file.size()) {
            return null;
        }
        byte[] bytes = new byte[(int) Math.min(ENDS, packed.size())];
        packed.read(0, bytes, 0, bytes.length);
        String ends = "-" + sum(bytes);
        packed.read(packed.size() - bytes.length, bytes, 0, bytes.length);
        return Key.of("p", sum(real.getBytes(UTF_8)), real, file, ends + "-" + sum(bytes));
    }

    private static String sum(byte[] bytes) {
        CRC32 sum = new CRC32();
        sum.update(bytes, 0, bytes.length);
        return Long.toHexString(sum.getValue());
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class);
    }

    /**
     * {@return the index of an open ELF file, for the caller to close; null if it has none}
     *
     * @param path of the file, which is not compressed as a whole
     * @param elf the file
     */
    @Nullable
    SideIndex find(Path path, ElfFile elf) {
        try {
            if (!isLarge(elf)) {
                return null;
            }
            Key key = plainKey(elf, attributes(path));
            return key == null ? null : find(path, key);
        } catch (IOException e) {
            // The file itself has the answers.
            return null;
        }
    }

    /**
     * {@return the index of a file that is compressed as a whole, for the caller to close; null if it has none}
     *
     * @param path of the file
     * @param packed its bytes, not decompressed
     */
    @Nullable
    SideIndex find(Path path, ByteSource packed) {
        try {
            if (packed.size() < least / PACKED) {
                return null;
            }
            Key key = packedKey(path, packed, attributes(path));
            return key == null ? null : find(path, key);
        } catch (IOException e) {
            return null;
        }
    }

    private @Nullable SideIndex find(Path path, Key key) {
        Path entry = folder.resolve(key.name + SUFFIX);
        try {
            if (Files.exists(entry) && isOwn(folder) && isOwn(entry)) {
                SideIndex index = SideIndex.open(entry, key.text);
                touch(entry);
                return index;
            }
        } catch (IOException e) {
            // A damaged entry is made anew.
        }
        note(path, key);
        return null;
    }

    private void note(Path path, Key key) {
        boolean first;
        synchronized (missing) {
            first = missing.isEmpty();
            if (missing.size() < MAX_MISSING && !isRefused(key)) {
                missing.add(path.toAbsolutePath());
            }
            first &= !missing.isEmpty();
        }
        if (first && listener != null) {
            listener.run();
        }
    }

    /** Whether this user owns the file, and nobody else may write to it. */
    private static boolean isOwn(Path path) throws IOException {
        Object mode = Files.getAttribute(path, "unix:mode");
        Object owner = Files.getAttribute(path, "unix:uid");
        return mode instanceof Integer bits
                && (bits & 022) == 0
                && owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    /** Records the use of an entry, at most once a day. */
    private static void touch(Path entry) {
        try {
            Instant now = Instant.now();
            if (Files.getLastModifiedTime(entry).toInstant().isBefore(now.minus(TOUCHED))) {
                Files.setLastModifiedTime(entry, FileTime.from(now));
            }
        } catch (IOException e) {
            // A directory that cannot be written keeps the time.
            return;
        }
    }

    private boolean isRefused(Key key) {
        Path mark = folder.resolve(key.name + REFUSED_SUFFIX);
        try {
            Instant now = Instant.now();
            Instant made = Files.exists(mark) ? Files.getLastModifiedTime(mark).toInstant() : Instant.MIN;
            return made.isAfter(now.minus(REFUSED)) && made.isBefore(now.plus(REFUSED));
        } catch (IOException e) {
            return false;
        }
    }

    /** {@return the files that were opened and have no index, although one would make later runs faster} */
    public List<Path> missing() {
        synchronized (missing) {
            return List.copyOf(missing);
        }
    }

    private boolean isLarge(ElfFile elf) {
        long size = 0;
        for (Section section : elf.sections()) {
            if (section.type() != Section.SHT_NOBITS && SideIndex.isDebug(section.name())) {
                size += section.size();
            }
        }
        return size > 0 && size >= least;
    }

    /**
     * Reserves the making of indexes for one process, so that many runs in a row start only one. The files of later
     * reservations are added to those of the first.
     *
     * @param files to be indexed
     * @return whether the caller may start the process, which calls {@link #reserved} and at its end {@link #unreserve};
     *     false if another process was started in the last ten minutes and has not ended, or the directory cannot be
     *     written
     */
    public boolean reserve(List<Path> files) {
        StringBuilder lines = new StringBuilder();
        for (Path file : files) {
            if (file.toString().indexOf('\n') < 0) {
                lines.append(file).append('\n');
            }
        }
        Path mark = folder.resolve(RESERVED);
        try {
            if (Files.exists(mark)) {
                Instant made = Files.getLastModifiedTime(mark).toInstant();
                Instant now = Instant.now();
                if (made.isAfter(now.minus(RESERVATION)) && made.isBefore(now.plus(RESERVATION))) {
                    if (Files.size(mark) < MAX_RESERVED) {
                        // The reservation ends ten minutes after it was made.
                        Files.writeString(mark, lines, StandardOpenOption.APPEND);
                        Files.setLastModifiedTime(mark, FileTime.from(made));
                    }
                    return false;
                }
                Files.deleteIfExists(mark);
            }
            createFolder();
            Files.writeString(mark, lines, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * {@return the files of the reservations}
     *
     * @throws IOException if the reservation has ended
     */
    public Set<Path> reserved() throws IOException {
        Set<Path> files = new LinkedHashSet<>();
        for (String line : Files.readAllLines(folder.resolve(RESERVED))) {
            files.add(Path.of(line));
        }
        return files;
    }

    /** Ends a reservation. */
    public void unreserve() {
        try {
            Files.deleteIfExists(folder.resolve(RESERVED));
        } catch (IOException e) {
            // The reservation ends by its age.
            return;
        }
    }

    /**
     * Makes the index of a file, unless it has one. Waits for another process that makes one.
     *
     * @param path the file
     * @param wait whether to wait while another process makes an index; false gives up
     * @return whether the file has an index now; false if it is too small to need one, has been changed in the last two
     *     seconds or while it was read, or is not suited: it has no build id, needs other files, or is damaged
     * @throws IOException if the file cannot be read or the index cannot be written
     */
    public boolean make(Path path, boolean wait) throws IOException {
        createFolder();
        try (FileChannel channel =
                        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = wait ? channel.lock() : channel.tryLock()) {
            return lock != null && makeLocked(path);
        } catch (OverlappingFileLockException e) {
            // Another thread of this process.
            return false;
        }
    }

    private void createFolder() throws IOException {
        Files.createDirectories(folder.resolveSibling(""));
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    private boolean makeLocked(Path path) throws IOException {
        BasicFileAttributes before = attributes(path);
        ByteSource file = ByteSource.openFile(path);
        Key packedKey;
        ByteSource source;
        try {
            packedKey = ByteSource.isPacked(file) ? packedKey(path, file, before) : null;
        } catch (IOException e) {
            file.close();
            throw e;
        }
        boolean isPacked = packedKey != null;
        if (isPacked ? file.size() < least / PACKED : ByteSource.isPacked(file)) {
            file.close();
            return false;
        }
        source = ByteSource.unpacked(path.toString(), file);
        try (ElfFile elf = ElfFile.of(path, source)) {
            Key key = isPacked ? packedKey : isLarge(elf) ? plainKey(elf, before) : null;
            if (key == null) {
                return false;
            }
            Path entry = folder.resolve(key.name + SUFFIX);
            if (isUsable(entry, key)) {
                return true;
            }
            boolean made = false;
            try {
                made = write(entry, key, path, before, elf, isPacked ? source : null);
            } finally {
                if (!made && !isRecent(before)) {
                    refuse(key);
                }
            }
            if (made) {
                shrink(entry);
            }
            return made;
        }
    }

    private static boolean isUsable(Path entry, Key key) {
        try (SideIndex index = SideIndex.open(entry, key.text)) {
            return isOwn(entry)
                    && index.gsym().hasDetails()
                    && !index.gsym().needsOtherFiles()
                    && index.gsym().size() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isRecent(BasicFileAttributes file) {
        return file.lastModifiedTime().toInstant().isAfter(Instant.now().minus(SETTLED));
    }

    private static boolean write(
            Path entry, Key key, Path path, BasicFileAttributes before, ElfFile elf, @Nullable ByteSource unpacked)
            throws IOException {
        if (isRecent(before)) {
            return false;
        }
        KernelRelease release = KernelRelease.of(elf);
        GsymWriter writer = new GsymWriter(elf)
                .details()
                .release(release.banner() == null ? null : release.release(), release.banner());
        try (NewFile out = NewFile.beside(entry)) {
            Files.setPosixFilePermissions(out.temporary(), PosixFilePermissions.fromString("rw-------"));
            SideIndex.write(out, key.text, path.toRealPath().toString(), elf, writer, unpacked);
            BasicFileAttributes after = attributes(path);
            if (after.size() != before.size()
                    || !after.lastModifiedTime().equals(before.lastModifiedTime())
                    || !isUsable(out.temporary(), key)) {
                return false;
            }
            out.commit();
            return true;
        }
    }

    private void refuse(Key key) {
        try {
            Path mark = folder.resolve(key.name + REFUSED_SUFFIX);
            Files.deleteIfExists(mark);
            Files.createFile(mark);
        } catch (IOException e) {
            // The next run tries again.
            return;
        }
    }

    /** Deletes the least recently used entries until the others fit into the limit; the newest one stays. */
    private void shrink(Path newest) throws IOException {
        long size = 0;
        for (Entry each : entries()) {
            size += each.size;
            if (size > limit && !each.entry.equals(newest)) {
                Files.deleteIfExists(each.entry);
            }
        }
    }

    /**
     * One index.
     *
     * @param entry the file in the cache
     * @param file the path of the file that it was made for; shortened if it is long
     * @param buildId the file's build id, or null
     * @param size of the entry in bytes
     * @param used when it was last used, to the day
     */
    public record Entry(Path entry, String file, @Nullable String buildId, long size, Instant used) {}

    /**
     * {@return the indexes, the most recently used first}
     *
     * @throws IOException if the directory exists and cannot be read
     */
    public List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Path path : files(SUFFIX)) {
            try {
                BasicFileAttributes file = attributes(path);
                String[] described = SideIndex.describe(path);
                entries.add(new Entry(
                        path,
                        described[0],
                        described[1].equals("null") ? null : described[1],
                        file.size(),
                        file.lastModifiedTime().toInstant()));
            } catch (IOException e) {
                // A damaged entry, or one of another version.
                entries.add(new Entry(
                        path, "(not usable)", null, Files.exists(path) ? Files.size(path) : 0, Instant.EPOCH));
            }
        }
        entries.sort(Comparator.comparing(Entry::used).reversed().thenComparing(Entry::entry));
        return entries;
    }

    /**
     * Deletes all indexes.
     *
     * @return how many
     * @throws IOException if one cannot be deleted
     */
    public int clear() throws IOException {
        int count = 0;
        for (Path path : files(SUFFIX)) {
            count += Files.deleteIfExists(path) ? 1 : 0;
        }
        for (Path path : files(REFUSED_SUFFIX)) {
            Files.deleteIfExists(path);
        }
        return count;
    }

    private List<Path> files(String suffix) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    if (String.valueOf(file.getFileName()).endsWith(suffix)) {
                        found.add(file);
                    }
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        return found;
    }
}
