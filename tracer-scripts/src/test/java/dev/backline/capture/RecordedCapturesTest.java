package dev.backline.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Captures;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The recordings of fixtures/captures, counted by other means: what their tools print once per event. */
class RecordedCapturesTest {

    private static long count(List<String> lines, String pattern) {
        return lines.stream().filter(Pattern.compile(pattern).asPredicate()).count();
    }

    @Test
    void readsEveryEventOfTheArticlesScript() throws IOException {
        List<String> lines = Captures.lines("systemtap-article.log");
        Heard heard = Heard.of(lines);

        assertThat(heard.events).hasSize((int) count(lines, "^... ... .. ..:..:.. 20.. +\\S+<-tcp_\\w+$"));
        assertThat(heard.unread).isEmpty();
        ProbeEvent first = heard.events.get(0);
        assertThat(first.line()).isEqualTo(2);
        assertThat(first.format()).isEqualTo(CaptureFormat.ARTICLE);
        assertThat(first.time()).isEqualTo(Instant.parse("2026-11-22T08:33:13Z"));
        assertThat(first.probe()).isEqualTo("tcp_v4_send_reset");
        assertThat(first.comm()).isEqualTo("python3");
        assertThat(first.source()).hasToString("203.0.113.10:443");
        assertThat(first.destination()).hasToString("203.0.113.5:58712");
        assertThat(first.endpointsOfSocket()).isFalse();
        assertThat(first.flags()).isEqualTo(Set.of(TcpFlag.ACK));
        assertThat(first.stack()).hasSize(11);
        assertThat(first.stack().get(1).line()).isEqualTo(5);
        assertThat(Objects.requireNonNull(
                        first.stack().get(1).frame().reference().symbol()))
                .isEqualTo("tcp_v4_rcv");
    }

    @Test
    void givesEachEventOfTheArticlesScriptItsOwnStackAndAddresses() throws IOException {
        List<String> lines = Captures.lines("systemtap-article.log");
        Heard heard = Heard.of(lines);

        // The script prints a stack only behind a line with the addresses.
        assertThat(heard.events.stream().filter(event -> event.source() != null))
                .hasSize((int) count(lines, "^(skb |>+)\\["))
                .allSatisfy(event -> {
                    assertThat(event.stack()).isNotEmpty();
                    assertThat(event.stack().get(0).frame().reference().symbol())
                            .isEqualTo(event.probe());
                });
        assertThat(heard.events.stream().filter(event -> event.source() == null))
                .allSatisfy(event -> assertThat(event.stack()).isEmpty());
        assertThat(heard.events.stream()
                        .mapToLong(event -> event.stack().size())
                        .sum())
                .isEqualTo(count(lines, "^ 0x"));
    }

    @Test
    void saysThatARstWhichAnswersARstIsNotSent() throws IOException {
        Heard heard = Heard.of(Captures.lines("systemtap-article.log"));

        assertThat(heard.events.stream()
                        .filter(event -> event.flags() != null && event.flags().contains(TcpFlag.RST)))
                .hasSize(2)
                .allSatisfy(event -> assertThat(event.sent()).isFalse());
    }

    @Test
    void readsAScriptThatPrintsEveryStackInSixNotationsOncePerEvent() throws IOException {
        List<String> lines = Captures.lines("systemtap-formats.log");
        Heard heard = Heard.of(lines);

        assertThat(heard.events).hasSize((int) count(lines, "^==== "));
        ProbeEvent first = heard.events.get(0);
        assertThat(first.comm()).isEqualTo("python3");
        assertThat(first.number("pid")).isEqualTo(229);
        assertThat(first.stack()).hasSize(11);
        // Strings of SystemTap are cut at 512 bytes, with the line end: some of these lines begin behind half a frame.
        assertThat(heard.unread)
                .allMatch(line -> line.contains("-- "))
                .hasSizeBetween((int) count(lines, "^-- (?!symname)"), (int) count(lines, "-- (?!symname)"));
    }

