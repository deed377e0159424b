package dev.backline.crash.explain;

import dev.backline.crash.CrashReport;
import dev.backline.crash.Fact;
import dev.backline.crash.ReportKind;
import dev.backline.machine.InstructionSet;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel says about a fault: address, access, and why it failed. Sources of the bits: x86's error code
 * (arch/x86/include/asm/trap_pf.h), arm64's ESR (arch/arm64/include/asm/esr.h), riscv's cause (privileged ISA 3.1.15),
 * page table entries (arch/x86/include/asm/pgtable_types.h, arch/arm64/include/asm/pgtable-hwdef.h). Immutable.
 *
 * @param set the instruction set; null if unknown
 * @param address that the kernel reports; null if it reports none
 * @param write whether the access was a write; null if unknown
 * @param isFetch whether an instruction was fetched
 * @param permission whether the page is mapped and forbids the access
 * @param executable whether the page may be executed; null if unknown
 * @param general whether it is a general protection fault
 * @param unaligned whether it is a fault of the alignment
 */
record Condition(
        @Nullable InstructionSet set,
        @Nullable Long address,
        @Nullable Boolean write,
        boolean isFetch,
        boolean permission,
        @Nullable Boolean executable,
        boolean general,
        boolean unaligned) {
    private static final int ESR_CLASS_SHIFT = 26;
    private static final int ESR_FETCH_LOWER = 0x20;
    private static final int ESR_FETCH = 0x21;
    private static final int ESR_DATA_LOWER = 0x24;
    private static final int ESR_DATA = 0x25;
    private static final int ESR_ALIGNMENT = 0x21;

    static Condition of(CrashReport report) {
        Long address = number(report.fact(Fact.ADDRESS));
        Long error = number(report.fact(Fact.ERROR_CODE));
        String access = report.fact(Fact.ACCESS);
        String reason = report.fact(Fact.REASON);
        InstructionSet set = report.set();
        boolean general = report.kind() == ReportKind.GENERAL_PROTECTION || isStackSegment(report);
        boolean fetch = "execute".equals(access);
        boolean permission = reason != null && (reason.contains("permission") || reason.contains("protection"));
        boolean unaligned = reason != null && reason.contains("alignment");
        if (error != null && !general && set != null) {
            switch (set) {
                case X86_64, I386 -> {
                    permission |= (error & 1) != 0;
                    fetch |= (error & 16) != 0;
                }
                case ARM64 -> {
                    long kind = (error >>> ESR_CLASS_SHIFT) & 0x3f;
                    fetch |= kind == ESR_FETCH || kind == ESR_FETCH_LOWER;
                    permission |= (error & 0x3c) == 0x0c;
                    unaligned |= (error & 0x3f) == ESR_ALIGNMENT && (kind == ESR_DATA || kind == ESR_DATA_LOWER);
                }
                case RISCV64 -> fetch |= error == 12 || error == 1;
                default -> {}
            }
        }
        Boolean write = access == null ? null : Boolean.valueOf("write".equals(access));
        return new Condition(
                set,
                address,
                write,
                fetch,
                permission,
                executable(set, number(report.fact(Fact.PAGE_ENTRY))),
                general,
                unaligned);
    }

    /**
     * Whether it is x86's stack fault, which a non-canonical address raises instead of a general protection fault if
     * the base register is rbp or rsp (Intel SDM volume 3, interrupt 12). Compilers use rbp for any value.
     */
    static boolean isStackSegment(CrashReport report) {
        String type = report.fact(Fact.TYPE);
        return report.kind() == ReportKind.TRAP && type != null && type.startsWith("stack segment");
    }

    private static @Nullable Boolean executable(@Nullable InstructionSet set, @Nullable Long entry) {
        if (entry == null || set == null) {
            return null;
        }
        return switch (set) {
            // _PAGE_NX is bit 63
            case X86_64 -> entry >= 0;
            // PTE_PXN is bit 53
            case ARM64 -> ((entry >>> 53) & 1) == 0;
            default -> null;
        };
    }

    /** A number as facts have it; null if it is none. */
    static @Nullable Long number(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String digits = text.startsWith("0x") ? text.substring(2) : text;
        if (digits.isEmpty() || digits.length() > 16) {
            return null;
        }
        try {
            return Long.parseUnsignedLong(digits, 16);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /**
     * {@return whether an access at a computed address explains the reported address}
     *
     * @param computed the address of the access
     * @param size of the access, 0 if unknown
     * @param further bytes that the instruction can go on
     */
    boolean covers(long computed, int size, long further) {
        Long reported = address;
        if (reported == null) {
            return false;
        }
        long distance = reported - computed;
        if (distance == 0 || (distance > 0 && distance < Math.max(size, 1) + further)) {
            return true;
        }
        if (set == InstructionSet.I386) {
            return ((distance & 0xffff_ffffL) < Math.max(size, 1));
        }
        // arm64 reports some addresses without the top byte (untagged_addr, arch/arm64/mm/fault.c).
        long without = (reported - computed) & 0x00ff_ffff_ffff_ffffL;
        return set == InstructionSet.ARM64 && without < Math.max(size, 1) + further;
    }

    /** What a value looks like that was called or jumped to. */
    Values.Look ofCall(long value, InstructionSet by) {
        return Values.inFault(
                value, value, false, by, new Values.Circumstances(false, true, permission, executable, general, false));
    }

    Values.Circumstances circumstances(boolean writes) {
        return new Values.Circumstances(
                write == null ? writes : write || writes, isFetch, permission, executable, general, unaligned);
    }
}
