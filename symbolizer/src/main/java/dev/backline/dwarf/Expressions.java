package dev.backline.dwarf;

import org.jspecify.annotations.Nullable;

/** The few location expressions (DWARF5 2.5, 7.7.1) that call sites and members use. */
final class Expressions {
    private static final int DW_OP_addr = 0x03;
    private static final int DW_OP_const1u = 0x08;
    private static final int DW_OP_const1s = 0x09;
    private static final int DW_OP_const2u = 0x0a;
    private static final int DW_OP_const2s = 0x0b;
    private static final int DW_OP_const4u = 0x0c;
    private static final int DW_OP_const4s = 0x0d;
    private static final int DW_OP_const8u = 0x0e;
    private static final int DW_OP_const8s = 0x0f;
    private static final int DW_OP_constu = 0x10;
    private static final int DW_OP_consts = 0x11;
    private static final int DW_OP_plus_uconst = 0x23;
    private static final int DW_OP_lit0 = 0x30;
    private static final int DW_OP_lit31 = 0x4f;
    private static final int DW_OP_reg0 = 0x50;
    private static final int DW_OP_reg31 = 0x6f;
    private static final int DW_OP_regx = 0x90;

    private Expressions() {}

    /** The register, if the whole expression is a register, or -1. */
    static int register(Cursor c) {
        try {
            int op = c.u1();
            int register = -1;
            if (op >= DW_OP_reg0 && op <= DW_OP_reg31) {
                register = op - DW_OP_reg0;
            } else if (op == DW_OP_regx) {
                register = c.uleb32();
            }
            return c.remaining() == 0 ? register : -1;
        } catch (IndexOutOfBoundsException e) {
            return -1;
        }
    }

    /** The number that the whole expression adds to an address (DWARF2 5.5.6), or null for other expressions. */
    static @Nullable Long distance(Cursor c) {
        try {
            int start = c.pos;
            if (c.u1() != DW_OP_plus_uconst) {
                c.pos = start;
                return constant(c);
            }
            long distance = c.uleb();
            return c.remaining() == 0 ? distance : null;
        } catch (IndexOutOfBoundsException e) {
            return null;
        }
    }

    /** The value, if the whole expression is a constant, or null. */
    static @Nullable Long constant(Cursor c) {
        try {
            int op = c.u1();
            Long value = switch (op) {
                case DW_OP_const1u -> (long) c.u1();
                case DW_OP_const1s -> (long) c.s1();
                case DW_OP_const2u -> (long) c.u2();
                case DW_OP_const2s -> (long) (short) c.u2();
                case DW_OP_const4u -> c.u4();
                case DW_OP_const4s -> (long) c.s4();
                case DW_OP_const8u, DW_OP_const8s -> c.u8();
                case DW_OP_constu -> c.uleb();
                case DW_OP_consts -> c.sleb();
                case DW_OP_addr -> c.unsigned(c.remaining());
                default -> op >= DW_OP_lit0 && op <= DW_OP_lit31 ? Long.valueOf(op - DW_OP_lit0) : null;
            };
            return c.remaining() == 0 ? value : null;
        } catch (IndexOutOfBoundsException e) {
            return null;
        }
    }
}
