package dev.backline.crash;

import dev.backline.crash.Headline.Role;
import org.jspecify.annotations.Nullable;

/**
 * Recognises the lines of faults, traps and panics: those of kernel/panic.c, and of fault.c and traps.c of each
 * architecture. Thread-safe.
 */
final class TrapHeadlines {
    /** The trap's name at the start of an oops line (arch/x86/kernel/traps.c, arch/s390/kernel/traps.c). */
    private static final String[] TRAPS = {
        "divide error",
        "invalid opcode",
        "stack segment",
        "int3",
        "bounds",
        "overflow",
        "alignment check",
        "coprocessor segment overrun",
        "device not available",
        "simd exception",
        "fpu exception",
        "segment not present",
        "invalid TSS",
        "debug",
        "trap",
        "control protection",
        "illegal operation",
        "specification exception",
        "monitor event",
        "operation exception",
        "fixpoint divide exception",
        "Reserved instruction",
        "Kernel bug detected",
        "Kernel unaligned",
        "Break instruction",
        "Illegal instruction",
        "Bad page table",
        "Unhandled kernel unaligned access"
    };

    private TrapHeadlines() {}

    static Headline internalError(String rest) {
        if (rest.startsWith("Oops - BUG") || rest.startsWith("Oops - UBSAN") || rest.startsWith("UBSAN")) {
            // arm64: "UBSAN: array index out of bounds: 00000000f2005512"
            int ubsan = rest.indexOf("UBSAN: ");
            return ubsan >= 0
                    ? Headline.trap(ReportKind.UBSAN, Fact.TYPE, typeOf(rest.substring(ubsan + 7)))
                    : Headline.trap(rest.contains("UBSAN") ? ReportKind.UBSAN : ReportKind.BUG);
        }
        if (rest.startsWith("Oops - ") || rest.startsWith("undefined instruction") || rest.startsWith("aarch64 BRK")) {
            return Headline.trap(
                    ReportKind.TRAP, Fact.TYPE, typeOf(rest.startsWith("Oops - ") ? rest.substring(7) : rest));
        }
        if (rest.startsWith("Oops: ")) {
            return Headline.trap(ReportKind.PAGE_FAULT, Fact.ERROR_CODE, Scan.hexAt(rest, 6));
        }
        if (rest.startsWith("kernel stack overflow")) {
            return Headline.trap(ReportKind.STACK_OVERFLOW);
        }
        if (rest.startsWith("synchronous") || rest.startsWith(": ")) {
            return Headline.trap(ReportKind.PAGE_FAULT, Fact.REASON, typeOf(rest), Fact.ERROR_CODE, code(rest));
        }
        return Headline.trap(ReportKind.TRAP, Fact.TYPE, typeOf(rest), Fact.ERROR_CODE, code(rest));
    }

    private static @Nullable String code(String text) {
        int colon = text.indexOf(": ");
        return colon < 0 ? null : Scan.hexAt(text, colon + 2);
    }

    private static String typeOf(String text) {
        int colon = text.indexOf(':');
        int bracket = text.indexOf(" [#");
        int to = colon < 0 ? text.length() : colon;
        to = bracket >= 0 && bracket < to ? bracket : to;
        return text.substring(0, to).strip();
    }

    static @Nullable Headline kernel(String text) {
        if (text.startsWith("kernel BUG at ") || text.startsWith("Kernel BUG at ")) {
            String place = Scan.wordAt(text, 14);
            boolean isPlace = place != null && place.indexOf(':') > 0;
            return Headline.start(
                    checkedBy(place),
                    Fact.PLACE,
                    isPlace && place != null ? place.replace("!", "") : null,
                    Fact.FUNCTION,
                    isPlace || place == null ? null : Scan.function(place));
        }
        if (text.startsWith("Kernel panic - not syncing")) {
            String rest = text.length() > 28 ? text.substring(28) : "";
            if (rest.startsWith("stack-protector: ")) {
                String victim = Scan.between(rest, "corrupted in: ");
                return Headline.with(
                        Role.PANIC,
                        ReportKind.STACK_SMASHING,
                        Fact.TEXT,
                        rest,
                        Fact.FUNCTION,
                        victim == null ? null : Scan.function(victim));
            }
            boolean stack = rest.startsWith("kernel stack overflow") || rest.startsWith("corrupted stack end");
            return Headline.with(Role.PANIC, stack ? ReportKind.STACK_OVERFLOW : ReportKind.PANIC, Fact.TEXT, rest);
        }
        if (text.startsWith("Kernel BUG [#") || text.startsWith("kernel BUG [#")) {
            return Headline.trap(ReportKind.BUG);
        }
        if (text.startsWith("KASAN: ") && text.indexOf(" in range [") > 6) {
            String type = text.substring(7, text.indexOf(" in range ["));
            return Headline.with(
                    Role.TRAP,
                    ReportKind.GENERAL_PROTECTION,
                    Fact.TYPE,
                    type.substring(type.lastIndexOf(' ') + 1),
                    Fact.TEXT,
                    text.substring(7));
        }
        if (text.startsWith("Kernel attempted to ")) {
            String verb = Scan.wordAt(text, 20);
            return Headline.start(
                    ReportKind.PAGE_FAULT,
                    Fact.ACCESS,
                    "read".equals(verb) ? "read" : "write".equals(verb) ? "write" : "execute",
                    Fact.ADDRESS,
                    Scan.hex(text, "page ("));
        }
        if (text.startsWith("Kernel stack overflow") || text.startsWith("kernel stack overflow")) {
            return Headline.start(ReportKind.STACK_OVERFLOW);
        }
        return null;
    }

