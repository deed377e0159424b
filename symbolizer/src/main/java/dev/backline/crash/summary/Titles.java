package dev.backline.crash.summary;

import dev.backline.crash.CrashReport;
import dev.backline.crash.Fact;
import dev.backline.io.Ascii;
import dev.backline.io.Hex;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The kinds and titles of reports in people's words. Thread-safe. */
final class Titles {
    private Titles() {}

    /** {@return the kind that the report's own text tells; a fault's kind needs an analysis of what was touched} */
    static String kind(CrashReport report) {
        String type = type(report);
        return switch (report.kind()) {
            case KASAN, KFENCE -> memoryKind(report.kind().id(), type);
            case KMSAN -> "uninitialised-value";
            case KCSAN -> "data-race";
            case UBSAN ->
                type.contains("out-of-bounds") || type.contains("out of bounds")
                        ? "out-of-bounds"
                        : type.contains("division") ? "divide-error" : "undefined-behaviour";
            case REFCOUNT -> "refcount-warning";
            case FORTIFY ->
                report.headline().startsWith("WARNING") || text(report).contains("field-spanning")
                        ? "fortify-warning"
                        : "fortify";
            case SLUB -> type.contains("already free") ? "double-free" : "slab-corruption";
            case ATOMIC ->
                type.startsWith("scheduling")
                        ? "scheduling-while-atomic"
                        : type.startsWith("sleeping") ? "sleeping-in-atomic" : "preemption-needed";
            case TRAP ->
                type.startsWith("divide") || type.contains("divide exception")
                        ? "divide-error"
                        : type.startsWith("alignment")
                                ? "alignment-fault"
                                : type.startsWith("invalid opcode")
                                                || type.contains("undefined instruction")
                                                || type.startsWith("illegal")
                                        ? "invalid-instruction"
                                        : "trap";
            case STACK_OVERFLOW -> isDoubleFault(report) ? "double-fault" : "stack-overflow";
            default -> report.kind().id();
        };
    }

    private static boolean isDoubleFault(CrashReport report) {
        return report.headline().contains("double fault") && !report.headline().contains("stack");
    }

    private static String memoryKind(String otherwise, String type) {
        if (type.contains("use-after-free")) {
            return "use-after-free";
        }
        if (type.contains("out-of-bounds")) {
            return "out-of-bounds";
        }
        if (type.contains("double-free") || type.contains("invalid-free") || type.contains("invalid free")) {
            return "invalid-free";
        }
        if (type.contains("null-ptr-deref")) {
            return "null-pointer-dereference";
        }
        if (type.contains("user-memory-access")) {
            return "user-pointer-dereference";
        }
        if (type.contains("memory corruption")) {
            return "memory-corruption";
        }
        return type.contains("wild-memory-access") || type.equals("invalid") ? "wild-pointer" : otherwise;
    }

    private static String type(CrashReport report) {
        String type = report.fact(Fact.TYPE);
        return type == null ? "" : type;
    }

    private static String text(CrashReport report) {
        String text = report.fact(Fact.TEXT);
        return text == null ? "" : text;
    }

