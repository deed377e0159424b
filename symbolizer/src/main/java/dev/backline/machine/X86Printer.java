package dev.backline.machine;

import static dev.backline.machine.X86Operand.*;

import java.util.ArrayList;
import java.util.List;

/** Writes a decoded instruction in AT&amp;T syntax, as GNU objdump 2.40 does. */
final class X86Printer {
    private static final String[] QUADS = names("rax rcx rdx rbx rsp rbp rsi rdi", "");
    private static final String[] DOUBLES = names("eax ecx edx ebx esp ebp esi edi", "d");
    private static final String[] WORDS = names("ax cx dx bx sp bp si di", "w");
    private static final String[] BYTES = names("al cl dl bl spl bpl sil dil", "b");
    private static final String[] OLD_BYTES = {"al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"};
    private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs", "?", "?"};
    private static final int[] ENCODED = {0, 2, 1, 3, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15};
    private static final String[] ROUNDING = {"{rn-sae}", "{rd-sae}", "{ru-sae}", "{rz-sae}"};
    private static final String[] PREDICATES =
            ("eq lt le unord neq nlt nle ord eq_uq nge ngt false neq_oq ge gt true eq_os lt_oq le_oq unord_s neq_us nlt_uq"
                            + " nle_uq ord_s eq_us nge_uq ngt_uq false_os neq_os ge_oq gt_oq true_us")
                    .split(" ");
    private static final String[] INTEGER_PREDICATES = {"eq", "lt", "le", "", "neq", "nlt", "nle", ""};

    private final X86Decoder in;
    private final X86Row row;
    private final StringBuilder out = new StringBuilder();
    private boolean immediateIsWritten = true;

    X86Printer(X86Decoder in, X86Row row) {
        this.in = in;
        this.row = row;
    }

    private static String[] names(String first, String suffix) {
        String[] names = new String[16];
        System.arraycopy(first.split(" "), 0, names, 0, 8);
        for (int i = 8; i < 16; i++) {
            names[i] = "r" + i + suffix;
        }
        return names;
    }

    static String registerName(int register, boolean is64) {
        int count = is64 ? 16 : 8;
        if (register < 0 || register >= count) {
            return "?";
        }
        return is64 ? QUADS[ENCODED[register]] : DOUBLES[register];
    }

    String print() {
        String mnemonic = mnemonic();
        List<String> operands = new ArrayList<>();
        boolean second = false;
        for (int i = 0; i < row.operandCount; i++) {
            int kind = row.operand(i) & 0xff;
            String text = operand(kind, second);
            second |= kind == IB || kind == IW;
            if (!text.isEmpty()) {
                operands.add(text);
            }
        }
        prefixes();
        out.append(mnemonic);
        boolean forward = isForward();
        boolean evex = in.map >= X86Table.EVEX;
        if (evex && in.broadcasts && !in.hasMemory && row.rounds) {
            int at = operands.size();
            // After an immediate, which is the last of Intel's operands.
            if (at > 0 && operands.get(at - 1).startsWith("$")) {
                at--;
            }
            operands.add(at, ROUNDING[in.roundingMode & 3]);
        }
        for (int i = 0; i < operands.size(); i++) {
            out.append(i == 0 ? ' ' : ',').append(operands.get(forward ? i : operands.size() - 1 - i));
        }
        if (evex && in.maskRegister != 0) {
            out.append("{%k").append(in.maskRegister).append('}');
        }
        if (evex && in.zeroes) {
            out.append("{z}");
        }
        return out.toString();
    }

    private boolean isForward() {
        return switch (row.mnemonic) {
            case "bound", "enter", "monitor", "mwait", "monitorx", "mwaitx", "invlpga" -> true;
            default -> false;
        };
    }

