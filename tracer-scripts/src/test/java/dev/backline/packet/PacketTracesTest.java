package dev.backline.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.capture.ProbeEvent;
import dev.backline.capture.Probes;
import dev.backline.capture.TcpFlag;
import dev.backline.fixtures.Captures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketTracesTest {
    private static final int SYN = 0x02;
    private static final int RST = 0x04;
    private static final int ACK = 0x10;

    private static final String PEER = "203.0.113.10";
    private static final String HOST = "203.0.113.5";
    private static final String CONTAINER = "172.17.0.2";

    /** 2026-11-22T14:48:55Z. */
    private static final long START = 1_795_358_935_000_000_000L;

    private static final long MS = 1_000_000;

    /** Packets of one place; times in milliseconds from {@link #START} by that place's clock. */
    private static final class Place {
        private final CaptureFiles file = CaptureFiles.pcap(101);
        private final String inside;
        private final long ahead;

        Place(String inside, long ahead) {
            this.inside = inside;
            this.ahead = ahead;
        }

        Place in(long at, int sequence, int acknowledgment, int flags, int data) {
            file.record(
                    START + (at + ahead) * MS,
                    Frames.ipv4(PEER, inside, Frames.tcp(443, 5000, sequence, acknowledgment, flags, 1000, data)));
            return this;
        }

        Place out(long at, int sequence, int acknowledgment, int flags, int data) {
            file.record(
                    START + (at + ahead) * MS,
                    Frames.ipv4(inside, PEER, Frames.tcp(5000, 443, sequence, acknowledgment, flags, 1000, data)));
            return this;
        }

        /** A handshake, and data both ways: 10 bytes out, 20 bytes in. */
        Place connection() {
            return out(0, 100, 0, SYN, 0)
                    .in(1, 900, 101, SYN | ACK, 0)
                    .out(2, 101, 901, ACK, 0)
                    .out(3, 101, 901, ACK, 10)
                    .in(4, 901, 111, ACK, 20);
        }

        byte[] bytes() {
            return file.bytes();
        }
    }

    private static PacketTraces traces(Object... namesAndFiles) throws IOException {
        PacketTraces traces = new PacketTraces();
        for (int i = 0; i < namesAndFiles.length; i += 2) {
            traces.read((String) namesAndFiles[i], namesAndFiles[i] + ".pcap", new ByteArrayInputStream((byte[])
                    namesAndFiles[i + 1]));
        }
        return traces;
    }

    private static ProbeEvent provoked(String wall, String fields) {
        return Probes.noSocket("wall=" + wall, PEER + ":443", HOST + ":5000", fields);
    }

    private static Wire wire(PacketTraces traces, ProbeEvent event) {
        @Nullable Wire wire = traces.match(event, null);
        return Objects.requireNonNull(wire);
    }

    @Test
    void findsThePacketThatProvokedTheRstAndSaysHowItLay() throws IOException {
        byte[] host = new Place(HOST, 0)
                .connection()
                .in(100, 921, 5111, ACK, 0)
                .out(101, 5111, 0, RST, 0)
                .bytes();
        Wire wire = wire(traces("host", host), provoked("1795358935.1", "seq=921 ack=5111 len=0"));
        assertThat(wire.window()).isEqualTo(Wire.Window.ABOVE);
        assertThat(wire.sentences())
                .containsExactly(
                        "host.pcap packet 6 provoked the RST: ACK, seq 21, ack 5011, no data (counted from the"
                                + " connection's start); it acknowledges 5000 bytes that were not sent",
                        "host.pcap packet 7 is the RST, 1 ms later");
        assertThat(wire.packets()).hasSize(7);
        assertThat(wire.packets().get(6).flags()).containsExactly(TcpFlag.RST);
    }

    @Test
    void tellsPacketsInsideTheWindowsFromThoseBeyondAndBehind() throws IOException {
        Object[][] cases = {
            {921, 111, 5, Wire.Window.INSIDE},
            // The host offers a window of 1000 behind 901.
            {901 + 1001, 111, 5, Wire.Window.ABOVE},
            {901 + 1000, 111, 0, Wire.Window.INSIDE},
            {921 - 5000, 111, 5, Wire.Window.BELOW},
            {921, 111 - 70_000, 0, Wire.Window.BELOW},
            {921, 112, 0, Wire.Window.ABOVE},
        };
        for (Object[] each : cases) {
            int acknowledged = (int) each[1];
            byte[] host = new Place(HOST, 0)
                    .connection()
                    .in(100, (int) each[0], acknowledged, ACK, (int) each[2])
                    .out(101, acknowledged, 0, RST, 0)
                    .bytes();
            Wire wire = wire(traces("host", host), provoked("1795358935.1", ""));
            assertThat(wire.window()).as("%s", (Object) each).isEqualTo(each[3]);
        }
    }

    @Test
    void saysNothingOfWindowsWhenTheStartOfTheConnectionIsMissing() throws IOException {
        byte[] host = new Place(HOST, 0)
                .in(4, 901, 111, ACK, 20)
                .in(100, 921, 5111, ACK, 0)
                .out(101, 5111, 0, RST, 0)
                .bytes();
        Wire wire = wire(traces("host", host), provoked("1795358935.1", ""));
        assertThat(wire.window()).isEqualTo(Wire.Window.UNKNOWN);
        assertThat(wire.sentences().get(0)).contains("ACK, seq 921, ack 5111").doesNotContain("counted");
    }

    /** The article's first observation: the host sends it, the container does not. */
    @Test
    void saysThatTheHostAnsweredInPlaceOfTheContainer() throws IOException {
        byte[] host = new Place(HOST, 0)
                .connection()
                .in(100, 921, 5111, ACK, 0)
                .out(101, 5111, 0, RST, 0)
                .bytes();
        byte[] container =
                new Place(CONTAINER, 0).connection().out(200, 111, 921, ACK, 1).bytes();
        byte[] peer = new Place(HOST, 0)
                .connection()
                .in(99, 921, 5111, ACK, 0)
                .out(102, 5111, 0, RST, 0)
                .bytes();
        PacketTraces traces = traces("host", host, "container", container, "peer", peer);
        Wire wire = wire(traces, provoked("1795358935.1", "seq=921 ack=5111 len=0"));
        assertThat(wire.translated()).isTrue();
        assertThat(wire.sentences())
                .contains(
                        "host.pcap packet 7 is the RST, 1 ms later; also seen as peer.pcap packet 7",
                        "container has the connection as 203.0.113.10:443 → 172.17.0.2:5000 (container.pcap packets 1 to 6),"
                                + " but neither this packet nor the RST: 203.0.113.5 did not forward the packet and answered"
                                + " instead of 172.17.0.2");
        assertThat(traces.notes()).noneMatch(note -> note.contains("belong to no event"));
    }

    @Test
    void claimsNothingOfACaptureThatEndedBefore() throws IOException {
        byte[] host = new Place(HOST, 0)
                .connection()
                .in(100, 921, 5111, ACK, 0)
                .out(101, 5111, 0, RST, 0)
                .bytes();
        byte[] container = new Place(CONTAINER, 0).connection().bytes();
        byte[] peer = new Place(HOST, 0).connection().bytes();
        Wire wire = wire(
                traces("host", host, "container", container, "peer", peer),
                provoked("1795358935.1", "seq=921 ack=5111 len=0"));
        assertThat(wire.sentences()).noneMatch(sentence -> sentence.contains("instead of"));
        assertThat(wire.sentences()).noneMatch(sentence -> sentence.contains("no RST"));
    }

    @Test
    void saysThatTheRstWasLostOnTheWay() throws IOException {
        byte[] host = new Place(HOST, 0)
                .connection()
                .in(100, 921, 111, ACK, 0)
                .out(101, 111, 0, RST, 0)
                .bytes();
        byte[] peer = new Place(HOST, 0)
                .connection()
                .in(100, 921, 111, ACK, 0)
                .in(500, 921, 111, ACK, 0)
                .bytes();
        Wire wire = wire(traces("host", host, "peer", peer), provoked("1795358935.1", "seq=921 ack=111 len=0"));
        assertThat(wire.sentences())
                .contains(
                        "peer has the connection (peer.pcap packets 1 to 7) but no RST; host has the RST: it was lost or"
                                + " dropped on the way");
    }

    @Test
    void comparesTheClocksOfCapturesByPacketsThatAreInBoth() throws IOException {
        byte[] host = new Place(HOST, 0)
                .connection()
                .in(100, 921, 5111, ACK, 0)
                .out(101, 5111, 0, RST, 0)
                .bytes();
        byte[] container = new Place(CONTAINER, 7_200_000)
                .connection()
                .out(200, 111, 921, ACK, 1)
                .bytes();
        PacketTraces traces = traces("host", host, "container", container);
        Wire wire = wire(traces, provoked("1795358935.1", "seq=921 ack=5111 len=0"));
        assertThat(wire.sentences()).anyMatch(sentence -> sentence.contains("instead of 172.17.0.2"));
        assertThat(traces.notes()).contains("container's clock is 2 h 0 min ahead of host's (from 5 packets in both)");
    }

    /** With the packet's own numbers, a capture whose clock is off still finds its events. */
    @Test
    void findsEventsInACaptureWhoseClockIsOff() throws IOException {
        byte[] host = new Place(HOST, -90_000)
                .connection()
                .in(100, 921, 5111, ACK, 0)
                .out(101, 5111, 0, RST, 0)
                .bytes();
        PacketTraces traces = traces("host", host);
        assertThat(wire(traces, provoked("1795358935.1", "seq=921 ack=5111 len=0"))
                        .sentences())
                .hasSize(2);
        assertThat(traces.notes()).anyMatch(note -> note.startsWith("host's clock is 89.999 s behind the events'"));
    }

    @Test
    void takesTheRstNearestInTimeWhenAnEventHasNoNumbers() throws IOException {
        Place host = new Place(HOST, 0).connection();
        for (int i = 0; i < 3; i++) {
            host.in(10_000L * (i + 1), 921, 111, ACK, 0).out(10_000L * (i + 1) + 1, 111, 0, RST, 0);
        }
        PacketTraces traces = traces("host", host.bytes());
        assertThat(wire(traces, provoked("1795358955.0", "")).sentences().get(1))
                .contains("host.pcap packet 9 ");
        assertThat(traces.notes())
                .anyMatch(note -> note.contains("2 of 3 RSTs belong to no event (the first: host.pcap packet 7"));
    }

    @Test
    void findsTheRstOfAnApplication() throws IOException {
        byte[] host =
                new Place(HOST, 0).connection().out(50, 111, 921, RST | ACK, 0).bytes();
        ProbeEvent event = Probes.event("rst wall=1795358935.05 mono=1.0 probe=tcp_send_active_reset dir=active src="
                + HOST + ":5000 dst=" + PEER + ":443");
        assertThat(wire(traces("host", host), event).sentences()).containsExactly("host.pcap packet 6 is the RST");
    }

    @Test
    void matchesASynByTheNumberThatItsRstAcknowledges() throws IOException {
        byte[] host = new Place(HOST, 0)
                .in(0, 700, 0, SYN, 0)
                .out(1, 0, 701, RST | ACK, 0)
                .bytes();
        ProbeEvent event = Probes.event("rst wall=1795358935.0 mono=1.0 probe=tcp_v4_send_reset src=" + PEER
                + ":443 dst=" + HOST + ":5000 flags=SYN seq=700 ack=0 len=0 sk=none");
        assertThat(wire(traces("host", host), event).sentences())
                .containsExactly(
                        "host.pcap packet 1 provoked the RST: SYN, seq 0, no data (counted from the"
                                + " connection's start)",
                        "host.pcap packet 2 is the RST, 1 ms later");
    }

    @Test
    void countsAPacketOnceThatSeveralDevicesShow() throws IOException {
        CaptureFiles file = CaptureFiles.pcap(101);
        byte[] ack = Frames.ipv4(PEER, HOST, Frames.tcp(443, 5000, 921, 111, ACK, 1000, 0));
        byte[] rst = Frames.ipv4(HOST, PEER, Frames.tcp(5000, 443, 111, 0, RST, 0, 0));
        file.record(START, ack)
                .record(START + 1000, ack)
                .record(START + MS, rst)
                .record(START + MS + 1000, rst);
        PacketTraces traces = traces("host", file.bytes());
        Wire wire = wire(traces, provoked("1795358935.0", ""));
        assertThat(wire.packets()).hasSize(2);
        assertThat(traces.notes()).isEmpty();
    }

    @Test
    void keepsTheRstsOfAnEarlierConnectionWithTheSamePorts() throws IOException {
        byte[] host = new Place(HOST, 0)
                .connection()
                .in(100, 921, 5111, ACK, 0)
                .out(101, 5111, 0, RST, 0)
                .out(60_000, 77_000, 0, SYN, 0)
                .in(60_001, 88_000, 77_001, SYN | ACK, 0)
                .bytes();
        Wire wire = wire(traces("host", host), provoked("1795358935.1", "seq=921 ack=5111 len=0"));
        assertThat(wire.sentences().get(0)).contains("packet 6", "seq 21, ack 5011");
    }

    /** Memory is bounded: the connections without a RST that were quiet for longest are forgotten, and that is said. */
    @Test
    void forgetsConnectionsWithoutARstInALongCapture() throws IOException {
        CaptureFiles file = CaptureFiles.pcap(101);
        file.record(START, Frames.ipv4(PEER, HOST, Frames.tcp(443, 5000, 921, 111, ACK, 1000, 0)))
                .record(START + MS, Frames.ipv4(HOST, PEER, Frames.tcp(5000, 443, 111, 0, RST, 0, 0)));
        for (int i = 0; i < 40_000; i++) {
            file.record(
                    START + 2 * MS + i,
                    Frames.ipv4("10.0.0." + i % 250, HOST, Frames.tcp(1000 + i, 80, i, 0, SYN, 1000, 0)));
        }
        PacketTraces traces = traces("host", file.bytes());
        assertThat(wire(traces, provoked("1795358935.0", "")).sentences()).hasSize(2);
        assertThat(traces.notes()).anyMatch(note -> note.contains("without a RST were dropped"));
    }

    @Test
    void readsFilesOfOnePlaceOneBehindTheOther() throws IOException {
        byte[] first = new Place(HOST, 0).connection().bytes();
        byte[] second = new Place(HOST, 0)
                .in(100, 921, 5111, ACK, 0)
                .out(101, 5111, 0, RST, 0)
                .bytes();
        PacketTraces traces = new PacketTraces();
        traces.read("host", "host.pcap0", new ByteArrayInputStream(first));
        traces.read("host", "host.pcap1", new ByteArrayInputStream(second));
        assertThat(wire(traces, provoked("1795358935.1", "")).sentences().get(0))
                .startsWith("host.pcap1 packet 1 provoked the RST")
                .contains("seq 21, ack 5011");
    }

    @Test
    void wantsAPacketCapture() {
        assertThatThrownBy(() -> traces("host", "rst wall=1\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("host.pcap is not a packet capture but text");
    }

    /** editcap's files hold the packets of the recording that they were made of. */
    @ParameterizedTest
    @ValueSource(strings = {"container.pcapng", "container-nsec.pcap"})
    void readsWhatWiresharksToolsWrite(String name) throws IOException {
        List<List<String>> both = new ArrayList<>();
        for (String file : List.of("lab-kaslr/container.pcap", "packets/" + name)) {
            List<String> packets = new ArrayList<>();
            try (InputStream in = Files.newInputStream(Captures.folder().resolve(file))) {
                assertThat(PacketFile.read(
                                name,
                                in,
                                packet -> packets.add(packet.number + " " + packet.time + " " + packet.fromPort + " "
                                        + packet.sequence + " " + packet.flags + " " + packet.length)))
                        .isEmpty();
            }
            both.add(packets);
        }
        assertThat(both.get(1)).hasSize(164).isEqualTo(both.get(0));
    }
}
