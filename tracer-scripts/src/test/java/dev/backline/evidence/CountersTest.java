package dev.backline.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.capture.Endpoint;
import dev.backline.fixtures.Captures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CountersTest {
    private static Counters read(String... files) throws IOException {
        Counters counters = new Counters();
        for (int i = 0; i < files.length; i++) {
            counters.read("file" + i, new ByteArrayInputStream(files[i].getBytes(StandardCharsets.UTF_8)));
        }
        return counters;
    }

    private static Endpoint end(String address, int port) {
        return Objects.requireNonNull(Endpoint.of(address, Integer.toString(port)));
    }

    private static String nstat(int overflows, int drops, int segments) {
        return "#kernel\nTcpInSegs                       " + segments + "                 0.0\n"
                + "TcpExtListenOverflows           " + overflows + "                  0.0\n"
                + "TcpExtListenDrops               " + drops + "                  0.0\n";
    }

    private static String json(int overflows, int drops, int segments) {
        return "{\"kernel\":{\"TcpInSegs\":" + segments + ",\"TcpExtListenOverflows\":" + overflows
                + ",\"TcpExtListenDrops\":" + drops + "}}\n";
    }

    private static String pretty(int overflows, int drops, int segments) {
        return json(overflows, drops, segments)
                .replace(",", ",\n    ")
                .replace("{", "{\n    ")
                .replace(":", ": ");
    }

    private static String proc(int overflows, int drops, int segments) {
        return "Tcp: RtoAlgorithm MaxConn InSegs OutRsts\nTcp: 1 -1 " + segments + " 4\n"
                + "TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 0 " + overflows + " " + drops + "\n"
                + "IpExt: InNoRoutes\nIpExt: 0\n";
    }

    private static String netstat(int overflows, int drops, int segments) {
        return "Tcp:\n    3 active connection openings\n    " + segments + " segments received\nTcpExt:\n    "
                + overflows
                + " times the listen queue of a socket overflowed\n    " + drops
                + " SYNs to LISTEN sockets dropped\n    TCPLostRetransmit: 28\n";
    }

    private static String of(String form, int overflows, int drops, int segments) {
        return switch (form) {
            case "nstat" -> nstat(overflows, drops, segments);
            case "json" -> json(overflows, drops, segments);
            case "pretty" -> pretty(overflows, drops, segments);
            case "proc" -> proc(overflows, drops, segments);
            default -> netstat(overflows, drops, segments);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"nstat", "json", "pretty", "proc", "netstat"})
    void tellsWhatRoseBetweenTwoReadingsOfEveryTool(String form) throws IOException {
        Counters counters = read(of(form, 5, 7, 100), of(form, 8, 7, 200));

        assertThat(counters.moved()).contains("TcpExtListenOverflows").doesNotContain("TcpExtListenDrops");
        assertThat(counters.still()).contains("TcpExtListenDrops").doesNotContain("TcpExtListenOverflows");
        assertThat(counters.sentence("TcpExtListenOverflows")).contains("rose by 3", "from 5 (file0", "to 8 (file1");
        assertThat(counters.notes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nstat", "json", "pretty", "proc", "netstat"})
    void aSingleReadingDoesNotShowWhenACounterRose(String form) throws IOException {
        Counters counters = read(of(form, 5, 0, 100));

        assertThat(counters.moved()).contains("TcpExtListenOverflows");
        assertThat(counters.still()).isEmpty();
        assertThat(counters.sentence("TcpExtListenOverflows")).contains("is 5", "one reading");
    }

    @Test
    void readingsMayStandInOneFile() throws IOException {
        assertThat(read(nstat(5, 7, 100) + "\n" + nstat(6, 7, 200)).sentence("TcpExtListenOverflows"))
                .contains("rose by 1");
        assertThat(read(proc(5, 7, 100) + proc(6, 7, 200)).sentence("TcpExtListenOverflows"))
                .contains("rose by 1");
    }

    @Test
    void readingsMayBeOfDifferentToolsAndMixedWithListings() throws IOException {
        Counters counters = read(
                nstat(5, 7, 100) + "State Recv-Q Send-Q Local\nLISTEN 0 128 0.0.0.0:22 0.0.0.0:*\n",
                netstat(6, 7, 200));

        assertThat(counters.moved()).contains("TcpExtListenOverflows");
    }

    /** nstat without -a prints what was added since its last run, and leaves out what was not. */
    @Test
    void tellsIncrementsFromAbsoluteValues() throws IOException {
        Counters counters = read(nstat(500, 7, 100_000), nstat(2, 0, 50));
        Counters omitted = read(nstat(500, 7, 100_000), "#kernel\nTcpInSegs 150000 0.0\nTcpExtListenDrops 9 0.0\n");

        assertThat(counters.sentence("TcpExtListenOverflows")).contains("rose by 2 ");
        assertThat(counters.still()).contains("TcpExtListenDrops");
        assertThat(omitted.moved()).contains("TcpExtListenDrops").doesNotContain("TcpExtListenOverflows");
        assertThat(omitted.still()).contains("TcpExtListenOverflows");
    }

    @Test
    void aCounterThatAReadingOfEverythingLeavesOutIsZero() throws IOException {
        Counters counters =
                read("#kernel\nTcpInSegs 10 0.0\n", "#kernel\nTcpInSegs 20 0.0\nTcpExtTCPAbortOnClose 3 0.0\n");

        assertThat(counters.moved()).contains("TcpExtTCPAbortOnClose");
        assertThat(counters.still()).contains("TcpExtTCPAbortOnLinger", "TcpExtTCPAbortOnMemory");
    }

    @Test
    void aCounterThatNobodyAskedForIsUnknown() throws IOException {
        Counters counters = read("#kernel\nTcpExtTCPAbortOnClose 1 0.0\n", "#kernel\nTcpExtTCPAbortOnClose 3 0.0\n");

        assertThat(counters.moved()).containsExactly("TcpExtTCPAbortOnClose");
        assertThat(counters.still()).isEmpty();
        assertThat(counters.sentence("TcpExtTCPAbortOnLinger")).isNull();
    }

    @Test
    void smallerAbsoluteValuesProveNothing() throws IOException {
        Counters counters = read(proc(500, 7, 100), proc(2, 8, 200));

        assertThat(counters.moved()).contains("TcpExtListenDrops").doesNotContain("TcpExtListenOverflows");
        assertThat(counters.still()).doesNotContain("TcpExtListenOverflows");
        assertThat(counters.sentence("TcpExtListenOverflows")).isNull();
        assertThat(counters.notes()).singleElement().asString().contains("restarted", "wrong order");
    }

    @Test
    void readsWhatAKernelWrote() throws IOException {
        Counters counters = new Counters();
        try (var in = Files.newInputStream(Captures.folder().resolve("tracepoints/netstat-6.12.txt"))) {
            counters.read("netstat-6.12.txt", in);
        }

        assertThat(counters.sentence("TcpOutRsts")).startsWith("TcpOutRsts is 17 (netstat-6.12.txt line 2)");
        assertThat(counters.sentence("TcpExtListenOverflows")).startsWith("TcpExtListenOverflows is 3 ");
        assertThat(counters.moved())
                .contains("TcpExtTCPAbortOnData", "TcpExtTCPAbortOnClose", "TcpExtEmbryonicRsts", "TcpEstabResets");
    }

    @Test
    void addsUpTheProcessorsOfConntrack() throws IOException {
        String before = "cpu=0   \tfound=9 invalid=10 insert=0 insert_failed=1 drop=1 early_drop=0\n"
                + "cpu=1   \tfound=4 invalid=5 insert=0 insert_failed=0 drop=0 early_drop=0\n";
        String after = before.replace("invalid=5", "invalid=25");

        assertThat(read(before, after).sentence("conntrack invalid")).contains("rose by 20", "from 15", "to 35");
        assertThat(read(before + after).sentence("conntrack invalid")).contains("rose by 20");
        assertThat(read(before, after).still()).contains("conntrack drop", "conntrack insert_failed");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            LISTEN 129 128 0.0.0.0:443 0.0.0.0:*                                        | HERE | true
            LISTEN 128 128 0.0.0.0:443 0.0.0.0:*                                        | HERE | false
            LISTEN 3   1   203.0.113.5:443 0.0.0.0:* users:(("python3",pid=12,fd=3))    | HERE | true
            LISTEN 3   1   203.0.113.5%eth0:443 0.0.0.0:*                               | HERE | true
            LISTEN 0   511 *:443 *:*                                                    | HERE | false
            tcp LISTEN 2 1 *:443 *:*                                                    | HERE | true
            LISTEN 9   1   127.0.0.1:443 0.0.0.0:*                                      | ELSEWHERE | false
            LISTEN 9   1   [::]:443 [::]:*                                              | ELSEWHERE | false
            LISTEN 9   1   0.0.0.0:80 0.0.0.0:*                                         | NOWHERE | false
            ESTAB  9   1   203.0.113.5:443 192.0.2.1:5000                               | NOWHERE | false
            """)
    void tellsWhoListensAndWhetherTheQueueWasFull(String line, Counters.Where where, boolean full) throws IOException {
        Counters counters = read("State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n" + line + "\n");

        Counters.Listener listener = Objects.requireNonNull(counters.listener(end("203.0.113.5", 443)));
        assertThat(listener.where()).isEqualTo(where);
        assertThat(listener.full()).isEqualTo(full);
        assertThat(listener.sentence()).contains("file0");
    }

    @Test
    void namesTheProcessThatListens() throws IOException {
        Counters counters = read("LISTEN 0 4096 0.0.0.0:443 0.0.0.0:* users:((\"docker-proxy\",pid=12,fd=3))\n");

        assertThat(Objects.requireNonNull(counters.listener(end("203.0.113.5", 443)))
                        .process())
                .isEqualTo("docker-proxy");
    }

    @Test
    void aQueueThatWasFullInOneOfTheReadingsWasFull() throws IOException {
        String head = "State Recv-Q Send-Q Local Address:Port Peer Address:Port\n";
        Counters counters = read(head + "LISTEN 129 128 *:443 *:*\n", head + "LISTEN 0 128 *:443 *:*\n");

        assertThat(Objects.requireNonNull(counters.listener(end("::1", 443))).full())
                .isTrue();
    }

    /** Old versions of ss print no state for sockets that listen. */
    @Test
    void readsAListingWithoutStates() throws IOException {
        Counters counters = read("Recv-Q Send-Q Local Address:Port Peer Address:Port\n129    128    *:443    *:*\n");

        assertThat(Objects.requireNonNull(counters.listener(end("192.0.2.1", 443)))
                        .full())
                .isTrue();
    }

    @Test
    void withoutAListingNobodyKnowsWhoListens() throws IOException {
        assertThat(read(nstat(1, 1, 1)).listener(end("192.0.2.1", 443))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello\n", "[  1.0] nf_ct_proto_6: invalid PROTO=TCP\n", "{\"a\":1}\n", "Tcp: A B\n"})
    void saysThatAFileHasNoCounters(String text) throws IOException {
        Counters counters = read(text);

        assertThat(counters.moved()).isEmpty();
        assertThat(counters.notes())
                .singleElement()
                .asString()
                .startsWith("file0 has no counters")
                .contains("nstat -az");
    }

    @Test
    void staysSmallAndQuietOnHostileFiles() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 50_000; i++) {
            text.append("LISTEN 9 1 10.0.")
                    .append(i >> 8 & 255)
                    .append('.')
                    .append(i & 255)
                    .append(":443 *:*\n");
            text.append("cpu=0 invalid=9223372036854775807\ncpu=1 invalid=9223372036854775807\n");
            text.append("TcpExtListenDrops 9223372036854775807 0.0\n");
        }
        text.append("Tcp: ").append("A ".repeat(100_000)).append('\n');
        text.append("Tcp: ").append("1 ".repeat(100_000)).append('\n');
        text.append("{\"").append("\"".repeat(100_000)).append('\n');
        Counters counters = read(text.toString());

        assertThat(counters.notes()).anyMatch(note -> note.contains("too many listening sockets"));
        assertThat(counters.notes()).allSatisfy(note -> assertThat(note).hasSizeLessThan(1000));
        assertThat(counters.listener(end("192.0.2.1", 80))).isNull();
    }
}
