package dev.backline.crash;

import dev.backline.crash.Headline.Role;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Recognises the lines that start reports. The texts are those of lib/bug.c, kernel/panic.c, mm/kasan, mm/kfence, mm/kmsan,
 * kernel/kcsan, lib/ubsan.c, kernel/locking, kernel/rcu/tree_stall.h, kernel/watchdog.c, kernel/hung_task.c and mm.
 * Thread-safe.
 */
final class Headlines {
    /** Words that some subsystems put in front (pr_fmt). */
    private static final String[] CHANNELS = {
        "rcu: ",
        "NMI watchdog: ",
        "watchdog: ",
        "Watchdog: ",
        "kasan: ",
        "usercopy: ",
        "traps: ",
        "kernel: ",
        "list_debug: ",
        "mce: "
    };

    private static final String[] LOCK_WARNINGS = {
        "possible circular locking",
        "possible recursive locking",
        "possible irq lock inversion",
        "inconsistent lock state",
        "inconsistent {",
        "Nested lock was not taken",
        "bad unlock balance",
        "held lock freed",
        "still has locks held",
        "lock held when returning",
        "lock held at task exit",
        "suspicious RCU usage",
        "suspicious rcu_dereference",
        "chain_key collision",
        "bad contention detected",
        "Invalid wait context",
        "trying to register non-static key",
        "lock order detected",
        "irq lock inversion dependency",
        "possible irq lock",
        "hard-safe",
        "hardirq-safe"
    };

    private static final String[] LOCK_BUGS = {
        "MAX_LOCK",
        "MAX_STACK_TRACE_ENTRIES",
        "key ",
        "bad unlock balance",
        "held lock freed",
        "lock held ",
        "still has locks",
        "Invalid wait context",
        "spinlock ",
        "rwlock ",
        "rwsem",
        "bad magic"
    };

    private Headlines() {}

    static @Nullable Headline find(String full) {
        if (full.length() < 5) {
            return null;
        }
        String text = full;
        for (int i = 0; i < 2; i++) {
            for (String channel : CHANNELS) {
                if (text.startsWith(channel)) {
                    text = text.substring(channel.length());
                }
            }
        }
        if (text.isEmpty()) {
            return null;
        }
        Headline found = switch (text.charAt(0)) {
            case '-' -> text.startsWith("------------[ cut here ]") ? Headline.of(Role.CUT, null) : ftrace(text);
            case '8' -> text.startsWith("8<--- cut here") ? Headline.of(Role.CUT, null) : null;
            case 'B' -> bug(text);
            case 'W' -> warning(text);
            case 'I' -> info(text);
            case '[' -> bracketed(text);
            case 'K', 'k' -> TrapHeadlines.kernel(text);
            case 'O' -> TrapHeadlines.oops(text);
            case 'U', 'u' -> TrapHeadlines.unable(text);
            case 'r' -> refcount(text);
            case 'P' -> TrapHeadlines.panic(text);
            case 'g' ->
                text.startsWith("general protection fault") && text.contains("[#")
                        ? TrapHeadlines.protection(text)
                        : null;
            case 'd' -> fortifyOrDouble(text);
            case 'l' -> list(text);
            case 'S', 's' -> other(text);
            default -> null;
        };
        if (found != null) {
            return found;
        }
        found = TrapHeadlines.trap(text);
        return found != null ? found : anywhere(text);
    }

    private static @Nullable Headline ftrace(String text) {
        return text.contains("[ ftrace bug ]") ? Headline.of(Role.START, ReportKind.OTHER) : null;
    }

