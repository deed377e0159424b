package dev.backline.machine;

import java.util.HexFormat;

/** Writes one A64 instruction as GNU objdump does. Not thread-safe. */
final class Arm64Text {
    private static final String[] CONDITIONS = {
        "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv"
    };
    private static final String[] BARRIERS = {
        "#0x00", "oshld", "oshst", "osh", "#0x04", "nshld", "nshst", "nsh", "#0x08", "ishld", "ishst", "ish", "#0x0c",
        "ld", "st", "sy"
    };
    private static final String[] COPY_OPTIONS = {
        "", "wt", "rt", "t", "wn", "wtwn", "rtwn", "twn", "rn", "wtrn", "rtrn", "trn", "n", "wtn", "rtn", "tn"
    };
    private static final String[] SHIFTS = {"lsl", "lsr", "asr", "ror"};
    private static final String[] EXTENSIONS = {"uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx"};
    private static final int ZR = 31;

    private final Arm64Table table;
    private final int row;
    private final int word;
    private final long address;
    private final StringBuilder out = new StringBuilder(40);
    private boolean first = true;

    Arm64Text(Arm64Table table, int row, int word, long address) {
        this.table = table;
        this.row = row;
        this.word = word;
        this.address = address;
    }

    /** {@return the line for a word that is no instruction} */
    static String undefined(int word) {
        return ".inst 0x" + HexFormat.of().toHexDigits(word) + " ; undefined";
    }

    /** {@return mnemonic and operands} */
    String write() {
        mnemonic(table.name(row));
        for (int i = table.firstOperand(row); i < table.endOfOperands(row); i++) {
            operand(table.operand(i));
        }
        return out.toString();
    }

    private void mnemonic(String name) {
        int start = 0;
        for (int mark = name.indexOf('%'); mark >= 0; mark = name.indexOf('%', start)) {
            out.append(name, start, mark);
            start = mark + 2;
            switch (name.charAt(mark + 1)) {
                case 'c' -> out.append(CONDITIONS[word & 15]);
                case '2' -> out.append(bits(30, 1) != 0 ? "2" : "");
                case 'z' -> out.append(bits(30, 2) == 0 ? "b" : bits(30, 2) == 1 ? "h" : "");
                case 'y' -> out.append("bhw ".charAt(bits(30, 2)));
                case 'o' -> ordering(bits(23, 1), bits(22, 1));
                case 'O' -> ordering(bits(22, 1), bits(15, 1));
                case 'P' -> out.append("pme ".charAt(bits(22, 2)));
                case 'S' -> out.append("pme ".charAt(bits(14, 2)));
                case 'M' -> out.append(COPY_OPTIONS[bits(12, 4)]);
                case 'N' -> out.append(bits(12, 1) != 0 ? "t" : "").append(bits(13, 1) != 0 ? "n" : "");
                default ->
                    out.append(
                            Arm64System.alias(word), 0, Arm64System.alias(word).indexOf(':'));
            }
        }
        out.append(name, start, name.length());
    }

    private void ordering(int acquire, int release) {
        out.append(acquire != 0 ? "a" : "").append(release != 0 ? "l" : "");
    }

    private int bits(int from, int count) {
        return (word >>> from) & ((1 << count) - 1);
    }

    /** Starts an operand. */
    private StringBuilder next() {
        out.append(first ? " " : ", ");
        first = false;
        return out;
    }

    private static String general(int number, boolean wide, boolean stackPointer) {
        if (number == ZR) {
            return stackPointer ? wide ? "sp" : "wsp" : wide ? "xzr" : "wzr";
        }
        return (wide ? "x" : "w") + number;
    }

    private String general(Arm64Argument operand) {
        boolean wide = switch (operand.kind()) {
            case 'W' -> false;
            case 'R' -> word < 0;
            case 'L' -> bits(30, 2) == 3;
            case 'Y' -> bits(30, 1) != 0;
            default -> true;
        };
        return general(operand.register(word), wide, operand.isStackPointer());
    }

