package dev.backline.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Captures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CaptureReaderTest {
    private static final String HEADER = """
            # backline probe-output=1 tool=bpftrace kernel=6.12.9
            # backline kernel release=6.12.9 build-id=84a9cbe3bbb3a0b6a5a4f1d1d5f1f0f4b9c1a2d3 stext=0xffffffff9e400000
            # backline clock wall=1763814212.123456789 mono=30.988938123
            # backline module name=nf_conntrack base=0xffffffffc0a31000
            # backline module name=bridge base=0xffffffffc0a91000
            # backline conntrack 7=UNTRACKED 8=INVALID
            # backline reasons 0=NOT_SPECIFIED 1=NO_SOCKET
            """;
    private static final String EVENT = """
            rst wall=1763814214.730117204 mono=33.595598538 id=0.1 probe=tcp_v4_send_reset dir=passive cpu=0 pid=243 tid=243 netns=4026531840 dev=ens5 iif=3 src=203.0.113.10:443 dst=203.0.113.5:39700 flags=0x18 seq=1211064113 ack=3127449011 win=502 len=20 sk=none state=10 shutdown=- snd_una=? request=- ct=8 reason=1 sent=1 comm=a b
            \tffffffff9ec7a0e1 tcp_v4_send_reset+1
            \tffffffff9ec7c8cb tcp_v4_rcv+2459
            """;
    private static final String ARTICLE = """
            Tue Jun 15 11:23:04 2021  swapper/6<-tcp_v4_send_reset
            skb [36.110.213.207:443->10.21.17.99:39700] ack:1, psh:0, rst:0, syn:0 fin:0 swapper/6<-tcp_v4_send_reset 39700
             0xffffffff99e5bc50 : tcp_v4_send_reset+0x0/0x460 [kernel]
             0xffffffff99e5d756 : tcp_v4_rcv+0x596/0x9c0 [kernel]
            """;

    @Test
    void readsTheOutputOfAGeneratedScript() {
        Heard heard = Heard.of(HEADER + EVENT + "end wall=1763814300.0 mono=118.8 events=1 skipped=0\n");

        assertThat(heard.unread).isEmpty();
        assertThat(heard.events).hasSize(1);
        ProbeEvent event = heard.events.get(0);
        assertThat(event.format()).isEqualTo(CaptureFormat.BACKLINE);
        assertThat(event.line()).isEqualTo(8);
        assertThat(event.time()).isEqualTo(Instant.ofEpochSecond(1763814214, 730117204));
        assertThat(event.sinceBoot()).isEqualTo(Duration.ofSeconds(33, 595598538));
        assertThat(event.comm()).isEqualTo("a b");
        assertThat(event.source()).hasToString("203.0.113.10:443");
        assertThat(event.flags()).isEqualTo(Set.of(TcpFlag.ACK, TcpFlag.PSH));
        assertThat(event.sent()).isTrue();
        assertThat(event.fields())
                .containsEntry("ct", "INVALID")
                .containsEntry("state", "LISTEN")
                .containsEntry("reason", "NO_SOCKET")
                .containsEntry("shutdown", "-")
                .doesNotContainKey("snd_una");
        assertThat(event.number("seq")).isEqualTo(1211064113);
        assertThat(event.stack()).hasSize(2);
    }

    @Test
    void knowsTheRunThatAnEventBelongsTo() {
        Heard heard =
                Heard.of(HEADER + EVENT + HEADER.replace("9e400000", "8f000000").replace("6.12.9", "6.1.2") + EVENT);

        ProbeRun first = Objects.requireNonNull(heard.events.get(0).run());
        ProbeRun second = Objects.requireNonNull(heard.events.get(1).run());
        assertThat(first.release()).isEqualTo("6.12.9");
        assertThat(first.buildId()).isEqualTo("84a9cbe3bbb3a0b6a5a4f1d1d5f1f0f4b9c1a2d3");
        assertThat(first.symbols()).isEqualTo(Map.of("_stext", 0xffffffff9e400000L));
        assertThat(first.modules()).containsEntry("bridge", 0xffffffffc0a91000L).hasSize(2);
        assertThat(first.timeOf(Duration.ofSeconds(31))).isEqualTo(Instant.ofEpochSecond(1763814212, 134518666));
        assertThat(second.release()).isEqualTo("6.1.2");
        assertThat(second.symbols()).isEqualTo(Map.of("_stext", 0xffffffff8f000000L));
    }

    @Test
    void keepsTheModulesWhenAHeaderIsRepeatedWithoutThem() {
        String repeated = HEADER.replaceAll("(?m)^# backline module .*\n", "");
        Heard heard = Heard.of(HEADER + EVENT + repeated + EVENT + repeated.replace("9e400000", "8f000000") + EVENT);

        assertThat(heard.events)
                .extracting(
                        event -> Objects.requireNonNull(event.run()).modules().size())
                .containsExactly(2, 2, 0);
    }

    @Test
    void takesBpftracesNameOfAProcessAsItIs() {
        Heard heard = Heard.of(HEADER + EVENT.replace("comm=a b", "comm=%20 sent=0 x"));

        assertThat(heard.events.get(0).comm()).isEqualTo("%20 sent=0 x");
        assertThat(heard.events.get(0).sent()).isTrue();
    }

    @Test
    void readsARunWithoutHeader() {
        Heard heard = Heard.of(EVENT + EVENT);

        assertThat(heard.events).hasSize(2).allSatisfy(event -> {
            assertThat(event.run()).isNull();
            assertThat(event.fields()).containsEntry("state", "LISTEN").containsEntry("reason", "NO_SOCKET");
        });
    }

    @Test
    void readsTheArticlesOwnLines() {
        Heard heard = Heard.of(ARTICLE);

        assertThat(heard.events).hasSize(1);
        ProbeEvent event = heard.events.get(0);
        assertThat(event.time()).isEqualTo(Instant.parse("2021-06-15T11:23:04Z"));
        assertThat(event.comm()).isEqualTo("swapper/6");
        assertThat(event.destination()).hasToString("10.21.17.99:39700");
        assertThat(event.stack()).hasSize(2);
    }

    @Test
    void readsTheArticlesBranchWithoutSocketAndPacket() {
        Heard heard = Heard.of("""
                Tue Jun 15 11:23:04 2021  swapper/6<-tcp_v4_send_reset
                tcp_v4_send_reset else
                 0xffffffff99e5bc50 : tcp_v4_send_reset+0x0/0x460 [kernel]
                """);

        assertThat(heard.events).hasSize(1);
        assertThat(heard.events.get(0).fields()).containsEntry("skb", "0x0");
        assertThat(heard.events.get(0).stack()).hasSize(1);
    }

    @Test
    void readsRedHatsResetMonitor() {
        Heard heard = Heard.of("""
                Tue Jun 15 11:23:04 2021-1623756184123456789: node(4711) called tcp_send_active_reset
                 0xffffffff99e5bc50 : tcp_send_active_reset+0x0/0x180 [kernel]
                 0xffffffff99e5d756 : __tcp_close+0xf5/0x3c0 [kernel]
                Tue Jun 15 11:23:05 2021-1623756185000000001: swapper/1(0) called reject_tg
                 0xffffffffc0a5bc50 : reject_tg+0x0/0x180 [ipt_REJECT]
                """);

        assertThat(heard.events).hasSize(2);
        assertThat(heard.events.get(0).format()).isEqualTo(CaptureFormat.RESET_MONITOR);
        assertThat(heard.events.get(0).time()).isEqualTo(Instant.ofEpochSecond(1623756184, 123456789));
        assertThat(heard.events.get(0).comm()).isEqualTo("node");
        assertThat(heard.events.get(0).number("pid")).isEqualTo(4711);
        assertThat(heard.events.get(0).stack()).hasSize(2);
        assertThat(heard.events.get(1).probe()).isEqualTo("reject_tg");
    }

    @Test
    void readsTraceCmdAndNewerTracepoints() {
        Heard heard = Heard.of("""
                cpus=2
                          <idle>-0     [001] 12345.678901: tcp_send_reset:       skbaddr=0xffff8b90ffed2d00 skaddr=(nil) src=[::1]:443 dest=[::1]:51234 state=UNKNOWN reason=NO_SOCKET
                          <idle>-0     [001] 12345.678905: kernel_stack:         <stack trace >
                => trace_event_raw_event_tcp_send_reset (ffffffffa98448e2)
                => tcp_v6_send_reset (ffffffffa98448e2)
                => tcp_v6_rcv (ffffffffa9844b32)
                 my app-77    [000] 12345.700000: tcp_receive_reset:    sport=443 dport=5000 saddr=10.0.0.1 daddr=10.0.0.2
                """);

        assertThat(heard.events).hasSize(2);
        assertThat(heard.events.get(0).source()).hasToString("[::1]:443");
        assertThat(heard.events.get(0).comm()).isEqualTo("<idle>");
        assertThat(heard.events.get(0).fields()).containsEntry("reason", "NO_SOCKET");
        assertThat(heard.events.get(0).stack()).hasSize(3);
        assertThat(heard.events.get(1).comm()).isEqualTo("my app");
        assertThat(heard.events.get(1).probe()).isEqualTo("tcp:tcp_receive_reset");
    }

    @Test
    void goesOnWithAStackInTheNextFileOfARotatedLog() throws IOException {
        byte[] text = (HEADER + EVENT).getBytes(StandardCharsets.ISO_8859_1);
        int cut = (HEADER + EVENT).indexOf("\tffffffff9ec7c8cb");
        Heard heard = new Heard();
        CaptureReader reader = new CaptureReader(heard);
        reader.read("rst.log.1", new ByteArrayInputStream(text, 0, cut));
        reader.read("rst.log", new ByteArrayInputStream(text, cut, text.length - cut));
        reader.finish();

        assertThat(heard.events).hasSize(1);
        assertThat(heard.events.get(0).stack()).hasSize(2);
        assertThat(heard.events.get(0).stack().get(1).line()).isEqualTo(1);
    }

    @Test
    void countsWhatToolsSayTheyLost() {
        Heard heard = Heard.of("""
                Attaching 4 probes...
                Lost 12 events
                WARNING: There were 3 transport failures.
                CPU:1 [LOST 5 EVENTS]
                # backline skipped events=7
                """);

        assertThat(heard.lost).isEqualTo(20);
        assertThat(heard.skipped).isEqualTo(7);
        assertThat(heard.unread).isEmpty();
    }

    @Test
    void countsWhatTheRateLimitLeftOutAlsoAfterTheLastEvent() {
        String ready = "# backline ready wall=1763814212.2 mono=31.1\n";
        String left = "# backline skipped events=40\n";

        assertThat(Heard.of(HEADER + ready + EVENT + left + EVENT + "end wall=1 mono=2 events=2 skipped=100\n").skipped)
                .isEqualTo(100);
        assertThat(Heard.of(HEADER + ready + EVENT + left + EVENT).skipped)
                .as("the script was killed before it wrote the trailer")
                .isEqualTo(40);
        assertThat(Heard.of(HEADER + ready + left + EVENT + HEADER + ready + EVENT + "end events=1 skipped=30\n")
                        .skipped)
                .as("two runs")
                .isEqualTo(70);
    }

    @Test
    void readsTheAddressesOfTracepointsOfEveryKernel() {
        String start = "  curl-26346 [001] .... 33819.317760: tcp_send_reset: ";
        assertThat(ends(start
                        + "sport=44248 dport=8080 saddr=0.0.0.0 daddr=0.0.0.0 saddrv6=::1 daddrv6=::2 state=TCP_CLOSE"))
                .isEqualTo("[::1]:44248 [::2]:8080");
        assertThat(
                        ends(
                                start
                                        + "family=AF_INET6 sport=1 dport=2 saddr=10.0.0.1 daddr=10.0.0.2 saddrv6=::ffff:10.0.0.1 daddrv6=::ffff:10.0.0.2"))
                .isEqualTo("10.0.0.1:1 10.0.0.2:2");
        assertThat(
                        ends(
                                start
                                        + "family=AF_INET6 sport=1 dport=2 saddr=0.0.0.0 daddr=0.0.0.0 saddrv6=2001:db8::1 daddrv6=2001:db8::2"))
                .isEqualTo("[2001:db8::1]:1 [2001:db8::2]:2");
        assertThat(
                        ends(
                                start
                                        + "sport=4003 dport=0 saddr=127.0.0.1 daddr=0.0.0.0 saddrv6=::ffff:127.0.0.1 daddrv6=::ffff:0.0.0.0 state=TCP_LISTEN"))
                .isEqualTo("127.0.0.1:4003 null");
        assertThat(
                        ends(
                                start
                                        + "skbaddr=1 skaddr=2 src=[2001:db8::1]:443 dest=[2001:db8::2]:5 state=UNKNOWN reason=NO_SOCKET"))
                .isEqualTo("[2001:db8::1]:443 [2001:db8::2]:5");
        assertThat(ends(start + "skbaddr=1 skaddr=2 src=[::]:443 dest=0.0.0.0:0 state=TCP_LISTEN reason=TCP_FLAGS"))
                .isEqualTo("[::]:443 null");
    }

    private static String ends(String line) {
        ProbeEvent event = Heard.of(line).events.get(0);
        return event.source() + " " + event.destination();
    }

    @Test
    void namesTheStateAndTheReasonOfATracepointAlike() {
        String start = "nginx  1234 [001]  1831.262425: tcp:tcp_send_reset: skbaddr=(nil) skaddr=0xffff8dc04b0c2200 ";
        for (String state : List.of("TCP_CLOSE", "0x7", "7", "CLOSE")) {
            assertThat(Heard.of(start + "state=" + state + " reason=TCP_STATE")
                            .events
                            .get(0)
                            .fields())
                    .containsEntry("state", "CLOSE")
                    .containsEntry("dir", "active")
                    .doesNotContainKey("sk");
        }
        assertThat(Heard.of(start + "state=UNKNOWN reason=SK_RST_REASON_NO_SOCKET")
                        .events
                        .get(0)
                        .fields())
                .containsEntry("reason", "NO_SOCKET")
                .doesNotContainKey("state");
        assertThat(Heard.of(start + "state=0x0 reason=13").events.get(0).fields())
                .containsEntry("reason", "13")
                .doesNotContainKey("state");
    }

    @Test
    void dropsTheFrameThatPerfDoubles() {
        Heard heard = Heard.of("""
                t    85 [000]     9.066123: tcp:tcp_receive_reset: sport=45618 dport=4001 saddr=127.0.0.1 daddr=127.0.0.1
                \tffffffff81786378 tcp_reset+0x88 ([kernel.kallsyms])
                \tffffffff81786378 tcp_reset+0x88 ([kernel.kallsyms])
                \tffffffff81789000 tcp_rcv_state_process+0xa10 ([kernel.kallsyms])
                """);

        assertThat(heard.events.get(0).stack())
                .extracting(frame -> frame.frame().reference().symbol())
                .containsExactly("tcp_reset", "tcp_rcv_state_process");
    }

    @Test
    void showsLinesThatItCannotReadWithTheirPlace() {
        Heard heard = Heard.of(EVENT + "hello, world\n" + "\u001b[31m" + "x".repeat(5000) + "\n");

        assertThat(heard.events).hasSize(1);
        assertThat(heard.unread).hasSize(2);
        assertThat(heard.unread.get(0)).isEqualTo("-:4: not a line of a known format: hello, world");
        assertThat(heard.unread.get(1)).hasSizeLessThan(CaptureReader.SHOWN + 100);
    }

    @Test
    void givesEachOfTwoMixedEventsAStack() {
        String[] first = ARTICLE.split("\n");
        String[] second = ARTICLE.replace("v4_send_reset", "v6_send_reset")
                .replace("39700", "39701")
                .split("\n");
        Heard heard =
                Heard.of(List.of(first[0], first[1], second[0], second[1], second[2], second[3], first[2], first[3]));

        assertThat(heard.events)
                .extracting(ProbeEvent::probe)
                .containsExactly("tcp_v4_send_reset", "tcp_v6_send_reset");
        assertThat(heard.events).allSatisfy(event -> {
            assertThat(event.stack()).hasSize(2);
            assertThat(event.stack().get(0).frame().reference().symbol()).isEqualTo(event.probe());
        });
    }

    @Test
    void keepsAStackWhoseFirstLineIsLost() {
        Heard heard = Heard.of(ARTICLE.substring(ARTICLE.indexOf(" 0x")) + EVENT);

        assertThat(heard.events)
                .extracting(ProbeEvent::format)
                .containsExactly(CaptureFormat.STACK_ONLY, CaptureFormat.BACKLINE);
        assertThat(heard.events.get(0).stack()).hasSize(2);
        assertThat(heard.events.get(0).probe()).isEqualTo("tcp_v4_send_reset");
    }

    @Test
    void losesNoEventBeforeTheEndOfACaptureThatIsCut() throws IOException {
        for (String name : List.of(
                "systemtap-article.log",
                "bpftrace.log",
                "ftrace.txt",
                "perf-script.txt",
                "lab-kaslr/systemtap.log",
                "lab-bpftrace/bpftrace.log")) {
            List<String> lines = Captures.lines(name);
            List<ProbeEvent> whole = Heard.of(lines).events;
            Random random = new Random(20261122);
            for (int i = 0; i < 60; i++) {
                int line = random.nextInt(lines.size());
                List<String> cut = new ArrayList<>(lines.subList(0, line));
                cut.add(lines.get(line)
                        .substring(0, random.nextInt(lines.get(line).length() + 1)));
                List<ProbeEvent> left = Heard.of(cut).events;
                List<ProbeEvent> before = whole.stream()
                        .filter(event -> event.stack().isEmpty()
                                ? event.line() < line
                                : event.stack().get(event.stack().size() - 1).line() < line)
                        .toList();
                assertThat(left.subList(0, before.size())).isEqualTo(before);
            }
        }
    }

    @Test
    @Timeout(60)
    void survivesEveryMutationOfARecording() throws IOException {
        Random random = new Random(20261122);
        String text = String.join("\n", Captures.lines("systemtap-article.log")) + "\n" + HEADER + EVENT;
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < 300; i++) {
            byte[] mutated = bytes.clone();
            int damages = 1 + random.nextInt(50);
            for (int k = 0; k < damages; k++) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            }
            Heard heard = new Heard();
            CaptureReader reader = new CaptureReader(heard);
            reader.read("mutated", new ByteArrayInputStream(mutated));
            reader.finish();
            // One damaged byte costs an event, or cuts one in two, at most.
            assertThat(heard.events.size()).isBetween(40 - 2 * damages, 40 + 2 * damages);
        }
    }

    @Test
    @Timeout(60)
    void readsHostileLinesInBoundedTime() {
        List<String> hostile = new ArrayList<>();
        for (String piece : List.of(
                "a ", "-1 [000] 1.1: ", "[", "a=", "skb [", ">", "Sun Nov 22 08:33:13 2026 ", "tcp_reset", "=> ")) {
            hostile.add(piece.repeat(60_000 / piece.length()));
        }
        hostile.addAll(Collections.nCopies(2000, "Sun Nov 22 08:33:13 2026  x<-tcp_v4_send_reset"));
        Heard heard = Heard.of(hostile);

        assertThat(heard.events).hasSizeBetween(2000, 2010);
    }

    @Test
    void boundsTheStackOfAnEvent() {
        List<String> lines = new ArrayList<>(List.of(EVENT.split("\n")));
        lines.addAll(Collections.nCopies(100_000, "\tffffffff9ec7c8cb tcp_v4_rcv+2459"));
        Heard heard = Heard.of(lines);

        assertThat(heard.events).hasSize(1);
        assertThat(heard.events.get(0).stack()).hasSize(1024);
    }

    @Test
    void writesAddressesInTheirShortestForm() {
        assertThat(Endpoint.parse("[2001:0db8:0113:0000:0000:0000:0000:0010]:443"))
                .hasToString("[2001:db8:113::10]:443");
        assertThat(Endpoint.parse("[0000:0000:0000:0000:0000:0000:0000:0001]:80"))
                .hasToString("[::1]:80");
        assertThat(Endpoint.parse("[2001:db8:0:1:1:1:1:1]:80")).hasToString("[2001:db8:0:1:1:1:1:1]:80");
        assertThat(Endpoint.parse("[2001:db8:0:0:1:0:0:1]:80")).hasToString("[2001:db8::1:0:0:1]:80");
        assertThat(Endpoint.parse("[fe80:0:0:0:0:0:0:0]:80")).hasToString("[fe80::]:80");
        assertThat(Endpoint.parse("[::ffff:192.0.2.1]:80")).hasToString("192.0.2.1:80");
        assertThat(Endpoint.parse("[1:2:3]:80")).isNull();
    }

    @Test
    void takesAStackThatTheKernelsOwnUnwinderMadeAsItIs() {
        Heard heard = Heard.of(EVENT.substring(0, EVENT.indexOf('\n') + 1) + """
                 0xffffffff8c07a0e0 : tcp_v4_send_reset+0x0/0x830 [kernel]
                 0xffffffff8c07a0e0 : tcp_v4_send_reset+0x0/0x830 [kernel] (inexact)
                 0xffffffff8c07c8cb : tcp_v4_rcv+0x99b/0xee0 [kernel] (inexact)
                 0xffffffff8c0448e2 : ip_protocol_deliver_rcu+0x32/0x210 [kernel] (inexact)
                """);

        assertThat(heard.events).hasSize(1);
        assertThat(heard.events.get(0).stack()).hasSize(4);
    }

    @Test
    void takesWhatIsNoAddressForNone() {
        Heard heard = Heard.of(
                "rst probe=tcp_v4_send_reset src=<script>:443 dst=1.2.3.4:99999 flags=? wall=x mono=1e999999999\n");

        assertThat(heard.events).hasSize(1);
        assertThat(heard.events.get(0).source()).isNull();
        assertThat(heard.events.get(0).destination()).isNull();
        assertThat(heard.events.get(0).time()).isNull();
        assertThat(heard.events.get(0).sinceBoot()).isNull();
        assertThat(heard.events.get(0).flags()).isNull();
    }
}
