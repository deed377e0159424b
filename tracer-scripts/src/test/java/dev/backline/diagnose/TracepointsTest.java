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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    @ValueSource(
            strings = {
                "ftrace-stacks-5.10.txt",
                "ftrace-stacks-6.1.txt",
                "ftrace-stacks-6.12.txt",
                "perf-script-g-5.10.txt",
                "perf-script-g-6.1.txt",
                "perf-script-g-6.12.txt"
            })
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
    @ValueSource(
            strings = {
                "ftrace-stacks-5.10.txt",
                "ftrace-stacks-6.1.txt",
                "ftrace-stacks-6.12.txt",
                "perf-script-g-5.10.txt",
                "perf-script-g-6.1.txt",
                "perf-script-g-6.12.txt"
            })
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
}
