package dev.backline.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Wrapper;
import dev.backline.machine.InstructionSet;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reports in the forms that kernels print them. */
class CrashReaderTest {
    private static final String FAULT = """
            [    6.501721] BUG: kernel NULL pointer dereference, address: 0000000000000004
            [    6.502020] #PF: supervisor write access in kernel mode
            [    6.502159] #PF: error_code(0x0002) - not-present page
            [    6.502290] PGD 2419067 P4D 2419067 PUD 1b20a067 PMD 0\s
            [    6.502478] Oops: 0002 [#1] PREEMPT SMP NOPTI
            [    6.503072] CPU: 1 PID: 146 Comm: boat Tainted: G      D    OE      6.1.0-56-cloud-amd64 #1  Debian 6.1.192-2
            [    6.503318] Hardware name: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2 04/01/2014
            [    6.503400] Workqueue: events boat_work [boat]
            [    6.503546] RIP: 0010:boat_arrive+0x5/0x10 [boat]
            [    6.503702] Code: 00 00 00 00 00 0f 1f 44 00 00 <f0> ff 47 04 c3 cc cc cc cc 66 90
            [    6.504142] RSP: 0018:ffffd37d00403ad0 EFLAGS: 00000246
            [    6.504281] RAX: 0000000000000000 RBX: 0000000000000007 RCX: 0000000000000000
            [    6.504452] RDX: 0000000000000000 RSI: ffffffffc0442178 RDI: 0000000000000000
            [    6.504776] R10: 0000000000000000 R11: 0000000000000000 R12: ffff8ecb1ff2e540
            [    6.505128] FS:  000000003cc7a3c0(0000) GS:ffff8ecb1f300000(0000) knlGS:0000000000000000
            [    6.505319] CS:  0010 DS: 0000 ES: 0000 CR0: 0000000080050033
            [    6.505376] CR2: 0000000000000004 CR3: 00000000024ce000 CR4: 0000000000750ea0
            [    6.505376] Call Trace:
            [    6.505376]  <TASK>
            [    6.505376]  boat_write+0x32d/0x577 [boat]
            [    6.505376]  ? stale+0x16/0x20
            [    6.505376]  vfs_write+0xc7/0x3f0
            [    6.505376]  entry_SYSCALL_64_after_hwframe+0x6e/0xd8
            [    6.505376] RIP: 0033:0x47b7a0
            [    6.505376] Code: 40 00 48 c7 c2 e0 <48> 3d 00 f0 ff ff 77 58
            [    6.505376] RSP: 002b:00007ffcafda1d48 EFLAGS: 00000202 ORIG_RAX: 0000000000000001
            [    6.505376] RAX: ffffffffffffffda RBX: 0000000000000001 RCX: 000000000047b7a0
            [    6.505376]  </TASK>
            [    6.505376] Modules linked in: boat(OE) harbour
            [    6.505376]  quay(+) [last unloaded: pier]
            [    6.505376] CR2: 0000000000000004
            [    6.505376] ---[ end trace 0000000000000000 ]---
            [    6.505376] RIP: 0010:earlier+0x12/0x30 [boat]
            [    6.505376] Code: Unable to access opcode bytes at 0xffffffffc0440fe8.
            [    6.505376] RSP: 0018:ffffd37d00523b58 EFLAGS: 00000246
            [    6.505376] RAX: 1111111111111111 RBX: 0000000000000007 RCX: 0000000000000000
            [    6.505376] note: boat[146] exited with irqs disabled
            """;

    @Test
    void readsAllOfAPageFault() {
        CrashReport report = Reading.one(FAULT);

        assertThat(report.kind()).isEqualTo(ReportKind.PAGE_FAULT);
        assertThat(report.headline()).isEqualTo("BUG: kernel NULL pointer dereference, address: 0000000000000004");
        assertThat(report.firstLine()).isEqualTo(1);
        assertThat(report.lastLine()).isEqualTo(FAULT.lines().count());
        assertThat(report.time()).isEqualTo("6.501721");
        assertThat(report.number()).isEqualTo(1);
        assertThat(report.cpu()).isEqualTo(1);
        assertThat(report.pid()).isEqualTo(146);
        assertThat(report.comm()).isEqualTo("boat");
        assertThat(report.taint()).isEqualTo("DOE");
        assertThat(report.release()).isEqualTo("6.1.0-56-cloud-amd64");
        assertThat(report.version()).isEqualTo("#1  Debian 6.1.192-2");
        assertThat(report.hardware()).startsWith("QEMU");
        assertThat(report.workqueue()).isEqualTo("events boat_work [boat]");
        assertThat(report.set()).isEqualTo(InstructionSet.X86_64);
        assertThat(report.modules())
                .containsOnlyKeys("boat", "harbour", "quay")
                .containsEntry("boat", "OE")
                .containsEntry("quay", "+");
        assertThat(report.fact(Fact.ADDRESS)).isEqualTo("0x4");
        assertThat(report.fact(Fact.ACCESS)).isEqualTo("write");
        assertThat(report.fact(Fact.ERROR_CODE)).isEqualTo("0x2");
        assertThat(report.fact(Fact.REASON)).isEqualTo("not-present page");
        assertThat(report.registers().get("rbx")).isEqualTo(7);
        assertThat(report.registers().get("rsi")).isEqualTo(0xffffffffc0442178L);
        assertThat(report.registers().get("r12")).isEqualTo(0xffff8ecb1ff2e540L);
        assertThat(report.registers().get("rax")).isZero();
        assertThat(report.registers().get("cr2")).isEqualTo(4);
        assertThat(report.code()).isNotNull().extracting(CodeBytes::trap).isEqualTo(10);
        assertThat(Reading.functions(report, StackGroup.Role.REGISTERS)).containsExactly("boat_arrive");
        assertThat(Reading.functions(report, StackGroup.Role.TRACE))
                .containsExactly("boat_write", "stale", "vfs_write", "entry_SYSCALL_64_after_hwframe");
        assertThat(report.interleaved()).isFalse();
        assertThat(report.cut()).isFalse();
    }

