package dev.backline.diagnose;

import static dev.backline.diagnose.DiagnoserTest.call;
import static dev.backline.diagnose.DiagnoserTest.diagnose;
import static dev.backline.diagnose.DiagnoserTest.event;
import static dev.backline.diagnose.DiagnoserTest.probe;
import static dev.backline.diagnose.DiagnoserTest.stack;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.capture.ProbeEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sentences that a diagnosis rests on; what the fields mean stands in docs/probe-output.md. */
class EvidenceTest {
    private static final String REFUSED = "tcp_v4_send_reset (answers a packet with a RST) was called"
            + " by tcp_v4_do_rcv (- line 3: tcp_v4_do_rcv+0x1/0x2)";

    private static List<String> refused(String fields) {
        return diagnose(
                        probe("tcp_v4_send_reset", "sk=full flags=ACK " + fields),
                        stack(null, "tcp_v4_send_reset", "tcp_v4_do_rcv"))
                .evidence();
    }

    private static List<String> closed(String fields) {
        return diagnose(probe("tcp_send_active_reset", fields), stack(null, "tcp_send_active_reset", "__tcp_close"))
                .evidence();
    }

    @Test
    void saysEachThingThatTheAnswerRestsOnOnceAndWhereItStands() {
        assertThat(refused("state=CLOSE shutdown=3 linger2=0 len=20"))
                .containsExactly(
                        REFUSED,
                        "the socket was in state CLOSE (- line 1)",
                        "receiving and sending were shut down (- line 1)",
                        "the packet carried 20 bytes of data (- line 1)");
        assertThat(refused("state=CLOSE linger2=-1"))
                .containsExactly(
                        REFUSED,
                        "the socket was in state CLOSE (- line 1)",
                        "the socket's TCP_LINGER2 was -1 (- line 1)");
    }

