package dev.backline.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.sha2;

import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** The logs that options name, as a table with the columns {@code input}, {@code host} and {@code log}. */
final class LogSource {
    private static final String INPUT = "input";
    private static final String HOST = "host";
    private static final String LOG = "log";

    private LogSource() {}

    /** {@return all logs that there are now} */
    static Dataset<Row> batch(SparkSession session, TriageOptions options) {
        String[] inputs = options.inputs().toArray(String[]::new);
        return switch (options.form()) {
            case TEXT ->
                files(session.read()
                        .format("binaryFile")
                        .option("recursiveFileLookup", true)
                        .options(options.sourceOptions())
                        .load(inputs));
            case JSON ->
                rows(
                        session.read()
                                .schema(schema(options))
                                .options(options.sourceOptions())
                                .json(inputs),
                        options);
            case PARQUET -> rows(session.read().options(options.sourceOptions()).parquet(inputs), options);
            case KAFKA ->
                messages(session.read()
                        .format("kafka")
                        .options(kafka(options))
                        .options(options.sourceOptions())
                        .load());
        };
    }

    /** {@return the logs as a stream} */
    static Dataset<Row> stream(SparkSession session, TriageOptions options) {
        if (options.form() == TriageOptions.Form.KAFKA) {
            var messages = session.readStream()
                    .format("kafka")
                    .option("startingOffsets", "earliest")
                    .options(kafka(options));
            if (options.perBatch() > 0) {
                messages = messages.option("maxOffsetsPerTrigger", options.perBatch());
            }
            return messages(messages.options(options.sourceOptions()).load());
        }
        if (options.inputs().size() > 1) {
            throw new IllegalArgumentException("a stream of files has one folder or pattern, not several");
        }
        String folder = options.inputs().get(0);
        var files = session.readStream().option("recursiveFileLookup", true);
        if (options.perBatch() > 0) {
            files = files.option("maxFilesPerTrigger", options.perBatch());
        }
        files = files.options(options.sourceOptions());
        return switch (options.form()) {
            case TEXT ->
                files(files.format("binaryFile")
                        .schema("path string, modificationTime timestamp, length bigint, content binary")
                        .load(folder));
            case JSON -> rows(files.schema(schema(options)).json(folder), options);
            default ->
                rows(files.schema(session.read().parquet(folder).schema()).parquet(folder), options);
        };
    }

    private static Map<String, String> kafka(TriageOptions options) {
        return Map.of("kafka.bootstrap.servers", options.brokers(), "subscribe", String.join(",", options.inputs()));
    }

    /** The columns that are read; the others of the objects are skipped. */
    private static StructType schema(TriageOptions options) {
        StructType schema = new StructType().add(options.column(), "string");
        for (String each : new String[] {options.idColumn(), options.hostColumn()}) {
            if (each != null && !schema.getFieldIndex(each).isDefined()) {
                schema = schema.add(each, "string");
            }
        }
        return schema;
    }

    private static Dataset<Row> files(Dataset<Row> files) {
        return table(
                files, regexp_replace(col("path"), "^file:/+", "/"), lit(null).cast("string"), col("content"));
    }

    private static Dataset<Row> rows(Dataset<Row> rows, TriageOptions options) {
        Column log = rows.col(quoted(options.column())).cast("binary");
        String id = options.idColumn();
        String host = options.hostColumn();
        return table(
                rows,
                id == null ? sha2(log, 256) : rows.col(quoted(id)).cast("string"),
                host == null ? lit(null).cast("string") : rows.col(quoted(host)).cast("string"),
                log);
    }

    /** A name with a dot is one column, not a field of a struct. */
    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    private static Dataset<Row> messages(Dataset<Row> messages) {
        return table(
                messages,
                concat(
                        col("topic"),
                        lit(":"),
                        col("partition").cast("string"),
                        lit(":"),
                        col("offset").cast("string")),
                lit(null).cast("string"),
                col("value"));
    }

    private static Dataset<Row> table(Dataset<Row> rows, Column input, Column host, Column log) {
        return rows.select(input.as(INPUT), host.as(HOST), log.as(LOG));
    }
}
