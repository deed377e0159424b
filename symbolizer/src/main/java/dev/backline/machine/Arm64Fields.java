package dev.backline.machine;

/** The fields of A64 words that need more than a shift and a mask. */
final class Arm64Fields {
    /** The arrangements of vectors; the first eight are size times two plus Q. */
    static final String ARRANGEMENTS = "8b 16b4h 8h 2s 4s 1d 2d 1q 2h ";

    private static final int ONE_DOUBLE = 6;
    private static final int ONE_QUAD = 8;
    private static final int TWO_HALVES = 9;

    private Arm64Fields() {}

    /** {@return the number of an arrangement that is written out, or -1} */
    static int literalArrangement(String name) {
        for (int i = 0; i * 3 < ARRANGEMENTS.length(); i++) {
            if (arrangementName(i).equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** {@return the name of an arrangement} */
    static String arrangementName(int arrangement) {
        return ARRANGEMENTS.substring(arrangement * 3, (arrangement * 3) + 3).strip();
    }

    /** {@return the arrangement of a vector operand, or -1 if it is reserved} */
    static int arrangement(Arm64Shape shape, int literal, int word) {
        int quad = (word >>> 30) & 1;
        int size = (word >>> 22) & 3;
        int single = size & 1;
        return switch (shape) {
            case FIXED -> literal;
            case T -> notOneDouble((size << 1) | quad);
            case TW -> size == 3 ? ONE_QUAD : ((size + 1) << 1) | 1;
            case TP -> ((size + 1) << 1) | quad;
            case F -> notOneDouble(((2 + single) << 1) | quad);
            case FW -> single == 0 ? 5 : 7;
            case FN -> ((1 + single) << 1) | quad;
            case QB -> quad;
            case QH -> 2 | quad;
            case QHH -> quad == 0 ? TWO_HALVES : 2;
            case QS -> 4 | quad;
            case QD -> ONE_DOUBLE | quad;
            case TI -> shiftSize(word) < 0 ? -1 : notOneDouble((shiftSize(word) << 1) | quad);
            case TIW -> shiftSize(word) < 0 ? -1 : ((shiftSize(word) + 1) << 1) | 1;
            case T5 -> copySize(word) < 0 ? -1 : notOneDouble((copySize(word) << 1) | quad);
            case TM -> notOneDouble((((word >>> 10) & 3) << 1) | quad);
            case TL -> (((word >>> 10) & 3) << 1) | quad;
        };
    }

    private static int notOneDouble(int arrangement) {
        return arrangement == ONE_DOUBLE ? -1 : arrangement;
    }

    /** {@return the element size (0 to 3) that immh of a shift by immediate gives, or -1} */
    static int shiftSize(int word) {
        return 31 - Integer.numberOfLeadingZeros((word >>> 19) & 15);
    }

    /** {@return the element size (0 to 3) that imm5 of a copy gives, or -1} */
    static int copySize(int word) {
        int size = Integer.numberOfTrailingZeros((word >>> 16) & 31);
        return size > 3 ? -1 : size;
    }

    /** {@return the letter of a scalar register, or 0 if its size is reserved} */
    static char scalar(char kind, int word) {
        int size = (word >>> 22) & 3;
        return switch (kind) {
            case 'F' -> "sd\0h".charAt(size);
            case 'K' -> "bhsd".charAt(size);
            case 'J' -> "hsdq".charAt(size);
            case 'G' -> "sd".charAt(size & 1);
            case 'I' -> letter("bhsd", shiftSize(word));
            case 'U' -> letter("hsdq", shiftSize(word));
            case 'M' -> letter("bhsd", copySize(word));
            case 'T' -> letter("bhsdq", loadShift(word));
            case 'A' -> "sdq\0".charAt((word >>> 30) & 3);
            default -> (char) (kind | 0x20);
        };
    }

    private static char letter(String letters, int at) {
        return at < 0 || at >= letters.length() ? 0 : letters.charAt(at);
    }

    /** {@return the binary logarithm of the size of a scalar vector load or store} */
    static int loadShift(int word) {
        return (word >>> 30) | (((word >>> 23) & 1) << 2);
    }

    /** {@return the element size (0 to 3) of a load or store of one lane, or -1 if it is reserved} */
    static int laneSize(int word) {
        int size = (word >>> 10) & 3;
        return switch ((word >>> 14) & 3) {
            case 0 -> 0;
            case 1 -> (size & 1) == 0 ? 1 : -1;
            case 2 -> size == 0 ? 2 : size == 1 && ((word >>> 12) & 1) == 0 ? 3 : -1;
            default -> -1;
        };
    }

    /** {@return the index of the lane that is loaded or stored} */
    static int laneIndex(int word) {
        int all = (((word >>> 30) & 1) << 3) | ((word >>> 10) & 7);
        return all >> laneSize(word);
    }

    /** {@return whether the fields N, immr and imms of a logical instruction give a mask} */
    static boolean isLogicalMask(int word) {
        int n = (word >>> 22) & 1;
        int imms = (word >>> 10) & 63;
        if (word >= 0 && n != 0) {
            return false;
        }
        int length = 31 - Integer.numberOfLeadingZeros((n << 6) | (~imms & 63));
        int levels = (1 << length) - 1;
        return length >= 1 && (imms & levels) != levels;
    }

    /** {@return the mask of a logical instruction that has one} */
    static long logicalMask(int word) {
        int n = (word >>> 22) & 1;
        int imms = (word >>> 10) & 63;
        int immr = (word >>> 16) & 63;
        int length = 31 - Integer.numberOfLeadingZeros((n << 6) | (~imms & 63));
        int size = 1 << length;
        int ones = (imms & (size - 1)) + 1;
        int turn = immr & (size - 1);
        long element = (1L << ones) - 1;
        long whole = size == 64 ? -1 : (1L << size) - 1;
        if (turn != 0) {
            element = ((element >>> turn) | (element << (size - turn))) & whole;
        }
        for (int width = size; width < 64; width <<= 1) {
            element |= element << width;
        }
        return word < 0 ? element : element & 0xffff_ffffL;
    }

    /** {@return whether one movz or movn makes the value} */
    static boolean isWide(long value, boolean wide) {
        long inverted = wide ? ~value : ~value & 0xffff_ffffL;
        return isShifted16(value) || isShifted16(inverted);
    }

    private static boolean isShifted16(long value) {
        for (int shift = 0; shift < 64; shift += 16) {
            if ((value & ~(0xffffL << shift)) == 0) {
                return true;
            }
        }
        return false;
    }

    /** {@return the value that movz or movn makes} */
    static long wideValue(int word) {
        long value = (long) ((word >>> 5) & 0xffff) << (((word >>> 21) & 3) << 4);
        if (((word >>> 30) & 1) == 0) {
            value = ~value;
        }
        return word < 0 ? value : value & 0xffff_ffffL;
    }

    /** {@return the address that adr or adrp makes} */
    static long pageAddress(int word, long address) {
        long offset = ((long) ((word << 8) >> 13) << 2) | ((word >>> 29) & 3);
        return word < 0 ? (address & ~0xfffL) + (offset << 12) : address + offset;
    }

    /** {@return a signed field} */
    static int signed(int word, int from, int bits) {
        return (word << (32 - from - bits)) >> (32 - bits);
    }

    /**
     * {@return the name of the field of the processor state that an msr with immediate sets; an empty string for an unknown
     * field}
     */
    static String stateField(int word) {
        int crm = (word >>> 8) & 15;
        return switch (((word >>> 13) & 0x38) | ((word >>> 5) & 7)) {
            case 0x03 -> crm < 2 ? "uao" : "";
            case 0x04 -> crm < 2 ? "pan" : "";
            case 0x05 -> crm < 2 ? "spsel" : "";
            case 0x08 -> crm < 2 ? "allint" : "";
            case 0x19 -> crm < 2 ? "ssbs" : "";
            case 0x1a -> crm < 2 ? "dit" : "";
            case 0x1c -> crm < 2 ? "tco" : "";
            case 0x1e -> "daifset";
            case 0x1f -> "daifclr";
            default -> "";
        };
    }

    /** {@return the floating-point number that the 8 bits of fmov stand for} */
    static double expandFloat(int bits) {
        double mantissa = 16 + (bits & 15);
        int exponent = ((bits >>> 4) & 7) < 4 ? ((bits >>> 4) & 7) + 1 : ((bits >>> 4) & 7) - 7;
        double value = Math.scalb(mantissa, exponent - 4);
        return (bits & 0x80) != 0 ? -value : value;
    }
}
