package dev.backline.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.capture.Endpoint;
import dev.backline.cli.Cli;
import dev.backline.cli.console.Output;
import dev.backline.fixtures.Captures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports that can be shown to others. */
class ReportRedactTest {
    @TempDir
    Path folder;

    private static final Map<String, String> SECRETS = Map.of(
            "203.0.113.10", "34.117.59.81",
            "203.0.113.5", "10.32.7.9",
            "203.0.113.12", "10.32.7.10",
            "172.17.0.2", "172.30.99.14",
            "2001:db8:113::10", "2a02:26f0:1700:1::1234",
            "2001:db8:113::5", "fd12:3456:789a::5",
            "comm=python3", "comm=payroll");

    /** The lab's recording as if it came from a network that nobody may know. */
    private Path capture(String name) throws IOException {
        String text = Files.readString(Captures.folder().resolve("lab-kaslr").resolve(name));
        for (Map.Entry<String, String> secret : SECRETS.entrySet()) {
            // What has the other as its beginning stays.
            text = text.replaceAll(secret.getKey().replace(".", "\\.") + "(?![0-9a-f])", secret.getValue());
        }
        return Files.writeString(folder.resolve(name), text + "python3: payroll said 34.117.59.81 is down\n");
    }

    private String report(String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("report", "--redact"));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of(
                "--conntrack", capture("conntrack.txt").toString(),
                "--kernel-log", capture("dmesg.txt").toString()));
        Path capture = capture("systemtap.log");
        // A stream ends, a file that is followed does not.
        boolean follows = arguments.contains("--follow");
        arguments.add(follows ? "-" : capture.toString());
        Cli.Result result =
                Cli.backline(follows ? Files.readString(capture) : "", Map.of(), arguments.toArray(String[]::new));
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        return result.out();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "json", "html"})
    void hasNoAddressAndNoNameOfTheCapture(String format) throws IOException {
        for (List<String> more : List.of(List.<String>of(), List.of("--follow"))) {
            List<String> options = new ArrayList<>(List.of("--format", format));
            if (format.equals("text")) {
                options.add("--all");
            }
            options.addAll(more);
            String report = report(options.toArray(String[]::new));
            for (String secret : SECRETS.values()) {
                assertThat(report).as(secret).doesNotContain(secret.replace("comm=", ""));
            }
            assertThat(report).doesNotContain("swapper").contains("process-1", "192.0.2.1", "2001:db8::1", "127.0.0.1");
        }
    }

    @Test
    void replacesTheSameByTheSameAndKeepsTheRest() throws IOException {
        JsonObject redacted = JsonParser.parseString(report("--format", "json")).getAsJsonObject();
        JsonObject plain = JsonParser.parseString(Cli.backline(
                                "report",
                                "--format",
                                "json",
                                "--conntrack",
                                folder.resolve("conntrack.txt").toString(),
                                "--kernel-log",
                                folder.resolve("dmesg.txt").toString(),
                                folder.resolve("systemtap.log").toString())
                        .out())
                .getAsJsonObject();
        Map<String, String> there = new HashMap<>();
        Map<String, String> back = new HashMap<>();
        assertThat(redacted.getAsJsonArray("events")).hasSameSizeAs(plain.getAsJsonArray("events"));
        for (int i = 0; i < plain.getAsJsonArray("events").size(); i++) {
            JsonObject before = plain.getAsJsonArray("events").get(i).getAsJsonObject();
            JsonObject after = redacted.getAsJsonArray("events").get(i).getAsJsonObject();
            for (String key : List.of("source", "destination", "comm")) {
                String one = address(before.get(key));
                String other = address(after.get(key));
                assertThat(there.computeIfAbsent(one, unused -> other)).isEqualTo(other);
                assertThat(back.computeIfAbsent(other, unused -> one)).isEqualTo(one);
            }
            for (String key : List.of("line", "time", "probe", "flags", "sent", "stack")) {
                assertThat(after.get(key)).isEqualTo(before.get(key));
            }
            assertThat(after.getAsJsonObject("cause").get("id"))
                    .isEqualTo(before.getAsJsonObject("cause").get("id"));
        }
        assertThat(there).hasSizeGreaterThan(8);
    }

    private static String address(JsonElement end) {
        String text = end.isJsonNull() ? "-" : end.getAsString();
        int colon = text.lastIndexOf(':');
        Endpoint read = colon < 0
                ? null
                : Endpoint.of(text.substring(0, colon).replaceAll("[\\[\\]]", ""), text.substring(colon + 1));
        return read == null ? text : read.address();
    }

    private static String redacted(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Output out = new Redaction().output(new Output(bytes));
        // In two parts, wherever they are cut.
        out.print(text.substring(0, text.length() / 2));
        out.print(text.substring(text.length() / 2));
        out.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void findsAddressesInWhateverTheyAreWrittenIn() throws IOException {
        assertThat(redacted("34.117.59.81:443->34.117.59.82:80, again 34.117.59.81."))
                .isEqualTo("192.0.2.1:443->192.0.2.2:80, again 192.0.2.1.");
        assertThat(redacted("[2a02:26f0:0:0:0:0:0:1]:443 and 2a02:26f0::1, ::1, ::"))
                .isEqualTo("[2001:db8::1]:443 and 2001:db8::1, ::1, ::");
        assertThat(redacted("\"a\\t10.1.2.3\\u003e10.1.2.4\\\\10.1.2.3\""))
                .isEqualTo("\"a\\t192.0.2.1\\u003e192.0.2.2\\\\192.0.2.1\"");
        assertThat(redacted("MAC=02:42:ac:11:00:02:02:42:ac:11:00:03:08:00 SRC=10.1.2.3 x10.1.2.3"))
                .isEqualTo("MAC=00:00:5e:00:53:01 SRC=192.0.2.1 x192.0.2.1");
        assertThat(redacted("::ffff:10.1.2.3 is 10.1.2.3"))
                .endsWith(" is 192.0.2.1")
                .doesNotContain("10.1");
    }

    @Test
    void leavesWhatIsNoAddress() throws IOException {
        String text =
                "2026-11-22T16:36:51.237Z at 08:42:01, kernel 6.1.0-56-cloud-amd64 5.10.0, tcp_v4_rcv+0x99b/0xee0,"
                        + " 0xffffffff9ec7a0e0, net/ipv4/tcp_ipv4.c:2149, core::fmt::Debug, 127.0.0.1:80 0.0.0.0 255.255.255.255"
                        + " 224.0.0.1 ff02::1 300.1.2.3 1.2.3.4.5 Java 17.0.12";
        assertThat(redacted(text)).isEqualTo(text);
    }

    @Test
    void givesEachOfManyAddressesItsOwn() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            text.append("11.").append(i >> 8).append('.').append(i & 0xff).append(".7 ");
        }
        String redacted = redacted(text.toString());
        assertThat(List.of(redacted.split(" ")))
                .hasSize(3000)
                .doesNotHaveDuplicates()
                .allMatch(each -> !each.startsWith("11."));
    }
}
