package dev.backline.cli.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.cli.Cli;
import dev.backline.cli.Main;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.Output;
import dev.backline.elf.ElfFile;
import dev.backline.fixtures.Kernels;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Logs of a kernel; a small linked fixture replaces its vmlinux. */
class SymbolizeLogTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void unpack() throws IOException {
        Path fixtures = Cli.ROOT.resolve("fixtures/elf");
        Files.copy(fixtures.resolve("gcc12-v5.elf"), folder.resolve("vmlinux"));
        Files.createDirectories(folder.resolve("kernel/net"));
        Files.copy(fixtures.resolve("gcc12-ko-v5.ko"), folder.resolve("kernel/net/tcp-x.ko"));
    }

    private static Cli.Result symbolize(String log, String... options) {
        return Cli.backline(
                log,
                Map.of(),
                Stream.concat(Stream.of("symbolize", "-d", folder.toString()), Stream.of(options))
                        .toArray(String[]::new));
    }

    private static byte[] symbolize(byte[] log) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream complaints = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        Console console =
                new Console(new ByteArrayInputStream(log), new Output(out), complaints, Map.of(), false, false);
        Main.run(console, "symbolize", "-d", folder.toString());
        return out.toByteArray();
    }

    @Test
    void appendsTheSourceLineToEachFrameAndInsertsInlinedFunctionsAbove() {
        Cli.Result result = symbolize("""
                        [   12.000001] Call Trace:
                        [   12.000002]  <TASK>
                        [   12.000003]  receive+0x63/0x160
                        [   12.000004]  ? poll+0x1e/0xa0
                        [   12.000005]  </TASK>
                        """);

        assertThat(result.status()).isZero();
        assertThat(result.out()).isEqualTo("""
                        [   12.000001] Call Trace:
                        [   12.000002]  <TASK>
                        [   12.000003]  account tcp.c:51 [inline]
                        [   12.000003]  receive+0x63/0x160 tcp.c:95
                        [   12.000004]  ? poll+0x1e/0xa0 tcp.c:120
                        [   12.000005]  </TASK>
                        """);
        assertThat(result.err()).isEmpty();
    }

    @Test
    void keepsEveryByteOfTheInput() {
        String log =
                "\u001b[31mRIP: 0010:receive+0x10/0x160\u001b[0m\r\n\tno frame \u00e9\u0000\r\n receive+0x63/0x160\r\nlast";
        byte[] bytes = log.getBytes(StandardCharsets.ISO_8859_1);
        String out = new String(symbolize(bytes), StandardCharsets.ISO_8859_1);

        assertThat(out.replaceAll("(?m)^.* \\[inline]\n", "").replaceAll(" (tcp\\.c|include/net\\.h):\\d+", ""))
                .isEqualTo(log);
        assertThat(out).contains("tcp.c:");
    }

    @Test
    void copiesBinaryAndVeryLongLines() {
        byte[] log = new byte[5 << 20];
        new Random(3).nextBytes(log);
        java.util.Arrays.fill(log, 0, 1 << 16, (byte) '\n');
        java.util.Arrays.fill(log, 1 << 20, 4 << 20, (byte) 'x');

        assertThat(symbolize(log)).isEqualTo(log);
    }

    @Test
    void resolvesAModulesFrameWithTheModulesFile() {
        Cli.Result result = symbolize(" receive+0x10/0x160 [tcp_x]\n send_reset+0x9/0x30 [tcp_x]\n");

        assertThat(result.out()).contains(" send_reset+0x9/0x30 [tcp_x] tcp.c:19");
    }

    /** Programs tell what the log says from what the debug files say. */
    @Test
    void writesNullInJsonForWhatTheLogDoesNotPrint() {
        List<JsonObject> frames = symbolize(
                        "[    1.0]  0xffffffff8100033c\n receive+0xc/0x160\n send_reset+0x9\n => poll\n",
                        "--format",
                        "json",
                        "--kaslr-offset",
                        "0xffffffff80c00000")
                .out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();

        assertThat(frames)
                .extracting(frame -> frame.get("symbol") + " " + frame.get("offset") + " " + frame.get("size") + " "
                        + frame.get("address"))
                .containsExactly(
                        "null null null \"0xffffffff8100033c\"",
                        "\"receive\" 12 352 null",
                        "\"send_reset\" 9 null null",
                        "\"poll\" null null null");
    }

    @Test
    void reportsUnresolvedFramesOnceForEachReason() {
        Cli.Result result = symbolize(" a+0x1/0x2 [gone]\n b+0x1/0x2 [gone]\n receive+0x63/0x999\n");

        assertThat(result.status()).isZero();
        assertThat(result.out()).isEqualTo(" a+0x1/0x2 [gone]\n b+0x1/0x2 [gone]\n receive+0x63/0x999\n");
        assertThat(result.err().lines())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("backline: 2 frames: no file found for module gone"))
                .anyMatch(line -> line.matches(
                        "backline: 1 frame: .*vmlinux is from another build: its receive has size 0x160, .*"));
        assertThat(symbolize(" a+0x1/0x2 [gone]\n", "--strict").status()).isEqualTo(1);
    }

    @Test
    void copiesTheLogIfNoKernelIsKnown() {
        Cli.Result result = Cli.backline(" receive+0x63/0x160\n", Map.of(), "symbolize");

        assertThat(result.status()).isZero();
        assertThat(result.out()).isEqualTo(" receive+0x63/0x160\n");
        assertThat(result.err()).contains("the log does not name its kernel").hasLineCount(1);
    }

    @Test
    void printsEachFrameAsJsonWithTheEdgeToTheFrameAbove() {
        Cli.Result result = symbolize("""
                        Call Trace:
                         send_reset+0x5/0x30
                         receive+0xc8/0x160
                         ? poll+0x5/0xa0
                        """, "--format", "json");
        List<JsonObject> frames = result.out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();

        assertThat(frames).hasSize(3);
        assertThat(frames.get(1).get("line").getAsInt()).isEqualTo(3);
        assertThat(frames.get(1).get("text").getAsString()).isEqualTo(" receive+0xc8/0x160");
        assertThat(frames.get(1).get("status").getAsString()).isEqualTo("resolved");
        assertThat(frames.get(1).get("edge").getAsString()).isEqualTo("verified");
        assertThat(frames.get(1).get("reliable").getAsBoolean()).isTrue();
        assertThat(frames.get(2).get("reliable").getAsBoolean()).isFalse();
        assertThat(frames.get(2).get("edge").getAsString()).isEqualTo("unverified");
    }

    @Test
    void readsTheKernelsOffsetFromTheEndOfAFile() throws IOException {
        var kernel = Kernels.find(Kernels.DEBIAN_12);
        Assumptions.assumeTrue(kernel.isPresent(), Kernels.howToFetch(Kernels.DEBIAN_12));
        Path vmlinux = kernel.get().vmlinux();
        long address;
        try (ElfFile elf = ElfFile.open(vmlinux)) {
            address = elf.symbols().address(elf.symbols().named("tcp_v4_rcv")[0]) + 0x10 + 0x2f400000;
        }
        Path log = Files.writeString(folder.resolve("panic.log"), """
                Call Trace:
                 0x%x
                Kernel Offset: 0x2f400000 from 0xffffffff81000000 (relocation range: 0x0-0x1)
                """.formatted(address));
        Cli.Result result = Cli.backline("symbolize", "-e", vmlinux.toString(), log.toString());

        assertThat(result.out()).contains(" 0x%x net/ipv4/tcp_ipv4.c:".formatted(address));
    }

    @Test
    void printsTheEdgesBetweenFramesOnRequest() {
        Cli.Result result = symbolize(" send_reset+0x5/0x30\n receive+0xc8/0x160\n", "--edges");

        assertThat(result.out()).contains(" receive+0xc8/0x160 tcp.c:97 (verified)\n");
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void printsEachLineAsSoonAsItIsRead() throws Exception {
        PipedOutputStream feed = new PipedOutputStream();
        try (InputStream in = new PipedInputStream(feed);
                PipedInputStream seen = new PipedInputStream(1 << 16);
                PipedOutputStream out = new PipedOutputStream(seen)) {
            Console console = new Console(in, new Output(out), System.err, Map.of(), false, false);
            Thread command = new Thread(() -> Main.run(console, "symbolize", "-d", folder.toString()));
            command.start();
            for (int i = 0; i < 3; i++) {
                feed.write(" receive+0xc8/0x160\n".getBytes(StandardCharsets.US_ASCII));
                feed.flush();
                String expected = " receive+0xc8/0x160 tcp.c:97\n";
                assertThat(new String(seen.readNBytes(expected.length()), StandardCharsets.US_ASCII))
                        .isEqualTo(expected);
            }
            feed.close();
            command.join();
        }
    }
}
