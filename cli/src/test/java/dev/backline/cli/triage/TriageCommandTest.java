package dev.backline.cli.triage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.backline.cli.Cli;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.explain.SchemaCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code backline triage} from the command line to its output, on recorded oopses of three kernels. */
class TriageCommandTest {
    private static final Path RECORDED = Cli.ROOT.resolve("fixtures/captures/oopses");

    @TempDir
    Path desk;

    /** Name below the directory → bytes. */
    private final Map<String, byte[]> logs = new TreeMap<>();

    private Path directory = Path.of("");

    /** Copies some recordings, so that the directory has no other files. */
    @BeforeEach
    void copy() throws IOException {
        directory = desk.resolve("logs");
        try (Stream<Path> files = Files.walk(RECORDED)) {
            for (Path each :
                    files.filter(file -> file.toString().endsWith(".txt")).toList()) {
                String name = RECORDED.relativize(each).toString();
                if (name.contains("ferry")) {
                    logs.put(name, Files.readAllBytes(each));
                }
            }
        }
        assertThat(logs).hasSizeGreaterThan(30);
        for (Map.Entry<String, byte[]> each : logs.entrySet()) {
            Path file = directory.resolve(each.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, each.getValue());
        }
    }

    private static Cli.Result triage(String... words) {
        List<String> all = new ArrayList<>(List.of("triage"));
        all.addAll(List.of(words));
        return Cli.backline(all.toArray(String[]::new));
    }

