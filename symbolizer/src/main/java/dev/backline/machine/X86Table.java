package dev.backline.machine;

import org.jspecify.annotations.Nullable;

/**
 * The rows of all x86 opcode maps. A row of the tables' text is a key, a mnemonic, operands and flags:
 *
 * <ul>
 *   <li>Key: the opcode or a range, then what else must hold: {@code m} or {@code r} (rm is memory or a register), {@code
 *       /d} (reg), {@code .d} (rm), {@code ^n}, {@code ^6}, {@code ^3}, {@code ^2} (no prefix, 66, F3, F2), {@code :4},
 *       {@code :8} (32-bit or 64-bit mode), {@code wd} (W), {@code ld} (vector length). The first row that matches wins.
 *   <li>Mnemonic: {@code *} is a size suffix that is written if there is a memory operand, {@code ~} one that is always
 *       written; {@code a|b|c} are the names for 2, 4 and 8 bytes; {@code ?} is the name of a comparison.
 *   <li>Operands: see {@link X86Operand}; the first one is what Intel's manual lists first. {@code =} it is written, {@code
 *       +} read and written, {@code -} neither. {@code #n} is the size of the memory operand, {@code #nx} of vectors of 16
 *       bytes (twice as much for 32), {@code #y} of 4 or 8 bytes by W.
 *   <li>Flags: {@code !ac>d} reads rax and rcx, changes rdx (b, p, k, s, t: rbx, rbp, rsp, rsi, rdi; X: r11), {@code @j}
 *       (jump), {@code @b} (branch), {@code @c} (call), {@code @r} (return), {@code @t} (trap), {@code $w}, {@code $r},
 *       {@code $l} (push, pop, leave), {@code *bn} (broadcasts elements of n bytes), {@code *er}
 *       (EVEX: rounds).
 * </ul>
 */
final class X86Table {
    /** Numbers of the maps: legacy 0 to 3, VEX 4 to 7, EVEX 8 to 15. */
    static final int VEX = 4;

    static final int EVEX = 8;

    private static final int MAPS = 16;
    private static final int OPCODES = 256;

    /** The legacy maps; vectors are parsed only when the first VEX or EVEX prefix is decoded. */
    private static final X86Table LEGACY = new X86Table(VEX);

    static {
        LEGACY.read(0, X86Integers.ARITHMETIC);
        LEGACY.read(0, X86Integers.ONE_BYTE);
        LEGACY.read(0, X86Integers.X87);
        LEGACY.read(1, X86Integers.CONDITIONS);
        LEGACY.read(1, X86Integers.TWO_BYTES);
        LEGACY.read(1, X86Vectors.MAP_1);
        LEGACY.read(2, X86Integers.MAP_2);
        LEGACY.read(2, X86Vectors.MAP_2);
        LEGACY.read(3, X86Integers.MAP_3);
        LEGACY.read(3, X86Vectors.MAP_3);
    }

    private final @Nullable X86Row[] rows;

    private X86Table(int maps) {
        rows = new @Nullable X86Row[maps * OPCODES];
    }

    /** VEX and EVEX. */
    private static final class Vectors {
        static final X86Table ROWS = new X86Table(MAPS);

        static {
            ROWS.read(VEX + 1, X86Vex.MAP_1);
            ROWS.read(VEX + 2, X86Vex.MAP_2);
            ROWS.read(VEX + 3, X86Vex.MAP_3);
            ROWS.read(EVEX + 1, X86Evex.MAP_1);
            ROWS.read(EVEX + 2, X86Evex.MAP_2);
            ROWS.read(EVEX + 3, X86Evex.MAP_3);
            ROWS.read(EVEX + 5, X86Evex.MAP_5);
            ROWS.read(EVEX + 6, X86Evex.MAP_6);
        }
    }

    /** {@return the first row of an opcode; null for an unknown opcode} */
    static @Nullable X86Row first(int map, int opcode) {
        X86Table table = map < VEX ? LEGACY : Vectors.ROWS;
        return table.rows[map * OPCODES + opcode];
    }

    private void read(int map, String text) {
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == ';' || text.charAt(i) == '\n') {
                String row = text.substring(from, i).strip();
                if (!row.isEmpty()) {
                    add(map, row);
                }
                from = i + 1;
            }
        }
    }

    private void add(int map, String text) {
        X86Row row = new X86Row(text);
        append(map, row.first, row);
        for (int opcode = row.first + 1; opcode <= row.last; opcode++) {
            append(map, opcode, new X86Row(text));
        }
    }

    private void append(int map, int opcode, X86Row row) {
        int at = map * OPCODES + opcode;
        X86Row last = rows[at];
        if (last == null) {
            rows[at] = row;
            return;
        }
        while (last.next != null) {
            last = last.next;
        }
        last.next = row;
    }
}
