package dev.backline.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The session that all tests share, because a session takes seconds to start; and what the tests read. */
final class Sessions {
    /** The checkout. */
    static final Path ROOT = Path.of(System.getProperty("backline.root", "../.."))
            .toAbsolutePath()
            .normalize();

    static final Path CAPTURES = ROOT.resolve("fixtures/captures");

    /** The partial indexes of Debian's kernel, which are the debug files that every machine has. */
    static final Path INDEXES = ROOT.resolve("fixtures/kernels/indexes");

    /** The modules of the recorded crashes. */
    static final List<Path> MODULES = List.of(
            CAPTURES.resolve("oopses/x86-6.1"),
            CAPTURES.resolve("oopses/x86-6.12"),
            CAPTURES.resolve("oopses/arm64-6.12"));

    private Sessions() {}

    /** Starts the session on first use. */
    private static final class Holder {
        static final SparkSession INSTANCE = SparkSession.builder()
                .master("local[2]")
                .appName("tests")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "2")
                .config("spark.sql.warehouse.dir", temporary().toUri().toString())
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.plugins", BacklinePlugin.class.getName())
                .config("spark.backline.index.bundled", INDEXES.toString())
                .config("spark.backline.debug.dirs", joined(MODULES))
                .getOrCreate();
    }

    static SparkSession spark() {
        return Holder.INSTANCE;
    }

    static String joined(List<Path> paths) {
        return String.join(",", paths.stream().map(Path::toString).toList());
    }

    static Path temporary() {
        try {
            Path folder = Files.createTempDirectory("backline-spark");
            folder.toFile().deleteOnExit();
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A table with one column, {@code log}. */
    static Dataset<Row> logs(List<String> logs) {
        return spark().createDataset(logs, Encoders.STRING()).toDF("log");
    }

    static Dataset<Row> logs(String... logs) {
        return logs(List.of(logs));
    }
}