    private void operand(Arm64Argument operand) {
        Arm64Operand form = operand.form();
        switch (form) {
            case GPR -> next().append(general(operand));
            case ADR -> address(Arm64Fields.pageAddress(word, address));
            case LABEL26 -> address(address + ((long) Arm64Fields.signed(word, 0, 26) << 2));
            case LABEL19, LITERAL -> address(address + ((long) Arm64Fields.signed(word, 5, 19) << 2));
            case LABEL14 -> address(address + ((long) Arm64Fields.signed(word, 5, 14) << 2));
            case AIMM -> hex(bits(10, 12)).append(bits(22, 1) != 0 ? ", lsl #12" : "");
            case LIMM -> hex(Arm64Fields.logicalMask(word));
            case WIDE -> hex(bits(5, 16)).append(bits(21, 2) == 0 ? "" : ", lsl #" + (bits(21, 2) << 4));
            case WIDEVALUE -> hex(Arm64Fields.wideValue(word));
            case TAGOFFSET -> hex(bits(16, 6) << 4);
            case TAG -> hex(bits(10, 4));
            case IMMR -> number(bits(16, 6));
            case IMMS -> number(bits(10, 6));
            case INSERTAT -> number(width() - bits(16, 6));
            case INSERTWIDTH -> number(bits(10, 6) + 1);
            case EXTRACTWIDTH -> number(bits(10, 6) - bits(16, 6) + 1);
            case LSLBY -> number(width() - 1 - bits(10, 6));
            case TESTBIT -> number((bits(31, 1) << 5) | bits(19, 5));
            case UDF -> number(bits(0, 16));
            case IMM16 -> hex(bits(5, 16));
            case IMM16DEC -> number(bits(5, 16));
            case IMM16OPT -> {
                if (bits(5, 16) != 0) {
                    hex(bits(5, 16));
                }
            }
            case IMM4 -> hex(bits(8, 4));
            case IMM8 -> number(bits(10, 8));
            case IMM8SIGNED -> number(Arm64Fields.signed(word, 10, 8));
            case IMM5 -> hex(bits(16, 5));
            case ROTATE6 -> number(bits(15, 6));
            case NZCV -> hex(bits(0, 4));
            case NZCVDEC -> number(bits(0, 4));
            case COND -> next().append(CONDITIONS[bits(12, 4)]);
            case CONDNOT -> next().append(CONDITIONS[bits(12, 4) ^ 1]);
            case SHIFTED -> shifted();
            case EXTENDED -> extended();
            case PRFOP -> prefetch();
            case HINT, BTI, CSYNC, CLREX, BARRIER, BARRIERNXS, SMEMODE, PSTATE, RCTX, SYSALIAS, SYS, SYSL, SYSREG ->
                system(form);
            case CPYD, SETD ->
                next().append('[').append(general(bits(0, 5), true, false)).append("]!");
            case CPYS ->
                next().append('[').append(general(bits(16, 5), true, false)).append("]!");
            case CPYN, SETN -> next().append(general(bits(5, 5), true, false)).append('!');
            default -> {
                if (form.isMemory()) {
                    memory(form);
                } else {
                    next();
                    Arm64VectorText.operand(out, operand, word);
                }
            }
        }
    }

    private int width() {
        return word < 0 ? 64 : 32;
    }

    private void address(long target) {
        next().append(Long.toHexString(target));
    }

    private StringBuilder hex(long value) {
        return next().append("#0x").append(Long.toHexString(value));
    }

    private void number(int value) {
        next().append('#').append(value);
    }

    private void shifted() {
        next().append(general(bits(16, 5), word < 0, false));
        if ((bits(10, 6) | bits(22, 2)) != 0) {
            out.append(", ").append(SHIFTS[bits(22, 2)]).append(" #").append(bits(10, 6));
        }
    }

    private void extended() {
        int option = bits(13, 3);
        int amount = bits(10, 3);
        next().append(general(bits(16, 5), word < 0 && (option & 3) == 3, false));
        boolean flags = bits(29, 1) != 0;
        boolean stackPointer = bits(5, 5) == ZR || (bits(0, 5) == ZR && !flags);
        if (stackPointer && option == (word < 0 ? 3 : 2)) {
            if (amount != 0) {
                out.append(", lsl #").append(amount);
            }
            return;
        }
        out.append(", ").append(EXTENSIONS[option]);
        if (amount != 0) {
            out.append(" #").append(amount);
        }
    }

    private void prefetch() {
        int operation = bits(0, 5);
        if ((operation & 6) == 6 || operation >= 24) {
            next().append("#0x").append(Character.forDigit(operation >> 4, 16));
            out.append(Character.forDigit(operation & 15, 16));
            return;
        }
        next().append("pldplipst", (operation >> 3) * 3, ((operation >> 3) * 3) + 3);
        out.append('l').append(((operation >> 1) & 3) + 1).append((operation & 1) == 0 ? "keep" : "strm");
    }

