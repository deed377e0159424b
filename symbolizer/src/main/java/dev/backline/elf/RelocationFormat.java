package dev.backline.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Decodes the entries of a relocation section: Elf32_Rel, Elf32_Rela, Elf64_Rel or Elf64_Rela (gABI ch. 4). */
final class RelocationFormat {
    /** The words of an entry that {@link #decode} returns. */
    static final int WORDS = 3;

    private final boolean is64;
    private final boolean big;
    private final boolean withAddend;

    RelocationFormat(ElfHeader header, Section section) {
        this.is64 = header.is64();
        this.big = header.bigEndian();
        this.withAddend = section.type() == Section.SHT_RELA;
    }

    /** Whether the section holds relocations. */
    static boolean isTable(Section section) {
        return section.type() == Section.SHT_RELA || section.type() == Section.SHT_REL;
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

    /** Whether entries have an r_addend; without it, the addend is in the relocated field. */
    boolean withAddend() {
        return withAddend;
    }

    /** The size of an entry, in bytes. */
    int entrySize() {
        return (is64 ? 8 : 4) * (withAddend ? 3 : 2);
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

    /** ELF64_R_TYPE or ELF32_R_TYPE. */
    int type(byte[] b, int entry) {
        long info = info(b, entry);
        return (int) (is64 ? info : info & 0xff);
    }

    private long info(byte[] b, int entry) {
        return Words.word(b, entry + (is64 ? 8 : 4), is64, big);
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
        if (is64 && withAddend) {
            ByteBuffer.wrap(b)
                    .order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer()
                    .get(into, 0, count * WORDS);
            return;
        }
        int entrySize = entrySize();
        for (int i = 0, entry = 0, at = 0; i < count; i++, entry += entrySize, at += WORDS) {
            into[at] = offset(b, entry);
            into[at + 1] = (long) symbol(b, entry) << 32 | (type(b, entry) & 0xffff_ffffL);
            into[at + 2] = withAddend ? addend(b, entry) : 0;
        }
    }
}
