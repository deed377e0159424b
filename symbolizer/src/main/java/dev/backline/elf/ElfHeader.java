package dev.backline.elf;

/**
 * The ELF header (gABI ch. 4, "ELF Header"), with extended numbering resolved.
 *
 * @param is64 ELFCLASS64 rather than ELFCLASS32
 * @param bigEndian ELFDATA2MSB rather than ELFDATA2LSB
 * @param type ET_*
 * @param machine EM_*
 * @param flags e_flags
 * @param entry e_entry
 * @param programHeaderOffset e_phoff
 * @param programHeaderSize e_phentsize
 * @param programHeaderCount e_phnum, or sh_info of section 0 if e_phnum is PN_XNUM
 * @param sectionHeaderOffset e_shoff
 * @param sectionHeaderCount e_shnum, or sh_size of section 0 if e_shnum is 0
 * @param sectionNameIndex e_shstrndx, or sh_link of section 0 if e_shstrndx is SHN_XINDEX
 */
public record ElfHeader(
        boolean is64,
        boolean bigEndian,
        int type,
        int machine,
        int flags,
        long entry,
        long programHeaderOffset,
        int programHeaderSize,
        long programHeaderCount,
        long sectionHeaderOffset,
        int sectionHeaderCount,
        int sectionNameIndex) {

    /** No file type. */
    public static final int ET_NONE = 0;

    /** A relocatable object, such as a kernel module. */
    public static final int ET_REL = 1;

    /** An executable with fixed addresses, such as most vmlinux files. */
    public static final int ET_EXEC = 2;

    /** A shared object or position-independent executable. */
    public static final int ET_DYN = 3;

    /** A core dump. */
    public static final int ET_CORE = 4;

    /** x86, 32 bits. */
    public static final int EM_386 = 3;

    /** MIPS, 32 or 64 bits. */
    public static final int EM_MIPS = 8;

    /** powerpc, 32 bits. */
    public static final int EM_PPC = 20;

    /** powerpc, 64 bits. */
    public static final int EM_PPC64 = 21;

    /** s390, 31 and 64 bits. */
    public static final int EM_S390 = 22;

    /** arm, 32 bits. */
    public static final int EM_ARM = 40;

    /** x86-64. */
    public static final int EM_X86_64 = 62;

    /** arm64. */
    public static final int EM_AARCH64 = 183;

    /** riscv, 32 and 64 bits. */
    public static final int EM_RISCV = 243;

    // Machines of which only relocations are known

    static final int EM_SPARC = 2;
    static final int EM_68K = 4;
    static final int EM_PARISC = 15;
    static final int EM_SPARC32PLUS = 18;
    static final int EM_SH = 42;
    static final int EM_SPARCV9 = 43;
    static final int EM_IA_64 = 50;
    static final int EM_OPENRISC = 92;
    static final int EM_ARC_COMPACT = 93;
    static final int EM_XTENSA = 94;
    static final int EM_ALTERA_NIOS2 = 113;
    static final int EM_HEXAGON = 164;
    static final int EM_MICROBLAZE = 189;
    static final int EM_ARC_COMPACT2 = 195;
    static final int EM_BPF = 247;
    static final int EM_CSKY = 252;
    static final int EM_LOONGARCH = 258;
    /** Of the GNU tools and Linux; the gABI's number, 41, has never been in use. */
    static final int EM_ALPHA = 0x9026;

    /** {@return whether the file is a relocatable object, such as a kernel module (ET_REL)} */
    public boolean isRelocatable() {
        return type == ET_REL;
    }

    /** {@return the size of an address in bytes: 8 or 4} */
    public int addressSize() {
        return is64 ? 8 : 4;
    }
}
