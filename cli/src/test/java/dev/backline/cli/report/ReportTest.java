package dev.backline.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.cli.Cli;
import dev.backline.cli.console.ExitStatus;
import dev.backline.fixtures.Captures;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @TempDir
    Path folder;

    private static final String ARTICLE = """
            Tue Jun 15 11:23:04 2021  swapper/6<-tcp_v4_send_reset
            skb [36.110.213.207:443->10.21.17.99:39700] ack:1, psh:0, rst:0, syn:0 fin:0 swapper/6<-tcp_v4_send_reset 39700
            0xffffffff99e5bc50 : tcp_v4_send_reset+0x0/0x460 [kernel]
            0xffffffff99e5d756 : tcp_v4_rcv+0x596/0x9c0 [kernel]
            0xffffffff99e3685d : ip_local_deliver_finish+0xbd/0x200 [kernel]
            """;

    private static JsonObject json(Cli.Result result) {
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        return JsonParser.parseString(result.out()).getAsJsonObject();
    }

    @Test
    void explainsTheArticlesOwnTraceWithoutAnyDebugFile() {
        Cli.Result result = Cli.backline(ARTICLE, Map.of(), "report", "-");

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .startsWith("1 event of 1 kind\n\nCause: ")
                .containsSubsequence(
                        "usually the connection is",
                        "  no-socket (possible): 1 event, 2021-06-15T11:23:04Z\n",
                        "  peers: 36.110.213.207\n",
                        "It may also be: ",
                        "conntrack-invalid",
                        "To settle it:\n    sysctl -w net.netfilter.nf_conntrack_log_invalid=6\n",
                        "\n    iptables -t mangle -I PREROUTING -p tcp -m conntrack --ctstate INVALID",
                        "What helps:\n",
                        "1 × no-socket (possible): ",
                        "first: 36.110.213.207:443 → 10.21.17.99:39700",
                        "Because:\n",
                        "(answers a packet with a RST) was called by tcp_v4_rcv (standard input line 4:\n",
                        "TCP found no socket for the packet",
                        "has the flags ACK",
                        "It may also be:\n    - ");
    }

    @Test
    void writesOneJsonObjectWithEventsGroupsNotesAndKernel() {
        JsonObject report = json(Cli.backline(ARTICLE, Map.of(), "report", "--format", "json", "-"));

        assertThat(report.keySet()).contains("kernel", "events", "groups", "notes");
        JsonObject event = report.getAsJsonArray("events").get(0).getAsJsonObject();
        assertThat(event.get("line").getAsLong()).isEqualTo(1);
        assertThat(event.get("time").getAsString()).isEqualTo("2021-06-15T11:23:04Z");
        assertThat(event.get("probe").getAsString()).isEqualTo("tcp_v4_send_reset");
        assertThat(event.get("comm").getAsString()).isEqualTo("swapper/6");
        assertThat(event.get("source").getAsString()).isEqualTo("36.110.213.207:443");
        assertThat(event.get("destination").getAsString()).isEqualTo("10.21.17.99:39700");
        assertThat(event.getAsJsonArray("flags").get(0).getAsString()).isEqualTo("ACK");
        assertThat(event.getAsJsonArray("stack")).hasSize(3);
        JsonObject frame = event.getAsJsonArray("stack").get(1).getAsJsonObject();
        assertThat(frame.get("symbol").getAsString()).isEqualTo("tcp_v4_rcv");
        assertThat(frame.get("status").getAsString()).isEqualTo("no-debug-info");
        JsonObject cause = event.getAsJsonObject("cause");
        assertThat(cause.get("id").getAsString()).isEqualTo("no-socket");
        assertThat(cause.get("confidence").getAsString()).isEqualTo("possible");
        assertThat(strings(cause.getAsJsonArray("candidates"))).contains("conntrack-invalid", "no-socket");
        assertThat(strings(cause.getAsJsonArray("evidence"))).isNotEmpty();
        assertThat(strings(cause.getAsJsonArray("remedies"))).isNotEmpty();
        JsonObject group = report.getAsJsonArray("groups").get(0).getAsJsonObject();
        assertThat(group.get("count").getAsLong()).isEqualTo(1);
        assertThat(strings(group.getAsJsonArray("peers"))).containsExactly("36.110.213.207");
    }

    @Test
    void showsEachCauseOnceWhatTheHostCanCureFirst() throws IOException {
        Cli.Result result = Cli.backline(
                "report",
                "--kernel-log",
                Captures.folder().resolve("systemtap-article.dmesg").toString(),
                Captures.folder().resolve("systemtap-article.log").toString());

        List<String> entries =
                result.out().lines().filter(line -> line.matches("\\d+ × .*")).toList();
        List<String> summary = result.out()
                .lines()
                .filter(line -> line.matches("  [a-z]+ +\\d+ × .*"))
                .map(line -> line.strip().replaceFirst("([a-z]+) +(.*?):", "$2 ($1):"))
                .toList();
        assertThat(entries).hasSizeGreaterThan(5).doesNotHaveDuplicates().isSubsetOf(summary);
        assertThat(summary.get(0)).contains("conntrack-invalid (certain)");
        List<String> curable = List.of("conntrack-invalid", "accept-queue-overflow", "orphan-limit");
        List<Integer> weights = summary.stream()
                .map(entry -> entry.contains("not-sent")
                        ? 9
                        : entry.contains("(possible)")
                                ? 5
                                : curable.stream().anyMatch(entry::contains)
                                        ? 0
                                        : entry.matches(".*(linger-zero|close-unread-data|data-after-close).*") ? 4 : 2)
                .toList();
        assertThat(weights.stream().filter(weight -> weight != 2)).isSorted();
        assertThat(result.out()).containsOnlyOnce("sysctl -w net.netfilter.nf_conntrack_tcp_be_liberal=1\n");
    }

    /** Each event of the recording has its true cause, or that is among the candidates; and none is wrong for certain. */
    @Test
    void findsTheTrueCauseOfEveryEventOfTheRecordedArticle() throws IOException {
        Kernels.Kernel kernel = Kernels.find(Kernels.DEBIAN_12).orElse(null);
        Assumptions.assumeTrue(kernel != null, Kernels.howToFetch(Kernels.DEBIAN_12));
        Map<Long, String> truth = new HashMap<>();
        for (String line : Captures.lines("systemtap-article.causes")) {
            if (!line.startsWith("#")) {
                truth.put(Long.valueOf(line.substring(0, line.indexOf('\t'))), line.substring(line.indexOf('\t') + 1));
            }
        }
        JsonObject report = json(Cli.backline(
                "",
                Map.of(),
                "report",
                "-e",
                kernel.vmlinux().toString(),
                "--kernel-log",
                Captures.folder().resolve("systemtap-article.dmesg").toString(),
                "--format",
                "json",
                Captures.folder().resolve("systemtap-article.log").toString()));

        JsonArray events = report.getAsJsonArray("events");
        assertThat(events).hasSize(truth.size());
        int settled = 0;
        for (JsonElement each : events) {
            JsonObject event = each.getAsJsonObject();
            JsonObject cause = event.getAsJsonObject("cause");
            String expected = truth.get(event.get("line").getAsLong());
            List<String> said = strings(cause.getAsJsonArray("candidates"));
            said.add(cause.get("id").getAsString());
            assertThat(said).as("line %s", event.get("line")).contains(expected);
            if (!cause.get("confidence").getAsString().equals("possible")) {
                assertThat(cause.get("id").getAsString()).isEqualTo(expected);
                settled++;
            }
        }
        // All that the article's kind of capture can tell: not the socket's state, nor that conntrack had no part in
        // it, except where an earlier event ended the connection.
        assertThat(settled).isEqualTo(27);
        assertThat(strings(report.getAsJsonArray("notes"))).anyMatch(note -> note.contains("the kernel log's clock"));
    }

    /**
     * No kernel log and no debug file: conntrack's events and the packets of three places tell. An index does not show
     * that a caller which the unwinder was not sure of calls the probed function, so that nothing is certain.
     */
    @Test
    void tellsWhatConntrackDidFromPacketsAndItsEvents() throws IOException {
        Path lab = Captures.folder().resolve("lab-kaslr");
        Set<String> truth = new HashSet<>();
        for (JsonElement event : JsonParser.parseString(Files.readString(lab.resolve("truth.json")))
                .getAsJsonObject()
                .getAsJsonArray("events")) {
            for (JsonElement hit : event.getAsJsonObject().getAsJsonArray("expected")) {
                JsonObject expected = hit.getAsJsonObject();
                if (expected.get("cause").getAsString().equals("conntrack-invalid")) {
                    truth.add(expected.get("source").getAsString());
                    truth.add(expected.get("destination").getAsString());
                }
            }
        }
        JsonObject report = json(Cli.backline(
                "",
                Map.of(),
                "report",
                "--format",
                "json",
                "-d",
                Cli.ROOT.resolve("fixtures/kernels/indexes").toString(),
                "--conntrack",
                lab.resolve("conntrack.txt").toString(),
                "--pcap",
                "host=" + lab.resolve("host.pcap"),
                "--pcap",
                lab.resolve("container.pcap").toString(),
                "--pcap",
                "remote=" + lab.resolve("remote.pcap"),
                lab.resolve("systemtap.log").toString()));

        Set<String> found = new HashSet<>();
        int gone = 0;
        for (JsonElement each : report.getAsJsonArray("events")) {
            JsonObject event = each.getAsJsonObject();
            JsonObject cause = event.getAsJsonObject("cause");
            List<String> evidence = strings(cause.getAsJsonArray("evidence"));
            if (cause.get("id").getAsString().equals("conntrack-invalid")) {
                assertThat(cause.get("confidence").getAsString()).isEqualTo("likely");
                assertThat(evidence)
                        .anyMatch(sentence ->
                                sentence.contains("host.pcap packet") && sentence.contains("provoked the RST"))
                        .anyMatch(sentence -> sentence.contains("remote.pcap packet"))
                        .anyMatch(sentence -> sentence.startsWith("container.pcap has the connection as")
                                && sentence.contains("instead of"))
                        .anyMatch(sentence -> sentence.contains("reached TCP untranslated"));
                found.add(event.get("source").getAsString());
                found.add(event.get("destination").getAsString());
            }
            gone += evidence.stream()
                            .anyMatch(sentence -> sentence.contains("which translates such packets to")
                                    && sentence.contains("deleted"))
                    ? 1
                    : 0;
        }
        assertThat(found).isEqualTo(truth).hasSizeGreaterThan(4);
        // What the host forgot, by IPv4 and by IPv6.
        assertThat(gone).isEqualTo(2);
        assertThat(strings(report.getAsJsonArray("notes")))
                .anyMatch(note -> note.startsWith("container.pcap's clock agrees with host's to "));
    }

    @Test
    void reportsTheRestWhereInputsAreDamaged() throws IOException {
        Path lab = Captures.folder().resolve("lab-kaslr");
        byte[] pcap = Files.readAllBytes(lab.resolve("host.pcap"));
        Path cut = Files.write(folder.resolve("cut.pcap"), Arrays.copyOf(pcap, 20_001));
        byte[] noise = Files.readAllBytes(lab.resolve("container.pcap"));
        byte[] junk = new byte[8192 + noise.length];
        Arrays.fill(junk, (byte) '\n');
        System.arraycopy(noise, 0, junk, 8192, noise.length);
        Path log = Files.write(folder.resolve("dmesg.txt"), junk);
        Cli.Result result = Cli.backline(
                "",
                Map.of(),
                "report",
                "--kernel-log",
                log.toString(),
                "--conntrack",
                log.toString(),
                "--pcap",
                cut.toString(),
                lab.resolve("systemtap.log").toString());

        assertThat(result.status()).isZero();
        String plain = result.out().replaceAll("\\s+", " ");
        assertThat(plain)
                .contains("cut.pcap is damaged at 0x")
                .contains("packets were read before the damage")
                .contains("not conntrack events")
                .contains("× conntrack-invalid: ");
    }

    @Test
    void saysWhatAFileIsThatIsNoPacketCapture() throws IOException {
        Path text = Files.writeString(folder.resolve("rst.log"), ARTICLE);
        Cli.Result result = Cli.backline(ARTICLE, Map.of(), "report", "--pcap", "host=" + text, "-");
        assertThat(result.status()).isEqualTo(ExitStatus.INPUT);
        assertThat(result.err()).contains(text + " is not a packet capture but text");

        assertThat(Cli.backline(ARTICLE, Map.of(), "report", "--pcap", "host=", "-")
                        .status())
                .isEqualTo(ExitStatus.USAGE);
    }

    @Test
    void saysWhatItMeansThatTheKernelLogHasNoLine() throws IOException {
        Path log = Files.writeString(
                folder.resolve("dmesg.txt"),
                "[1.0] invalid: IN=eth0 OUT= MAC= SRC=10.0.0.1 DST=10.0.0.2 LEN=40 TOS=0x00 PREC=0x00 TTL=64 ID=1 DF PROTO=TCP"
                        + " SPT=1 DPT=2 WINDOW=5 RES=0x00 ACK URGP=0 \n");
        Cli.Result result = Cli.backline(ARTICLE, Map.of(), "report", "--kernel-log", log.toString(), "-");
        assertThat(result.out().replaceAll("\\s+", " "))
                .contains("has no line about this packet, which proves nothing: LOG rules are rate-limited");
    }

    @Test
    void saysWhatItCouldNotRead() throws IOException {
        Path capture = Files.writeString(folder.resolve("rst.log"), "hello\n\u001b[2Jworld\n");
        Cli.Result result = Cli.backline("", Map.of(), "report", capture.toString());

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("0 events")
                .contains("no event was found")
                .contains("line 1")
                .contains("hello");
        assertThat(result.out()).doesNotContain("\u001b");
    }

    @Test
    void leavesNoPartOfAReportBehindWhenItFails() throws IOException {
        Path report = folder.resolve("report.json");
        Cli.Result result = Cli.backline(
                "report",
                "--format",
                "json",
                "-o",
                report.toString(),
                folder.resolve("missing.log").toString());

        assertThat(result.status()).isEqualTo(ExitStatus.INPUT);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void saysThatAReportCannotBeWritten() {
        Path report = folder.resolve("missing/report.json");
        Cli.Result result = Cli.backline(ARTICLE, Map.of(), "report", "-o", report.toString(), "-");

        assertThat(result.status()).isEqualTo(ExitStatus.INPUT);
        assertThat(result.err()).contains(report.toString()).doesNotContain(".tmp");
    }

    @Test
    void neverOverwritesAFile() throws IOException {
        Path report = Files.writeString(folder.resolve("report.json"), "mine");
        Cli.Result result = Cli.backline(ARTICLE, Map.of(), "report", "--format", "json", "-o", report.toString(), "-");

        assertThat(result.status()).isEqualTo(ExitStatus.INPUT);
        assertThat(result.err()).contains("is there already");
        assertThat(report).hasContent("mine");

        Path fresh = folder.resolve("fresh.json");
        assertThat(Cli.backline(ARTICLE, Map.of(), "report", "--format", "json", "-o", fresh.toString(), "-")
                        .status())
                .isZero();
        assertThat(JsonParser.parseString(Files.readString(fresh))
                        .getAsJsonObject()
                        .getAsJsonArray("events"))
                .hasSize(1);
    }

    @Test
    void deletesTheTemporaryFileOfARunKilledADayAgo() throws IOException {
        Path left = Files.writeString(folder.resolve(".fresh.json.999999999-1.tmp"), "half");
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofHours(25))));

        Cli.backline(
                ARTICLE,
                Map.of(),
                "report",
                "--format",
                "json",
                "-o",
                folder.resolve("fresh.json").toString(),
                "-");

        assertThat(folder.resolve("fresh.json")).exists();
        assertThat(left).doesNotExist();
    }

    @Test
    void wantsACaptureThatIsThere() {
        assertThat(Cli.backline("", Map.of(), "report").status()).isEqualTo(ExitStatus.USAGE);
        Cli.Result missing = Cli.backline("", Map.of(), "report", "/nowhere/rst.log");
        assertThat(missing.status()).isEqualTo(ExitStatus.INPUT);
        assertThat(missing.err()).contains("/nowhere/rst.log");
    }

    @Test
    void showsSourceOnlyWhereThereIsRoomForIt() {
        Cli.Result result = Cli.backline(ARTICLE, Map.of(), "report", "--source", folder.toString(), "-");

        assertThat(result.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(result.err()).contains("--source needs --format html");
    }

    private static List<String> strings(JsonArray array) {
        List<String> strings = new ArrayList<>();
        array.forEach(each -> strings.add(each.getAsString()));
        return strings;
    }
}
