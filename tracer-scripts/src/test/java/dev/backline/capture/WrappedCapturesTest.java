package dev.backline.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Captures;
import dev.backline.fixtures.Wrapper;
import dev.backline.intake.LogInput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a collector, a mail program or a person makes of a capture: the events stay the same. */
class WrappedCapturesTest {
    private static final int LINES = 120;

    static Stream<Wrapper> wrappers() {
        return Stream.concat(Wrapper.all().stream(), Wrapper.mails().stream());
    }

    private static Heard read(byte[] text) throws IOException {
        Heard heard = new Heard();
        CaptureReader reader = new CaptureReader(heard);
        reader.read("-", LogInput.open("-", new ByteArrayInputStream(text)).text());
        reader.finish();
        return heard;
    }

    /** What an event says, apart from lines and from a time that only a collector's prefix has. */
    private static String said(ProbeEvent event, ProbeEvent original) {
        StringBuilder said = new StringBuilder();
        said.append(event.format())
                .append(' ')
                .append(event.probe())
                .append(' ')
                .append(event.comm());
        said.append(' ')
                .append(original.time() == null ? "" : event.time())
                .append(' ')
                .append(event.sinceBoot());
        said.append(' ').append(event.source()).append(' ').append(event.destination());
        said.append(' ').append(event.endpointsOfSocket()).append(' ').append(event.flags());
        said.append(' ')
                .append(event.sent())
                .append(' ')
                .append(event.count())
                .append(' ')
                .append(event.fields());
        for (ProbeFrame frame : event.stack()) {
            said.append('\n').append(frame.frame().reference());
        }
        return said.toString();
    }

    private static String beginning(String recording) throws IOException {
        List<String> lines = Files.readAllLines(Captures.folder().resolve(recording), StandardCharsets.UTF_8);
        int end = Math.min(LINES, lines.size());
        return String.join("\n", lines.subList(0, end)) + "\n...\n";
    }

    @ParameterizedTest
    @MethodSource("wrappers")
    void readsTheSameEventsInWhateverIsAroundACapture(Wrapper wrapper) throws IOException {
        for (String recording : List.of(
                "systemtap-article.log",
                "bpftrace.log",
                "ftrace.txt",
                "ftrace-function.txt",
                "perf-script.txt",
                "lab-kaslr/systemtap.log",
                "lab-bpftrace/bpftrace.log",
                "tracepoints/ftrace-stacks-5.10.txt",
                "tracepoints/ftrace-stacks-6.12.txt",
                "tracepoints/perf-script-g-5.10.txt",
                "tracepoints/perf-script-g-6.12.txt")) {
            String log = beginning(recording);
            List<ProbeEvent> expected = read(log.getBytes(StandardCharsets.UTF_8)).events;
            List<ProbeEvent> found = read(wrapper.apply(log)).events;
            assertThat(expected).as(recording).isNotEmpty();
            assertThat(found).as("%s, %s", recording, wrapper).hasSameSizeAs(expected);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(said(found.get(i), expected.get(i)))
                        .as("event %d of %s, %s", i, recording, wrapper)
                        .isEqualTo(said(expected.get(i), expected.get(i)));
            }
        }
    }
}
