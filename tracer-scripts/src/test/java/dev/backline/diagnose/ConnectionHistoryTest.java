package dev.backline.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.capture.Heard;
import dev.backline.capture.ProbeEvent;
import dev.backline.evidence.ConntrackEvents;
import dev.backline.evidence.Counters;
import dev.backline.evidence.KernelLog;
import dev.backline.packet.PacketTraces;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that follow from earlier events, and from what counters show. */
class ConnectionHistoryTest {
    private static final String CONNECTION = " src=172.17.0.2:33160 dst=203.0.113.10:443";
    private static final String BACK = " src=203.0.113.10:443 dst=172.17.0.2:33160";
    private static final String END = " dir=active sk=full state=CLOSE snd_nxt=5000 rcv_nxt=70000 sent=yes";
    private static final String PACKET = " dir=passive sk=none flags=ACK,PSH sent=yes";
    private static final String FITS = " seq=70000 ack=5000 len=4";

    private static final String LINGER = "tcp_disconnect __tcp_close tcp_close";
    private static final String NO_SOCKET = "tcp_v4_rcv";

    /** The diagnoses of the events of a capture; each line is "SECONDS PROBE KEYS | CALLERS". */
    private static List<Diagnosis> diagnoses(Diagnoser diagnoser, String... events) {
        List<String> lines = new ArrayList<>();
        List<String> callers = new ArrayList<>();
        for (String event : events) {
            String[] halves = event.split("\\|");
            String[] words = halves[0].strip().split(" ", 3);
            lines.add("rst wall=" + (1763814000 + Double.parseDouble(words[0])) + " mono=" + words[0] + " probe="
                    + words[1] + " " + words[2]);
            callers.add(words[1] + " " + halves[1].strip());
        }
        List<ProbeEvent> heard = Heard.of(lines).events;
        List<Diagnosis> diagnoses = new ArrayList<>();
        for (int i = 0; i < heard.size(); i++) {
            diagnoses.add(diagnoser.diagnose(
                    heard.get(i), DiagnoserTest.stack(null, callers.get(i).split(" "))));
        }
        return diagnoses;
    }

    private static Diagnosis last(String... events) {
        List<Diagnosis> all = diagnoses(new Diagnoser(new KernelLog()), events);
        return all.get(all.size() - 1);
    }

    private static String active(String seconds, String keys, String callers) {
        return seconds + " tcp_send_active_reset comm=python3 netns=7" + keys + " | " + callers;
    }

    private static String passive(String seconds, String keys) {
        return seconds + " tcp_v4_send_reset comm=swapper/0 netns=7" + keys + " | " + NO_SOCKET;
    }

    @ParameterizedTest
    @CsvSource({
        "tcp_disconnect __tcp_close tcp_close,linger-zero",
        "__tcp_close tcp_close do_exit,close-unread-data",
        "tcp_abort tcp_diag_destroy,socket-destroyed",
        "tcp_disconnect __inet_stream_connect,disconnect",
        "tcp_out_of_resources tcp_write_timeout,orphan-limit"
    })
    void namesTheEventThatEndedTheConnection(String callers, String cause) {
        Diagnosis why = last(active("30.2", CONNECTION + END, callers), passive("30.5", BACK + PACKET + FITS));

        assertThat(why.cause()).isEqualTo(Cause.NO_SOCKET);
        assertThat(why.confidence()).isEqualTo(Confidence.CERTAIN);
        assertThat(why.title()).contains("this host itself ended");
        assertThat(why.evidence())
                .anyMatch(sentence -> sentence.contains("this host itself ended that connection 300 ms before")
                        && sentence.contains(cause)
                        && sentence.contains("line 1"));
        assertThat(why.remedies().toString()).doesNotContain("restarted", "NAT");
    }

