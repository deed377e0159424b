package dev.backline.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.crash.CrashReader;
import dev.backline.crash.CrashReport;
import dev.backline.crash.ReportKind;
import dev.backline.crash.StackGroup;
import dev.backline.crash.StackGroup.Role;
import dev.backline.crash.summary.ReportSummary;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.fixtures.Choices;
import dev.backline.fixtures.Wrapper;
import dev.backline.intake.LogInput;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.LogOptions;
import dev.backline.symbolize.LogSymbolizer;
import dev.backline.trace.FrameReference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A grammar of kernel logs with one or two crash reports: kinds, architectures, notations of frames, prefixes, and reports
 * whose lines alternate. The choices select a log; the generator knows what its reports state. In whatever the log is
 * wrapped, the reports are the same.
 */
final class LogGrammar {
    private static final String NAME = "hostile";

    /** A frame. */
    private record Place(
            @Nullable String symbol,
            @Nullable Long offset,
            @Nullable Long size,
            @Nullable String module,
            boolean reliable) {
        static Place of(LogFrame frame) {
            FrameReference r = frame.frame().reference();
            return new Place(
                    r.symbol(), r.offset(), r.size(), r.module(), frame.frame().reliable());
        }

        @Override
        public String toString() {
            return symbol + "+0x" + Long.toHexString(offset == null ? 0 : offset) + "/0x"
                    + Long.toHexString(size == null ? 0 : size) + (module == null ? "" : " [" + module + "]")
                    + (reliable ? "" : " ?");
        }

        String text() {
            return new Place(symbol, offset, size, module, true).toString();
        }
    }

    /** What a report states; the registers are some of those that it prints. */
    private record Facts(
            ReportKind kind,
            int number,
            int cpu,
            int pid,
            String comm,
            Place pc,
            List<Place> trace,
            List<Place> allocated,
            List<Place> freed,
            Map<String, String> modules,
            Map<String, Long> registers) {
        static Facts of(CrashReport r, Map<String, Long> expected) {
            Map<String, Long> registers = new TreeMap<>();
            expected.keySet().forEach(name -> {
                Long value = r.registers().get(name);
                if (value != null) {
                    registers.put(name, value);
                }
            });
            // Some lines have the address only
            List<Place> at = places(r, Role.REGISTERS).stream()
                    .filter(place -> place.symbol != null)
                    .toList();
            return new Facts(
                    r.kind(),
                    r.number(),
                    r.cpu() == null ? -1 : r.cpu(),
                    r.pid() == null ? -1 : r.pid(),
                    String.valueOf(r.comm()),
                    at.isEmpty() ? new Place(null, null, null, null, false) : at.get(0),
                    places(r, Role.TRACE),
                    places(r, Role.ALLOCATED),
                    places(r, Role.FREED),
                    new TreeMap<>(r.modules()),
                    registers);
        }

        private static List<Place> places(CrashReport report, Role role) {
            List<Place> places = new ArrayList<>();
            for (StackGroup group : report.stacks()) {
                if (group.role() == role) {
                    group.frames().forEach(frame -> places.add(Place.of(frame)));
                }
            }
            return places;
        }
    }

    private enum Machine {
        X86,
        ARM64,
        RISCV,
        POWERPC,
        S390
    }

    private final Choices c;
    private final List<String> lines = new ArrayList<>();
    private final Map<String, String> modules = new TreeMap<>();
    private final Map<String, Long> registers = new TreeMap<>();
    private final List<Place> trace = new ArrayList<>();
    private final List<Place> allocated = new ArrayList<>();
    private final List<Place> freed = new ArrayList<>();
    private final Machine machine;
    private final boolean addresses;
    private final int number;
    private final int cpu;
    private final int pid;
    private final String comm;
    private final Place pc;
    private final ReportKind kind;

