package dev.backline.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.capture.Heard;
import dev.backline.capture.Probes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelLogTest {
    private static final String SOURCE = "203.0.113.10:443";

    private static KernelLog log(String... lines) throws IOException {
        KernelLog log = new KernelLog();
        log.read(
                "dmesg.txt",
                new ByteArrayInputStream((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8)));
        return log;
    }

    /** What a LOG rule prints of a packet to that port of the host. */
    private static String packet(int port) {
        return "invalid: IN=ens5 OUT= MAC=b6:83 SRC=203.0.113.10 DST=203.0.113.5 LEN=40 TOS=0x00 PREC=0x00 TTL=64 ID=4660 DF"
                + " PROTO=TCP SPT=443 DPT=" + port + " WINDOW=502 RES=0x00 ACK URGP=0 ";
    }

    private static KernelLog.@Nullable Match match(KernelLog log, String clocks, int port) {
        return log.match(Probes.noSocket(clocks, SOURCE, "203.0.113.5:" + port, ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[   67.398530] ",
                "[   67.398530][  T123] ",
                "<7>[   67.398530] ",
                "2026-11-22T14:48:55,213856+00:00 ",
                "2026-11-22T15:48:55+0100 web1 kernel: ",
                "2026-11-22T14:48:55.213856+00:00 web1 kernel: [   67.398530] ",
                "Nov 22 14:48:55 web1 kernel: ",
                "Nov 22 14:48:55 web1 kernel: [   67.398530] ",
                "Nov 22 16:48:55 web1 kernel: ",
                "[Sun Nov 22 14:48:55 2026] ",
                "[Sun Nov 22 09:18:55 2026] ",
            })
    void findsTheLineOfAPacketWhateverStandsBeforeIt(String head) throws IOException {
        KernelLog log = log(head + packet(47868));
        KernelLog.Match match = match(log, "wall=1795358935.3 mono=67.4", 47868);
        assertThat(match).isNotNull();
        assertThat(Objects.requireNonNull(match).invalid()).isTrue();
        assertThat(match.sentence()).contains("dmesg.txt line 1", "\"invalid:\"");
        assertThat(match(log, "wall=1795358935.3 mono=67.4", 47869)).isNull();
    }

    /** Whatever tool wrote the line, and whatever it put before it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "> [   67.398530] ",
                "node1 | [   67.398530] ",
                "[   67.398530] web1 kernel: ",
                "Nov 22 14:48:55 web1 docker[77]: [   67.398530] ",
                "log/messages:12:Nov 22 14:48:55 web1 kernel: [   67.398530] ",
                "    2026-11-22 14:48:55.213 ",
                "Sun 2026-11-22 14:48:55 UTC web1 kernel: ",
                "| Nov 22 14:48:55 web1 ",
            })
    void findsTheLineOfAPacketBehindAnyPrefix(String head) throws IOException {
        for (String rule : new String[] {"invalid: ", "INVALID", "[INVALID] ", "PHYSIN=x INVALID "}) {
            String line = packet(47868).replace("invalid: ", rule);
            KernelLog.Match match = match(log(head + line), "wall=1795358935.3 mono=67.4", 47868);
            assertThat(match).as(head + line).isNotNull();
            assertThat(Objects.requireNonNull(match).verdict()).isEqualTo(Verdict.INVALID);
            assertThat(match.in()).isEqualTo("ens5");
            assertThat(match.way()).isEqualTo(KernelLog.Way.IN);
            assertThat(match(log(head + line), "wall=1795359935.3 mono=1067.4", 47868))
                    .isNull();
        }
    }

    /** Lines of an NFLOG rule, as ulogd's plugins write them, and of journalctl -o json. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Nov 22 14:48:55 web1 INVALID IN=ens5 OUT= MAC=b6:83 SRC=203.0.113.10 DST=203.0.113.5 LEN=40 TOS=00 PREC=0x00"
                        + " TTL=64 ID=4660 DF PROTO=TCP SPT=443 DPT=47868 SEQ=314 ACK=5301 WINDOW=502 ACK URGP=0 MARK=0 ",
                "{\"timestamp\": \"2026-11-22T15:48:55.213856+0100\", \"dvc\": \"Netfilter\", \"raw.pktlen\": 40,"
                        + " \"oob.prefix\": \"INVALID\", \"oob.hook\": 1, \"oob.in\": \"ens5\", \"oob.out\": \"\","
                        + " \"ip.protocol\": 6, \"src_ip\": \"203.0.113.10\", \"dest_ip\": \"203.0.113.5\", \"src_port\": 443,"
                        + " \"dest_port\": 47868, \"tcp.seq\": 314, \"tcp.ackseq\": 5301, \"tcp.syn\": false, \"tcp.ack\": true}",
                "timestamp=2026/11/22-14:48:55,dvc=Netfilter,raw.pktlen=40,oob.prefix=INVALID,oob.time.sec=1795358935,"
                        + "oob.time.usec=213856,oob.in=ens5,oob.out=,ip.protocol=6,ip.saddr=203.0.113.10,ip.daddr=203.0.113.5,"
                        + "tcp.sport=443,tcp.dport=47868,tcp.seq=314,tcp.ackseq=5301,tcp.syn=0,tcp.ack=1",
                "{\"_HOSTNAME\":\"web1\",\"__REALTIME_TIMESTAMP\":\"1795358935213856\",\"MESSAGE\":\"INVALID IN=ens5 OUT= MAC="
                        + " SRC=203.0.113.10 DST=203.0.113.5 LEN=40 PROTO=TCP SPT=443 DPT=47868 WINDOW=502 RES=0x00 ACK URGP=0\"}",
            })
    void readsWhatUlogdAndTheJournalWrite(String line) throws IOException {
        KernelLog.Match match = match(log(line), "wall=1795358935.3", 47868);
        assertThat(match).as(line).isNotNull();
        assertThat(Objects.requireNonNull(match).verdict()).isEqualTo(Verdict.INVALID);
        assertThat(match.in()).isEqualTo("ens5");
        assertThat(match(log(line), "wall=1795362535.9", 47868 + 1)).isNull();
        assertThat(match(log(line), "wall=1795359235.3", 47868)).isNull();
    }

    @Test
    void takesNoTcpPacketFromTheBodyOfAnIcmpError() throws IOException {
        String error = packet(47868).replace("PROTO=TCP", "PROTO=ICMP TYPE=3 CODE=3 [SRC=203.0.113.5 PROTO=TCP") + "]";
        assertThat(match(log("[   67.398530] " + error), "wall=1795358935.3 mono=67.4", 47868))
                .isNull();
    }

    @Test
    void readsDirectionAndStateFromConntracksOwnWords() throws IOException {
        String line =
                packet(1).replace("invalid: ", "nf_ct_proto_6: packet (index 0) in dir 1 invalid, state ESTABLISHED ");
        KernelLog.Match match = match(log("[   67.398530] " + line), "wall=1795358935.3 mono=67.4", 1);
        assertThat(Objects.requireNonNull(match).verdict()).isEqualTo(Verdict.STATE);
        assertThat(match.original()).isFalse();
        assertThat(match.state()).isEqualTo("ESTABLISHED");
        assertThat(match.way()).isNull();
    }

    @Test
    void countsTheTimesThatConntracksTableWasFull() throws IOException {
        KernelLog log = log("[1.0] nf_conntrack: nf_conntrack: table full, dropping packet", "[2.0] x");
        assertThat(log.tableWasFull()).isTrue();
        assertThat(log.notes()).anyMatch(note -> note.contains("table was full, according to 1 line"));
        assertThat(log("[2.0] x").tableWasFull()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[  267.398530] ",
                "2026-11-22T14:58:55,213856+00:00 ",
                "Nov 22 14:58:55 web1 kernel: ",
                "[Sun Nov 22 14:41:55 2026] ",
            })
    void takesNoLineOfAnotherTime(String head) throws IOException {
        assertThat(match(log(head + packet(47868)), "wall=1795358935.3 mono=67.4", 47868))
                .isNull();
    }

    /** printk's clock is not disciplined: after a hundred days it may be minutes off. */
    @Test
    void allowsForTheDriftOfAClockThatRunsForLong() throws IOException {
        KernelLog log = log("[8640120.0] " + packet(1), "[8640180.0] " + packet(2), "[8640240.0] " + packet(3));
        assertThat(match(log, "wall=1795358935.3 mono=8640000.0", 1)).isNotNull();
        // Now the drift is known, and a minute is far.
        assertThat(match(log, "wall=1795358995.3 mono=8640060.5", 2)).isNotNull();
        assertThat(match(log, "wall=1795358995.3 mono=8640060.5", 3)).isNull();
        assertThat(log.notes()).anyMatch(note -> note.contains("the clock of dmesg.txt is 119.500 s ahead of"));
    }

    @Test
    void learnsTheTimeOfDayFromLinesAndEventsThatBelongTogether() throws IOException {
        KernelLog log = log("[10.0] " + packet(1), "[20.0] " + packet(2), "[90.0] " + packet(3));
        assertThat(match(log, "wall=1795358910.2", 1)).isNotNull();
        assertThat(match(log, "wall=1795358920.2", 2)).isNotNull();
        assertThat(match(log, "wall=1795358930.2", 3)).isNull();
        assertThat(log.notes()).anyMatch(note -> note.contains("started at 2026-11-22T14:48:20.200Z"));
    }

    @Test
    void noticesThatAClockWasSetAndComparesItAnew() throws IOException {
        String[] lines = new String[8];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = "[" + (10 + i) + ".0] " + packet(i + 1);
        }
        KernelLog log = log(lines);
        for (int i = 0; i < 3; i++) {
            assertThat(match(log, "wall=" + (1795358910L + i), i + 1)).isNotNull();
        }
        // The time of day is set back by an hour: two events are not enough to say so.
        assertThat(match(log, "wall=" + (1795355310L + 3), 4)).isNull();
        assertThat(match(log, "wall=" + (1795355310L + 4), 5)).isNull();
        assertThat(match(log, "wall=" + (1795355310L + 5), 6)).isNotNull();
        assertThat(match(log, "wall=" + (1795355310L + 6), 7)).isNotNull();
        assertThat(log.notes()).anyMatch(note -> note.contains("shifted by 60 min 0 s against each other"));
    }

    @Test
    void comparesTheClockAnewBehindASuspend() throws IOException {
        KernelLog log = log(
                "[10.0] " + packet(1),
                "[20.0] PM: suspend entry (deep)",
                "[20.1] PM: suspend exit",
                "[21.0] " + packet(2));
        assertThat(match(log, "wall=1795358910.0", 1)).isNotNull();
        assertThat(match(log, "wall=1795369999.0", 2)).isNotNull();
        assertThat(log.notes()).anyMatch(note -> note.contains("suspended once"));
    }

    @Test
    void keepsTwoBootsInOneLogApart() throws IOException {
        KernelLog log = log(
                "[0.0] Linux version 6.1.0-55-cloud-amd64 (x) #1",
                "[67.4] " + packet(1),
                "[900.0] " + packet(3),
                "[0.0] Linux version 6.1.0-56-cloud-amd64 (x) #1",
                "[67.4] " + packet(2));
        assertThat(log.release()).isEqualTo("6.1.0-56-cloud-amd64");
        assertThat(log.notes())
                .anyMatch(note -> note.contains("another boot, starting at dmesg.txt line 4"))
                .anyMatch(note -> note.contains("several kernels (6.1.0-55-cloud-amd64, 6.1.0-56-cloud-amd64)"));
        assertThat(match(log, "wall=1795358935.3 mono=67.4", 2)).isNotNull();
    }

    @Test
    void takesNoLineOfAnotherKernelThanTheCaptures() throws IOException {
        KernelLog log = log("[0.0] Linux version 5.10.0-1-amd64 (x) #1", "[67.4] " + packet(47868));
        Heard heard = Heard.of("# backline probe-output=1 tool=systemtap kernel=6.1.0-56-cloud-amd64\n"
                + "# backline kernel release=6.1.0-56-cloud-amd64 build-id=3b43fad5034874490492495d552c0af6a5fab235"
                + " stext=0xffffffffbbc00000\n"
                + "rst wall=1795358935.3 mono=67.4 probe=tcp_v4_send_reset src=203.0.113.10:443 dst=203.0.113.5:47868"
                + " flags=ACK sk=none");
        assertThat(log.match(heard.events.get(0))).isNull();
    }

    @Test
    void matchesOneHostOfALogThatSeveralWrote() throws IOException {
        KernelLog log = log(
                "2026-11-22T14:48:55+0000 web1 kernel: " + packet(1),
                "2026-11-22T14:48:55+0000 web2 kernel: " + packet(2));
        assertThat(match(log, "wall=1795358935.3 mono=67.4", 1)).isNotNull();
        assertThat(match(log, "wall=1795358935.3 mono=67.4", 2)).isNull();
        assertThat(log.notes()).anyMatch(note -> note.contains("several hosts (web1, web2): only those of web1"));
    }

    @Test
    void saysWhatItMeansThatAPacketIsNotInTheLog() throws IOException {
        assertThat(new KernelLog().silence()).isNull();
        assertThat(log("[1.0] hello").silence()).contains("has no line about any packet");
        assertThat(log("[67.4] " + packet(1)).silence()).contains("proves nothing", "rate-limited");
        assertThat(log("[67.4] " + packet(1), "[68.0] net_ratelimit: 25 callbacks suppressed")
                        .silence())
                .contains("this log reports suppressed lines");
    }
}
