package dev.backline.spark;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.udf;

import dev.backline.crash.triage.Triage;
import dev.backline.crash.triage.TriageGroup;
import dev.backline.crash.triage.TriagedReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Observation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The tables {@code reports}, {@code frames} and {@code groups} of a folder. A batch that is written again replaces itself,
 * so nothing is there twice after a failure. Not thread-safe.
 */
final class TriageTables {
    private static final String BATCH = "/batch=";
    private static final List<String> TABLES = List.of("reports", "frames", "groups");

    private final SparkSession session;
    private final String folder;
    private final boolean sorted;

    /**
     * What a batch had.
     *
     * @param logs that were read
     * @param unreadable of them, which are not text or are damaged
     * @param reports of the batch
     * @param groups of all batches
     */
    record Summary(long logs, long unreadable, long reports, int groups) {}

    TriageTables(SparkSession session, String folder, boolean sorted) {
        this.session = session;
        this.folder = folder;
        this.sorted = sorted;
    }

    /** {@return whether there are tables} */
    boolean exist() throws IOException {
        return fileSystem().exists(new Path(folder, TABLES.get(0)));
    }

    /** Removes the tables and what was kept of earlier batches. */
    void delete() throws IOException {
        for (String each : TABLES) {
            fileSystem().delete(new Path(folder, each), true);
        }
        fileSystem().delete(new Path(folder, "_triage"), true);
    }

    /**
     * Writes a batch.
     *
     * @param logs with the columns of {@link LogSource}
     * @param batch its number, from 0; the batch before was written
     */
    Summary write(Dataset<Row> logs, long batch) throws IOException, InterruptedException {
        Observation counts = new Observation();
        Dataset<Row> reports = reports(logs, counts).persist(StorageLevel.DISK_ONLY());
        try {
            reports.drop("stacks").write().mode(SaveMode.Overwrite).parquet(folder + "/reports" + BATCH + batch);
            frames(reports).write().mode(SaveMode.Overwrite).parquet(folder + "/frames" + BATCH + batch);
            Triage own = triage(reports);
            Triage all = new Triage();
            if (batch > 0) {
                all.merge(Triage.fromBytes(read(state(batch - 1))));
            }
            all.merge(own);
            write(state(batch), all.toBytes());
            List<TriageGroup> groups = all.groups();
            groups(groups).write().mode(SaveMode.Overwrite).parquet(folder + "/groups" + BATCH + batch);
            forget(batch - 1);
            Map<String, Object> seen = CollectionConverters.asJava(counts.get());
            return new Summary(
                    (Long) Objects.requireNonNull(seen.get("logs")),
                    (Long) Objects.requireNonNull(seen.get("unreadable")),
                    own.reports(),
                    groups.size());
        } finally {
            reports.unpersist();
        }
    }

    private Dataset<Row> reports(Dataset<Row> logs, Observation counts) {
        Dataset<Row> ordered = logs;
        if (sorted) {
            // One kernel after the other, so that a task has one open at a time.
            ordered = logs.withColumn(
                            "kernel",
                            udf((UDF1<byte[], String>) Kernels::likelyRelease, DataTypes.StringType)
                                    .apply(col("log")))
                    .sortWithinPartitions("kernel");
        }
        return ordered.select(
                        sha2(col("log"), 256).as("crash_id"),
                        col("input"),
                        col("host").as("row_host"),
                        expr(LogFunction.SIGNATURE.sqlName() + "(log)").as("found"))
                .observe(
                        counts,
                        count(lit(1)).as("logs"),
                        count_if(col("found").isNull()).as("unreadable"))
                .selectExpr("crash_id", "input", "row_host", "inline(found)")
                .withColumn("host", coalesce(col("host"), col("row_host")))
                .drop("row_host")
                .withColumnRenamed("group", "group_id")
                .withColumnRenamed("printed_group", "printed_group_id")
                .withColumnRenamed("id", "signature");
    }

