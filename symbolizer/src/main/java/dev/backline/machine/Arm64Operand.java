package dev.backline.machine;

/** The forms of operands in the table of A64 instructions; the names stand in arm64.txt. */
enum Arm64Operand {
    /** A general-purpose register. */
    GPR,
    /** A scalar register of the vector file. */
    FPR,
    /** A vector register with its arrangement. */
    VECTOR,
    /** One element of a vector register. */
    ELEMENT,
    /** Consecutive vector registers in braces. */
    LIST,
    /** The address of adr and adrp. */
    ADR,
    /** 12 bits, perhaps shifted by 12. */
    AIMM,
    /** The mask of a logical instruction. */
    LIMM,
    /** 16 bits with the shift of movk. */
    WIDE,
    /** The whole value that movz and movn make. */
    WIDEVALUE,
    TAGOFFSET,
    TAG,
    IMMR,
    IMMS,
    INSERTAT,
    INSERTWIDTH,
    EXTRACTWIDTH,
    LSLBY,
    LABEL26,
    LABEL19,
    LABEL14,
    TESTBIT,
    UDF,
    IMM16,
    IMM16DEC,
    /** As IMM16, but 0 is not printed. */
    IMM16OPT,
    IMM4,
    IMM5,
    IMM8,
    IMM8SIGNED,
    HINT,
    BTI,
    CSYNC,
    CLREX,
    BARRIER,
    BARRIERNXS,
    SMEMODE,
    PSTATE,
    RCTX,
    SYSALIAS,
    SYS,
    SYSL,
    SYSREG,
    /** Register Rm with a shift. */
    SHIFTED,
    /** Register Rm with an extension. */
    EXTENDED,
    ROTATE6,
    NZCV,
    NZCVDEC,
    COND,
    CONDNOT,
    PRFOP,
    /** Base alone. */
    MEM,
    /** Base alone; after the access the base grows by the size or by a register. */
    MEM_POST,
    /** Base and 12 bits, in units of the access. */
    MEM_U12,
    /** Base and 9 signed bits. */
    MEM_I9,
    MEM_I9_PRE,
    MEM_I9_POST,
    /** Base and 9 signed bits, in units of a tag's 16 bytes. */
    MEM_I9TAG,
    MEM_I9TAG_PRE,
    MEM_I9TAG_POST,
    /** Base and 7 signed bits, in units of one register of the pair. */
    MEM_I7,
    MEM_I7_PRE,
    MEM_I7_POST,
    MEM_I7TAG,
    MEM_I7TAG_PRE,
    MEM_I7TAG_POST,
    /** Base and 10 signed bits, in units of 8. */
    MEM_I10,
    MEM_I10_PRE,
    /** Base and index register. */
    MEM_REG,
    /** Base and 9 signed bits, in units of the vector length. */
    MEM_VL,
    /** Base and 4 bits, in units of the vector length. */
    MEM_ZA,
    /** An address near the program counter. */
    LITERAL,
    /** The address register of a memory copy that is written. */
    CPYD,
    /** The address register of a memory copy that is read. */
    CPYS,
    /** The length register of a memory copy. */
    CPYN,
    /** The address register of a memory fill. */
    SETD,
    /** The length register of a memory fill. */
    SETN,
    FPIMM,
    ZERO,
    ZEROINT,
    FBITS,
    ROT12,
    ROT12ADD,
    ROT13,
    SHLLBY,
    EXTBY,
    TABLE1,
    TABLE2,
    TABLE3,
    TABLE4,
    VIMM,
    VIMM64,
    VFPIMM,
    SHR,
    SHL,
    SVEZ,
    SVEP,
    SVEPB,
    SVEPNB,
    SVEIMM6,
    ZAROW,
    ZT0,
    /** Tile, predicates and vectors of an outer product: words from words, and so on. */
    OUTERS,
    OUTERD,
    OUTERSH,
    OUTERSB,
    OUTERDH;

    /** {@return whether the operand is in memory} */
    boolean isMemory() {
        return (compareTo(MEM) >= 0) && (compareTo(LITERAL) <= 0);
    }
}
