package dev.backline.spark;

import dev.backline.debugfiles.BundledIndexes;
import dev.backline.debugfiles.DebugDirectory;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.debugfiles.Debuginfod;
import dev.backline.debugfiles.IndexStore;
import dev.backline.debugfiles.Progress;
import dev.backline.intake.LogInput;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.jspecify.annotations.Nullable;

/**
 * The open kernels of this JVM: of an executor, or of the driver of a local master. All tasks share them. The settings are in
 * Spark's configuration, which the driver and each executor have; the constants name them. Thread-safe.
 */
final class Kernels {
    /** Directories with debug files, separated by commas; a relative one can be an archive of {@code spark.archives}. */
    static final String DEBUG_DIRS = "spark.backline.debug.dirs";

    /** The file of the only kernel of all logs. */
    static final String VMLINUX = "spark.backline.vmlinux";

    /** The release of all logs that name none, as {@code uname -r} prints it. */
    static final String RELEASE = "spark.backline.release";

    /** A folder of partial indexes, one folder for each release. */
    static final String BUNDLED = "spark.backline.index.bundled";

    /** A store that {@code backline index --store} fills: a directory, or a folder on a file system of Hadoop. */
    static final String STORE = "spark.backline.index.store";

    /** The memory of all open kernels together, such as {@code 512m}; a quarter of the heap if not set. */
    static final String MEMORY = "spark.backline.memory";

    /** How much of a log is searched for its release, in bytes. */
    private static final int GLANCE = 1 << 16;

    /** The texts that a release follows on the same line: {@code Not tainted}, {@code Tainted:}, {@code Linux version}. */
    private static final List<String> BEFORE_RELEASE = List.of("ainted", "Linux version ");

    /** The kernels of the current environment; another one follows when a session is stopped and the next one started. */
    private static final AtomicReference<@Nullable Kernels> CURRENT = new AtomicReference<>();

    private final @Nullable SparkEnv environment;
    private final KernelPool pool;
    private final LogOptions options;

    private Kernels(@Nullable SparkEnv environment) {
        this.environment = environment;
        SparkConf conf = environment == null ? new SparkConf(false) : environment.conf();
        options = LogOptions.DEFAULT.withRelease(conf.get(RELEASE, null));
        DebugFiles files = files(conf);
        long memory = conf.getSizeAsBytes(MEMORY, Runtime.getRuntime().maxMemory() / 4);
        pool = new KernelPool(files, memory);
    }

    private static DebugFiles files(SparkConf conf) {
        DebugFiles.Builder files = DebugFiles.builder();
        String vmlinux = conf.get(VMLINUX, "");
        if (!vmlinux.isEmpty()) {
            files.vmlinux(shipped(vmlinux));
        }
        for (String directory : conf.get(DEBUG_DIRS, "").split(",", -1)) {
            if (!directory.isBlank()) {
                files.source(new DebugDirectory(shipped(directory.strip())));
            }
        }
        String store = conf.get(STORE, "");
        if (!store.isEmpty()) {
            files.source(store(store, conf));
        }
        files.standardSources(Debuginfod.Settings.fromEnvironment(System.getenv()), null, false, Progress.SILENT);
        String bundled = conf.get(BUNDLED, "");
        if (!bundled.isEmpty()) {
            files.source(new BundledIndexes(shipped(bundled)));
        }
        DebugFiles built = files.build();
        try {
            built.check();
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage() + " (" + DEBUG_DIRS + ", " + VMLINUX + ")", e);
        }
        return built;
    }

    /** {@return a store; one that is not local is copied to this machine, index by index, when one is needed} */
    private static IndexStore store(String name, SparkConf conf) {
        URI address = new org.apache.hadoop.fs.Path(name).toUri();
        if (address.getScheme() == null) {
            return new IndexStore(shipped(name));
        }
        // Spark removes this folder with the application.
        Path cache = Path.of(SparkFiles.getRootDirectory(), "backline-indexes");
        return new IndexStore(
                name,
                new HadoopStore(
                        new org.apache.hadoop.fs.Path(address),
                        SparkHadoopUtil.get().newConfiguration(conf)),
                cache);
    }

    /** {@return a file of spark.files or spark.archives if the name is one; else the file of this machine} */
    private static Path shipped(String name) {
        Path file = Path.of(name);
        if (!file.isAbsolute() && SparkEnv.get() != null) {
            Path copy = Path.of(SparkFiles.get(name));
            if (Files.exists(copy)) {
                return copy;
            }
        }
        return file;
    }

    /** {@return the kernels of this JVM, opened by the first call} */
    static Kernels get() {
        SparkEnv environment = SparkEnv.get();
        Kernels current = CURRENT.get();
        return current != null && current.environment == environment ? current : renewed(environment);
    }

    private static synchronized Kernels renewed(@Nullable SparkEnv environment) {
        Kernels current = CURRENT.get();
        if (current != null && current.environment == environment) {
            return current;
        }
        Kernels renewed = new Kernels(environment);
        CURRENT.set(renewed);
        if (current != null) {
            // Kernels in use close when their last user returns them.
            current.pool.close();
        }
        return renewed;
    }

    /**
     * {@return the release that a log most likely has; null if none is found, or if the log cannot be read} The lines are not
     * read one by one: the release is the word with dots after the taint flags or after {@code Linux version}.
     *
     * <p>A wrong guess makes a task switch between kernels more often, and changes no answer.
     *
     * @param log as it was collected, also compressed
     */
    static @Nullable String likelyRelease(byte @Nullable [] log) {
        if (log == null) {
            return null;
        }
        String text;
        try (InputStream bytes = new ByteArrayInputStream(log)) {
            text = new String(LogInput.open("log", bytes).text().readNBytes(GLANCE), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return null;
        }
        for (String before : BEFORE_RELEASE) {
            int at = text.indexOf(before);
            if (at >= 0) {
                int end = text.indexOf('\n', at);
                String line = text.substring(at + before.length(), end < 0 ? text.length() : end);
                for (String word : line.split(" ", -1)) {
                    if (word.indexOf('.') > 0 && Character.isDigit(word.charAt(0))) {
                        return word;
                    }
                }
            }
        }
        return null;
    }

    /** {@return the pool, which stays open} */
    KernelPool pool() {
        return pool;
    }

    /** {@return how to symbolise each log} */
    LogOptions options() {
        return options;
    }
}
