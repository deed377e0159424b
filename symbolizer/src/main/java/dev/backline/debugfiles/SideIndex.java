package dev.backline.debugfiles;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.elf.ByteSource;
import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.gsym.GsymFile;
import dev.backline.gsym.GsymWriter;
import dev.backline.io.LongList;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@link SideIndexes}: the GSYM index of a file and, for a compressed file, the sections other than the debug
 * sections. Each block has a checksum, which is compared before the block is used. Thread-safe.
 *
 * <p>Layout: kept sections, GSYM, checksums, trailer. All numbers are big-endian. The trailer comes last because the
 * entry is written in one pass.
 */
final class SideIndex implements Closeable {
    /** Changes with every change of the layout, of the GSYM, or of what is in it. */
    private static final long MAGIC = 0x424c_494e_4458_0001L;

    private static final int TRAILER = 8192;
    private static final int MAX_RANGES = 64;
    private static final int MAX_KEY = 2048;

    /** Ranges with smaller gaps are kept as one. */
    private static final int MAX_GAP = 4096;

    /** Larger sections are not kept. */
    private static final long MAX_SECTION = 64 << 20;

    private final ByteSource entry;
    private final ByteSource kept;
    private final GsymFile gsym;
    private final long unpackedSize;
    private final long[] ranges;

    private SideIndex(ByteSource entry, ByteSource kept, GsymFile gsym, long unpackedSize, long[] ranges) {
        this.entry = entry;
        this.kept = kept;
        this.gsym = gsym;
        this.unpackedSize = unpackedSize;
        this.ranges = ranges;
    }

    /**
     * Opens an entry.
     *
     * @param path of the entry
     * @param key what the entry must have been made for
     * @throws IOException if the entry cannot be read, is damaged, or was made for another key
     */
    static SideIndex open(Path path, String key) throws IOException {
        ByteSource entry = ByteSource.openFile(path);
        try {
            return read(path, entry, key);
        } catch (IOException e) {
            entry.close();
            throw e;
        }
    }

    private static SideIndex read(Path path, ByteSource entry, String key) throws IOException {
        ByteBuffer trailer = trailer(entry);
        long data = trailer.getLong();
        long gsymStart = trailer.getLong();
        long gsymSize = trailer.getLong();
        long unpackedSize = trailer.getLong();
        long[] ranges = new long[3 * Math.max(0, Math.min(MAX_RANGES, trailer.getInt()))];
        for (int i = 0; i < ranges.length; i++) {
            ranges[i] = trailer.getLong();
        }
        if (!key(trailer).equals(key)) {
            throw new ElfException(path + ": was made for another file");
        }
        ByteSource kept = ByteSource.checked(entry, 0, data, data);
        GsymFile gsym = GsymFile.of(path, ByteSource.part(kept, gsymStart, gsymSize));
        return new SideIndex(entry, kept, gsym, unpackedSize, ranges);
    }

    /** The checked trailer, from the first field after the checksum. */
    private static ByteBuffer trailer(ByteSource entry) throws IOException {
        if (entry.size() < TRAILER) {
            throw new ElfException("the entry is too short");
        }
        byte[] bytes = new byte[TRAILER];
        entry.read(entry.size() - TRAILER, bytes, 0, TRAILER);
        ByteBuffer trailer = ByteBuffer.wrap(bytes);
        CRC32 sum = new CRC32();
        sum.update(bytes, 12, TRAILER - 12);
        if (trailer.getLong() != MAGIC
                || trailer.getInt() != (int) sum.getValue()
                || trailer.getLong() != entry.size()) {
            throw new ElfException("the entry is damaged or from another version");
        }
        return trailer;
    }

    private static String key(ByteBuffer trailer) throws ElfException {
        int length = trailer.getShort() & 0xffff;
        if (length > Math.min(MAX_KEY, trailer.remaining())) {
            throw new ElfException("the entry is damaged");
        }
        byte[] key = new byte[length];
        trailer.get(key);
        return new String(key, UTF_8);
    }

    /** {@return the path of the file that an entry was made for, and its build id or ""} */
    static String[] describe(Path path) throws IOException {
        try (ByteSource entry = ByteSource.openFile(path)) {
            ByteBuffer trailer = trailer(entry);
            trailer.position(trailer.position() + 32);
            int count = trailer.getInt();
            trailer.position(trailer.position() + 24 * Math.max(0, Math.min(MAX_RANGES, count)));
            key(trailer);
            return new String[] {key(trailer), key(trailer)};
        }
    }

    /** {@return the index} */
    GsymFile gsym() {
        return gsym;
    }

    /**
     * {@return the decompressed bytes of the file that the entry was made for}
     *
     * @param packed the file; closed together with the bytes
     */
    ByteSource unpacked(String name, ByteSource packed) {
        return ByteSource.kept(name, packed, unpackedSize, kept, ranges);
    }

    @Override
    public void close() throws IOException {
        try (entry) {
            gsym.close();
        }
    }

