package dev.backline.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.cli.Cli;
import dev.backline.cli.console.ExitStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code report --follow} as a process of its own, which a signal ends. */
@Timeout(180)
class ReportFollowTest {
    private static final int PATIENCE_SECONDS = 60;

    @TempDir
    Path folder;

    private @Nullable Process process;
    private final BlockingQueue<String> out = new LinkedBlockingQueue<>();
    private final List<String> err = new ArrayList<>();
    private final List<Thread> readers = new ArrayList<>();

    private static String event(int port) {
        return "rst wall=1795358935." + port + " probe=tcp_v4_send_reset dir=passive comm=nginx src=203.0.113.9:" + port
                + " dst=203.0.113.5:443 flags=ACK sk=none ct=INVALID sent=yes\n"
                + " 0xffffffff9ec7a0e0 : tcp_v4_send_reset+0x0/0x830 [kernel]\n"
                + " 0xffffffff9ec7c8cb : tcp_v4_rcv+0x99b/0xee0 [kernel]\n";
    }

    private void start(String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("report", "--follow"));
        arguments.addAll(List.of(options));
        // A build in the background of a script ignores SIGINT, and so would all of its processes.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(Cli.process(arguments.toArray(new String[0])));
        Process started = new ProcessBuilder(command).start();
        process = started;
        readers.add(new Thread(
                () -> started.inputReader(StandardCharsets.UTF_8).lines().forEach(out::add)));
        readers.add(new Thread(() -> {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(started.getErrorStream(), StandardCharsets.UTF_8))) {
                lines.lines().filter(line -> !line.contains("warning:")).forEach(err::add);
            } catch (IOException e) {
                err.add(e.toString());
            }
        }));
        readers.forEach(Thread::start);
    }

    /** Ends it as Ctrl-C does; gives its exit status. */
    private int interrupt(String signal) throws IOException, InterruptedException {
        Process running = process();
        // The shell's own: kill as a program is not on every machine.
        new ProcessBuilder("sh", "-c", "kill -" + signal + " " + running.pid())
                .start()
                .waitFor();
        return status();
    }

    private int status() throws InterruptedException {
        assertThat(process().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        for (Thread reader : readers) {
            reader.join();
        }
        return process().exitValue();
    }

    private Process process() {
        Process running = process;
        assertThat(running).isNotNull();
        return running;
    }

    private String line() throws InterruptedException {
        String line = out.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(line).as("a line; on standard error: %s", err).isNotNull();
        return line;
    }

    private String rest() {
        List<String> lines = new ArrayList<>();
        out.drainTo(lines);
        return String.join("\n", lines);
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static <T> T eventually(Callable<@Nullable T> look) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < end) {
            T found = look.call();
            if (found != null) {
                return found;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("waited in vain");
    }

    @AfterEach
    void end() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
        }
    }

    @Test
    void saysEachEventOnALineAndAtTheEndTheReport() throws Exception {
        Path capture = folder.resolve("rst.log");
        append(capture, event(1001));
        start(capture.toString());

        assertThat(line())
                .isEqualTo("2026-11-22T14:48:55.100100Z\tconntrack-invalid\tlikely\t203.0.113.9:1001\t203.0.113.5:443"
                        + "\tnginx\t" + capture + ":1");
        append(capture, event(1002) + event(1003).substring(0, 40));
        assertThat(line()).contains("203.0.113.9:1002").endsWith(capture + ":4");
        append(capture, event(1003).substring(40));
        assertThat(line()).contains("203.0.113.9:1003").endsWith(capture + ":7");

        assertThat(interrupt("INT")).isZero();
        assertThat(line()).isEmpty();
        assertThat(rest()).startsWith("3 events of 1 kind").contains("What helps");
        assertThat(err).isEmpty();
    }

    @Test
    void goesOnWhenTheCaptureIsRotatedOrCutShort() throws Exception {
        Path capture = folder.resolve("rst.log");
        append(capture, event(1001));
        start(capture.toString());
        assertThat(line()).contains(":1001");

        Files.move(capture, folder.resolve("rst.log.1"));
        append(folder.resolve("rst.log.1"), event(1002));
        Files.writeString(capture, event(1003) + event(1004));
        assertThat(line()).contains(":1002").endsWith(capture + ":4");
        assertThat(line()).contains(":1003").endsWith(capture + ":1");
        assertThat(line()).contains(":1004").endsWith(capture + ":4");

        Files.writeString(capture, event(1005), StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(line()).contains(":1005").endsWith(capture + ":1");

        assertThat(interrupt("TERM")).isZero();
        assertThat(rest()).contains("5 events of 1 kind");
    }

    @Test
    void endsWithTheStream() throws Exception {
        start("-");
        try (OutputStream in = process().getOutputStream()) {
            in.write(event(1001).getBytes(StandardCharsets.UTF_8));
            in.flush();
            assertThat(line()).contains(":1001").endsWith("standard input:1");
        }

        assertThat(status()).isZero();
        assertThat(rest()).contains("1 event of 1 kind");
    }

    @Test
    void isEndedWhileItWaitsForAStream() throws Exception {
        start("--format", "json", "-");
        OutputStream in = process().getOutputStream();
        in.write((event(1001) + event(1002)).getBytes(StandardCharsets.UTF_8));
        in.flush();
        // What a JSON report has of them comes as they do, without a line's end.
        Thread.sleep(3000);

        assertThat(interrupt("INT")).isZero();
        assertThat(JsonParser.parseString(rest()).getAsJsonObject().getAsJsonArray("events"))
                .hasSize(2);
    }

    @Test
    void keepsAFileWholeAllTheTime() throws Exception {
        Path capture = folder.resolve("rst.log");
        Path report = folder.resolve("report.json");
        append(capture, event(1001));
        start("--format", "json", "-o", report.toString(), capture.toString());
        assertThat(eventually(() -> events(report, 1)).getAsJsonArray("groups")).hasSize(1);

        append(capture, event(1002));
        JsonObject second = eventually(() -> events(report, 2));
        assertThat(second.getAsJsonArray("groups")
                        .get(0)
                        .getAsJsonObject()
                        .get("count")
                        .getAsInt())
                .isEqualTo(2);

        append(capture, event(1003));
        assertThat(interrupt("INT")).isZero();
        assertThat(JsonParser.parseString(Files.readString(report))
                        .getAsJsonObject()
                        .getAsJsonArray("events"))
                .hasSizeBetween(2, 3);
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactlyInAnyOrder(capture, report);
        }
    }

    /** The report in the file when it has so many events, else null; what is there is always whole. */
    private static @Nullable JsonObject events(Path file, int count) throws IOException {
        String text = Files.exists(file) ? Files.readString(file) : "";
        if (text.isEmpty()) {
            return null;
        }
        JsonObject report = JsonParser.parseString(text).getAsJsonObject();
        return report.getAsJsonArray("events").size() == count ? report : null;
    }

    @Test
    void replacesNoFileButItsOwn() throws Exception {
        Path capture = folder.resolve("rst.log");
        Path report = folder.resolve("report.html");
        append(capture, event(1001));
        Files.writeString(report, "mine");
        start("--format", "json", "-o", report.toString(), capture.toString());
        assertThat(status()).isEqualTo(ExitStatus.INPUT);
        assertThat(String.join("\n", err)).contains("is there already");
        assertThat(report).hasContent("mine");
    }

    @Test
    void leavesAFileAloneThatSomebodyPutInThePlaceOfItsOwn() throws Exception {
        Path capture = folder.resolve("rst.log");
        Path report = folder.resolve("report.json");
        append(capture, event(1001));
        start("--format", "json", "-o", report.toString(), capture.toString());
        eventually(() -> events(report, 1));
        Path other = Files.writeString(folder.resolve("other"), "mine");
        Files.move(other, report, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        append(capture, event(1002));

        assertThat(status()).isEqualTo(ExitStatus.INPUT);
        assertThat(String.join("\n", err)).contains("replaced by somebody else");
        assertThat(report).hasContent("mine");
    }
}
