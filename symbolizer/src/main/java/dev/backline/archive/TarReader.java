package dev.backline.archive;

import dev.backline.io.FileNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.jspecify.annotations.Nullable;

/**
 * Writes some files of a tar archive to a folder. commons-compress reads the format; this class sets the limits, because
 * the archive may be hostile. It writes only regular files, and only if each component of the path is a plain name, so
 * that no member can leave the folder. It limits the number of members and the size of their headers.
 */
final class TarReader {
    private static final int BLOCK = 512;
    /** Offset of the type in a header, such as 'g' for pax records that apply to all later members. */
    private static final int TYPE = 156;
    /** Limit for one member's long name and pax records, in bytes. */
    private static final int MAX_HEADERS = 1 << 16;

    private static final int MAX_GLOBALS = 16;
    private static final int MAX_DEPTH = 32;
    private static final int MAX_MEMBERS = 1 << 20;

    private final String name;
    private final MeteredStream source;
    private final TarArchiveInputStream tar;
    private final byte[] buffer = new byte[1 << 16];
    private long start;

    TarReader(String name, InputStream in) {
        this.name = name;
        this.source = new MeteredStream(in);
        this.tar = new Records(source, false);
    }

    /**
     * Writes members below a folder, with their paths.
     *
     * @param wanted is asked with a member's path, without a leading {@code ./}
     * @param enough is asked after each written member, with the number of members written, whether to stop
     * @return the number of members written
     * @throws DamagedArchiveException if the archive is malformed or ends early
     * @throws IOException if a file cannot be written
     */
    int extract(Path folder, Predicate<String> wanted, IntPredicate enough, LongConsumer listener) throws IOException {
        int written = 0;
        for (int members = 0; members < MAX_MEMBERS; members++) {
            TarArchiveEntry member = next();
            if (member == null) {
                return written;
            }
            String path = member.getName();
            if (path.startsWith("./")) {
                path = path.substring(2);
            }
            byte type = member.getLinkFlag();
            boolean file = type == TarConstants.LF_NORMAL || type == TarConstants.LF_OLDNORM;
            if (file && isPlain(path) && wanted.test(path)) {
                write(folder, path, listener);
                written++;
                if (enough.test(written)) {
                    return written;
                }
            } else {
                copy(OutputStream.nullOutputStream(), listener);
            }
        }
        throw malformed("it has more than " + MAX_MEMBERS + " members", null);
    }

    /** {@return where the headers of the current member start: a reader of the bytes from there on finds the member} */
    long start() {
        return start;
    }

    /** Whether each component of the path is a plain name, so that the path stays below its folder. */
    static boolean isPlain(String path) {
        String[] steps = path.split("/", -1);
        if (steps.length > MAX_DEPTH) {
            return false;
        }
        for (String step : steps) {
            if (!FileNames.isPlain(step)) {
                return false;
            }
        }
        return true;
    }

    private @Nullable TarArchiveEntry next() throws IOException {
        source.allow(MAX_HEADERS);
        start = (source.position() + BLOCK - 1) / BLOCK * BLOCK;
        try {
            TarArchiveEntry member = tar.getNextEntry();
            if (member != null && member.isSparse()) {
                throw new IOException("a sparse member");
            }
            return member;
        } catch (IOException | RuntimeException e) {
            // The library throws undeclared exceptions for damaged headers
            throw damaged(e);
        } finally {
            source.allowAll();
        }
    }

    private void write(Path folder, String path, LongConsumer listener) throws IOException {
        Path file = folder.resolve(path).normalize();
        if (!file.startsWith(folder)) {
            throw new IOException(name + ": the member " + path + " would leave the folder");
        }
        Files.createDirectories(file.getParent() == null ? folder : file.getParent());
        try (OutputStream out = Files.newOutputStream(file)) {
            copy(out, listener);
        }
    }

    private void copy(OutputStream out, LongConsumer listener) throws IOException {
        for (int n = read(); n >= 0; n = read()) {
            out.write(buffer, 0, n);
            listener.accept(source.position());
        }
    }

    private int read() throws IOException {
        try {
            return tar.read(buffer, 0, buffer.length);
        } catch (IOException | RuntimeException e) {
            throw damaged(e);
        }
    }

    private DamagedArchiveException damaged(Exception e) {
        if (e instanceof DamagedArchiveException damaged) {
            return damaged;
        }
        if (source.isAtLimit()) {
            return malformed("a member's headers have more than " + MAX_HEADERS + " bytes", e);
        }
        if (source.isEnded()) {
            return new DamagedArchiveException(
                    name + ": the archive ends within a member, at 0x" + Long.toHexString(source.position()), e);
        }
        return malformed("damaged or unsupported header or data", e);
    }

    private DamagedArchiveException malformed(String rule, @Nullable Exception e) {
        return new DamagedArchiveException(
                name + ": malformed tar archive at 0x" + Long.toHexString(source.position()) + ": " + rule, e);
    }

    /** Checks each header where the library does not. */
    static final class Records extends TarArchiveInputStream {
        private final MeteredStream source;
        private final boolean takesGlobals;
        private int globals;

        /** @param takesGlobals whether to read a few global pax headers, with which git archive begins */
        Records(MeteredStream source, boolean takesGlobals) {
            super(source, 20 * BLOCK, BLOCK, StandardCharsets.UTF_8.name(), true);
            this.source = source;
            this.takesGlobals = takesGlobals;
        }

        @Override
        protected byte @Nullable [] readRecord() throws IOException {
            byte[] record = super.readRecord();
            if (record == null) {
                if (source.position() % BLOCK != 0) {
                    throw new IOException("the archive ends within a header");
                }
                return null;
            }
            if (!isEOFRecord(record) && (!TarUtils.verifyCheckSum(record) || (record[TYPE] == 'g' && !takesGlobal()))) {
                throw new IOException("the header's checksum is wrong, or it is a global pax header");
            }
            return record;
        }

        /** Global pax records add up in memory; no Debian package has any. */
        private boolean takesGlobal() {
            globals++;
            return takesGlobals && globals <= MAX_GLOBALS;
        }
    }
}
