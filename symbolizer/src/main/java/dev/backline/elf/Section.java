package dev.backline.elf;

/**
 * One section header (gABI ch. 4, "Sections"), as it stands in the file. Numbers are unsigned;
 * offset, size and alignment are in bytes.
 *
 * @param index its place in the section header table
 * @param name from the section name string table; empty when the file has none
 * @param type SHT_*
 * @param flags SHF_*
 * @param address sh_addr; see {@link ElfFile#address} for the one to work with
 * @param link sh_link
 * @param info sh_info
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

    public static final int SHT_NULL = 0;
    public static final int SHT_PROGBITS = 1;
    public static final int SHT_SYMTAB = 2;
    public static final int SHT_STRTAB = 3;
    public static final int SHT_RELA = 4;
    public static final int SHT_NOTE = 7;
    public static final int SHT_NOBITS = 8;
    public static final int SHT_REL = 9;
    public static final int SHT_DYNSYM = 11;
    public static final int SHT_SYMTAB_SHNDX = 18;
    /** From here on types are an operating system's or a processor's. */
    public static final int SHT_LOOS = 0x6000_0000;

    public static final long SHF_WRITE = 0x1;
    public static final long SHF_ALLOC = 0x2;
    public static final long SHF_EXECINSTR = 0x4;
    public static final long SHF_TLS = 0x400;
    public static final long SHF_COMPRESSED = 0x800;

    /** Whether it occupies memory in the running program (SHF_ALLOC). */
    public boolean isAllocated() {
        return (flags & SHF_ALLOC) != 0;
    }

    /** Whether it holds machine code (SHF_EXECINSTR). */
    public boolean isExecutable() {
        return (flags & SHF_EXECINSTR) != 0;
    }
}
