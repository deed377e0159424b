package dev.backline.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.symbolize.KernelPool;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the job on a cluster with two executors in separate JVMs, and kills one of them. */
class ClusterTest {
    private static final int LOGS = 600;
    private static final Duration LIMIT = Duration.ofMinutes(8);

    @TempDir
    Path folder;

    @Test
    void loseNothingAndWriteNothingTwiceWhenAnExecutorDies() throws Exception {
        Fleet fleet = new Fleet();
        Fleet.Found expected = fleet.found(LOGS, poolOfThisJvm());
        Path logs = folder.resolve("logs");
        fleet.table(0, LOGS).repartition(16).write().parquet(logs.toString());
        Path out = folder.resolve("out");
        Path said = folder.resolve("said");
        Process job = start(said, "--from=parquet", "--id=name", "-o", out.toString(), logs.toString());
        try {
            boolean killed = killAnExecutorDuringTheJob(job, out);
            assertThat(killed)
                    .as("an executor was killed before the job ended: %s", Files.readString(said))
                    .isTrue();
            assertThat(job.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
            job.descendants().forEach(ProcessHandle::destroyForcibly);
            job.destroyForcibly();
        }
        assertThat(job.exitValue()).as(Files.readString(said)).isZero();
        assertThat(Files.readString(said)).contains("600 logs, ");
        assertThat(Fleet.reports(out)).isEqualTo(expected.reports());
        assertThat(Fleet.groups(out)).isEqualTo(Fleet.groups(expected.reports()));
        assertThat(Fleet.frames(out)).isEqualTo(expected.frames());
    }

    private static KernelPool poolOfThisJvm() {
        Sessions.spark();
        return Kernels.get().pool();
    }

    /** Kills an executor when tasks have ended, and others have not. */
    private static boolean killAnExecutorDuringTheJob(Process job, Path out) throws Exception {
        Instant end = Instant.now().plus(LIMIT);
        while (job.isAlive() && Instant.now().isBefore(end)) {
            List<ProcessHandle> executors = job.descendants()
                    .filter(each -> each.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
                    .toList();
            if (executors.size() == 2 && ended(out.resolve("reports/batch=0/_temporary")) >= 3) {
                return executors.get(0).destroyForcibly();
            }
            Thread.sleep(20);
        }
        return false;
    }

    /** The number of tasks whose files wait for the job's commit. */
    private static long ended(Path temporary) throws IOException {
        if (!Files.isDirectory(temporary)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(temporary, 2)) {
            return files.filter(each -> String.valueOf(each.getFileName()).startsWith("task_"))
                    .count();
        } catch (UncheckedIOException e) {
            // A task was moving its files.
            return 0;
        }
    }

    private Process start(Path said, String... arguments) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Path home = Files.createDirectories(folder.resolve("spark/jars")).getParent();
        List<Path> own = new ArrayList<>();
        for (String each : classPath.split(File.pathSeparator, -1)) {
            Path entry = Path.of(each).toAbsolutePath();
            boolean jar = each.endsWith(".jar");
            if (each.contains("backline-") || Files.isDirectory(entry)) {
                own.add(entry);
            } else if (jar && Files.exists(entry) && !each.contains("junit") && !each.contains("console")) {
                Path link = home.resolve("jars").resolve(entry.getFileName());
                if (!Files.exists(link)) {
                    Files.createSymbolicLink(link, entry);
                }
            }
        }
        Path jar = folder.resolve("backline-own.jar");
        pack(own, jar);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-Dlog4j2.configurationFile=quiet.properties",
                "-Dspark.master=local-cluster[2,1,1024]",
                "-Dspark.jars=" + jar,
                "-Dspark.ui.enabled=false",
                "-Dspark.driver.host=127.0.0.1",
                "-Dspark.driver.bindAddress=127.0.0.1",
                // A task for each file or two, so that there is something left to do after a death.
                "-Dspark.sql.files.maxPartitionBytes=100000",
                "-Dspark.sql.shuffle.partitions=2",
                "-Dspark.executor.extraJavaOptions=-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
                "-Dspark.sql.warehouse.dir=" + folder.resolve("warehouse"),
                "-Dspark.plugins=" + BacklinePlugin.class.getName(),
                "-D" + Kernels.BUNDLED + "=" + Sessions.INDEXES,
                "-D" + Kernels.DEBUG_DIRS + "=" + Sessions.joined(Sessions.MODULES),
                "-cp",
                classPath,
                Triage.class.getName()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder job = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        job.environment()
                .putAll(Map.of(
                        "SPARK_HOME",
                        home.toString(),
                        "SPARK_SCALA_VERSION",
                        "2.13",
                        "SPARK_LOCAL_IP",
                        "127.0.0.1",
                        "JAVA_HOME",
                        System.getProperty("java.home")));
        return job.start();
    }

    /** Packs backline's own classes, which executors get from the driver. */
    private static void pack(List<Path> entries, Path jar) throws IOException {
        Set<String> names = new HashSet<>();
        try (OutputStream bytes = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(bytes, StandardCharsets.UTF_8)) {
            zip.setLevel(1);
            for (Path entry : entries) {
                if (Files.isDirectory(entry)) {
                    try (Stream<Path> files = Files.walk(entry)) {
                        for (Path file : files.filter(Files::isRegularFile).toList()) {
                            if (names.add(entry.relativize(file).toString())) {
                                zip.putNextEntry(
                                        new ZipEntry(entry.relativize(file).toString()));
                                Files.copy(file, zip);
                                zip.closeEntry();
                            }
                        }
                    }
                } else {
                    try (ZipFile packed = new ZipFile(entry.toFile())) {
                        for (ZipEntry each : Collections.list(packed.entries())) {
                            if (!each.isDirectory() && names.add(each.getName())) {
                                zip.putNextEntry(new ZipEntry(each.getName()));
                                packed.getInputStream(each).transferTo(zip);
                                zip.closeEntry();
                            }
                        }
                    }
                }
            }
        }
    }
}
