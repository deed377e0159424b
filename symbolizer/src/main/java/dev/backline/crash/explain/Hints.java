package dev.backline.crash.explain;

import dev.backline.crash.Certainty;
import dev.backline.crash.CrashReport;
import dev.backline.crash.Fact;
import dev.backline.crash.Fault;
import dev.backline.crash.ReportKind;
import dev.backline.crash.ValueClass;
import dev.backline.io.Hex;
import dev.backline.machine.InstructionSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Adds what the kernel supposes, what a value can be by chance, and whether the file is the right one to a fault. */
final class Hints {
    /** The top of addresses in KASAN's shadow of user space, on x86-64; they differ by one bit from others by chance. */
    private static final long KASAN_SHADOW = 0xdffffcL;

    private Hints() {}

    /**
     * {@return the fault with more evidence}
     *
     * @param fault null if the report is about no access
     * @param report the report
     * @param matches whether the code that ran is the file's; null if unknown. The variables of other code are not certain
     */
    static @Nullable Fault added(@Nullable Fault fault, CrashReport report, @Nullable Boolean matches) {
        if (fault == null) {
            return null;
        }
        List<String> evidence = new ArrayList<>(fault.evidence());
        String text = Explainer.text(report, Fact.TEXT);
        // kasan_non_canonical_hook, mm/kasan/report.c
        if (report.kind() == ReportKind.GENERAL_PROTECTION && text.contains(" in range [")) {
            evidence.add("KASAN says: " + text + ". The reported address is that of KASAN's shadow.");
        }
        Long value = fault.value() != null ? fault.value() : fault.address();
        Long good = fault.valueClass() == ValueClass.NON_CANONICAL && value != null
                ? oneBitAway(value, report.set())
                : null;
        if (good != null && value != null) {
            evidence.add("One bit differs from the kernel address " + Hex.text(good)
                    + " (bit " + Long.numberOfTrailingZeros(good ^ value)
                    + "): possibly an error of the memory, or a write that changed the bit.");
        }
        Certainty certainty = fault.certainty() == Certainty.CERTAIN && Boolean.FALSE.equals(matches)
                ? Certainty.LIKELY
                : fault.certainty();
        return evidence.size() == fault.evidence().size() && certainty == fault.certainty()
                ? fault
                : new Fault(
                        fault.address(),
                        fault.access(),
                        fault.size(),
                        fault.instruction(),
                        fault.register(),
                        fault.value(),
                        fault.valueClass(),
                        fault.errno(),
                        fault.variable(),
                        fault.member(),
                        fault.expression(),
                        certainty,
                        evidence,
                        fault.others());
    }

    /** The kernel address that differs in one bit of those that all kernel addresses have in common; null if none does. */
    private static @Nullable Long oneBitAway(long value, @Nullable InstructionSet set) {
        int first = set == null
                ? 64
                : switch (set) {
                    case X86_64, RISCV64 -> 47;
                    case ARM64 -> 48;
                    default -> 64;
                };
        if (first == 64) {
            return null;
        }
        if (value >>> 40 == KASAN_SHADOW) {
            return null;
        }
        long zeros = ~value & (-1L << first);
        return Long.bitCount(zeros) == 1 ? Long.valueOf(value | zeros) : null;
    }
}
