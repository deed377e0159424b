package dev.backline.elf;

import dev.backline.io.Hex;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Reads the ELF header and the section header table, checking each offset before it is used. */
final class HeaderReader {
    private static final int ELFCLASS32 = 1;
    private static final int ELFCLASS64 = 2;
    private static final int ELFDATA2LSB = 1;
    private static final int ELFDATA2MSB = 2;
    private static final int SHN_XINDEX = 0xffff;
    private static final int PN_XNUM = 0xffff;

    private final String file;
    private final ByteSource source;
    private final MemoryBudget budget;

    HeaderReader(String file, ByteSource source, MemoryBudget budget) {
        this.file = file;
        this.source = source;
        this.budget = budget;
    }

    /** Whether the file begins with 0x7f "ELF". */
    static boolean hasMagic(ByteSource source) throws IOException {
        byte[] b = new byte[4];
        if (source.size() < b.length) {
            return false;
        }
        source.read(0, b, 0, b.length);
        return b[0] == 0x7f && b[1] == 'E' && b[2] == 'L' && b[3] == 'F';
    }

    /** gABI ch. 4, "ELF Header" and, for the extended numbering, "Section Header Table Entry 0". */
    ElfHeader header() throws IOException {
        if (!hasMagic(source)) {
            throw new ElfException(file + ": " + FileKind.notAnElf(source));
        }
        byte[] b = new byte[(int) Math.min(64, source.size())];
        source.read(0, b, 0, b.length);
        if (b.length < 52) {
            throw new ElfException(file + ": ends within the ELF header: the file has only " + b.length + " bytes");
        }
        boolean is64 = oneOf("EI_CLASS", b[4], ELFCLASS32, ELFCLASS64) == ELFCLASS64;
        boolean big = oneOf("EI_DATA", b[5], ELFDATA2LSB, ELFDATA2MSB) == ELFDATA2MSB;
        if (is64 && b.length < 64) {
            throw new ElfException(file + ": ends within the ELF header: the file has only " + b.length + " bytes");
        }
        if (b[6] != 1) {
            throw new ElfException(file + ": EI_VERSION is " + (b[6] & 0xff) + "; supported: 1");
        }
        int type = Words.u16(b, 16, big);
        if (type == ElfHeader.ET_CORE) {
            throw new ElfException(file + ": is a core dump (ET_CORE); use the vmlinux or module that was running");
        }
        if (type != ElfHeader.ET_REL && type != ElfHeader.ET_EXEC && type != ElfHeader.ET_DYN) {
            throw new ElfException(file + ": e_type is " + type + "; supported: ET_REL (1), ET_EXEC (2), ET_DYN (3)");
        }
        int flagsAt = is64 ? 48 : 36;
        long shoff = Words.word(b, is64 ? 40 : 32, is64, big);
        int shentsize = Words.u16(b, flagsAt + 10, big);
        long shnum = Words.u16(b, flagsAt + 12, big);
        long shstrndx = Words.u16(b, flagsAt + 14, big);
        long phnum = Words.u16(b, flagsAt + 8, big);
        if (shoff == 0) {
            shnum = 0;
            shstrndx = 0;
        } else {
            int entrySize = is64 ? 64 : 40;
            if (shentsize != entrySize) {
                throw new ElfException(file + ": e_shentsize is " + shentsize + ", not " + entrySize);
            }
            if (!ByteSource.within(shoff, entrySize, source.size())) {
                throw tableOutside(shoff, 1, entrySize);
            }
            byte[] zero = new byte[entrySize];
            source.read(shoff, zero, 0, entrySize);
            if (shnum == 0) {
                shnum = Words.word(zero, is64 ? 32 : 20, is64, big);
            }
            if (shstrndx == SHN_XINDEX) {
                shstrndx = Words.u32(zero, is64 ? 40 : 24, big);
            }
            if (phnum == PN_XNUM) {
                phnum = Words.u32(zero, is64 ? 44 : 28, big);
            }
            if (shnum < 0 || shnum > Integer.MAX_VALUE || !ByteSource.within(shoff, shnum * entrySize, source.size())) {
                throw tableOutside(shoff, shnum, entrySize);
            }
            if (shstrndx >= Math.max(1, shnum)) {
                throw new ElfException(
                        file + ": e_shstrndx is " + shstrndx + ", but there are only " + shnum + " sections");
            }
        }
        return new ElfHeader(
                is64,
                big,
                type,
                Words.u16(b, 18, big),
                Words.i32(b, flagsAt, big),
                Words.word(b, 24, is64, big),
                Words.word(b, is64 ? 32 : 28, is64, big),
                Words.u16(b, flagsAt + 6, big),
                phnum,
                shoff,
                (int) shnum,
                (int) shstrndx);
    }

