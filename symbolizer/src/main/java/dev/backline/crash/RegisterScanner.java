package dev.backline.crash;

import dev.backline.io.Ascii;
import dev.backline.io.Hex;
import dev.backline.machine.InstructionSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of a register dump, of any architecture: names and values, as arch/.../kernel/process.c, traps.c and
 * dumpstack.c print them. Remembers the row of values that the next line can continue. Not thread-safe.
 */
final class RegisterScanner {
    /** The names of each architecture; a line is one of a dump if it starts with a name and a value. */
    private static final String X86_64 =
            "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r08 r09 r10 r11 r12 r13 r14 r15 rip eflags"
                    + " rflags fs gs knlgs cs ds es ss cr0 cr2 cr3 cr4 dr0 dr1 dr2 dr3 dr6 dr7 pkru orig_rax";

    private static final String I386 = "eax ebx ecx edx esi edi ebp esp eip";
    private static final String ARM64 = "pstate pmr sp pc lr";
    private static final String ARM = "psr ip fp control table dac r0 r1 r2 r3 r4 r5 r6 r7";
    private static final String RISCV =
            "epc ra gp tp t0 t1 t2 t3 t4 t5 t6 t7 t8 s0 s1 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 a0 a1 a2 a3"
                    + " a4 a5 a6 a7 status badaddr cause ssp";
    private static final String POWERPC = "nip ctr regs trap msr cr xer cfar dar dsisr irqmask";
    private static final String MIPS = "hi lo badva";
    private static final String LOONGARCH = "era u0 crmd prmd euen ecfg estat badv";
    private static final String SPARC =
            "tstate tpc tnpc y g0 g1 g2 g3 g4 g5 g6 g7 o0 o1 o2 o3 o4 o5 ret_pc l0 l1 l2 l3 l4 l5 l6 l7"
                    + " i0 i1 i2 i3 i4 i5 i6 i7";

    /** Other spellings of the names in {@link Registers}. */
    private static final Map<String, String> OTHER_NAMES = Map.of("r08", "r8", "r09", "r9", "rflags", "eflags");

    private static final Set<String> NAMES = names();

    private static final int MAX_REGISTERS = 200;

    private final Map<String, Long> values = new LinkedHashMap<>();

    /** The next number of a row of values: powerpc's GPR, s390's GPRS, mips's $; -1 outside of such rows. */
    private int row = -1;

    private String rowName = "";
    private @Nullable InstructionSet set;

    private static Set<String> names() {
        Set<String> all = new HashSet<>();
        for (String each : new String[] {X86_64, I386, ARM64, ARM, RISCV, POWERPC, MIPS, LOONGARCH, SPARC}) {
            all.addAll(List.of(each.split(" ", -1)));
        }
        for (int i = 0; i <= 30; i++) {
            all.add("x" + i);
        }
        return all;
    }

    /** Whether a line starts the registers of a context. */
    static boolean startsContext(String text) {
        return switch (text.charAt(0)) {
            case 'R' -> text.startsWith("RIP: ") || text.startsWith("RIP  ");
            case 'E' -> text.startsWith("EIP: ") || text.startsWith("EIP is at");
            case 'p' -> text.startsWith("pc : ") || text.startsWith("pc  : ") || text.startsWith("pc 9");
            case 'P' -> text.startsWith("PC is at");
            case 'e' -> text.startsWith("epc : ") || text.startsWith("epc   : ");
            case 'N' -> text.startsWith("NIP: ");
            case 'K' -> text.startsWith("Krnl PSW :");
            case 'T' -> text.startsWith("TSTATE: ");
            case 'U' -> text.startsWith("User PSW :");
            default -> false;
        };
    }

    /** Whether a line names the function of a register, perhaps without its value. */
    static boolean namesFunction(String text) {
        return switch (text.charAt(0)) {
            case 'l' -> text.startsWith("lr : ");
            case 'L' -> text.startsWith("LR is at") || text.startsWith("LR [");
            case 'N' -> text.startsWith("NIP [");
            case 'r' -> text.startsWith("ra : ") || text.startsWith("ra    : ");
            case 'E' -> text.startsWith("ERA: ");
            case 'T' -> text.startsWith("TPC: <");
            case 'R' -> text.startsWith("RPC: <");
            case 'I' -> text.startsWith("I7: <") || text.startsWith("IP: ");
            default -> false;
        };
    }

    /** {@return the values read so far} */
    Map<String, Long> values() {
        return values;
    }

    /** {@return the instruction set that the names tell; null if unknown} */
    @Nullable
    InstructionSet set() {
        return set;
    }