    private String mnemonic() {
        String name = row.mnemonic;
        if (name.indexOf('|') >= 0) {
            String[] names = name.split("\\|", -1);
            return names[in.dataSize() == 2 ? 0 : in.dataSize() == 4 ? 1 : 2];
        }
        if (name.indexOf('?') >= 0) {
            name = comparison(name);
        }
        int last = name.length() - 1;
        char mark = name.charAt(last);
        if (mark == '~') {
            name = name.substring(0, last) + suffix(in.dataSize());
        } else if (mark == '*') {
            name = name.substring(0, last);
            if (in.hasMemory) {
                int kind = row.operand(0) & 0xff;
                name += kind == ES ? (in.dataPrefix ? "w" : "") : suffix(hasKind(EB, EB) ? 1 : in.dataSize());
            }
        }
        if (in.map == 0) {
            int opcode = in.opcode;
            if (opcode == 0xe3) {
                return in.addressSize() == 8 ? "jrcxz" : in.addressSize() == 4 ? "jecxz" : "jcxz";
            }
            if (in.dataPrefix && (in.rex & 8) == 0 && (opcode == 0xe8 || opcode == 0xe9 || hasKind(CODE, FAR_CODE))) {
                return name + "w";
            }
            if (in.is64 && opcode >= 0xa0 && opcode <= 0xa3) {
                return "movabs";
            }
            if (in.dataPrefix && (opcode == 0x68 || opcode == 0x6a)) {
                return "pushw";
            }
        }
        if (row.flow == Flow.BRANCH && in.opcode != 0xc7 && (in.map == 1 || in.opcode < 0x80)) {
            int hint = lastSegmentByte();
            name += hint == 0x2e ? ",pn" : hint == 0x3e ? ",pt" : "";
        }
        return name;
    }

    private static char suffix(int size) {
        return size == 1 ? 'b' : size == 2 ? 'w' : size == 4 ? 'l' : 'q';
    }

    /** Puts the name of the comparison in place of the immediate, where it has one. */
    private String comparison(String name) {
        int number = (int) in.immediate;
        String predicate = "";
        if (name.contains("clmul")) {
            if ((number & ~0x11) == 0) {
                predicate = ((number & 1) != 0 ? "h" : "l") + "q" + ((number & 16) != 0 ? "h" : "l") + "q";
            }
            String replaced = name.replace("?qdq", predicate.isEmpty() ? "qdq" : predicate + "dq");
            immediateIsWritten = predicate.isEmpty();
            return replaced;
        }
        if (name.startsWith("vpcmp?")) {
            predicate = number < 8 ? INTEGER_PREDICATES[number] : "";
        } else if (number < (in.map < X86Table.VEX ? 8 : 32)) {
            predicate = PREDICATES[number];
        }
        immediateIsWritten = predicate.isEmpty();
        return name.replace("?", predicate);
    }

    private int lastSegmentByte() {
        for (int i = in.prefixCount - 1; i >= 0; i--) {
            int b = in.bytes[i] & 0xff;
            if (b == 0x2e || b == 0x3e || b == 0x26 || b == 0x36 || b == 0x64 || b == 0x65) {
                return b;
            }
        }
        return 0;
    }

    private boolean usesStackSize() {
        for (int i = 0; i < row.operandCount; i++) {
            int kind = row.operand(i) & 0xff;
            if (kind == ES || kind == CODE || kind == ZS || kind == PB || kind == PZ) {
                return true;
            }
        }
        return false;
    }

    private boolean hasKind(int from, int to) {
        return row.kindIn(from, to) != 0;
    }

