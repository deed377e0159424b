package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.backline.cli.explain.SchemaCheck;
import dev.backline.debugfiles.SideIndexes;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The JSON of each command follows its schema in docs/schema, and each schema declares only what the JSON has. The tests of
 * {@code explain} and {@code triage} check more samples.
 */
class JsonSchemasTest {
    private static final String GCC =
            Cli.ROOT.resolve("fixtures/elf/gcc12-v5.elf").toString();
    private static final String CLANG =
            Cli.ROOT.resolve("fixtures/elf/clang19-v5.elf").toString();
    private static final String INDEXES =
            Cli.ROOT.resolve("fixtures/kernels/indexes").toString();
    private static final Path CAPTURES = Cli.ROOT.resolve("fixtures/captures");

    /** Fields that not every line has. */
    private static final Set<String> OPTIONAL = Set.of("candidates", "mark", "edge", "skipped", "call");

    @TempDir
    Path folder;

    @Test
    void symbolize() throws IOException {
        List<JsonObject> found = new ArrayList<>();
        found.addAll(json(
                "symbolize",
                "-e",
                GCC,
                "--explain",
                "--links",
                "https://git.example/{file}#{line}",
                "receive+0xc8/0x160",
                "receive+0x63",
                "validate+0x4",
                "receive+0x4/0x999",
                "nothing+0x4"));
        found.addAll(json("symbolize", "-e", CLANG, "0x40015d"));
        found.addAll(json("symbolize", "-e", CLANG, "--explain", logOf(CLANG)));
        found.addAll(json("symbolize", "-e", GCC, "--explain", logOf(GCC)));
        found.addAll(json(
                "symbolize",
                "-d",
                INDEXES,
                CAPTURES.resolve("oops.txt").toString(),
                CAPTURES.resolve("systemtap-article.log").toString()));

        SchemaCheck schema = schema("symbolize");
        assertFollows(schema, found);
        Kernels.Kernel kernel = kernel12();
        assertFollows(
                schema,
                json(
                        "symbolize",
                        "-e",
                        kernel.vmlinux().toString(),
                        CAPTURES.resolve("oops.txt").toString()));
        assertThat(schema.unmet()).isEmpty();
    }

    /** A log with a frame for each place after a call that the fixture's tables know. */
    private String logOf(String elf) throws IOException {
        StringBuilder log = new StringBuilder(" Call Trace:\n");
        for (String line : Files.readAllLines(Path.of(elf.replace(".elf", ".expected")))) {
            if (!line.startsWith("#")) {
                log.append(" [<").append(line, 2, line.indexOf('\t')).append(">] receive+0x0/0x0\n");
            }
        }
        return Files.writeString(folder.resolve("log"), log).toString();
    }

    @Test
    void report() throws IOException {
        Path lab = CAPTURES.resolve("lab-kaslr");
        List<JsonObject> found = new ArrayList<>();
        found.addAll(json("report", "-d", INDEXES, lab.resolve("systemtap.log").toString()));
        found.addAll(json("report", CAPTURES.resolve("systemtap-article.log").toString()));

        SchemaCheck schema = schema("report");
        assertFollows(schema, found);
        // Frames are those of symbolize: the recordings have none of these kinds.
        assertThat(schema.unmet())
                .allMatch(unmet -> unmet.matches("frame/candidates|candidate/.*|source/(url|approximate)"));
    }

    @Test
    void explain() throws IOException {
        Path log = folder.resolve("oops");
        Files.writeString(log, """
                BUG: kernel NULL pointer dereference, address: 0000000000000004
                Oops: 0000 [#1] PREEMPT SMP NOPTI
                CPU: 0 PID: 7 Comm: init Not tainted 6.1.0-test #1
                RIP: 0010:receive+0x1d/0x1f0
                RAX: 0000000000000000 RBX: ffff888003a41000 RCX: 0000000000000000
                Call Trace:
                 <TASK>
                 validate+0x4
                 </TASK>
                ---[ end trace 0000000000000000 ]---
                """);
        List<JsonObject> found = json("explain", "-e", CLANG, log.toString());

        SchemaCheck schema = schema("crash");
        assertFollows(schema, found);
        assertThat(found.toString()).contains("\"approximate\":true", "\"candidates\":[");
    }