    private void system(Arm64Operand form) {
        switch (form) {
            case HINT -> hex(bits(5, 7));
            case BTI -> out.append(bits(6, 2) == 0 ? "" : bits(6, 2) == 1 ? " c" : bits(6, 2) == 2 ? " j" : " jc");
            case CSYNC -> next().append("csync");
            case CLREX -> {
                if (bits(8, 4) != 15) {
                    hex(bits(8, 4));
                }
            }
            case BARRIER -> next().append(BARRIERS[bits(8, 4)]);
            case BARRIERNXS -> next().append(BARRIERS[(bits(10, 2) << 2) | 3]).append("nxs");
            case SMEMODE -> next().append(bits(9, 1) != 0 ? "sm" : "za");
            case PSTATE -> next().append(Arm64Fields.stateField(word));
            case RCTX -> next().append("rctx");
            case SYSALIAS -> {
                String alias = Arm64System.alias(word);
                int colon = alias.indexOf(':') + 1;
                boolean alone = alias.charAt(alias.length() - 1) == '!';
                next().append(alias, colon, alone ? alias.length() - 1 : alias.length());
                if (!alone) {
                    next().append(general(bits(0, 5), true, false));
                }
            }
            case SYS, SYSL -> {
                next().append('#').append(bits(16, 3));
                next().append('C').append(bits(12, 4));
                next().append('C').append(bits(8, 4));
                next().append('#').append(bits(5, 3));
                if (form == Arm64Operand.SYS && bits(0, 5) != ZR) {
                    next().append(general(bits(0, 5), true, false));
                }
            }
            default -> next().append(Arm64System.register(word));
        }
    }

    /** {@return the offset of ldraa and ldrab} */
    static long offset10(int word) {
        int sign = (word << 9) >> 31;
        return ((long) sign << 12) | (((word >>> 12) & 0x1ff) << 3);
    }

    private void memory(Arm64Operand form) {
        next().append('[').append(general(bits(5, 5), true, true));
        switch (form) {
            case MEM_POST -> {
                out.append("], ");
                if (bits(16, 5) != ZR) {
                    out.append(general(bits(16, 5), true, false));
                } else {
                    out.append('#')
                            .append(table.operand(table.firstOperand(row)).size(table.size(row) == 'i', word));
                }
            }
            case MEM_U12 -> offset((long) bits(10, 12) << accessShift(), true);
            case MEM_I9 -> offset(Arm64Fields.signed(word, 12, 9), true);
            case MEM_I9_PRE -> offset(Arm64Fields.signed(word, 12, 9), false).append('!');
            case MEM_I9_POST -> after(Arm64Fields.signed(word, 12, 9));
            case MEM_I9TAG -> offset(Arm64Fields.signed(word, 12, 9) * 16L, true);
            case MEM_I9TAG_PRE ->
                offset(Arm64Fields.signed(word, 12, 9) * 16L, false).append('!');
            case MEM_I9TAG_POST -> after(Arm64Fields.signed(word, 12, 9) * 16L);
            case MEM_I7 -> offset(pairOffset(), true);
            case MEM_I7_PRE -> offset(pairOffset(), false).append('!');
            case MEM_I7_POST -> after(pairOffset());
            case MEM_I7TAG -> offset(Arm64Fields.signed(word, 15, 7) * 16L, true);
            case MEM_I7TAG_PRE ->
                offset(Arm64Fields.signed(word, 15, 7) * 16L, false).append('!');
            case MEM_I7TAG_POST -> after(Arm64Fields.signed(word, 15, 7) * 16L);
            case MEM_I10 -> offset(offset10(word), true);
            case MEM_I10_PRE -> offset(offset10(word), false).append('!');
            case MEM_REG -> index();
            case MEM_VL -> vectorLengths((Arm64Fields.signed(word, 16, 6) << 3) | bits(10, 3));
            case MEM_ZA -> vectorLengths(bits(0, 4));
            // The base alone.
            default -> out.append(']');
        }
    }

    private StringBuilder offset(long value, boolean optional) {
        if (value != 0 || !optional) {
            out.append(", #").append(value);
        }
        return out.append(']');
    }

    private void after(long value) {
        out.append("], #").append(value);
    }

    private void vectorLengths(int value) {
        if (value != 0) {
            out.append(", #").append(value).append(", mul vl");
        }
        out.append(']');
    }

    private int accessShift() {
        return bits(26, 1) != 0 ? Arm64Fields.loadShift(word) : bits(30, 2);
    }

    private long pairOffset() {
        int shift = bits(26, 1) != 0 ? bits(30, 2) + 2 : bits(31, 1) + 2;
        return (long) Arm64Fields.signed(word, 15, 7) << shift;
    }

    private void index() {
        int option = bits(13, 3);
        boolean shift = bits(12, 1) != 0;
        out.append(", ").append(general(bits(16, 5), (option & 1) != 0, false));
        if (option == 3) {
            out.append(shift ? ", lsl #" + accessShift() : "");
        } else {
            out.append(", ").append(EXTENSIONS[option]).append(shift ? " #" + accessShift() : "");
        }
        out.append(']');
    }
}
