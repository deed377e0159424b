package dev.backline.machine;

import static dev.backline.machine.X86Operand.*;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes x86 instructions with the tables of {@link X86Table}. Knows what kernels use: all of the integer, x87, SSE,
 * AVX and AVX-512 instructions, but not XOP, 3DNow!, AMX tiles and REX2.
 */
final class X86Decoder extends X86Encoding {
    private static final int MAX_LENGTH = 15;
    /** The DWARF numbers of registers in the order of their encoding. */
    private static final int[] DWARF_64 = {0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};

    private @Nullable X86Row row;
    private boolean shortJump;
    long immediate;
    long secondImmediate;

    X86Decoder(boolean is64) {
        super(is64);
    }

    @Override
    public int decode(byte[] code, int from, int to, long address) {
        reset();
        int available = Math.min(to - from, MAX_LENGTH);
        if (to - from >= bytes.length) {
            // A copy of constant length is several times faster.
            System.arraycopy(code, from, bytes, 0, BUFFER);
        } else {
            System.arraycopy(code, from, bytes, 0, available);
            Arrays.fill(bytes, available, bytes.length, (byte) 0);
        }
        int at = readPrefixes(available);
        if (at >= available) {
            return bad(available);
        }
        if (rex != 0 && kinds()[bytes[at] & 0xff] != 0) {
            // objdump shows a REX that is not the last prefix as an instruction.
            return bad(at);
        }
        int end = decodeAfterPrefixes(at, address);
        if (end < 0) {
            return bad(Math.min(available, at + badSize));
        }
        if (end > available) {
            return bad(1);
        }
        length = end;
        valid = true;
        return end;
    }

    private int bad(int size) {
        reset();
        row = null;
        length = Math.max(size, 1);
        return length;
    }

    /** {@return the end of the instruction, or -1} */
    private int decodeAfterPrefixes(int start, long address) {
        int at = start;
        badSize = 1;
        vvvv = 0;
        vectorLength = 0;
        zeroes = false;
        broadcasts = false;
        maskRegister = 0;
        regHigh = 0;
        rmHigh = 0;
        indexHigh = 0;
        int prefix = repeatPrefix == 0xf3 ? 2 : repeatPrefix == 0xf2 ? 3 : dataPrefix ? 1 : 0;
        int b = bytes[at++] & 0xff;
        map = 0;
        int next = bytes[at] & 0xff;
        if (b == 0x0f) {
            map = 1;
            b = next;
            at++;
            if (b == 0x38 || b == 0x3a) {
                map = b == 0x38 ? 2 : 3;
                b = bytes[at++] & 0xff;
            }
            badSize = at - start;
        } else if ((b == 0xc4 || b == 0xc5 || b == 0x62) && (is64 || next >= 0xc0)) {
            if (rex != 0 || repeatPrefix != 0 || dataPrefix || lockPrefix) {
                return -1;
            }
            at = b == 0x62 ? readEvex(at) : readVex(b, at);
            if (at < 0) {
                return -1;
            }
            badSize = b == 0x62 ? 2 : at + 1 - start;
            prefix = opcode;
            b = bytes[at++] & 0xff;
        }
        opcode = b;
        modrm = bytes[at] & 0xff;
        int mod = modrm >> 6;
        if (broadcasts && mod == 3) {
            // The bits of the vector length are the rounding mode.
            roundingMode = vectorLength;
            vectorLength = 2;
        }
        int state = ((modrm >> 3) & 7)
                | (mod == 3 ? 1 << X86Row.IS_REGISTER : 0)
                | ((modrm & 7) << X86Row.RM)
                | (prefix << X86Row.PREFIX)
                | (is64 ? 1 << X86Row.MODE : 0)
                | (((rex >> 3) & 1) << X86Row.W)
                | (vectorLength << X86Row.L);
        // 90 exchanges rax with itself, unless it is nop or pause.
        boolean exchanges = map == 0 && b == 0x90 && (rex & 1) + prefix == 1;
        X86Row found = X86Table.first(map, exchanges ? b + 1 : b);
        while (found != null && ((state ^ found.value) & found.mask) != 0) {
            found = found.next;
        }
        row = found;
        if (found == null) {
            if (map == 0 && b >= 0xd8 && b <= 0xdf) {
                badSize = (mod == 3 ? at + 1 : readMemory(at + 1, mod)) - start;
            }
            return -1;
        }
        hasMemory = false;
        if (found.hasModrm) {
            at++;
            if (mod != 3 && !(map == 1 && b >= 0x20 && b <= 0x23)) {
                at = readMemory(at, mod);
            }
        }
        return readOperands(found, at, address);
    }

