package dev.backline.benchmarks.variables;

import dev.backline.machine.Access;
import dev.backline.machine.InstructionSet;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A fault at one instruction, with the report that the kernel prints for it (arch/x86/mm/fault.c,
 * arch/x86/kernel/traps.c, arch/arm64/mm/fault.c).
 *
 * @param set the instruction set
 * @param release of the kernel
 * @param module the module with the code; empty for the kernel itself
 * @param symbol {@code name+0xoffset/0xsize}
 * @param instruction the instruction's text
 * @param bytes the bytes around the instruction, and where it starts in them
 * @param registers DWARF numbers and values
 * @param register the base register of the access
 * @param address that is accessed
 * @param access what the instruction does
 * @param size of the access in bytes
 */
record SyntheticFault(
        InstructionSet set,
        String release,
        String module,
        String symbol,
        String instruction,
        CodeWindow bytes,
        Map<Integer, Long> registers,
        int register,
        long address,
        Access access,
        int size) {
    private static final String[] X86 = {
        "RAX", "RDX", "RCX", "RBX", "RSI", "RDI", "RBP", "RSP", "R08", "R09", "R10", "R11", "R12", "R13", "R14", "R15"
    };

    private static final int[][] X86_ROWS = {{0, 3, 2}, {1, 4, 5}, {6, 8, 9}, {10, 11, 12}, {13, 14, 15}};

    /**
     * The code around an instruction as {@code Code:} prints it.
     *
     * @param text the line without its key
     */
    record CodeWindow(String text) {}

    private boolean isWrite() {
        return access == Access.WRITE || access == Access.READ_WRITE;
    }

    private boolean isCanonical() {
        return address >> 47 == 0 || address >> 47 == -1;
    }

    private boolean isString() {
        return instruction.matches("(rep\\w* )?(movs|stos|lods|scas|cmps|ins|outs)[bwlq]? .*");
    }

    /** {@return the address in the report; null if the kernel prints none} */
    @Nullable
    Long reported() {
        if (set == InstructionSet.ARM64) {
            // untagged_addr
            return address & ((address << 8) >> 8);
        }
        return !isCanonical() && (isString() || register == 6) ? null : Long.valueOf(address);
    }

    /** {@return the lines of the report} */
    String text() {
        return set == InstructionSet.ARM64 ? arm64() : x86();
    }

    private String place() {
        return module.isEmpty() ? symbol : symbol + " [" + module + "]";
    }

    private static String hex(long value) {
        return String.format(Locale.ROOT, "%016x", value);
    }

    private String x86() {
        StringBuilder text = new StringBuilder();
        String oops = release.startsWith("6.1.") ? "" : "Oops: ";
        String end = " [#1] PREEMPT SMP NOPTI";
        if (isCanonical()) {
            line(
                    text,
                    address >= 0 && address < 4096
                            ? "BUG: kernel NULL pointer dereference, address: " + hex(address)
                            : "BUG: unable to handle page fault for address: " + hex(address));
            line(text, "#PF: supervisor " + (isWrite() ? "write" : "read") + " access in kernel mode");
            line(text, "#PF: error_code(0x000" + (isWrite() ? 2 : 0) + ") - not-present page");
            line(text, "PGD 0 P4D 0 ");
            line(text, oops + "Oops: 000" + (isWrite() ? 2 : 0) + end);
        } else if (register == 6) {
            line(text, oops + "stack segment: 0000" + end);
        } else if (isString()) {
            line(text, oops + "general protection fault: 0000" + end);
        } else {
            line(
                    text,
                    oops + "general protection fault, probably for non-canonical address 0x" + Long.toHexString(address)
                            + ": 0000" + end);
        }
        line(text, "CPU: 1 PID: 137 Comm: test Not tainted " + release + " #1  Debian");
        line(text, "Hardware name: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-debian-1.16.2-1 04/01/2014");
        line(text, "RIP: 0010:" + place());
        line(text, "Code: " + bytes.text());
        line(text, "RSP: 0018:" + hex(value(7)) + " EFLAGS: 00010246");
        for (int[] row : X86_ROWS) {
            StringBuilder registersOfRow = new StringBuilder();
            for (int each : row) {
                registersOfRow
                        .append(registersOfRow.isEmpty() ? "" : " ")
                        .append(X86[each])
                        .append(": ")
                        .append(hex(value(each)));
            }
            line(text, registersOfRow.toString());
        }
        line(text, "FS:  0000000000000000(0000) GS:ffff8880df300000(0000) knlGS:0000000000000000");
        line(text, "CS:  0010 DS: 0000 ES: 0000 CR0: 0000000080050033");
        line(text, "CR2: " + hex(isCanonical() ? address : 0) + " CR3: 0000000001b36000 CR4: 0000000000750ea0");
        line(text, "Call Trace:");
        line(text, " <TASK>");
        line(text, " ret_from_fork+0x22/0x30");
        line(text, " </TASK>");
        modules(text);
        line(text, "---[ end trace 0000000000000000 ]---");
        return text.toString();
    }

    private String arm64() {
        StringBuilder text = new StringBuilder();
        long at = address & ((address << 8) >> 8);
        String esr = isWrite() ? "0000000096000044" : "0000000096000004";
        line(
                text,
                "Unable to handle kernel "
                        + (at >= 0 && at < 4096 ? "NULL pointer dereference" : "paging request")
                        + " at virtual address " + hex(at));
        line(text, "Mem abort info:");
        line(text, "  ESR = 0x" + esr);
        line(text, "  EC = 0x25: DABT (current EL), IL = 32 bits");
        line(text, "  SET = 0, FnV = 0");
        line(text, "  EA = 0, S1PTW = 0");
        line(text, "  FSC = 0x04: level 0 translation fault");
        line(text, "Data abort info:");
        line(text, "  ISV = 0, ISS = 0x000000" + esr.substring(14) + ", ISS2 = 0x00000000");
        line(text, "  CM = 0, WnR = " + (isWrite() ? 1 : 0) + ", TnD = 0, TagAccess = 0");
        line(text, "Internal error: Oops: " + esr + " [#1] SMP");
        modules(text);
        line(text, "CPU: 1 UID: 0 PID: 188 Comm: test Not tainted " + release + " #1  Debian");
        line(text, "Hardware name: linux,dummy-virt (DT)");
        line(text, "pstate: 00400005 (nzcv daif +PAN -UAO -TCO -DIT -SSBS BTYPE=--)");
        line(text, "pc : " + place());
        line(text, "lr : ret_from_fork+0x10/0x20");
        line(text, "sp : " + hex(value(31)));
        for (int i = 29; i >= 0; ) {
            StringBuilder row = new StringBuilder();
            for (int n = 0; n < 3 && i >= 0; n++, i--) {
                row.append(row.isEmpty() ? "" : " ")
                        .append(String.format(Locale.ROOT, "x%-2d: ", i))
                        .append(hex(value(i)));
            }
            line(text, row.toString());
        }
        line(text, "Call trace:");
        line(text, " " + place());
        line(text, " ret_from_fork+0x10/0x20");
        line(text, "Code: " + bytes.text());
        line(text, "---[ end trace 0000000000000000 ]---");
        return text.toString();
    }

    private void modules(StringBuilder text) {
        if (!module.isEmpty()) {
            line(text, "Modules linked in: " + module);
        }
    }

    private long value(int number) {
        Long value = registers.get(number);
        return value == null ? 0 : value;
    }

    private static void line(StringBuilder text, String line) {
        text.append("[    3.023298] ").append(line).append('\n');
    }
}