    /** Writes the prefixes that neither mnemonic nor operands show, in the order of the bytes. */
    private void prefixes() {
        boolean dataIsUsed = row.requires66() || (row.usesDataSize && ((in.rex & 8) == 0 || usesStackSize()));
        boolean repeatIsUsed = row.requiresPrefix() && in.repeatPrefix != 0;
        boolean strings = hasKind(XB, XLAT);
        boolean addressIsUsed =
                in.hasMemory || strings || hasKind(OB, OV) || hasKind(A_ADDRESS, A_ADDRESS) || isCounter();
        boolean segmentIsUsed =
                in.segmentPrefix != 0 && (in.hasMemory || hasKind(XB, XV) || hasKind(XLAT, XLAT) || hasKind(OB, OV));
        boolean hint = out.length() == 0 && row.flow == Flow.BRANCH;
        int lastData = last(0x66, 0x66);
        int lastAddress = last(0x67, 0x67);
        int lastRepeat = last(0xf2, 0xf3);
        int lastSegment = lastSegment(in.segmentPrefix);
        int hintAt = hint ? Math.max(lastSegment(0x2e), lastSegment(0x3e)) : -1;
        boolean isIndirect = hasKind(CODE, CODE);
        int notrackAt = isIndirect ? lastSegment(0x3e) : -1;
        for (int i = 0; i < in.prefixCount; i++) {
            int b = in.bytes[i] & 0xff;
            String name;
            switch (b) {
                case 0x66 -> name = i == lastData && dataIsUsed ? "" : "data16";
                case 0x67 -> name = i == lastAddress && addressIsUsed ? "" : in.is64 ? "addr32" : "addr16";
                case 0xf2, 0xf3 -> name = i == lastRepeat && repeatIsUsed ? "" : repeatName(b, i == lastRepeat);
                case 0xf0 -> name = "lock";
                case 0x26 -> name = "es";
                case 0x2e -> name = "cs";
                case 0x36 -> name = "ss";
                case 0x3e -> name = i == notrackAt ? "notrack" : "ds";
                case 0x64 -> name = "fs";
                case 0x65 -> name = "gs";
                default -> name = rexName();
            }
            if (name.isEmpty() || (i == lastSegment && segmentIsUsed) || i == hintAt) {
                continue;
            }
            out.append(name).append(' ');
        }
    }

    private boolean isCounter() {
        return in.map == 0 && in.opcode >= 0xe0 && in.opcode <= 0xe3;
    }

    private int last(int from, int to) {
        for (int i = in.prefixCount - 1; i >= 0; i--) {
            int b = in.bytes[i] & 0xff;
            if (b >= from && b <= to) {
                return i;
            }
        }
        return -1;
    }

    private int lastSegment(int prefix) {
        return prefix == 0 ? -1 : last(prefix, prefix);
    }

    private String repeatName(int prefix, boolean isLast) {
        int opcode = in.opcode;
        boolean isString = in.map == 0
                && ((opcode >= 0x6c && opcode <= 0x6f)
                        || (opcode >= 0xa4 && opcode <= 0xa5)
                        || (opcode >= 0xaa && opcode <= 0xad));
        if (prefix == 0xf3) {
            return isString ? "rep" : "repz";
        }
        boolean branches = isLast
                && row.flow != Flow.NEXT
                && row.flow != Flow.TRAP
                && (in.map == 1
                        || opcode < 0x80
                        || opcode == 0xe8
                        || opcode == 0xe9
                        || opcode == 0xeb
                        || opcode == 0xc3
                        || opcode == 0xc2
                        || hasKind(CODE, CODE));
        return branches ? "bnd" : "repnz";
    }

    /** The name of a REX prefix with unused bits, else an empty string. */
    private String rexName() {
        int used = 0;
        if (row.usesW && !usesStackSize()) {
            used |= 8;
        }
        boolean bytes = false;
        for (int i = 0; i < row.operandCount; i++) {
            int kind = row.operand(i) & 0xff;
            boolean isReg =
                    (kind >= GB && kind <= GA) || (kind >= VO && kind <= VX) || kind == CR || kind == DR || kind == KG;
            boolean isRm = kind <= FAR_CODE || kind == RN || (kind >= WO && kind <= WX) || (kind >= ZB && kind <= ZS);
            used |= isReg ? 4 : isRm && !in.hasMemory ? 1 : 0;
            bytes |= kind == GB || kind == ZB || (kind == EB && !in.hasMemory);
        }
        if (in.hasMemory) {
            used |= 1 | (in.hasSib ? 2 : 0);
        }
        used &= in.rex;
        if (used != 0 || bytes) {
            used |= 0x40;
        }
        if (used == in.rex || in.map >= X86Table.VEX) {
            return "";
        }
        String bits = ((in.rex & 8) != 0 ? "W" : "")
                + ((in.rex & 4) != 0 ? "R" : "")
                + ((in.rex & 2) != 0 ? "X" : "")
                + ((in.rex & 1) != 0 ? "B" : "");
        return bits.isEmpty() ? "rex" : "rex." + bits;
    }