    private int readOperands(X86Row found, int from, long address) {
        int at = from;
        flow = found.flow;
        readRegisters |= dwarfBits(found.reads);
        changedRegisters |= dwarfBits(found.changes);
        if (hasMemory) {
            finishMemory(found);
        }
        boolean hasImmediate = false;
        boolean jumps = false;
        shortJump = false;
        for (int i = 0; i < found.operandCount; i++) {
            int operand = found.operand(i);
            int kind = operand & 0xff;
            int access = operand >> 8;
            switch (kind) {
                case EB, EW, ED, EQ, EV, EY, ES, CODE, FAR_CODE, M, RN, WO, WY, WZ, WX, QQ, KE, UO, UY, UZ, UX ->
                    rm(kind, access);
                case GB, GW, GD, GQ, GV, GY, GA -> {
                    int reg = ((modrm >> 3) & 7) | ((rex & 4) << 1);
                    use(kind == GB && rex == 0 ? reg & 3 : reg, access);
                }
                case ZB, ZV, ZS -> {
                    int reg = (opcode & 7) | ((rex & 1) << 3);
                    use(kind == ZB && rex == 0 ? reg & 3 : reg, access);
                }
                case BY -> use(vvvv & 15, access);
                case AL, AV, AZ, AX, EAX, A_ADDRESS -> use(RAX, access);
                case CL, ECX -> use(1, access);
                case DX, EDX -> use(2, access);
                case EBX -> use(RBX, access);
                case IB -> {
                    immediate(hasImmediate, bytes[at] & 0xff);
                    hasImmediate = true;
                    at++;
                }
                case SB, PB -> {
                    immediate(hasImmediate, bytes[at]);
                    at++;
                }
                case IW -> {
                    immediate(hasImmediate, int16(at) & 0xffff);
                    hasImmediate = true;
                    at += 2;
                }
                case IZ, PZ -> {
                    int size = kind == PZ ? stackSize() : dataSize();
                    immediate(hasImmediate, size == 2 ? int16(at) : int32(at));
                    at += size == 2 ? 2 : 4;
                }
                case IV -> {
                    int size = dataSize();
                    immediate = size == 2 ? int16(at) & 0xffff : size == 4 ? int32(at) & 0xffff_ffffL : int64(at);
                    at += size;
                }
                case LO, LY, LZ, LX -> at++;
                case JB -> {
                    branchTarget = bytes[at];
                    jumps = true;
                    at++;
                }
                case JZ -> {
                    boolean isShort = dataPrefix && (rex & 8) == 0;
                    branchTarget = isShort ? int16(at) : int32(at);
                    jumps = true;
                    shortJump = isShort;
                    at += isShort ? 2 : 4;
                }
                case AP -> {
                    immediate = dataPrefix ? int16(at) & 0xffff : int32(at) & 0xffff_ffffL;
                    at += dataPrefix ? 2 : 4;
                    secondImmediate = int16(at) & 0xffff;
                    at += 2;
                }
                case OB, OV -> {
                    int size = addressSize();
                    int number = addMemory(access, kind == OB ? 1 : dataSize());
                    memoryDisplacement = size == 8 ? int64(at) : size == 4 ? int32(at) : int16(at) & 0xffff;
                    if (is64 && size == 4) {
                        memoryDisplacement &= 0xffff_ffffL;
                    }
                    displacement[number] = memoryDisplacement;
                    segment[number] = segmentNumber();
                    at += size;
                }
                case XB, XV -> string(RSI, access, kind == XB ? 1 : dataSize(), segmentNumber());
                case YB, YV -> string(RDI, access, kind == YB ? 1 : dataSize(), NONE);
                case XLAT -> {
                    use(RBX, 0);
                    int number = addMemory(access, 1);
                    base[number] = dwarf(RBX);
                    segment[number] = segmentNumber();
                }
                case DI_MEMORY -> string(RDI, 1, found.memorySize, segmentNumber());
                case G_MEMORY -> string(((modrm >> 3) & 7) | ((rex & 4) << 1), 1, found.memorySize, NONE);
                default -> {}
            }
        }
        finish(found, at, address, jumps);
        return at;
    }

