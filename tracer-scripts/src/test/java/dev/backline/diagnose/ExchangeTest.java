package dev.backline.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.capture.Heard;
import dev.backline.capture.ProbeEvent;
import dev.backline.diagnose.Exchange.Basis;
import dev.backline.diagnose.Exchange.Kind;
import dev.backline.diagnose.Exchange.Message;
import dev.backline.diagnose.Exchange.Role;
import dev.backline.evidence.ConntrackEvents;
import dev.backline.evidence.KernelLog;
import dev.backline.fixtures.Captures;
import dev.backline.packet.PacketTraces;
import dev.backline.probe.ProbePoint.Direction;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExchangeTest {
    private static final String HEAD = "# backline probe-output=1 tool=systemtap";

    private static Exchange of(String line, Cause cause) {
        Heard heard = Heard.of(List.of(HEAD, line));
        assertThat(heard.unread).isEmpty();
        return new Diagnoser(new KernelLog())
                .exchange(heard.events.get(0), DiagnoserTest.diagnosis(cause, Confidence.LIKELY));
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
                        "container: has the connection, but never receives the packet",
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
                        "host's TCP: no socket listens on 192.0.2.2:80",
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

    @ParameterizedTest
    @EnumSource(value = Cause.class, mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN")
    void showsWhatMadeTheRst(Cause cause) {
        Exchange exchange = cause.direction() == Direction.ACTIVE ? active("", cause) : passive("", cause);

        assertThat(exchange.messages()).anySatisfy(message -> {
            assertThat(message.basis()).isEqualTo(Basis.CONCLUDED);
            assertThat(message.kind()).isIn(Kind.STEP, Kind.LOST);
            assertThat(message.from()).isIn(Role.HOST, Role.FIREWALL, Role.APPLICATION);
        });
    }

    private static Exchange passive(String fields, Cause cause) {
        return of("rst wall=1763814214.7 probe=tcp_v4_send_reset src=192.0.2.1:1111 dst=192.0.2.2:80 " + fields, cause);
    }

    private static Exchange active(String fields, Cause cause) {
        return of(
                "rst wall=1763814214.7 probe=tcp_send_active_reset src=192.0.2.2:80 dst=192.0.2.1:1111 dir=active "
                        + fields,
                cause);
    }

    /** RFC 9293 3.10.7.1: to what has no ACK, sequence number 0, and SYN and FIN counted in what is acknowledged. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            flags=SYN seq=7 len=0               | RST,ACK seq 0 ack 8
            flags=FIN seq=7 len=10              | RST,ACK seq 0 ack 18
            flags=SYN,FIN seq=7 len=10          | RST,ACK seq 0 ack 19
            flags=PSH seq=7 len=10              | RST,ACK seq 0 ack 17
            flags=SYN seq=4294967290 len=10     | RST,ACK seq 0 ack 5
            flags=SYN seq=7 len=-               | RST,ACK seq 0
            flags=SYN,ACK seq=7 ack=9 len=0     | RST seq 9
            flags=ACK seq=7 ack=- len=0         | RST
            flags=- seq=7 ack=9                 | RST
            """)
    void answersWithTheNumbersThatTheStandardWants(String fields, String reset) {
        List<Message> messages = passive(fields, Cause.NO_SOCKET).messages();

        assertThat(messages.get(messages.size() - 1).text()).isEqualTo(reset);
    }

    @Test
    void placesARstThatWasSeenAndConcludesOneThatWasNot() {
        for (boolean seen : new boolean[] {true, false}) {
            List<Message> messages = passive("flags=SYN seq=1 len=0 " + (seen ? "sent=yes" : ""), Cause.CLOSED_PORT)
                    .messages();
            Message reset = messages.get(messages.size() - 1);
            assertThat(reset.basis()).isEqualTo(seen ? Basis.CAPTURED : Basis.CONCLUDED);
            assertThat(reset.place()).isEqualTo(seen ? "- line 2" : null);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            data-after-close      | close(), or shutdown() of reading   | the application no longer reads
            linger2               | close() with TCP_LINGER2 below 0    | TCP_LINGER2 is negative: no FIN_WAIT2
            """)
    void startsWithTheCloseThatMakesLaterDataUnwanted(String cause, String does, String finds) {
        assertThat(lines(passive("flags=ACK seq=1 ack=2 len=3", cause(cause))))
                .containsExactly(
                        "application → host's TCP: " + does,
                        "peer → host's TCP: ACK seq 1 ack 2 len 3",
                        "host's TCP: " + finds,
                        "host's TCP → peer: RST seq 2");
    }

    private static Cause cause(String id) {
        return Arrays.stream(Cause.values())
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void saysOfAPacketThatIsNotAnsweredWhy() {
        assertThat(lines(passive("flags=RST seq=1 len=0 sent=no", Cause.NOT_SENT)))
                .containsExactly("peer → host's TCP: RST seq 1 len 0", "host's TCP: a RST is not answered");
        assertThat(lines(passive("flags=ACK seq=1 ack=2 sent=no", Cause.NOT_SENT)))
                .containsExactly("peer → host's TCP: ACK seq 1 ack 2", "host's TCP: no RST is sent");
    }

    @Test
    void saysOfAnUnknownCauseWhetherThereWasASocket() {
        assertThat(lines(passive("flags=- sk=none", Cause.UNKNOWN)))
                .containsExactly(
                        "peer → host's TCP: a packet",
                        "host's TCP: no socket for 192.0.2.2:80",
                        "host's TCP → peer: RST");
        assertThat(lines(passive("flags=0x0 sk=full", Cause.UNKNOWN)))
                .containsExactly("peer → host's TCP: a packet without flags", "host's TCP → peer: RST,ACK seq 0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ct=INVALID     | INVALID
            ct=ESTABLISHED | conntrack says ESTABLISHED
            """)
    void showsWhatConntrackMadeOfThePacketWhateverTheCause(String field, String says) {
        Exchange exchange = passive("flags=ACK seq=1 ack=2 len=0 sk=none " + field, Cause.NO_SOCKET);

        assertThat(lines(exchange))
                .containsExactly(
                        "peer → conntrack, NAT: ACK seq 1 ack 2 len 0",
                        "conntrack, NAT → host's TCP: " + says,
                        "host's TCP: no socket for 192.0.2.2:80",
                        "host's TCP → peer: RST seq 2");
        assertThat(exchange.messages().get(1).basis()).isEqualTo(Basis.CAPTURED);
        assertThat(exchange.messages().get(1).place()).isEqualTo("- line 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ct=-", "ct=none", "ct=?"})
    void leavesConntrackOutWhereNothingIsKnownOfIt(String field) {
        assertThat(passive("flags=ACK sk=none " + field, Cause.NO_SOCKET).participants())
                .extracting(Exchange.Participant::role)
                .containsExactly(Role.PEER, Role.HOST);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ACK is over upper bound 1 (ACKed data not seen yet) | -       | no-socket         | INVALID
            ACK is over upper bound 1 (ACKed data not seen yet) | INVALID | conntrack-invalid | INVALID: not translated back
            SEQ is under lower bound 1                          | -       | no-socket         | not INVALID according to the log
            """)
    void showsWhatTheKernelLogSaysOfThePacket(String reason, String ct, String cause, String says) throws IOException {
        KernelLog log = DiagnoserTest.log("[   33.409425] nf_ct_proto_6: " + reason
                + " IN=ens5 OUT= MAC=fe:fa SRC=192.0.2.1 DST=192.0.2.2 LEN=40 TOS=0x00 PREC=0x00 TTL=64 ID=1 DF"
                + " PROTO=TCP SPT=1111 DPT=80 SEQ=1 ACK=2 WINDOW=502 RES=0x00 ACK URGP=0 ");
        ProbeEvent event = DiagnoserTest.probe(
                "tcp_v4_send_reset", "src=192.0.2.1:1111 dst=192.0.2.2:80 flags=ACK sk=none ct=" + ct);

        Message message = new Diagnoser(log)
                .exchange(event, DiagnoserTest.diagnosis(cause(cause), Confidence.LIKELY))
                .messages()
                .get(1);
        assertThat(message.text()).isEqualTo(says);
        assertThat(message.basis()).isEqualTo(Basis.LOGGED);
        assertThat(message.place()).isEqualTo("kernel log");
    }

    @Test
    void showsAPacketThatAnotherNamespaceForwardedUntranslated() throws IOException {
        KernelLog log =
                DiagnoserTest.log("[   33.409425] INVALID IN=docker0 OUT=eth0 SRC=192.0.2.1 DST=192.0.2.2 LEN=40"
                        + " PROTO=TCP SPT=1111 DPT=80 WINDOW=502 RES=0x00 ACK URGP=0 ");
        ProbeEvent event = DiagnoserTest.probe(
                "tcp_v4_send_reset", "src=192.0.2.1:1111 dst=192.0.2.2:80 flags=ACK sk=none ct=none");

        Exchange exchange =
                new Diagnoser(log).exchange(event, DiagnoserTest.diagnosis(Cause.CONNTRACK_INVALID, Confidence.LIKELY));
        assertThat(lines(exchange))
                .contains("conntrack, NAT → host's TCP: INVALID: forwarded, not translated")
                .noneMatch(line -> line.contains("container"));
    }

    /** Who ends a connection of its own accord, and by what; a timer runs in whatever program was interrupted. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            close-unread-data  | unread=0  | server | application → host's TCP: close() with data unread
            close-unread-data  | unread=-  | server | application → host's TCP: close() with data unread
            close-unread-data  | unread=1  | server | application → host's TCP: close() with 1 bytes unread
            linger-zero        |           | server | application → host's TCP: close() with SO_LINGER 0
            socket-destroyed   |           | server | application → host's TCP: destroys the socket
            fin-wait2-timeout  |           | -      | application → host's TCP: close();host's TCP: FIN_WAIT2: the peer does not close in time
            orphan-limit       |           | none   | host's TCP: too many orphaned sockets, or no memory for TCP
            keepalive-timeout  |           | none   | host's TCP → peer: unanswered keepalives or data
            """)
    void tellsWhatMadeThisSideEndTheConnection(String cause, String field, String name, String messages) {
        Exchange exchange = active("comm=server " + (field == null ? "" : field), cause(cause));

        List<String> expected = new ArrayList<>(List.of(messages.split(";")));
        expected.add("host's TCP → peer: RST,ACK");
        assertThat(lines(exchange)).containsExactlyElementsOf(expected);
        List<Exchange.Participant> applications = exchange.participants().stream()
                .filter(each -> each.role() == Role.APPLICATION)
                .toList();
        assertThat(applications)
                .isEqualTo("none".equals(name) ? List.of() : List.of(new Exchange.Participant(Role.APPLICATION, name)));
    }

    @Test
    void showsAFirewallInTheWay() {
        Exchange exchange = of(
                "rst probe=nf_send_reset src=192.0.2.1:1111 dst=192.0.2.2:80 flags=SYN seq=1 len=0 sent=yes",
                Cause.NETFILTER_REJECT);

        assertThat(lines(exchange))
                .containsExactly(
                        "peer → firewall: SYN seq 1 len 0",
                        "firewall: a rule rejects the packet",
                        "firewall → peer: RST,ACK seq 0 ack 2");
    }

    @Test
    void showsARstThatCameIn() {
        Exchange exchange =
                of("rst probe=tcp_reset src=192.0.2.1:1111 dst=192.0.2.2:80 flags=RST seq=1 len=0", Cause.UNKNOWN);

        assertThat(lines(exchange))
                .containsExactly(
                        "peer → host's TCP: RST seq 1 len 0", "host's TCP → application: connection reset by peer");
        assertThat(exchange.messages().get(0).kind()).isEqualTo(Kind.RESET);
    }

    @ParameterizedTest
    @CsvSource({
        "tcp_send_active_reset.isra.0, host's TCP → peer",
        "tcp_v6_send_reset, peer → host's TCP",
        "nf_send_reset6, peer → firewall",
        "nf_send_reset6.constprop.0, peer → firewall",
        "tcp_receive_reset, peer → host's TCP",
        "some_function, peer → host's TCP"
    })
    void knowsByTheProbeWhichWayItWent(String probe, String first) {
        Exchange exchange = of("rst probe=" + probe + " src=192.0.2.1:1111 dst=192.0.2.2:80 flags=ACK", Cause.UNKNOWN);

        assertThat(lines(exchange).get(0)).startsWith(first + ": ");
    }

    /** dir=active: source and destination are the socket's. */
    @Test
    void takesAnUnknownFunctionsSocketForTheEndThatSends() {
        assertThat(lines(of("rst probe=some_function dir=active src=192.0.2.2:80 dst=192.0.2.1:1111", Cause.UNKNOWN)))
                .containsExactly("host's TCP → peer: RST,ACK");
    }

    private static Exchange lab(String port, Cause cause, String... captures) throws IOException {
        Path lab = Captures.folder().resolve("lab-kaslr");
        PacketTraces traces = new PacketTraces();
        for (String name : captures) {
            try (InputStream in = Files.newInputStream(lab.resolve(name + ".pcap"))) {
                traces.read(name, name + ".pcap", in);
            }
        }
        String line = Captures.lines("lab-kaslr/systemtap.log").stream()
                .filter(each -> each.contains("dst=203.0.113.5:" + port))
                .findFirst()
                .orElseThrow();
        return new Diagnoser(new KernelLog(), new ConntrackEvents(), traces)
                .exchange(DiagnoserTest.event(line), DiagnoserTest.diagnosis(cause, Confidence.CERTAIN));
    }

    private static List<String> onTheWire(Exchange exchange) {
        return exchange.messages().stream()
                .filter(message -> message.basis() == Basis.WIRE)
                .map(message -> message.place() + ": " + message.from() + " → " + message.to() + ": " + message.kind()
                        + " " + message.text())
                .toList();
    }

    /** {@code tshark -r host.pcap -Y 'tcp.port==50116'} has the same packets between the peer and the host's address. */
    @Test
    void showsTheSixPacketsBeforeAndTheRstAsTheCaptureOfTheHostHasThem() throws IOException {
        List<String> expected = List.of(
                "host.pcap packet 118: PEER → CONTAINER: PACKET SYN,ACK seq 0 ack 1",
                "host.pcap packet 123: CONTAINER → PEER: PACKET ACK seq 1 ack 1",
                "host.pcap packet 126: CONTAINER → PEER: PACKET PSH,ACK seq 1 ack 1 len 8",
                "host.pcap packet 127: PEER → CONTAINER: PACKET ACK seq 1 ack 9",
                "host.pcap packet 130: PEER → CONTAINER: PACKET PSH,ACK seq 1 ack 9 len 6",
                "host.pcap packet 135: CONTAINER → PEER: PACKET ACK seq 9 ack 7",
                "host.pcap packet 137: HOST → PEER: RESET RST seq 100009");
        Exchange exchange = lab("50116", Cause.CONNTRACK_INVALID, "host", "container", "remote");

        assertThat(onTheWire(exchange)).isEqualTo(expected);
        assertThat(lines(exchange)).contains("peer → conntrack, NAT: ACK seq 7 ack 100009");
    }

    @Test
    void showsAContainerOnlyWhereTheCapturesHaveOne() throws IOException {
        assertThat(lab("50116", Cause.NO_SOCKET, "host", "container", "remote").participants())
                .extracting(Exchange.Participant::role)
                .containsExactly(Role.PEER, Role.CONNTRACK, Role.HOST, Role.CONTAINER);

        Exchange outside = lab("50116", Cause.NO_SOCKET, "remote");
        assertThat(outside.participants())
                .extracting(Exchange.Participant::role)
                .containsExactly(Role.PEER, Role.CONNTRACK, Role.HOST);
        assertThat(onTheWire(outside)).hasSize(7).allMatch(each -> each.startsWith("remote.pcap packet "));
    }
}
