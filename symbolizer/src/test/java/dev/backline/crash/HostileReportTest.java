package dev.backline.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Logs that want to exhaust time or memory. */
class HostileReportTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void endsAReportWithoutEnd() {
        int[] reports = new int[1];
        CrashReader reader = new CrashReader(report -> {
            reports[0]++;
            assertThat(report.registers().values()).hasSizeLessThan(300);
            assertThat(report.modules()).hasSizeLessThan(2000);
        });
        Assertions.assertTimeout(SOON, () -> {
            reader.next(1, "BUG: unable to handle kernel paging request at ffff88002bde1e40", List.of());
            for (int i = 2; i < 1_000_000; i++) {
                reader.next(
                        i,
                        i % 2 == 0 ? "RAX: 0000000000000000 RBX: 0000000000000000" : "Modules linked in: m" + i,
                        List.of());
            }
            reader.end();
        });
        assertThat(reports[0]).isEqualTo(1);
    }

    @Test
    void readsAMillionStarts() {
        int[] reports = new int[1];
        CrashReader reader = new CrashReader(report -> reports[0]++);
        Assertions.assertTimeout(SOON, () -> {
            for (int i = 0; i < 1_000_000; i++) {
                reader.next(
                        i + 1, "[    1.000000][ T" + i + "] BUG: soft lockup - CPU#1 stuck for 22s! [a:1]", List.of());
            }
            reader.end();
        });
        assertThat(reports[0]).isEqualTo(1_000_000);
    }

    @Test
    void readsLinesOfAMegabyte() {
        CrashReader reader = new CrashReader(report -> {});
        Assertions.assertTimeout(SOON, () -> {
            for (String each : List.of(
                    "[", "<", "RAX: ", "Modules linked in: ", "CPU: 1 ", "a", ":", "-> #1 ", "0", "[#1", "\u0000")) {
                String line = each.repeat(1_000_000 / each.length());
                reader.next(1, "BUG: KASAN: use-after-free in f", List.of());
                for (int i = 0; i < 20; i++) {
                    reader.next(2, line, List.of());
                    reader.next(3, "BUG: KASAN: " + line, List.of());
                    reader.next(4, "WARNING: CPU: " + line, List.of());
                }
            }
            reader.end();
        });
    }

    @Test
    void acceptsEveryBeginningOfItsHeadlines() {
        for (String each : List.of(
                "WARNING: [x] a.c:1 at f+0x1/0x2, CPU#0: a/1",
                "INFO: task a:1 blocked for more than 1 seconds.",
                "INFO: task blocked for more than 1 seconds.",
                "INFO: task a can't die for more than 1 seconds.",
                "KASAN: maybe wild-memory-access in range [0x1-0x2]",
                "Kernel attempted to read user page (0) - exploit attempt? (uid: 0)",
                "Krnl PSW : 0704c00180000000 000003ff80123456 (f)",
                "BUG x (Not tainted): y",
                "UBSAN: a in b.c:1:2",
                "list_add corruption. prev",
                "a: detected buffer overflow: 1")) {
            for (int i = 0; i <= each.length(); i++) {
                String line = each.substring(0, i);
                assertThatNoException().isThrownBy(() -> Reading.ofLines(line, "CPU: 1 PID: 1 Comm: " + line, line));
                String tail = each.substring(i);
                assertThatNoException()
                        .isThrownBy(() -> Reading.ofLines(tail, "------------[ cut here ]------------", tail));
            }
        }
    }

    @Test
    void readsAWordThatRunsIntoTheTaintedMark() {
        CpuLine line = CpuLine.parse("6.1.0-56Tainted: G        W         #1");

        assertThat(line).isNotNull();
        assertThat(line.version()).isNull();
    }
}
