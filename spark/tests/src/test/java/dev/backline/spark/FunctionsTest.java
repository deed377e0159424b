package dev.backline.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The SQL functions give the answers of the libraries, whatever the text. */
class FunctionsTest {
    private static final String OOPS = read(Sessions.CAPTURES.resolve("oops.txt"));

    static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the rows of a function as JSON, with nulls} */
    private static List<JsonObject> json(LogFunction function, Path input) {
        String call = "to_json(" + function.sqlName() + "(content), map('ignoreNullFields', 'false', 'timestampFormat',"
                + " \"yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX\"))";
        Row row = Sessions.spark()
                .read()
                .format("binaryFile")
                .load(input.toString())
                .selectExpr(call)
                .head();
        List<JsonObject> rows = new ArrayList<>();
        JsonParser.parseString(row.getString(0)).getAsJsonArray().forEach(each -> rows.add(each.getAsJsonObject()));
        return rows;
    }

    static Stream<Path> crashes() throws IOException {
        List<Path> files = new ArrayList<>(List.of(Sessions.CAPTURES.resolve("oops.txt")));
        for (Path folder : Sessions.MODULES) {
            try (Stream<Path> names = Files.list(folder)) {
                names.filter(name -> name.toString().endsWith(".txt"))
                        .sorted()
                        .limit(6)
                        .forEach(files::add);
            }
        }
        return files.stream();
    }

    static Stream<Path> logs() throws IOException {
        return Stream.concat(
                crashes(),
                Stream.of("bpftrace.log", "perf-script.txt", "ftrace.txt", "crashes.jsonl", "systemtap-formats.log")
                        .map(Sessions.CAPTURES::resolve));
    }

    @ParameterizedTest
    @MethodSource("logs")
    void symbolizeAsTheLibrary(Path log) {
        List<JsonElement> expected = new ArrayList<>();
        for (JsonObject each : Library.json("symbolize", log)) {
            for (String absent : List.of("input", "edge", "mark", "skipped")) {
                each.remove(absent);
            }
            expected.add(Library.snake(each));
        }
        assertThat(expected).isNotEmpty();
        assertThat(new ArrayList<JsonElement>(json(LogFunction.SYMBOLIZE, log))).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("crashes")
    void explainAsTheLibrary(Path log) {
        List<JsonElement> expected = new ArrayList<>();
        for (JsonObject each : Library.json("explain", log)) {
            for (String absent : List.of("input", "registers", "code")) {
                each.remove(absent);
            }
            expected.add(Library.snake(each));
        }
        List<JsonElement> rows = new ArrayList<>();
        for (JsonObject each : json(LogFunction.EXPLAIN, log)) {
            if (each.get("culprit").isJsonObject()) {
                each.getAsJsonObject("culprit").remove("module");
            }
            rows.add(each);
        }
        assertThat(expected).isNotEmpty();
        assertThat(rows).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("crashes")
    void signatureAsExplainWhereNoInstructionTellsMore(Path log) {
        List<JsonObject> explained = json(LogFunction.EXPLAIN, log);
        List<JsonObject> signatures = json(LogFunction.SIGNATURE, log);
        assertThat(signatures).hasSameSizeAs(explained);
        for (int i = 0; i < signatures.size(); i++) {
            assertThat(signatures.get(i).get("line")).isEqualTo(explained.get(i).get("line"));
            if (signatures.get(i).get("kind").equals(explained.get(i).get("kind"))) {
                // An analysis can add what was waited for.
                assertThat(explained.get(i).get("title").getAsString())
                        .startsWith(signatures.get(i).get("title").getAsString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("captures")
    void rstAsTheLibrary(Path capture) {
        List<JsonElement> expected = new ArrayList<>();
        Library.json("report", capture).get(0).getAsJsonArray("events").forEach(each -> {
            each.getAsJsonObject().remove("file");
            JsonElement fields = each.getAsJsonObject().get("fields");
            JsonObject renamed = Library.snake(each).getAsJsonObject();
            renamed.add("fields", fields);
            renamed.getAsJsonArray("stack")
                    .forEach(frame -> frame.getAsJsonObject().remove("text"));
            JsonElement time = renamed.get("time");
            if (!time.isJsonNull()) {
                // Spark's times have microseconds.
                Instant micros = Instant.parse(time.getAsString()).truncatedTo(ChronoUnit.MICROS);
                renamed.addProperty("time", micros.toString());
            }
            // Evidence names the capture, which has no name in a table.
            expected.add(JsonParser.parseString(renamed.toString().replace(capture.toString(), "capture")));
        });
        List<JsonElement> rows = new ArrayList<>();
        for (JsonObject each : json(LogFunction.RST, capture)) {
            each.remove("count");
            JsonElement time = each.get("time");
            if (!time.isJsonNull()) {
                String instant =
                        OffsetDateTime.parse(time.getAsString()).toInstant().toString();
                each.addProperty("time", instant);
            }
            rows.add(each);
        }
        assertThat(expected).isNotEmpty();
        assertThat(rows).isEqualTo(expected);
    }

    static Stream<Path> captures() {
        return Stream.of("systemtap-article.log", "bpftrace.log", "lab-kaslr/systemtap.log")
                .map(Sessions.CAPTURES::resolve);
    }

    @ParameterizedTest
    @EnumSource
    void returnTheirSchema(LogFunction function) {
        DataType returned = Sessions.logs("")
                .selectExpr(function.sqlName() + "(log) AS rows")
                .schema()
                .apply("rows")
                .dataType();
        assertThat(returned).isEqualTo(function.type());
    }

    @ParameterizedTest
    @EnumSource
    void giveNullForNullAndForWhatIsNoText(LogFunction function) {
        Dataset<Row> logs = Sessions.spark()
                .sql("SELECT CAST(NULL AS STRING) AS log UNION ALL SELECT CAST(X'7f454c46020101000000000000000000' AS"
                        + " STRING)");
        List<Row> rows = logs.selectExpr(function.sqlName() + "(log) IS NULL").collectAsList();
        assertThat(rows).extracting(row -> row.getBoolean(0)).containsOnly(true).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void giveNoRowForATextWithoutAny(LogFunction function) {
        List<String> texts = List.of("", "\n\n", "hello", "\u0000".repeat(3), "x".repeat(100_000), "{\"a\":");
        List<Row> rows = Sessions.logs(texts)
                .selectExpr("coalesce(size(" + function.sqlName() + "(log)), 0)")
                .collectAsList();
        assertThat(rows).extracting(row -> row.getInt(0)).containsOnly(0).hasSize(texts.size());
    }

    @ParameterizedTest
    @EnumSource
    void giveTheSameWithAndWithoutGeneratedCode(LogFunction function) {
        List<String> logs = List.of(OOPS, "", read(Sessions.CAPTURES.resolve("systemtap-article.log")));
        List<List<Row>> answers = new ArrayList<>();
        for (String mode : List.of("CODEGEN_ONLY", "NO_CODEGEN")) {
            Sessions.spark().conf().set("spark.sql.codegen.factoryMode", mode);
            Sessions.spark().conf().set("spark.sql.codegen.wholeStage", mode.equals("CODEGEN_ONLY"));
            try {
                answers.add(Sessions.logs(logs)
                        .repartition(2)
                        .selectExpr("log", function.sqlName() + "(log) AS rows")
                        .orderBy(functions.length(functions.col("log")))
                        .collectAsList());
            } finally {
                Sessions.spark().conf().unset("spark.sql.codegen.factoryMode");
                Sessions.spark().conf().unset("spark.sql.codegen.wholeStage");
            }
        }
        assertThat(answers.get(0)).hasSize(3).isEqualTo(answers.get(1));
    }

    @Test
    void readCompressedTexts() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(bytes)) {
            packed.write(OOPS.getBytes(StandardCharsets.UTF_8));
        }
        byte[] cut = Arrays.copyOf(bytes.toByteArray(), bytes.size() / 2);
        Dataset<Row> logs = Sessions.spark()
                .createDataset(
                        List.of(bytes.toByteArray(), OOPS.getBytes(StandardCharsets.UTF_8), cut), Encoders.BINARY())
                .toDF("log");
        List<Row> rows = logs.selectExpr("backline_symbolize(log)").collectAsList();
        assertThat(rows.get(0)).isEqualTo(rows.get(1));
        assertThat(rows.get(2).isNullAt(0)).isTrue();
    }

    @Test
    void survivesTextsThatArePiecesOfLogs() {
        List<String> pieces = new ArrayList<>();
        for (int i = 0; i < OOPS.length(); i += 997) {
            pieces.add(OOPS.substring(i));
            pieces.add(OOPS.substring(0, i));
            pieces.add(OOPS.substring(0, i) + "\u0000\ud83d\ude00" + OOPS.substring(i / 2));
        }
        for (LogFunction each : LogFunction.values()) {
            assertThat(Sessions.logs(pieces)
                            .selectExpr("sum(size(" + each.sqlName() + "(log)))")
                            .head()
                            .isNullAt(0))
                    .isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void refuseWrongArguments(LogFunction function) {
        assertThatThrownBy(() -> Sessions.logs("").selectExpr(function.sqlName() + "()"))
                .hasMessageContaining("WRONG_NUM_ARGS");
        assertThatThrownBy(() -> Sessions.logs("").selectExpr(function.sqlName() + "(array(log))"))
                .hasMessageContaining("DATATYPE_MISMATCH");
    }

    @Test
    void workInWhereWithExplodeAndInInsert() {
        Sessions.logs(OOPS, "no crash").createOrReplaceTempView("some_logs");
        assertThat(Sessions.spark()
                        .sql("SELECT r.title FROM some_logs LATERAL VIEW explode(backline_explain(log)) AS r"
                                + " WHERE size(backline_explain(log)) > 0")
                        .count())
                .isEqualTo(1);
        Row frame = Sessions.spark()
                .sql("SELECT inline(backline_symbolize(log)) FROM some_logs")
                .where("symbol = 'tcp_v4_rcv' AND reliable")
                .selectExpr("get(frames, size(frames) - 1).file", "kernel")
                .head();
        assertThat(frame.getString(0)).isEqualTo("net/ipv4/tcp_ipv4.c");
        assertThat(frame.getString(1)).isEqualTo("6.1.0-56-cloud-amd64");
    }

    @Test
    void describeThemselves() {
        String text = Sessions.spark()
                .sql("DESCRIBE FUNCTION EXTENDED backline_explain")
                .collectAsList()
                .toString();
        assertThat(text).contains("backline_explain(log) - Returns", "Arguments:", "spark.backline.debug.dirs");
        assertThat(Sessions.logs("").selectExpr("backline_rst(log)").columns()).containsExactly("backline_rst(log)");
    }

    @Test
    void runOnceForTwoMentions() {
        long before = Counters.LOGS.sum();
        Sessions.logs(OOPS)
                .selectExpr("size(backline_symbolize(log))", "get(backline_symbolize(log), 0).symbol")
                .collectAsList();
        assertThat(Counters.LOGS.sum() - before).isEqualTo(1);
    }

    @Test
    void countWhatTheyDo() {
        long[] before = {Counters.LOGS.sum(), Counters.REPORTS.sum(), Counters.UNREADABLE.sum(), Counters.FRAMES.sum()};
        List<Row> rows = Sessions.logs(OOPS, "nothing")
                .selectExpr("size(backline_explain(log))")
                .collectAsList();
        assertThat(rows).hasSize(2);
        assertThat(Counters.LOGS.sum() - before[0]).isEqualTo(2);
        assertThat(Counters.REPORTS.sum() - before[1]).isEqualTo(1);
        assertThat(Counters.UNREADABLE.sum() - before[2]).isZero();
        assertThat(Counters.FRAMES.sum() - before[3]).isPositive();
    }

    @Test
    void acceptOtherTypesAsTexts() {
        assertThat(Sessions.logs("")
                        .selectExpr("backline_symbolize(5)", "backline_rst(current_date())")
                        .head()
                        .getList(0))
                .isEmpty();
    }

    @Test
    void readTimesOfEvents() {
        Instant time = Sessions.spark()
                .read()
                .option("wholetext", true)
                .text(Sessions.CAPTURES.resolve("bpftrace.log").toString())
                .selectExpr("get(backline_rst(value), 0).time")
                .head()
                .getTimestamp(0)
                .toInstant();
        assertThat(time).isAfter(Instant.parse("2020-01-01T00:00:00Z"));
    }
}
