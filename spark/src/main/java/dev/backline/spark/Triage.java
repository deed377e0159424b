package dev.backline.spark;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;

/** The triage of a fleet's logs, for spark-submit: {@code --help} lists the options. */
public final class Triage {
    private static final int DONE = 0;
    private static final int USAGE = 2;
    private static final int INPUT = 3;

    private Triage() {}

    /**
     * Runs the job, and ends the JVM if it fails.
     *
     * @param arguments as {@code --help} lists them
     */
    public static void main(String[] arguments) {
        int status = run(List.of(arguments), System.out, System.err);
        if (status != DONE) {
            System.exit(status);
        }
    }

    /** {@return the exit status, as for the command: 0 done, 2 wrong usage, 3 an input or an output cannot be used} */
    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        TriageOptions options;
        try {
            options = TriageOptions.parse(arguments);
        } catch (TriageOptions.WrongUsage e) {
            err.println("backline: " + e.getMessage());
            return USAGE;
        }
        if (options == null) {
            out.print(TriageOptions.HELP);
            return DONE;
        }
        try {
            run(options, err);
            return DONE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return INPUT;
        } catch (Exception e) {
            // Spark throws its checked errors without declaring them.
            err.println("backline: " + sentence(e));
            return INPUT;
        }
    }

    /** The first line of the innermost message: Spark wraps an error several times and adds plans and stacks. */
    private static String sentence(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null || message.isBlank()
                ? String.valueOf(cause)
                : message.strip().lines().findFirst().orElse("");
    }

    private static void run(TriageOptions options, PrintStream err) throws Exception {
        SparkSession.Builder builder = SparkSession.builder().appName("backline triage");
        options.settings().forEach(builder::config);
        SparkSession session = builder.getOrCreate();
        // Else Spark makes a task for every 32 small files, and tasks that keep hundreds of megabytes of logs to sort
        // them.
        setUnlessGiven(session, "spark.sql.files.openCostInBytes", 64 << 10);
        setUnlessGiven(session, "spark.sql.files.maxPartitionBytes", 8 << 20);
        // The reports are on a local disk, and only until all tables are written.
        setUnlessGiven(session, "spark.sql.inMemoryColumnarStorage.compressed", false);
        TriageTables tables = new TriageTables(session, options.output(), options.sorted());
        Path checkpoint = new Path(options.checkpoint());
        FileSystem files = checkpoint.getFileSystem(session.sparkContext().hadoopConfiguration());
        if (options.overwrite()) {
            // A stream that continued would merge its batches with tables that are gone.
            files.delete(checkpoint, true);
            tables.delete();
        }
        boolean continued = options.trigger() != null && files.exists(checkpoint);
        if (!continued && tables.exist()) {
            throw new IOException(options.output() + ": has tables of an earlier run; --overwrite replaces them");
        }
        if (options.trigger() == null) {
            say(err, tables.write(LogSource.batch(session, options), 0));
        } else {
            stream(session, options, tables, err);
        }
    }

    /** The session's own settings do not tell: they have a default for each name. */
    private static void setUnlessGiven(SparkSession session, String name, Object value) {
        if (!session.sparkContext().conf().contains(name)) {
            session.conf().set(name, String.valueOf(value));
        }
    }

    private static void stream(SparkSession session, TriageOptions options, TriageTables tables, PrintStream err)
            throws TimeoutException, StreamingQueryException {
        String every = options.trigger();
        StreamingQuery query = LogSource.stream(session, options)
                .writeStream()
                .option("checkpointLocation", options.checkpoint())
                .trigger(every == null || every.isEmpty() ? Trigger.AvailableNow() : Trigger.ProcessingTime(every))
                .foreachBatch((VoidFunction2<Dataset<Row>, Long>) (logs, batch) -> say(err, tables.write(logs, batch)))
                .start();
        query.awaitTermination();
    }

    private static void say(PrintStream err, TriageTables.Summary of) {
        err.println(String.format(
                Locale.ROOT,
                "backline: %,d logs%s, %,d reports, %,d groups",
                of.logs(),
                of.unreadable() == 0 ? "" : String.format(Locale.ROOT, " (%,d cannot be read)", of.unreadable()),
                of.reports(),
                of.groups()));
    }
}