    private void immediate(boolean second, long number) {
        if (second) {
            secondImmediate = number;
        } else {
            immediate = number;
        }
    }

    private void finishMemory(X86Row found) {
        if (memoryIndex == RSP && found.kindIn(UO, UX) == 0) {
            // Index 4 is none, unless REX.X makes it r12.
            memoryIndex = NONE;
        }
        int size = found.memorySize << (found.memoryScales ? vectorLength : 0);
        if (found.memoryByW) {
            size = (rex & 8) != 0 ? 8 : 4;
        }
        if (broadcasts && found.broadcast != 0) {
            size = found.broadcast;
        }
        memorySize = size;
        if (map >= X86Table.EVEX && (modrm >> 6) == 1 && size != 0) {
            memoryDisplacement *= size;
        }
    }

    private int sizeOf(int kind) {
        return switch (kind) {
            case EB -> 1;
            case EW -> 2;
            case ED -> 4;
            case EQ -> 8;
            case EV -> dataSize();
            case EY -> (rex & 8) != 0 ? 8 : 4;
            case ES, CODE -> stackSize();
            case FAR_CODE -> dataSize() + 2;
            default -> 0;
        };
    }

    private void rm(int kind, int access) {
        if (!hasMemory) {
            if (kind <= FAR_CODE || kind == RN) {
                int reg = (modrm & 7) | ((rex & 1) << 3);
                use(kind == EB && rex == 0 ? reg & 3 : reg, access);
            }
            return;
        }
        int number = addMemory(access, memorySize != 0 ? memorySize : sizeOf(kind));
        segment[number] = segmentNumber();
        displacement[number] = memoryDisplacement;
        if (memoryBase >= 0) {
            base[number] = dwarf(memoryBase);
            readRegisters |= 1L << base[number];
        } else {
            base[number] = memoryBase;
        }
        if (memoryIndex >= 0 && (kind < UO || kind > UX)) {
            index[number] = dwarf(memoryIndex);
            scale[number] = memoryScale;
            readRegisters |= 1L << index[number];
        }
    }

    private int addMemory(int access, int size) {
        return addOperand(
                switch (access) {
                    case 0 -> Access.READ;
                    case 1 -> Access.WRITE;
                    case 2 -> Access.READ_WRITE;
                    default -> Access.NONE;
                },
                size);
    }

    private void string(int register, int access, int size, int segmentNumber) {
        int number = addMemory(access, size);
        base[number] = dwarf(register);
        segment[number] = segmentNumber;
        long bit = 1L << base[number];
        readRegisters |= bit;
        if (map == 0) {
            changedRegisters |= bit;
        }
    }

    private int segmentNumber() {
        return segmentPrefix == 0x64 ? FS : segmentPrefix == 0x65 ? GS : NONE;
    }

    private void use(int register, int access) {
        long bit = 1L << dwarf(register);
        if (access == 0 || access == 2) {
            readRegisters |= bit;
        }
        if (access == 1 || access == 2) {
            changedRegisters |= bit;
        }
    }

    private int dwarf(int register) {
        return is64 ? DWARF_64[register] : register;
    }

    private long dwarfBits(int registers) {
        long bits = 0;
        for (int rest = registers; rest != 0; rest &= rest - 1) {
            bits |= 1L << dwarf(Integer.numberOfTrailingZeros(rest));
        }
        return bits;
    }

    private void finish(X86Row found, int end, long address, boolean jumps) {
        for (int i = 0; i < operands; i++) {
            if (base[i] == PC) {
                displacement[i] += address + end;
                if (addressPrefix) {
                    displacement[i] &= 0xffff_ffffL;
                }
            }
        }
        if (jumps) {
            branchTarget += address + end;
            if (shortJump) {
                branchTarget &= 0xffff;
            } else if (!is64) {
                branchTarget &= 0xffff_ffffL;
            }
            hasBranchTarget = true;
        }
        if (map == 0 && repeatPrefix != 0 && opcode >= 0x6c && opcode <= 0xaf && (opcode >= 0xa4 || opcode <= 0x6f)) {
            use(1, 2);
        }
        findEffect(found);
        if (found.stack != X86Row.Stack.NONE) {
            stackOperand(found);
        }
    }

