package dev.backline.elf;

/**
 * One section header (gABI ch. 4, "Sections"). Numbers are unsigned.
 *
 * @param index in the section header table
 * @param name from the section name string table; empty if the file has none
 * @param type SHT_*
 * @param flags SHF_*
 * @param address sh_addr; {@link ElfFile#address} gives the address that symbols and DWARF use
 * @param offset of the first byte in the file
 * @param size in bytes
 * @param link sh_link
 * @param info sh_info
 * @param alignment in bytes; 0 or 1 for none
 * @param entrySize of a table's entries, in bytes; 0 if the section is not a table
 */
public record Section(
        int index,
        String name,
        int type,
        long flags,
        long address,
        long offset,
        long size,
        int link,
        int info,
        long alignment,
        long entrySize) {

    /** An unused header. */
    public static final int SHT_NULL = 0;

    /** Contents that only the program interprets: code, data, debug information. */
    public static final int SHT_PROGBITS = 1;

    /** All symbols. */
    public static final int SHT_SYMTAB = 2;

    /** NUL-terminated strings. */
    public static final int SHT_STRTAB = 3;

    /** Relocations with addends. */
    public static final int SHT_RELA = 4;

    /** Notes. */
    public static final int SHT_NOTE = 7;

    /** A section without bytes in the file. */
    public static final int SHT_NOBITS = 8;

    /** Relocations whose addends are in the relocated fields. */
    public static final int SHT_REL = 9;

    /** The symbols for dynamic linking. */
    public static final int SHT_DYNSYM = 11;

    /** Section indexes of symbols that do not fit in 16 bits. */
    public static final int SHT_SYMTAB_SHNDX = 18;

    /** Relocations in LLVM's compact form. */
    static final int SHT_CREL = 0x4000_0014;

    /** The first type reserved for operating systems and processors. */
    public static final int SHT_LOOS = 0x6000_0000;

    /** Writable at run time. */
    public static final long SHF_WRITE = 0x1;

    /** Occupies memory at run time. */
    public static final long SHF_ALLOC = 0x2;

    /** Contains machine code. */
    public static final long SHF_EXECINSTR = 0x4;

    /** Contains thread-local data. */
    public static final long SHF_TLS = 0x400;

    /** Begins with a compression header. */
    public static final long SHF_COMPRESSED = 0x800;

    /** {@return whether the section occupies memory at run time (SHF_ALLOC)} */
    public boolean isAllocated() {
        return (flags & SHF_ALLOC) != 0;
    }

    /** {@return whether the section contains machine code (SHF_EXECINSTR)} */
    public boolean isExecutable() {
        return (flags & SHF_EXECINSTR) != 0;
    }
}
