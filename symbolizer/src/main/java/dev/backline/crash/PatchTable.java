package dev.backline.crash;

import dev.backline.elf.ElfFile;
import dev.backline.elf.ElfHeader;
import dev.backline.elf.Relocations;
import dev.backline.elf.Section;
import dev.backline.elf.SectionData;
import dev.backline.elf.Words;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of places in the code: entries of equal size, each starting with the address of its place, either as it is or
 * relative to the field that contains it. Nothing is kept between two calls. Immutable.
 */
final class PatchTable {
    private static final int CHUNK = 1 << 16;

    /** Entries per call: the JVM compiles a method that is called often sooner than a long loop. */
    private static final int FEW = 32;

    private static final long MASK = 0xffff_ffffL;

    /** Far more than a window of code can have. */
    private static final int MAX_HITS = 1 << 12;

    private final ElfFile file;
    private final Section section;
    private final long start;
    private final long size;

    /**
     * @param start of the table in the section, in bytes
     * @param size of the table in bytes
     */
    private PatchTable(ElfFile file, Section section, long start, long size) {
        this.file = file;
        this.section = section;
        this.start = start;
        this.size = size;
    }

    /**
     * An entry whose place is in the window.
     *
     * @param offset of the entry in the table
     * @param site the address of the place
     */
    record Hit(long offset, long site) {}

    /** {@return the table that is a whole section} */
    static PatchTable of(ElfFile file, Section section) {
        return new PatchTable(file, section, 0, section.size());
    }

    /** {@return the table at an address of a linked file; null if no section has all of it} */
    static @Nullable PatchTable at(ElfFile file, long address, long size) {
        Section section = file.sectionAt(address);
        if (section == null || size <= 0 || size > section.size() - (address - file.address(section))) {
            return null;
        }
        return new PatchTable(file, section, address - file.address(section), size);
    }

    /** {@return the size in bytes} */
    long size() {
        return size;
    }

    /**
     * {@return the entries whose place is one of these addresses}
     *
     * @param entrySize in bytes
     * @param isRelative whether the place is an offset of 4 bytes, relative to its own address; else a pointer
     * @param from the first address
     * @param to the address after the last
     */
    List<Hit> hits(int entrySize, boolean isRelative, long from, long to) throws IOException {
        if (file.header().isRelocatable() || section.type() == Section.SHT_NOBITS) {
            return relocated(Relocations.of(file, section), entrySize, from, to);
        }
        List<Hit> found = new ArrayList<>();
        SectionData data = file.data(section);
        int width = isRelative ? 4 : file.header().addressSize();
        boolean big = file.header().bigEndian();
        long address = file.address(section) + start;
        int step = CHUNK / entrySize * entrySize;
        byte[] block = new byte[(int) Math.min(step, size)];
        for (long done = 0; done + entrySize <= size; done += step) {
            int bytes = (int) Math.min(step, size - done);
            data.read(start + done, block, 0, bytes);
            int entries = bytes / entrySize * entrySize;
            int i = 0;
            while (i < entries) {
                int end = Math.min(entries, i + FEW * entrySize);
                long base = isRelative ? address + done : 0;
                i = next(block, i, end, entrySize, width, isRelative, big, base, from, to - from);
                if (i < end) {
                    long value = width == 8 ? Words.i64(block, i, big) : Words.i32(block, i, big);
                    found.add(new Hit(done + i, isRelative ? base + i + value : width == 4 ? value & MASK : value));
                    i += entrySize;
                    if (found.size() == MAX_HITS) {
                        return found;
                    }
                }
            }
        }
        // arm64 before 6.4: the values are in .rela.dyn only
        return found.isEmpty() && !isRelative ? relocated(Relocations.ofLoader(file), entrySize, from, to) : found;
    }

    /** The first entry whose place is in the window; the end if there is none. */
    private static int next(
            byte[] block,
            int start,
            int end,
            int entrySize,
            int width,
            boolean isRelative,
            boolean big,
            long base,
            long from,
            long length) {
        long mask = width == 4 && !isRelative ? MASK : -1;
        for (int i = start; i < end; i += entrySize) {
            long value = (width == 8 ? Words.i64(block, i, big) : Words.i32(block, i, big)) & mask;
            long site = isRelative ? base + i + value : value;
            if (Long.compareUnsigned(site - from, length) < 0) {
                return i;
            }
        }
        return end;
    }

    private List<Hit> relocated(List<Relocations> tables, int entrySize, long from, long to) throws IOException {
        List<Hit> found = new ArrayList<>();
        long address = file.address(section) + start;
        for (Relocations table : tables) {
            for (Relocations.Entry each : table.targeting(from, to)) {
                long field = each.address() - address;
                if (Long.compareUnsigned(field, size) < 0
                        && field % entrySize == 0
                        && !isSubtraction(each.type())
                        && found.size() < MAX_HITS) {
                    found.add(new Hit(field, each.value()));
                }
            }
        }
        return found;
    }

    /** R_RISCV_SUB32 and R_RISCV_SUB64 subtract the address of the field; ADD32 or ADD64 beside them has the place. */
    private boolean isSubtraction(int type) {
        return file.header().machine() == ElfHeader.EM_RISCV && (type == 39 || type == 40);
    }

    /** {@return the offsets of the fields of the first entries that have a relocation, in an ET_REL} */
    List<Relocations.Entry> relocations(int bytes) throws IOException {
        List<Relocations.Entry> found = new ArrayList<>();
        long address = file.address(section) + start;
        for (Relocations table : Relocations.of(file, section)) {
            found.addAll(table.at(address, address + bytes));
        }
        return found;
    }

    /** {@return the address of a place in the table} */
    long address(long offset) {
        return file.address(section) + start + offset;
    }

    /** {@return whether the file has the bytes of the table} */
    boolean hasContent() {
        return section.type() != Section.SHT_NOBITS;
    }

    /** {@return a number of the table, zero-extended; 0 if the table has no contents} */
    long number(long offset, int width) throws IOException {
        if (!hasContent() || offset + width > size) {
            return 0;
        }
        return Words.get(
                file.data(section).read(start + offset, width),
                0,
                width,
                file.header().bigEndian());
    }
}
