package dev.backline.machine;

/** Decodes A64, the 64-bit instructions of arm64. */
final class Arm64Decoder extends Decoder {
    private static final int SP = 31;
    private static final int WORD = 4;

    private final Arm64Table table = Arm64Table.get();
    private int word;
    private long address;
    private int row = -1;

    @Override
    public int decode(byte[] code, int from, int to, long at) {
        reset();
        row = -1;
        address = at;
        length = Math.min(to - from, WORD);
        word = 0;
        for (int i = length - 1; i >= 0; i--) {
            word = (word << 8) | (code[from + i] & 0xff);
        }
        if (length == WORD) {
            row = table.find(word);
        }
        if (row >= 0) {
            valid = true;
            describe();
        }
        return length;
    }

    private void describe() {
        flow = table.flow(row);
        readRegisters = table.reads(row);
        changedRegisters = table.changes(row);
        for (int i = table.firstOperand(row); i < table.endOfOperands(row); i++) {
            operand(table.operand(i));
        }
        result();
    }

    private void operand(Arm64Argument operand) {
        Arm64Operand form = operand.form();
        switch (form) {
            case GPR -> register(operand);
            case SHIFTED, EXTENDED -> reads(field(16), false);
            case LABEL26 -> branch(Arm64Fields.signed(word, 0, 26));
            case LABEL19 -> branch(Arm64Fields.signed(word, 5, 19));
            case LABEL14 -> branch(Arm64Fields.signed(word, 5, 14));
            case SYS -> reads(field(0), false);
            case SYSALIAS -> systemInstruction();
            case CPYD -> copyOperand(Access.WRITE, field(0));
            case CPYS -> copyOperand(Access.READ, field(16));
            case CPYN, SETN -> {
                reads(field(5), false);
                changes(field(5), false);
            }
            case SETD -> copyOperand(Access.WRITE, field(0));
            case ZAROW -> readRegisters |= 1L << (12 + ((word >>> 13) & 3));
            default -> {
                if (form.isMemory()) {
                    memory(form);
                }
            }
        }
    }

    private int field(int from) {
        return (word >>> from) & 31;
    }

    private void register(Arm64Argument operand) {
        int number = operand.register(word);
        boolean plus = operand.isStackPointer();
        int count = operand.kind() == '8' ? 8 : 1;
        for (int i = 0; i < count; i++) {
            if (operand.isRead()) {
                reads(number + i, plus);
            }
            if (operand.isWritten()) {
                changes(number + i, plus);
            }
        }
    }

    private void reads(int register, boolean stackPointer) {
        if (register < SP || (register == SP && stackPointer)) {
            readRegisters |= 1L << register;
        }
    }

    private void changes(int register, boolean stackPointer) {
        if (register < SP || (register == SP && stackPointer)) {
            changedRegisters |= 1L << register;
        }
    }

    private void branch(int words) {
        hasBranchTarget = true;
        branchTarget = address + ((long) words << 2);
    }

    private void systemInstruction() {
        String alias = Arm64System.alias(word);
        if (alias.charAt(alias.length() - 1) == '!') {
            return;
        }
        reads(field(0), false);
        Access kind = Arm64System.access(word);
        if (kind != Access.NONE && field(0) != SP) {
            base[addOperand(kind, 0)] = field(0);
        }
    }

    private void copyOperand(Access kind, int register) {
        reads(register, false);
        changes(register, false);
        if (register != SP) {
            base[addOperand(kind, 0)] = register;
        }
    }

