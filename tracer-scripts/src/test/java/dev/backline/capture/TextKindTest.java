package dev.backline.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Captures;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextKindTest {
    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            CAPTURE           ~ # backline probe-output=1 tool=systemtap kernel=6.1.0
            SYSTEMTAP_SCRIPT  ~ probe kernel.function("tcp_v4_send_reset") {
            BPFTRACE_SCRIPT   ~ kprobe:tcp_v4_send_reset { @[kstack] = count(); }
            CONNTRACK         ~ [1764.5] [NEW] tcp      6 120 SYN_SENT src=192.0.2.1 dst=192.0.2.2 sport=4000 dport=443
            KERNEL_LOG        ~ [   12.345678] br0: port 1(veth0) entered forwarding state
            KALLSYMS          ~ ffffffff81000000 T _stext
            MODULES           ~ nf_conntrack 188416 5 nf_nat,xt_conntrack, Live 0xffffffffc04f6000
            TCPDUMP           ~ 12:00:01.123456 IP 192.0.2.1.4000 > 192.0.2.2.443: Flags [R.], seq 0, ack 1
            COUNTERS          ~ TcpExtListenOverflows           12                 0.0
            SOCKETS           ~ LISTEN 0      128          0.0.0.0:22        0.0.0.0:*
            """)
    void isToldByALine(TextKind kind, String line) {
        assertThat(TextKind.of(List.of(line, line, line))).isEqualTo(kind);
    }

    /** What a report reads as evidence is named with the option that reads it. */
    @ParameterizedTest
    @CsvSource({
        "CONNTRACK, --conntrack",
        "KERNEL_LOG, --kernel-log",
        "COUNTERS, --counters",
        "SOCKETS, --counters",
        "KALLSYMS, --kallsyms"
    })
    void namesTheOptionThatWasMeant(TextKind kind, String option) {
        assertThat(kind.sentence("a.txt")).contains("backline report " + option + " a.txt");
    }

    @Test
    void isNotToldOfRecordingsOfOtherTools() throws IOException {
        for (String name : List.of("ftrace.txt", "perf-script.txt", "bpftrace.log", "systemtap-article.log")) {
            List<String> lines = Files.readAllLines(Captures.folder().resolve(name));
            assertThat(TextKind.of(lines)).as(name).isIn(null, TextKind.CAPTURE);
        }
    }
}