    /**
     * {@return whether the line is one of a register dump}
     *
     * @param keep whether to keep the values
     */
    boolean read(String text, boolean keep) {
        if (text.isEmpty()) {
            row = -1;
            return false;
        }
        char first = text.charAt(0);
        if (first == 'G' && text.startsWith("GPR")) {
            int colon = text.indexOf(':');
            if (colon > 3 && colon <= 6 && Scan.isDecimal(text, 3, colon)) {
                learn(InstructionSet.POWERPC, keep);
                return rowOf("r", Integer.parseInt(text.substring(3, colon)), text, colon + 1, keep);
            }
        }
        if (first == 'K' && text.startsWith("Krnl PSW :")) {
            row = -1;
            learn(InstructionSet.S390, keep);
            String mask = Scan.hexAt(text, 10);
            String address = mask == null ? null : Scan.hexAt(text, Scan.skipBlanks(text, 10) + 16);
            if (keep && mask != null && address != null) {
                put("psw", Long.parseUnsignedLong(mask.substring(2), 16));
                put("pc", Long.parseUnsignedLong(address.substring(2), 16));
            }
            return true;
        }
        if (first == 'K' && text.startsWith("Krnl GPRS:")) {
            learn(InstructionSet.S390, keep);
            return rowOf("r", 0, text, 10, keep);
        }
        if (first == '$') {
            int colon = text.indexOf(':');
            int number = Scan.skipBlanks(text, 1);
            int to = number;
            while (to < text.length() && Ascii.isDigit(text.charAt(to)) && to - number < 3) {
                to++;
            }
            if (to > number && colon > 0 && colon < 8) {
                return rowOf("$", Integer.parseInt(text.substring(number, to)), text, colon + 1, keep);
            }
        }
        if (row > 0
                && rowName.equals("r")
                && set == InstructionSet.S390
                && Hex.digit(first) >= 0
                && rowOf(rowName, row, text, 0, keep)) {
            return true;
        }
        row = -1;
        return pairs(text, keep);
    }

    private boolean rowOf(String name, int from, String text, int start, boolean keep) {
        int number = from;
        int at = Scan.skipBlanks(text, start);
        while (at < text.length() && number < 64) {
            int to = Scan.hexEnd(text, at);
            if (to - at != 8 && to - at != 16) {
                break;
            }
            if (keep) {
                put(name + number, Long.parseUnsignedLong(text, at, to, 16));
            }
            number++;
            at = Scan.skipBlanks(text, to);
        }
        boolean any = number > from;
        row = any ? number : -1;
        rowName = name;
        return any;
    }

    /** {@code RAX: 0123 RBX: 0123}, {@code x1 : 0123}, {@code pc 0123 ra 0123}, {@code RSP: 0018:0123 EFLAGS: 0123}. */
    private boolean pairs(String text, boolean keep) {
        int at = 0;
        boolean any = false;
        int length = text.length();
        while (at < length) {
            int start = at;
            while (at < length
                    && (Ascii.isLetter(text.charAt(at)) || Ascii.isDigit(text.charAt(at)) || text.charAt(at) == '_')) {
                at++;
            }
            if (at == start || at - start > 8) {
                if (!any) {
                    return false;
                }
                at = nextWord(text, at == start ? at + 1 : at);
                continue;
            }
            String name = text.substring(start, at).toLowerCase(Locale.ROOT);
            int value = Scan.skipBlanks(text, at);
            boolean colon = value < length && text.charAt(value) == ':';
            value = colon ? Scan.skipBlanks(text, value + 1) : value;
            int end = NAMES.contains(name) && (colon || isBare(name)) ? value(name, text, value, keep) : -1;
            if (end < 0) {
                if (!any) {
                    return false;
                }
                at = nextWord(text, at);
                continue;
            }
            any = true;
            at = nextWord(text, end);
        }
        return any;
    }

    /** LoongArch prints no colons. */
    private static boolean isBare(String name) {
        return name.length() == 2;
    }

    private static int nextWord(String text, int from) {
        int at = from;
        while (at < text.length() && !Ascii.isSpace(text.charAt(at))) {
            at++;
        }
        return Scan.skipBlanks(text, at);
    }

    /** The end of a value at a position; -1 if there is none. */
    private int value(String name, String text, int from, boolean keep) {
        int at = from;
        int to = Scan.hexEnd(text, at);
        if (to - at == 4 && text.startsWith(":", to) && Scan.hexEnd(text, to + 1) > to + 4) {
            // A segment before the value.
            at = to + 1;
            to = Scan.hexEnd(text, at);
        } else if (text.startsWith("[<", at)) {
            at += 2;
            to = Scan.hexEnd(text, at);
        } else if (text.startsWith("0x", at)) {
            at += 2;
            to = Scan.hexEnd(text, at);
        }
        int digits = to - at;
        boolean segment = name.length() == 2 && name.charAt(1) == 's';
        if (digits > 16
                || (digits < 8
                        && !(digits == 4 && (segment || name.equals("trap")))
                        && !(digits >= 1 && isShort(name)))) {
            return -1;
        }
        if (to < text.length() && (Ascii.isLetter(text.charAt(to)) || text.charAt(to) == '_')) {
            return -1;
        }
        learn(setOf(name, digits), keep);
        if (keep) {
            put(OTHER_NAMES.getOrDefault(name, name), Long.parseUnsignedLong(text, at, to, 16));
        }
        return to;
    }

    private static boolean isShort(String name) {
        return name.equals("irqmask") || name.equals("y");
    }

    private static @Nullable InstructionSet setOf(String name, int digits) {
        return switch (name) {
            case "rax", "rsp", "rip" -> InstructionSet.X86_64;
            case "eax", "esp" -> InstructionSet.I386;
            case "pstate", "x29", "x0" -> InstructionSet.ARM64;
            case "psr", "dac" -> InstructionSet.ARM;
            case "badaddr" -> digits == 16 ? InstructionSet.RISCV64 : null;
            case "nip", "xer" -> InstructionSet.POWERPC;
            default -> null;
        };
    }

    private void learn(@Nullable InstructionSet found, boolean keep) {
        if (found != null && keep) {
            set = found;
        }
    }

    private void put(String name, long value) {
        if (values.size() < MAX_REGISTERS) {
            values.putIfAbsent(name, value);
        }
    }
}
