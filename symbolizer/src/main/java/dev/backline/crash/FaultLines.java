package dev.backline.crash;

import dev.backline.io.Hex;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines between a fault's headline and its registers: {@code #PF:} (arch/x86/mm/fault.c), {@code ESR},
 * {@code FSC} and {@code WnR} (arch/arm64/mm/fault.c), {@code Failing address} (arch/s390/mm/fault.c), and what the
 * register dumps of others state about the access. Thread-safe.
 */
final class FaultLines {
    private FaultLines() {}

    /** {@return whether the line states something about a fault, which is then in the facts} */
    static boolean read(String text, Map<Fact, String> facts) {
        if (text.isEmpty()) {
            return false;
        }
        return switch (text.charAt(0)) {
            case '#' -> pageFault(text, facts);
            case 'E', 'F', 'C', 'S', 'I' -> abort(text, facts);
            case '[' ->
                (text.startsWith("] pgd=", Math.max(0, text.indexOf(']'))) && lastEntry(text, '=', facts))
                        || text.startsWith("] *pgd=", Math.max(0, text.indexOf(']')));
            case 'P' -> text.startsWith("PGD ") && lastEntry(text, ' ', facts);
            default ->
                text.startsWith("Mem abort info")
                        || text.startsWith("Data abort info")
                        || text.startsWith("swapper pgtable")
                        || text.startsWith("user pgtable")
                        || text.startsWith("GCS = ")
                        || text.startsWith("AS:")
                        || text.startsWith("Oops: ")
                        || text.startsWith("LE PAGE_SIZE")
                        || text.startsWith("BE PAGE_SIZE")
                        || text.startsWith("pgd = ");
        };
    }

    /** Takes the last page table entry of a line: {@code PMD 13fb067 PTE 80000000019df161}, {@code pte=00e0…}. */
    private static boolean lastEntry(String text, char before, Map<Fact, String> facts) {
        String line = text.stripTrailing();
        int from = line.lastIndexOf(before) + 1;
        if (line.length() - from <= 16 && from > 0) {
            put(facts, Fact.PAGE_ENTRY, Scan.hexAt(line, from));
        }
        return true;
    }

    private static boolean pageFault(String text, Map<Fact, String> facts) {
        if (!text.startsWith("#PF: ")) {
            return false;
        }
        if (text.startsWith("#PF: error_code(")) {
            put(facts, Fact.ERROR_CODE, Scan.hexAt(text, 16));
            put(facts, Fact.REASON, Scan.between(text, ") - "));
        } else {
            put(
                    facts,
                    Fact.ACCESS,
                    text.contains(" write access")
                            ? "write"
                            : text.contains(" instruction fetch")
                                    ? "execute"
                                    : text.contains(" read access") ? "read" : null);
        }
        return true;
    }

    private static boolean abort(String text, Map<Fact, String> facts) {
        if (text.startsWith("ESR = ") || text.startsWith("ESR: ")) {
            put(facts, Fact.ERROR_CODE, Scan.hexAt(text, 5));
            return true;
        }
        if (text.startsWith("FAR: ")) {
            put(facts, Fact.ADDRESS, Scan.hexAt(text, 5));
            return true;
        }
        if (text.startsWith("EC = ")) {
            if (text.contains("IABT")) {
                put(facts, Fact.ACCESS, "execute");
            }
            return true;
        }
        if (text.startsWith("FSC = ")) {
            put(facts, Fact.REASON, Scan.between(text, ": "));
            return true;
        }
        if (text.startsWith("CM = ")) {
            Integer write = Scan.integer(text, "WnR = ");
            put(facts, Fact.ACCESS, write == null ? null : write == 1 ? "write" : "read");
            return true;
        }
        if (text.startsWith("Failing address: ")) {
            put(facts, Fact.ADDRESS, Scan.hexAt(text, 17));
            return true;
        }
        if (text.startsWith("Fault in ")) {
            put(facts, Fact.REASON, text);
            return true;
        }
        return text.startsWith("SET = ")
                || text.startsWith("EA = ")
                || text.startsWith("ISV = ")
                || text.startsWith("Faulting instruction address");
    }

    /** What registers say about the access, where no line says it. */
    static void fromRegisters(Registers registers, Map<Fact, String> facts) {
        Long cause = registers.get("cause");
        Long bad = registers.get("badaddr");
        if (cause != null && bad != null) {
            // The privileged specification of RISC-V, table of scause.
            put(facts, Fact.ERROR_CODE, Hex.text(cause));
            put(facts, Fact.ADDRESS, Hex.text(bad));
            String access = cause == 13 || cause == 5 || cause == 4
                    ? "read"
                    : cause == 15 || cause == 7 || cause == 6
                            ? "write"
                            : cause == 12 || cause == 1 || cause == 0 ? "execute" : null;
            put(facts, Fact.ACCESS, access);
        }
        Long dar = registers.get("dar");
        Long trap = registers.get("trap");
        if (dar != null && trap != null && (trap == 0x300 || trap == 0x380)) {
            put(facts, Fact.ADDRESS, Hex.text(dar));
            Long dsisr = registers.get("dsisr");
            if (dsisr != null) {
                put(facts, Fact.ERROR_CODE, Hex.text(dsisr));
                // DSISR_ISSTORE, arch/powerpc/include/asm/reg.h.
                put(facts, Fact.ACCESS, (dsisr & 0x02000000) != 0 ? "write" : "read");
            }
        }
        Long badVa = registers.get("badva");
        badVa = badVa == null ? registers.get("badv") : badVa;
        if (badVa != null) {
            put(facts, Fact.ADDRESS, Hex.text(badVa));
        }
        Long cr2 = registers.get("cr2");
        if (cr2 != null) {
            put(facts, Fact.ADDRESS, Hex.text(cr2));
        }
    }

    private static void put(Map<Fact, String> facts, Fact fact, @Nullable String value) {
        if (value != null) {
            facts.putIfAbsent(fact, value);
        }
    }
}
