package dev.backline.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.capture.Endpoint;
import dev.backline.capture.TcpFlag;
import dev.backline.fixtures.Captures;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketFileTest {
    private static final long TIME = 1_795_365_331_196_470_123L;

    private static final byte[] TCP = Frames.tcp(443, 47868, 7, 100009, 0x10, 502, 3);
    private static final byte[] IPV4 = Frames.ipv4("203.0.113.10", "203.0.113.5", TCP);
    private static final byte[] IPV6 = Frames.ipv6("2001:db8::10", "2001:db8::5", 6, TCP);

    private final List<String> packets = new ArrayList<>();

    /** Reads a file; what it says of each packet goes to {@link #packets}. */
    private List<String> read(byte[] file) throws IOException {
        packets.clear();
        return PacketFile.read("x.pcap", new ByteArrayInputStream(file), packet -> {
            ConnectionKey key = new ConnectionKey();
            boolean up = key.set(packet);
            packets.add(packet.number + " " + (packet.time == TcpPacket.NO_TIME ? "-" : packet.time) + " "
                    + key.end(up) + " " + key.end(!up) + " " + TcpFlag.of(packet.flags) + " " + packet.sequence + " "
                    + packet.acknowledgment + " " + packet.window + " " + packet.length);
        });
    }

    private static String said(long number, long time, boolean v4) {
        return number + " " + (time < 0 ? "-" : time)
                + (v4 ? " 203.0.113.10:443 203.0.113.5:47868" : " [2001:db8::10]:443 [2001:db8::5]:47868")
                + " [ACK] 7 100009 502 3";
    }

    @Test
    void readsBothByteOrdersAndBothUnitsOfTime() throws IOException {
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            for (boolean nano : new boolean[] {true, false}) {
                byte[] file = CaptureFiles.pcap(order, nano, 1)
                        .record(TIME, Frames.ethernet(IPV4))
                        .record(TIME + 1_000_000, Frames.ethernet(IPV6))
                        .bytes();
                assertThat(read(file)).isEmpty();
                long first = nano ? TIME : TIME / 1000 * 1000;
                assertThat(packets).containsExactly(said(1, first, true), said(2, first + 1_000_000, false));
            }
        }
    }

    @Test
    void readsEachLinkType() throws IOException {
        byte[] loopback4 = ByteBuffer.allocate(4).putInt(2).array();
        byte[] loopback6 =
                ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(10).array();
        Object[][] cases = {
            {1, Frames.ethernet(IPV4, 0x8100)},
            {1, Frames.ethernet(IPV4, 0x88a8, 0x8100)},
            {101, IPV4},
            {12, IPV4},
            {228, IPV4},
            {113, Frames.cooked(IPV4)},
            {276, Frames.cooked2(IPV4)},
            {0, Frames.join(loopback4, IPV4)},
            {108, Frames.join(loopback4, IPV4)},
            {229, IPV6},
            {101, IPV6},
            {113, Frames.cooked(IPV6)},
            {276, Frames.cooked2(IPV6)},
            {0, Frames.join(loopback6, IPV6)},
        };
        for (Object[] each : cases) {
            byte[] packet = (byte[]) each[1];
            assertThat(read(CaptureFiles.pcap((int) each[0]).record(0, packet).bytes()))
                    .isEmpty();
            boolean v4 = Arrays.equals(Arrays.copyOfRange(packet, packet.length - IPV4.length, packet.length), IPV4);
            assertThat(packets).as("link type %s", each[0]).containsExactly(said(1, 0, v4));
        }
    }

    @Test
    void countsPacketsOfLinkTypesThatItDoesNotRead() throws IOException {
        assertThat(read(CaptureFiles.pcap(127).record(0, new byte[100]).bytes()))
                .singleElement()
                .asString()
                .contains("1 packets of link type 127");
    }

    @Test
    void stepsOverIpOptionsAndExtensionHeaders() throws IOException {
        byte[] hopByHop = {60, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        byte[] destination = {44, 0, 0, 0, 0, 0, 0, 0};
        byte[] firstFragment = {51, 0, 0, 1, 0, 0, 0, 9};
        byte[] authentication = {6, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        byte[] laterFragment = {6, 0, 0, 8, 0, 0, 0, 9};
        read(CaptureFiles.pcap(101)
                .record(0, Frames.ipv4("203.0.113.10", "203.0.113.5", 1, 0, new byte[8], TCP))
                .record(0, Frames.ipv4("203.0.113.10", "203.0.113.5", 1, 0x2000, new byte[0], TCP))
                .record(0, Frames.ipv4("203.0.113.10", "203.0.113.5", 1, 0x0004, new byte[0], TCP))
                .record(
                        0,
                        Frames.ipv6(
                                "2001:db8::10",
                                "2001:db8::5",
                                0,
                                hopByHop,
                                destination,
                                firstFragment,
                                authentication,
                                TCP))
                .record(0, Frames.ipv6("2001:db8::10", "2001:db8::5", 44, laterFragment, TCP))
                .bytes());
        assertThat(packets).containsExactly(said(1, 0, true), said(2, 0, true), said(4, 0, false));
    }

    @Test
    void takesTheLengthFromTheHeadersWhenThePacketWasCutShort() throws IOException {
        byte[] large =
                Frames.ethernet(Frames.ipv4("203.0.113.10", "203.0.113.5", Frames.tcp(1, 2, 3, 4, 0x18, 5, 1000)));
        read(CaptureFiles.pcap(1)
                .record(0, Arrays.copyOf(large, 68), large.length)
                .record(0, Arrays.copyOf(large, 14 + 20 + 15), large.length)
                .bytes());
        assertThat(packets).singleElement().asString().endsWith(" 1000");
    }

    /** A card that segments leaves 0 in the length field. */
    @Test
    void takesTheLengthFromTheCaptureWhereTheHeaderHasNone() throws IOException {
        byte[] offloaded = IPV4.clone();
        offloaded[2] = offloaded[3] = 0;
        read(CaptureFiles.pcap(101).record(0, offloaded, 20 + 20 + 70_000).bytes());
        assertThat(packets).singleElement().asString().endsWith(" 70000");
    }

    @Test
    void readsSectionsOfBothByteOrdersAndEveryKindOfPacketBlock() throws IOException {
        CaptureFiles file = CaptureFiles.pcapng(ByteOrder.LITTLE_ENDIAN)
                .describe(1, 0)
                .block(0x0bad, new byte[13])
                .enhanced(0, TIME / 1000, Frames.ethernet(IPV4))
                .simple(Frames.ethernet(IPV4))
                .statistics(0)
                .section(ByteOrder.BIG_ENDIAN);
        file.describe(113, 0)
                .describe(
                        101, 0, file.option(2, "eth0".getBytes(StandardCharsets.UTF_8)), file.option(9, new byte[] {9}))
                .enhanced(1, TIME, IPV6)
                .obsolete(0, TIME / 1000, Frames.cooked(IPV4));

        assertThat(read(file.bytes())).isEmpty();
        long micros = TIME / 1000 * 1000;
        assertThat(packets)
                .containsExactly(said(1, micros, true), said(2, -1, true), said(3, TIME, false), said(4, micros, true));
    }

    @Test
    void readsEveryResolutionOfTime() throws IOException {
        long seconds = TIME / 1_000_000_000;
        long half = seconds * 1_000_000_000 + 500_000_000;
        CaptureFiles file = CaptureFiles.pcapng(ByteOrder.LITTLE_ENDIAN);
        int[] resolutions = {0, 3, 6, 9, 10, 0x80, 0x81, 0x94, 0xa0, 0xa8, 0xbe};
        for (int resolution : resolutions) {
            file.describe(101, 0, file.option(9, new byte[] {(byte) resolution}));
        }
        file.describe(101, 0, file.option(14, file.number(seconds)))
                .describe(101, 0, file.option(9, new byte[] {(byte) 0xff}))
                .describe(101, 0, file.option(9, new byte[] {19}));
        long[] ticks = {
            seconds,
            seconds * 1000 + 500,
            seconds * 1_000_000 + 500_000,
            half,
            half * 10,
            seconds,
            seconds * 2 + 1,
            (seconds << 20) + (1 << 19),
            (seconds << 32) + (1L << 31),
            // The fraction needs all of its bits
            (1L << 40) + 1_607_189_132,
            (1L << 62) + (1L << 61),
            500_000,
            1,
            1
        };
        for (int i = 0; i < ticks.length; i++) {
            file.enhanced(i, ticks[i], IPV4);
        }
        read(file.bytes());
        long whole = seconds * 1_000_000_000;
        assertThat(packets)
                .containsExactly(
                        said(1, whole, true),
                        said(2, half, true),
                        said(3, half, true),
                        said(4, half, true),
                        said(5, half, true),
                        said(6, whole, true),
                        said(7, half, true),
                        said(8, half, true),
                        said(9, half, true),
                        said(10, 1_001_461_730, true),
                        said(11, 1_500_000_000, true),
                        said(12, half, true),
                        said(13, -1, true),
                        said(14, -1, true));
    }

    @Test
    void saysHowManyPacketsTheCaptureMissed() throws IOException {
        byte[] file = CaptureFiles.pcapng(ByteOrder.BIG_ENDIAN)
                .describe(1, 0)
                .statistics(17)
                .bytes();
        assertThat(read(file)).singleElement().asString().contains("17 packets were dropped");
    }

    @Test
    void readsWhatStandsBeforeTheCutAndSaysWhereItIs() throws IOException {
        byte[] pcap = CaptureFiles.pcap(1)
                .record(0, Frames.ethernet(IPV4))
                .record(0, Frames.ethernet(IPV4))
                .bytes();
        int record = 16 + Frames.ethernet(IPV4).length;
        for (int length = 4; length < pcap.length; length++) {
            List<String> notes = read(Arrays.copyOf(pcap, length));
            int whole = length < 24 ? 0 : (length - 24) / record;
            if (length >= 24 && (length - 24) % record == 0) {
                assertThat(notes).isEmpty();
            } else {
                assertThat(notes).singleElement().asString().contains("0x", "the file ends within");
                if (length >= 24) {
                    assertThat(notes.get(0)).contains("at 0x" + Integer.toHexString(24 + whole * record) + ":");
                }
            }
            assertThat(packets.size()).isEqualTo(whole);
        }
    }

    @Test
    void readsWhatStandsBeforeTheCutOfAPcapng() throws IOException {
        byte[] file = CaptureFiles.pcapng(ByteOrder.LITTLE_ENDIAN)
                .describe(1, 0)
                .enhanced(0, 1, Frames.ethernet(IPV4))
                .enhanced(0, 2, Frames.ethernet(IPV4))
                .bytes();
        int whole = 0;
        for (int length = 4; length < file.length; length++) {
            List<String> notes = read(Arrays.copyOf(file, length));
            assertThat(notes.size()).isLessThanOrEqualTo(1);
            assertThat(notes).allSatisfy(note -> assertThat(note).contains("x.pcap is damaged at 0x"));
            assertThat(packets.size()).isGreaterThanOrEqualTo(whole);
            whole = packets.size();
        }
        assertThat(read(file)).isEmpty();
        assertThat(packets).hasSize(2);
    }

    @Test
    void saysWhichRuleADamagedFileBreaks() throws IOException {
        byte[] long_ = CaptureFiles.pcap(1)
                .record(0, Frames.ethernet(IPV4))
                .record(0, Frames.ethernet(IPV4))
                .bytes();
        ByteBuffer.wrap(long_)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(24 + 16 + Frames.ethernet(IPV4).length + 8, 0x7fffffff);
        assertThat(read(long_))
                .singleElement()
                .asString()
                .contains("2147483647 bytes, more than the file's snapshot length of 262144; 1 packet was read before");
        assertThat(packets).hasSize(1);

        byte[] stranger = CaptureFiles.pcapng(ByteOrder.LITTLE_ENDIAN)
                .enhanced(3, 1, IPV4)
                .bytes();
        assertThat(read(stranger)).singleElement().asString().contains("interface 3, which no block describes");

        byte[] unequal =
                CaptureFiles.pcapng(ByteOrder.LITTLE_ENDIAN).describe(1, 0).bytes();
        unequal[unequal.length - 1] = 1;
        assertThat(read(unequal)).singleElement().asString().contains("bytes at its end");

        byte[] small =
                CaptureFiles.pcapng(ByteOrder.LITTLE_ENDIAN).describe(1, 0).bytes();
        small[28 + 4] = 8;
        assertThat(read(small)).singleElement().asString().contains("8 bytes, fewer than the minimum of 12");
    }

    @Test
    void namesWhatAForeignFileIs() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(IPV4);
        }
        Object[][] cases = {
            {zipped.toByteArray(), "gzip: decompress it first"},
            {"rst wall=1 mono=2\n".getBytes(StandardCharsets.UTF_8), "text"},
            {"\u007fELF\2\1\1\0".getBytes(StandardCharsets.ISO_8859_1), "an ELF file"},
            {new byte[] {1, 2, 3, 4, 5}, "a file that starts with 0x1020304"},
            {new byte[0], "empty"},
            {new byte[] {1, 2}, "too short"},
        };
        for (Object[] each : cases) {
            assertThatThrownBy(() -> read((byte[]) each[0]))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("x.pcap is ")
                    .hasMessageContaining((String) each[1]);
        }
    }

    /** tcpdump's lines: with an interface's name where the link type is LINUX_SLL2; relative numbers are switched off. */
    private static final Pattern PRINTED = Pattern.compile(
            "(\\d+)\\.(\\d{6}) .*?IP6? (\\S+)\\.(\\d+) > (\\S+)\\.(\\d+): Flags \\[([^]]*)](.*)length (\\d+).*");

    @ParameterizedTest
    @ValueSource(strings = {"host.pcap", "container.pcap", "remote.pcap"})
    void agreesWithTcpdumpOnARecording(String name) throws IOException, InterruptedException {
        Path file = Captures.folder().resolve("lab-kaslr").resolve(name);
        List<String> printed = new ArrayList<>();
        for (String line : tcpdump(file)) {
            Matcher parts = PRINTED.matcher(line);
            assertThat(line).matches(PRINTED);
            if (parts.matches()) {
                Matcher sequence = Pattern.compile(" seq (\\d+)").matcher(parts.group(8));
                Matcher acknowledged = Pattern.compile(" ack (\\d+)").matcher(parts.group(8));
                printed.add(parts.group(1) + parts.group(2) + "000 "
                        + Endpoint.of(parts.group(3), parts.group(4)) + " "
                        + Endpoint.of(parts.group(5), parts.group(6))
                        + " " + parts.group(7) + " " + (sequence.find() ? sequence.group(1) : "-") + " "
                        + (acknowledged.find() ? acknowledged.group(1) : "-") + " " + parts.group(9));
            }
        }

        List<String> read = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            assertThat(PacketFile.read(name, in, packet -> {
                        ConnectionKey key = new ConnectionKey();
                        boolean up = key.set(packet);
                        read.add(packet.time + " " + key.end(up) + " " + key.end(!up) + " " + flags(packet) + " "
                                + (packet.length == 0 && !packet.is(TcpPacket.SYN | TcpPacket.FIN | TcpPacket.RST)
                                        ? "-"
                                        : packet.sequence & 0xffff_ffffL)
                                + " "
                                + (packet.is(TcpPacket.ACK) ? packet.acknowledgment & 0xffff_ffffL : "-") + " "
                                + packet.length);
                    }))
                    .isEmpty();
        }
        assertThat(read).isEqualTo(printed);
    }

    private static String flags(TcpPacket packet) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i != 4 && packet.is(1 << i)) {
                text.append("FSRP.UEW".charAt(i));
            }
        }
        return packet.is(TcpPacket.ACK) ? text + "." : text.isEmpty() ? "none" : text.toString();
    }

    private static List<String> tcpdump(Path file) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder("tcpdump", "-nn", "-S", "-tt", "-r", file.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            Assumptions.abort("tcpdump is not installed");
            throw e;
        }
        try (InputStream out = process.getInputStream()) {
            List<String> lines = new String(out.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertThat(process.waitFor()).isZero();
            return lines;
        }
    }
}
