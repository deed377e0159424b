package dev.backline.archive;

import dev.backline.io.Internal;
import io.airlift.compress.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.MemoryLimitException;
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
     * Writes the first wanted file below a folder, with its path.
     *
     * @param folder an existing directory
     * @param wanted is asked with a file's path, which has no leading slash
     * @param listener receives the number of unpacked bytes
     * @return whether the package has such a file
     * @throws IOException if the package is damaged or the file cannot be written
     */
    public boolean extractFirst(Path folder, Predicate<String> wanted, LongConsumer listener) throws IOException {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(deb), BUFFER)) {
            InputStream tar = unpacked(new MeteredStream(file));
            return new TarReader(deb.toString(), tar).extract(folder, wanted, count -> true, listener) > 0;
        } catch (DamagedArchiveException e) {
            throw new DamagedArchiveException(e.getMessage() + "; delete the file to download it again", e);
        }
    }

    private InputStream unpacked(MeteredStream source) throws IOException {
        ArArchiveInputStream ar = new ArArchiveInputStream(source);
        source.allow(MAX_HEADERS);
        for (int members = 0; members < MAX_MEMBERS; members++) {
            ArArchiveEntry member = next(ar);
            if (member == null || (members == 0 && !member.getName().equals("debian-binary"))) {
                break;
            }
            if (member.getName().startsWith(DATA)) {
                source.allowAll();
                return unpacked(ar, member.getName());
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
            case ".gz" -> new GZIPInputStream(in, 1 << 16);
            case ".xz" ->
                new XZInputStream(in, (int)
                        Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 4 / 1024));
            case ".zst" -> new ZstdInputStream(in);
            default -> null;
        };
    }

    private DamagedArchiveException damaged(String member, Exception e) {
        return new DamagedArchiveException(deb + ": " + member + " cannot be decompressed: " + e, e);
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
