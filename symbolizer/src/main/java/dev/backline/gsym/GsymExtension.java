package dev.backline.gsym;

import dev.backline.elf.ByteSource;
import dev.backline.elf.Section;
import dev.backline.elf.Words;
import dev.backline.io.Hex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Backline's extension at the end of a GSYM file (docs/gsym.md, "Extension"): the offsets of its parts, and the small
 * parts, which are read as a whole. Immutable, thread-safe.
 */
final class GsymExtension {
    static final int FACTS = 0;
    static final int SECTIONS = 1;
    static final int DIRECTORIES = 2;
    static final int FILES = 3;
    static final int BLOCKS = 4;
    static final int SYMBOLS = 5;
    static final int COUNTS = 6;
    static final int BUCKETS = 7;
    static final int NAMES = 8;
    static final int DETAILS = 9;

    /** The size of an entry of {@link #BLOCKS} (address and offset), in bytes. */
    static final int BLOCK_ENTRY = 12;

    private static final int PARTS = 10;
    private static final int TRAILER = 24;
    private static final int VERSION = 1;
    private static final String MAGIC = "BACKLINE";

    /** In the trailer: the extension's last number before the trailer is the checksum of the bytes before the extension. */
    static final int HAS_CHECKSUM = 1;

    /** The maximum size of a small part, in bytes. */
    static final int MAX_SMALL_PART = 1 << 24;

    /** ELF allows 32-bit section indexes; real files have a few thousand sections. */
    private static final int MAX_SECTIONS = 1 << 16;

    /** The bytes that are read at once to compute a checksum. */
    private static final int CHUNK = 1 << 18;

    private static final int IS_EXECUTABLE = 1;
    private static final int IS_NOBITS = 2;
    private static final int IS_TLS = 4;
    private static final int IS_WRITABLE = 8;

    private final GsymFile file;
    private final long start;
    private final long[] offsets = new long[PARTS];
    private final long[] sizes = new long[PARTS];

    private GsymExtension(GsymFile file, long start, byte[] head, long end) throws IOException {
        this.file = file;
        this.start = start;
        for (int i = 0; i < PARTS; i++) {
            offsets[i] = start + Words.u32(head, 8 * i, file.bigEndian());
            sizes[i] = Words.u32(head, 8 * i + 4, file.bigEndian()) * unit(i);
            if (offsets[i] + sizes[i] > end) {
                throw file.damaged(
                        start + 8L * i, "part " + i + " of the extension extends past the end of the extension");
            }
        }
    }

    private static int unit(int part) {
        return part == BLOCKS ? BLOCK_ENTRY : part == BUCKETS || part == NAMES ? 4 : 1;
    }

    /** The extension; null if the file has none, or has a later version. */
    static @Nullable GsymExtension of(GsymFile file) throws IOException {
        long end = file.fileSize() - TRAILER;
        if (end < 0) {
            return null;
        }
        byte[] trailer = new byte[TRAILER];
        file.read("the extension", end, trailer, TRAILER);
        for (int i = 0; i < MAGIC.length(); i++) {
            if (trailer[16 + i] != MAGIC.charAt(i)) {
                return null;
            }
        }
        if (Words.u16(trailer, 12, file.bigEndian()) != VERSION) {
            return null;
        }
        long start = Words.u32(trailer, 0, file.bigEndian());
        long size = Words.u32(trailer, 4, file.bigEndian());
        byte[] head = new byte[8 * PARTS];
        if (start + size != file.fileSize() || size < TRAILER + head.length) {
            throw file.damaged(
                    end,
                    "the extension has " + size + " bytes at " + Hex.text(start)
                            + ", but does not end at the end of the file, " + Hex.text(file.fileSize()));
        }
        file.read("the extension", start, head, head.length);
        return new GsymExtension(file, start, head, end);
    }

    /** Compares the checksums of the file. */
    void verify() throws IOException {
        long end = file.fileSize() - TRAILER;
        byte[] trailer = new byte[TRAILER];
        file.read("the extension", end, trailer, TRAILER);
        if (Words.u16(trailer, 14, file.bigEndian()) != HAS_CHECKSUM) {
            throw GsymException.refused(
                    file.name(), end + 14, "has no checksum of its contents; regenerate it with backline index");
        }
        byte[] before = new byte[4];
        file.read("the extension", end - 4, before, 4);
        verify(0, start, Words.u32(before, 0, file.bigEndian()));
        verify(start, end, Words.u32(trailer, 8, file.bigEndian()));
    }

    private void verify(long from, long to, long expected) throws IOException {
        CRC32 sum = new CRC32();
        byte[] bytes = new byte[(int) Math.min(to - from, CHUNK)];
        for (long at = from; at < to; ) {
            int count = (int) Math.min(bytes.length, to - at);
            file.read("the file", at, bytes, count);
            sum.update(bytes, 0, count);
            at += count;
        }
        if (sum.getValue() != expected) {
            throw file.damaged(
                    from,
                    "the checksum of the " + (to - from) + " bytes from here is " + Hex.text(sum.getValue()) + ", not "
                            + Hex.text(expected));
        }
    }

