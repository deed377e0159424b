package dev.backline.elf;

import dev.backline.io.Hex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Decodes the entries of a relocation section: Elf32_Rel, Elf32_Rela, Elf64_Rel or Elf64_Rela (gABI ch. 4). Entries of
 * SHT_CREL become entries with a field for the addend.
 */
final class RelocationFormat {
    /** The words of an entry that {@link #decode} returns. */
    static final int WORDS = 3;

    /** Bit 2 of the header of a SHT_CREL section: its entries have addends. */
    private static final int CREL_HDR_ADDEND = 4;

    private final ElfFile file;
    private final Section section;
    private final boolean is64;
    private final boolean big;
    /** Whether entries have an r_addend field. */
    private final boolean isRela;

    private final boolean isCompact;
    /**
     * MIPS64 has one symbol and three types: r_sym, r_ssym, r_type3, r_type2, r_type, each in the file's byte order (64-bit
     * ELF Object File Specification, 2.9).
     */
    private final boolean hasThreeTypes;
    /** SPARC V9 has 24 bits of data above the 8 of the type. */
    private final boolean hasTypeData;

    RelocationFormat(ElfFile file, Section section) {
        ElfHeader header = file.header();
        this.file = file;
        this.section = section;
        this.is64 = header.is64();
        this.big = header.bigEndian();
        this.isCompact = section.type() == Section.SHT_CREL;
        this.isRela = isCompact || section.type() == Section.SHT_RELA;
        this.hasThreeTypes = is64 && !isCompact && header.machine() == ElfHeader.EM_MIPS;
        this.hasTypeData = is64 && !isCompact && header.machine() == ElfHeader.EM_SPARCV9;
    }

    /** Whether the section holds relocations. */
    static boolean isTable(Section section) {
        return section.type() == Section.SHT_RELA
                || section.type() == Section.SHT_REL
                || section.type() == Section.SHT_CREL;
    }

    /** The entries, each of {@link #entrySize} bytes. */
    ByteSource entries() throws IOException {
        if (isCompact) {
            return new ByteSource.OfArray(expanded());
        }
        int entrySize = entrySize();
        if (section.entrySize() != entrySize || section.size() % entrySize != 0) {
            throw new ElfException(file.name() + ": " + section.name() + ": sh_entsize "
                    + Hex.text(section.entrySize()) + " and sh_size " + Hex.text(section.size())
                    + " do not match entries of " + entrySize + " bytes");
        }
        return file.bytes(section);
    }

    /**
     * The entries of a SHT_CREL section (LLVM, docs/Extensions.rst): a header, which is eight times their number plus bits
     * for addends and the alignment of offsets, and for each entry the differences from the one before.
     */
    private byte[] expanded() throws IOException {
        SectionData data = file.data(section);
        if (data.size() > Integer.MAX_VALUE) {
            throw damaged(0);
        }
        byte[] from = data.read(0, (int) data.size());
        Leb in = new Leb(from);
        long header = in.unsigned();
        long count = header >>> 3;
        boolean withAddend = (header & CREL_HDR_ADDEND) != 0;
        int flagBits = withAddend ? 3 : 2;
        int shift = (int) (header & 3);
        // Each entry takes a byte or more
        if (count > from.length) {
            throw damaged(0);
        }
        byte[] into = file.budget().allocate(file.name(), section.name(), count * entrySize());
        long offset = 0;
        long symbol = 0;
        long type = 0;
        long addend = 0;
        for (int at = 0; at < into.length; at += entrySize()) {
            int first = in.next();
            offset += first >>> flagBits;
            if (first >= 0x80) {
                offset += (in.unsigned() << (7 - flagBits)) - (0x80 >>> flagBits);
            }
            symbol += (first & 1) != 0 ? in.signed() : 0;
            type += (first & 2) != 0 ? in.signed() : 0;
            addend += withAddend && (first & 4) != 0 ? in.signed() : 0;
            if (in.isPastEnd()) {
                throw damaged(from.length);
            }
            int size = is64 ? 8 : 4;
            Words.put(into, at, size, big, offset << shift);
            long info = is64 ? symbol << 32 | (type & 0xffff_ffffL) : symbol << 8 | (type & 0xff);
            Words.put(into, at + size, size, big, info);
            Words.put(into, at + 2 * size, size, big, addend);
        }
        return into;
    }

    private ElfException damaged(long at) {
        return new ElfException(file.name() + ": " + section.name() + "+" + Hex.text(at)
                + ": the compact relocations are not as many as the header says");
    }