    /** One report. */
    private LogGrammar(Choices choices, int pid) {
        c = choices;
        this.pid = pid;
        machine = c.of(Machine.values());
        // Older kernels print the addresses of frames, too
        addresses = machine != Machine.X86 && machine != Machine.ARM64 || c.oneIn(4);
        cpu = c.below(64);
        comm = c.of("boat", "kworker/1:2", "swapper/0", "a b", "rcu_sched", "(udev-worker)");
        for (int count = c.below(5); count > 0; count--) {
            modules.put(c.of("nf_conntrack", "bridge", "boat", "e1000e", "br_netfilter"), c.of("", "OE", "O"));
        }
        pc = place(true);
        int oops = c.between(1, 3);
        kind = machine == Machine.X86 ? x86(oops) : machine == Machine.ARM64 ? arm64(oops) : other(oops);
        number = kind == ReportKind.WARNING || kind == ReportKind.KASAN ? 0 : oops;
    }

    private Facts facts() {
        return new Facts(kind, number, cpu, pid, comm, pc, trace, allocated, freed, modules, registers);
    }

    private Place place(boolean reliable) {
        String symbol =
                c.of("boat_row", "tcp_v4_rcv", "vfs_write", "nf_hook_slow", "__x64_sys_read", "process_one_work")
                        + c.of("", "", "", ".isra.0", ".constprop.0", ".cold", ".part.0");
        long offset = 1 + c.number(11);
        String module = modules.isEmpty() || c.oneIn(2) ? null : c.of(List.copyOf(modules.keySet()));
        return new Place(symbol, offset, offset + 1 + c.below(512), module, reliable);
    }

    private void add(String format, Object... arguments) {
        lines.add(arguments.length == 0 ? format : String.format(format, arguments));
    }

    private long address() {
        return switch (machine) {
                    case X86 -> 0xffff_ffff_8100_0000L;
                    case ARM64 -> 0xffff_8000_0801_0000L;
                    case RISCV -> 0xffff_ffff_8000_2000L;
                    case POWERPC -> 0xc000_0000_0010_0000L;
                    case S390 -> 0x3ffe_0010_0000L;
                }
                + 4L * c.below(0x4000);
    }

    private void modules() {
        StringBuilder text = new StringBuilder("Modules linked in:");
        modules.forEach(
                (name, taint) -> text.append(' ').append(name).append(taint.isEmpty() ? "" : "(" + taint + ")"));
        lines.add(text.toString());
    }

    private void task() {
        boolean uid = c.oneIn(3);
        add(
                "CPU: %d %sPID: %d Comm: %s %s 6.%d.0-%d-amd64 #1  Debian 6.1.%d-1",
                cpu,
                uid ? "UID: 0 " : "",
                pid,
                comm,
                c.of("Not tainted", "Tainted: G        W  OE     ", "Kdump: loaded Not tainted"),
                c.between(1, 12),
                c.below(60),
                c.below(200));
        if (!c.oneIn(4)) {
            add("Hardware name: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-debian-1.16.2-1 04/01/2014");
        }
    }

    private void frames(List<Place> into, int count) {
        for (int i = 0; i < count; i++) {
            Place place =
                    place(machine == Machine.RISCV || machine == Machine.ARM64 || into != trace || c.below(4) > 0);
            into.add(place);
            String text = place.text();
            String hex = String.format("%016x", address());
            switch (machine) {
                case X86 -> add(" %s%s%s", addresses ? "[<" + hex + ">] " : "", place.reliable ? "" : "? ", text);
                case ARM64, RISCV -> add("%s%s", addresses ? "[<" + hex + ">] " : " ", text);
                case POWERPC ->
                    add("[c000000007b1f%03x] [%s] %s%s", 16 * i, hex, text, place.reliable ? "" : " (unreliable)");
                case S390 -> add(place.reliable ? " [<%s>] %s " : "([<%s>] %s)", hex, text);
            }
        }
    }

    private void x86Registers() {
        add("RIP: 0010:%s", pc.text());
        add("Code: 48 89 df e8 00 00 00 00 85 c0 0f 88 dd 00 00 00 <0f> 0b 48 8b 45 18 c3");
        long[] values = {0xffff_cf0e_4000_3870L, c.number(63), c.number(63), c.number(16)};
        add("RSP: 0018:%016x EFLAGS: 00010202", values[0]);
        add("RAX: %016x RBX: %016x RCX: %016x", values[1], values[2], values[3]);
        registers.put("rsp", values[0]);
        registers.put("rax", values[1]);
        registers.put("rbx", values[2]);
        registers.put("rcx", values[3]);
        add("CS:  0010 DS: 0000 ES: 0000 CR0: 0000000080050033");
    }

