package dev.backline.elf;

/**
 * One section header (gABI ch. 4, "Sections"), as it stands in the file. Numbers are unsigned.
 *
 * @param index its place in the section header table
 * @param name from the section name string table; empty when the file has none
 * @param type SHT_*
 * @param flags SHF_*
 * @param address sh_addr; see {@link ElfFile#address} for the one to work with
 * @param offset of its first byte in the file
 * @param size in bytes
 * @param link sh_link
 * @param info sh_info
 * @param alignment in bytes; 0 and 1 for none
 * @param entrySize of a table's entries, in bytes; 0 when it is no table
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

    /** No section. */
    public static final int SHT_NULL = 0;

    /** What the program alone gives a meaning: code, data, debug information. */
    public static final int SHT_PROGBITS = 1;

    /** All symbols. */
    public static final int SHT_SYMTAB = 2;

    /** Strings that end in 0. */
    public static final int SHT_STRTAB = 3;

    /** Relocations with addends. */
    public static final int SHT_RELA = 4;

    /** Notes. */
    public static final int SHT_NOTE = 7;

    /** A section without bytes in the file. */
    public static final int SHT_NOBITS = 8;

    /** Relocations whose addends stand at the places to relocate. */
    public static final int SHT_REL = 9;

    /** The symbols that dynamic linking needs. */
    public static final int SHT_DYNSYM = 11;

    /** Section indexes of symbols that 16 bits do not hold. */
    public static final int SHT_SYMTAB_SHNDX = 18;

    /** From here on types are an operating system's or a processor's. */
    public static final int SHT_LOOS = 0x6000_0000;

    /** Can be written at run time. */
    public static final long SHF_WRITE = 0x1;

    /** Occupies memory at run time. */
    public static final long SHF_ALLOC = 0x2;

    /** Holds machine code. */
    public static final long SHF_EXECINSTR = 0x4;

    /** Holds what each thread has of its own. */
    public static final long SHF_TLS = 0x400;

    /** Begins with a compression header. */
    public static final long SHF_COMPRESSED = 0x800;

    /** {@return whether it occupies memory in the running program (SHF_ALLOC)} */
    public boolean isAllocated() {
        return (flags & SHF_ALLOC) != 0;
    }

    /** {@return whether it holds machine code (SHF_EXECINSTR)} */
    public boolean isExecutable() {
        return (flags & SHF_EXECINSTR) != 0;
    }
}