    private static @Nullable Headline bug(String text) {
        if (text.startsWith("BUG ")
                && text.contains("): ")
                && text.contains("ainted")
                && !text.contains("): kasan: ")) {
            // mm/slub.c slab_bug: BUG kmalloc-64 (Not tainted): Poison overwritten
            String type = text.substring(text.indexOf("): ") + 3);
            return Headline.start(ReportKind.SLUB, Fact.CACHE, Scan.wordAt(text, 4), Fact.TYPE, type, Fact.TEXT, type);
        }
        if (!text.startsWith("BUG: ")) {
            return null;
        }
        String rest = text.substring(5);
        if (rest.startsWith("KASAN: ")) {
            return sanitizer(ReportKind.KASAN, rest.substring(7));
        }
        if (rest.startsWith("KFENCE: ")) {
            return sanitizer(ReportKind.KFENCE, rest.substring(8));
        }
        if (rest.startsWith("KMSAN: ")) {
            return sanitizer(ReportKind.KMSAN, rest.substring(7));
        }
        if (rest.startsWith("KCSAN: ")) {
            return sanitizer(ReportKind.KCSAN, rest.substring(7));
        }
        if (rest.startsWith("soft lockup")) {
            return softLockup(rest);
        }
        if (rest.startsWith("kernel NULL pointer")
                || rest.startsWith("Kernel NULL pointer")
                || rest.startsWith("unable to handle")
                || rest.startsWith("Unable to handle")
                || rest.startsWith("access to RAZ")
                || rest.startsWith("Kernel attempted")) {
            String access = rest.contains(" on write")
                    ? "write"
                    : rest.contains(" on read") ? "read" : rest.contains("instruction fetch") ? "execute" : null;
            String address = Scan.hex(rest, "address: ");
            address = address == null ? Scan.hex(rest, " at ") : address;
            return Headline.start(ReportKind.PAGE_FAULT, Fact.ADDRESS, address, Fact.ACCESS, access);
        }
        if (rest.contains("stack guard page was hit")) {
            return Headline.start(ReportKind.STACK_OVERFLOW, Fact.ADDRESS, Scan.hex(rest, "hit at "));
        }
        if (rest.startsWith("scheduling while atomic") || rest.startsWith("scheduling with irqs disabled")) {
            return Headline.start(ReportKind.ATOMIC, Fact.TYPE, "scheduling while atomic");
        }
        if (rest.startsWith("sleeping function called from")) {
            return Headline.start(
                    ReportKind.ATOMIC,
                    Fact.TYPE,
                    "sleeping function called from invalid context",
                    Fact.PLACE,
                    Scan.word(rest, "context at "));
        }
        if (rest.startsWith("using ")) {
            String what = Scan.wordAt(rest, 6);
            return Headline.start(ReportKind.ATOMIC, Fact.TYPE, "using " + what + " in preemptible code");
        }
        if (rest.startsWith("workqueue ")) {
            return Headline.start(
                    ReportKind.WORKQUEUE,
                    Fact.TYPE,
                    rest.startsWith("workqueue lockup") ? "workqueue lockup" : "workqueue leak",
                    Fact.SECONDS,
                    Scan.decimal(rest, "stuck for "));
        }
        if (rest.startsWith("Bad page")
                || rest.startsWith("Bad rss-counter")
                || rest.startsWith("bad rss")
                || rest.startsWith("non-zero pgtables")) {
            int end = rest.startsWith("Bad page state")
                    ? 14
                    : rest.startsWith("Bad page map") ? 12 : rest.startsWith("Bad rss") ? 15 : 8;
            return Headline.start(ReportKind.MEMORY, Fact.TYPE, rest.substring(0, Math.min(rest.length(), end)));
        }
        if (rest.startsWith("memory leak")) {
            return Headline.start(ReportKind.LEAK);
        }
        if (startsWithAny(rest, LOCK_BUGS)) {
            return Headline.start(ReportKind.LOCKDEP, Fact.TYPE, lockType(rest));
        }
        return Headline.start(ReportKind.OTHER, Fact.TEXT, rest);
    }

    private static String lockType(String rest) {
        int to = rest.length();
        for (String end : new String[] {"!", " on CPU", ", ", ": "}) {
            int found = rest.indexOf(end);
            to = found > 0 && found < to ? found : to;
        }
        return rest.substring(0, to);
    }

