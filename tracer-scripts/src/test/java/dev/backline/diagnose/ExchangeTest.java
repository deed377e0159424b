package dev.backline.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.capture.ConntrackEvents;
import dev.backline.capture.Heard;
import dev.backline.capture.KernelLog;
import dev.backline.capture.PacketTraces;
import dev.backline.capture.ProbeEvent;
import dev.backline.diagnose.Exchange.Basis;
import dev.backline.diagnose.Exchange.Kind;
import dev.backline.diagnose.Exchange.Message;
import dev.backline.diagnose.Exchange.Role;
import dev.backline.fixtures.Captures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExchangeTest {
    private static final String HEAD = "# backline probe-output=1 tool=systemtap";

    private static Exchange of(String line, Cause cause) {
        Heard heard = Heard.of(List.of(HEAD, line));
        assertThat(heard.unread).isEmpty();
        return new Diagnoser(new KernelLog())
                .exchange(heard.events.get(0), new Diagnosis(cause, Confidence.LIKELY, List.of(), List.of()));
    }

    private static List<String> lines(Exchange exchange) {
        return exchange.messages().stream()
                .map(message -> message.from().title()
                        + (message.isNote() ? "" : " → " + message.to().title()) + ": " + message.text())
                .toList();
    }

    @Test
    void tellsThatAnInvalidPacketIsNotTranslatedBack() throws IOException {
        Exchange exchange = of(
                "rst wall=1763814214.7 mono=33.5 probe=tcp_v4_send_reset dir=passive src=203.0.113.10:443"
                        + " dst=203.0.113.5:34220 flags=PSH,ACK seq=100 ack=200 len=20 sk=none ct=INVALID sent=yes",
                Cause.CONNTRACK_INVALID);

        assertThat(lines(exchange))
                .containsExactly(
                        "peer → conntrack, NAT: PSH,ACK seq 100 ack 200 len 20",
                        "conntrack, NAT → host's TCP: INVALID: not translated back",
                        "host's TCP: no socket for 203.0.113.5:34220",
                        "container: has the connection, and gets nothing of this",
                        "host's TCP → peer: RST seq 200");
        assertThat(exchange.messages().get(0).place()).isEqualTo("- line 2");
        assertThat(exchange.messages().get(1).basis()).isEqualTo(Basis.CAPTURED);
        assertThat(exchange.messages().get(2).basis()).isEqualTo(Basis.CONCLUDED);
    }

    @Test
    void acknowledgesASynThatItRefuses() throws IOException {
        Exchange exchange = of(
                "rst wall=1763814214.7 mono=33.5 probe=tcp_v4_send_reset dir=passive src=192.0.2.1:1111"
                        + " dst=192.0.2.2:80 flags=SYN seq=4294967295 ack=0 len=0 sk=none ct=none sent=yes",
                Cause.CLOSED_PORT);

        assertThat(lines(exchange))
                .containsExactly(
                        "peer → host's TCP: SYN seq 4294967295 len 0",
                        "host's TCP: nobody listens on 192.0.2.2:80",
                        "host's TCP → peer: RST,ACK seq 0 ack 0");
    }

    @Test
    void startsWithTheApplicationWhereThatEndsTheConnection() throws IOException {
        Exchange exchange = of(
                "rst wall=1763814214.7 mono=33.5 probe=tcp_send_active_reset dir=active comm=server"
                        + " src=192.0.2.2:80 dst=192.0.2.1:1111 flags=- unread=17 sent=yes",
                Cause.CLOSE_UNREAD_DATA);

        assertThat(lines(exchange))
                .containsExactly(
                        "application → host's TCP: close() with 17 bytes unread", "host's TCP → peer: RST,ACK");
        assertThat(exchange.participants())
                .extracting(Exchange.Participant::name)
                .containsExactly("192.0.2.1:1111", "192.0.2.2:80", "server");
    }

    @Test
    void showsNoRstWhereNoneWasSent() throws IOException {
        Exchange exchange = of(
                "rst wall=1763814214.7 mono=33.5 probe=tcp_v4_send_reset dir=passive src=192.0.2.1:1111"
                        + " dst=192.0.2.2:80 flags=RST seq=1 ack=0 len=0 sk=none ct=none sent=no",
                Cause.NOT_SENT);

        assertThat(exchange.messages()).extracting(Message::kind).doesNotContain(Kind.RESET);
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void namesEachParticipantOnceAndInOrder(Cause cause) throws IOException {
        Exchange exchange = of("rst probe=tcp_v4_send_reset", cause);

        List<Role> roles =
                exchange.participants().stream().map(Exchange.Participant::role).toList();
        assertThat(roles).doesNotHaveDuplicates().isSorted();
        Set<Role> taking = exchange.messages().stream()
                .flatMap(message -> List.of(message.from(), message.to()).stream())
                .collect(Collectors.toSet());
        assertThat(roles).containsAll(taking);
        assertThat(exchange.messages()).isNotEmpty();
    }

    /** The handshake and the data before, the packet itself and its RST, each by its place in the capture. */
    @Test
    void showsThePacketsOfACapture() throws IOException {
        Path lab = Captures.folder().resolve("lab-kaslr");
        PacketTraces traces = new PacketTraces();
        for (String name : List.of("host", "container", "remote")) {
            try (InputStream in = Files.newInputStream(lab.resolve(name + ".pcap"))) {
                traces.read(name, name + ".pcap", in);
            }
        }
        ProbeEvent first =
                Heard.of(Captures.lines("lab-kaslr/systemtap.log")).events.get(0);

        Exchange exchange = new Diagnoser(new KernelLog(), new ConntrackEvents(), traces)
                .exchange(first, new Diagnosis(Cause.CONNTRACK_INVALID, Confidence.CERTAIN, List.of(), List.of()));

        List<Exchange.Message> wire = exchange.messages().stream()
                .filter(message -> message.basis() == Basis.WIRE)
                .toList();
        assertThat(wire)
                .hasSize(7)
                .allSatisfy(message -> assertThat(message.place()).startsWith("host.pcap packet "));
        assertThat(wire.get(0).from() == Role.CONTAINER || wire.get(0).to() == Role.CONTAINER)
                .isTrue();
        assertThat(wire.get(6).kind()).isEqualTo(Kind.RESET);
        assertThat(wire.get(6).text()).isEqualTo("RST seq 100009");
        assertThat(exchange.messages()).anyMatch(message -> message.text().equals("ACK seq 7 ack 100009"));
    }
}