    /** Bytes and LEB128 numbers from an array. Past its end, everything is 0. */
    private static final class Leb {
        private final byte[] from;
        private int at;

        Leb(byte[] from) {
            this.from = from;
        }

        boolean isPastEnd() {
            return at > from.length;
        }

        int next() {
            int value = at < from.length ? from[at] & 0xff : 0;
            at = Math.min(at, from.length) + 1;
            return value;
        }

        long unsigned() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                int b = next();
                value |= shift < 64 ? (b & 0x7fL) << shift : 0;
                if (b < 0x80) {
                    return value;
                }
            }
        }

        long signed() {
            long value = 0;
            for (int shift = 0; ; ) {
                int b = next();
                value |= shift < 64 ? (b & 0x7fL) << shift : 0;
                shift += 7;
                if (b < 0x80) {
                    return shift < 64 && (b & 0x40) != 0 ? value | -1L << shift : value;
                }
            }
        }
    }

    /** The symbol table that the entries of a relocation section refer to. */
    static SymbolTable symbols(ElfFile file, Section section) throws IOException {
        return file.symbols(symbolSection(file, section));
    }

    /** The section of that table. */
    static Section symbolSection(ElfFile file, Section section) throws ElfException {
        int link = section.link();
        Section table =
                link > 0 && link < file.sections().size() ? file.sections().get(link) : null;
        if (table == null || (table.type() != Section.SHT_SYMTAB && table.type() != Section.SHT_DYNSYM)) {
            throw new ElfException(file.name() + ": " + section.name() + ": sh_link " + link
                    + " is not the index of a symbol table (SHT_SYMTAB)");
        }
        return table;
    }

    /** Whether the addends are in the entries rather than in the relocated fields. */
    boolean withAddend() throws IOException {
        if (isCompact) {
            SectionData data = file.data(section);
            return data.size() > 0 && (data.read(0, 1)[0] & CREL_HDR_ADDEND) != 0;
        }
        return isRela;
    }

    /** The size of an entry, in bytes. */
    int entrySize() {
        return (is64 ? 8 : 4) * (isRela ? 3 : 2);
    }

    /** r_offset of the entry at a position. */
    long offset(byte[] b, int entry) {
        return Words.word(b, entry, is64, big);
    }

    /** ELF64_R_SYM or ELF32_R_SYM. */
    int symbol(byte[] b, int entry) {
        long info = info(b, entry);
        return (int) (is64 ? info >>> 32 : info >>> 8);
    }

    /**
     * ELF64_R_TYPE or ELF32_R_TYPE. For MIPS64 r_type is in the low byte, above it r_type2, r_type3 and r_ssym, which are
     * mostly 0.
     */
    int type(byte[] b, int entry) {
        long info = info(b, entry);
        return (int) (is64 ? info : info & 0xff);
    }

    private long info(byte[] b, int entry) {
        return uniform(Words.word(b, entry + (is64 ? 8 : 4), is64, big));
    }

    /** The symbol in the upper half, the type in the lower one. */
    private long uniform(long info) {
        if (hasThreeTypes && !big) {
            return (info << 32) | (Integer.reverseBytes((int) (info >>> 32)) & 0xffff_ffffL);
        }
        return hasTypeData ? info & 0xffff_ffff_0000_00ffL : info;
    }

    /** r_addend; only for entries that have one. */
    long addend(byte[] b, int entry) {
        return is64 ? Words.i64(b, entry + 16, big) : Words.i32(b, entry + 8, big);
    }

    /**
     * Decodes entries into {@link #WORDS} words each: r_offset, the symbol (upper 32 bits) and type, and r_addend or 0.
     * That is how the file stores them in ELF64 with addends.
     */
    void decode(byte[] b, int count, long[] into) {
        if (is64 && isRela) {
            ByteBuffer.wrap(b)
                    .order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer()
                    .get(into, 0, count * WORDS);
            for (int at = 1; (hasThreeTypes || hasTypeData) && at < count * WORDS; at += WORDS) {
                into[at] = uniform(into[at]);
            }
            return;
        }
        int entrySize = entrySize();
        for (int i = 0, entry = 0, at = 0; i < count; i++, entry += entrySize, at += WORDS) {
            into[at] = offset(b, entry);
            into[at + 1] = (long) symbol(b, entry) << 32 | (type(b, entry) & 0xffff_ffffL);
            into[at + 2] = isRela ? addend(b, entry) : 0;
        }
    }
}