    /** {@code slab-use-after-free in func+0x12/0x34}, {@code data-race in f / g}, {@code out-of-bounds read in f}. */
    private static Headline sanitizer(ReportKind kind, String rest) {
        int in = rest.indexOf(" in ");
        String type = in < 0 ? rest : rest.substring(0, in);
        String place = in < 0 ? null : rest.substring(in + 4);
        String access = kind == ReportKind.KFENCE
                ? (type.endsWith(" read") ? "read" : type.endsWith(" write") ? "write" : null)
                : null;
        type = access == null ? type : type.substring(0, type.length() - access.length() - 1);
        String function = place == null ? null : kind == ReportKind.KCSAN ? pair(place) : Scan.function(place);
        return Headline.start(kind, Fact.TYPE, type, Fact.FUNCTION, function, Fact.ACCESS, access);
    }

    private static String pair(String place) {
        int slash = place.indexOf(" / ");
        return slash < 0
                ? Scan.function(place)
                : Scan.function(place.substring(0, slash)) + " / " + Scan.function(place.substring(slash + 3));
    }

    private static Headline softLockup(String text) {
        return Headline.start(ReportKind.SOFT_LOCKUP, Fact.SECONDS, Scan.decimal(text, "stuck for "));
    }

    private static @Nullable Headline warning(String text) {
        if (text.startsWith("Watchdog detected hard LOCKUP")) {
            return Headline.start(ReportKind.HARD_LOCKUP);
        }
        if (!text.startsWith("WARNING: ")) {
            return null;
        }
        String rest = text.substring(9);
        if (rest.startsWith("[") && rest.contains("] ")) {
            // The condition, since 6.18.
            rest = rest.substring(rest.lastIndexOf("] ", Math.max(0, rest.indexOf(" at "))) + 2);
        }
        if (containsAny(rest, LOCK_WARNINGS)) {
            return Headline.start(ReportKind.LOCKDEP, Fact.TYPE, lockType(rest));
        }
        if (rest.startsWith("CPU: ") || rest.startsWith("at ") || isPlaced(rest)) {
            // kernel/panic.c __warn, in its three forms.
            String place =
                    rest.startsWith("CPU: ") || rest.startsWith("at ") ? Scan.word(rest, "at ") : Scan.wordAt(rest, 0);
            String function = place == null ? null : Scan.wordAt(rest, rest.indexOf(place) + place.length());
            if ("at".equals(function)) {
                function = Scan.word(rest, " at ");
            }
            if (place != null && place.indexOf(':') < 0) {
                // Without CONFIG_DEBUG_BUGVERBOSE.
                function = place;
                place = null;
            }
            function = function == null
                    ? null
                    : Scan.function(function.replace(",", "").replace("()", ""));
            return Headline.start(ReportKind.WARNING, Fact.PLACE, place, Fact.FUNCTION, function);
        }
        if (rest.startsWith("kernel stack ") || rest.startsWith("stack recursion")) {
            return Headline.start(ReportKind.OTHER, Fact.TEXT, rest);
        }
        return Headline.with(Role.TENTATIVE, ReportKind.OTHER, Fact.TEXT, rest);
    }

    /** Whether a text starts with a file and a line, as of 6.16 on. */
    private static boolean isPlaced(String rest) {
        int at = rest.indexOf(" at ");
        int colon = at < 0 ? -1 : rest.lastIndexOf(':', at);
        return colon > 0 && Scan.isDecimal(rest, colon + 1, at) && rest.indexOf(' ') == at;
    }