    private void x86Trace() {
        add("Call Trace:");
        if (c.oneIn(3)) {
            add(" <IRQ>");
            frames(trace, c.between(1, 4));
            add(" </IRQ>");
        }
        add(" <TASK>");
        frames(trace, c.between(1, 12));
        add(" </TASK>");
    }

    private ReportKind x86(int oops) {
        ReportKind what = c.of(
                ReportKind.PAGE_FAULT,
                ReportKind.GENERAL_PROTECTION,
                ReportKind.BUG,
                ReportKind.WARNING,
                ReportKind.TRAP,
                ReportKind.KASAN);
        String config = c.of("PREEMPT SMP NOPTI", "SMP", "PREEMPT SMP KASAN PTI");
        boolean named = c.oneIn(2);
        switch (what) {
            case PAGE_FAULT -> {
                add("BUG: kernel NULL pointer dereference, address: %016x", c.below(4096));
                add("#PF: supervisor write access in kernel mode");
                add("#PF: error_code(0x0002) - not-present page");
                add("PGD 0 P4D 0 ");
                add("Oops: %s0002 [#%d] %s", named ? "Oops: " : "", oops, config);
            }
            case GENERAL_PROTECTION ->
                add(
                        "%sgeneral protection fault, probably for non-canonical address 0xdead0000000001%02x: 0000"
                                + " [#%d] %s",
                        named ? "Oops: " : "", c.below(256), oops, config);
            case BUG -> {
                add("------------[ cut here ]------------");
                add("kernel BUG at drivers/boat.c:%d!", c.between(1, 999));
                add("%sinvalid opcode: 0000 [#%d] %s", named ? "Oops: " : "", oops, config);
            }
            case WARNING -> {
                add("------------[ cut here ]------------");
                add("WARNING: CPU: %d PID: %d at net/boat.c:%d %s", cpu, pid, c.between(1, 999), pc.text());
                modules();
            }
            case TRAP -> add("%sdivide error: 0000 [#%d] %s", named ? "Oops: " : "", oops, config);
            default -> {
                return kasan();
            }
        }
        task();
        x86Registers();
        x86Trace();
        if (what != ReportKind.WARNING) {
            modules();
        }
        add("---[ end trace 0000000000000000 ]---");
        return what;
    }

    private ReportKind kasan() {
        String rule = "==================================================================";
        add(rule);
        add("BUG: KASAN: %s in %s", c.of("slab-use-after-free", "slab-out-of-bounds", "use-after-free"), pc.text());
        add("%s of size 8 at addr ffff888012345678 by task %s/%d", c.of("Read", "Write"), comm, pid);
        add("");
        modules.clear();
        task();
        x86Trace();
        add("");
        add("Allocated by task %d:", c.between(1, 999));
        frames(allocated, c.between(1, 5));
        add("");
        if (c.oneIn(2)) {
            add("Freed by task %d:", c.between(1, 999));
            frames(freed, c.between(1, 5));
            add("");
        }
        add("The buggy address belongs to the object at ffff888012345600");
        add(" which belongs to the cache kmalloc-256 of size 256");
        add(rule);
        return ReportKind.KASAN;
    }

