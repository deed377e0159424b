package dev.backline.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.crash.triage.TriagedReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job writes what the library says, from each kind of input, and nothing twice. */
class TriageTest {
    private static final int LOGS = 240;
    private static final Fleet FLEET = new Fleet();

    @TempDir
    Path folder;

    private static Fleet.Found found;
    private static List<TriagedReport> expected;

    @BeforeAll
    static void triageWithoutSpark() throws IOException {
        Sessions.spark();
        found = FLEET.found(LOGS, Kernels.get().pool());
        expected = found.reports();
        assertThat(expected).hasSizeGreaterThan(LOGS / 2);
        assertThat(Fleet.groups(expected)).hasSizeGreaterThan(10);
    }

    private record Run(int status, String err) {}

    private static Run triage(Object... arguments) {
        Sessions.spark();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        List<String> words = new ArrayList<>();
        for (Object each : arguments) {
            words.add(each.toString());
        }
        int status = Triage.run(
                words,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Run(status, out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8));
    }

    private static void assertTables(Path output) {
        assertThat(Fleet.reports(output)).isEqualTo(expected);
        assertThat(Fleet.groups(output)).isEqualTo(Fleet.groups(expected));
        assertThat(Fleet.frames(output)).isEqualTo(found.frames());
    }

    @Test
    void readParquet() {
        Path logs = folder.resolve("logs");
        FLEET.table(0, LOGS).repartition(5).write().parquet(logs.toString());
        Run run = triage("--from", "parquet", "--id", "name", "-o", folder.resolve("out"), logs);
        assertThat(run.err()).startsWith("backline: 240 logs, " + expected.size() + " reports, ");
        assertThat(run.status()).isZero();
        assertTables(folder.resolve("out"));
    }

    @Test
    void readJsonLinesAndSortOrNot() {
        Path logs = folder.resolve("logs");
        FLEET.table(0, LOGS).coalesce(2).write().option("compression", "gzip").json(logs.toString());
        assertThat(triage("--from=json", "--id=name", "--unsorted", "-o", folder.resolve("out"), logs)
                        .status())
                .isZero();
        assertTables(folder.resolve("out"));
    }

    @Test
    void readFilesPlainAndPacked() throws IOException {
        Path logs = Files.createDirectories(folder.resolve("logs/more"));
        for (int i = 0; i < LOGS; i++) {
            byte[] text = FLEET.log(i).getBytes(StandardCharsets.UTF_8);
            if (i % 3 == 0) {
                try (OutputStream out =
                        new GZIPOutputStream(Files.newOutputStream(logs.resolve(Fleet.name(i) + ".gz")))) {
                    out.write(text);
                }
            } else {
                Files.write(logs.resolve(Fleet.name(i)), text);
            }
        }
        Files.write(logs.resolve("picture"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13});
        Run run = triage("-o", folder.resolve("out"), logs.getParent());
        assertThat(run.err()).startsWith("backline: 241 logs (1 cannot be read), ");
        List<TriagedReport> reports = Fleet.reports(folder.resolve("out"));
        assertThat(reports).hasSameSizeAs(expected);
        assertThat(reports).allMatch(each -> each.input().startsWith(logs.toString()));
        assertThat(Fleet.groups(folder.resolve("out"))).hasSameSizeAs(Fleet.groups(expected));
    }

    @Test
    void readAStreamInSeveralRuns() {
        Path logs = folder.resolve("logs");
        Path out = folder.resolve("out");
        for (int part = 0; part < 2; part++) {
            FLEET.table(LOGS / 2 * part, LOGS / 2 * (part + 1))
                    .repartition(2 - part)
                    .write()
                    .mode(SaveMode.Append)
                    .parquet(logs.toString());
            Run run = triage("--from=parquet", "--id=name", "--stream", "--per-batch=1", "-o", out, logs);
            assertThat(run.status()).as(run.err()).isZero();
            assertThat(run.err().lines()).hasSize(2 - part);
        }
        assertTables(out);
        assertThat(triage("--from=parquet", "--id=name", "--stream", "-o", out, logs)
                        .err())
                .isEmpty();
        assertTables(out);
    }

    @Test
    void replaceABatchThatIsWrittenAgain() throws Exception {
        Path out = folder.resolve("out");
        TriageTables tables = new TriageTables(Sessions.spark(), out.toString(), true);
        int[] order = {0, 0, 1, 1, 1, 2};
        for (int batch : order) {
            tables.write(
                    FLEET.table(LOGS / 3 * batch, LOGS / 3 * (batch + 1))
                            .selectExpr("name AS input", "CAST(NULL AS STRING) AS host", "CAST(log AS BINARY) AS log"),
                    batch);
        }
        assertTables(out);
    }

