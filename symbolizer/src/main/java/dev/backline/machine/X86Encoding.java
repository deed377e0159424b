package dev.backline.machine;

import java.util.Arrays;

/** Reads the parts of an x86 instruction that come in front of its operands: prefixes, VEX, EVEX, ModRM and SIB. */
abstract class X86Encoding extends Decoder {
    static final int BUFFER = 32;
    static final int RAX = 0;
    static final int RBX = 3;
    static final int RSP = 4;
    static final int RBP = 5;
    static final int RSI = 6;
    static final int RDI = 7;
    static final int FS = 4;
    static final int GS = 5;

    /** Base and index registers of 16-bit addresses, by rm. */
    private static final int[] BASE_16 = {RBX, RBX, RBP, RBP, RSI, RDI, RBP, RBX};

    private static final int[] INDEX_16 = {RSI, RDI, RSI, RDI, NONE, NONE, NONE, NONE};

    /** The kind of prefix that each byte is; 0 for none. */
    private static final byte[] PREFIXES_32 = prefixes(false);

    private static final byte[] PREFIXES_64 = prefixes(true);
    private static final int SEGMENT_PREFIX = 1;
    private static final int REPEAT_PREFIX = 2;
    private static final int LOCK_PREFIX = 3;
    private static final int DATA_PREFIX = 4;
    private static final int ADDRESS_PREFIX = 5;
    private static final int REX_PREFIX = 6;

    final boolean is64;

    /** The instruction, and zeros after it, so that reading needs no bounds. */
    final byte[] bytes = new byte[BUFFER];

    /** The number of prefix bytes, REX included. */
    int prefixCount;

    int rex;
    boolean dataPrefix;
    boolean addressPrefix;
    /** F3, F2 or 0: the last of them. */
    int repeatPrefix;

    /** The last segment prefix that applies, or 0. */
    int segmentPrefix;

    boolean lockPrefix;
    int opcode;
    int map;
    int modrm;
    int vvvv;
    /** The vector length: 0 to 2 for 16 to 64 bytes. */
    int vectorLength;

    /** EVEX: zeroing, broadcast or rounding, and the mask register. */
    boolean zeroes;

    boolean broadcasts;
    int maskRegister;
    /** EVEX: the bits R' and X' that reach the upper 16 registers, shifted to 16. */
    int regHigh;

    int rmHigh;
    int indexHigh;
    int roundingMode;

    /** The explicit memory operand: registers in the order of their encoding. */
    boolean hasMemory;

    int memoryBase;
    int memoryIndex;
    int memoryScale;
    boolean hasSib;
    long memoryDisplacement;
    /** Whether the displacement was encoded with a mod other than 0, which is written even if it is 0. */
    boolean displacementIsWritten;

    int memorySize;

    /** The length after the prefixes that objdump shows for unknown opcodes. */
    int badSize;

    X86Encoding(boolean is64) {
        this.is64 = is64;
    }

    private static byte[] prefixes(boolean is64) {
        byte[] kinds = new byte[256];
        for (int b : new int[] {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65}) {
            kinds[b] = SEGMENT_PREFIX;
        }
        kinds[0xf2] = REPEAT_PREFIX;
        kinds[0xf3] = REPEAT_PREFIX;
        kinds[0xf0] = LOCK_PREFIX;
        kinds[0x66] = DATA_PREFIX;
        kinds[0x67] = ADDRESS_PREFIX;
        if (is64) {
            Arrays.fill(kinds, 0x40, 0x50, (byte) REX_PREFIX);
        }
        return kinds;
    }

    final byte[] kinds() {
        return is64 ? PREFIXES_64 : PREFIXES_32;
    }

    final int readPrefixes(int available) {
        rex = 0;
        dataPrefix = false;
        addressPrefix = false;
        repeatPrefix = 0;
        segmentPrefix = 0;
        lockPrefix = false;
        byte[] kinds = kinds();
        int at = 0;
        while (at < available) {
            int b = bytes[at] & 0xff;
            int kind = kinds[b];
            if (kind == 0) {
                break;
            }
            at++;
            switch (kind) {
                case SEGMENT_PREFIX -> segmentPrefix = !is64 || b >= 0x64 ? b : segmentPrefix;
                case REPEAT_PREFIX -> repeatPrefix = b;
                case LOCK_PREFIX -> lockPrefix = true;
                case DATA_PREFIX -> dataPrefix = true;
                case ADDRESS_PREFIX -> addressPrefix = true;
                default -> {
                    // REX must be the last prefix.
                    rex = b;
                    prefixCount = at;
                    return at;
                }
            }
        }
        prefixCount = at;
        return at;
    }

