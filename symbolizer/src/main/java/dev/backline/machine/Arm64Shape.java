package dev.backline.machine;

/** How the arrangement of a vector operand follows from the word; the names stand in arm64.txt. */
enum Arm64Shape {
    /** Written out in the table. */
    FIXED,
    /** size and Q. */
    T,
    /** Elements twice as wide as size tells, in a whole register. */
    TW,
    /** Half as many elements as size and Q tell, twice as wide. */
    TP,
    /** Single or double by bit 22, and Q. */
    F,
    /** Single or double by bit 22, in a whole register. */
    FW,
    /** Half or single by bit 22, and Q. */
    FN,
    /** Bytes, as many as Q tells. */
    QB,
    /** Halfwords, as many as Q tells. */
    QH,
    /** Halfwords, half as many as Q tells. */
    QHH,
    /** Words, as many as Q tells. */
    QS,
    /** Doublewords, as many as Q tells. */
    QD,
    /** immh and Q. */
    TI,
    /** Elements twice as wide as immh tells, in a whole register. */
    TIW,
    /** imm5 and Q. */
    T5,
    /** Bits 11 and 10, and Q. */
    TL,
    /** As TL, but one doubleword is reserved. */
    TM;
}
