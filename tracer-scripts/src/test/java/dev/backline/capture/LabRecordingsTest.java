package dev.backline.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Captures;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The recordings of fixtures/lab, held against their ground truth: what was triggered, and what the kernel counted. */
class LabRecordingsTest {
    /** A member of an object of truth.json, which has one on a line; "sent" is the last of an expected hit. */
    private static final Pattern MEMBER = Pattern.compile("\\s*\"(\\w+)\": \"?([^\",]*)\"?,?");

    /** What a script prints of each RST that is sent (docs/probe-output.md). */
    private static final String[] KEYS = ("id probe dir cpu pid tid comm netns dev iif src dst flags seq ack win len sk"
                    + " state substate shutdown snd_una snd_nxt rcv_nxt unread linger2 request ct reason sent")
            .split(" ");

    static Stream<Arguments> recordings() {
        return Stream.of(
                Arguments.of("lab-kaslr", "systemtap"),
                Arguments.of("lab-no-kaslr", "systemtap"),
                Arguments.of("lab-bpftrace", "bpftrace"),
                Arguments.of("lab-bpftrace-no-kaslr", "bpftrace"));
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void readsEveryHitThatTheLabKnowsOf(String recording, String tool) throws IOException {
        Heard heard = Heard.of(Captures.lines(recording + "/" + tool + ".log"));
        List<String> hits = new ArrayList<>();
        for (ProbeEvent event : heard.events) {
            assertThat(event.run()).isNotNull();
            assertThat(event.time()).isNotNull();
            assertThat(event.stack()).hasSizeGreaterThan(1);
            if (!event.probe().equals("tcp_reset")) {
                assertThat(event.fields()).containsKeys(KEYS);
                hits.add(hit(event));
            }
        }

        assertThat(heard.unread).isEmpty();
        List<String> expected = new ArrayList<>();
        expected(recording, (hit, cause) -> expected.add(hit));
        assertThat(hits).hasSize(92).containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void tellsApartTheFiveCausesThatOneCallSiteHides(String recording, String tool) throws IOException {
        Map<String, String> causes = new HashMap<>();
        expected(recording, causes::put);
        Map<String, Integer> seen = new TreeMap<>();
        for (ProbeEvent event : Heard.of(Captures.lines(recording + "/" + tool + ".log")).events) {
            if (event.probe().equals("tcp_reset") || !calledFromDoRcv(event)) {
                continue;
            }
            String cause = byTheTableOfTheDocs(event);
            assertThat(cause).as(event.toString()).isEqualTo(causes.get(hit(event)));
            seen.merge(cause, 1, Integer::sum);
        }

        assertThat(seen)
                .isEqualTo(Map.of(
                        "data-after-close", 6,
                        "linger2", 2,
                        "syn-sent-bad-ack", 2,
                        "syn-recv-bad-ack", 2,
                        "listen-bad-ack", 2));
    }

    private static boolean calledFromDoRcv(ProbeEvent event) {
        return event.stack().stream()
                .map(frame -> String.valueOf(frame.frame().reference().symbol()))
                .filter(symbol -> !symbol.equals(event.probe()))
                .findFirst()
                .orElse("")
                .matches("tcp_v[46]_do_rcv");
    }

    /** docs/probe-output.md: how the five causes behind one and the same stack differ. */
    private static String byTheTableOfTheDocs(ProbeEvent event) {
        Map<String, String> fields = event.fields();
        long linger2 = Objects.requireNonNull(event.number("linger2"));
        return switch (fields.getOrDefault("state", "")) {
            case "CLOSE" ->
                linger2 < 0
                        ? "linger2"
                        : "3".equals(fields.get("shutdown")) && !"0".equals(fields.get("len"))
                                ? "data-after-close"
                                : "none";
            case "SYN_SENT" -> "syn-sent-bad-ack";
            case "LISTEN" -> "yes".equals(fields.get("request")) ? "syn-recv-bad-ack" : "listen-bad-ack";
            default -> "none";
        };
    }

    /** Tells each hit that must be captured, and its cause. */
    private static void expected(String recording, BiConsumer<String, String> to) throws IOException {
        Map<String, String> members = new HashMap<>();
        for (String line : Captures.lines(recording + "/truth.json")) {
            Matcher member = MEMBER.matcher(line);
            if (member.matches()) {
                members.put(member.group(1), member.group(2));
                if (member.group(1).equals("sent")) {
                    to.accept(
                            hit(
                                    Objects.requireNonNull(members.get("function")),
                                    Objects.requireNonNull(
                                            Endpoint.parse(Objects.requireNonNull(members.get("source")))),
                                    Objects.requireNonNull(
                                            Endpoint.parse(Objects.requireNonNull(members.get("destination")))),
                                    Boolean.parseBoolean(member.group(2))),
                            Objects.requireNonNull(members.get("cause")));
                }
            }
        }
    }

    private static String hit(ProbeEvent event) throws IOException {
        return hit(
                event.probe(),
                Objects.requireNonNull(event.source()),
                Objects.requireNonNull(event.destination()),
                Objects.requireNonNull(event.sent()));
    }

    /** In one notation: the tools abbreviate IPv6 addresses or do not, and a socket of IPv6 may speak IPv4. */
    private static String hit(String probe, Endpoint source, Endpoint destination, boolean sent) throws IOException {
        return probe + " " + plain(source) + " " + plain(destination) + " " + sent;
    }

    private static String plain(Endpoint end) throws IOException {
        return InetAddress.getByName(end.address()).getHostAddress() + " " + end.port();
    }
}
