package dev.backline.cli.explain;

import dev.backline.crash.Certainty;
import dev.backline.crash.CrashReport;
import dev.backline.crash.Disassembly;
import dev.backline.crash.Explanation;
import dev.backline.crash.Explanation.Culprit;
import dev.backline.crash.Explanation.LiveVariable;
import dev.backline.crash.Explanation.Place;
import dev.backline.crash.Explanation.Signature;
import dev.backline.crash.Fault;
import dev.backline.crash.Registers;
import dev.backline.crash.ReportKind;
import dev.backline.crash.StackGroup;
import dev.backline.crash.ValueClass;
import dev.backline.intake.LineOrigin;
import dev.backline.machine.InstructionSet;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.Resolution.Reason;
import dev.backline.symbolize.SourceFrame;
import dev.backline.trace.LineFrame;
import dev.backline.trace.TraceReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Explanations as the library makes them, for tests of the writers. */
final class Samples {
    /** A text that means something to a terminal, to HTML, to Markdown and to JSON. */
    static final String HOSTILE =
            "\u001b[31mred\u0007 </script><b onclick=\"x\">&amp; ``` `x` [a](http://e.example) ![i](x)"
                    + " @someone #12 **bold** \u202eright\u202c \"q\" \\ | <!-- ~~s~~";

    private Samples() {}

    /** A NULL pointer at the end of a chain of pointers, in a module with debug information. */
    static Explanation nullPointer() {
        LogFrame trap = resolved(
                "RIP: 0010:relay_queue_hint_len+0x15/0x20 [relaybox]",
                frame("relay_queue_hint_len", "/build/relaybox/relay_port.c", 92, 44, false));
        LogFrame caller = resolved(
                " relay_proc_write+0xb7/0x100 [relaybox]",
                frame("relay_command", "/build/relaybox/relay_main.c", 310, 9, true),
                frame("relay_proc_write", "/build/relaybox/relay_main.c", 342, 11, false));
        List<LogFrame> frames = List.of(
                trap,
                caller,
                resolved(" proc_reg_write+0x56/0xa0", frame("proc_reg_write", "fs/proc/inode.c", 351, 0, false)),
                unresolved(" ? do_fault+0x1a7/0x410", Reason.NO_LINE, "no line"),
                resolved(" vfs_write+0xc7/0x3f0", frame("vfs_write", "fs/read_write.c", 582, 0, false)),
                resolved(" do_syscall_64+0x5d/0x90", frame("do_syscall_64", "arch/x86/entry/common.c", 80, 0, false)),
                resolved(
                        " entry_SYSCALL_64_after_hwframe+0x6e/0xd8",
                        frame("entry_SYSCALL_64_after_hwframe", "arch/x86/entry/entry_64.S", 120, 0, false)));
        Fault fault = new Fault(
                0x38L,
                "read",
                4,
                "mov    0x38(%rax),%eax",
                "rax",
                0L,
                ValueClass.NULL,
                null,
                new Fault.Holder("port->rxq->hint->src->peer", "struct relay_port *"),
                new Fault.Touched("struct relay_port", "shaper.rate", 56, 4),
                "port->rxq->hint->src->peer->shaper.rate",
                Certainty.CERTAIN,
                List.of("rax is 0, and the instruction adds 0x38: the address that the kernel reports."),
                List.of());
        Disassembly code = new Disassembly(
                "48 8b 47 10 48 8b 00 8b 40 38 c3",
                7,
                true,
                true,
                List.of(
                        line(0x1251, "488b4710", "mov    0x10(%rdi),%rax", false, 92),
                        line(0x1255, "488b00", "mov    (%rax),%rax", false, 92),
                        line(0x1258, "8b4038", "mov    0x38(%rax),%eax", true, 92),
                        line(0x125b, "c3", "ret", false, 93)));
        return new Explanation(
                report(List.of(
                        new StackGroup("RIP", StackGroup.Role.REGISTERS, List.of(trap)),
                        new StackGroup("Call Trace", StackGroup.Role.TRACE, frames.subList(1, frames.size())))),
                "null-pointer-dereference",
                "NULL pointer dereference: relay_queue_hint_len() reads peer->shaper.rate, peer is NULL",
                "port->rxq->hint->src->peer is NULL (rax); relay_queue_hint_len() reads its shaper.rate at +0x38.",
                "oops",
                fault,
                new Place("relay_queue_hint_len", "/build/relaybox/relay_port.c", 92, List.of("relay_queue_show")),
                List.of(
                        new LiveVariable(
                                "relay_queue_hint_len", "port", "struct relay_port *", 0xffff89c5c1068000L, 8, "rdi"),
                        new LiveVariable("relay_queue_show", "count", "u32", 42, 4, null)),
                code,
                frames,
                new Culprit("relay_queue_hint_len", "/build/relaybox/relay_port.c", 92, "relaybox"),
                new Signature(
                        "bad-access:relay_queue_hint_len[relaybox]:0badcafe",
                        "bad-access:relay_queue_hint_len[relaybox]",
                        List.of("relay_queue_hint_len")),
                List.of("The log has two earlier oopses, so this one can be their consequence."),
                List.of("Read the first report of the log (taint D)."));
    }