    /** Everything but the numbers of the lines. */
    private static String content(CrashReport report) {
        StringBuilder text = new StringBuilder();
        text.append(report.kind())
                .append(report.headline())
                .append(report.number())
                .append(report.cpu())
                .append(report.pid())
                .append(report.comm())
                .append(report.taint())
                .append(report.hardware())
                .append(report.workqueue())
                .append(report.release())
                .append(report.version())
                .append(report.registers().values())
                .append(report.code())
                .append(new TreeMap<>(report.facts()))
                .append(new TreeMap<>(report.modules()))
                .append(report.cut())
                .append(report.interleaved());
        for (StackGroup each : report.stacks()) {
            text.append(each.heading()).append(each.role());
            each.frames().forEach(frame -> text.append(frame.reference()));
        }
        return text.toString();
    }

    static List<Wrapper> wrappers() {
        return Wrapper.all();
    }

    @ParameterizedTest
    @MethodSource("wrappers")
    void readsTheSameReportBehindAnyWrapper(Wrapper wrapper) {
        assertThat(Reading.of(wrapper.apply(FAULT)))
                .extracting(CrashReaderTest::content)
                .containsExactly(content(Reading.one(FAULT)));
    }

    @Test
    void readsTheSameReportInARawLogAndWithCallers() {
        String expected = content(Reading.one(FAULT));

        assertThat(content(Reading.one(FAULT.replaceAll("(?m)^", "<4>")))).isEqualTo(expected);
        assertThat(content(Reading.one(FAULT.replaceAll("(?m)^(\\[.*?\\])", "$1[  T146]"))))
                .isEqualTo(expected);
        assertThat(content(Reading.one(FAULT.replaceAll("(?m)^\\[.*?\\] ", ""))))
                .isEqualTo(expected);
    }

    @Test
    void tellsTwoReportsApartByTheirCallers() {
        String[] first = FAULT.replaceAll("(?m)^(\\[.*?\\])", "$1[  T146]").split("\n");
        String[] second = WARNING.replaceAll("(?m)^(\\[.*?\\])", "$1[    C1]").split("\n");
        StringBuilder mixed = new StringBuilder();
        for (int i = 0; i < Math.max(first.length, second.length); i++) {
            mixed.append(i < first.length ? first[i] + "\n" : "").append(i < second.length ? second[i] + "\n" : "");
        }

        assertThat(Reading.of(mixed.toString()))
                .extracting(CrashReaderTest::content)
                .containsExactlyInAnyOrder(content(Reading.one(FAULT)), content(Reading.one(WARNING)));
    }

    private static final String WARNING = """
            [    2.000001] ------------[ cut here ]------------
            [    2.000002] boat lost 5 messages
            [    2.000003] WARNING: CPU: 1 PID: 31 at drivers/boat/main.c:65 boat_scan+0x1c/0x40 [boat]
            [    2.000004] Modules linked in: boat(OE)
            [    2.000005] CPU: 1 PID: 31 Comm: kworker/1:1 Not tainted 6.1.0 #1
            [    2.000006] RIP: 0010:boat_scan+0x1c/0x40 [boat]
            [    2.000007] Code: 00 00 <0f> 0b c3
            [    2.000008] RSP: 0018:ffffd37d00403ad0 EFLAGS: 00000246
            [    2.000009] Call Trace:
            [    2.000010]  <TASK>
            [    2.000011]  process_one_work+0x1e2/0x3b0
            [    2.000012]  </TASK>
            [    2.000013] ---[ end trace 0000000000000000 ]---
            """;

    @Test
    void endsAReportThatTheLogCutsOff() {
        String head = FAULT.substring(0, FAULT.indexOf("[    6.505376] Modules"));

        assertThat(Reading.one(head).cut()).isTrue();
        assertThat(Reading.of(head + FAULT))
                .extracting(CrashReport::interleaved)
                .isEqualTo(List.of(true, true));
        assertThat(Reading.of(FAULT + FAULT))
                .extracting(CrashReport::interleaved)
                .isEqualTo(List.of(false, false));
    }
}
