package dev.backline.machine;

import java.util.Locale;

/** Writes the operands of A64's floating-point and vector instructions as GNU objdump does. */
final class Arm64VectorText {
    private Arm64VectorText() {}

    private static int bits(int word, int from, int count) {
        return (word >>> from) & ((1 << count) - 1);
    }

    /** Appends an operand. */
    static void operand(StringBuilder out, Arm64Argument operand, int word) {
        int register = operand.register(word);
        switch (operand.form()) {
            case FPR -> out.append(Arm64Fields.scalar(operand.kind(), word)).append(register);
            case VECTOR -> vector(out, register, Arm64Fields.arrangementName(operand.arrangement(word)));
            case ELEMENT -> element(out, operand.kind(), register, word);
            case LIST -> list(out, operand, word);
            case TABLE1 -> braces(out, bits(word, 5, 5), 1, "16b");
            case TABLE2 -> braces(out, bits(word, 5, 5), 2, "16b");
            case TABLE3 -> braces(out, bits(word, 5, 5), 3, "16b");
            case TABLE4 -> braces(out, bits(word, 5, 5), 4, "16b");
            case FPIMM -> floating(out, bits(word, 13, 8));
            case VFPIMM -> floating(out, modified(word));
            case ZERO -> out.append("#0.0");
            case ZEROINT -> out.append("#0");
            case FBITS -> out.append('#').append(64 - bits(word, 10, 6));
            case ROT12 -> out.append('#').append(90 * bits(word, 11, 2));
            case ROT12ADD -> out.append('#').append(90 + (180 * bits(word, 12, 1)));
            case ROT13 -> out.append('#').append(90 * bits(word, 13, 2));
            case SHLLBY -> out.append('#').append(8 << bits(word, 22, 2));
            case EXTBY -> out.append('#').append(bits(word, 11, 4));
            case SHR -> out.append('#').append((16 << Arm64Fields.shiftSize(word)) - bits(word, 16, 7));
            case SHL -> out.append('#').append(bits(word, 16, 7) - (8 << Arm64Fields.shiftSize(word)));
            case VIMM -> immediate(out, word);
            case VIMM64 -> out.append("#0x").append(Long.toHexString(byteMask(modified(word))));
            case SVEZ -> out.append('z').append(bits(word, 0, 5));
            case SVEP -> out.append('p').append(bits(word, 0, 4));
            case SVEPB -> out.append('p').append(bits(word, 0, 4)).append(".b");
            case SVEPNB -> out.append('p').append(bits(word, 5, 4)).append(".b");
            case SVEIMM6 -> out.append('#').append(Arm64Fields.signed(word, 5, 6));
            case ZAROW ->
                out.append("za[w")
                        .append(12 + bits(word, 13, 2))
                        .append(", ")
                        .append(bits(word, 0, 4))
                        .append(']');
            case ZT0 -> out.append("zt0");
            case OUTERS -> outer(out, 's', 's', word);
            case OUTERD -> outer(out, 'd', 'd', word);
            case OUTERSH -> outer(out, 's', 'h', word);
            case OUTERSB -> outer(out, 's', 'b', word);
            case OUTERDH -> outer(out, 'd', 'h', word);
            default -> throw new IllegalStateException("no text for " + operand.form());
        }
    }

    private static void outer(StringBuilder out, char sum, char factor, int word) {
        out.append("za").append(bits(word, 0, sum == 's' ? 2 : 3)).append('.').append(sum);
        out.append(", p").append(bits(word, 10, 3)).append("/m, p").append(bits(word, 13, 3));
        out.append("/m, z").append(bits(word, 5, 5)).append('.').append(factor);
        out.append(", z").append(bits(word, 16, 5)).append('.').append(factor);
    }

    private static void vector(StringBuilder out, int register, String arrangement) {
        out.append('v').append(register).append('.').append(arrangement);
    }

    private static void element(StringBuilder out, char kind, int register, int word) {
        int high = bits(word, 11, 1);
        int two = (high << 1) | bits(word, 21, 1);
        switch (kind) {
            case 'D' -> lane(out, register, "d", 1);
            case 'S' -> lane(out, register, "s", bits(word, 12, 2));
            case 'B' -> lane(out, register, "4b", two);
            case 'P' -> lane(out, register, "2h", two);
            case 'H' -> lane(out, register & 15, "h", (two << 1) | bits(word, 20, 1));
            case 'F' -> {
                boolean single = bits(word, 22, 1) == 0;
                lane(out, register, single ? "s" : "d", single ? two : high);
            }
            case 'C' -> {
                boolean half = bits(word, 22, 2) == 1;
                lane(out, register, half ? "h" : "s", half ? two : high);
            }
            case 'E' -> element(out, bits(word, 22, 2) == 1 ? 'H' : 'W', register, word);
            case 'W' -> lane(out, register, "s", two);
            default -> {
                int size = Arm64Fields.copySize(word);
                int index = kind == 'I' ? bits(word, 16, 5) >> (size + 1) : bits(word, 11, 4) >> size;
                lane(out, register, letter(size), index);
            }
        }
    }

    /** The letter of an element size from 0 to 3. */
    private static String letter(int size) {
        return "bhsd".substring(size, size + 1);
    }

    private static void lane(StringBuilder out, int register, String letter, int index) {
        vector(out, register, letter);
        out.append('[').append(index).append(']');
    }

    private static void list(StringBuilder out, Arm64Argument operand, int word) {
        int register = bits(word, 0, 5);
        if (!operand.isLane()) {
            String arrangement = Arm64Fields.arrangementName(operand.arrangement(word));
            braces(out, register, operand.count(), arrangement);
            return;
        }
        braces(out, register, operand.count(), letter(Arm64Fields.laneSize(word)));
        out.append('[').append(Arm64Fields.laneIndex(word)).append(']');
    }

    /** Lists two registers, and a range that continues after v31 with v0; writes a longer range with a hyphen. */
    private static void braces(StringBuilder out, int register, int count, String arrangement) {
        out.append('{');
        vector(out, register, arrangement);
        int last = (register + count - 1) & 31;
        if (count > 2 && last > register) {
            out.append('-');
            vector(out, last, arrangement);
        } else {
            for (int i = 1; i < count; i++) {
                out.append(", ");
                vector(out, (register + i) & 31, arrangement);
            }
        }
        out.append('}');
    }

    private static int modified(int word) {
        return (bits(word, 16, 3) << 5) | bits(word, 5, 5);
    }

    private static void immediate(StringBuilder out, int word) {
        out.append("#0x").append(Integer.toHexString(modified(word)));
        int mode = bits(word, 12, 4);
        if (mode == 12 || mode == 13) {
            out.append(", msl #").append(mode == 12 ? 8 : 16);
        } else if (mode < 12) {
            int shift = mode < 8 ? (mode >> 1) * 8 : ((mode >> 1) & 1) * 8;
            if (shift != 0) {
                out.append(", lsl #").append(shift);
            }
        }
    }

    private static long byteMask(int bits) {
        long mask = 0;
        for (int i = 0; i < 8; i++) {
            if (((bits >> i) & 1) != 0) {
                mask |= 0xffL << (8 * i);
            }
        }
        return mask;
    }

    /** One digit before the point and eighteen after it, and an exponent of two digits. */
    private static void floating(StringBuilder out, int bits) {
        out.append('#').append(String.format(Locale.ROOT, "%.18e", Arm64Fields.expandFloat(bits)));
    }
}
