package dev.backline.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.cli.Cli;
import dev.backline.cli.report.LabRecording.Event;
import dev.backline.diagnose.Cause;
import dev.backline.fixtures.Captures;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a report says of the lab's recordings, and of what other captures would have shown of them, against the truth. */
@TestInstance(Lifecycle.PER_CLASS)
class LabTruthTest {
    @TempDir
    Path folder;

    /** Reports take a while: each is made once. */
    private final Map<List<Object>, List<Said>> reports = new HashMap<>();

    /** Where the report has the kernel from. */
    enum Known {
        INDEX {
            @Override
            Path folder() {
                return Cli.ROOT.resolve("fixtures/kernels/indexes");
            }
        },
        DEBUG_INFO {
            @Override
            Path folder() throws IOException {
                Kernels.Kernel kernel = Kernels.find(Kernels.DEBIAN_12).orElse(null);
                Assumptions.assumeTrue(kernel != null, Kernels.howToFetch(Kernels.DEBIAN_12));
                return kernel.folder();
            }
        };

        abstract Path folder() throws IOException;
    }

    @ParameterizedTest
    @CsvSource({
        "SYSTEMTAP, lab-kaslr",
        "SYSTEMTAP, lab-no-kaslr",
        "BPFTRACE, lab-bpftrace",
        "BPFTRACE, lab-bpftrace-no-kaslr"
    })
    void tellsEveryEventOfTheRecordingsByItsCause(CaptureKind kind, String recording) throws IOException {
        for (Said each : report(kind, recording, Known.DEBUG_INFO)) {
            assertThat(each.id).as(each.toString()).isEqualTo(each.event.cause());
            assertThat(each.confidence).as(each.toString()).isNotEqualTo("possible");
        }
    }

    @ParameterizedTest
    @EnumSource
    void neverSaysForSureWhatIsWrongHoweverLittleIsKnownOfTheKernel(CaptureKind kind) throws IOException {
        for (Said each : report(kind, kind.recording(), Known.INDEX)) {
            each.requireRight();
        }
    }

    @ParameterizedTest
    @EnumSource
    void neverSaysForSureWhatIsWrongHoweverLittleWasCaptured(CaptureKind kind) throws IOException {
        for (Said each : report(kind, kind.recording(), Known.DEBUG_INFO)) {
            each.requireRight();
        }
    }