    private ReportKind arm64(int oops) {
        ReportKind what = c.of(ReportKind.PAGE_FAULT, ReportKind.BUG, ReportKind.WARNING);
        String esr = c.oneIn(2) ? "0000000096000004" : "96000004";
        if (what == ReportKind.PAGE_FAULT) {
            add("Unable to handle kernel NULL pointer dereference at virtual address %016x", c.below(4096));
            add("Mem abort info:");
            add("  ESR = 0x%s", esr);
            add("  EC = 0x25: DABT (current EL), IL = 32 bits");
            add("Internal error: Oops: %s [#%d] SMP", esr, oops);
        } else {
            add("------------[ cut here ]------------");
            if (what == ReportKind.BUG) {
                add("kernel BUG at drivers/boat.c:%d!", c.between(1, 999));
                add("Internal error: Oops - BUG: 00000000f2000800 [#%d] PREEMPT SMP", oops);
            } else {
                add("WARNING: CPU: %d PID: %d at net/boat.c:%d %s", cpu, pid, c.between(1, 999), pc.text());
            }
        }
        modules();
        task();
        add("pstate: 60400005 (nZCv daif +PAN -UAO -TCO -DIT -SSBS BTYPE=--)");
        add("pc : %s", pc.text());
        add("lr : %s", place(true).text());
        long[] values = {0xffff_8000_0a12_3bc0L, c.number(63), c.number(63)};
        add("sp : %016x", values[0]);
        add("x29: %016x x28: %016x x27: 0000000000000000", values[1], values[2]);
        registers.put("sp", values[0]);
        registers.put("x29", values[1]);
        registers.put("x28", values[2]);
        add("Call trace:");
        frames(trace, c.between(1, 12));
        if (what != ReportKind.WARNING) {
            add("Code: a9bf7bfd 910003fd f9400000 b4000060 (f9400001) ");
        }
        add("---[ end trace 0000000000000000 ]---");
        return what;
    }

    private ReportKind other(int oops) {
        long at = address();
        long link = address();
        Place caller = place(true);
        if (machine == Machine.RISCV) {
            add("Unable to handle kernel NULL pointer dereference at virtual address %016x", c.below(4096));
            add("Oops [#%d]", oops);
            modules();
            task();
            add("epc : %s", pc.text());
            add(" ra : %s", caller.text());
            add("epc : %016x ra : %016x sp : ff20000000a3bd00", at, link);
            add("status: 0000000200000120 badaddr: 0000000000000010 cause: 000000000000000d");
            frames(trace, c.between(1, 12));
        } else if (machine == Machine.POWERPC) {
            add("BUG: Kernel NULL pointer dereference on read at 0x%08x", c.below(4096));
            add("Faulting instruction address: 0x%016x", at);
            add("Oops: Kernel access of bad area, sig: 11 [#%d]", oops);
            add("LE PAGE_SIZE=64K MMU=Radix SMP NR_CPUS=2048 NUMA pSeries");
            modules();
            task();
            add("NIP:  %016x LR: %016x CTR: c000000000123450", at, link);
            add("NIP [%016x] %s", at, pc.text());
            add("LR [%016x] %s", link, caller.text());
            add("Call Trace:");
            frames(trace, c.between(1, 12));
        } else {
            add("Unable to handle kernel pointer dereference in virtual kernel address space");
            add("Failing address: 0000000000000000 TEID: 0000000000000483");
            add("Oops: 0004 ilc:3 [#%d] SMP ", oops);
            modules();
            task();
            add("Krnl PSW : 0704c00180000000 %016x (%s)", at, pc.text());
            add("           R:0 T:1 IO:0 EX:0 Key:0 M:1 W:0 P:0 AS:3 CC:0 PM:0 RI:0 EA:3");
            add("Call Trace:");
            frames(trace, c.between(1, 12));
        }
        add("---[ end trace 0000000000000000 ]---");
        return ReportKind.PAGE_FAULT;
    }

    // Logs