    private String general(int number, int size) {
        return "%"
                + switch (size) {
                    case 1 -> in.rex == 0 && number < 8 ? OLD_BYTES[number] : BYTES[number];
                    case 2 -> WORDS[number];
                    case 4 -> DOUBLES[number];
                    default -> QUADS[number];
                };
    }

    private static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }

    private static String signedHex(long number) {
        return number < 0 ? "-0x" + Long.toHexString(-number) : hex(number);
    }

    private static long truncate(long number, int size) {
        return size == 8 ? number : number & ((1L << (8 * size)) - 1);
    }

    private String vector(int number, int kind, int first) {
        int size = kind - first;
        int length = size == 3 ? in.vectorLength : size;
        return "%" + (length == 0 ? "xmm" : length == 1 ? "ymm" : "zmm") + number;
    }

    private int reg() {
        return ((in.modrm >> 3) & 7) | ((in.rex & 4) << 1);
    }

    private int rm() {
        return (in.modrm & 7) | ((in.rex & 1) << 3);
    }

    private int wSize() {
        return (in.rex & 8) != 0 ? 8 : 4;
    }

    private String operand(int kind, boolean second) {
        long immediate = second ? in.secondImmediate : in.immediate;
        int zReg = (in.opcode & 7) | ((in.rex & 1) << 3);
        return switch (kind) {
            case EB -> rm(1);
            case EW -> rm(2);
            case ED -> rm(4);
            case EQ -> rm(8);
            case EV -> rm(in.dataSize());
            case EY -> rm(wSize());
            case ES -> rm(in.stackSize());
            case CODE -> "*" + rm(in.stackSize());
            case FAR_CODE -> "*" + memory();
            case M, UO, UY, UZ, UX -> memory();
            case RN -> general(rm(), in.is64 ? 8 : 4);
            case GB -> general(reg(), 1);
            case GW -> general(reg(), 2);
            case GD -> general(reg(), 4);
            case GQ -> general(reg(), 8);
            case GV -> general(reg(), in.dataSize());
            case GY -> general(reg(), wSize());
            case GA -> general(reg(), in.addressSize());
            case ZB -> general(zReg, 1);
            case ZV -> general(zReg, in.dataSize());
            case ZS -> general(zReg, in.stackSize());
            case BY -> general(in.vvvv & 15, wSize());
            case SW -> "%" + SEGMENTS[(in.modrm >> 3) & 7];
            case CR -> "%cr" + reg();
            case DR -> "%db" + reg();
            case IB, IW -> immediateIsWritten ? "$" + hex(immediate) : "";
            case SB, IZ -> "$" + hex(truncate(immediate, in.dataSize()));
            case PB, PZ -> "$" + hex(truncate(immediate, in.stackSize()));
            case IV -> "$" + hex(immediate);
            case JB, JZ -> Long.toHexString(in.branchTarget);
            case AP -> "$" + hex(in.secondImmediate) + ",$" + hex(in.immediate);
            case OB, OV -> segmentText() + hex(truncate(in.memoryDisplacement, in.addressSize()));
            case XB, XV -> stringSegment("%ds:") + "(" + general(6, in.addressSize()) + ")";
            case YB, YV -> "%es:(" + general(7, in.addressSize()) + ")";
            case XLAT -> stringSegment("%ds:") + "(" + general(3, in.addressSize()) + ")";
            case AL -> "%al";
            case CL -> "%cl";
            case AV -> general(0, in.dataSize());
            case AZ -> general(0, Math.min(in.dataSize(), 4));
            case AX -> "%ax";
            case DX -> "(%dx)";
            case ST -> "%st";
            case SI -> "%st(" + (in.modrm & 7) + ")";
            case PQ -> "%mm" + ((in.modrm >> 3) & 7);
            case QQ -> in.hasMemory ? memory() : "%mm" + (in.modrm & 7);
            case VO, VY, VZ, VX -> vector(reg() | in.regHigh, kind, VO);
            case HO, HY, HZ, HX -> vector(in.vvvv, kind, HO);
            case WO, WY, WZ, WX -> in.hasMemory ? memory() : vector(rm() | in.rmHigh, kind, WO);
            case LO, LY, LZ, LX -> vector((in.bytes[in.length - 1] & 0xff) >> 4 & (in.is64 ? 15 : 7), kind, LO);
            case XMM0 -> "%xmm0";
            case KG -> "%k" + ((in.modrm >> 3) & 7);
            case KH -> "%k" + (in.vvvv & 7);
            case KE -> in.hasMemory ? memory() : "%k" + (in.modrm & 7);
            case ES_SEGMENT, CS_SEGMENT, SS_SEGMENT, DS_SEGMENT, FS_SEGMENT, GS_SEGMENT ->
                "%" + SEGMENTS[kind - ES_SEGMENT];
            case A_ADDRESS -> general(0, in.addressSize());
            case EAX -> "%eax";
            case ECX -> "%ecx";
            case EDX -> "%edx";
            case EBX -> "%ebx";
            default -> "";
        };
    }

    private String rm(int size) {
        return in.hasMemory ? memory() : general(rm(), size);
    }

    private String segmentText() {
        return in.segmentPrefix == 0 ? "" : "%" + segmentName() + ":";
    }

    private String stringSegment(String usual) {
        return in.segmentPrefix == 0 ? usual : "%" + segmentName() + ":";
    }

    private String segmentName() {
        return switch (in.segmentPrefix) {
            case 0x26 -> "es";
            case 0x2e -> "cs";
            case 0x36 -> "ss";
            case 0x3e -> "ds";
            case 0x64 -> "fs";
            default -> "gs";
        };
    }

    private String memory() {
        int size = in.addressSize();
        int vectorKind = row.kindIn(UO, UX);
        boolean vectorIndex = vectorKind != 0;
        int base = in.memoryBase;
        int index = in.memoryIndex;
        boolean hasIndex = index >= 0 || vectorIndex;
        boolean hasBase = base >= 0;
        boolean needsIndex = in.is64 && size == 4 && !hasBase && !hasIndex && base != Decoder.PC;
        boolean scaled = in.hasSib && in.memoryScale > 1;
        boolean isRelative = base == Decoder.PC || hasBase || needsIndex || hasIndex || scaled;
        StringBuilder text = new StringBuilder(segmentText());
        if (in.displacementIsWritten) {
            if (isRelative) {
                text.append(signedHex(in.memoryDisplacement));
            } else {
                text.append(hex(truncate(in.memoryDisplacement, size)));
            }
        }
        if (isRelative) {
            text.append('(');
            if (base == Decoder.PC) {
                text.append(size == 8 ? "%rip" : "%eip");
            } else if (hasBase) {
                text.append(general(base, size));
            }
            if (size == 2) {
                text.append(hasIndex ? "," + general(index, 2) : "");
            } else if (needsIndex || (in.hasSib && (scaled || hasIndex || (hasBase && (base & 7) != 4)))) {
                text.append(',');
                if (vectorIndex) {
                    text.append(vector((index < 0 ? 4 : index) | in.indexHigh, vectorKind, UO));
                } else {
                    text.append(hasIndex ? general(index, size) : size == 8 ? "%riz" : "%eiz");
                }
                text.append(',').append(in.memoryScale);
            }
            text.append(')');
        }
        if (in.map >= X86Table.EVEX && in.broadcasts && row.broadcast != 0) {
            int bytes = row.memorySize << (row.memoryScales ? in.vectorLength : 0);
            text.append("{1to").append(bytes / row.broadcast).append('}');
        }
        return text.toString();
    }
}