    /**
     * Events of other kinds than those that the diagnosis was written after. A cause that is not in doubt is the true one;
     * else the true one is named, or among at most three candidates.
     */
    @Test
    void saysNothingWrongOfEventsItWasNotWrittenAfter() throws IOException {
        LabRecording recording = new LabRecording("lab-outside", "systemtap.log");
        List<String> wrong = new ArrayList<>();
        for (JsonElement each : outside()) {
            JsonObject event = each.getAsJsonObject();
            for (Event recorded : recording.events()) {
                if (recorded.line() == event.get("line").getAsInt() && recorded.cause() != null) {
                    addIfWrong(said(recorded, event), wrong);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** The same of what the tracepoint of a newer kernel shows, with its reason and its stack. */
    @Test
    void saysNothingWrongOfWhatTheTracepointShows() throws IOException {
        Path lab = Captures.folder().resolve("lab-6.12");
        Map<Integer, Event> recorded = LabRecording.traced("lab-6.12");
        JsonArray events = events(
                "report",
                "--format",
                "json",
                "--kernel-log",
                lab.resolve("dmesg.txt").toString(),
                "--conntrack",
                lab.resolve("conntrack.txt").toString(),
                lab.resolve("ftrace.txt").toString());
        assertThat(events).hasSameSizeAs(recorded.keySet());
        List<String> wrong = new ArrayList<>();
        for (JsonElement each : events) {
            JsonObject event = each.getAsJsonObject();
            addIfWrong(said(recorded.get(event.get("line").getAsInt()), event), wrong);
        }
        assertThat(wrong).isEmpty();
    }

    /** The lab triggers events again after these commands, and there is no RST: a report must print just them. */
    @Test
    void printsForTheLabsEventsTheCommandsThatCuredThem() throws IOException {
        Map<String, List<String>> cures = LabRecording.cures("lab-outside");
        LabRecording recording = new LabRecording("lab-outside", "systemtap.log");
        Map<Integer, String> ids = new HashMap<>();
        recording.events().forEach(event -> ids.put(event.line(), event.id()));
        List<String> missing = new ArrayList<>();
        for (JsonElement each : outside()) {
            JsonObject event = each.getAsJsonObject();
            String id = ids.get(event.get("line").getAsInt());
            String remedies =
                    event.getAsJsonObject("cause").getAsJsonArray("remedies").toString();
            for (String command : cures.getOrDefault(id, List.of())) {
                if (!remedies.contains(command)) {
                    missing.add(id + ": " + command + " not in " + remedies);
                }
            }
        }
        assertThat(cures).isNotEmpty();
        assertThat(missing).isEmpty();
    }

    private static void addIfWrong(Said said, List<String> wrong) {
        boolean named = said.id.equals(said.event.cause());
        boolean candidate = said.confidence.equals("possible")
                && said.candidates.contains(said.event.cause())
                && said.candidates.size() <= 3;
        if (!named && !candidate) {
            wrong.add(said.event.id() + ": " + said);
        }
    }

    /** The events of the report of the recording with all of its evidence. */
    private static JsonArray outside() throws IOException {
        LabRecording recording = new LabRecording("lab-outside", "systemtap.log");
        return events(
                "report",
                "-d",
                Known.INDEX.folder().toString(),
                "-r",
                "6.1.0-56-cloud-amd64",
                "--format",
                "json",
                "--kernel-log",
                recording.kernelLog().toString(),
                "--conntrack",
                recording.conntrack().toString(),
                Captures.folder().resolve("lab-outside/systemtap.log").toString());
    }

    private static JsonArray events(String... arguments) {
        Cli.Result result = Cli.backline(arguments);
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        return JsonParser.parseString(result.out()).getAsJsonObject().getAsJsonArray("events");
    }

    private static Said said(Event recorded, JsonObject event) {
        JsonObject cause = event.getAsJsonObject("cause");
        List<String> candidates = new ArrayList<>();
        cause.getAsJsonArray("candidates").forEach(candidate -> candidates.add(candidate.getAsString()));
        return new Said(
                recorded, cause.get("id").getAsString(), cause.get("confidence").getAsString(), candidates);
    }

    /** The words of a page for what a capture can tell. */
    private record Words(String certain, String likely, String candidate, String or) {
        String of(Said said) {
            boolean right = said.id.equals(said.event.cause());
            return !right || said.confidence.equals("possible")
                    ? candidate
                    : said.confidence.equals("certain") ? certain : likely;
        }

        /** Each outcome once, the surest first. */
        String of(List<Said> all, Cause cause) {
            Set<String> outcomes = new HashSet<>();
            for (Said each : all) {
                if (cause.id().equals(each.event.cause())) {
                    outcomes.add(of(each));
                }
            }
            List<String> sorted = new ArrayList<>(List.of(certain, likely, candidate));
            sorted.retainAll(outcomes);
            return sorted.isEmpty() ? "–" : String.join(or, sorted);
        }
    }

    @ParameterizedTest
    @CsvSource({"diagnosis.md, certain, likely, candidate, ' or ', false", "diagnosis.zh.md, 确定, 很可能, 候选, 或, true"})
    void theTableOfWhatEachCaptureCanTellIsTheOneInTheDocumentation(
            String page, String certain, String likely, String candidate, String or, boolean chinese)
            throws IOException {
        Words words = new Words(certain, likely, candidate, or);
        StringBuilder table = new StringBuilder("|");
        for (CaptureKind kind : CaptureKind.values()) {
            table.append(" | ").append(chinese ? kind.chineseTitle() : kind.title());
        }
        table.append(" |\n|")
                .append("---|".repeat(CaptureKind.values().length + 1))
                .append('\n');
        for (Cause cause : Cause.values()) {
            StringBuilder row = new StringBuilder("| [" + cause.id() + "](#" + cause.id() + ")");
            boolean triggered = false;
            for (CaptureKind kind : CaptureKind.values()) {
                String known = words.of(report(kind, kind.recording(), Known.DEBUG_INFO), cause);
                String names = words.of(report(kind, kind.recording(), Known.INDEX), cause);
                triggered |= !known.equals("–");
                row.append(" | ")
                        .append(known)
                        .append(names.equals(known) ? "" : chinese ? "（" + names + "）" : " (" + names + ")");
            }
            table.append(triggered ? row + " |\n" : "");
        }
        String text = Files.readString(Cli.ROOT.resolve("docs").resolve(page));
        String begin = "<!-- LabTruthTest checks this table -->\n";
        int from = text.indexOf(begin) + begin.length();
        assertThat(text.substring(from, text.indexOf("<!-- end -->"))).isEqualTo(table.toString());
    }

    /** What a report said of one event. */
    record Said(Event event, String id, String confidence, List<String> candidates) {
        /** A cause without doubt is the true one; else that is among the candidates. */
        void requireRight() {
            if (confidence.equals("certain") || !candidates.contains(event.cause())) {
                assertThat(id).as(toString()).isEqualTo(event.cause());
            }
        }

        @Override
        public String toString() {
            return event.cause() + ", said to be " + id + " (" + confidence + ") or " + candidates + ": "
                    + event.text();
        }
    }

    /** The report of what a kind of capture would have shown of a recording, event by event; RSTs that came in left out. */
    private List<Said> report(CaptureKind kind, String recording, Known known) throws IOException {
        List<Object> key = List.of(kind, recording, known);
        List<Said> said = reports.get(key);
        if (said == null) {
            said = made(kind, recording, known, folder.resolve("rst.log"));
            reports.put(key, said);
        }
        return said;
    }

    private static List<Said> made(CaptureKind kind, String name, Known known, Path file) throws IOException {
        LabRecording recording =
                new LabRecording(name, kind == CaptureKind.BPFTRACE ? "bpftrace.log" : "systemtap.log");
        List<String> lines = new ArrayList<>(kind.isGenerated() ? recording.head() : List.of());
        Map<Integer, Event> begun = new HashMap<>();
        for (Event event : recording.events()) {
            List<String> its = event.cause() == null ? List.of() : kind.lines(event);
            if (!its.isEmpty()) {
                begun.put(lines.size() + 1, event);
                lines.addAll(its);
            }
        }
        Files.write(file, lines, StandardCharsets.UTF_8);
        List<String> arguments = new ArrayList<>(
                List.of("report", "-d", known.folder().toString(), "-r", "6.1.0-56-cloud-amd64", "--format", "json"));
        if (kind.withKernelLog()) {
            arguments.addAll(List.of("--kernel-log", recording.kernelLog().toString()));
        }
        arguments.add(file.toString());
        JsonArray events = events(arguments.toArray(new String[0]));
        assertThat(events).hasSize(begun.size());
        List<Said> said = new ArrayList<>();
        for (JsonElement each : events) {
            JsonObject event = each.getAsJsonObject();
            Event recorded = begun.get(event.get("line").getAsInt());
            assertThat(recorded).as(event.toString()).isNotNull();
            said.add(said(recorded, event));
        }
        return said;
    }
}
