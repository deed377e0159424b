package dev.backline.machine;

import java.util.HexFormat;

/**
 * Cuts code into instructions for machines whose instructions backline does not name. Powerpc's bytes are in big-endian
 * order, as its {@code Code:} lines print them.
 */
final class WordDecoder extends Decoder {
    /** BUG() of arm and Thumb, as words. */
    private static final int ARM_BUG = 0xe7f001f2;

    private static final int THUMB_BUG = 0xde02;

    /** {@code twi 31,0,0} and {@code trap}. */
    private static final int POWERPC_BUG = 0x0fe00000;

    private static final int POWERPC_TRAP = 0x7fe00008;

    /** {@code tdnei} and {@code twnei} of any register with 0: BUG_ON. */
    private static final int POWERPC_TRAP_IF = 0xfbe0ffff;

    private static final int POWERPC_TRAP_IF_BITS = 0x0b000000;

    /** s390's {@code mc 0,0}. */
    private static final int S390_BUG = 0xaf000000;

    private final InstructionSet set;
    private long value;

    WordDecoder(InstructionSet set) {
        this.set = set;
    }

    @Override
    public int decode(byte[] code, int from, int to, long address) {
        reset();
        value = 0;
        int wanted = lengthOf(code, from, to);
        length = Math.min(wanted, to - from);
        valid = length == wanted;
        boolean big = set == InstructionSet.POWERPC || set == InstructionSet.S390;
        for (int i = 0; i < length; i++) {
            value |= (code[from + i] & 0xffL) << (8 * (big ? length - 1 - i : i));
        }
        if (set == InstructionSet.THUMB && length == 4) {
            // The first halfword is the upper one.
            value = ((value & 0xffff) << 16) | (value >>> 16);
        }
        if (valid && isTrap((int) value)) {
            flow = Flow.TRAP;
        }
        return length;
    }

    private int lengthOf(byte[] code, int from, int to) {
        if (to - from < 2) {
            return 2;
        }
        return switch (set) {
            case THUMB -> {
                // 0b11101, 0b11110 and 0b11111 begin an instruction of two halfwords.
                int high = (code[from + 1] & 0xff) >>> 3;
                yield high >= 0b11101 ? 4 : 2;
            }
            case POWERPC -> (code[from] & 0xff) >>> 2 == 1 ? 8 : 4;
            case S390 -> {
                int top = (code[from] & 0xff) >>> 6;
                yield top == 0 ? 2 : top == 3 ? 6 : 4;
            }
            default -> 4;
        };
    }

    private boolean isTrap(int word) {
        return switch (set) {
            case ARM -> word == ARM_BUG;
            case THUMB -> length == 2 && word == THUMB_BUG;
            case POWERPC ->
                length == 4
                        && (word == POWERPC_BUG
                                || word == POWERPC_TRAP
                                || (word & POWERPC_TRAP_IF) == POWERPC_TRAP_IF_BITS);
            case S390 -> (length == 4 && word == S390_BUG) || (length == 2 && (word == 0 || word == 1));
            default -> false;
        };
    }

    @Override
    public String text() {
        if (!valid) {
            return "(bad)";
        }
        return (length == 2 ? ".short 0x" : ".word 0x") + HexFormat.of().toHexDigits(value, 2 * length);
    }

    @Override
    public String registerName(int register) {
        return "r" + register;
    }
}
