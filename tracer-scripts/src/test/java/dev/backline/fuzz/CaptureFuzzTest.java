package dev.backline.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.backline.capture.CaptureListener;
import dev.backline.capture.CaptureReader;
import dev.backline.capture.ProbeEvent;
import dev.backline.capture.ProbeFrame;
import dev.backline.diagnose.CallStep;
import dev.backline.diagnose.Cause;
import dev.backline.diagnose.Diagnoser;
import dev.backline.diagnose.Diagnosis;
import dev.backline.evidence.ConntrackEvents;
import dev.backline.evidence.Counters;
import dev.backline.evidence.KernelLog;
import dev.backline.fixtures.Captures;
import dev.backline.packet.PacketTraces;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Fuzz targets of what reads captures and kernel logs. A build runs each on its seeds; {@code fixtures/fuzz} mutates them. */
class CaptureFuzzTest {
    /** So much of the lab's recording has the first events through NAT. */
    private static final int EVENTS = 20_000;

    /** What is asked about where the mutated file is not the capture; read once, since most of a run would go there. */
    private static final List<ProbeEvent> ARTICLE = events(beginning("systemtap-article.log"));

    private static final List<ProbeEvent> LAB = events(beginning("lab-kaslr/systemtap.log", EVENTS));

    private static final byte[] HOST = beginning("lab-kaslr/host.pcap", EVENTS);

    @MethodSource("captures")
    @FuzzTest
    void capture(byte[] text) throws IOException {
        Diagnoser diagnoser = new Diagnoser(new KernelLog());
        read(text, event -> diagnose(event, diagnoser));
    }

    /** The log is asked about the events of a sound capture. */
    @MethodSource("kernelLogs")
    @FuzzTest
    void kernelLog(byte[] text) throws IOException {
        KernelLog log = new KernelLog();
        log.read("hostile", new ByteArrayInputStream(text));
        diagnose(ARTICLE, new Diagnoser(log));
        assertThat(log.notes()).allSatisfy(note -> assertThat(note).hasSizeLessThan(1000));
    }

    @MethodSource("conntrackEvents")
    @FuzzTest
    void conntrack(byte[] text) throws IOException {
        ConntrackEvents conntrack = new ConntrackEvents();
        conntrack.read("hostile", new ByteArrayInputStream(text));
        diagnose(LAB, new Diagnoser(new KernelLog(), conntrack, new PacketTraces()));
        assertThat(conntrack.notes()).allSatisfy(note -> assertThat(note).hasSizeLessThan(1000));
    }

    @MethodSource("counters")
    @FuzzTest
    void counters(byte[] text) throws IOException {
        Counters counters = new Counters();
        counters.read("hostile", new ByteArrayInputStream(text));
        counters.read("again", new ByteArrayInputStream(text));
        diagnose(LAB, new Diagnoser(new KernelLog(), new ConntrackEvents(), new PacketTraces(), counters));
        assertThat(Collections.disjoint(counters.moved(), counters.still())).isTrue();
        assertThat(counters.notes()).allSatisfy(note -> assertThat(note).hasSizeLessThan(1000));
    }

    @MethodSource("pcaps")
    @FuzzTest
    void pcap(byte[] file) throws IOException {
        packets(file);
    }

    @MethodSource("pcapngs")
    @FuzzTest
    void pcapng(byte[] file) throws IOException {
        packets(file);
    }

    /** The capture is one of the host and of the container at once; the other one is sound. */
    private static void packets(byte[] file) throws IOException {
        PacketTraces traces = new PacketTraces();
        try {
            traces.read("hostile", "hostile.pcap", new ByteArrayInputStream(file));
        } catch (IOException e) {
            assertThat(e).hasMessageStartingWith("hostile.pcap is ");
        }
        traces.read("host", "host.pcap", new ByteArrayInputStream(HOST));
        diagnose(LAB, new Diagnoser(new KernelLog(), new ConntrackEvents(), traces));
        assertThat(traces.notes()).allSatisfy(note -> assertThat(note).hasSizeLessThan(1000));
    }

