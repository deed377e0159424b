package dev.backline.debugfiles;

import static dev.backline.debugfiles.SmallKernels.ID;
import static dev.backline.debugfiles.SmallKernels.OTHER_ID;
import static dev.backline.debugfiles.SmallKernels.RELEASE;
import static dev.backline.debugfiles.SmallKernels.vmlinux;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backline.kernel.KernelBuild;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uses a server that misbehaves in several ways. */
class DebuginfodTest {
    private static final KernelIdentity KERNEL = new KernelIdentity(RELEASE, ID, Map.of());

    /** Timeout for servers that answer: on a busy machine the first connection can take seconds. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Timeout for servers that do not answer: each such test takes this long. */
    private static final Duration IMPATIENCE = Duration.ofSeconds(2);

    @TempDir
    Path root;

    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        serve("good", exchange -> send(exchange, vmlinux(RELEASE, ID, true)));
        serve("none", exchange -> exchange.sendResponseHeaders(404, -1));
        serve("broken", exchange -> exchange.sendResponseHeaders(500, -1));
        serve("garbage", exchange -> send(exchange, "<html>no</html>".getBytes()));
        serve("other", exchange -> send(exchange, vmlinux(RELEASE, OTHER_ID, true)));
        serve("idless", exchange -> send(exchange, vmlinux(RELEASE, null, true)));
        serve("empty", exchange -> send(exchange, new byte[0]));
        serve("hanging", exchange -> await());
        serve("stalling", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[5000]);
            exchange.getResponseBody().flush();
            await();
        });
        serve("short", exchange -> {
            exchange.sendResponseHeaders(200, 100_000);
            exchange.getResponseBody().write(new byte[5000]);
            exchange.getResponseBody().flush();
            throw new IOException("done");
        });
        serve("endless", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            byte[] some = new byte[1 << 16];
            while (end.getCount() > 0) {
                out.write(some);
            }
        });
        serve("huge", exchange -> {
            exchange.sendResponseHeaders(200, 1L << 45);
            // Newer versions of Java send the headers only with the body.
            exchange.getResponseBody().flush();
        });
        serve("loop", exchange -> redirect(exchange, exchange.getRequestURI().toString()));
        serve("moved", exchange -> redirect(exchange, address("good") + "/buildid/" + ID + "/debuginfo"));
        serve("local", exchange -> redirect(exchange, "file:///etc/passwd"));
        server.start();
    }

    @AfterEach
    void stopServer() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void downloadsADebugFileOnceToTheCacheOfElfutils() throws IOException {
        Path cached = root.resolve("cache/" + ID + "/debuginfo");

        assertThat(found(find("good"))).isEqualTo(cached);
        assertThat(found(find("good"))).isEqualTo(cached);
        assertThat(requests).hasValue(1);
        assertThat(found(find("moved"))).isEqualTo(cached);
    }

    @Test
    void followsARedirect() throws IOException {
        assertThat(found(find("moved"))).exists();
    }

    @ParameterizedTest
    @CsvSource({
        "none,     404: no debug file for build id 1122",
        "broken,   HTTP status 500",
        "garbage,  did not send a debug file: the file is not an ELF file: it is text",
        "empty,    did not send a debug file: the file is not an ELF file: it is empty",
        "other,    sent a file with build id 9922",
        "idless,   sent a file without a build id",
        "hanging,  no answer within 2 s",
        "stalling, the download stalled for 2 s after 5000 bytes",
        "short,    the connection was lost after",
        "endless,  the file is larger than 1000000 bytes",
        "huge,     the file is larger than 1000000 bytes",
        "loop,     HTTP status 302",
        "local,    HTTP status 302"
    })
    void reportsAServersFailureAndAsksTheNextServer(String name, String message) throws IOException {
        assertThat(missing(find(name))).contains(address(name) + " (").contains(message);
        forgetMisses();
        assertThat(found(find(name, "good"))).exists();
        try (var files = Files.list(root.resolve("cache/" + ID))) {
            assertThat(files).as("no leftovers").hasSize(1);
        }
    }

    @Test
    void reportsAServerThatDoesNotListen() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        assertThat(missing(find(List.of(URI.create("http://127.0.0.1:" + port)), PATIENCE)))
                .contains("cannot connect");
    }

    @Test
    void stopsADownloadAfterTheTimeLimit() throws IOException {
        Debuginfod.Settings settings = new Debuginfod.Settings(
                List.of(URI.create(address("endless"))),
                root.resolve("cache"),
                PATIENCE,
                Duration.ofSeconds(1),
                1L << 40,
                List.of());

        assertThat(missing(find(settings))).contains("the download took longer than 1 s");
    }

    @Test
    void deletesTheDownloadsOfRunsThatWereKilledADayAgo() throws IOException {
        Path cache = Files.createDirectories(root.resolve("cache/" + ID));
        Path yesterday = Files.writeString(cache.resolve(".debuginfo.999999999-123.tmp"), "half");
        Files.setLastModifiedTime(yesterday, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        Path today = Files.writeString(cache.resolve(".debuginfo.999999999-124.tmp"), "half");

        found(find("good"));

        assertThat(yesterday).doesNotExist();
        assertThat(today).exists();
    }

    @Test
    void cachesForSomeMinutesThatNoServerHasAFile() throws IOException {
        missing(find("none"));
        assertThat(missing(find("none"))).contains("in the last 10 minutes");
        assertThat(requests).hasValue(1);
    }

    @Test
    void asksNoServerWithoutABuildId() throws IOException {
        Debuginfod.Settings settings =
                Debuginfod.Settings.of(List.of(URI.create(address("good"))), root.resolve("cache"));
        DebugFiles files = DebugFiles.builder()
                .root(root)
                .source(new Debuginfod(settings, Progress.SILENT))
                .build();
        try (KernelBuild build = KernelBuild.of(files, KernelIdentity.ofRelease(RELEASE))) {
            assertThat(missing(build.vmlinux())).contains("the build id is unknown");
        }
        assertThat(requests).hasValue(0);
    }

    @Test
    void readsTheEnvironmentAsElfutilsDoes() {
        Debuginfod.Settings settings = Debuginfod.Settings.fromEnvironment(Map.of(
                "DEBUGINFOD_URLS", " https://a.example/  http://b.example:8002 file:///srv ftp://c.example nonsense ",
                "DEBUGINFOD_TIMEOUT", "7",
                "DEBUGINFOD_MAXTIME", "60",
                "DEBUGINFOD_MAXSIZE", "12345",
                "XDG_CACHE_HOME", "/var/cache/me"));

        assertThat(settings.servers())
                .containsExactly(URI.create("https://a.example/"), URI.create("http://b.example:8002"));
        assertThat(settings.unusable()).containsExactly("file:///srv", "ftp://c.example", "nonsense");
        assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(settings.maxTime()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.maxSize()).isEqualTo(12345);
        assertThat(settings.cache()).isEqualTo(Path.of("/var/cache/me/debuginfod_client"));
        assertThat(Debuginfod.Settings.fromEnvironment(Map.of("HOME", "/home/me"))
                        .cache())
                .isEqualTo(Path.of("/home/me/.cache/debuginfod_client"));
        assertThat(Debuginfod.Settings.fromEnvironment(
                                Map.of("HOME", "/home/me", "DEBUGINFOD_CACHE_PATH", "/srv/cache"))
                        .cache())
                .isEqualTo(Path.of("/srv/cache"));
    }

    @Test
    void showsNoPasswordOfAnAddress() throws IOException {
        URI withPassword = URI.create(address("none").replace("http://", "http://me:secret@"));

        assertThat(missing(find(List.of(withPassword), PATIENCE)))
                .contains("/none (")
                .doesNotContain("secret");
    }

    private DebugFileLookup find(String... names) throws IOException {
        List<URI> servers = new ArrayList<>();
        Duration timeout = PATIENCE;
        for (String name : names) {
            servers.add(URI.create(address(name)));
            if (name.equals("hanging") || name.equals("stalling")) {
                timeout = IMPATIENCE;
            }
        }
        return find(servers, timeout);
    }

    private DebugFileLookup find(List<URI> servers, Duration timeout) throws IOException {
        return find(
                new Debuginfod.Settings(servers, root.resolve("cache"), timeout, Duration.ZERO, 1_000_000, List.of()));
    }

    private DebugFileLookup find(Debuginfod.Settings settings) throws IOException {
        DebugFiles files = DebugFiles.builder()
                .root(root)
                .source(new Debuginfod(settings, Progress.SILENT))
                .build();
        try (KernelBuild build = KernelBuild.of(files, KERNEL)) {
            return build.vmlinux();
        }
    }

    private void forgetMisses() throws IOException {
        Files.deleteIfExists(root.resolve("cache/" + ID + "/debuginfo"));
    }

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private void serve(String name, Answer answer) {
        server.createContext("/" + name + "/buildid/", exchange -> {
            requests.incrementAndGet();
            try (exchange) {
                answer.to(exchange);
            }
        });
    }

    private void await() throws IOException {
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void send(HttpExchange exchange, byte[] content) throws IOException {
        exchange.sendResponseHeaders(200, content.length == 0 ? -1 : content.length);
        exchange.getResponseBody().write(content);
    }

    private static void redirect(HttpExchange exchange, String to) throws IOException {
        exchange.getResponseHeaders().set("Location", to);
        exchange.sendResponseHeaders(302, -1);
    }

    private String address(String name) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + name;
    }

    private static Path found(DebugFileLookup lookup) {
        assertThat(lookup).as(lookup.toString()).isInstanceOf(DebugFile.class);
        return ((DebugFile) lookup).data().path();
    }

    private static String missing(DebugFileLookup lookup) {
        assertThat(lookup).isInstanceOf(MissingFile.class);
        return ((MissingFile) lookup).message();
    }
}
