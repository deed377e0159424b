package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.ElfFixtures;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerateScriptTest {
    private static Cli.Result generate(String... more) {
        String[] arguments = new String[more.length + 1];
        arguments[0] = "generate";
        System.arraycopy(more, 0, arguments, 1, more.length);
        return Cli.backline(arguments);
    }

    @Test
    void printsASystemTapScriptForAnyKernel() {
        Cli.Result result = generate();

        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .startsWith("# Prints every TCP RST that this host sends")
                .contains("probe kernel.function(\"tcp_v4_send_reset\") {");
    }

    @Test
    void printsABpftraceScriptOnRequest() {
        assertThat(generate("--tool", "bpftrace").out()).contains("kprobe:tcp_v4_send_reset");
    }

    @Test
    void writesEveryOptionToTheScript() {
        List<String> lines = generate(
                        "--port=443",
                        "--port=8443",
                        "--address=192.0.2.7",
                        "--process=nginx",
                        "--pid=12",
                        "--netns=4026531840",
                        "--ipv4",
                        "--received",
                        "--no-half-open",
                        "--limit=9",
                        "--depth=30",
                        "--duration=60",
                        "--buffer=4")
                .out()
                .lines()
                .map(String::strip)
                .toList();
        String text = String.join("\n", lines);
        assertThat(text)
                .contains("filter ports=443,8443 addresses=192.0.2.7 process=nginx pid=12 netns=4026531840 family=ipv4")
                .contains("one == 443", "0xc0000207", "execname() == \"nginx\"", "pid() == 12", "== 4026531840")
                .contains(
                        "in_this_second >= 9",
                        "-DMAXBACKTRACE=30",
                        "timer.s(60)",
                        "-s 4",
                        "probe kernel.function(\"tcp_reset\")")
                .doesNotContain("tcp_v6_send_reset\")")
                .doesNotContain("probe kernel.function(\"tcp_check_req\")");
    }

    @Test
    void writesAFileOnceAndOverwritesItOnlyWhenForced(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("mine.stp");

        Cli.Result first = generate("-o", file.toString());
        assertThat(first.status()).isZero();
        assertThat(first.out()).isEmpty();
        assertThat(file).content().contains(" mine.stp -o rst.log");

        Files.writeString(file, "kept");
        Cli.Result second = generate("-o", file.toString());
        assertThat(second.status()).isEqualTo(3);
        assertThat(second.err()).isEqualTo("backline: " + file + ": already exists; --force overwrites it\n");
        assertThat(file).hasContent("kept");

        assertThat(generate("-o", file.toString(), "--force").status()).isZero();
        assertThat(file).content().startsWith("# Prints every TCP RST");
    }

    @Test
    void reportsWhyAFileCannotBeWritten(@TempDir Path directory) {
        Path file = directory.resolve("missing/rst.stp");
        Cli.Result result = generate("-o", file.toString());
        assertThat(result.status()).isEqualTo(3);
        assertThat(result.err()).isEqualTo("backline: " + file + ": cannot be written: no such directory\n");
    }

    @ParameterizedTest
    @CsvSource({
        "--tool,perl,'--tool must be one of systemtap, bpftrace, not ''perl''; see: backline generate --help'",
        "--port,70000,'generate: port is 1 to 65535, not 70000'",
        "--port,https,'generate: --port needs a port or a range of ports, not ''https'' (such as 443 or 8000-8099)'",
        "--address,localhost,'generate: not an IP address in digits: ''localhost'' (such as 203.0.113.10, fd00::2 or 10.0.0.0/8)'",
        "--depth,128,'generate: stack depth is 1 to 127, not 128'",
        "--limit,1000001,'generate: rate limit is 0 to 1000000, not 1000001'",
        "--format,json,'generate: --format needs --list; a script has one format'"
    })
    void refusesWrongValues(String option, String value, String message) {
        Cli.Result result = generate(option, value);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).isEqualTo("backline: " + message + "\n");
    }

    @Test
    void refusesIpv4OnlyTogetherWithIpv6Only() {
        Cli.Result result = generate("--ipv4", "--ipv6");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).isEqualTo("backline: generate: IPv4 only and IPv6 only at once\n");
    }

    @Test
    void rejectsAFileThatIsNotAKernel() throws IOException {
        Path program = ElfFixtures.fixture("gcc12-v5").elf();
        Cli.Result result = generate("-e", program.toString());
        assertThat(result.status()).isEqualTo(3);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith("backline: " + program)
                .contains("has none of the functions that send a RST");
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void namesThePackageWithTheDebugInfoOfAStrippedKernel(boolean symbolsToo, @TempDir Path directory)
            throws Exception {
        Cli.needs("gcc");
        Files.writeString(
                directory.resolve("kernel.c"),
                "int tcp_v4_send_reset(void *sk, void *skb) { return sk != skb; }\n"
                        + "void _start(void) { tcp_v4_send_reset(0, 0); }\n");
        Cli.program(directory, "", "gcc", "-nostdlib", "-static", "-Wl,--build-id", "-o", "vmlinux", "kernel.c");
        if (symbolsToo) {
            Cli.program(directory, "", "strip", "vmlinux");
        }
        Path stripped = directory.resolve("vmlinux");
        for (String more : List.of("--list", "--tool=bpftrace", "--check")) {
            Cli.Result result = generate(more, "-e", stripped.toString());
            assertThat(result.status()).isEqualTo(3);
            assertThat(result.out()).isEmpty();
            assertThat(result.err().strip().lines())
                    .singleElement()
                    .asString()
                    .startsWith("backline: " + stripped + " has no debug info (no .debug_info section)")
                    .contains("-r RELEASE");
        }
    }

    @Test
    void explainsEachProbe() throws IOException {
        Optional<Kernels.Kernel> kernel = Kernels.find(Kernels.DEBIAN_12);
        Assumptions.assumeTrue(kernel.isPresent(), Kernels.howToFetch(Kernels.DEBIAN_12));
        Cli.Result result = generate(
                "--explain",
                "-e",
                kernel.orElseThrow().vmlinux().toString(),
                "-d",
                kernel.orElseThrow().modules().toString());

        assertThat(result.status()).isZero();
        assertThat(result.out().lines())
                .contains(
                        "A systemtap script for the kernel "
                                + kernel.orElseThrow().release() + ".",
                        "nf_send_reset [nf_reject_ipv4]",
                        "  This kernel gives no reason of its own: stack, state and numbers have to tell.");
        assertThat(result.out()).contains("Cannot show: which rule it was").doesNotContain("probe kernel.function");
    }
}