    final int readVex(int first, int from) {
        int at = from;
        int p0 = bytes[at++] & 0xff;
        int p1 = p0;
        rex = 0x40 | (is64 && (p0 & 0x80) == 0 ? 4 : 0);
        map = X86Table.VEX + 1;
        if (first == 0xc4) {
            int select = p0 & 31;
            if (select == 0 || select > 3) {
                return -1;
            }
            map = X86Table.VEX + select;
            p1 = bytes[at++] & 0xff;
            rex |= is64 ? (~p0 >> 5) & 3 : 0;
            rex |= (p1 >> 4) & 8;
        }
        vvvv = (~p1 >> 3) & (is64 ? 15 : 7);
        vectorLength = (p1 >> 2) & 1;
        opcode = p1 & 3;
        return at;
    }

    final int readEvex(int from) {
        int p0 = bytes[from] & 0xff;
        int p1 = bytes[from + 1] & 0xff;
        int p2 = bytes[from + 2] & 0xff;
        int select = p0 & 7;
        if (select == 0 || select == 4 || select == 7 || (p0 & 8) != 0) {
            return -1;
        }
        if ((p1 & 4) == 0) {
            badSize = 2;
            return -1;
        }
        map = X86Table.EVEX + select;
        rex = 0x40 | ((p1 >> 4) & 8);
        vvvv = (~p1 >> 3) & 15;
        if (is64) {
            rex |= (~p0 >> 5) & 7;
            regHigh = ~p0 & 16;
            rmHigh = (~p0 & 0x40) >> 2;
            indexHigh = (~p2 & 8) << 1;
            vvvv |= indexHigh;
        } else {
            vvvv &= 7;
        }
        vectorLength = (p2 >> 5) & 3;
        zeroes = (p2 & 0x80) != 0;
        broadcasts = (p2 & 0x10) != 0;
        maskRegister = p2 & 7;
        opcode = p1 & 3;
        return from + 3;
    }

    final int readMemory(int from, int mod) {
        int at = from;
        hasMemory = true;
        hasSib = false;
        int rm = modrm & 7;
        memoryBase = NONE;
        memoryIndex = NONE;
        memoryScale = 1;
        displacementIsWritten = mod != 0;
        if (!is64 && addressPrefix) {
            return readMemory16(at, mod, rm);
        }
        int base = rm;
        int index = NONE;
        if (rm == 4) {
            int sib = bytes[at++] & 0xff;
            hasSib = true;
            base = sib & 7;
            index = ((sib >> 3) & 7) | ((rex & 2) << 2);
            memoryScale = 1 << (sib >> 6);
            memoryIndex = index;
        }
        if (mod == 0 && base == 5) {
            memoryBase = rm == 5 && is64 ? PC : NONE;
            memoryDisplacement = int32(at);
            displacementIsWritten = true;
            return at + 4;
        }
        memoryBase = base | ((rex & 1) << 3);
        if (mod == 0) {
            memoryDisplacement = 0;
            return at;
        }
        if (mod == 1) {
            memoryDisplacement = bytes[at];
            return at + 1;
        }
        memoryDisplacement = int32(at);
        return at + 4;
    }

    private int readMemory16(int at, int mod, int rm) {
        if (mod == 0 && rm == 6) {
            memoryDisplacement = int16(at);
            displacementIsWritten = true;
            return at + 2;
        }
        memoryBase = BASE_16[rm];
        memoryIndex = INDEX_16[rm];
        if (rm == 4 || rm == 5) {
            memoryBase = rm == 4 ? RSI : RDI;
        }
        if (mod == 0) {
            memoryDisplacement = 0;
            return at;
        }
        memoryDisplacement = mod == 1 ? bytes[at] : int16(at);
        return at + mod;
    }

    final int int16(int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] << 8);
    }

    final int int32(int at) {
        return (bytes[at] & 0xff)
                | ((bytes[at + 1] & 0xff) << 8)
                | ((bytes[at + 2] & 0xff) << 16)
                | (bytes[at + 3] << 24);
    }

    final long int64(int at) {
        return (int32(at) & 0xffff_ffffL) | ((long) int32(at + 4) << 32);
    }

    /** {@return the operand size in bytes: 2, 4 or 8} */
    final int dataSize() {
        return (rex & 8) != 0 ? 8 : dataPrefix ? 2 : 4;
    }

    /** {@return the size of a slot of the stack} */
    final int stackSize() {
        return dataPrefix ? 2 : is64 ? 8 : 4;
    }

    /** {@return the size of addresses} */
    final int addressSize() {
        return is64 ? addressPrefix ? 4 : 8 : addressPrefix ? 2 : 4;
    }
}