    /** A row for each source frame; one for a frame without. */
    private static Dataset<Row> frames(Dataset<Row> reports) {
        return reports.selectExpr("crash_id", "input", "line", "posexplode(stacks) AS (stack, s)")
                .selectExpr(
                        "crash_id",
                        "input",
                        "line",
                        "stack",
                        "s.heading",
                        "s.role",
                        "posexplode(s.frames) AS (position, f)")
                .selectExpr("*", "posexplode_outer(f.frames) AS (depth, source)")
                .selectExpr(
                        "crash_id",
                        "input",
                        "line",
                        "stack",
                        "heading",
                        "role",
                        "position",
                        "coalesce(depth, 0) AS depth",
                        "f.reliable",
                        "f.symbol",
                        "f.offset",
                        "f.size",
                        "f.module",
                        "f.address",
                        "f.status",
                        "coalesce(source.function, f.symbol) AS function",
                        "source.file AS file",
                        "source.line AS source_line",
                        "source.column AS source_column",
                        "coalesce(source.inlined, false) AS inlined");
    }

    /** {@return the triage of reports: each partition makes its own, and they are merged} */
    private static Triage triage(Dataset<Row> reports) throws IOException {
        List<byte[]> parts = reports.select(
                        "input",
                        "line",
                        "time",
                        "host",
                        "release",
                        "kind",
                        "title",
                        "severity",
                        "group_id",
                        "printed_group_id",
                        "signature",
                        "functions",
                        "culprit",
                        "sure",
                        "follows")
                .mapPartitions((MapPartitionsFunction<Row, byte[]>) TriageTables::counted, Encoders.BINARY())
                .javaRDD()
                .treeAggregate(new ArrayList<>(), TriageTables::with, TriageTables::together);
        return merged(parts);
    }

    private static List<byte[]> with(List<byte[]> parts, byte[] part) {
        parts.add(part);
        return parts;
    }

    private static List<byte[]> together(List<byte[]> parts, List<byte[]> others) throws IOException {
        parts.addAll(others);
        Triage all = merged(parts);
        return new ArrayList<>(List.of(all.toBytes()));
    }

    private static Triage merged(List<byte[]> parts) throws IOException {
        Triage all = new Triage();
        for (byte[] each : parts) {
            all.merge(Triage.fromBytes(each));
        }
        return all;
    }

    private static Iterator<byte[]> counted(Iterator<Row> reports) {
        Triage triage = new Triage();
        reports.forEachRemaining(row -> triage.add(report(row)));
        return List.of(triage.toBytes()).iterator();
    }

    private static TriagedReport report(Row row) {
        return new TriagedReport(
                row.getString(0),
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                row.getList(11),
                row.getString(12),
                row.getBoolean(13),
                row.getBoolean(14));
    }

    private Dataset<Row> groups(List<TriageGroup> groups) {
        Function1<Object, Object> converter = CatalystTypeConverters.createToScalaConverter(GroupTable.GROUPS.type());
        List<Row> rows = new ArrayList<>();
        for (TriageGroup each : groups) {
            rows.add((Row) converter.apply(GroupTable.GROUPS.row(each)));
        }
        return session.createDataFrame(rows, GroupTable.GROUPS.type()).coalesce(1);
    }

    private FileSystem fileSystem() throws IOException {
        return new Path(folder).getFileSystem(session.sparkContext().hadoopConfiguration());
    }

    /** The triage of all batches up to this one. Spark's readers skip names that begin with _. */
    private Path state(long batch) {
        return new Path(folder, "_triage/" + batch);
    }

    private byte[] read(Path file) throws IOException {
        try (InputStream in = fileSystem().open(file)) {
            return in.readAllBytes();
        }
    }

    private void write(Path file, byte[] bytes) throws IOException {
        Path temporary = file.suffix(".new");
        try (OutputStream out = fileSystem().create(temporary, true)) {
            out.write(bytes);
        }
        fileSystem().delete(file, false);
        if (!fileSystem().rename(temporary, file)) {
            throw new IOException(file + ": cannot be written");
        }
    }

    /** Removes the groups and the triages of the batches before one, which a repetition of this one does not need. */
    private void forget(long batch) throws IOException {
        for (String each : List.of("groups", "_triage")) {
            for (FileStatus file : fileSystem().listStatus(new Path(folder, each))) {
                Long number = number(file.getPath().getName());
                if (number != null && number < batch) {
                    fileSystem().delete(file.getPath(), true);
                }
            }
        }
    }

    private static @Nullable Long number(String name) {
        String digits = name.startsWith("batch=") ? name.substring("batch=".length()) : name;
        return digits.matches("\\d{1,18}") ? Long.valueOf(digits) : null;
    }
}