    static @Nullable Headline oops(String text) {
        if (!text.startsWith("Oops")) {
            return text.startsWith("ODEBUG: ")
                    ? Headline.with(Role.PRETEXT, ReportKind.WARNING, Fact.TEXT, text)
                    : null;
        }
        if (text.startsWith("Oops: ")) {
            String rest = text.substring(6);
            rest = rest.startsWith("Oops: ") ? rest.substring(6) : rest;
            if (rest.startsWith("general protection fault")) {
                return protection(rest);
            }
            if (rest.startsWith("double fault") || rest.contains("stack guard page")) {
                return Headline.trap(ReportKind.STACK_OVERFLOW);
            }
            Headline named = trap(rest);
            if (named != null) {
                return named;
            }
            return rest.contains("[#")
                    ? Headline.trap(ReportKind.PAGE_FAULT, Fact.ERROR_CODE, Scan.hexAt(rest, 0))
                    : null;
        }
        return text.startsWith("Oops[#") || text.startsWith("Oops [#") || text.startsWith("Oops - ")
                ? Headline.trap(text.startsWith("Oops - ") ? ReportKind.TRAP : ReportKind.PAGE_FAULT)
                : null;
    }

    static Headline protection(String text) {
        String address = Scan.hex(text, "address ");
        return Headline.with(
                Role.TRAP,
                ReportKind.GENERAL_PROTECTION,
                Fact.ADDRESS,
                address,
                Fact.ERROR_CODE,
                address == null ? Scan.hex(text, "fault: ") : null);
    }

    static @Nullable Headline unable(String text) {
        if (text.startsWith("Unable to handle kernel ")) {
            String address = Scan.hex(text, "address ");
            String access = text.endsWith("when read")
                    ? "read"
                    : text.endsWith("when write")
                            ? "write"
                            : text.endsWith("when execute") || text.contains("execut")
                                    ? "execute"
                                    : text.contains("write to read-only") ? "write" : null;
            return Headline.start(ReportKind.PAGE_FAULT, Fact.ADDRESS, address, Fact.ACCESS, access);
        }
        if (text.startsWith("UBSAN: ")) {
            String rest = text.substring(7);
            int in = rest.indexOf(" in ");
            int at = rest.indexOf(" at ");
            return in > 0
                    ? Headline.start(
                            ReportKind.UBSAN, Fact.TYPE, rest.substring(0, in), Fact.PLACE, Scan.wordAt(rest, in + 4))
                    : Headline.start(
                            ReportKind.UBSAN,
                            Fact.TYPE,
                            at > 0 ? rest.substring(0, at) : rest,
                            Fact.FUNCTION,
                            at > 0 ? Scan.function(rest.substring(at + 4)) : null);
        }
        if (text.startsWith("Unhandled fault: ") || text.startsWith("Unhandled prefetch abort: ")) {
            return Headline.start(
                    ReportKind.PAGE_FAULT,
                    Fact.ADDRESS,
                    Scan.hex(text, " at "),
                    Fact.REASON,
                    Scan.between(text, ": ", " ("),
                    Fact.ERROR_CODE,
                    Scan.hex(text, "("));
        }
        if (text.startsWith("Unexpected kernel BRK exception")) {
            return Headline.start(ReportKind.TRAP, Fact.TYPE, "unexpected BRK exception");
        }
        if (text.startsWith("unchecked MSR access error")) {
            return Headline.start(ReportKind.OTHER, Fact.TEXT, text);
        }
        if (text.startsWith("unreferenced object 0x")) {
            return Headline.start(
                    ReportKind.LEAK, Fact.OBJECT, Scan.hexAt(text, 20), Fact.OBJECT_SIZE, Scan.decimal(text, "(size "));
        }
        if (text.startsWith("Uhhuh. NMI received")) {
            return Headline.start(ReportKind.HARDWARE, Fact.TYPE, "unknown NMI");
        }
        if (text.startsWith("unregister_netdevice: waiting for ")) {
            return Headline.start(ReportKind.OTHER, Fact.TEXT, text);
        }
        return null;
    }

    static @Nullable Headline panic(String text) {
        if (text.startsWith("PANIC: double fault")) {
            return Headline.start(ReportKind.STACK_OVERFLOW, Fact.ERROR_CODE, Scan.hex(text, "error_code: "));
        }
        if (text.startsWith("PCIe Bus Error: ")) {
            return Headline.start(ReportKind.HARDWARE, Fact.TYPE, "PCIe bus error");
        }
        return null;
    }

    /** {@code divide error: 0000 [#1] SMP}. A trap in a user's program has no number. */
    static @Nullable Headline trap(String text) {
        if (text.indexOf("[#") < 0) {
            return null;
        }
        for (String each : TRAPS) {
            if (text.startsWith(each)) {
                boolean isBug = each.equals("monitor event") || each.equals("Kernel bug detected");
                return Headline.with(Role.TRAP, isBug ? ReportKind.BUG : ReportKind.TRAP, Fact.TYPE, typeOf(text));
            }
        }
        return text.contains(" [#") && text.indexOf(": 0") > 0 && text.indexOf(": 0") < 60
                ? Headline.with(Role.TRAP, ReportKind.TRAP, Fact.TYPE, typeOf(text))
                : null;
    }

    /** The kind of a check that calls BUG() itself, by the file where it does. */
    private static ReportKind checkedBy(@Nullable String place) {
        if (place == null) {
            return ReportKind.BUG;
        }
        if (place.contains("lib/list_debug.c")) {
            return ReportKind.LIST_CORRUPTION;
        }
        if (place.contains("mm/usercopy.c")) {
            return ReportKind.USERCOPY;
        }
        if (place.contains("lib/refcount.c")) {
            return ReportKind.REFCOUNT;
        }
        return ReportKind.BUG;
    }
}
