package dev.backline.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.cli.Cli;
import dev.backline.cli.report.LabRecording.Event;
import dev.backline.fixtures.Captures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a person sees of a text report at first glance, and what it leaves out. */
class ReportTextTest {
    private static final int HEAD = 12;
    private static final int LINES = 120;
    private static final String INDEXES =
            Cli.ROOT.resolve("fixtures/kernels/indexes").toString();

    private static String text(String capture, String... options) {
        List<String> arguments = new ArrayList<>(List.of("report", "-d", INDEXES));
        arguments.addAll(List.of(options));
        arguments.add("-");
        Cli.Result result = Cli.backline(capture, Map.of(), arguments.toArray(String[]::new));
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        return result.out();
    }

    /** A capture with the events of one cause for each cause of the lab. */
    private static Map<String, String> captures() throws IOException {
        LabRecording recording = new LabRecording("lab-kaslr", "systemtap.log");
        Map<String, String> captures = new LinkedHashMap<>();
        for (Event event : recording.events()) {
            String cause = event.cause();
            captures.computeIfAbsent(
                    cause == null ? "received" : cause, key -> String.join("\n", recording.head()) + "\n");
            captures.merge(
                    cause == null ? "received" : cause,
                    event.text() + "\n" + String.join("\n", event.frames()) + "\n",
                    String::concat);
        }
        return captures;
    }

    private static List<String> commands(JsonObject diagnosis, String key) {
        List<String> commands = new ArrayList<>();
        JsonArray advice = diagnosis.getAsJsonArray(key);
        for (JsonElement each : advice) {
            commands.add(each.getAsString());
        }
        return commands;
    }

    @Test
    void hasTheCauseItsCountAndACommandWithinTheFirstTwelveLines() throws IOException {
        Map<String, String> captures = captures();
        assertThat(captures).hasSizeGreaterThan(20);
        captures.forEach((cause, capture) -> {
            JsonObject first = JsonParser.parseString(text(capture, "--format", "json"))
                    .getAsJsonObject()
                    .getAsJsonArray("events")
                    .get(0)
                    .getAsJsonObject()
                    .getAsJsonObject("cause");
            String report = text(capture);
            List<String> lines = report.lines().toList();
            String head = String.join("\n", lines.subList(0, Math.min(HEAD, lines.size())));

            assertThat(head)
                    .as(cause)
                    .containsPattern("\n(Main cause|Cause): ")
                    .containsPattern("\\): \\d+ (of \\d+ )?event");
            assertThat(head).as(cause).contains("2026-11-22T16:3").contains("network namespace");
            List<String> advice = commands(first, "remedies");
            advice.addAll(commands(first, "settling"));
            if (lines.get(2).startsWith("Cause: ") && advice.stream().anyMatch(each -> each.startsWith("sysctl"))) {
                assertThat(head).as(cause).containsPattern("\n    sysctl -w [a-z0-9_.]+=[0-9]+(\n|$)");
            }
            assertThat(lines.size()).as(cause).isLessThanOrEqualTo(LINES);
        });
    }

    @Test
    void isShortUnlessAllIsAskedFor() throws IOException {
        Cli.Result few = Cli.backline(
                "report", Captures.folder().resolve("lab-kaslr/systemtap.log").toString());
        Cli.Result all = Cli.backline(
                "report",
                "--all",
                Captures.folder().resolve("lab-kaslr/systemtap.log").toString());

        assertThat(few.out().lines().count()).isBetween(60L, (long) LINES);
        assertThat(few.out()).contains("--all prints");
        assertThat(all.out().lines().count()).isGreaterThan(2000);
        assertThat(all.out()).doesNotContain("--all");
        List<String> head = few.out().lines().limit(HEAD).toList();
        assertThat(all.out().lines().limit(HEAD)).isEqualTo(head);
    }

    @Test
    void neverCallsARstOfThePeerUnknown() throws IOException {
        String capture = String.valueOf(captures().get("received"));
        for (String report : List.of(text(capture), text(capture, "--all"), text(capture, "--format", "html"))) {
            assertThat(report).contains("the peer sent it").doesNotContain("unknown", "Unknown");
        }
        JsonObject event = JsonParser.parseString(text(capture, "--format", "json"))
                .getAsJsonObject()
                .getAsJsonArray("events")
                .get(0)
                .getAsJsonObject();
        JsonObject cause = event.getAsJsonObject("cause");
        assertThat(cause.get("id").getAsString()).isEqualTo("unknown");
        assertThat(cause.get("title").getAsString()).isEqualTo("received: the peer sent it");
    }

    @Test
    void namesTheNetworkNamespaceOfEachGroup() throws IOException {
        String capture = String.valueOf(captures().get("closed-port"));
        String other = capture.replace("netns=4026531840", "netns=4026532227");
        String both = capture + other.substring(other.indexOf("\nrst ") + 1);

        for (String report : List.of(text(both, "--all"), text(both, "--format", "html"))) {
            assertThat(report.split("4026531840", -1))
                    .as("in the conclusion and its groups")
                    .hasSizeGreaterThan(3);
            assertThat(report.split("4026532227", -1)).hasSizeGreaterThan(3);
        }
        assertThat(text(capture.replace("netns=4026532227", "netns=4026531840")))
                .contains("network namespace: 4026531840\n");
        assertThat(text(both)).containsPattern("network namespaces: [0-9]+, [0-9]+\n");
    }

    @Test
    void givesEachCommandALineOfItsOwnThatCanBeCopied() throws IOException {
        String report = text(String.valueOf(captures().get("conntrack-invalid")));
        assertThat(report.lines()
                        .filter(line -> line.strip().startsWith("iptables "))
                        .toList())
                .isNotEmpty()
                .allMatch(line -> !line.endsWith(":") && line.strip().matches("iptables .*-j (DROP|LOG.*)"));
    }
}