    @Test
    void generateList() throws IOException {
        Kernels.Kernel kernel = kernel12();
        SchemaCheck schema = schema("probes");
        assertFollows(
                schema,
                json(
                        "generate",
                        "--list",
                        "-e",
                        kernel.vmlinux().toString(),
                        "-d",
                        kernel.modules().toString()));
        assertThat(schema.unmet()).isEmpty();
    }

    private static Kernels.Kernel kernel12() throws IOException {
        Optional<Kernels.Kernel> kernel = Kernels.find(Kernels.DEBIAN_12);
        Assumptions.assumeTrue(kernel.isPresent(), Kernels.howToFetch(Kernels.DEBIAN_12));
        return kernel.orElseThrow();
    }

    @Test
    void kernel() throws IOException {
        Path vmlinux = folder.resolve("vmlinux-6.1.0-9-amd64");
        Files.copy(Path.of(GCC), vmlinux);
        Files.setLastModifiedTime(vmlinux, FileTime.from(Instant.now().minusSeconds(60)));
        String directory = folder.toString();

        SchemaCheck list = schema("kernel-list");
        assertFollows(list, json("kernel", "list", "-d", directory));
        assertThat(list.unmet()).isEmpty();
        SchemaCheck where = schema("kernel-where");
        assertFollows(where, json("kernel", "where", "-d", directory, "6.1.0-9-amd64"));
        assertFollows(where, json("kernel", "where", "0.0.0-none"));
        assertThat(where.unmet()).isEmpty();
        SchemaCheck cache = schema("kernel-cache");
        SideIndexes indexes = new SideIndexes(folder.resolve("cache"), Long.MAX_VALUE, 0);
        Cli.backline(indexes, "", Map.of(), "kernel", "cache", "make", vmlinux.toString());
        assertFollows(
                cache,
                objects(Cli.backline(indexes, "", Map.of(), "kernel", "cache", "--format", "json")
                        .out()));
        assertThat(cache.unmet()).isEmpty();
    }

    /** Each schema has a test: those above, and ExplainJsonTest and TriageCommandTest for the other two. */
    @Test
    void knowsEachSchema() throws IOException {
        try (Stream<Path> files = Files.list(Cli.ROOT.resolve("docs/schema"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "crash.schema.json",
                            "kernel-cache.schema.json",
                            "kernel-list.schema.json",
                            "kernel-where.schema.json",
                            "probes.schema.json",
                            "report.schema.json",
                            "symbolize.schema.json",
                            "triage.schema.json");
        }
    }

    private static SchemaCheck schema(String name) throws IOException {
        return SchemaCheck.read(Cli.ROOT.resolve("docs/schema/" + name + ".schema.json"));
    }

    private static List<JsonObject> json(String... command) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(command[0].equals("kernel") ? 2 : 1, List.of("--format", "json"));
        return objects(Cli.backline(all.toArray(String[]::new)).out());
    }

    private static List<JsonObject> objects(String lines) {
        return lines.lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
    }

    /** Also removes required fields of the first objects and gives them wrong types: the schema must find that. */
    private static void assertFollows(SchemaCheck schema, List<JsonObject> found) {
        assertThat(found).isNotEmpty();
        for (JsonObject each : found) {
            assertThat(schema.errors(each)).as(each.toString()).isEmpty();
        }
        JsonObject first = found.get(0);
        for (String field : List.copyOf(first.keySet())) {
            JsonElement value = first.remove(field);
            if (!OPTIONAL.contains(field)) {
                assertThat(schema.errors(first)).as("without %s", field).isNotEmpty();
            }
            first.add(field, new JsonPrimitive(1.5));
            assertThat(schema.errors(first)).as("1.5 as %s", field).isNotEmpty();
            first.add(field, value);
        }
    }
}
