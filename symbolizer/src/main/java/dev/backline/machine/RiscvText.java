package dev.backline.machine;

/**
 * The text of riscv instructions, in GNU's form: {@code ld a0,8(sp)}. Letters in the operands of a table entry:
 * {@code d}, {@code s}, {@code t} registers; {@code D}, {@code S}, {@code T}, {@code R} floating-point registers; {@code W},
 * {@code X}, {@code Y} vector registers (target, second source, first source); {@code M} the mask, {@code 0} v0; {@code j},
 * {@code o} and {@code q}, {@code h} immediate, displacement of loads, of stores, of prefetches; {@code >} and {@code <}
 * shifts; {@code u} upper immediate; {@code a} and {@code p} targets of jumps and branches; {@code E} control register;
 * {@code Z} its immediate; {@code P}, {@code Q} sets of a fence; {@code m} and {@code n} rounding mode, not written where
 * it is dynamic or 0; {@code k}, {@code b} round and byte of ciphers; {@code i}, {@code I}, {@code O} vector immediates;
 * {@code z}, {@code y} vector types.
 */
final class RiscvText {
    private static final String[] REGISTERS = {
        "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7",
        "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"
    };

    private static final String[] FLOATING = {
        "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5",
        "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10",
        "ft11"
    };

    private static final String[] ROUNDING = {"rne", "rtz", "rdn", "rup", "rmm", "", "", "dyn"};
    private static final String[] ORDERING = {"", ".rl", ".aq", ".aqrl"};
    private static final String[] MULTIPLIERS = {"m1", "m2", "m4", "m8", "", "mf8", "mf4", "mf2"};
    private static final String FENCE = "iorw";
    private static final int DYNAMIC = 7;

    private RiscvText() {}

    /** {@return the name of a register} */
    static String register(int number) {
        return REGISTERS[number];
    }

    /**
     * {@return the text of an instruction}
     *
     * @param entry its entry
     * @param word the 32 bits
     * @param target of a jump or branch
     */
    static String of(RiscvTable.Entry entry, int word, long target) {
        StringBuilder text = new StringBuilder(32);
        String name = entry.name;
        if (name.charAt(name.length() - 1) == '*') {
            text.append(name, 0, name.length() - 1).append(ORDERING[(word >>> 25) & 3]);
        } else {
            text.append(name);
        }
        String operands = entry.operands;
        if (!operands.isEmpty()) {
            text.append(' ');
        }
        for (int i = 0; i < operands.length(); i++) {
            append(text, operands.charAt(i), word, target);
        }
        return text.toString();
    }

    private static void append(StringBuilder text, char letter, int word, long target) {
        int rd = (word >>> 7) & 31;
        int rs1 = (word >>> 15) & 31;
        int rs2 = (word >>> 20) & 31;
        switch (letter) {
            case 'd' -> text.append(REGISTERS[rd]);
            case 's' -> text.append(REGISTERS[rs1]);
            case 't' -> text.append(REGISTERS[rs2]);
            case 'D' -> text.append(FLOATING[rd]);
            case 'S' -> text.append(FLOATING[rs1]);
            case 'T' -> text.append(FLOATING[rs2]);
            case 'R' -> text.append(FLOATING[word >>> 27]);
            case 'W' -> text.append('v').append(rd);
            case 'X' -> text.append('v').append(rs2);
            case 'Y' -> text.append('v').append(rs1);
            case 'M' -> text.append((word & 0x02000000) == 0 ? ",v0.t" : "");
            case '0' -> text.append("v0");
            case 'j', 'o' -> text.append(word >> 20);
            case 'q' -> text.append(storeOffset(word));
            case 'h' -> text.append(word >> 25 << 5);
            case '>' -> text.append("0x").append(Integer.toHexString((word >>> 20) & 63));
            case '<' -> text.append("0x").append(Integer.toHexString(rs2));
            case 'u' -> text.append("0x").append(Integer.toHexString(word >>> 12));
            case 'a', 'p' -> text.append(Long.toHexString(target));
            case 'E' -> text.append(RiscvControlRegisters.name(word >>> 20));
            case 'Z', 'I' -> text.append(rs1);
            case 'i' -> text.append(word << 12 >> 27);
            case 'O' -> text.append(rs1 | ((word >>> 21) & 32));
            case 'P' -> fence(text, (word >>> 24) & 15);
            case 'Q' -> fence(text, (word >>> 20) & 15);
            case 'm', 'n' -> rounding(text, (word >>> 12) & 7, letter == 'm' ? DYNAMIC : 0);
            case 'k' -> text.append((word >>> 20) & 15);
            case 'b' -> text.append(word >>> 30);
            case 'z' -> vectorType(text, (word >>> 20) & 0x7ff);
            case 'y' -> vectorType(text, (word >>> 20) & 0x3ff);
            default -> text.append(letter);
        }
    }

    static int storeOffset(int word) {
        return (word >> 25 << 5) | ((word >>> 7) & 31);
    }

    private static void fence(StringBuilder text, int set) {
        if (set == 0) {
            text.append('0');
        }
        for (int i = 0; i < 4; i++) {
            if ((set & (8 >> i)) != 0) {
                text.append(FENCE.charAt(i));
            }
        }
    }

    private static void rounding(StringBuilder text, int mode, int silent) {
        if (mode != silent) {
            text.append(',').append(ROUNDING[mode]);
        }
    }

    private static void vectorType(StringBuilder text, int type) {
        int width = (type >> 3) & 7;
        String multiplier = MULTIPLIERS[type & 7];
        if (type >= 256 || width > 3 || multiplier.isEmpty()) {
            text.append(type);
            return;
        }
        text.append('e')
                .append(8 << width)
                .append(',')
                .append(multiplier)
                .append((type & 64) != 0 ? ",ta" : ",tu")
                .append((type & 128) != 0 ? ",ma" : ",mu");
    }
}