    /**
     * {@return one line: what happened, and where}
     *
     * @param function the guilty function; null if unknown
     */
    static String title(CrashReport report, @Nullable String function) {
        String where = function == null ? "" : " in " + function;
        String type = type(report);
        String access = report.fact(Fact.ACCESS);
        String accessed = access == null || type.endsWith(access) ? "" : " " + access;
        String place = report.fact(Fact.PLACE);
        String at = place == null ? "" : " at " + place;
        return switch (report.kind()) {
            case KASAN -> "KASAN: " + type + (type.contains("free") && "free".equals(access) ? "" : accessed) + where;
            case KFENCE -> "KFENCE: " + type + accessed + where;
            case KMSAN -> "KMSAN: " + type + where;
            case KCSAN ->
                "KCSAN: " + type + " in "
                        + (report.fact(Fact.FUNCTION) == null ? "unknown functions" : report.fact(Fact.FUNCTION));
            case UBSAN -> "UBSAN: " + type + where + at;
            case WARNING -> "WARNING" + where + at;
            case BUG -> "BUG" + where + at;
            case LIST_CORRUPTION ->
                "List corruption found by "
                        + ("list_add".equals(type) || "list_del".equals(type) ? type + "()" : "a check") + where;
            case REFCOUNT -> "Reference count " + refcount(text(report)) + where;
            case FORTIFY ->
                "Buffer overflow in "
                        + (report.fact(Fact.FUNCTION) == null ? "a string function" : report.fact(Fact.FUNCTION) + "()")
                        + where;
            case USERCOPY -> "Bad copy " + ("write".equals(access) ? "from" : "to") + " user space" + where;
            case SLUB ->
                "SLUB: " + type + (report.fact(Fact.CACHE) == null ? "" : " in cache " + report.fact(Fact.CACHE))
                        + (function == null ? "" : ", found" + where);
            case LOCKDEP -> "lockdep: " + type + where;
            case RCU_STALL -> "RCU stall" + where;
            case SOFT_LOCKUP -> "Soft lockup" + where;
            case HARD_LOCKUP -> "Hard lockup" + where;
            case HUNG_TASK -> "Hung task" + where;
            case WORKQUEUE -> sentence(type, "Workqueue") + where;
            case ATOMIC -> sentence(type, "Sleeping while atomic") + where;
            case PANIC -> "Panic: " + withoutNumbers(text(report)) + where;
            case MEMORY, HARDWARE -> sentence(type, report.kind().id()) + where;
            case LEAK -> "Memory leak" + where;
            case NETDEV_WATCHDOG ->
                "Transmit queue timed out"
                        + (report.fact(Fact.ACTOR) == null ? "" : ": driver " + report.fact(Fact.ACTOR));
            case STACK_OVERFLOW -> (isDoubleFault(report) ? "Double fault" : "Kernel stack overflow") + where;
            case STACK_SMASHING -> "Stack smashing detected" + where;
            case TRAP -> sentence(type, "Trap") + where;
            case PAGE_FAULT ->
                (report.headline().contains("NULL pointer") ? "NULL pointer dereference" : "Page fault") + where;
            case GENERAL_PROTECTION ->
                (type.equals("null-ptr-deref") ? "NULL pointer dereference" : "General protection fault") + where;
            case OTHER -> withoutNumbers(report.headline()) + (report.headline().contains(" in ") ? "" : where);
        };
    }

    private static String refcount(String text) {
        String rest = text.startsWith("refcount_t: ") ? text.substring(12) : text;
        int semicolon = rest.indexOf(';');
        String what = semicolon > 0 ? rest.substring(0, semicolon) : rest.replace(".", "");
        return what.isEmpty() ? "warning" : "problem: " + what;
    }

    private static String sentence(String type, String otherwise) {
        String text = type.isEmpty() ? otherwise : type;
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    /** A text with N in place of each number, cut where it is long. */
    static String withoutNumbers(String text) {
        StringBuilder kept = new StringBuilder();
        int at = 0;
        while (at < text.length() && kept.length() < 120) {
            char c = text.charAt(at);
            boolean starts = at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1));
            int to = at;
            boolean digit = false;
            while (starts && to < text.length() && (Hex.digit(text.charAt(to)) >= 0 || text.charAt(to) == 'x')) {
                digit |= Ascii.isDigit(text.charAt(to));
                to++;
            }
            if (digit && (to == text.length() || !Character.isLetter(text.charAt(to)))) {
                kept.append('N');
                at = to;
            } else {
                kept.append(c);
                at++;
            }
        }
        return kept.toString().strip();
    }

    /** {@return the class of faults: reports of one fault can be of several kinds, as KASAN or a bare page fault} */
    static String signatureClass(CrashReport report) {
        String kind = kind(report);
        return switch (report.kind()) {
            case PAGE_FAULT, GENERAL_PROTECTION, KMSAN, LIST_CORRUPTION -> "bad-access";
            case KASAN, KFENCE -> kind.equals("invalid-free") ? "invalid-free" : "bad-access";
            case UBSAN -> kind.equals("out-of-bounds") ? "bad-access" : "undefined";
            case WARNING -> "warn";
            case BUG -> "bug";
            case LOCKDEP -> "lock";
            case RCU_STALL, SOFT_LOCKUP, HARD_LOCKUP, WORKQUEUE -> "stall";
            case HUNG_TASK -> "hang";
            case STACK_OVERFLOW, STACK_SMASHING -> "stack";
            case FORTIFY, USERCOPY, SLUB -> "corruption";
            case KCSAN -> "race";
            case NETDEV_WATCHDOG -> "netdev";
            default -> report.kind().id();
        };
    }

    /** {@return how bad the report is: panic, oops, bug, warning or info} */
    static String severity(CrashReport report) {
        return switch (report.kind()) {
            case PANIC, STACK_OVERFLOW, STACK_SMASHING -> "panic";
            case PAGE_FAULT, GENERAL_PROTECTION, BUG, TRAP -> "oops";
            case WARNING, REFCOUNT, ATOMIC, LOCKDEP, UBSAN, KCSAN -> "warning";
            case MEMORY, LEAK, NETDEV_WATCHDOG, OTHER -> "info";
            default -> "bug";
        };
    }
}