    @Test
    void saysNothingOfWhatWasNotCaptured() {
        assertThat(refused("state=CLOSE linger2=0 shutdown=- len=-"))
                .containsExactly(REFUSED, "the socket was in state CLOSE (- line 1)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            shutdown=0 | nothing was shut down
            shutdown=1 | receiving was shut down
            shutdown=2 | sending was shut down
            """)
    void saysWhatTheBitsOfShutdownMean(String field, String meaning) {
        assertThat(refused("state=CLOSE linger2=0 " + field)).contains(meaning + " (- line 1)");
    }

    @Test
    void saysWhetherThePacketEndedAHandshake() {
        assertThat(refused("state=LISTEN request=yes"))
                .contains("the packet was the last ACK of a handshake, with a wrong acknowledgment number (- line 1)");
        assertThat(refused("state=LISTEN request=no"))
                .contains("the packet belonged to no half-open connection (- line 1)");
    }

    @Test
    void saysHowMuchWasUnread() {
        assertThat(closed("unread=17")).contains("17 received bytes were unread (- line 1)");
        assertThat(closed("unread=0 linger2=0")).contains("no received data was unread (- line 1)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            INVALID     | conntrack runs, but had no entry for the packet: INVALID
            NEW         | conntrack treated the packet as the first of a connection: it had no entry for that connection
            none        | conntrack does not run in that network namespace
            UNTRACKED   | a rule exempts the packet from conntrack
            ESTABLISHED | conntrack had an entry for the packet (ESTABLISHED)
            """)
    void saysWhatConntrackMadeOfThePacket(String value, String meaning) {
        List<String> evidence = diagnose(
                        probe("tcp_v4_send_reset", "sk=none flags=- ct=" + value),
                        stack(null, "tcp_v4_send_reset", "tcp_v4_rcv"))
                .evidence();

        assertThat(evidence).contains(meaning + " (- line 1)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sk=none     | flags=SYN | tcp_v4_rcv    | TCP found no socket for the packet (sk=none, - line 1)
            sk=timewait | flags=SYN | tcp_v4_rcv    | TCP found a time-wait socket for the packet (sk=timewait, - line 1)
            sk=request  | flags=ACK | tcp_v4_rcv    | TCP found a half-open connection for the packet (sk=request, - line 1)
            sk=full     | flags=ACK | tcp_v4_rcv    | TCP found a socket for the packet (sk=full, - line 1)
            """)
    void saysWhichSocketTcpHadFound(String socket, String flags, String caller, String sentence) {
        List<String> evidence = diagnose(
                        probe("tcp_v4_send_reset", socket + " " + flags), stack(null, "tcp_v4_send_reset", caller))
                .evidence();

        assertThat(evidence).contains(sentence);
    }

    @Test
    void namesTheFlagsInTheirOrderAndSaysWhenThereAreNone() {
        String[] functions = {"tcp_v4_send_reset", "tcp_v4_rcv"};
        assertThat(diagnose(probe("tcp_v4_send_reset", "sk=none flags=PSH,ACK,FIN"), stack(null, functions))
                        .evidence())
                .contains("the received packet has the flags FIN,PSH,ACK (- line 1)");
        assertThat(diagnose(probe("tcp_v4_send_reset", "sk=none flags=0x0"), stack(null, functions))
                        .evidence())
                .contains("the received packet has the flags none (- line 1)");
    }

    @Test
    void saysThatTheFunctionReturnedWithoutSending() {
        assertThat(diagnose(
                                probe("tcp_v4_send_reset", "sk=none flags=ACK sent=no"),
                                stack(null, "tcp_v4_send_reset", "tcp_v4_rcv"))
                        .evidence())
                .contains("the function returned without sending (- line 1)");
    }

    @Test
    void saysWhatTheDebugInformationHasOfTheCall() {
        String[] receive = {"tcp_v4_send_reset", "tcp_v4_rcv"};
        ProbeEvent passive = probe("tcp_v4_send_reset", "flags=ACK");
        assertThat(diagnose(passive, stack(call(Map.of(), "tcp_child_process", "x", null), receive))
                        .evidence())
                .contains("before that call the code calls tcp_child_process, according to the debug information");
        assertThat(diagnose(passive, stack(call(Map.of(0, 0L), "x", "y", null), receive))
                        .evidence())
                .contains("TCP found no socket for the packet, according to the call in the debug information"
                        + " (- line 3: tcp_v4_rcv+0x1/0x2)");

        String[] timer = {"tcp_send_active_reset", "tcp_keepalive_timer"};
        Diagnosis gone =
                diagnose(probe("tcp_send_active_reset", "pid=1"), stack(call(Map.of(), "x", "tcp_done", null), timer));
        assertThat(gone.cause()).isEqualTo(Cause.FIN_WAIT2_TIMEOUT);
        assertThat(gone.evidence())
                .contains("after that call the code calls tcp_done, according to the debug information");

        String[] close = {"tcp_send_active_reset", "__tcp_close"};
        ProbeEvent active = probe("tcp_send_active_reset", "linger2=0");
        assertThat(diagnose(active, stack(call(Map.of(), "x", "y", null), close))
                        .evidence())
                .contains("that call passes a variable as argument 1, according to the debug information");
        assertThat(diagnose(active, stack(call(Map.of(1, 0xa20L), "x", "y", null), close))
                        .evidence())
                .contains("that call passes 2592 as argument 1, according to the debug information");
    }

    @Test
    void namesTheCallerFurtherOutThatItGoesBy() {
        assertThat(diagnose(
                                probe("tcp_send_active_reset", "pid=1"),
                                stack(null, "tcp_send_active_reset", "tcp_reset_it", "tcp_abort", "tcp_diag_destroy"))
                        .evidence())
                .containsExactly("tcp_abort is among the callers (- line 4: tcp_abort+0x1/0x2)");
    }

    @Test
    void saysWhatThePlainScriptWouldHavePrintedOfASocket() {
        ProbeEvent event = event(
                "Tue Jun 15 11:23:04 2021  swapper/6<-tcp_v4_send_reset",
                "skb [36.110.213.207:443->10.21.17.99:39700] ack:1, psh:0, rst:0, syn:0 fin:0"
                        + " swapper/6<-tcp_v4_send_reset 39700",
                "0xffffffff99e5bc50 : tcp_v4_send_reset+0x0/0x460 [kernel]");

        assertThat(diagnose(event, stack(null, "tcp_v4_send_reset", "tcp_v4_rcv"))
                        .evidence())
                .contains("TCP found no socket for the packet: the script printed none (- line 1)");
    }

    /** What SystemTap prints around the place: docs/probe-output.md, Frames. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp_abort+0x46/0x60",
                " 0xffffffff9ec7c8cb : tcp_abort+0x46/0x60 [kernel]",
                "0xffffffff9ec7c8cb : tcp_abort+0x46/0x60 [kernel] (inexact)",
                "tcp_abort+0x46/0x60 [kernel]"
            })
    void namesAPlaceWithoutWhatTheToolPutsAroundIt(String text) {
        List<CallStep> stack = List.of(
                new CallStep(2, "x", List.of("tcp_send_active_reset"), null, true, null),
                new CallStep(3, text, List.of("tcp_abort"), "net/ipv4/tcp.c:4741", true, null));

        assertThat(diagnose(probe("tcp_send_active_reset", "pid=1"), stack).evidence())
                .containsExactly("tcp_abort is among the callers (- line 3: tcp_abort+0x46/0x60, net/ipv4/tcp.c:4741)");
    }
}
