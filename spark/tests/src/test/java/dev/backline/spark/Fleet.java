package dev.backline.spark;

import dev.backline.crash.triage.LogTriage;
import dev.backline.crash.triage.Triage;
import dev.backline.crash.triage.TriageGroup;
import dev.backline.crash.triage.TriagedReport;
import dev.backline.intake.LogInput;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.types.StructType;

/** The logs of a fleet, made from recordings: each of another host, at another time; and what the library says of them. */
final class Fleet {
    private static final Instant START = Instant.parse("2026-11-22T08:00:00Z");
    private static final int HOSTS = 40;

    private final List<String> recordings = new ArrayList<>();

    Fleet() {
        try {
            for (Path folder : Sessions.MODULES) {
                try (Stream<Path> names = Files.list(folder)) {
                    for (Path each : names.sorted().toList()) {
                        if (each.toString().endsWith(".txt")) {
                            recordings.add(firstOfItsBoot(Files.readString(each, StandardCharsets.UTF_8)));
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A crash as the first of its boot: those after it are no evidence of bugs of their own. */
    private static String firstOfItsBoot(String recording) {
        return recording.replaceAll("\\[#\\d+]", "[#1]").replaceAll("(Tainted: [A-Z] +)D", "$1 ");
    }

    static String name(int number) {
        return "log-" + number;
    }

    /** {@return the log of that number; always the same} */
    String log(int number) {
        String prefix = START.plusSeconds(61L * number) + " host-" + number * 7 % HOSTS + " kernel: ";
        StringBuilder log = new StringBuilder();
        recordings
                .get(number % recordings.size())
                .lines()
                .forEach(line -> log.append(prefix).append(line).append('\n'));
        return log.toString();
    }

    /** A table of logs, in the columns {@code name} and {@code log}. */
    Dataset<Row> table(int from, int to) {
        List<Row> rows = new ArrayList<>();
        for (int i = from; i < to; i++) {
            rows.add(RowFactory.create(name(i), log(i)));
        }
        return Sessions.spark()
                .createDataFrame(rows, new StructType().add("name", "string").add("log", "string"));
    }

    /** {@return the reports of logs without Spark, in their order} */
    List<TriagedReport> reports(int count, KernelPool kernels) throws IOException {
        List<TriagedReport> reports = new ArrayList<>();
        LogTriage logs = new LogTriage(kernels, LogOptions.DEFAULT);
        for (int i = 0; i < count; i++) {
            try (InputStream in = new ByteArrayInputStream(log(i).getBytes(StandardCharsets.UTF_8))) {
                logs.read(name(i), new LogReader(LogInput.open("log", in).text()), reports::add);
            }
        }
        reports.sort(Comparator.naturalOrder());
        return reports;
    }

    /** {@return the groups of reports without Spark, as rows in the order of the table} */
    static List<Row> groups(List<TriagedReport> reports) {
        Triage triage = new Triage();
        reports.forEach(triage::add);
        var converter = CatalystTypeConverters.createToScalaConverter(GroupTable.GROUPS.type());
        List<Row> rows = new ArrayList<>();
        for (TriageGroup each : triage.groups()) {
            rows.add((Row) converter.apply(GroupTable.GROUPS.row(each)));
        }
        return rows;
    }

    /** {@return the reports of a table, in their order} */
    static List<TriagedReport> reports(Path output) {
        List<TriagedReport> reports = new ArrayList<>();
        for (Row row : Sessions.spark()
                .read()
                .parquet(output.resolve("reports").toString())
                .collectAsList()) {
            reports.add(new TriagedReport(
                    row.getAs("input"),
                    row.getAs("line"),
                    row.getAs("time"),
                    row.getAs("host"),
                    row.getAs("release"),
                    row.getAs("kind"),
                    row.getAs("title"),
                    row.getAs("severity"),
                    row.getAs("group_id"),
                    row.getAs("printed_group_id"),
                    row.getAs("signature"),
                    row.getList(row.fieldIndex("functions")),
                    row.getAs("culprit"),
                    row.getAs("sure"),
                    row.getAs("follows")));
        }
        reports.sort(Comparator.naturalOrder());
        return reports;
    }

    /** {@return the groups of the last batch, in the order of the library} */
    static List<Row> groups(Path output) {
        Dataset<Row> all =
                Sessions.spark().read().parquet(output.resolve("groups").toString());
        Object last = all.selectExpr("max(batch)").head().get(0);
        List<Row> rows =
                new ArrayList<>(all.where("batch = " + last).drop("batch").collectAsList());
        rows.sort(Comparator.<Row>comparingLong(row -> -row.<Long>getAs("count"))
                .thenComparing(row -> row.<String>getAs("group_id")));
        return rows;
    }

    /** {@return how often each frame and report of the tables is there} */
    static long duplicates(Path output, String table, String... key) {
        Dataset<Row> rows =
                Sessions.spark().read().parquet(output.resolve(table).toString());
        return rows.count() - rows.selectExpr(key).distinct().count();
    }
}
