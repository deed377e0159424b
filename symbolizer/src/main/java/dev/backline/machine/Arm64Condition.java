package dev.backline.machine;

/** What a row of the table of A64 instructions requires in addition to mask and value, by the names in arm64.txt. */
enum Arm64Condition {
    /** The mask of a logical instruction is one. */
    LIMM,
    /** movz and movn cannot make the value. */
    NOTWIDE,
    /** movz is printed as mov. */
    MOVZ,
    /** movn is printed as mov. */
    MOVN,
    /** The fields of a bit-field instruction are inside the register. */
    BITFIELD,
    /** imms is the highest bit. */
    IMMSMAX,
    /** The field is inserted at a place above 0. */
    INSERT,
    /** A left shift. */
    LSL,
    /** Rn is Rm. */
    SAMEREGISTER,
    /** The base, if it is not sp, is neither Rt nor Rt2. */
    BASEAPART,
    /** The memory copy has three different registers, none of them xzr. */
    COPYAPART,
    /** The memory fill has three different registers; address and length are not xzr. */
    SETAPART,
    /** Rt and Rt2 differ. */
    DISTINCT,
    /** The loaded number is narrower than 64 bits. */
    SIGNED,
    /** Rn is not 31. */
    NOTZR,
    /** op1 and op2 name a field of the processor state. */
    PSTATE,
    /** The system instruction has a name. */
    SYSALIAS,
    /** The shift is not ror. */
    SHIFT3,
    /** The amount is less than 32 in instructions of 32 bits. */
    SHIFT32,
    /** The extended register is shifted by at most 4. */
    EXTEND4,
    /** The condition is neither al nor nv. */
    INVERTIBLE,
    /** The stage of a memory fill is prologue, main or epilogue. */
    SETSTAGE,
    /** The index is a word or a doubleword. */
    EXTENDX,
    /** Size and index of the lane agree. */
    LANE,
    NOTSINGLE,
    NOTDOUBLE,
    NOTHALF,
    FBITS,
    /** Bits 23 and 22 are not 3. */
    SIZE3,
    /** Bits 23 and 22 are 1 or 2. */
    SIZE12,
    /** Bits 23 and 22 are not 0. */
    SIZE0,
    /** Bits 23 and 22 are 0 or 1. */
    SIZE01,
    /** The vector has at least four elements. */
    ACROSS,
    /** A double's index has one bit. */
    FELEMENT,
    /** The index of a complex number fits. */
    CELEMENT,
    IMMH,
    /** Narrow elements have at most 32 bits. */
    IMMHNARROW,
    /** immh and immb have one bit. */
    IMMHONE,
    /** The elements are floating-point numbers. */
    IMMHFLOAT;

    /** {@return whether a word fulfils the condition} */
    boolean holds(int word) {
        int size = (word >>> 22) & 3;
        int immr = (word >>> 16) & 63;
        int imms = (word >>> 10) & 63;
        int top = word < 0 ? 63 : 31;
        int rn = (word >>> 5) & 31;
        int rm = (word >>> 16) & 31;
        int immh = (word >>> 19) & 15;
        boolean quad = ((word >>> 30) & 1) != 0;
        return switch (this) {
            case LIMM -> Arm64Fields.isLogicalMask(word);
            case NOTWIDE -> (word & 31) == 31 || !Arm64Fields.isWide(Arm64Fields.logicalMask(word), word < 0);
            case MOVZ -> ((word >>> 5) & 0xffff) != 0 || ((word >>> 21) & 3) == 0;
            case MOVN -> MOVZ.holds(word) && (word < 0 || ((word >>> 5) & 0xffff) != 0xffff);
            case BITFIELD -> ((word >>> 22) & 1) == (word >>> 31) && immr <= top && imms <= top;
            case IMMSMAX -> imms == top;
            case INSERT -> imms < immr;
            case LSL -> imms != top && imms + 1 == immr;
            case SAMEREGISTER -> rn == rm;
            case BASEAPART -> rn == 31 || (rn != (word & 31) && rn != ((word >>> 10) & 31));
            case COPYAPART -> rm != 31 && SETAPART.holds(word);
            case SETAPART -> {
                int rd = word & 31;
                yield rd != 31 && rn != 31 && rd != rn && rd != rm && rn != rm;
            }
            case DISTINCT -> (word & 31) != ((word >>> 10) & 31);
            case SIGNED -> (word >>> 30) != 3;
            case NOTZR -> rn != 31;
            case PSTATE -> !Arm64Fields.stateField(word).isEmpty();
            case SYSALIAS -> !Arm64System.alias(word).isEmpty();
            case SHIFT3, SIZE3 -> size != 3;
            case SHIFT32 -> imms <= top;
            case EXTEND4 -> ((word >>> 10) & 7) <= 4;
            case INVERTIBLE -> ((word >>> 13) & 7) != 7;
            case SETSTAGE -> ((word >>> 14) & 3) != 3;
            case EXTENDX -> ((word >>> 14) & 1) != 0;
            case LANE -> Arm64Fields.laneSize(word) >= 0;
            case NOTSINGLE -> size != 0;
            case NOTDOUBLE -> size != 1;
            case NOTHALF -> size != 3;
            case FBITS -> word < 0 || imms >= 32;
            case SIZE12 -> size == 1 || size == 2;
            case SIZE0 -> size != 0;
            case SIZE01 -> size <= 1;
            case ACROSS -> size <= 1 || (size == 2 && quad);
            case FELEMENT -> size == 2 || ((word >>> 21) & 1) == 0;
            case CELEMENT -> size == 1 ? quad || ((word >>> 11) & 1) == 0 : quad && ((word >>> 21) & 1) == 0;
            case IMMH -> immh != 0;
            case IMMHNARROW -> immh < 8;
            case IMMHONE -> Integer.bitCount(immh) == 1;
            case IMMHFLOAT -> immh >= 2;
        };
    }
}