    /**
     * Writes an entry.
     *
     * @param out the caller closes it
     * @param key see {@link #open}
     * @param path of the file, for people
     * @param elf the file
     * @param writer writes the GSYM
     * @param unpacked the decompressed bytes of a compressed file; null for another file
     * @throws IOException if the entry cannot be written
     */
    static void write(
            OutputStream out, String key, String path, ElfFile elf, GsymWriter writer, @Nullable ByteSource unpacked)
            throws IOException {
        Blocks blocks = new Blocks(out);
        long[] ranges = unpacked == null ? new long[0] : ranges(elf, unpacked);
        byte[] buffer = new byte[1 << 16];
        for (int i = 0; unpacked != null && i < ranges.length; i += 3) {
            ranges[i + 2] = blocks.size;
            for (long done = 0; done < ranges[i + 1]; ) {
                int count = (int) Math.min(buffer.length, ranges[i + 1] - done);
                unpacked.read(ranges[i] + done, buffer, 0, count);
                blocks.write(buffer, 0, count);
                done += count;
            }
        }
        blocks.align();
        long start = blocks.size;
        writer.write(blocks);
        long end = blocks.size;
        byte[] sums = blocks.sums();
        out.write(sums);
        byte[] bytes = new byte[TRAILER];
        ByteBuffer trailer = ByteBuffer.wrap(bytes);
        trailer.putLong(MAGIC).putInt(0).putLong(end + sums.length + TRAILER);
        trailer.putLong(end).putLong(start).putLong(end - start);
        trailer.putLong(unpacked == null ? 0 : unpacked.size());
        trailer.putInt(ranges.length / 3);
        for (long each : ranges) {
            trailer.putLong(each);
        }
        put(trailer, key);
        put(trailer, cut(path));
        put(trailer, String.valueOf(elf.buildId()));
        CRC32 sum = new CRC32();
        sum.update(bytes, 12, TRAILER - 12);
        trailer.putInt(8, (int) sum.getValue());
        out.write(bytes);
    }

    private static void put(ByteBuffer trailer, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        trailer.putShort((short) bytes.length).put(bytes);
    }

    private static String cut(String path) {
        return path.length() <= 300 ? path : "…" + path.substring(path.length() - 300);
    }

    /** The ranges of a file that are not debug sections, sorted: start, length, 0 each. */
    private static long[] ranges(ElfFile elf, ByteSource bytes) throws IOException {
        List<long[]> wanted = new ArrayList<>();
        int tableSize = elf.sections().size() * (elf.header().is64() ? 64 : 40);
        wanted.add(new long[] {0, Math.min(64, bytes.size())});
        wanted.add(new long[] {elf.header().sectionHeaderOffset(), tableSize});
        for (Section section : elf.sections()) {
            if (section.type() != Section.SHT_NOBITS
                    && section.type() != Section.SHT_NULL
                    && section.size() <= MAX_SECTION
                    && !isDebug(section.name())) {
                wanted.add(new long[] {section.offset(), section.size()});
            }
        }
        wanted.removeIf(range -> range[1] == 0 || !ByteSource.within(range[0], range[1], bytes.size()));
        wanted.sort((a, b) -> Long.compare(a[0], b[0]));
        LongList ranges = new LongList();
        long start = 0;
        long end = -1;
        for (long[] range : wanted) {
            if (end >= 0 && range[0] > end + MAX_GAP) {
                add(ranges, start, end);
                end = -1;
            }
            start = end < 0 ? range[0] : start;
            end = Math.max(end, range[0] + range[1]);
        }
        add(ranges, start, end);
        if (ranges.size() > 3 * MAX_RANGES) {
            throw new ElfException(elf.name() + ": has too many scattered sections");
        }
        return ranges.toArray();
    }

    private static void add(LongList ranges, long start, long end) {
        ranges.add(start);
        ranges.add(end - start);
        ranges.add(0);
    }

    /** {@return whether a section is read only for debug information} */
    static boolean isDebug(String name) {
        return name.startsWith(".debug_")
                || name.startsWith(".zdebug_")
                || name.startsWith(".rela.debug_")
                || name.startsWith(".rel.debug_");
    }

    /** Computes the checksum of each block that passes. */
    private static final class Blocks extends OutputStream {
        private final OutputStream out;
        private final CRC32 sum = new CRC32();
        private ByteBuffer sums = ByteBuffer.allocate(1 << 12);
        private long size;

        Blocks(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            for (int done = 0; done < length; ) {
                int room = ByteSource.CHECKED_BLOCK - (int) (size % ByteSource.CHECKED_BLOCK);
                int count = Math.min(room, length - done);
                sum.update(bytes, offset + done, count);
                size += count;
                done += count;
                if (count == room) {
                    finish();
                }
            }
        }

        private void finish() {
            if (sums.remaining() < 4) {
                sums = ByteBuffer.allocate(2 * sums.capacity()).put(sums.flip());
            }
            sums.putInt((int) sum.getValue());
            sum.reset();
        }

        void align() throws IOException {
            int rest = (int) (size % ByteSource.CHECKED_BLOCK);
            if (rest != 0) {
                write(new byte[ByteSource.CHECKED_BLOCK - rest], 0, ByteSource.CHECKED_BLOCK - rest);
            }
        }

        byte[] sums() {
            if (size % ByteSource.CHECKED_BLOCK != 0) {
                finish();
            }
            byte[] all = new byte[sums.position()];
            sums.flip().get(all);
            return all;
        }
    }
}
