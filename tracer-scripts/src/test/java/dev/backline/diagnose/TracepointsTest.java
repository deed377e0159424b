package dev.backline.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.capture.Endpoint;
import dev.backline.capture.ProbeEvent;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.fixtures.Captures;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the tracepoints of real kernels say of RSTs that were provoked. The port tells what was done: see {@code
 * fixtures/captures/README.md}.
 */
class TracepointsTest {
    private static final Map<Integer, Cause> DONE = Map.ofEntries(
            Map.entry(4001, Cause.CLOSED_PORT),
            Map.entry(4002, Cause.NO_SOCKET),
            Map.entry(4003, Cause.LISTEN_BAD_ACK),
            // A raw socket sent the SYN: the SYN-ACK finds no socket.
            Map.entry(5553, Cause.NO_SOCKET),
            Map.entry(5555, Cause.NO_SOCKET),
            Map.entry(4005, Cause.CLOSE_UNREAD_DATA),
            Map.entry(4006, Cause.LINGER_ZERO),
            Map.entry(4007, Cause.DISCONNECT),
            Map.entry(4008, Cause.LISTENER_CLOSED),
            Map.entry(4009, Cause.LISTENER_CLOSED),
            Map.entry(4010, Cause.DATA_AFTER_CLOSE),
            Map.entry(4011, Cause.TIME_WAIT),
            Map.entry(4012, Cause.LINGER2),
            Map.entry(4013, Cause.LINGER2),
            // tcp_abort_on_overflow was 1, but the queue was full at the SYN already.
            Map.entry(4014, Cause.LISTENER_CLOSED),
            Map.entry(4016, Cause.LISTEN_BAD_ACK));

    private static Cause done(ProbeEvent event) {
        for (Endpoint end : new Endpoint[] {event.source(), event.destination()}) {
            Cause cause = end == null ? null : DONE.get(end.port());
            if (cause != null
                    && (cause != Cause.LISTEN_BAD_ACK
                            || "LISTEN".equals(event.fields().get("state")))) {
                return cause;
            }
        }
        // The other end of a SYN-ACK that found no socket.
        return Cause.NO_SOCKET;
    }

    private static List<DiagnosedEvent> diagnose(List<String> lines) throws IOException {
        List<DiagnosedEvent> events = new ArrayList<>();
        try (KernelPool none = new KernelPool(DebugFiles.builder().build());
                CaptureAnalysis analysis = new CaptureAnalysis(none, LogOptions.DEFAULT, new Evidence(), events::add)) {
            byte[] text = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
            analysis.read("trace", new ByteArrayInputStream(text));
            analysis.finish();
        }
        return events.stream()
                .filter(event -> event.event().probe().equals("tcp:tcp_send_reset"))
                .toList();
    }

    static Stream<String> recordings() {
        return Stream.of("5.10", "6.1", "6.12")
                .flatMap(kernel -> Stream.of("ftrace-stacks-", "perf-script-g-").map(kind -> kind + kernel + ".txt"));
    }

    private static List<String> recording(String name) throws IOException {
        return Files.readAllLines(Captures.folder().resolve("tracepoints").resolve(name));
    }