    @Test
    void withoutSequenceNumbersThePacketMayBelongToALaterConnectionWithTheSamePorts() {
        for (String keys : List.of("", " seq=900000000 ack=900000000")) {
            Diagnosis why = last(active("30.2", CONNECTION + END, LINGER), passive("30.5", BACK + PACKET + keys));

            assertThat(why.cause()).isEqualTo(Cause.NO_SOCKET);
            assertThat(why.confidence()).isEqualTo(Confidence.LIKELY);
            assertThat(why.title()).contains("this host itself ended");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " netns=8" + BACK + PACKET + FITS,
                " netns=7 src=203.0.113.10:443 dst=172.17.0.2:33161" + PACKET + FITS,
                " netns=7 src=203.0.113.11:443 dst=172.17.0.2:33160" + PACKET + FITS,
            })
    void anotherConnectionOrNamespaceHasAnotherHistory(String keys) {
        Diagnosis why = last(
                active("30.2", CONNECTION + END, LINGER),
                "30.5 tcp_v4_send_reset comm=swapper/0" + keys + " | " + NO_SOCKET);

        assertThat(why.title()).isEqualTo(Cause.NO_SOCKET.title());
        assertThat(why.evidence()).noneMatch(sentence -> sentence.contains("that connection"));
    }

    @Test
    void afterALongTimeOnlyTheSequenceNumbersTie() {
        Diagnosis without = last(active("30.2", CONNECTION + END, LINGER), passive("9030.5", BACK + PACKET));
        Diagnosis with = last(active("30.2", CONNECTION + END, LINGER), passive("9030.5", BACK + PACKET + FITS));

        assertThat(without.title()).isEqualTo(Cause.NO_SOCKET.title());
        assertThat(with.title()).contains("this host itself ended");
    }

    @Test
    void moreRefusedPacketsStillNameTheFirstEvent() {
        List<Diagnosis> all = diagnoses(
                new Diagnoser(new KernelLog()),
                active("30.2", CONNECTION + END, LINGER),
                passive("30.5", BACK + PACKET + FITS),
                passive("31.5", BACK + PACKET + FITS));

        assertThat(all.get(2).evidence()).anyMatch(sentence -> sentence.contains("1.300 s before"));
        assertThat(all.get(2).title()).isEqualTo(all.get(1).title());
    }

    @Test
    void thePeersOwnResetExplainsItsLaterPackets() {
        Diagnosis why = last(
                "30.2 tcp_reset netns=7" + CONNECTION + " dir=received | tcp_validate_incoming",
                passive("30.5", BACK + PACKET + FITS));

        assertThat(why.cause()).isEqualTo(Cause.NO_SOCKET);
        assertThat(why.title()).contains("the peer itself had reset");
    }

    @Test
    void aListenerThatWasClosedExplainsWhatArrivesForItsPortSoonAfter() {
        String closed = active(
                "30.2",
                " src=10.0.0.1:443 dst=10.0.0.2:5000" + END,
                "tcp_disconnect inet_child_forget inet_csk_listen_stop __tcp_close");
        String syn = " src=10.0.0.3:6000 dst=10.0.0.1:443 sk=none flags=SYN ct=NEW";
        String ack = " src=10.0.0.3:6000 dst=10.0.0.1:443 sk=none flags=ACK ct=none";

        assertThat(last(closed, passive("30.4", syn)).title()).contains("had just been closed");
        assertThat(last(closed, passive("30.4", ack)).title()).contains("after the listening socket was closed");
        assertThat(last(closed, passive("930.4", syn)).title()).isEqualTo(Cause.CLOSED_PORT.title());
        assertThat(last(closed, passive("30.4", syn.replace(":443", ":80"))).title())
                .isEqualTo(Cause.CLOSED_PORT.title());
    }

    @Test
    void askedTwiceAboutAnEventItIsNotItsOwnHistory() {
        Diagnoser diagnoser = new Diagnoser(new KernelLog());
        Diagnosis first =
                diagnoses(diagnoser, passive("30.5", BACK + PACKET + FITS)).get(0);
        Diagnosis again =
                diagnoses(diagnoser, passive("30.5", BACK + PACKET + FITS)).get(0);

        assertThat(again).isEqualTo(first);
    }

