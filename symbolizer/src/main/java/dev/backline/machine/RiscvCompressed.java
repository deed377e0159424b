package dev.backline.machine;

/**
 * The 16-bit instructions of riscv (C and Zcb). Each is short for a 32-bit instruction. Source: the unprivileged ISA manual,
 * chapter "C", and the manual of Zc.
 */
final class RiscvCompressed {
    static final int UNIMP = 0xc0001073;
    private static final int NOP = 0x13;
    static final int EBREAK = 0x00100073;
    private static final int ZERO_EXTEND_BYTE = 0x0ff07013;

    private RiscvCompressed() {}

    /**
     * {@return the 32-bit instruction with the same meaning; 0 if there is none; the halfword itself if it is a hint, which
     * has a name of its own}
     */
    static int expand(int half) {
        int funct3 = half >>> 13;
        return switch (half & 3) {
            case 0 -> quadrant0(half, funct3);
            case 1 -> quadrant1(half, funct3);
            default -> quadrant2(half, funct3);
        };
    }

    private static int quadrant0(int half, int funct3) {
        int rd = 8 + bits(half, 2, 3);
        int rs = 8 + bits(half, 7, 3);
        int word = (bits(half, 10, 3) << 3) | (bits(half, 6, 1) << 2) | (bits(half, 5, 1) << 6);
        int twice = (bits(half, 10, 3) << 3) | (bits(half, 5, 2) << 6);
        return switch (funct3) {
            case 0 -> {
                int add = (bits(half, 11, 2) << 4)
                        | (bits(half, 7, 4) << 6)
                        | (bits(half, 6, 1) << 2)
                        | (bits(half, 5, 1) << 3);
                yield add != 0 ? immediate(0x13, 0, rd, 2, add) : half == 0 ? UNIMP : 0;
            }
            case 1 -> immediate(0x07, 3, rd, rs, twice);
            case 2 -> immediate(0x03, 2, rd, rs, word);
            case 3 -> immediate(0x03, 3, rd, rs, twice);
            case 4 -> small(half, rd, rs);
            case 5 -> store(0x27, 3, rd, rs, twice);
            case 6 -> store(0x23, 2, rd, rs, word);
            default -> store(0x23, 3, rd, rs, twice);
        };
    }

    /** Zcb's bytes and halfwords. */
    private static int small(int half, int rd, int rs) {
        int low = bits(half, 5, 1);
        int high = bits(half, 6, 1);
        return switch (bits(half, 10, 3)) {
            case 0 -> immediate(0x03, 4, rd, rs, high | (low << 1));
            case 1 -> immediate(0x03, high == 0 ? 5 : 1, rd, rs, low << 1);
            case 2 -> store(0x23, 0, rd, rs, high | (low << 1));
            case 3 -> high == 0 ? store(0x23, 1, rd, rs, low << 1) : 0;
            default -> 0;
        };
    }

    private static int quadrant1(int half, int funct3) {
        int rd = bits(half, 7, 5);
        int short3 = 8 + bits(half, 7, 3);
        int value = signed(half);
        return switch (funct3) {
            case 0 -> rd == 0 && value == 0 ? NOP : addHint(half, rd, value);
            case 1 -> rd == 0 ? 0 : immediate(0x1b, 0, rd, rd, value);
            case 2 -> rd == 0 ? half : immediate(0x13, 0, rd, 0, value);
            case 3 -> upper(half, rd, value);
            case 4 -> arithmetic(half, short3, value);
            case 5 -> jump(half);
            case 6 -> branch(half, 0, short3);
            default -> branch(half, 1, short3);
        };
    }

    private static int addHint(int half, int rd, int value) {
        return rd != 0 && value != 0 ? immediate(0x13, 0, rd, rd, value) : half;
    }

    private static int upper(int half, int rd, int value) {
        if (rd == 2) {
            int add = (bits(half, 6, 1) << 4)
                    | (bits(half, 2, 1) << 5)
                    | (bits(half, 5, 1) << 6)
                    | (bits(half, 3, 2) << 7)
                    | (-bits(half, 12, 1) << 9);
            return add == 0 ? 0 : immediate(0x13, 0, 2, 2, add);
        }
        if (rd == 0) {
            return half;
        }
        return (value << 12) | (rd << 7) | 0x37;
    }

    private static int arithmetic(int half, int rd, int value) {
        int rs = 8 + bits(half, 2, 3);
        int shift = value & 63;
        return switch (bits(half, 10, 2)) {
            case 0 -> shift == 0 ? half : immediate(0x13, 5, rd, rd, shift);
            case 1 -> shift == 0 ? half : immediate(0x13, 5, rd, rd, shift | 0x400);
            case 2 -> immediate(0x13, 7, rd, rd, value);
            default ->
                switch ((bits(half, 12, 1) << 2) | bits(half, 5, 2)) {
                    case 0 -> register(0x33, 0, 0x20, rd, rd, rs);
                    case 1 -> register(0x33, 4, 0, rd, rd, rs);
                    case 2 -> register(0x33, 6, 0, rd, rd, rs);
                    case 3 -> register(0x33, 7, 0, rd, rd, rs);
                    case 4 -> register(0x3b, 0, 0x20, rd, rd, rs);
                    case 5 -> register(0x3b, 0, 0, rd, rd, rs);
                    case 6 -> register(0x33, 0, 1, rd, rd, rs);
                    default -> extension(half, rd);
                };
        };
    }