    private static void requireTheTruth(DiagnosedEvent event, int most) {
        Diagnosis why = event.diagnosis();
        Cause truth = done(event.event());
        String said = truth + " at line " + event.event().line() + ": " + why;
        if (why.confidence() != Confidence.POSSIBLE) {
            assertThat(why.cause()).as(said).isEqualTo(truth);
            return;
        }
        Set<Cause> named = new HashSet<>(why.candidates());
        named.add(why.cause());
        assertThat(named).as(said).contains(truth);
        assertThat(why.candidates()).as(said).hasSizeLessThanOrEqualTo(most);
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void tellTheCauseOfEveryResetWithItsStack(String name) throws IOException {
        List<DiagnosedEvent> events = diagnose(recording(name));

        assertThat(events).hasSizeGreaterThanOrEqualTo(10);
        for (DiagnosedEvent event : events) {
            assertThat(event.steps()).isNotEmpty();
            requireTheTruth(event, 3);
        }
    }

    /** The lines of the events alone, as perf script prints them without -g and ftrace without stacktrace. */
    @ParameterizedTest
    @MethodSource("recordings")
    void tellTheCauseOrAListThatHasItWithoutStacks(String name) throws IOException {
        List<String> lines = recording(name).stream()
                .filter(line -> line.contains("tcp_send_reset: ") || line.contains("tcp_receive_reset: "))
                .toList();
        List<DiagnosedEvent> events = diagnose(lines);

        assertThat(events).hasSizeGreaterThanOrEqualTo(10);
        for (DiagnosedEvent event : events) {
            requireTheTruth(event, 8);
        }
    }

    private static Diagnosis withoutStack(String reason, String state, String packet) throws IOException {
        String line = "  python3-1 [000] ..s1. 3.1: tcp_send_reset: skbaddr=" + packet
                + " skaddr=00000000b2a1f4c3 src=192.0.2.1:443 dest=192.0.2.2:50000 state=" + state + " reason="
                + reason;
        return diagnose(List.of(line)).get(0).diagnosis();
    }

    /** What reason and state say together, in the kernels that pass reasons. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            NO_SOCKET                | UNKNOWN         | no-socket             | POSSIBLE
            TCP_TIMEWAIT_SOCKET      | TCP_TIME_WAIT   | time-wait             | CERTAIN
            TCP_FLAGS                | TCP_LISTEN      | listen-bad-ack        | POSSIBLE
            TCP_INVALID_ACK_SEQUENCE | TCP_SYN_SENT    | syn-sent-bad-ack      | CERTAIN
            TCP_RFC7323_PAWS         | TCP_SYN_SENT    | syn-sent-bad-ack      | CERTAIN
            TCP_TOO_OLD_ACK          | TCP_SYN_RECV    | syn-recv-bad-ack      | CERTAIN
            TCP_ACK_UNSENT_DATA      | TCP_SYN_RECV    | syn-recv-bad-ack      | CERTAIN
            TCP_OLD_ACK              | TCP_SYN_RECV    | syn-recv-bad-ack      | CERTAIN
            TCP_ABORT_ON_DATA        | TCP_CLOSE       | data-after-close      | POSSIBLE
            INVALID_SYN              | TCP_LISTEN      | embryonic-reset       | POSSIBLE
            INVALID_SYN              | TCP_SYN_RECV    | embryonic-reset       | CERTAIN
            TCP_ABORT_ON_CLOSE       | TCP_CLOSE       | close-unread-data     | CERTAIN
            TCP_ABORT_ON_CLOSE       | TCP_ESTABLISHED | mptcp                 | LIKELY
            TCP_ABORT_ON_LINGER      | TCP_CLOSE       | linger2               | CERTAIN
            TCP_ABORT_ON_MEMORY      | TCP_CLOSE       | orphan-limit          | CERTAIN
            TCP_ABORT_ON_MEMORY      | TCP_FIN_WAIT1   | orphan-limit          | CERTAIN
            TCP_STATE                | TCP_CLOSE       | unknown               | POSSIBLE
            TCP_STATE                | TCP_FIN_WAIT2   | unknown               | POSSIBLE
            TCP_STATE                | TCP_ESTABLISHED | socket-destroyed      | CERTAIN
            TCP_KEEPALIVE_TIMEOUT    | TCP_ESTABLISHED | keepalive-timeout     | CERTAIN
            TCP_DISCONNECT_WITH_DATA | TCP_CLOSE       | unknown               | POSSIBLE
            MPTCP_RST_EUNSPEC        | TCP_ESTABLISHED | mptcp                 | CERTAIN
            MPTCP_RST_EMPTCP         | TCP_ESTABLISHED | mptcp                 | CERTAIN
            MPTCP_RST_ERESOURCE      | TCP_ESTABLISHED | mptcp                 | CERTAIN
            MPTCP_RST_EPROHIBIT      | TCP_SYN_SENT    | mptcp                 | CERTAIN
            MPTCP_RST_EWQ2BIG        | TCP_ESTABLISHED | mptcp                 | CERTAIN
            MPTCP_RST_EBADPERF       | TCP_ESTABLISHED | mptcp                 | CERTAIN
            MPTCP_RST_EMIDDLEBOX     | TCP_ESTABLISHED | mptcp                 | CERTAIN
            ERROR                    | TCP_ESTABLISHED | mptcp                 | CERTAIN
            NOT_SPECIFIED            | TCP_CLOSE       | unknown               | POSSIBLE
            A_REASON_OF_TOMORROW     | TCP_CLOSE       | unknown               | POSSIBLE
            """)
    void tellWhatReasonAndStateSayTogether(String reason, String state, String cause, Confidence confidence)
            throws IOException {
        Diagnosis why = withoutStack(reason, state, "00000000c5d1e2f3");

        assertThat(why.cause().id()).as(why.toString()).isEqualTo(cause);
        assertThat(why.confidence()).as(why.toString()).isEqualTo(confidence);
        assertThat(why.evidence().toString() + why.title()).contains(reason);
    }

    /** Up to 10 the numbers mean the same in every kernel; above, kernels differ. */
    @ParameterizedTest
    @CsvSource({"1, no-socket", "8, data-after-close", "9, time-wait", "11, unknown", "17, unknown"})
    void tellAReasonByItsNumberWhereAllKernelsAgree(String number, String cause) throws IOException {
        assertThat(withoutStack(number, "TCP_CLOSE", "00000000c5d1e2f3").cause().id())
                .isEqualTo(cause);
    }

    /** The tracepoint has the addresses of the RST, the log those of the packet that it answers. */
    @Test
    void findTheLogLineOfThePacketThatTheKernelAnswered() throws IOException {
        String line = "  swapper/0-0 [000] ..s1. 3.1: tcp_send_reset: skbaddr=00000000c5d1e2f3 skaddr=0000000000000000"
                + " src=203.0.113.5:39700 dest=203.0.113.10:443 state=UNKNOWN reason=NO_SOCKET";
        String log =
                "[    3.099000] nf_ct_proto_6: SEQ is over upper bound 4 (over the window of the receiver) IN=eth0 OUT="
                        + " SRC=203.0.113.10 DST=203.0.113.5 LEN=40 TOS=0x00 PREC=0x00 TTL=64 ID=1 PROTO=TCP SPT=443 DPT=39700"
                        + " WINDOW=187 RES=0x00 ACK URGP=0";
        Evidence evidence =
                new Evidence().kernelLog("dmesg", new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8)));
        List<DiagnosedEvent> events = new ArrayList<>();
        try (KernelPool none = new KernelPool(DebugFiles.builder().build());
                CaptureAnalysis analysis = new CaptureAnalysis(none, LogOptions.DEFAULT, evidence, events::add)) {
            analysis.read("trace", new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)));
            analysis.finish();
        }

        Diagnosis why = events.get(0).diagnosis();
        assertThat(why.cause()).as(why.toString()).isEqualTo(Cause.CONNTRACK_INVALID);
        assertThat(why.remedies().toString()).contains("-I INPUT");
    }
}
