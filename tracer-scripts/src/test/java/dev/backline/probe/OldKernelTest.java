package dev.backline.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.debugfiles.DebugFiles;
import dev.backline.debugfiles.KernelIdentity;
import dev.backline.kernel.KernelBuild;
import dev.backline.symbolize.KernelSymbolizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A file with 3.10's types and functions, as far as scripts know them, takes the place of that kernel, which no
 * distribution's mirror offers any more.
 */
class OldKernelTest {
    private static final Path SOURCES = Path.of("src/test/resources/kernel-3.10");
    private static final String RELEASE = "3.10.0-1-amd64";

    @TempDir
    Path directory;

    private Path vmlinux = Path.of("");

    @BeforeEach
    void compile() throws IOException, InterruptedException {
        needs("gcc");
        vmlinux = directory.resolve("usr/lib/debug/lib/modules/" + RELEASE + "/vmlinux");
        Files.createDirectories(vmlinux.getParent());
        List<String> command = new ArrayList<>(List.of("gcc", "-g", "-gdwarf-4", "-O2", "-mcmodel=kernel", "-fno-pic"));
        command.addAll(List.of("-no-pie", "-nostdlib", "-static", "-Wl,--build-id"));
        command.addAll(List.of("-Wl,-Ttext-segment=0xffffffff81000000", "-Iinclude", "-o", vmlinux.toString()));
        try (var files = Files.walk(SOURCES)) {
            files.filter(file -> file.toString().endsWith(".c"))
                    .sorted()
                    .forEach(file -> command.add(SOURCES.relativize(file).toString()));
        }
        run(SOURCES, command);
    }

    @Test
    void tellsWhatItsFunctionsTake() throws IOException {
        KernelProbes probes = probes();

        assertThat(probes.release()).isEqualTo(RELEASE);
        assertThat(probes.target("tcp_v4_send_reset").parameters())
                .extracting(ProbeParameter::name)
                .containsExactly("sk", "skb");
        assertThat(probes.target("tcp_reset").parameters())
                .extracting(ProbeParameter::name)
                .containsExactly("sk");
        assertThat(probes.target("tcp:tcp_send_reset").isPresent()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void givesSystemTapAScriptOfWhichEveryTypeAndProbeIsFound(boolean own) throws IOException, InterruptedException {
        needs("stap");
        Path build = directory.resolve("lib/modules/" + RELEASE + "/build");
        Files.createDirectories(build.resolve("include/config"));
        Files.createDirectories(build.resolve("include/generated"));
        Files.writeString(build.resolve("include/config/kernel.release"), RELEASE + "\n");
        Files.writeString(build.resolve("include/generated/utsrelease.h"), "#define UTS_RELEASE \"" + RELEASE + "\"\n");
        Files.writeString(build.resolve("Makefile"), "VERSION = 3\nPATCHLEVEL = 10\n");
        Files.writeString(build.resolve(".config"), "CONFIG_MODULES=y\nCONFIG_KPROBES=y\nCONFIG_NET=y\n");
        Files.writeString(build.resolve("Module.symvers"), "");
        ScriptOptions options =
                ScriptOptions.builder().received().port(443).address("::1").build();
        Path script = Files.writeString(
                directory.resolve("rst.stp"),
                ProbeScript.of(ScriptTool.SYSTEMTAP, options, own ? probes() : null, null));

        String said =
                run(directory, List.of("stap", "--sysroot=" + directory, "-r", RELEASE, "-p2", script.toString()));

        assertThat(said)
                .contains("kernel.function(\"tcp_v4_send_reset@net/ipv4/tcp_ipv4.c:")
                .contains("kernel.function(\"tcp_v6_send_reset@net/ipv6/tcp_ipv6.c:")
                .contains("kernel.function(\"tcp_send_active_reset@net/ipv4/tcp_output.c:")
                .contains("kernel.function(\"tcp_check_req@net/ipv4/tcp_minisocks.c:")
                .contains("kernel.function(\"tcp_reset@net/ipv4/tcp_input.c:");
    }

    private KernelProbes probes() throws IOException {
        DebugFiles files = DebugFiles.builder().vmlinux(vmlinux).build();
        try (KernelSymbolizer kernel = new KernelSymbolizer(KernelBuild.of(files, KernelIdentity.UNKNOWN))) {
            return KernelProbes.of(kernel);
        }
    }

    private void needs(String program) throws InterruptedException {
        try {
            run(directory, List.of(program, "--version"));
        } catch (IOException e) {
            Assumptions.abort(program + " is not installed");
        }
    }

    /** What a program prints; that it succeeds is asserted. */
    private static String run(Path where, List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile("backline", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(where.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            String said = Files.readString(out);
            assertThat(process.exitValue()).as(said).isZero();
            return said;
        } finally {
            Files.delete(out);
        }
    }
}