    private int oneOf(String field, byte value, int first, int second) throws ElfException {
        if (value != first && value != second) {
            throw new ElfException(
                    file + ": " + field + " is " + (value & 0xff) + ", neither " + first + " nor " + second);
        }
        return value;
    }

    private ElfException tableOutside(long shoff, long count, int entrySize) {
        return new ElfException(file + ": the section header table at " + Hex.text(shoff) + " ("
                + Long.toUnsignedString(count) + " entries of " + entrySize
                + " bytes) extends past the end of the file ("
                + Hex.text(source.size()) + " bytes); the file may be truncated");
    }

    List<Section> sections(ElfHeader h) throws IOException {
        int count = h.sectionHeaderCount();
        if (count == 0) {
            return List.of();
        }
        int entrySize = h.is64() ? 64 : 40;
        // A Section object needs about 200 bytes of heap
        budget.reserve(file, "section header table", count * (entrySize + 200L));
        byte[] table = new byte[Math.multiplyExact(count, entrySize)];
        source.read(h.sectionHeaderOffset(), table, 0, table.length);
        byte[] names = names(h, table, entrySize);
        Section[] sections = new Section[count];
        for (int i = 0; i < count; i++) {
            sections[i] = section(h, table, i * entrySize, i, names);
        }
        return Collections.unmodifiableList(Arrays.asList(sections));
    }

    /** The section name string table; empty if e_shstrndx is SHN_UNDEF. */
    private byte[] names(ElfHeader h, byte[] table, int entrySize) throws IOException {
        if (h.sectionNameIndex() == 0) {
            return new byte[0];
        }
        Section s = section(h, table, h.sectionNameIndex() * entrySize, h.sectionNameIndex(), new byte[0]);
        if (s.type() == Section.SHT_NOBITS || !ByteSource.within(s.offset(), s.size(), source.size())) {
            throw new ElfException(file + ": the section name table (section " + s.index() + ": "
                    + Hex.text(s.size()) + " bytes at " + Hex.text(s.offset())
                    + ") extends past the end of the file ("
                    + Hex.text(source.size()) + " bytes)");
        }
        byte[] names = budget.allocate(file, "section name table", s.size());
        source.read(s.offset(), names, 0, names.length);
        return names;
    }

    private Section section(ElfHeader h, byte[] b, int at, int index, byte[] names) throws ElfException {
        boolean is64 = h.is64();
        boolean big = h.bigEndian();
        String name = names.length == 0 ? "" : name(names, Words.u32(b, at, big), index);
        int type = Words.i32(b, at + 4, big);
        return is64
                ? new Section(
                        index,
                        name,
                        type,
                        Words.i64(b, at + 8, big),
                        Words.i64(b, at + 16, big),
                        Words.i64(b, at + 24, big),
                        Words.i64(b, at + 32, big),
                        Words.i32(b, at + 40, big),
                        Words.i32(b, at + 44, big),
                        Words.i64(b, at + 48, big),
                        Words.i64(b, at + 56, big))
                : new Section(
                        index,
                        name,
                        type,
                        Words.u32(b, at + 8, big),
                        Words.u32(b, at + 12, big),
                        Words.u32(b, at + 16, big),
                        Words.u32(b, at + 20, big),
                        Words.i32(b, at + 24, big),
                        Words.i32(b, at + 28, big),
                        Words.u32(b, at + 32, big),
                        Words.u32(b, at + 36, big));
    }

    private String name(byte[] names, long start, int index) throws ElfException {
        if (start >= names.length) {
            throw new ElfException(file + ": section " + index + ": sh_name " + Hex.text(start)
                    + " is outside the section name table of " + Hex.text(names.length) + " bytes");
        }
        int end = Strings.end(names, (int) start);
        int length = end - (int) start;
        if (length > 64) {
            // Overlapping long names would otherwise need memory quadratic in the table's size
            budget.reserve(file, "section names", length);
        }
        return Strings.of(names, (int) start, end);
    }
}