    private static List<JsonObject> groups(String... words) {
        Cli.Result result = triage(
                Stream.concat(Stream.of("--format", "json"), Stream.of(words)).toArray(String[]::new));
        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.DONE);
        return result.out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
    }

    /** What does not depend on the names of logs. */
    private static List<String> bugs(List<JsonObject> groups) {
        return groups.stream()
                .map(each -> String.join(
                        " ",
                        String.valueOf(each.get("id")),
                        String.valueOf(each.get("count")),
                        String.valueOf(each.get("followUps")),
                        String.valueOf(each.get("kernels")),
                        String.valueOf(each.get("functions"))))
                .toList();
    }

    private byte[] tar(boolean packed) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = packed ? new GZIPOutputStream(bytes) : bytes;
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            for (Map.Entry<String, byte[]> each : logs.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(each.getKey());
                entry.setSize(each.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(each.getValue());
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] zip(Map<String, byte[]> members) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> each : members.entrySet()) {
                zip.putNextEntry(new ZipEntry(each.getKey()));
                zip.write(each.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void showsOneGroupForEachBugOfThreeKernels() {
        Cli.Result result = triage("--top", "3", directory.toString());

        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.DONE);
        assertThat(result.out())
                .contains("Page fault in ferry_bucket_flags\n")
                .contains("   kernels  6.1.0-56-cloud-amd64 (1), 6.12.107+deb13-cloud-amd64 (1),")
                .containsOnlyOnce("Explain an example: backline explain " + directory + "/")
                .contains(" more groups; --top N prints more, --format json all\n")
                .containsPattern("\n\\d+ reports in \\d+ groups, from " + logs.size() + " logs\n");
    }

    @Test
    void keepsReportsThatFollowAnOops() {
        List<JsonObject> groups = groups(directory.toString());

        long followUps = groups.stream()
                .mapToLong(each -> each.get("followUps").getAsLong())
                .sum();
        long all =
                groups.stream().mapToLong(each -> each.get("count").getAsLong()).sum();
        assertThat(followUps).isBetween(10L, all - 10);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 9})
    void givesTheSameGroupsWithAnyNumberOfThreads(int jobs) {
        assertThat(triage("--format", "json", "--jobs", Integer.toString(jobs), directory.toString())
                        .out())
                .isEqualTo(triage("--format", "json", directory.toString()).out());
    }

    @Test
    void givesTheSameGroupsForFilesADirectoryAnArchiveAndOneStream() throws Exception {
        List<String> expected = bugs(groups(directory.toString()));
        List<String> names = new ArrayList<>(logs.keySet());
        Collections.reverse(names);
        Path tar = Files.write(desk.resolve("logs.tar"), tar(false));
        Path packed = Files.write(desk.resolve("logs.tgz"), tar(true));
        Path zipped = Files.write(desk.resolve("logs.zip"), zip(logs));
        Path nested = Files.write(desk.resolve("nested.zip"), zip(Map.of("inner.tar.gz", tar(true))));

        assertThat(bugs(groups(names.stream()
                        .map(each -> directory.resolve(each).toString())
                        .toArray(String[]::new))))
                .isEqualTo(expected);
        assertThat(bugs(groups(tar.toString()))).isEqualTo(expected);
        assertThat(bugs(groups(packed.toString()))).isEqualTo(expected);
        assertThat(bugs(groups(zipped.toString()))).isEqualTo(expected);
        assertThat(bugs(groups(nested.toString()))).isEqualTo(expected);
        assertThat(groups(nested.toString()).get(0).get("example").toString()).contains("nested.zip!inner.tar.gz!");
    }

    @Test
    void followsTheSchema() throws Exception {
        SchemaCheck schema = SchemaCheck.read(Cli.ROOT.resolve("docs/schema/triage.schema.json"));
        List<JsonObject> groups = groups("-d", RECORDED.toString(), directory.toString());

        assertThat(groups).isNotEmpty();
        for (JsonObject group : groups) {
            assertThat(schema.errors(group)).isEmpty();
            for (Map.Entry<String, JsonElement> field : List.copyOf(group.entrySet())) {
                group.remove(field.getKey());
                assertThat(schema.errors(group))
                        .as("without %s", field.getKey())
                        .isNotEmpty();
                group.add(field.getKey(), new JsonPrimitive(1.5));
                assertThat(schema.errors(group)).as("1.5 as %s", field.getKey()).isNotEmpty();
                group.add(field.getKey(), field.getValue());
            }
        }
    }

    @Test
    void writesTheExplainedExampleIntoThePage() throws IOException {
        Path page = desk.resolve("bugs.html");

        Cli.Result result = triage("--format", "html", "-o", page.toString(), "--top", "12", directory.toString());

        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.DONE);
        String html = Files.readString(page);
        assertThat(html).contains("default-src 'none'").contains("5 more groups; --top N shows more");
        assertThat(html.split("<article", -1)).hasSize(13);
        assertThat(html.split("The example, explained", -1)).hasSize(11);
        assertThat(html.split("What to do next", -1)).hasSizeGreaterThan(5);
        assertThat(triage("-o", page.toString(), directory.toString()).status()).isEqualTo(ExitStatus.INPUT);
    }

    @Test
    void explainsExamplesInArchivesAndSaysWhereItCannot() throws Exception {
        Path nested = Files.write(desk.resolve("nested.zip"), zip(Map.of("inner.tar.gz", tar(true))));

        assertThat(triage("--format", "html", "--top", "3", nested.toString())
                        .out()
                        .split("The example, explained", -1))
                .hasSize(4);
        String log = new String(logs.values().iterator().next(), StandardCharsets.UTF_8);
        assertThat(Cli.backline(log, Map.of(), "triage", "--format", "html", "-")
                        .out())
                .contains("The example is not explained: standard input can be read only once.");
    }

    @Test
    void explainsTheExampleWithTheCommandThatItNames() throws Exception {
        Path tar = Files.write(desk.resolve("a log's.tgz"), tar(true));
        String next = triage("--top", "1", tar.toString())
                .out()
                .lines()
                .filter(line -> line.startsWith("Explain an example: "))
                .findFirst()
                .orElseThrow()
                .replaceFirst("Explain an example: ", "");

        Cli.needs("tar");
        String unpack = next.replace(" | backline explain", "");
        assertThat(unpack).isNotEqualTo(next);
        Cli.Result member = Cli.program(desk, "", "sh", "-c", unpack);
        assertThat(Cli.backline(member.out(), Map.of(), "explain").out()).contains("ferry_moor");
    }

    @Test
    void complainsAboutFilesThatCannotBeRead() throws IOException {
        byte[] packed = tar(true);
        Path cut = Files.write(directory.resolve("cut.log.gz"), Arrays.copyOf(packed, packed.length / 2));
        Path core = Files.write(directory.resolve("vmcore"), new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0});

        Cli.Result found = triage(directory.toString());
        assertThat(found.status()).isEqualTo(ExitStatus.DONE);
        assertThat(found.err()).contains("cut.log.gz").doesNotContain("vmcore");
        assertThat(found.out())
                .contains("1 file skipped: not text\n")
                .contains("1 file could not be read completely\n");
        assertThat(triage("--strict", directory.toString()).status()).isEqualTo(ExitStatus.UNRESOLVED);
        assertThat(triage(cut.toString()).status()).isEqualTo(ExitStatus.INPUT);
        Cli.Result named = triage(core.toString());
        assertThat(named.status()).isEqualTo(ExitStatus.INPUT);
        assertThat(named.err()).contains("vmcore: this is an ELF file, not a log");
        Cli.Result missing = triage(directory.toString(), desk.resolve("none").toString());
        assertThat(missing.status()).isEqualTo(ExitStatus.INPUT);
        assertThat(missing.out()).isEmpty();
    }
}
