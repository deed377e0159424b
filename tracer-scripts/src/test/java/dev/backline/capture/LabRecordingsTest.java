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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The recordings of fixtures/lab, held against their ground truth: what was triggered, and what the kernel counted. */
class LabRecordingsTest {
    /** A member of an object of truth.json, which has one on a line; "sent" is the last of an expected hit. */
    private static final Pattern MEMBER = Pattern.compile("\\s*\"(\\w+)\": \"?([^\",]*)\"?,?");

    @ParameterizedTest
    @CsvSource({"lab-kaslr, systemtap", "lab-no-kaslr, systemtap", "lab-bpftrace, bpftrace"})
    void readsEveryHitThatTheLabKnowsOf(String recording, String tool) throws IOException {
        Heard heard = Heard.of(Captures.lines(recording + "/" + tool + ".log"));
        List<String> hits = new ArrayList<>();
        for (ProbeEvent event : heard.events) {
            assertThat(event.run()).isNotNull();
            assertThat(event.time()).isNotNull();
            assertThat(event.stack()).hasSizeGreaterThan(1);
            if (!event.probe().equals("tcp_reset")) {
                hits.add(hit(
                        event.probe(),
                        Objects.requireNonNull(event.source()),
                        Objects.requireNonNull(event.destination()),
                        Objects.requireNonNull(event.sent())));
            }
        }

        assertThat(heard.unread).isEmpty();
        assertThat(hits).hasSize(92).containsExactlyInAnyOrderElementsOf(expected(recording));
    }

    private static List<String> expected(String recording) throws IOException {
        List<String> hits = new ArrayList<>();
        Map<String, String> members = new HashMap<>();
        for (String line : Captures.lines(recording + "/truth.json")) {
            Matcher member = MEMBER.matcher(line);
            if (member.matches()) {
                members.put(member.group(1), member.group(2));
                if (member.group(1).equals("sent")) {
                    hits.add(hit(
                            Objects.requireNonNull(members.get("function")),
                            Objects.requireNonNull(Endpoint.parse(Objects.requireNonNull(members.get("source")))),
                            Objects.requireNonNull(Endpoint.parse(Objects.requireNonNull(members.get("destination")))),
                            Boolean.parseBoolean(member.group(2))));
                }
            }
        }
        return hits;
    }

    /** In one notation: the tools abbreviate IPv6 addresses or do not, and a socket of IPv6 may speak IPv4. */
    private static String hit(String probe, Endpoint source, Endpoint destination, boolean sent) throws IOException {
        return probe + " " + plain(source) + " " + plain(destination) + " " + sent;
    }

    private static String plain(Endpoint end) throws IOException {
        return InetAddress.getByName(end.address()).getHostAddress() + " " + end.port();
    }
}