    /** Zcb's instructions with one register. */
    private static int extension(int half, int rd) {
        return switch (bits(half, 2, 3)) {
            case 0 -> ZERO_EXTEND_BYTE | (rd << 15) | (rd << 7);
            case 1 -> immediate(0x13, 1, rd, rd, 0x604);
            case 2 -> register(0x3b, 4, 4, rd, rd, 0);
            case 3 -> immediate(0x13, 1, rd, rd, 0x605);
            case 4 -> register(0x3b, 0, 4, rd, rd, 0);
            case 5 -> immediate(0x13, 4, rd, rd, -1);
            default -> 0;
        };
    }

    private static int jump(int half) {
        int to = (bits(half, 3, 3) << 1)
                | (bits(half, 11, 1) << 4)
                | (bits(half, 2, 1) << 5)
                | (bits(half, 7, 1) << 6)
                | (bits(half, 6, 1) << 7)
                | (bits(half, 9, 2) << 8)
                | (bits(half, 8, 1) << 10)
                | (-bits(half, 12, 1) << 11);
        return ((to & 0x7fe) << 20) | ((to & 0x800) << 9) | (to & 0xff000) | ((to & 0x100000) << 11) | 0x6f;
    }

    private static int branch(int half, int funct3, int rs) {
        int to = (bits(half, 3, 2) << 1)
                | (bits(half, 10, 2) << 3)
                | (bits(half, 2, 1) << 5)
                | (bits(half, 5, 2) << 6)
                | (-bits(half, 12, 1) << 8);
        return ((to & 0x1000) << 19)
                | ((to & 0x7e0) << 20)
                | (rs << 15)
                | (funct3 << 12)
                | ((to & 0x1e) << 7)
                | ((to & 0x800) >> 4)
                | 0x63;
    }

    private static int quadrant2(int half, int funct3) {
        int rd = bits(half, 7, 5);
        int rs = bits(half, 2, 5);
        int shift = signed(half) & 63;
        int word = (bits(half, 12, 1) << 5) | (bits(half, 4, 3) << 2) | (bits(half, 2, 2) << 6);
        int twice = (bits(half, 12, 1) << 5) | (bits(half, 5, 2) << 3) | (bits(half, 2, 3) << 6);
        int wordTo = (bits(half, 9, 4) << 2) | (bits(half, 7, 2) << 6);
        int twiceTo = (bits(half, 10, 3) << 3) | (bits(half, 7, 3) << 6);
        return switch (funct3) {
            case 0 -> rd == 0 || shift == 0 ? half : immediate(0x13, 1, rd, rd, shift);
            case 1 -> immediate(0x07, 3, rd, 2, twice);
            case 2 -> rd == 0 ? 0 : immediate(0x03, 2, rd, 2, word);
            case 3 -> rd == 0 ? 0 : immediate(0x03, 3, rd, 2, twice);
            case 4 -> registers(half, rd, rs);
            case 5 -> store(0x27, 3, rs, 2, twiceTo);
            case 6 -> store(0x23, 2, rs, 2, wordTo);
            default -> store(0x23, 3, rs, 2, twiceTo);
        };
    }

    private static int registers(int half, int rd, int rs) {
        boolean second = bits(half, 12, 1) != 0;
        if (rs != 0) {
            if (rd == 0) {
                return half;
            }
            return second ? register(0x33, 0, 0, rd, rd, rs) : immediate(0x13, 0, rd, rs, 0);
        }
        if (rd == 0) {
            return second ? EBREAK : 0;
        }
        return immediate(0x67, 0, second ? 1 : 0, rd, 0);
    }

    /** {@return the text of a hint} */
    static String hint(int half) {
        int rd = bits(half, 7, 5);
        int rs = bits(half, 2, 5);
        int value = signed(half);
        if ((half & 3) == 1) {
            return switch (half >>> 13) {
                case 0 -> rd == 0 ? "c.nop " + value : "c.addi " + RiscvText.register(rd) + ",0";
                case 2 -> "c.li zero," + value;
                case 3 -> "c.lui zero," + value;
                default -> (bits(half, 10, 1) == 0 ? "c.srli64 " : "c.srai64 ") + RiscvText.register(8 + (rd & 7));
            };
        }
        if (half >>> 13 == 0) {
            return (value & 63) == 0
                    ? "c.slli64 " + RiscvText.register(rd)
                    : "c.slli zero,0x" + Integer.toHexString(value & 63);
        }
        if (bits(half, 12, 1) == 0) {
            return "c.mv zero," + RiscvText.register(rs);
        }
        return switch (rs) {
            case 2 -> "c.ntl.p1";
            case 3 -> "c.ntl.pall";
            case 4 -> "c.ntl.s1";
            case 5 -> "c.ntl.all";
            default -> "c.add zero," + RiscvText.register(rs);
        };
    }

    /** The signed six-bit immediate of most instructions. */
    private static int signed(int half) {
        return bits(half, 2, 5) | (-bits(half, 12, 1) << 5);
    }

    private static int bits(int half, int from, int count) {
        return (half >>> from) & ((1 << count) - 1);
    }

    private static int immediate(int opcode, int funct3, int rd, int rs1, int value) {
        return (value << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode;
    }

    private static int store(int opcode, int funct3, int rs2, int rs1, int value) {
        return ((value >> 5) << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | ((value & 31) << 7) | opcode;
    }

    private static int register(int opcode, int funct3, int funct7, int rd, int rs1, int rs2) {
        return (funct7 << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode;
    }
}
