package dev.backline.archive;

import dev.backline.io.FailureReason;
import dev.backline.io.Internal;
import dev.backline.unpack.GzipInputStream;
import dev.backline.unpack.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.SeekableXZInputStream;
import org.tukaani.xz.XZInputStream;

/** Reads the files of a Debian package: an ar archive whose member data.tar.* is a compressed tar archive (deb(5)). */
@Internal
public final class DebArchive {
    private static final String DATA = "data.tar";
    private static final int MAX_HEADERS = 1 << 12;
    private static final int MAX_MEMBERS = 16;
    private static final int BUFFER = 1 << 18;

    private final Path deb;

    /**
     * A package that has not been opened.
     *
     * @param deb its file
     */
    public DebArchive(Path deb) {
        this.deb = deb;
    }

    /**
     * A file in the package.
     *
     * @param path its path, without a leading slash
     * @param start where its headers start in the unpacked tar archive
     */
    public record Member(String path, long start) {}

    /**
     * Reads the whole package and writes the wanted files below a folder, with their paths.
     *
     * @param folder an existing directory
     * @param wanted is asked with each file's path, which has no leading slash
     * @param listener receives the number of unpacked bytes
     * @return all files in the package
     * @throws IOException if the package is damaged or a file cannot be written
     */
    public List<Member> extract(Path folder, Predicate<String> wanted, LongConsumer listener) throws IOException {
        List<Member> members = new ArrayList<>();
        try (InputStream file = new BufferedInputStream(Files.newInputStream(deb), BUFFER)) {
            MeteredStream source = new MeteredStream(file);
            ArArchiveInputStream ar = new ArArchiveInputStream(source);
            InputStream tar = unpacked(ar, data(ar, source).getName());
            TarReader reader = new TarReader(deb.toString(), tar);
            reader.extract(
                    folder,
                    path -> {
                        members.add(new Member(path, reader.start()));
                        return wanted.test(path);
                    },
                    count -> false,
                    listener);
            return members;
        } catch (DamagedArchiveException e) {
            throw new DamagedArchiveException(e.getMessage() + "; delete the file to download it again", e);
        }
    }

    /**
     * {@return whether {@link #extractOne} need not read the whole package: its tar archive is compressed in blocks, as
     * xz does with several threads} False for a damaged package.
     */
    public boolean hasBlocks() {
        try (SeekableXZInputStream tar = seekable()) {
            return tar != null && tar.getBlockCount() > 1;
        } catch (IOException e) {
            // Reading the whole package tells what is damaged
            return false;
        }
    }

    /**
     * Writes one file of a package that has blocks below a folder, with its path.
     *
     * @param folder an existing directory
     * @param member one of the files that {@link #extract} returned
     * @param listener receives the number of unpacked bytes
     * @throws IOException if the package is damaged or the file cannot be written
     */
    public void extractOne(Path folder, Member member, LongConsumer listener) throws IOException {
        try (SeekableXZInputStream tar = seekable()) {
            if (tar != null) {
                tar.seek(member.start());
                new TarReader(deb.toString(), new BufferedInputStream(new Unpacked(tar, DATA + ".xz"), BUFFER))
                        .extract(folder, member.path()::equals, count -> true, listener);
            }
        } catch (DamagedArchiveException e) {
            throw new DamagedArchiveException(e.getMessage() + "; delete the file to download it again", e);
        }
    }

    /** The tar archive if it is compressed with xz; else null. */
    private @Nullable SeekableXZInputStream seekable() throws IOException {
        long start;
        long size;
        try (InputStream file = new BufferedInputStream(Files.newInputStream(deb))) {
            MeteredStream source = new MeteredStream(file);
            ArArchiveEntry data = data(new ArArchiveInputStream(source), source);
            if (!data.getName().equals(DATA + ".xz")) {
                return null;
            }
            start = source.position();
            size = data.getSize();
        }
        FileSlice slice = new FileSlice(FileChannel.open(deb), start, size);
        try {
            return new SeekableXZInputStream(slice, xzMemory());
        } catch (IOException e) {
            slice.close();
            throw damaged(DATA + ".xz", e);
        }
    }

    private ArArchiveEntry data(ArArchiveInputStream ar, MeteredStream source) throws IOException {
        source.allow(MAX_HEADERS);
        for (int members = 0; members < MAX_MEMBERS; members++) {
            ArArchiveEntry member = next(ar);
            if (member == null || (members == 0 && !member.getName().equals("debian-binary"))) {
                break;
            }
            if (member.getName().startsWith(DATA)) {
                source.allowAll();
                return member;
            }
            source.allow(member.getSize() + MAX_HEADERS);
        }
        throw new DamagedArchiveException(deb + ": not a Debian package: it has no member data.tar", null);
    }

    private @Nullable ArArchiveEntry next(ArArchiveInputStream ar) throws IOException {
        try {
            return ar.getNextEntry();
        } catch (IOException | RuntimeException e) {
            // The library throws undeclared exceptions for damaged headers
            throw new DamagedArchiveException(deb + ": not a Debian package, or damaged", e);
        }
    }

    private InputStream unpacked(InputStream in, String member) throws IOException {
        InputStream unpacked;
        try {
            unpacked = decompressed(in, member.substring(DATA.length()));
        } catch (IOException e) {
            throw damaged(member, e);
        }
        if (unpacked == null) {
            throw new IOException(deb + ": the compression of " + member
                    + " is not supported; unpack the package with 'dpkg-deb -x' and give its directory with -d");
        }
        try {
            InputStream tar = new BufferedInputStream(new Unpacked(unpacked, member), BUFFER);
            // The first byte shows whether the heap suffices
            tar.mark(1);
            if (tar.read() >= 0) {
                tar.reset();
            }
            return tar;
        } catch (MemoryLimitException e) {
            throw new IOException(deb + ": " + member + ": " + e.getMessage() + "; give Java a larger heap (-Xmx)", e);
        }
    }

    /** The decompressed bytes; null if the compression is not supported. */
    private static @Nullable InputStream decompressed(InputStream in, String extension) throws IOException {
        return switch (extension) {
            case "" -> in;
            case ".gz" -> new GzipInputStream(in);
            case ".xz" -> new XZInputStream(in, xzMemory());
            case ".zst" -> new ZstdInputStream(in);
            default -> null;
        };
    }

    /** The memory for one decoder in KiB. */
    private static int xzMemory() {
        return (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 4 / 1024);
    }

    private DamagedArchiveException damaged(String member, Exception e) {
        return new DamagedArchiveException(deb + ": " + member + " cannot be decompressed: " + FailureReason.of(e), e);
    }

    /** Turns the exceptions of a decompressor into messages that name the package and the member. */
    private final class Unpacked extends FilterInputStream {
        private final String member;

        Unpacked(InputStream in, String member) {
            super(in);
            this.member = member;
        }

        @Override
        public int read(byte[] into, int at, int length) throws IOException {
            try {
                return in.read(into, at, length);
            } catch (MemoryLimitException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                throw damaged(member, e);
            }
        }
    }
}