    private static @Nullable Headline info(String text) {
        if (text.startsWith("INFO: ")) {
            String rest = text.substring(6);
            if (rest.startsWith("task ")) {
                return task(rest);
            }
            if (rest.startsWith("rcu") && (rest.contains("stall") || rest.contains("detected"))) {
                return Headline.start(
                        ReportKind.RCU_STALL,
                        Fact.TYPE,
                        rest.contains("self-detected")
                                ? "self-detected"
                                : rest.contains("expedited") ? "expedited" : "detected");
            }
            if (containsAny(rest, LOCK_WARNINGS) || rest.startsWith("possible ")) {
                return Headline.start(ReportKind.LOCKDEP, Fact.TYPE, lockType(rest));
            }
            return null;
        }
        if (text.startsWith("Internal error: ")) {
            return TrapHeadlines.internalError(text.substring(16));
        }
        if (text.startsWith("Insufficient stack space to handle exception")) {
            return Headline.start(ReportKind.STACK_OVERFLOW);
        }
        return null;
    }

    private static @Nullable Headline task(String rest) {
        int blocked = rest.indexOf(" blocked ");
        // The kernel prints the task's name in front: "task" and a blank are 5 characters
        if (blocked < 5 || !rest.contains(" more than ")) {
            return rest.contains("can't die")
                    ? Headline.start(
                            ReportKind.HUNG_TASK,
                            Fact.TYPE,
                            "cannot die",
                            Fact.SECONDS,
                            Scan.decimal(rest, "more than "),
                            Fact.ACTOR,
                            rest.substring(5, rest.indexOf("can't die")).strip())
                    : null;
        }
        return Headline.start(
                ReportKind.HUNG_TASK,
                Fact.SECONDS,
                Scan.decimal(rest, " more than "),
                Fact.ACTOR,
                rest.substring(5, blocked).strip());
    }

    private static @Nullable Headline bracketed(String text) {
        if (text.startsWith("[ BUG: ") || text.startsWith("[BUG: ")) {
            String rest = text.substring(text.indexOf("BUG: ") + 5);
            return Headline.start(ReportKind.LOCKDEP, Fact.TYPE, lockType(rest.replace(" ]", "")));
        }
        if (text.startsWith("[ INFO: ")) {
            String rest = text.substring(8);
            return Headline.start(ReportKind.LOCKDEP, Fact.TYPE, lockType(rest.replace(" ]", "")));
        }
        return null;
    }

    private static @Nullable Headline refcount(String text) {
        return text.startsWith("refcount_t: ")
                ? Headline.with(Role.PRETEXT, ReportKind.REFCOUNT, Fact.TEXT, text)
                : null;
    }

    private static @Nullable Headline fortifyOrDouble(String text) {
        if (text.startsWith("detected buffer overflow in ")) {
            return Headline.with(
                    Role.PRETEXT, ReportKind.FORTIFY, Fact.FUNCTION, Scan.wordAt(text, 28), Fact.TEXT, text);
        }
        if (text.startsWith("double fault: ")) {
            return Headline.trap(ReportKind.STACK_OVERFLOW);
        }
        return null;
    }

    private static @Nullable Headline list(String text) {
        if (text.startsWith("list_add corruption")
                || text.startsWith("list_del corruption")
                || text.startsWith("list_add double add")
                || text.startsWith("list_add attempted")
                || text.startsWith("list_del attempted")) {
            return Headline.with(
                    Role.PRETEXT, ReportKind.LIST_CORRUPTION, Fact.TYPE, text.substring(0, 8), Fact.TEXT, text);
        }
        return null;
    }

    private static @Nullable Headline other(String text) {
        if (text.startsWith("SError Interrupt on CPU")) {
            return Headline.start(
                    ReportKind.HARDWARE, Fact.TYPE, "SError interrupt", Fact.ERROR_CODE, Scan.hex(text, "code "));
        }
        if (text.startsWith("segment-related general protection fault")) {
            return TrapHeadlines.protection(text);
        }
        if (text.startsWith("stack guard page: ")) {
            return Headline.trap(ReportKind.STACK_OVERFLOW);
        }
        if (text.startsWith("sysrq: Show ")
                || text.startsWith("sysrq: SysRq : Show ")
                || text.startsWith("SysRq : Show ")) {
            return Headline.of(Role.DUMP, ReportKind.OTHER);
        }
        return null;
    }

