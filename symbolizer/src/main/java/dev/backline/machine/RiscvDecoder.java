package dev.backline.machine;

import org.jspecify.annotations.Nullable;

/**
 * Decodes riscv, 64-bit: the base, M, A, F, D, C, V, H, the bit manipulation, cache and cryptography extensions that kernels
 * use. Texts are GNU's with the names of the ABI and with aliases; instructions of vendors have none.
 */
final class RiscvDecoder extends Decoder {
    private static final int RA = 1;
    private static final int T0 = 5;
    private static final int BRANCH = 0x63;
    private static final int JALR = 0x67;
    private static final int JAL = 0x6f;
    private static final int SYSTEM = 0x73;
    private static final int AUIPC = 0x17;
    private static final int LUI = 0x37;
    /** The size in bytes of an access with two registers. */
    private static final int PAIR = 16;

    private static final int SRET = 0x10200073;
    private static final int MRET = 0x30200073;

    private final RiscvTable table = RiscvTable.ALL;
    private RiscvTable.@Nullable Entry entry;
    private int word;

    @Override
    public int decode(byte[] code, int from, int to, long address) {
        reset();
        entry = null;
        word = 0;
        if (to - from < 2) {
            length = 1;
            return 1;
        }
        int half = (code[from] & 0xff) | ((code[from + 1] & 0xff) << 8);
        if ((half & 3) != 3) {
            length = 2;
            int expanded = RiscvCompressed.expand(half);
            if (expanded == half && half != 0) {
                word = half;
                valid = true;
            } else if (expanded != 0) {
                instruction(expanded, address);
            }
            return 2;
        }
        length = Math.min(to - from, lengthOf(half));
        if (length == 4) {
            instruction(half | ((code[from + 2] & 0xff) << 16) | (code[from + 3] << 24), address);
        }
        return length;
    }

    /** The lengths of the manual. Lengths of 192 bits and more are reserved: llvm-objdump then continues at the next byte. */
    private static int lengthOf(int half) {
        if ((half & 0x1f) != 0x1f) {
            return 4;
        }
        if ((half & 0x3f) == 0x1f) {
            return 6;
        }
        if ((half & 0x7f) == 0x3f) {
            return 8;
        }
        int pairs = (half >>> 12) & 7;
        return pairs == 7 ? 1 : 10 + (2 * pairs);
    }

    private void instruction(int bits, long address) {
        word = bits;
        RiscvTable.Entry found = table.find(bits);
        if (found == null) {
            return;
        }
        entry = found;
        valid = true;
        int rd = (bits >>> 7) & 31;
        int rs1 = (bits >>> 15) & 31;
        int rs2 = (bits >>> 20) & 31;
        if (found.reads1 && rs1 != 0) {
            readRegisters |= 1L << rs1;
        }
        if (found.reads2 && rs2 != 0) {
            readRegisters |= 1L << rs2;
        }
        if (found.writes && rd != 0) {
            changedRegisters |= 1L << rd;
        }
        if (found.compares) {
            compare(found.size == PAIR ? 3 : 1, rd, rs2);
        }
        if (found.access != null) {
            memory(found, found.access, rs1);
        }
        switch (bits & 0x7f) {
            case BRANCH -> {
                flow = Flow.BRANCH;
                target(address + branchOffset(bits));
            }
            case JAL -> {
                flow = rd == 0 ? Flow.JUMP : Flow.CALL;
                target(address + jumpOffset(bits));
                link(rd);
            }
            case JALR -> {
                flow = rd != 0 ? Flow.CALL : rs1 == RA || rs1 == T0 ? Flow.RETURN : Flow.JUMP;
                readRegisters |= rs1 == 0 ? 0 : 1L << rs1;
                link(rd);
            }
            case SYSTEM -> system(found, bits, rd);
            default -> effect(found, bits, rd, rs1, address);
        }
    }

    /**
     * Adds the registers of an amocas.
     *
     * @param registers 1, or 3 for an even register and the next one
     */
    private void compare(long registers, int rd, int rs2) {
        if (rd != 0) {
            readRegisters |= registers << rd;
            changedRegisters |= registers << rd;
        }
        if (rs2 != 0) {
            readRegisters |= registers << rs2;
        }
    }

    private void link(int rd) {
        changedRegisters |= rd == 0 ? 0 : 1L << rd;
    }

    private void target(long to) {
        branchTarget = to;
        hasBranchTarget = true;
    }

    private void system(RiscvTable.Entry found, int bits, int rd) {
        if (bits == RiscvCompressed.EBREAK || bits == RiscvCompressed.UNIMP) {
            flow = Flow.TRAP;
        } else if (bits == SRET || bits == MRET) {
            flow = Flow.RETURN;
        } else if (found.effect == Effect.LOAD) {
            // The hypervisor's loads.
            load(rd);
        }
    }

    private void memory(RiscvTable.Entry found, Access access, int rs1) {
        int at = addOperand(access, found.size);
        base[at] = rs1 == 0 ? NONE : rs1;
        displacement[at] = switch (found.displacement) {
            case 'o' -> word >> 20;
            case 'q' -> RiscvText.storeOffset(word);
            case 'h' -> word >> 25 << 5;
            default -> 0;
        };
    }

    private void effect(RiscvTable.Entry found, int bits, int rd, int rs1, long address) {
        if (rd == 0) {
            return;
        }
        switch (found.effect) {
            case MOVE -> {
                effect = Effect.MOVE;
                target = rd;
                source = rs1;
            }
            case ADD -> {
                effect = Effect.ADD;
                target = rd;
                source = rs1;
                constant = bits >> 20;
            }
            case CONSTANT -> {
                effect = Effect.CONSTANT;
                target = rd;
                constant = switch (bits & 0x7f) {
                    case LUI -> bits & 0xfffff000;
                    case AUIPC -> address + (bits & 0xfffff000);
                    default -> bits >> 20;
                };
            }
            case LOAD -> load(rd);
            default -> {}
        }
    }

    private void load(int rd) {
        if (rd != 0) {
            effect = Effect.LOAD;
            target = rd;
        }
    }

    private static int branchOffset(int bits) {
        return (bits >> 31 << 12) | ((bits << 4) & 0x800) | ((bits >>> 20) & 0x7e0) | ((bits >>> 7) & 0x1e);
    }

    private static int jumpOffset(int bits) {
        return (bits >> 31 << 20) | (bits & 0xff000) | ((bits >>> 9) & 0x800) | ((bits >>> 20) & 0x7fe);
    }

    @Override
    public String text() {
        RiscvTable.Entry found = entry;
        if (found != null) {
            return RiscvText.of(found, word, branchTarget);
        }
        return valid ? RiscvCompressed.hint(word) : "(bad)";
    }

    @Override
    public String registerName(int register) {
        return register >= 0 && register < 32 ? RiscvText.register(register) : "?";
    }
}
