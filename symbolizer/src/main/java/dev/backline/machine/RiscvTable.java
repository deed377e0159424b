package dev.backline.machine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The 32-bit instructions of riscv by opcode. Immutable. */
final class RiscvTable {
    static final RiscvTable ALL = new RiscvTable();

    /** One bucket for each opcode (7 bits, the lowest two are always set) and funct3 (3 bits). */
    private static final int BUCKETS = 256;

    private final Entry[][] buckets = new Entry[BUCKETS][];

    private RiscvTable() {
        List<List<Entry>> lists = new ArrayList<>();
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            lists.add(new ArrayList<>());
        }
        add(RiscvOpcodes.BASE, lists);
        add(RiscvOpcodes.SYSTEM, lists);
        add(RiscvOpcodes.FLOATING_OTHERS, lists);
        for (int i = 0; i < 3; i++) {
            add(RiscvOpcodes.FLOATING.replace('@', "sdh".charAt(i)).replace("#", i == 2 ? "2" : "" + i), lists);
        }
        for (String line : RiscvVectors.lines()) {
            addLine(line, lists);
        }
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            buckets[bucket] = lists.get(bucket).toArray(new Entry[0]);
        }
    }

    /** {@return the instruction that a word encodes; null for an unknown word} */
    @Nullable
    Entry find(int word) {
        for (Entry entry : buckets[bucket(word, (word >>> 12) & 7)]) {
            if ((word & entry.mask) == entry.match && (entry.equal == 0 || entry.hasEqualRegisters(word))) {
                return entry;
            }
        }
        return null;
    }

    private static int bucket(int word, int funct3) {
        return (((word >>> 2) & 31) << 3) | funct3;
    }

    private static void add(String lines, List<List<Entry>> lists) {
        for (String line : lines.strip().split("\n", -1)) {
            addLine(line, lists);
        }
    }

    private static void addLine(String line, List<List<Entry>> lists) {
        Entry entry = parse(line);
        for (int funct3 = 0; funct3 < 8; funct3++) {
            if (entry.canHave(funct3)) {
                lists.get(bucket(entry.match, funct3)).add(entry);
            }
        }
    }

    /** {@return an instruction from a line in the notation of {@link RiscvOpcodes}} */
    private static Entry parse(String line) {
        String[] parts = line.split(" ", -1);
        String operands = "";
        String memory = "";
        int mask = 0x7f;
        int equal = 0;
        String opcode = parts[1];
        int match = Integer.parseInt(opcode.substring(0, 2), 16);
        if (opcode.length() > 2) {
            mask |= 7 << 12;
            match |= (opcode.charAt(3) - '0') << 12;
        }
        for (int i = 2; i < parts.length; i++) {
            String part = parts[i];
            if (part.charAt(0) == '=') {
                equal = part.length();
            } else if (part.charAt(0) == 'A') {
                mask |= (part.charAt(1) - '1') << 7;
                mask |= part.length() > 2 ? (part.charAt(1) - '1') << 20 : 0;
            } else if (part.charAt(0) != ':') {
                int field = field(part.charAt(0));
                mask |= field;
                match |= Integer.parseInt(part.substring(2), 16) << Integer.numberOfTrailingZeros(field);
            } else if (operands.isEmpty()) {
                operands = part.substring(1);
            } else {
                memory = part.substring(1);
            }
        }
        return new Entry(parts[0], mask, match, equal, operands, memory);
    }

    /** The bits of a field. */
    private static int field(char name) {
        return switch (name) {
            case '8' -> 0xff000000;
            case '7' -> 0xfe000000;
            case '6' -> 0xfc000000;
            case '5' -> 0xf8000000;
            case 'x' -> 0xf0000000;
            case 'i' -> 0xfff00000;
            case 'l' -> 0x3e000000;
            case 'f' -> 0x06000000;
            case 'm' -> 0x02000000;
            case 'v' -> 0xc0000000;
            case 't' -> 0x01f00000;
            case 's' -> 0x000f8000;
            case 'd' -> 0x00000f80;
            default -> throw new IllegalArgumentException("field " + name);
        };
    }

    /** An instruction. Immutable. */
    static final class Entry {
        final String name;
        final int mask;
        final int match;
        /** 1 if both source registers must be equal, 2 if the target must equal them, too. */
        final int equal;

        /** See {@link RiscvText}. */
        final String operands;

        final boolean reads1;
        final boolean reads2;
        final boolean writes;
        /** Whether memory is compared with the target register, which is then read and written. */
        final boolean compares;

        /** Null without a memory operand. */
        final @Nullable Access access;

        final int size;
        /** The letter of the displacement: o, q, h, or 0 for none. */
        final char displacement;

        final Effect effect;

        private Entry(String name, int mask, int match, int equal, String operands, String memory) {
            this.name = name;
            this.mask = mask;
            this.match = match;
            this.equal = equal;
            this.operands = operands;
            reads1 = operands.indexOf('s') >= 0;
            reads2 = operands.indexOf('t') >= 0;
            writes = operands.indexOf('d') >= 0;
            compares = name.startsWith("amocas");
            access = memory.isEmpty() ? null : access(memory.charAt(0));
            size = memory.isEmpty() ? 0 : Integer.parseInt(memory.substring(1));
            int bracket = operands.indexOf('(');
            displacement = bracket > 0 && operands.charAt(bracket - 1) != ',' ? operands.charAt(bracket - 1) : 0;
            effect = switch (name) {
                case "mv" -> Effect.MOVE;
                case "addi" -> Effect.ADD;
                case "li", "lui", "auipc" -> Effect.CONSTANT;
                default -> access == Access.READ && writes ? Effect.LOAD : Effect.OTHER;
            };
        }

        private static Access access(char letter) {
            return switch (letter) {
                case 'r' -> Access.READ;
                case 'w' -> Access.WRITE;
                case 'a' -> Access.READ_WRITE;
                default -> Access.NONE;
            };
        }

        boolean hasEqualRegisters(int word) {
            int first = (word >>> 15) & 31;
            return first == ((word >>> 20) & 31) && (equal == 1 || first == ((word >>> 7) & 31));
        }

        /** Whether a word of this instruction can have this funct3. */
        boolean canHave(int funct3) {
            boolean rounded = operands.endsWith("m") || operands.endsWith("n");
            // Two rounding modes are reserved.
            boolean reserved = rounded && (funct3 == 5 || funct3 == 6);
            return (((funct3 << 12) ^ match) & mask & 0x7000) == 0 && !reserved;
        }
    }
}