    /** Texts that follow a name: of a process, a function, a device. */
    private static @Nullable Headline anywhere(String text) {
        int at = text.indexOf(": ");
        if (text.startsWith("CPU") && text.contains("Unable to handle kernel ")) {
            return Headline.start(ReportKind.PAGE_FAULT, Fact.ADDRESS, Scan.hex(text, "address "));
        }
        if (text.startsWith("CPU") && text.contains("Watchdog detected hard LOCKUP")) {
            return Headline.start(ReportKind.HARD_LOCKUP);
        }
        if (at > 0) {
            if (text.startsWith("detected buffer overflow", at + 2)) {
                return Headline.with(
                        Role.PRETEXT, ReportKind.FORTIFY, Fact.FUNCTION, text.substring(0, at), Fact.TEXT, text);
            }
            if (text.startsWith("detected field-spanning write", at + 2)) {
                return Headline.with(
                        Role.PRETEXT,
                        ReportKind.FORTIFY,
                        Fact.FUNCTION,
                        text.substring(0, at),
                        Fact.TEXT,
                        text,
                        Fact.PLACE,
                        Scan.word(text, "\" at "));
            }
            if (text.startsWith("page allocation failure", at + 2)
                    || text.startsWith("page allocation stalls", at + 2)) {
                return Headline.start(ReportKind.MEMORY, Fact.TYPE, "page allocation failure");
            }
            if (text.startsWith("vmalloc", at + 2) && text.contains("failed to allocate")) {
                return Headline.with(Role.TENTATIVE, ReportKind.MEMORY, Fact.TYPE, "vmalloc allocation failure");
            }
        }
        if (text.contains(" invoked oom-killer: ")) {
            return Headline.start(ReportKind.MEMORY, Fact.TYPE, "out of memory");
        }
        if (text.startsWith("ernel memory ", 1) && text.contains(" attempt detected ")) {
            return Headline.with(
                    Role.PRETEXT,
                    ReportKind.USERCOPY,
                    Fact.TEXT,
                    text,
                    Fact.ACCESS,
                    text.contains("exposure") ? "read" : "write");
        }
        if (text.startsWith("NETDEV WATCHDOG: ")) {
            return Headline.with(
                    Role.PRETEXT,
                    ReportKind.NETDEV_WATCHDOG,
                    Fact.TEXT,
                    text,
                    Fact.ACTOR,
                    Scan.between(text, "(", ")"));
        }
        if (text.contains("[Hardware Error]: ") && (text.contains("Machine Check") || text.startsWith("{"))) {
            return Headline.start(
                    ReportKind.HARDWARE,
                    Fact.TYPE,
                    text.contains("Machine Check") ? "machine check" : "hardware error");
        }
        if (text.startsWith("NMI: PCI system error") || text.startsWith("NMI: IOCK error")) {
            return Headline.start(
                    ReportKind.HARDWARE, Fact.TYPE, text.substring(5).toLowerCase(Locale.ROOT));
        }
        if (text.startsWith("Alignment trap: ") && !text.contains("not handling")) {
            return Headline.start(ReportKind.TRAP, Fact.TYPE, "alignment trap");
        }
        if (text.startsWith("FAULT_INJECTION: ") || text.startsWith("NMI backtrace for ")) {
            return Headline.of(Role.DUMP, ReportKind.OTHER);
        }
        return null;
    }

    private static boolean startsWithAny(String text, String[] starts) {
        for (String each : starts) {
            if (text.startsWith(each)) {
                return true;
            }
        }
        return false;
    }

    private static boolean containsAny(String text, String[] words) {
        for (String each : words) {
            if (text.contains(each)) {
                return true;
            }
        }
        return false;
    }

    /** {@return the number in {@code [#1]}; 0 if there is none} */
    static int number(String text) {
        int at = text.indexOf("[#");
        int to = at < 0 ? -1 : text.indexOf(']', at);
        return to > at + 2 && to - at < 12 && Scan.isDecimal(text, at + 2, to)
                ? Integer.parseInt(text.substring(at + 2, to))
                : 0;
    }
}
