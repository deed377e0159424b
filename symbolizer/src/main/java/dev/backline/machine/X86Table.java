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
 *       {@code $l} (push, pop, leave), {@code *bn} (broadcasts elements of n bytes), {@code *er}, {@code *sae} (EVEX
 *       rounding).
 * </ul>
 */
final class X86Table {
    /** Numbers of the maps: legacy 0 to 3, VEX 4 to 7, EVEX 8 to 15. */
    static final int VEX = 4;

    static final int EVEX = 8;

    private static final int MAPS = 16;
    private static final int OPCODES = 256;

    private static final @Nullable X86Row[] ROWS = new @Nullable X86Row[MAPS * OPCODES];

    static {
        arithmetic();
        read(0, X86Integers.ONE_BYTE);
        read(0, X86Integers.X87);
        conditions();
        read(1, X86Integers.TWO_BYTES);
        read(1, X86Vectors.MAP_1);
        read(2, X86Integers.MAP_2);
        read(2, X86Vectors.MAP_2);
        read(3, X86Integers.MAP_3);
        read(3, X86Vectors.MAP_3);
        read(VEX + 1, X86Vex.MAP_1);
        read(VEX + 2, X86Vex.MAP_2);
        read(VEX + 3, X86Vex.MAP_3);
        read(EVEX + 1, X86Evex.MAP_1);
        read(EVEX + 2, X86Evex.MAP_2);
        read(EVEX + 3, X86Evex.MAP_3);
        read(EVEX + 5, X86Evex.MAP_5);
        read(EVEX + 6, X86Evex.MAP_6);
    }

    private X86Table() {}

    /** {@return the first row of an opcode, or null} */
    static @Nullable X86Row first(int map, int opcode) {
        return ROWS[map * OPCODES + opcode];
    }

    private static void read(int map, String text) {
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

    private static void add(int map, String text) {
        X86Row row = new X86Row(text);
        append(map, row.first, row);
        for (int opcode = row.first + 1; opcode <= row.last; opcode++) {
            append(map, opcode, new X86Row(text));
        }
    }

    private static void append(int map, int opcode, X86Row row) {
        int at = map * OPCODES + opcode;
        X86Row last = ROWS[at];
        if (last == null) {
            ROWS[at] = row;
            return;
        }
        while (last.next != null) {
            last = last.next;
        }
        last.next = row;
    }

    /** The eight operations that are encoded alike, and the shifts. */
    private static void arithmetic() {
        String[] names = {"add", "or", "adc", "sbb", "and", "sub", "xor", "cmp"};
        for (int i = 0; i < names.length; i++) {
            String name = names[i];
            String access = name.equals("cmp") ? "" : "+";
            String[] forms = {"Eb,Gb", "Ev,Gv", "Gb,Eb", "Gv,Ev", "AL,Ib", "aV,Iz"};
            for (int form = 0; form < forms.length; form++) {
                add(0, "%02x %s %s%s".formatted(8 * i + form, name, access, forms[form]));
            }
            add(0, "80/%d %s* %sEb,Ib".formatted(i, name, access));
            add(0, "81/%d %s* %sEv,Iz".formatted(i, name, access));
            add(0, "82/%d:4 %s* %sEb,Ib".formatted(i, name, access));
            add(0, "83/%d %s* %sEv,Sb".formatted(i, name, access));
        }
        String[] shifts = {"rol", "ror", "rcl", "rcr", "shl", "shr", "shl", "sar"};
        for (int i = 0; i < shifts.length; i++) {
            add(0, "c0/%d %s* +Eb,Ib".formatted(i, shifts[i]));
            add(0, "c1/%d %s* +Ev,Ib".formatted(i, shifts[i]));
            add(0, "d0/%d %s* +Eb".formatted(i, shifts[i]));
            add(0, "d1/%d %s* +Ev".formatted(i, shifts[i]));
            add(0, "d2/%d %s* +Eb,CL".formatted(i, shifts[i]));
            add(0, "d3/%d %s* +Ev,CL".formatted(i, shifts[i]));
        }
    }

    private static void conditions() {
        String[] names = {"o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"};
        for (int i = 0; i < names.length; i++) {
            add(0, "%02x j%s Jb @b".formatted(0x70 + i, names[i]));
            add(1, "%02x cmov%s +Gv,Ev".formatted(0x40 + i, names[i]));
            add(1, "%02x j%s Jz @b".formatted(0x80 + i, names[i]));
            add(1, "%02xm set%s =Eb".formatted(0x90 + i, names[i]));
            add(1, "%02xr set%s =Eb".formatted(0x90 + i, names[i]));
        }
    }
}
