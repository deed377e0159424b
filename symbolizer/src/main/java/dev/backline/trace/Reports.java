package dev.backline.trace;

import dev.backline.io.Chars;

/** Recognises the first and the last line of the kernel's reports. Thread-safe. */
final class Reports {
    /** lib/bug.c, mm/kasan, arch/.../fault.c and traps.c, kernel/hung_task.c, kernel/rcu, kernel/panic.c. */
    private static final String[] STARTS = {
        "------------[ cut here ]",
        "BUG: ",
        "WARNING: ",
        "Oops: ",
        "Oops[#",
        "Oops - ",
        "Internal error: ",
        "Unable to handle kernel ",
        "Unhandled fault",
        "general protection fault",
        "double fault",
        "divide error",
        "invalid opcode",
        "stack segment",
        "Kernel panic - not syncing",
        "kernel BUG at ",
        "Kernel BUG at ",
        "UBSAN: ",
        "INFO: task ",
        "INFO: rcu_",
        "INFO: possible ",
        "rcu: INFO: ",
        "watchdog: BUG: ",
        "NMI watchdog: ",
        "unchecked MSR access error",
        "sysrq: Show ",
        "NMI backtrace for ",
        "KFENCE: ",
        "refcount_t: ",
    };

    private static final String[] ENDS = {"---[ end trace", "---[ end Kernel panic", "---[ end kernel panic"};

    /** The first characters of all texts: most lines start with another one. */
    private static final boolean[] FIRST = first();

    private static boolean[] first() {
        boolean[] table = new boolean[256];
        for (String[] texts : new String[][] {STARTS, ENDS}) {
            for (String each : texts) {
                table[each.charAt(0)] = true;
            }
        }
        return table;
    }

    private Reports() {}

    static LineRole role(byte[] line, int at, int end) {
        byte first = line[at];
        if (!FIRST[first & 0xff]) {
            return LineRole.OTHER;
        }
        for (String each : STARTS) {
            if (first == each.charAt(0) && Chars.startsWith(line, at, end, each)) {
                return LineRole.REPORT_START;
            }
        }
        if (first == '-') {
            for (String each : ENDS) {
                if (Chars.startsWith(line, at, end, each)) {
                    return LineRole.REPORT_END;
                }
            }
        }
        return LineRole.OTHER;
    }
}
