package dev.backline.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

/**
 * Reads the regular files in an archive from its start to its end, without writing anything. The archive may be hostile:
 * memory is bounded, and a member's name is text, never a path to open.
 */
public final class ArchiveMembers {
    /** Limit for one member's names and extended headers, in bytes. */
    private static final int MAX_HEADERS = 1 << 18;

    /** More than 8 GB of headers in a tar archive. */
    private static final int MAX_MEMBERS = 1 << 24;

    private ArchiveMembers() {}

    /** Takes the members. */
    public interface Visitor {
        /**
         * Takes a regular file.
         *
         * @param member its name as the archive has it: any text
         * @param content its bytes, which can only be read during the call; what is not read is skipped
         * @throws IOException to end the reading
         */
        void member(String member, InputStream content) throws IOException;

        /**
         * Takes the name of a file that cannot be read: it is encrypted, sparse or compressed in an unknown way.
         *
         * @param member its name as the archive has it
         * @param reason a clause
         */
        void unreadable(String member, String reason);
    }

    /**
     * Reads a tar archive.
     *
     * @param name the archive's name in messages
     * @param in the archive, decompressed; the caller closes it
     * @param visitor takes the members
     * @throws IOException if the archive is damaged or ends early, after the members before the damage; or of the visitor
     */
    public static void tar(String name, InputStream in, Visitor visitor) throws IOException {
        MeteredStream source = new MeteredStream(in);
        TarArchiveInputStream tar = new TarReader.Records(source, true);
        for (int i = 0; i < MAX_MEMBERS; i++) {
            source.allow(MAX_HEADERS);
            TarArchiveEntry member;
            try {
                member = tar.getNextEntry();
            } catch (IOException | RuntimeException e) {
                // The library throws undeclared exceptions for damaged headers.
                throw damaged(name, "tar", source, e);
            }
            source.allowAll();
            if (member == null) {
                return;
            }
            byte type = member.getLinkFlag();
            if (member.isSparse()) {
                visitor.unreadable(member.getName(), "is stored as a sparse file");
            } else if (type == TarConstants.LF_NORMAL
                    || type == TarConstants.LF_OLDNORM
                    || type == TarConstants.LF_CONTIG) {
                visitor.member(member.getName(), new Content(name, "tar", source, tar));
            }
            skip(new Content(name, "tar", source, tar));
        }
        throw tooMany(name);
    }

    /**
     * Reads a zip archive.
     *
     * @param name the archive's name in messages
     * @param in the archive; the caller closes it
     * @param visitor takes the members
     * @throws IOException if the archive is damaged or ends early, after the members before the damage; or of the visitor
     */
    public static void zip(String name, InputStream in, Visitor visitor) throws IOException {
        MeteredStream source = new MeteredStream(in);
        ZipArchiveInputStream zip =
                new ZipArchiveInputStream(source, StandardCharsets.UTF_8.name(), true, false, false);
        for (int i = 0; i < MAX_MEMBERS; i++) {
            ZipArchiveEntry member;
            try {
                member = zip.getNextEntry();
            } catch (IOException | RuntimeException e) {
                throw damaged(name, "zip", source, e);
            }
            if (member == null) {
                return;
            }
            if (member.isDirectory() || member.isUnixSymlink()) {
                continue;
            }
            if (!zip.canReadEntryData(member)) {
                boolean encrypted = member.getGeneralPurposeBit().usesEncryption();
                visitor.unreadable(member.getName(), encrypted ? "is encrypted" : "is compressed in an unknown way");
                continue;
            }
            visitor.member(member.getName(), new Content(name, "zip", source, zip));
        }
        throw tooMany(name);
    }

    private static void skip(InputStream content) throws IOException {
        byte[] buffer = new byte[1 << 13];
        while (content.read(buffer, 0, buffer.length) >= 0) {
            // Only the position counts.
        }
    }

    private static DamagedArchiveException tooMany(String name) {
        return new DamagedArchiveException(name + ": it has more than " + MAX_MEMBERS + " members", null);
    }

    private static IOException damaged(String name, String kind, MeteredStream source, Exception e) {
        if (e instanceof IOException own && source.failure() == e) {
            return own;
        }
        String place = ", at 0x" + Long.toHexString(source.position());
        if (source.isAtLimit()) {
            return new DamagedArchiveException(
                    name + ": malformed " + kind + " archive: a member's headers have more than " + MAX_HEADERS
                            + " bytes" + place,
                    e);
        }
        return new DamagedArchiveException(
                source.isEnded()
                        ? name + ": the " + kind + " archive ends within a member" + place
                        : name + ": malformed " + kind + " archive: damaged or unsupported header or data" + place,
                e);
    }

    /** The bytes of the current member; closing it closes nothing. */
    private static final class Content extends InputStream {
        private final String name;
        private final String kind;
        private final MeteredStream source;
        private final InputStream member;

        Content(String name, String kind, MeteredStream source, InputStream member) {
            this.name = name;
            this.kind = kind;
            this.source = source;
            this.member = member;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                return member.read(into, offset, length);
            } catch (IOException | RuntimeException e) {
                throw damaged(name, kind, source, e);
            }
        }

        @Override
        public int available() throws IOException {
            return member.available();
        }
    }
}
