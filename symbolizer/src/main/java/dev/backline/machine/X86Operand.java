package dev.backline.machine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The operand kinds in the x86 tables. Names follow Intel's opcode maps: E, W, Q are the register or memory of ModRM's
 * rm, G, V, P the register of its reg, H and B the register of VEX's vvvv, Z the register in the opcode's low three
 * bits. The second letter is the size: b, w, d, q, o (16), y (32 in vectors; 4 or 8 by W in general registers), z (64),
 * v (2, 4 or 8), x (by the vector length), s (of a stack slot).
 */
final class X86Operand {
    static final int EB = 1;
    static final int EW = 2;
    static final int ED = 3;
    static final int EQ = 4;
    static final int EV = 5;
    static final int EY = 6;
    static final int ES = 7;
    /** The target of an indirect jump or call. */
    static final int CODE = 8;
    /** A far pointer in memory. */
    static final int FAR_CODE = 9;

    static final int M = 10;
    static final int GB = 11;
    static final int GW = 12;
    static final int GD = 13;
    static final int GQ = 14;
    static final int GV = 15;
    static final int GY = 16;
    /** A general register of the address size. */
    static final int GA = 17;

    static final int ZB = 18;
    static final int ZV = 19;
    static final int ZS = 20;
    static final int BY = 21;
    static final int SW = 22;
    static final int CR = 23;
    static final int DR = 24;
    /** The register of rm, 64 bits in 64-bit mode. */
    static final int RN = 25;

    static final int IB = 26;
    /** A byte that is extended by its sign to the operand size. */
    static final int SB = 27;

    static final int IW = 28;
    static final int IZ = 29;
    static final int IV = 30;
    /** Immediates of push: a byte, and the operand size up to 4 bytes. */
    static final int PB = 31;

    static final int PZ = 32;
    static final int JB = 33;
    static final int JZ = 34;
    static final int AP = 35;
    static final int OB = 36;
    static final int OV = 37;
    static final int XB = 38;
    static final int XV = 39;
    static final int YB = 40;
    static final int YV = 41;
    static final int XLAT = 42;
    static final int AL = 43;
    static final int CL = 44;
    /** The accumulator of the operand size; of 2 or 4 bytes; ax. */
    static final int AV = 45;

    static final int AZ = 46;
    static final int AX = 47;
    static final int DX = 48;
    static final int ST = 49;
    static final int SI = 50;
    static final int PQ = 51;
    static final int QQ = 52;
    static final int VO = 53;
    static final int VY = 54;
    static final int VZ = 55;
    static final int VX = 56;
    static final int HO = 57;
    static final int HY = 58;
    static final int HZ = 59;
    static final int HX = 60;
    static final int WO = 61;
    static final int WY = 62;
    static final int WZ = 63;
    static final int WX = 64;
    static final int LO = 65;
    static final int LY = 66;
    static final int LZ = 67;
    static final int LX = 68;
    /** Memory with a vector of indices. */
    static final int UO = 69;

    static final int UY = 70;
    static final int UZ = 71;
    static final int UX = 72;
    static final int XMM0 = 73;
    static final int KG = 74;
    static final int KH = 75;
    static final int KE = 76;
    static final int ES_SEGMENT = 77;
    static final int CS_SEGMENT = 78;
    static final int SS_SEGMENT = 79;
    static final int DS_SEGMENT = 80;
    static final int FS_SEGMENT = 81;
    static final int GS_SEGMENT = 82;
    /** Registers that an instruction uses without encoding them, where the text shows them. */
    static final int A_ADDRESS = 83;

    static final int EAX = 84;
    static final int ECX = 85;
    static final int EDX = 86;
    /** Memory at [rdi] and at the address in a register: the text does not show it, or shows the register. */
    static final int DI_MEMORY = 87;

    static final int G_MEMORY = 88;
    static final int EBX = 89;

    private static final List<String> NAMES = List.of(
            ("Eb Ew Ed Eq Ev Ey Es C Cf M Gb Gw Gd Gq Gv Gy Ga Zb Zv Zs By Sw Cr Dr Rn Ib Sb Iw Iz Iv Pb Pz Jb Jz"
                            + " Ap Ob Ov Xb Xv Yb Yv Xl AL CL aV aZ aw DX ST Si P Q Vo Vy Vz Vx Ho Hy Hz Hx Wo Wy Wz Wx Lo Ly Lz Lx Uo Uy"
                            + " Uz Ux X0o KG KH KE es cs ss ds fs gs aA eA eC eD Md Mg eB")
                    .split(" "));
    private static final Map<String, Integer> BY_NAME = new HashMap<>();

    static {
        for (int i = 0; i < NAMES.size(); i++) {
            BY_NAME.put(NAMES.get(i), i + 1);
        }
    }

    private X86Operand() {}

    /** {@return the kind with a name in the tables} */
    static int named(String name) {
        Integer kind = BY_NAME.get(name);
        if (kind == null) {
            throw new IllegalArgumentException(name);
        }
        return kind;
    }

    /** {@return whether ModRM is needed} */
    static boolean needsModrm(int kind) {
        return (kind >= EB && kind <= GA)
                || (kind >= SW && kind <= RN)
                || kind == SI
                || (kind >= PQ && kind <= VX)
                || (kind >= WO && kind <= WX)
                || (kind >= UO && kind <= UX)
                || kind == KG
                || kind == KE
                || kind == G_MEMORY;
    }

    /** {@return whether prefix 66 changes the operand} */
    static boolean dependsOnDataSize(int kind) {
        return switch (kind) {
            case EV, ES, CODE, FAR_CODE, GV, ZV, ZS, SB, IZ, IV, PB, PZ, AP, JZ, OV, XV, YV, AV, AZ -> true;
            default -> false;
        };
    }

    /** {@return whether REX.W changes the operand} */
    static boolean dependsOnW(int kind) {
        return switch (kind) {
            case EV, GV, ZV, SB, IZ, IV, JZ, OV, XV, YV, AV, EY, GY, BY -> true;
            default -> false;
        };
    }
}