    /** Each connection is a new one; only the latest are kept. */
    @Test
    void forgetsTheOldestOfVeryManyConnections() {
        Diagnoser diagnoser = new Diagnoser(new KernelLog());
        List<String> events = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            events.add(active("30.2", " src=10.0.0.1:443 dst=10.1." + (i >> 8) + "." + (i & 255) + ":5" + END, LINGER));
        }
        events.add(passive("30.5", " src=10.1.0.0:5 dst=10.0.0.1:443" + PACKET + FITS));
        events.add(passive("30.6", " src=10.1.78.31:5 dst=10.0.0.1:443" + PACKET + FITS));
        List<Diagnosis> all = diagnoses(diagnoser, events.toArray(new String[0]));

        assertThat(all.get(20_000).title()).isEqualTo(Cause.NO_SOCKET.title());
        assertThat(all.get(20_001).title()).contains("this host itself ended");
    }

    private static Diagnosis counted(String before, String after, String event) throws IOException {
        Counters counters = new Counters();
        for (String text : Arrays.asList(before, after)) {
            counters.read(text.equals(before) ? "before" : "after", in(text));
        }
        Diagnoser diagnoser = new Diagnoser(new KernelLog(), new ConntrackEvents(), new PacketTraces(), counters);
        return diagnoses(diagnoser, event).get(0);
    }

    private static ByteArrayInputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String nstat(String moving, int value) {
        StringBuilder text = new StringBuilder("#kernel\nTcpInSegs " + (100 + value) + " 0.0\n");
        for (String name : List.of(
                "ListenOverflows",
                "ListenDrops",
                "SyncookiesFailed",
                "PAWSActive",
                "TCPAbortOnClose",
                "TCPAbortOnLinger",
                "TCPAbortOnMemory",
                "TCPAbortOnTimeout")) {
            boolean moves = List.of(moving.split(",")).contains(name);
            text.append("TcpExt")
                    .append(name)
                    .append(' ')
                    .append(moves ? 7 + value : 7)
                    .append(" 0.0\n");
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "TCPAbortOnClose,close-unread-data,true",
        "TCPAbortOnLinger,linger2,true",
        "TCPAbortOnMemory,orphan-limit,true",
        "'TCPAbortOnClose,TCPAbortOnLinger',,false",
        "ListenDrops,,false"
    })
    void exactlyOneCounterThatRoseTellsWhyCloseResets(String moving, String cause, boolean tells) throws IOException {
        Diagnosis why =
                counted(nstat(moving, 0), nstat(moving, 3), active("30.2", CONNECTION, "__tcp_close tcp_close"));

        assertThat(why.confidence() == Confidence.LIKELY && why.candidates().isEmpty())
                .isEqualTo(tells);
        if (tells) {
            assertThat(why.cause().id()).isEqualTo(cause);
            assertThat(why.evidence()).anyMatch(sentence -> sentence.contains(moving + " rose by 3"));
        }
    }

    @Test
    void aTimerThatDidNotCountATimeOutEndedFinWait2() throws IOException {
        String event = active("30.2", CONNECTION, "tcp_keepalive_timer call_timer_fn");

        assertThat(counted(nstat("ListenDrops", 0), nstat("ListenDrops", 1), event)
                        .cause())
                .isEqualTo(Cause.FIN_WAIT2_TIMEOUT);
        assertThat(counted(nstat("TCPAbortOnTimeout", 0), nstat("TCPAbortOnTimeout", 1), event)
                        .confidence())
                .isNotEqualTo(Confidence.CERTAIN);
    }

    private static String listen(String keys) {
        return "30.2 tcp_v4_send_reset src=192.0.2.1:5000 dst=192.0.2.2:443 sk=full state=LISTEN request=no flags=ACK,PSH"
                + keys + " | tcp_v4_do_rcv tcp_v4_rcv";
    }

    @Test
    void tellsWhyAnAckMetAListenerByTheCounters() throws IOException {
        Diagnosis full =
                counted(nstat("ListenOverflows,ListenDrops", 0), nstat("ListenOverflows,ListenDrops", 2), listen(""));
        Diagnosis cookies = counted(nstat("SyncookiesFailed", 0), nstat("SyncookiesFailed", 2), listen(""));
        Diagnosis plain = counted(nstat("", 0), nstat("", 2), listen(""));
        Diagnosis queue = counted("", "LISTEN 3 1 0.0.0.0:443 0.0.0.0:*\n", listen(""));

        assertThat(full.title()).contains("accept queues overflowed");
        assertThat(full.evidence()).anyMatch(sentence -> sentence.contains("TcpExtListenOverflows rose by 2"));
        assertThat(cookies.title()).contains("SYN cookies were refused");
        assertThat(plain.title()).isEqualTo(Cause.LISTEN_BAD_ACK.title());
        assertThat(plain.evidence()).anyMatch(sentence -> sentence.contains("TcpExtListenOverflows did not rise"));
        assertThat(queue.title()).contains("accept queue was full");
        assertThat(queue.evidence()).anyMatch(sentence -> sentence.contains("held 3 connections at a limit of 1"));
    }

    @Test
    void anInvalidPacketForDockerProxysListenerIsConntracks() throws IOException {
        String proxy = "LISTEN 0 4096 0.0.0.0:443 0.0.0.0:* users:((\"docker-proxy\",pid=9,fd=4))\n";
        Diagnosis docker = counted("", proxy, listen(" ct=INVALID"));
        Diagnosis other = counted("", proxy.replace("docker-proxy", "nginx"), listen(" ct=INVALID"));

        assertThat(docker.cause()).isEqualTo(Cause.CONNTRACK_INVALID);
        assertThat(docker.confidence()).isEqualTo(Confidence.LIKELY);
        assertThat(other.cause()).isEqualTo(Cause.LISTEN_BAD_ACK);
        assertThat(other.confidence()).isNotEqualTo(Confidence.CERTAIN);
        assertThat(other.remedies().toString()).contains("docker-proxy");
    }

    @Test
    void anOverflowThatWasNoneOfTheQueueIsToldApart() throws IOException {
        String event = "30.2 tcp_v4_send_reset sk=request flags=ACK | tcp_check_req tcp_v4_rcv";
        Diagnosis drops = counted(nstat("ListenDrops", 0), nstat("ListenDrops", 1), event);
        Diagnosis queue =
                counted(nstat("ListenDrops,ListenOverflows", 0), nstat("ListenDrops,ListenOverflows", 1), event);

        assertThat(drops.title()).contains("no accept queue overflowed");
        assertThat(queue.title()).isEqualTo(Cause.ACCEPT_QUEUE_OVERFLOW.title());
    }

    @Test
    void aPortThatIsOpenOnOtherAddressesOnlyIsSaidToBe() throws IOException {
        String syn = "30.2 tcp_v4_send_reset src=192.0.2.1:5000 dst=192.0.2.2:443 sk=none flags=SYN | tcp_v4_rcv";

        assertThat(counted("", "LISTEN 0 1 127.0.0.1:443 0.0.0.0:*\n", syn).title())
                .contains("other addresses");
        assertThat(counted("", "LISTEN 0 1 0.0.0.0:443 0.0.0.0:*\n", syn)
                        .remedies()
                        .toString())
                .contains("sk_lookup");
        assertThat(counted("", "LISTEN 0 1 0.0.0.0:80 0.0.0.0:*\n", syn).evidence())
                .anyMatch(sentence -> sentence.contains("no socket that listens on port 443"));
    }
}
