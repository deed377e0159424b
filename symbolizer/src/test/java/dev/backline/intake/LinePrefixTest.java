package dev.backline.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Captures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prefixes that loggers add to lines of the kernel. The text after a prefix keeps its indentation. */
class LinePrefixTest {
    private static final String TEXT = "  tcp_v4_rcv+0x596/0x9c0";

    private static int length(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
        return LinePrefix.end(bytes, 0, bytes.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[   30.988938] ",
                "[30.988938] ",
                "[   30.988938]",
                "<4>[   30.988938] ",
                "<12>",
                "<191>",
                "[  584.319605][   T31] ",
                "[   35.054853][    C3] ",
                "[ 1395.432175][ T1057] ",
                "[   30.988938] [T123456] ",
                "[Sun Nov 22 08:38:06 2026] ",
                "[2026-11-22T08:38:06,123456+00:00] ",
                "[2026-11-22T08:38:06.123456-05:00] ",
                "Jun 15 11:23:04 host kernel: ",
                "Jan  1 01:23:04 a.b-c kernel: [   30.988938] ",
                "Feb 28 11:23:04 host kernel:",
                "Mar  3 11:23:04 host kernel: <4>",
                "Apr 15 11:23:04 host kernel[123]: ",
                "Dec 31 23:59:59 host kernel[1]:[   30.988938] ",
                "2026-11-22T08:38:06.123456+00:00 host kernel: ",
                "2026-11-22T08:38:06+0000 host kernel: [   30.988938] ",
                "2026-11-22 08:38:06 ",
                "2026-11-22 08:38:06.123 ",
                "2026-11-22T08:38:06+00:00 [   30.988938] ",
                "[   30.988938] my-host.example.org kernel: ",
                "kern  :warn  : [   30.988938] ",
                "user  :notice: [   30.988938] ",
                "kern  :alert : [Sun Nov 22 08:38:06 2026] ",
                "6,416,1799700,-;",
                "4,1033,30988938,c,caller=T31;",
                "buildroot login: [   30.988938] ",
                "syzkaller login: <4>[   30.988938] ",
                "** 3050 printk messages dropped ** [   60.205623] ",
                "** 3 printk messages dropped ** ",
                "[   60.205623] ** 7 printk messages dropped ** [   60.205700] ",
                "\u001b[32m[   30.988938] \u001b[0m",
                "\u001b[1;31m",
                "\u001b[?25h[   30.988938] ",
                "     [   30.988938] ",
                "  ** 3 printk messages dropped ** ",
                " \u001b[0m[   30.988938] "
            })
    void recognisesEachPrefix(String prefix) {
        // One blank after a bracket or a colon belongs to the prefix.
        String text = prefix.endsWith("]") || prefix.endsWith(":") ? TEXT.strip() : TEXT;
        assertThat(length(prefix + text)).isEqualTo(prefix.length());
        // A line with a prefix and no text.
        assertThat(length(prefix)).isEqualTo(prefix.length());
    }

    /** Text that resembles a prefix. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp_v4_rcv+0x596/0x9c0",
                "  tcp_v4_rcv+0x596/0x9c0",
                " [<ffffffff810c7c2b>] tcp_v4_rcv+0x596/0x9c0",
                "[<ffffffff810c7c2b>] tcp_v4_rcv+0x596/0x9c0",
                "[c000000049a87710] [c0000000000286fc] __switch_to+0x43c/0x6d0",
                "[<0>] do_select+0x6c4/0x820",
                "[.5] x",
                "[12345] x",
                "[T] x",
                "[Tx1] x",
                "[   30.988938 x",
                "[30.988938 and what follows it up to a bracket that is far away] x",
                "<> x",
                "<1234> x",
                "<4 x",
                "<a> x",
                "** not that ** x",
                "** 3 printk messages lost ** x",
                "*** x",
                "\u001b x",
                "\u001b[1;31",
                "\u001b[1!m x",
                "6,416,1799700 x",
                "6,416;x",
                "6,416,1799700,- x;",
                "123 login: x",
                "the login: prompt",
                "kern  :warn  : x",
                "kernel: [1.0] x",
                "Jup 15 11:23:04 host kernel: x",
                "Jun-15 11:23:04 host kernel: x",
                "Jun 15 11.23:04 host kernel: x",
                "Jun 15 11:23.04 host kernel: x",
                "Jun 15 11:23:04 host systemd[1]: x",
                "Jun 15 11:23:04 host kernel x",
                "2026-11-22x08:38:06 x",
                "2026.11-22 08:38:06 x",
                "2026-11.22 08:38:06 x",
                "2026-11-22 08.38:06 x",
                "2026-11-22 08:38.06 x",
                "          [   30.988938] x",
                "   x [   30.988938]"
            })
    void findsNoPrefixInText(String text) {
        assertThat(length(text)).isZero();
    }

    @Test
    void endsBeforeTextThatFollowsAPrefix() {
        for (String text : List.of(
                "host.kernel: x",
                "host kernel x",
                "[<0>] do_select+0x6c4/0x820",
                "2026-11-22 08:38:06 x",
                " x",
                "$ x")) {
            assertThat(length("[   30.988938] " + text)).as(text).isEqualTo(15);
        }
    }

    /** A truncated line: bytes after its end in the buffer belong to another line. */
    @Test
    void ignoresBytesAfterTheEndOfTheLine() throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "<4>[   30.988938] x",
                "[  584.319605][   T31] x",
                "Apr 15 11:23:04 host kernel[123]: x",
                "2026-11-22T08:38:06.123456+00:00 host kernel: x",
                "2026-11-22 08:38:06.123 x",
                "[   30.988938] my-host.example.org kernel: x",
                "kern  :warn  : [   30.988938] x",
                "4,1033,30988938,c,caller=T31;x",
                "syzkaller login: <4>[   30.988938] x",
                "** 3050 printk messages dropped ** [   60.205623] x",
                "  \u001b[1;31m[   30.988938] \u001b[0mx"));
        for (String row : Captures.lines("notations.tsv")) {
            lines.add(row.split("\t", 2)[0].replace("\\t", "\t"));
        }
        for (String line : lines) {
            byte[] whole = line.getBytes(StandardCharsets.ISO_8859_1);
            for (int end = 0; end <= whole.length; end++) {
                assertThat(LinePrefix.end(whole, 0, end))
                        .as("%d bytes of %s", end, line)
                        .isEqualTo(LinePrefix.end(Arrays.copyOf(whole, end), 0, end))
                        .isBetween(0, end);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "WARNING: CPU: 3 PID: 7 at net/boat.c:1 boat_row+0x1/0x2",
                "WARNING: possible circular locking dependency detected",
                "INFO: task boat:7 blocked for more than 120 seconds."
            })
    void takesNoWordOfTheKernelForALevel(String text) {
        for (String prefix : List.of("05/09/2024 11:14:52 ", "11:14:52.123 ", "2026-11-22T08:38:06Z ")) {
            assertThat(length(prefix + text)).as(prefix).isEqualTo(prefix.length());
            assertThat(length(prefix + "WARNING: " + text)).as(prefix).isEqualTo(prefix.length() + 9);
        }
    }
}