    private void memory(Arm64Operand form) {
        int size = size(table.size(row));
        int at = addOperand(
                switch (table.access(row)) {
                    case 'r' -> Access.READ;
                    case 'w' -> Access.WRITE;
                    case 'm' -> Access.READ_WRITE;
                    default -> Access.NONE;
                },
                size);
        if (form == Arm64Operand.LITERAL) {
            base[at] = PC;
            displacement[at] = address + ((long) Arm64Fields.signed(word, 5, 19) << 2);
            return;
        }
        int register = field(5);
        base[at] = register;
        reads(register, true);
        switch (form) {
            case MEM_U12 -> displacement[at] = (long) ((word >>> 10) & 0xfff) * size;
            case MEM_I9, MEM_I9_PRE -> displacement[at] = Arm64Fields.signed(word, 12, 9);
            case MEM_I9TAG, MEM_I9TAG_PRE -> displacement[at] = Arm64Fields.signed(word, 12, 9) * 16L;
            case MEM_I7, MEM_I7_PRE -> displacement[at] = Arm64Fields.signed(word, 15, 7) * (size / 2L);
            case MEM_I7TAG, MEM_I7TAG_PRE -> displacement[at] = Arm64Fields.signed(word, 15, 7) * 16L;
            case MEM_I10, MEM_I10_PRE -> displacement[at] = Arm64Text.offset10(word);
            case MEM_POST -> reads(field(16), false);
            case MEM_REG -> index(at, size);
            default -> {}
        }
        switch (form) {
            case MEM_POST,
                    MEM_I9_PRE,
                    MEM_I9_POST,
                    MEM_I9TAG_PRE,
                    MEM_I9TAG_POST,
                    MEM_I7_PRE,
                    MEM_I7_POST,
                    MEM_I7TAG_PRE,
                    MEM_I7TAG_POST,
                    MEM_I10_PRE -> changes(register, true);
            default -> {}
        }
        if (access[at] == Access.NONE) {
            // The size only scales the offset.
            accessSize[at] = 0;
        }
    }

    private void index(int at, int size) {
        int register = field(16);
        if (register == SP) {
            return;
        }
        reads(register, false);
        index[at] = register;
        if (((word >>> 12) & 1) != 0) {
            scale[at] = size;
        }
        indexExtension[at] = switch ((word >>> 13) & 7) {
            case 2 -> Extension.ZERO;
            case 6 -> Extension.SIGN;
            default -> Extension.NONE;
        };
    }

    /** {@return the size of an access by the rule of a row} */
    private int size(char rule) {
        return switch (rule) {
            case 'z' -> 1 << (word >>> 30);
            case 'v' -> 1 << Arm64Fields.loadShift(word);
            case 'l' -> 4 << ((word >>> 30) & 1);
            case 'a' -> 4 << (word >>> 30);
            case 'e' -> 8 << ((word >>> 30) & 1);
            case 'p' -> 8 << (word >>> 31);
            case 'q' -> 8 << (word >>> 30);
            case 't' -> 16 << ((word >>> 23) & 1);
            case 's' -> table.operand(table.firstOperand(row)).size(false, word);
            case 'i' -> table.operand(table.firstOperand(row)).size(true, word);
            default -> rule;
        };
    }

    /** Sets the effect on the first register, if the row has an effect that a walk back follows. */
    private void result() {
        Arm64Table.Result result = table.result(row);
        if (result == Arm64Table.Result.NONE) {
            return;
        }
        Arm64Argument first = table.operand(table.firstOperand(row));
        int register = first.register(word);
        if (first.form() != Arm64Operand.GPR || (register == SP && !first.isStackPointer())) {
            return;
        }
        boolean wide = word < 0;
        switch (result) {
            case MOV -> move(table.operand(table.firstOperand(row) + 1), register, wide);
            case ADD, SUB -> {
                if (wide) {
                    long immediate = (long) ((word >>> 10) & 0xfff) << (((word >>> 22) & 1) * 12);
                    set(Effect.ADD, register, field(5));
                    constant = result == Arm64Table.Result.SUB ? -immediate : immediate;
                }
            }
            case CONST -> {
                set(Effect.CONSTANT, register, NONE);
                constant = switch (table.operand(table.firstOperand(row) + 1).form()) {
                    case ADR -> Arm64Fields.pageAddress(word, address);
                    case LIMM -> Arm64Fields.logicalMask(word);
                    default -> Arm64Fields.wideValue(word);
                };
            }
            default -> set(Effect.LOAD, register, NONE);
        }
    }

    /** A move of 32 bits clears the upper half, so it has an effect to follow only if it moves the zero register. */
    private void move(Arm64Argument from, int register, boolean wide) {
        int moved = from.register(word);
        if (moved == SP && !from.isStackPointer()) {
            set(Effect.CONSTANT, register, NONE);
        } else if (wide) {
            set(Effect.MOVE, register, moved);
        }
    }

    private void set(Effect what, int register, int from) {
        effect = what;
        target = register;
        source = from;
    }

    @Override
    public String text() {
        if (length < WORD) {
            return "(bad)";
        }
        if (row < 0) {
            return Arm64Text.undefined(word);
        }
        return new Arm64Text(table, row, word, address).write();
    }

    @Override
    public String registerName(int register) {
        return register == SP ? "sp" : "x" + register;
    }
}