    private void stackOperand(X86Row found) {
        int size = stackSize();
        int stackPointer = dwarf(RSP);
        int number;
        if (found.stack == X86Row.Stack.PUSH) {
            number = addMemory(1, size);
            displacement[number] = -size;
        } else {
            number = addMemory(0, size);
        }
        base[number] = found.stack == X86Row.Stack.LEAVE ? dwarf(RBP) : stackPointer;
        readRegisters |= 1L << base[number];
        changedRegisters |= 1L << stackPointer;
    }

    private int firstRegister() {
        return Long.bitCount(changedRegisters) == 1 ? Long.numberOfTrailingZeros(changedRegisters) : NONE;
    }

    private void findEffect(X86Row found) {
        X86Row.Kind kind = found.kind;
        if (kind == X86Row.Kind.OTHER || found.operandCount == 0) {
            return;
        }
        int first = found.operand(0) & 0xff;
        boolean isWide = first == EV || first == GV || first == ZV || first == AV || first == ZS || first == ES;
        int changed = firstRegister();
        if (!isWide || changed == NONE || (operands > 0 && access[0] == Access.WRITE)) {
            return;
        }
        int size = kind == X86Row.Kind.POP ? stackSize() : dataSize();
        boolean isFull = size == (is64 ? 8 : 4);
        int second = found.operandCount > 1 ? found.operand(1) & 0xff : 0;
        boolean isConstant = second == IZ || second == SB || second == IV;
        Effect result = Effect.OTHER;
        long number = 0;
        int from = NONE;
        switch (kind) {
            case MOVE -> {
                if (operands > 0) {
                    result = size >= 4 ? Effect.LOAD : Effect.OTHER;
                } else if (isConstant) {
                    result = size >= 4 ? Effect.CONSTANT : Effect.OTHER;
                    number = size == 4 ? immediate & 0xffff_ffffL : immediate;
                } else if (isFull && second != SW) {
                    result = Effect.MOVE;
                    from = Long.numberOfTrailingZeros(readRegisters);
                }
            }
            case EXTEND -> result = operands > 0 && size >= 4 ? Effect.LOAD : Effect.OTHER;
            case POP -> result = isFull ? Effect.LOAD : Effect.OTHER;
            case LEA -> {
                if (isFull && index[0] == NONE && base[0] >= 0 && !addressPrefix) {
                    result = Effect.ADD;
                    from = base[0];
                    number = displacement[0];
                } else if (isFull && index[0] == NONE && base[0] == PC) {
                    result = Effect.CONSTANT;
                    number = displacement[0];
                }
            }
            case ADD, SUBTRACT -> {
                if (isConstant && isFull && operands == 0) {
                    result = Effect.ADD;
                    from = changed;
                    number = kind == X86Row.Kind.ADD ? immediate : -immediate;
                } else if (kind == X86Row.Kind.SUBTRACT) {
                    result = clears() ? Effect.CONSTANT : Effect.OTHER;
                }
            }
            case XOR -> result = clears() ? Effect.CONSTANT : Effect.OTHER;
            case INCREMENT, DECREMENT -> {
                if (isFull && operands == 0) {
                    result = Effect.ADD;
                    from = changed;
                    number = kind == X86Row.Kind.INCREMENT ? 1 : -1;
                }
            }
            default -> {}
        }
        if (result != Effect.OTHER) {
            effect = result;
            target = changed;
            source = from;
            constant = number;
        }
    }

    /** Whether both operands are the same register, of 4 bytes at least. */
    private boolean clears() {
        return operands == 0
                && (opcode & 0xc4) == 0
                && (modrm & 7) == ((modrm >> 3) & 7)
                && ((rex & 1) != 0) == ((rex & 4) != 0)
                && dataSize() >= 4;
    }

    @Override
    public String text() {
        X86Row found = row;
        return valid && found != null ? new X86Printer(this, found).print() : "(bad)";
    }

    @Override
    public String registerName(int register) {
        return X86Printer.registerName(register, is64);
    }
}
