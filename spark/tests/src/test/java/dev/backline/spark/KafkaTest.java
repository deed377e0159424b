package dev.backline.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backline.crash.triage.TriagedReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job reads a topic of a real broker. */
class KafkaTest {
    private static final int LOGS = 120;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    @Test
    void readATopicAsAStream() throws Exception {
        Path jars = Path.of(System.getProperty(
                "backline.kafka.jars",
                Sessions.ROOT.resolve("spark/kafka/target/jars").toString()));
        assumeTrue(Files.isDirectory(jars), "the jars of Kafka are not there: " + jars);
        int port = freePort();
        Path settings = folder.resolve("server.properties");
        Files.writeString(settings, """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
                log.dirs=%3$s
                offsets.topic.replication.factor=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                num.partitions=3
                """.formatted(port, freePort(), folder.resolve("data")));
        Process format = kafka(
                jars, "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", settings.toString());
        assertThat(format.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(format.exitValue())
                .as(Files.readString(folder.resolve("said")))
                .isZero();
        Process broker = kafka(jars, "kafka.Kafka", settings.toString());
        try {
            await(broker, port);
            readIt("127.0.0.1:" + port);
        } finally {
            broker.destroyForcibly().waitFor();
        }
    }

    private void readIt(String broker) throws IOException {
        Path out = folder.resolve("out");
        for (int part = 0; part < 2; part++) {
            new Fleet()
                    .table(LOGS / 2 * part, LOGS / 2 * (part + 1))
                    .selectExpr("log AS value")
                    .write()
                    .format("kafka")
                    .option("kafka.bootstrap.servers", broker)
                    .option("topic", "crashes")
                    .save();
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
            int status = Triage.run(
                    List.of("--from=kafka", "--brokers", broker, "--stream", "-o", out.toString(), "crashes"),
                    err,
                    err);
            assertThat(status).as(said.toString(StandardCharsets.UTF_8)).isZero();
        }
        List<TriagedReport> expected =
                new Fleet().found(LOGS, Kernels.get().pool()).reports();
        assertThat(Fleet.reports(out))
                .hasSameSizeAs(expected)
                .doesNotHaveDuplicates()
                .allMatch(each -> each.input().matches("crashes:[0-2]:\\d+"));
        assertThat(Fleet.groups(out))
                .extracting(row -> row.getAs("group_id") + " " + row.getAs("count"))
                .isEqualTo(Fleet.groups(expected).stream()
                        .map(row -> row.getAs("group_id") + " " + row.getAs("count"))
                        .toList());
    }

    private Process kafka(Path jars, String... command) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                jars + "/*"));
        words.addAll(List.of(command));
        return new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("said").toFile()))
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void await(Process broker, int port) throws Exception {
        Instant end = Instant.now().plus(LIMIT);
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(socket.isConnected()).isTrue();
                return;
            } catch (IOException e) {
                assertThat(broker.isAlive() && Instant.now().isBefore(end)).isTrue();
                Thread.sleep(200);
            }
        }
    }
}