    @Test
    void takeTheHostFromItsColumnWhereTheLogNamesNone() {
        String log = FunctionsTest.read(Sessions.CAPTURES.resolve("oops.txt"));
        Sessions.logs(log)
                .selectExpr("log AS message", "'web-1' AS machine")
                .write()
                .json(folder.resolve("in").toString());
        Path out = folder.resolve("out");
        triage("--from=json", "--column=message", "--host=machine", "-o", out, folder.resolve("in"));
        Row report = Sessions.spark()
                .read()
                .parquet(out.resolve("reports").toString())
                .head();
        assertThat(report.<String>getAs("host")).isEqualTo("web-1");
        assertThat(report.<String>getAs("input"))
                .isEqualTo(report.getAs("crash_id"))
                .hasSize(64);
        Row group = Fleet.groups(out).get(0);
        assertThat(group.getList(group.fieldIndex("hosts"))).isEqualTo(List.of("web-1"));
    }

    @Test
    void refuseToMixRuns() {
        FLEET.table(0, 3).write().parquet(folder.resolve("in").toString());
        Path out = folder.resolve("out");
        assertThat(triage("--from=parquet", "-o", out, folder.resolve("in")).status())
                .isZero();
        Run again = triage("--from=parquet", "-o", out, folder.resolve("in"));
        assertThat(again.status()).isEqualTo(3);
        assertThat(again.err())
                .isEqualTo("backline: " + out + ": has tables of an earlier run; --overwrite replaces them\n");
        assertThat(triage("--from=parquet", "--overwrite", "-o", out, folder.resolve("in"))
                        .status())
                .isZero();
    }

    @Test
    void overwriteAStreamWithItsCheckpoint() {
        Path logs = folder.resolve("logs");
        Path out = folder.resolve("out");
        FLEET.table(0, LOGS).write().parquet(logs.toString());
        for (String form : List.of("--stream", "--stream", "--unsorted", "--stream")) {
            Run run = triage("--from=parquet", "--id=name", form, "--overwrite", "-o", out, logs);
            assertThat(run.status()).as(run.err()).isZero();
            assertTables(out);
        }
        FLEET.table(0, 3).write().mode(SaveMode.Append).parquet(logs.toString());
        assertThat(triage("--from=parquet", "--unsorted", "--overwrite", "-o", out, logs)
                        .status())
                .isZero();
        Run stream = triage("--from=parquet", "--stream", "-o", out, logs);
        assertThat(stream.err())
                .isEqualTo("backline: " + out + ": has tables of an earlier run; --overwrite replaces them\n");
    }

    @Test
    void guessTheReleaseThatReportsName() throws IOException {
        for (TriagedReport each : expected) {
            int number = Integer.parseInt(each.input().substring("log-".length()));
            byte[] log = FLEET.log(number).getBytes(StandardCharsets.UTF_8);
            assertThat(Kernels.likelyRelease(log)).as(each.input()).isEqualTo(each.release());
            assertThat(Kernels.likelyRelease(compressed(log))).isEqualTo(each.release());
        }
        String start = "Linux version 6.1.0-56-amd64 (debian-kernel@lists.debian.org) (gcc-12 12.2.0)\n";
        assertThat(Kernels.likelyRelease(start.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("6.1.0-56-amd64");
        for (String none : List.of("", "Linux version ", "Not tainted", "tainted . .. 10 x.y\n6.1.0", "\0\1\2\3")) {
            assertThat(Kernels.likelyRelease(none.getBytes(StandardCharsets.UTF_8)))
                    .as(none)
                    .isNull();
        }
        assertThat(Kernels.likelyRelease(null)).isNull();
    }

    private static byte[] compressed(byte[] log) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(log);
        }
        return bytes.toByteArray();
    }

    @Test
    void complainInOneLine() {
        List<List<Object>> wrong = List.of(
                List.of(),
                List.of("-o"),
                List.of("-o", "x"),
                List.of("-o", "x", "--from", "csv", "y"),
                List.of("-o", "x", "--form", "csv", "y"),
                List.of("-o", "x", "--from", "kafka", "topic"),
                List.of("-o", "x", "--column", "c", "y"),
                List.of("-o", "x", "--every", "soon", "y"),
                List.of("-o", "x", "--per-batch", "-1", "y"),
                List.of("-o", "x", "--option", "y", "z"));
        for (List<Object> each : wrong) {
            Run run = triage(each.toArray());
            assertThat(run.status()).as(each.toString()).isEqualTo(2);
            assertThat(run.err().lines()).hasSize(1).first().asString().startsWith("backline: ");
        }
        List<List<Object>> unusable = List.of(
                List.of("-o", folder.resolve("a"), folder.resolve("missing")),
                List.of("-o", folder.resolve("b"), "--from=parquet", Sessions.CAPTURES.resolve("oops.txt")),
                List.of("-o", folder.resolve("c"), "--stream", "x", "y"));
        for (List<Object> each : unusable) {
            Run run = triage(each.toArray());
            assertThat(run.status()).as(each.toString()).isEqualTo(3);
            assertThat(run.err().lines()).hasSize(1).first().asString().startsWith("backline: ");
        }
    }

    @Test
    void printHelp() {
        Run help = triage("--help");
        assertThat(help.status()).isZero();
        assertThat(help.err()).contains("--checkpoint", "--from", "Parquet tables");
        assertThat(help.err().lines()).allMatch(line -> line.length() <= 120);
    }
}
