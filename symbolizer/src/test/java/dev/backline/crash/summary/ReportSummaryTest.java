package dev.backline.crash.summary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.crash.CrashReader;
import dev.backline.crash.CrashReport;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import dev.backline.symbolize.LogSymbolizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportSummaryTest {
    private static ReportSummary summary(String log) throws IOException {
        List<CrashReport> found = new ArrayList<>();
        CrashReader reader = new CrashReader(found::add);
        String stamped = log.replaceAll("(?m)^(?=.)", "[    1.000000] ");
        try (KernelPool pool = new KernelPool(DebugFiles.builder().build());
                LogSymbolizer symbolizer = new LogSymbolizer(pool, LogOptions.DEFAULT.withRelease("none"))) {
            LogReader lines = new LogReader(new ByteArrayInputStream(stamped.getBytes(StandardCharsets.UTF_8)));
            symbolizer.read(lines, (excerpt, frames) -> {
                for (int i = 0; i < excerpt.lines().size(); i++) {
                    reader.next(excerpt.lines().get(i), frames.isEmpty() ? List.of() : frames.get(i));
                }
            });
        }
        reader.end();
        assertThat(found).hasSize(1);
        return ReportSummary.of(found.get(0));
    }

    private static String stack(String... functions) {
        StringBuilder text = new StringBuilder("Call Trace:\n <TASK>\n");
        for (String each : functions) {
            text.append(' ')
                    .append(each.replaceFirst("^(\\? )?(\\S+)", "$1$2+0x10/0x40"))
                    .append('\n');
        }
        return text.append(" </TASK>\n").toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "BUG: KASAN: slab-use-after-free in memcpy+0x1/0x2 | KASAN: slab-use-after-free in boat_row | use-after-free",
                "WARNING: CPU: 0 PID: 1 at drivers/boat.c:12 boat_row+0x10/0x40 | WARNING in boat_row at drivers/boat.c:12 | warning",
                "kernel BUG at drivers/boat.c:13! | BUG in boat_row at drivers/boat.c:13 | bug",
                "BUG: scheduling while atomic: boat/7/0x00000002 | Scheduling while atomic in boat_row | scheduling-while-atomic",
                "INFO: task boat:7 blocked for more than 120 seconds. | Hung task in boat_row | hung-task",
                "divide error: 0000 [#1] SMP | Divide error in boat_row | divide-error",
                "UBSAN: array-index-out-of-bounds in drivers/boat.c:10:5 | UBSAN: array-index-out-of-bounds in boat_row at drivers/boat.c:10:5 | out-of-bounds"
            })
    void namesTheCallerOfReportingAndHelpers(String headline, String title, String kind) throws IOException {
        ReportSummary summary = summary(headline + "\n"
                + stack(
                        "dump_stack",
                        "kasan_report",
                        "__ubsan_handle_out_of_bounds",
                        "schedule",
                        "? stale",
                        "memcpy",
                        "boat_row.isra.0",
                        "vfs_write"));

        assertThat(summary.title()).isEqualTo(title);
        assertThat(summary.kind()).isEqualTo(kind);
        assertThat(summary.sure()).isEqualTo(!headline.matches("(WARNING|kernel BUG|divide).*"));
        assertThat(summary.signature()).isNotNull();
        assertThat(summary.signature().id()).matches("[a-z-]+:boat_row:[0-9a-f]{8}");
    }

    @Test
    void blamesWhatWasCalledFromAFixedPlaceForAStall() throws IOException {
        assertThat(summary("watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [boat:7]\n"
                                + stack(
                                        "inner_loop",
                                        "boat_loop",
                                        "boat_ioctl",
                                        "vfs_ioctl",
                                        "__x64_sys_ioctl",
                                        "do_syscall_64"))
                        .title())
                .isEqualTo("Soft lockup in boat_ioctl");
        assertThat(summary("watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [boat:7]\n"
                                + stack("boat_loop [boat]", "boat_ioctl [boat]", "vfs_ioctl", "do_syscall_64"))
                        .title())
                .isEqualTo("Soft lockup in boat_loop");
        assertThat(summary("watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [boat:7]\n"
                                + stack("smp_call_function_many", "on_each_cpu", "boat_ioctl", "do_syscall_64"))
                        .title())
                .isEqualTo("Soft lockup in smp_call_function");
    }

    @Test
    void blamesTheFunctionThatTakesTheLock() throws IOException {
        ReportSummary summary = summary("""
                WARNING: possible circular locking dependency detected
                6.1.0 #1 Not tainted
                boat/7 is trying to acquire lock:
                ffff8880120b9168 (&a){+.+.}-{2:2}, at: boat_row+0x14b/0x460
                but task is already holding lock:
                ffff88806a4a6028 (&b){....}-{2:2}, at: boat_sail+0xf6/0x970
                stack backtrace:
                CPU: 1 PID: 7 Comm: boat Not tainted 6.1.0 #1
                """ + stack("dump_stack", "__lock_acquire", "boat_other"));

        assertThat(summary.title()).isEqualTo("lockdep: possible circular locking dependency detected in boat_row");
    }

    @Test
    void givesOneSignatureToOneFaultInTwoBuilds() throws IOException {
        String first =
                "BUG: unable to handle page fault for address: ffffc90001691000\nOops: 0002 [#1] SMP\nRIP: 0010:boat_row+0x10/0x40 [boat]\n"
                        + "RSP: 0018:ffffd37d00403ad0 EFLAGS: 00000246\n"
                        + stack("boat_sail [boat]", "__x64_sys_write", "do_syscall_64");
        String second = first.replace("ffffc90001691000", "ffff888001691aaa")
                .replace("0x10/0x40", "0x1c/0x90")
                .replace("boat_row+", "boat_row.constprop.0+")
                .replace("__x64_sys_write", "ksys_write");

        assertThat(summary(first).signature()).isEqualTo(summary(second).signature());
        assertThat(summary(first).signature()).isNotNull();
        assertThat(summary(first).signature().id()).startsWith("bad-access:boat_row[boat]:");
        assertThat(summary(first).signature().functions()).startsWith("boat_row", "boat_sail");
    }

    @Test
    void usesDoubtfulFramesOnlyWithoutOthers() throws IOException {
        ReportSummary summary =
                summary("BUG: KASAN: use-after-free in memcpy+0x1/0x2\n" + stack("dump_stack", "? boat_row"));

        assertThat(summary.culprit()).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "boat_row.isra.0.cold, boat_row",
        "__x64_sys_read, sys_read",
        "SyS_read, sys_read",
        "__do_compat_sys_ioctl, sys_ioctl",
        "bpf_prog_6deef7357e7b4530_boat, bpf_prog_boat",
        "bpf_trampoline_6442536467, bpf_trampoline",
        "f.llvm.123456, f"
    })
    void cutsWhatBuildsAddToNames(String name, String stable) {
        assertThat(FunctionNames.stable(name)).isEqualTo(stable);
    }

    @Test
    void listsEachSkippedNameInOneGroupOrMore() {
        SkippedFrames list = SkippedFrames.bundled();

        assertThat(list.version()).isNotEmpty();
        for (SkippedFrames.Reason reason : SkippedFrames.Reason.values()) {
            assertThat(list.has(reason, "boat_row")).as(reason.name()).isFalse();
        }
        assertThat(list.has(SkippedFrames.Reason.LOCKS, "_raw_spin_lock_irqsave"))
                .isTrue();
        assertThat(list.has(SkippedFrames.Reason.ENTRY, "entry_SYSCALL_64_after_hwframe"))
                .isTrue();
    }

    @Test
    void blamesTheCallerInTheLinkRegisterOfAFunctionWithoutAFrame() throws IOException {
        String registers = """
                Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000
                Internal error: Oops: 0000000096000005 [#1] SMP
                pc : %s
                lr : %s
                sp : ffff800080603950
                Call trace:
                 %s
                 boat_command+0x110/0x978 [boat]
                 vfs_write+0xdc/0x3b0
                """;
        String pc = "__pi_strcmp+0x24/0x140";

        assertThat(summary(registers.formatted(pc, "boat_name.isra.0+0x20/0x40 [boat]", pc))
                        .group())
                .isEqualTo("bad-access:boat_name[boat]~");
        // After a call, the link register is of the function itself.
        ReportSummary own = summary(registers.formatted(
                "boat_row+0x30/0x40 [boat]", "boat_row+0x20/0x40 [boat]", "boat_row+0x30/0x40 [boat]"));
        assertThat(own.signature().functions()).containsExactly("boat_row", "boat_command");
    }

    @Test
    void joinsAllWaitsForRcu() throws IOException {
        String headline = "INFO: task boat:7 blocked for more than 120 seconds.\n";

        for (String wait : List.of("synchronize_rcu", "__synchronize_srcu", "synchronize_sched")) {
            assertThat(summary(headline + stack("schedule", "wait_for_completion", wait, "boat_row"))
                            .group())
                    .isEqualTo("hang:synchronize_rcu~");
        }
    }

    @Test
    void leavesOutTheHashesOfRustNames() throws IOException {
        String name = "_RNvMs0_NtCs%s_11rust_binder4nodeNtB5_4Node22update_refcount_locked";
        String headline = "kernel BUG at rust/helpers/bug.c:7!\n";
        String unwind = "_RNvCscSpY9Juk0HT_7___rustc17rust_begin_unwind";

        ReportSummary one = summary(headline + stack("rust_helper_BUG", unwind, name.formatted("hgDM7dBCdno")));
        ReportSummary other = summary(headline + stack("rust_helper_BUG", unwind, name.formatted("43vyB533jt3")));

        assertThat(one.group()).isEqualTo(other.group()).contains("update_refcount_locked");
    }
}