    private static List<ProbeEvent> events(byte[] capture) {
        List<ProbeEvent> events = new ArrayList<>();
        try {
            read(capture, events::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(events).isNotEmpty();
        return List.copyOf(events);
    }

    private static void diagnose(List<ProbeEvent> events, Diagnoser diagnoser) {
        for (ProbeEvent event : events) {
            diagnose(event, diagnoser);
        }
    }

    private static void diagnose(ProbeEvent event, Diagnoser diagnoser) {
        List<CallStep> steps = new ArrayList<>();
        for (ProbeFrame frame : event.stack()) {
            String symbol = frame.frame().reference().symbol();
            steps.add(new CallStep(
                    frame.line(),
                    frame.text(),
                    symbol == null ? List.of() : List.of(CallStep.plain(symbol)),
                    null,
                    true,
                    null));
        }
        Diagnosis why = diagnoser.diagnose(event, steps);
        boolean named = why.cause() != Cause.UNKNOWN && why.cause() != Cause.REFUSED_BY_STATE;
        if (named && !why.candidates().isEmpty()) {
            assertThat(List.<Object>copyOf(why.candidates())).contains(why.cause());
        }
    }

    private static void read(byte[] text, Consumer<ProbeEvent> taker) throws IOException {
        CaptureReader reader = new CaptureReader(new CaptureListener() {
            @Override
            public void event(ProbeEvent event) {
                assertThat(event.line()).isPositive();
                for (ProbeFrame frame : event.stack()) {
                    assertThat(frame.line()).isPositive();
                }
                taker.accept(event);
            }

            @Override
            public void unread(String file, long line, String shown, String why) {
                assertThat(shown.length()).isLessThanOrEqualTo(CaptureReader.SHOWN);
            }

            @Override
            public void lost(String file, long line, long events, String shown) {
                assertThat(events).isNotNegative();
            }
        });
        reader.read("hostile", new ByteArrayInputStream(text));
        reader.finish();
    }

    static Stream<Arguments> captures() {
        return Stream.of(
                        "lab-kaslr/systemtap.log",
                        "lab-bpftrace/bpftrace.log",
                        "systemtap-article.log",
                        "perf-script.txt")
                .map(name -> Arguments.of((Object) beginning(name)));
    }

    static Stream<Arguments> kernelLogs() {
        return Stream.of("systemtap-article.dmesg", "lab-kaslr/dmesg.txt")
                .map(name -> Arguments.of((Object) beginning(name)));
    }

    static Stream<Arguments> conntrackEvents() {
        return Stream.of(Arguments.of((Object) beginning("lab-kaslr/conntrack.txt")));
    }

    static Stream<Arguments> counters() {
        String tools = "#kernel\nTcpInSegs 9 0.0\nTcpExtListenDrops 2 0.0\n{\"kernel\":{\"TcpOutRsts\":3}}\n"
                + "cpu=0 found=1 invalid=2 drop=0\nTcpExt:\n    5 SYNs to LISTEN sockets dropped\n"
                + "State Recv-Q Send-Q Local Peer\nLISTEN 2 1 [::]:443 [::]:* users:((\"a\",pid=1,fd=3))\n";
        return Stream.of(beginning("tracepoints/netstat-6.12.txt"), tools.getBytes(StandardCharsets.UTF_8))
                .map(bytes -> Arguments.of((Object) bytes));
    }

    static Stream<Arguments> pcaps() {
        return Stream.of("lab-kaslr/host.pcap", "lab-kaslr/container.pcap", "packets/container-nsec.pcap")
                .map(name -> Arguments.of((Object) beginning(name, EVENTS)));
    }

    static Stream<Arguments> pcapngs() {
        return Stream.of(Arguments.of((Object) beginning("packets/container.pcapng", EVENTS)));
    }

    /** So much of a recording that a mutation is soon read. */
    private static byte[] beginning(String name) {
        return beginning(name, 4096);
    }

    private static byte[] beginning(String name, int most) {
        try {
            byte[] all = Files.readAllBytes(Captures.folder().resolve(name));
            return Arrays.copyOf(all, Math.min(all.length, most));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
