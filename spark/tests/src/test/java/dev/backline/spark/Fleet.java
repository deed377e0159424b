package dev.backline.spark;

import dev.backline.crash.StackGroup;
import dev.backline.crash.triage.LogTriage;
import dev.backline.crash.triage.Triage;
import dev.backline.crash.triage.TriageGroup;
import dev.backline.crash.triage.TriagedReport;
import dev.backline.intake.LogInput;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.LogOptions;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.SourceFrame;
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
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

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

    /**
     * What a run without Spark finds.
     *
     * @param reports in their order
     * @param frames how the rows of each log add up, as {@link Fleet#frames(Path)} adds up those of a table
     */
    record Found(List<TriagedReport> reports, Map<String, Long> frames) {}

    /** {@return the reports and frames of logs without Spark} */
    Found found(int count, KernelPool kernels) throws IOException {
        List<TriagedReport> reports = new ArrayList<>();
        Map<String, Long> frames = new HashMap<>();
        LogTriage logs = new LogTriage(kernels, LogOptions.DEFAULT);
        for (int i = 0; i < count; i++) {
            String name = name(i);
            try (InputStream in = new ByteArrayInputStream(log(i).getBytes(StandardCharsets.UTF_8))) {
                LogReader log = new LogReader(LogInput.open("log", in).text());
                logs.readReports(name, log, LogOptions.DEFAULT, (counted, report) -> {
                    reports.add(counted);
                    add(name, counted.line(), report.stacks(), frames);
                });
            }
        }
        reports.sort(Comparator.naturalOrder());
        return new Found(reports, frames);
    }

    private static void add(String input, long line, List<StackGroup> stacks, Map<String, Long> sums) {
        for (int stack = 0; stack < stacks.size(); stack++) {
            StackGroup group = stacks.get(stack);
            for (int position = 0; position < group.frames().size(); position++) {
                LogFrame frame = group.frames().get(position);
                List<SourceFrame> sources =
                        frame.resolution() instanceof Resolved resolved ? resolved.frames() : List.of();
                int rows = Math.max(1, sources.size());
                for (int depth = 0; depth < rows; depth++) {
                    SourceFrame source = sources.isEmpty() ? null : sources.get(depth);
                    sums.merge(
                            input,
                            hash(
                                    line,
                                    stack,
                                    group.heading(),
                                    position,
                                    depth,
                                    frame.frame().reliable(),
                                    frame.reference().symbol(),
                                    frame.reference().symbol() == null
                                            ? null
                                            : frame.reference().offset(),
                                    frame.reference().size(),
                                    frame.module(),
                                    frame.resolution().status(),
                                    source == null ? null : source.path(),
                                    source == null || source.line() <= 0 ? null : source.line(),
                                    source != null && source.inlined()),
                            Long::sum);
                }
            }
        }
    }

    /** {@return for each log, the sum of the hashes of its rows: a row that is lost, changed or there twice changes it} */
    static Map<String, Long> frames(Path output) {
        Map<String, Long> sums = new HashMap<>();
        Iterator<Row> rows = Sessions.spark()
                .read()
                .parquet(output.resolve("frames").toString())
                .select(
                        "input",
                        "line",
                        "stack",
                        "heading",
                        "position",
                        "depth",
                        "reliable",
                        "symbol",
                        "offset",
                        "size",
                        "module",
                        "status",
                        "file",
                        "source_line",
                        "inlined")
                .toLocalIterator();
        while (rows.hasNext()) {
            Row row = rows.next();
            Object[] values = new Object[row.size() - 1];
            for (int i = 0; i < values.length; i++) {
                values[i] = row.get(i + 1);
            }
            sums.merge(row.getString(0), hash(values), Long::sum);
        }
        return sums;
    }

    private static long hash(@Nullable Object... values) {
        long hash = 0;
        for (Object each : values) {
            String text = String.valueOf(each);
            for (int i = 0; i < text.length(); i++) {
                hash = (hash ^ text.charAt(i)) * 0x9E3779B97F4A7C15L;
                hash ^= hash >>> 32;
            }
            hash = (hash ^ 0x10000) * 0x9E3779B97F4A7C15L;
        }
        return hash;
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
}