    @Test
    void readsEveryEventOfBpftrace() throws IOException {
        List<String> lines = Captures.lines("bpftrace.log");
        Heard heard = Heard.of(lines);

        assertThat(heard.events).hasSize((int) count(lines, "kprobe:tcp_| tracepoint "));
        assertThat(heard.events).allSatisfy(event -> assertThat(event.stack()).isNotEmpty());
        assertThat(heard.events.get(0).fields()).containsEntry("sk", "0x0").containsEntry("cpu", "0");
        assertThat(heard.events.stream().filter(event -> event.source() != null))
                .hasSize((int) count(lines, " tracepoint "))
                .allSatisfy(event -> assertThat(event.probe()).isIn("tcp_send_active_reset", "tcp_v4_send_reset"));
        assertThat(heard.unread)
                .hasSize((int) count(lines, "^@st\\["))
                .allMatch(line -> line.contains("a count of stacks"));
    }

    @Test
    void readsEveryEventOfFtrace() throws IOException {
        for (String name : List.of("ftrace.txt", "ftrace-symaddr.txt")) {
            List<String> lines = Captures.lines(name);
            Heard heard = Heard.of(lines);

            assertThat(heard.events).hasSize((int) count(lines, ": (rst_|tcp_send_reset)"));
            assertThat(heard.events)
                    .allSatisfy(event -> assertThat(event.stack()).isNotEmpty());
            assertThat(heard.events.stream()
                            .mapToLong(event -> event.stack().size())
                            .sum())
                    .isEqualTo(count(lines, "^ => "));
            assertThat(heard.unread).isEmpty();
        }
        ProbeEvent tracepoint = Heard.of(Captures.lines("ftrace.txt")).events.stream()
                .filter(event -> event.probe().equals("tcp:tcp_send_reset"))
                .findFirst()
                .orElseThrow();
        assertThat(tracepoint.source()).hasToString("203.0.113.10:443");
        assertThat(tracepoint.destination()).hasToString("203.0.113.5:33418");
        assertThat(tracepoint.fields()).containsEntry("state", "CLOSE");
        assertThat(tracepoint.sinceBoot()).isEqualTo(Duration.ofNanos(40_473_616_000L));
        assertThat(tracepoint.comm()).isEqualTo("python3");
        assertThat(tracepoint.number("pid")).isEqualTo(212);
    }

    @Test
    void readsEveryEventOfTheFunctionTracer() throws IOException {
        Heard heard = Heard.of(Captures.lines("ftrace-function.txt"));

        assertThat(heard.events)
                .extracting(ProbeEvent::probe)
                .containsExactly("tcp_v4_send_reset", "tcp_v4_send_reset", "tcp_send_active_reset");
        assertThat(heard.unread).isEmpty();
    }

    @Test
    void readsEveryEventOfPerf() throws IOException {
        List<String> lines = Captures.lines("perf-script.txt");
        Heard heard = Heard.of(lines);

        assertThat(heard.events).hasSize((int) count(lines, ": +(kprobes|tcp):\\w+: "));
        assertThat(heard.events).allSatisfy(event -> assertThat(event.stack()).isNotEmpty());
        assertThat(heard.unread).isEmpty();
        assertThat(heard.events.get(0).probe()).isEqualTo("tcp_v4_send_reset");
    }

    @Test
    void readsEveryStackThatAHistogramCounts() throws IOException {
        List<String> lines = Captures.lines("ftrace-hist.txt");
        Heard heard = Heard.of(lines);

        assertThat(heard.events.stream().mapToLong(ProbeEvent::count).sum())
                .isEqualTo(lines.stream()
                        .filter(line -> line.startsWith("} hitcount:"))
                        .mapToLong(line -> Long.parseLong(
                                line.substring(line.indexOf(':') + 1).strip()))
                        .sum());
        assertThat(heard.events).allSatisfy(event -> assertThat(event.probe()).matches("tcp_.*_reset"));
    }

    @Test
    void takesAnOopsForNoEvent() throws IOException {
        List<String> lines = Captures.lines("oops.txt");
        Heard heard = Heard.of(lines);

        assertThat(heard.events).isEmpty();
        assertThat(heard.unread).hasSizeGreaterThan(80);
    }
}
