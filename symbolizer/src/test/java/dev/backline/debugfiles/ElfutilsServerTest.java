package dev.backline.debugfiles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.elf.BuildId;
import dev.backline.elf.ElfFile;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.fixtures.Kernels;
import dev.backline.kernel.KernelBuild;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uses elfutils' debuginfod. */
class ElfutilsServerTest {
    private static final String FIXTURE = "gcc12-v5";

    @TempDir
    Path root;

    private Process server;
    private URI address;

    @BeforeEach
    void startServer() throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/debuginfod")), "skipped: install the package debuginfod");
        Path served = Files.createDirectories(root.resolve("served"));
        Files.copy(ElfFixtures.fixture(FIXTURE).elf(), served.resolve("fixture.elf"));
        Kernels.find(Kernels.DEBIAN_12).ifPresent(kernel -> link(served.resolve("vmlinux"), kernel.vmlinux()));
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        ProcessBuilder builder = new ProcessBuilder(
                        "debuginfod", "-p", "" + port, "-d", ":memory:", "-L", "-F", "-t", "0", served.toString())
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("log").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("DEBUGINFOD"));
        builder.environment().put("HOME", root.toString());
        server = builder.start();
        address = URI.create("http://127.0.0.1:" + port);
        awaitStatus("/metrics");
    }

    private static void link(Path link, Path target) {
        try {
            Files.createSymbolicLink(link, target);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until the server has scanned a file: it answers requests before the scan is complete. */
    private void awaitStatus(String path) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(address.resolve(path)).build();
        for (long end = System.nanoTime() + Duration.ofSeconds(60).toNanos(); System.nanoTime() < end; ) {
            try {
                if (client.send(request, BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // The server does not listen yet.
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException("debuginfod: no " + path + ": " + Files.readString(root.resolve("log")));
    }

    @AfterEach
    void stopServer() throws Exception {
        if (server != null) {
            server.destroy();
            server.waitFor();
            Files.deleteIfExists(root.resolve("served/vmlinux"));
        }
    }

    @Test
    void downloadsAFixtureByItsBuildId() throws Exception {
        Path fixture = ElfFixtures.fixture(FIXTURE).elf();
        BuildId id;
        try (ElfFile elf = ElfFile.open(fixture)) {
            id = elf.buildId();
        }
        awaitStatus("/buildid/" + id + "/debuginfo");

        try (KernelBuild build = build(id)) {
            assertThat(build.vmlinux()).as(build.vmlinux().toString()).isInstanceOf(DebugFile.class);
            assertThat(((DebugFile) build.vmlinux()).data().path()).hasSameBinaryContentAs(fixture);
        }
    }

    @Test
    @Tag("slow")
    void downloadsARealKernelByItsBuildId() throws Exception {
        Kernels.Kernel kernel = Kernels.find(Kernels.DEBIAN_12).orElse(null);
        Assumptions.assumeTrue(kernel != null, Kernels.howToFetch(Kernels.DEBIAN_12));

        awaitStatus("/buildid/" + kernel.buildId() + "/debuginfo");
        try (KernelBuild build = build(BuildId.parse(kernel.buildId()))) {
            assertThat(build.vmlinux()).as(build.vmlinux().toString()).isInstanceOf(DebugFile.class);
            DebugData data = ((DebugFile) build.vmlinux()).data();
            assertThat(Files.size(data.path())).isEqualTo(Files.size(kernel.vmlinux()));
            assertThat(data.release().release()).isEqualTo(kernel.release());
        }
    }

    @Test
    void reportsABuildIdThatTheServerDoesNotHave() throws IOException {
        try (KernelBuild build = build(SmallKernels.ID)) {
            assertThat(((MissingFile) build.vmlinux()).message()).contains(address + " (404: ");
        }
    }

    private KernelBuild build(BuildId id) {
        Debuginfod.Settings settings = Debuginfod.Settings.of(List.of(address), root.resolve("cache"));
        DebugFiles files = DebugFiles.builder()
                .root(root)
                .source(new Debuginfod(settings, Progress.SILENT))
                .build();
        return KernelBuild.of(files, new KernelIdentity(null, id, Map.of()));
    }
}
