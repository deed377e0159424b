package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.backline.cli.console.ExitStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Commands as processes of their own, when what they write has no room, they are ended, or their standard descriptors are
 * closed. A limit on the size of files (ulimit -f) stands for a full disk: writing fails in the middle of a file.
 */
@Timeout(180)
class WriterFailuresTest {
    private static final String ELF =
            Cli.ROOT.resolve("fixtures/elf/gcc12-v5.elf").toAbsolutePath().toString();
    private static final String CAPTURE = Cli.ROOT
            .resolve("fixtures/captures/lab-kaslr/systemtap.log")
            .toAbsolutePath()
            .toString();

    @TempDir
    Path folder;

    private Path out;

    @BeforeEach
    void createAFolder() throws IOException {
        out = Files.createDirectory(folder.resolve("out"));
    }

    /** Runs a command behind words of the shell, such as a limit or a redirection. Its output goes to pipes: they have no size. */
    private static Cli.Result shell(String words, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", words, "sh"));
        command.addAll(Cli.process(arguments.toArray(new String[0])));
        // The JVM writes counters to a file of its own.
        command.add(5, "-XX:-UsePerfData");
        Process process = new ProcessBuilder(command).start();
        process.getOutputStream().close();
        CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
        String out = text(process.getInputStream());
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new Cli.Result(process.exitValue(), out, err.get());
    }

    private static String text(InputStream in) {
        try {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.walk(out)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.equals("lock"))
                    .toList();
        }
    }

    private List<String> arguments(String line, Path file) {
        return List.of(line.replace("ELF", ELF)
                .replace("CAPTURE", CAPTURE)
                .replace("OUT", file.toString())
                .split(" "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "generate -o OUT",
                "generate --force -o OUT",
                "report -o OUT CAPTURE",
                "report --format html -o OUT CAPTURE",
                "report --follow --format html -o OUT CAPTURE",
                "index ELF -o OUT",
                "triage --format html -o OUT CAPTURE"
            })
    void nameTheFileThatHasNoRoomAndLeaveNothing(String line) throws Exception {
        Path file = out.resolve("file");
        // The capture of a report is followed until a signal comes.
        String limited = line.contains("--follow")
                ? "ulimit -f 1; \"$@\" & p=$!; sleep 3; kill $p 2>/dev/null; wait $p"
                : "ulimit -f 0; exec \"$@\"";
        Cli.Result result = shell(limited, arguments(line, file));

        assertThat(result.err())
                .contains(file + ": cannot be written: ")
                .doesNotContain("standard output", "Exception");
        assertThat(result.status()).isEqualTo(ExitStatus.INPUT);
        assertThat(left()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"completion", "generate", "index --help", "kernel list -d OUT", "report CAPTURE"})
    void sayThatStandardOutputHasNoRoom(String line) throws Exception {
        // The machine of the test need not have a kernel.
        Files.copy(Path.of(ELF), out.resolve("vmlinux-6.1.0"));
        Cli.Result result = shell("exec \"$@\" >/dev/full", arguments(line, out));

        assertThat(result.err()).isEqualTo("backline: standard output: No space left on device\n");
        assertThat(result.status()).isEqualTo(ExitStatus.INPUT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"symbolize -e ELF", "report -", "explain", "addr2line -e ELF"})
    void sayThatStandardInputIsClosed(String line) throws Exception {
        // As the launcher opens a closed descriptor.
        Cli.Result result = shell("exec \"$@\" 0>/dev/null", arguments(line, out));

        assertThat(result.err()).contains("standard input is closed").hasLineCount(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.status()).isNotZero();
    }

    @Test
    void leaveNoPartOfAReportBehindASignal() throws Exception {
        Path growing = folder.resolve("pipe");
        Cli.program(folder, "", "mkfifo", growing.toString());
        for (String signal : List.of("INT", "TERM")) {
            Process process =
                    new ProcessBuilder(Cli.process("report", "-o", out + "/report", growing.toString())).start();
            try (var writer = Files.newOutputStream(growing)) {
                writer.write("x".repeat(100).getBytes(StandardCharsets.UTF_8));
                writer.flush();
                killWithAPart(process, signal);
            }
            assertThat(left()).as(signal).isEmpty();
        }
    }

    /** Waits until the process has written a part of a file, sends the signal, and waits for the end. */
    private void killWithAPart(Process process, String signal) throws Exception {
        for (int i = 0; i < 600 && left().isEmpty() && process.isAlive(); i++) {
            Thread.sleep(50);
        }
        assertThat(left()).as("a part while it runs").isNotEmpty();
        new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                .start()
                .waitFor();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void leaveNoPartOfADownloadBehindASignal() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream body = exchange.getResponseBody();
            // Slowly, without end.
            while (!wait(end)) {
                body.write(new byte[1 << 10]);
                body.flush();
            }
        });
        server.start();
        try {
            for (String signal : List.of("INT", "TERM", "HUP")) {
                ProcessBuilder builder =
                        new ProcessBuilder(Cli.process("kernel", "where", "--fetch", "48f3".repeat(10)));
                builder.environment()
                        .put(
                                "DEBUGINFOD_URLS",
                                "http://127.0.0.1:" + server.getAddress().getPort());
                builder.environment().put("DEBUGINFOD_CACHE_PATH", out.toString());
                Process process = builder.start();
                killWithAPart(process, signal);
                assertThat(left()).as(signal).isEmpty();
            }
        } finally {
            end.countDown();
            server.stop(0);
            threads.shutdownNow();
        }
    }

    private static boolean wait(CountDownLatch end) {
        try {
            return end.await(20, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    @Test
    void readSourcesFromRegularFilesOnly() throws Exception {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Cli.Result plain = Cli.backline("symbolize", "-e", ELF, "0x400393");
        String file = plain.out()
                .lines()
                .findFirst()
                .orElseThrow()
                .replaceFirst("^.* at ", "")
                .replaceFirst(":.*", "");
        Path source = tree.resolve(file.startsWith("/") ? file.substring(1) : file);
        Files.createDirectories(source.getParent());
        Cli.program(folder, "", "mkfifo", source.toString());

        Cli.Result result =
                shell("exec \"$@\"", List.of("symbolize", "-e", ELF, "--source", tree.toString(), "0x400393"));
        assertThat(result.status()).isZero();
        assertThat(result.err()).contains("no source for");
    }
}