    /** One log: what is in it, and that what it is wrapped in changes nothing. */
    static void check(Choices c) throws IOException {
        List<LogGrammar> reports = new ArrayList<>();
        reports.add(new LogGrammar(c, c.between(100, 199)));
        if (c.oneIn(2)) {
            reports.add(new LogGrammar(c, c.between(200, 299)));
        }
        boolean mixed = reports.size() > 1 && c.oneIn(2);
        String log = log(c, reports, mixed);
        List<CrashReport> found = read(log.getBytes(StandardCharsets.UTF_8));
        List<Facts> expected = reports.stream().map(LogGrammar::facts).toList();
        assertThat(facts(found, reports)).as(log).isEqualTo(expected);

        Wrapper wrapper = c.oneIn(8) ? c.of(Wrapper.mails()) : c.of(Wrapper.all());
        String wrapped = new String(wrapper.apply(log), StandardCharsets.UTF_8);
        String encoding = c.of("UTF-8", "UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE");
        byte[] bytes = wrapped.getBytes(Charset.forName(encoding));
        bytes = c.oneIn(4) ? WrappedLogs.packed(bytes, GZIPOutputStream::new) : bytes;
        List<CrashReport> again;
        try {
            again = read(bytes);
        } catch (IOException e) {
            throw new AssertionError(wrapper + ", " + encoding + ":\n" + wrapped, e);
        }
        assertThat(facts(again, reports))
                .as("%s, %s:\n%s", wrapper, encoding, wrapped)
                .isEqualTo(expected);
        assertThat(summaries(again)).as("%s:\n%s", wrapper, wrapped).isEqualTo(summaries(found));
    }

    private static List<Facts> facts(List<CrashReport> found, List<LogGrammar> reports) {
        List<Facts> facts = new ArrayList<>();
        for (CrashReport each : sorted(found)) {
            int index = Math.min(facts.size(), reports.size() - 1);
            facts.add(Facts.of(each, reports.get(index).registers));
        }
        return facts;
    }

    private static List<CrashReport> sorted(List<CrashReport> found) {
        return found.stream()
                .sorted(Comparator.comparing(report -> report.pid() == null ? 0 : report.pid()))
                .toList();
    }

    private static List<ReportSummary> summaries(List<CrashReport> found) {
        return sorted(found).stream().map(ReportSummary::of).toList();
    }

    private static String log(Choices c, List<LogGrammar> reports, boolean mixed) {
        int style = mixed ? 1 : c.below(6);
        StringBuilder log = new StringBuilder();
        int[] time = {c.below(900_000)};
        List<Deque<String>> left = new ArrayList<>();
        for (LogGrammar each : reports) {
            left.add(new ArrayDeque<>(each.lines));
        }
        line(log, style, time, 1, "IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready");
        while (left.stream().anyMatch(each -> !each.isEmpty())) {
            int next = mixed && c.oneIn(2) || left.get(0).isEmpty() ? 1 : 0;
            next = left.get(next).isEmpty() ? 1 - next : next;
            line(log, style, time, reports.get(next).pid, left.get(next).remove());
            if (!mixed && left.get(next).isEmpty()) {
                line(log, style, time, 1, "usb 1-1: new high-speed USB device number 2 using xhci_hcd");
            }
        }
        return log.toString();
    }

    private static void line(StringBuilder log, int style, int[] time, int caller, String text) {
        String stamp = String.format("[%5d.%06d]", time[0]++ / 100, time[0]);
        log.append(
                        switch (style) {
                            case 0 -> "";
                            case 1 -> stamp + String.format("[%6s] ", "T" + caller);
                            case 2 -> "<4>" + stamp + " ";
                            case 3 -> "Nov 22 08:38:06 web-3 kernel: " + stamp + " ";
                            case 4 -> "2026-11-22T08:38:06.123456+01:00 web-3 kernel: ";
                            default -> stamp + " ";
                        })
                .append(text)
                .append('\n');
    }

    private static List<CrashReport> read(byte[] log) throws IOException {
        List<CrashReport> found = new ArrayList<>();
        CrashReader reader = new CrashReader(found::add);
        try (KernelPool pool = new KernelPool(DebugFiles.builder().build());
                LogSymbolizer symbolizer = new LogSymbolizer(pool, LogOptions.DEFAULT.withRelease("none"))) {
            LogReader in = new LogReader(
                    LogInput.open(NAME, new ByteArrayInputStream(log)).text());
            symbolizer.read(in, (excerpt, frames) -> {
                for (int i = 0; i < excerpt.lines().size(); i++) {
                    reader.next(excerpt.lines().get(i), frames.isEmpty() ? List.of() : frames.get(i));
                }
            });
        }
        reader.end();
        return found;
    }
}
