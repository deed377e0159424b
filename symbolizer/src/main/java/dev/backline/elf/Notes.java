package dev.backline.elf;

import dev.backline.io.Hex;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Finds the build id among notes (gABI ch. 5, "Note Section"). */
final class Notes {
    private static final int NT_GNU_BUILD_ID = 3;
    private static final int PT_NOTE = 4;
    /** Limits the work for hostile files; the notes of kernels are far smaller. */
    private static final int MAX_SIZE = 1 << 20;

    private static final int MAX_SEGMENTS = 1 << 16;

    private Notes() {}

    static @Nullable BuildId buildId(ElfFile file, ByteSource source) throws IOException {
        for (Section s : file.sections()) {
            if (s.type() == Section.SHT_NOTE) {
                SectionData data = file.data(s);
                BuildId id = buildId(file, data.read(0, (int) Math.min(data.size(), MAX_SIZE)), s.alignment());
                if (id != null) {
                    return id;
                }
            }
        }
        return file.sections().isEmpty() ? fromSegments(file, source) : null;
    }

    private static @Nullable BuildId fromSegments(ElfFile file, ByteSource source) throws IOException {
        ElfHeader h = file.header();
        boolean is64 = h.is64();
        boolean big = h.bigEndian();
        int entrySize = is64 ? 56 : 32;
        long count = Math.min(h.programHeaderCount(), MAX_SEGMENTS);
        if (h.programHeaderOffset() == 0 || count == 0) {
            return null;
        }
        if (h.programHeaderSize() != entrySize
                || !ByteSource.within(h.programHeaderOffset(), count * entrySize, source.size())) {
            throw new ElfException(file.name() + ": the program header table at " + Hex.text(h.programHeaderOffset())
                    + " (" + count + " entries of " + h.programHeaderSize()
                    + " bytes) extends past the end of the file ("
                    + Hex.text(source.size()) + " bytes), or its entries do not have " + entrySize + " bytes");
        }
        byte[] table = new byte[(int) count * entrySize];
        source.read(h.programHeaderOffset(), table, 0, table.length);
        for (int at = 0; at < table.length; at += entrySize) {
            if (Words.i32(table, at, big) != PT_NOTE) {
                continue;
            }
            long offset = Words.word(table, at + (is64 ? 8 : 4), is64, big);
            long size = Words.word(table, at + (is64 ? 32 : 16), is64, big);
            long alignment = Words.word(table, at + (is64 ? 48 : 28), is64, big);
            if (!ByteSource.within(offset, size, source.size())) {
                throw new ElfException(file.name() + ": PT_NOTE segment at " + Hex.text(offset)
                        + " extends past the end of the file (" + Hex.text(source.size()) + " bytes)");
            }
            byte[] notes = new byte[(int) Math.min(size, MAX_SIZE)];
            source.read(offset, notes, 0, notes.length);
            BuildId id = buildId(file, notes, alignment);
            if (id != null) {
                return id;
            }
        }
        return null;
    }

    private static @Nullable BuildId buildId(ElfFile file, byte[] b, long alignment) {
        NoteCursor notes = new NoteCursor(b, alignment, file.header().bigEndian());
        while (notes.next()) {
            int size = notes.descriptionSize();
            if (notes.type() == NT_GNU_BUILD_ID && size >= 1 && size <= 64 && notes.isNamed("GNU")) {
                return BuildId.of(notes.description());
            }
        }
        return null;
    }
}
