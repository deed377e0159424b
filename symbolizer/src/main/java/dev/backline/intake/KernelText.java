package dev.backline.intake;

import dev.backline.io.Ascii;
import dev.backline.io.Chars;

/**
 * Finds where the kernel's own text starts in a line, by words that only the kernel prints at the start of its lines.
 * Thread-safe.
 */
final class KernelText {
    /** The number of bytes in which the text must start: no collector's prefix is longer. */
    static final int REACH = 200;

    /** Starts of lines in oopses and call traces (arch/.../traps.c, process.c, lib/dump_stack.c, kernel/panic.c). */
    private static final String[] STARTS = {
        "Linux version ",
        "CPU: ",
        "Call Trace:",
        "Call trace:",
        "Hardware name: ",
        "RIP: ",
        "RSP: ",
        "RAX: ",
        "RDX: ",
        "RBP: ",
        "R10: ",
        "R13: ",
        "FS:  ",
        "CS:  ",
        "CR2: ",
        "DR0: ",
        "DR3: ",
        "EIP: ",
        "EAX: ",
        "ESI: ",
        "Code: ",
        "Modules linked in:",
        "BUG: ",
        "WARNING: CPU: ",
        "WARNING: at ",
        "WARNING: possible ",
        "WARNING: suspicious RCU usage",
        "Oops: ",
        "Oops[#",
        "Internal error: ",
        "Kernel panic - not syncing",
        "Kernel Offset: ",
        "general protection fault",
        "Unable to handle kernel ",
        "------------[ cut here ]",
        "---[ end ",
        "Workqueue: ",
        "pstate: ",
        "pc : ",
        "lr : ",
        "sp : ",
        "x29: ",
        "PC is at ",
        "LR is at ",
        "NIP: ",
        "NIP [",
        "LR [",
        "REGS: ",
        "Krnl PSW : ",
        "Krnl GPRS: ",
        "epc : ",
        "epc   : ",
        "Backtrace:",
        "Tainted: ",
        "Not tainted ",
        "INFO: task ",
        "INFO: rcu",
        "rcu: INFO: ",
        "<TASK>",
        "</TASK>",
        "<IRQ>",
        "</IRQ>",
    };

    private static final String[][] BY_FIRST = byFirst();

    private KernelText() {}

    private static String[][] byFirst() {
        String[][] table = new String[128][];
        for (int c = 0; c < table.length; c++) {
            int count = 0;
            for (String each : STARTS) {
                count += each.charAt(0) == c ? 1 : 0;
            }
            if (count > 0) {
                table[c] = new String[count];
                for (String each : STARTS) {
                    if (each.charAt(0) == c) {
                        table[c][--count] = each;
                    }
                }
            }
        }
        return table;
    }

    /** Whether one of the kernel's lines starts at a position. */
    static boolean startsAt(byte[] line, int at, int end) {
        String[] candidates = line[at] < 0 ? null : BY_FIRST[line[at]];
        if (candidates != null) {
            for (String each : candidates) {
                if (Chars.startsWith(line, at, end, each)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Lines of an oops that are longer than a mail is wide. */
    private static final String[] LONG = {
        "Linux version ",
        "CPU: ",
        "Hardware name: ",
        "Code: ",
        "Modules linked in:",
        "BUG: ",
        "WARNING: ",
        "RIP: ",
        "Unable to handle kernel ",
        "INFO: task "
    };

    /** Whether one of the long lines of an oops starts at a position. */
    static boolean isLong(byte[] line, int at, int end) {
        for (String each : LONG) {
            if (Chars.startsWith(line, at, end, each)) {
                return true;
            }
        }
        return false;
    }

    /** The first position at which the kernel's text starts, at the start of a word; -1 if it cannot be told. */
    static int find(byte[] line, int from, int end) {
        int reach = Math.min(end, from + REACH);
        boolean boundary = true;
        int open = 0;
        for (int i = from; i < reach; i++) {
            byte c = line[i];
            // Text in brackets is not the start of a line: [exception RIP: …].
            if (boundary && open == 0 && startsAt(line, i, end)) {
                return i;
            }
            open += c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
            boundary = c == ' ' || c == '\t' || c == ';' || c == ':' || c == '|' || c == '>' || c == ']' || c == '=';
        }
        return -1;
    }

    /** The position of the time stamp of printk, {@code [   12.345678]}, after a prefix. -1 if the line has no time stamp. */
    static int stamp(byte[] line, int from, int end) {
        return nextStamp(line, from, Math.min(end, from + REACH), end);
    }

    /** The position of the next time stamp of printk, however far away. -1 if no more follows. */
    static int nextStamp(byte[] line, int from, int end) {
        return nextStamp(line, from, end, end);
    }

    private static int nextStamp(byte[] line, int from, int reach, int end) {
        for (int i = from; i < reach; i++) {
            if (line[i] == '[' && isSeconds(line, i, end)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isSeconds(byte[] line, int at, int end) {
        int to = at + 1;
        while (to < end && line[to] == ' ' && to - at < 8) {
            to++;
        }
        return to < end && Ascii.isDigit(line[to]) && LinePrefix.isStamp(line, at, end);
    }
}