    /** An oops in a module whose debug file is missing. */
    static Explanation withoutDebugFile() {
        LogFrame trap = unresolved(
                "RIP: 0010:ferry_hold_weight+0x1e/0x50 [ferry]",
                Reason.MODULE_NOT_FOUND,
                "ferry.ko is not in the debug directories; install ferry-dbg");
        Fault fault = new Fault(
                0x6b6b6b6b6b6b6b6bL,
                "read",
                8,
                "mov    0x8(%rax),%rdx",
                "rax",
                0x6b6b6b6b6b6b6b63L,
                ValueClass.SLAB_POISON,
                null,
                null,
                null,
                null,
                Certainty.LIKELY,
                List.of(),
                List.of());
        Disassembly code = new Disassembly(
                "48 8b 50 08",
                0,
                true,
                null,
                List.of(
                        new Disassembly.Line(-3, "4801d0", "add    %rdx,%rax", false, null, 0),
                        new Disassembly.Line(0, "488b5008", "mov    0x8(%rax),%rdx", true, null, 0)));
        return new Explanation(
                report(List.of(new StackGroup("RIP", StackGroup.Role.REGISTERS, List.of(trap))), 0x6b6b6b6b6b6b6b63L),
                "use-after-free",
                "Use after free in ferry_hold_weight()",
                null,
                "oops",
                fault,
                null,
                List.of(),
                code,
                List.of(trap),
                null,
                null,
                List.of(),
                List.of());
    }

    /** A hung task: no access, no code. */
    static Explanation hungTask() {
        LogFrame schedule =
                resolved(" __schedule+0x34d/0xa00", frame("__schedule", "kernel/sched/core.c", 6500, 0, false));
        return new Explanation(
                report(List.of(new StackGroup("Call Trace", StackGroup.Role.TRACE, List.of(schedule)))),
                "hung-task",
                "Hung task: ferry_moor() waits for a completion",
                "ferry_moor has waited for more than 10 seconds.",
                "info",
                null,
                null,
                List.of(),
                null,
                List.of(schedule),
                new Culprit("ferry_moor", null, 0, "ferry"),
                null,
                List.of(),
                List.of("echo w > /proc/sysrq-trigger shows all blocked tasks."));
    }

    /** An explanation with a hostile text in each field that can have one. */
    static Explanation hostile() {
        String text = HOSTILE;
        LogFrame trap =
                resolved(" evil+0x1/0x2 [mod]", frame(text, text, 3, 1, true), frame("evil", text, 4, 0, false));
        CrashReport report = new CrashReport(
                ReportKind.PAGE_FAULT,
                text,
                1,
                2,
                text,
                1,
                0,
                1,
                text,
                text,
                text,
                text,
                text,
                text,
                text,
                InstructionSet.X86_64,
                new Registers(Map.of(text, 1L)),
                null,
                Map.of(),
                List.of(new StackGroup(text, StackGroup.Role.REGISTERS, List.of(trap))),
                Map.of(),
                LineOrigin.UNKNOWN,
                false,
                false);
        return new Explanation(
                report,
                text,
                text,
                text,
                text,
                new Fault(
                        1L,
                        text,
                        1,
                        text,
                        text,
                        0x2d747361L,
                        ValueClass.ASCII,
                        text,
                        new Fault.Holder(text, text),
                        new Fault.Touched(text, text, 1, 1),
                        text,
                        Certainty.POSSIBLE,
                        List.of(text),
                        List.of(text)),
                new Place(text, text, 3, List.of(text)),
                List.of(new LiveVariable(text, text, text, 1, 8, text)),
                new Disassembly("90", 0, true, false, List.of(new Disassembly.Line(0, "90", text, true, text, 3))),
                List.of(trap),
                new Culprit(text, text, 3, text),
                new Signature(text, text, List.of(text)),
                List.of(text),
                List.of(text));
    }

    private static CrashReport report(List<StackGroup> stacks) {
        return report(stacks, 0);
    }

    private static CrashReport report(List<StackGroup> stacks, long rax) {
        Map<String, Long> registers = new LinkedHashMap<>();
        registers.put("rax", rax);
        registers.put("rdi", 0xffff89c5c1068000L);
        return new CrashReport(
                ReportKind.PAGE_FAULT,
                "BUG: kernel NULL pointer dereference, address: 0000000000000038",
                454,
                517,
                "7.391000",
                3,
                0,
                152,
                "busybox",
                "GDOE",
                "QEMU Standard PC",
                null,
                "6.1.0-56-cloud-amd64",
                "#1 Debian 6.1.192-2",
                null,
                InstructionSet.X86_64,
                new Registers(registers),
                null,
                Map.of(),
                stacks,
                Map.of(),
                LineOrigin.UNKNOWN,
                false,
                false);
    }

    private static Disassembly.Line line(long address, String bytes, String text, boolean trapping, int line) {
        return new Disassembly.Line(address, bytes, text, trapping, "/build/relaybox/relay_port.c", line);
    }

    private static SourceFrame frame(String function, String path, int line, int column, boolean inlined) {
        return new SourceFrame(function, null, path, path, line, column, 0, inlined);
    }

    static LogFrame resolved(String line, SourceFrame... frames) {
        LineFrame found = parsed(line);
        return new LogFrame(
                found,
                found.reference(),
                new Resolution.Resolved(found.reference().symbol(), 1, 2, 1, List.of(frames), null),
                found.reference().module(),
                null,
                null);
    }

    private static LogFrame unresolved(String line, Reason reason, String message) {
        LineFrame found = parsed(line);
        return new LogFrame(
                found,
                found.reference(),
                new Resolution.Unresolved(reason, message),
                found.reference().module(),
                null,
                null);
    }

    private static LineFrame parsed(String line) {
        TraceReader reader = new TraceReader();
        List<LineFrame> frames = new ArrayList<>(reader.next("[    7.391000] Call Trace:"));
        frames.addAll(reader.next("[    7.391000] " + line));
        return frames.get(0);
    }
}
