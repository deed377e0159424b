package dev.backline.machine;

import org.jspecify.annotations.Nullable;

/**
 * One row of the x86 tables: which encodings it matches, the mnemonic and the operands. See {@link X86Table} for the
 * notation.
 */
final class X86Row {
    /** Bits of the state word that rows are matched with. */
    static final int REG = 0;

    static final int IS_REGISTER = 3;
    static final int RM = 4;
    static final int PREFIX = 7;
    static final int MODE = 9;
    static final int W = 10;
    static final int L = 11;

    private static final int BITS = 12;

    /** What {@link Decoder#effect} can be. */
    enum Kind {
        OTHER,
        MOVE,
        EXTEND,
        LEA,
        ADD,
        SUBTRACT,
        INCREMENT,
        DECREMENT,
        XOR,
        POP
    }

    /** What happens to the stack. */
    enum Stack {
        NONE,
        PUSH,
        POP,
        /** Frees the frame: reads where rbp points to. */
        LEAVE
    }

    int first;
    int last;
    int mask;
    int value;
    String mnemonic = "";
    long operands;
    int operandCount;
    boolean hasModrm;
    boolean usesDataSize;
    boolean usesW;
    int memorySize;
    boolean memoryScales;
    boolean memoryByW;
    int broadcast;
    boolean rounds;
    int reads;
    int changes;
    Flow flow = Flow.NEXT;
    Kind kind = Kind.OTHER;
    Stack stack = Stack.NONE;

    @Nullable
    X86Row next;

    /** Parses a row. */
    X86Row(String text) {
        String[] words = text.split(" ", -1);
        parseKey(words[0]);
        mnemonic = words[1];
        int at = 2;
        if (at < words.length && isOperands(words[at])) {
            parseOperands(words[at]);
            at++;
        }
        for (; at < words.length; at++) {
            parseFlag(words[at]);
        }
        usesDataSize |= mnemonic.contains("~") || mnemonic.contains("|") || requires66();
        usesW |= mnemonic.contains("~") || mnemonic.contains("|") || ((mask >> W) & 1) != 0;
        kind = kindOf(mnemonic);
    }

    /** {@return whether prefix 66 selects the row} */
    boolean requires66() {
        return requiresPrefix() && ((value >> PREFIX) & 3) == 1;
    }

    /** {@return whether the row is only for some of the prefixes 66, F3 and F2, or for none of them} */
    boolean requiresPrefix() {
        return ((mask >> PREFIX) & 3) != 0;
    }

    private static boolean isOperands(String word) {
        char c = word.charAt(0);
        return Character.isLetter(c) || c == '=' || c == '+' || c == '-' || c == '#';
    }

    private void constrain(int shift, int width, int wanted) {
        mask |= ((1 << width) - 1) << shift;
        value |= wanted << shift;
    }

    private void parseKey(String key) {
        first = Integer.parseInt(key.substring(0, 2), 16);
        last = first;
        for (int i = 2; i < key.length(); i++) {
            char c = key.charAt(i);
            switch (c) {
                case 'm' -> constrain(IS_REGISTER, 1, 0);
                case 'r' -> constrain(IS_REGISTER, 1, 1);
                case '-' -> {
                    last = Integer.parseInt(key.substring(i + 1, i + 3), 16);
                    i += 2;
                }
                default -> {
                    i++;
                    char d = key.charAt(i);
                    switch (c) {
                        case '/' -> constrain(REG, 3, d - '0');
                        case '.' -> constrain(RM, 3, d - '0');
                        case '^' -> constrain(PREFIX, 2, "n632".indexOf(d));
                        case ':' -> constrain(MODE, 1, d == '8' ? 1 : 0);
                        case 'w' -> constrain(W, 1, d - '0');
                        case 'l' -> constrain(L, 2, d - '0');
                        default -> throw new IllegalArgumentException(key);
                    }
                }
            }
        }
        hasModrm = (mask & ((1 << (RM + 3)) - 1)) != 0;
    }

    private void parseOperands(String word) {
        int size = word.indexOf('#');
        if (size >= 0) {
            String text = word.substring(size + 1);
            memoryScales = text.endsWith("x");
            memoryByW = text.equals("y");
            memorySize = memoryByW ? 0 : Integer.parseInt(memoryScales ? text.substring(0, text.length() - 1) : text);
        }
        String list = size >= 0 ? word.substring(0, size) : word;
        if (list.isEmpty()) {
            return;
        }
        for (String operand : list.split(",", -1)) {
            int access = "?=+-".indexOf(operand.charAt(0));
            int named = X86Operand.named(access >= 0 ? operand.substring(1) : operand);
            operands |= (long) (named | (Math.max(access, 0) << 8)) << (BITS * operandCount);
            operandCount++;
            hasModrm |= X86Operand.needsModrm(named);
            usesDataSize |= X86Operand.dependsOnDataSize(named);
            usesW |= X86Operand.dependsOnW(named);
        }
    }

    private void parseFlag(String word) {
        switch (word.charAt(0)) {
            case '*' -> {
                if (word.equals("*er")) {
                    rounds = true;
                } else {
                    broadcast = Integer.parseInt(word.substring(2));
                }
            }
            case '!' -> {
                int changed = word.indexOf('>');
                reads = registers(word.substring(1, changed));
                changes = registers(word.substring(changed + 1));
            }
            case '@' ->
                flow = switch (word.charAt(1)) {
                    case 'j' -> Flow.JUMP;
                    case 'b' -> Flow.BRANCH;
                    case 'c' -> Flow.CALL;
                    case 'r' -> Flow.RETURN;
                    default -> Flow.TRAP;
                };
            case '$' ->
                stack = switch (word.charAt(1)) {
                    case 'w' -> Stack.PUSH;
                    case 'r' -> Stack.POP;
                    default -> Stack.LEAVE;
                };
            default -> throw new IllegalArgumentException(word);
        }
    }

    /** The registers in the order of their encoding: eax ecx edx ebx esp ebp esi edi r8 ... */
    private static int registers(String letters) {
        int bits = 0;
        for (int i = 0; i < letters.length(); i++) {
            int at = "acdbkpst...X".indexOf(letters.charAt(i));
            bits |= 1 << at;
        }
        return bits;
    }

    private static Kind kindOf(String mnemonic) {
        return switch (mnemonic.replace("*", "")) {
            case "mov", "mov|mov|movabs" -> Kind.MOVE;
            case "movzb~", "movzw~" -> Kind.EXTEND;
            case "lea" -> Kind.LEA;
            case "add" -> Kind.ADD;
            case "sub" -> Kind.SUBTRACT;
            case "inc" -> Kind.INCREMENT;
            case "dec" -> Kind.DECREMENT;
            case "xor" -> Kind.XOR;
            case "pop" -> Kind.POP;
            default -> Kind.OTHER;
        };
    }

    /** {@return an operand: its kind in the low eight bits, then its access: 0 read, 1 written, 2 both, 3 neither} */
    int operand(int number) {
        return (int) (operands >>> (BITS * number)) & 0xfff;
    }

    /** {@return the kind of the first operand whose kind is in a range; 0 if no operand is} */
    int kindIn(int from, int to) {
        for (int i = 0; i < operandCount; i++) {
            int each = operand(i) & 0xff;
            if (each >= from && each <= to) {
                return each;
            }
        }
        return 0;
    }
}