    /** The size of a part, in bytes. */
    long size(int part) {
        return sizes[part];
    }

    /** Reads some bytes of a part. */
    byte[] read(int part, long offset, int length) throws IOException {
        long at = offset(part, offset, length);
        byte[] bytes = new byte[length];
        file.read("the extension", at, bytes, length);
        return bytes;
    }

    /** The offset in the file of some bytes of a part. */
    long offset(int part, long offset, int length) throws GsymException {
        if (!ByteSource.within(offset, length, sizes[part])) {
            throw file.damaged(
                    offsets[part] + offset,
                    "part " + part + " of the extension has " + sizes[part] + " bytes; it has no bytes from "
                            + Hex.text(offset) + " to " + Hex.text(offset + length));
        }
        return offsets[part] + offset;
    }

    /** The numbers of a part, in ULEB128. */
    Numbers numbers(int part) throws IOException {
        if (sizes[part] > MAX_SMALL_PART) {
            throw file.damaged(
                    offsets[part],
                    "part " + part + " of the extension has " + sizes[part] + " bytes, which is too large");
        }
        return new Numbers(file, read(part, 0, (int) sizes[part]), offsets[part]);
    }

    /** The text of a fact; null if the file does not have it. */
    @Nullable
    String fact(int key) throws IOException {
        Numbers facts = numbers(FACTS);
        while (facts.hasMore()) {
            long factKey = facts.next();
            long text = facts.next();
            if (factKey == key) {
                return file.strings().at(text);
            }
        }
        return null;
    }

    /** The texts of all facts with the key. */
    List<String> facts(int key) throws IOException {
        List<String> found = new ArrayList<>();
        Numbers facts = numbers(FACTS);
        while (facts.hasMore()) {
            long its = facts.next();
            long text = facts.next();
            if (its == key) {
                found.add(file.strings().at(text));
            }
        }
        return found;
    }

    /** The sections by their indexes; missing ones are empty. */
    List<Section> sections() throws IOException {
        Numbers numbers = numbers(SECTIONS);
        List<Section> sections = new ArrayList<>();
        long count = numbers.hasMore() ? numbers.next() : 0;
        for (long i = 0; i < count; i++) {
            long index = numbers.next();
            if (index < sections.size() || index >= MAX_SECTIONS) {
                throw file.damaged(start, "the extension's sections are not in the order of their indexes");
            }
            while (sections.size() < index) {
                sections.add(section(sections.size(), "", Section.SHT_NULL, 0, 0, 0, 0));
            }
            String name = file.strings().at(numbers.next());
            long flags = numbers.next();
            long address = numbers.next();
            long size = numbers.next();
            sections.add(section(
                    (int) index,
                    name,
                    (flags & IS_NOBITS) != 0 ? Section.SHT_NOBITS : Section.SHT_PROGBITS,
                    Section.SHF_ALLOC
                            | ((flags & IS_EXECUTABLE) != 0 ? Section.SHF_EXECINSTR : 0)
                            | ((flags & IS_TLS) != 0 ? Section.SHF_TLS : 0)
                            | ((flags & IS_WRITABLE) != 0 ? Section.SHF_WRITE : 0),
                    address,
                    size,
                    numbers.next()));
        }
        return List.copyOf(sections);
    }

    static Section section(int index, String name, int type, long flags, long address, long size, long alignment) {
        return new Section(index, name, type, flags, address, 0, size, 0, 0, alignment, 0);
    }

    /** A sequence of ULEB128 numbers (DWARF5 7.6). Not thread-safe. */
    static final class Numbers {
        private final GsymFile file;
        private final byte[] bytes;
        private final long offset;
        private int position;

        Numbers(GsymFile file, byte[] bytes, long offset) {
            this.file = file;
            this.bytes = bytes;
            this.offset = offset;
        }

        boolean hasMore() {
            return position < bytes.length;
        }

        void position(long position) throws IOException {
            if (position < 0 || position > bytes.length) {
                throw file.damaged(offset, "the extension has no numbers at " + Hex.text(offset + position));
            }
            this.position = (int) position;
        }

        int u8() throws IOException {
            if (position >= bytes.length) {
                throw ended();
            }
            return bytes[position++] & 0xff;
        }

        long next() throws IOException {
            long value = 0;
            for (int shift = 0; position < bytes.length; shift += 7) {
                byte each = bytes[position++];
                value |= shift < Long.SIZE ? (each & 0x7fL) << shift : 0;
                if (each >= 0) {
                    return value;
                }
            }
            throw ended();
        }

        void skip() throws IOException {
            byte[] b = bytes;
            int at = position;
            while (at < b.length && b[at] < 0) {
                at++;
            }
            position = at + 1;
            if (position > b.length) {
                throw ended();
            }
        }

        private GsymException ended() {
            return file.damaged(offset, "the extension's numbers end too early, at " + Hex.text(offset + position));
        }
    }
}
