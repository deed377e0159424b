package dev.backline.cli.symbolize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonStreamParser;
import dev.backline.cli.Cli;
import dev.backline.fixtures.Captures;
import dev.backline.fixtures.Kernels;
import dev.backline.fixtures.Kernels.Kernel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The facts of a report apply to all of its lines, wherever in the report they stand. */
class ReportOrderTest {
    private static final String DEBIAN_11 = "debian-11-5.10-cloud-amd64";

    @TempDir
    private static Path folder;

    /** The oops up to its end, without CR; the panic after it is another report. */
    private static List<String> oops() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : Captures.lines("oops.txt")) {
            lines.add(line.replace("\r", ""));
            if (line.contains("---[ end trace")) {
                break;
            }
        }
        return lines;
    }

    private static boolean isHeader(String line) {
        return line.contains("] CPU: ")
                || line.contains("] Hardware name: ")
                || line.contains("] Modules linked in:")
                || line.contains("] BUG: ")
                || line.contains("] Oops: ")
                || line.contains("] #PF: ")
                || line.contains("] PGD ");
    }

    private static List<String> moved(List<String> lines, int frames) {
        List<String> header = lines.stream().filter(ReportOrderTest::isHeader).toList();
        List<String> others =
                new ArrayList<>(lines.stream().filter(line -> !isHeader(line)).toList());
        others.addAll(Math.min(frames, others.size()), header);
        return others;
    }

    /** Orders of a report, by what they are. */
    static Stream<Map.Entry<String, UnaryOperator<List<String>>>> orders() {
        Map<String, UnaryOperator<List<String>>> orders = new LinkedHashMap<>();
        orders.put("header after the first frame", lines -> moved(lines, 2));
        orders.put("header in the middle of the call trace", lines -> moved(lines, 40));
        orders.put("header behind all frames", lines -> moved(lines, Integer.MAX_VALUE));
        orders.put("header in reverse", lines -> {
            List<String> header = new ArrayList<>(
                    lines.stream().filter(ReportOrderTest::isHeader).toList());
            Collections.reverse(header);
            List<String> all = new ArrayList<>(
                    lines.stream().filter(line -> !isHeader(line)).toList());
            all.addAll(5, header);
            return all;
        });
        orders.put("the banner of the kernel last", lines -> {
            List<String> all = new ArrayList<>(
                    lines.stream().filter(line -> !line.contains("] CPU: ")).toList());
            all.add("[    0.000000] Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) (gcc-12"
                    + " (Debian 12.2.0-14+deb12u1) 12.2.0) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)");
            return all;
        });
        return orders.entrySet().stream();
    }

    /** Symbolises with the indexes in the tree, which every machine has. */
    private static Cli.Result symbolize(String input, String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "symbolize", "-d", Cli.ROOT.resolve("fixtures/kernels/indexes").toString()));
        all.addAll(List.of(arguments));
        return Cli.backline(input, Map.of(), all.toArray(String[]::new));
    }

    /** The answers by the lines' texts. */
    private static Map<String, List<String>> answers(String out) {
        Map<String, List<String>> answers = new TreeMap<>();
        JsonStreamParser objects = new JsonStreamParser(out);
        while (objects.hasNext()) {
            JsonObject object = objects.next().getAsJsonObject();
            answers.computeIfAbsent(object.get("text").getAsString(), key -> new ArrayList<>())
                    .add(object.get("status") + " " + object.get("pc") + " " + object.get("kernel") + " "
                            + object.get("frames"));
        }
        return answers;
    }

    @ParameterizedTest
    @MethodSource("orders")
    void givesTheSameAnswersInAFileAndInAPipe(Map.Entry<String, UnaryOperator<List<String>>> order) throws IOException {
        String plain = String.join("\n", oops()) + "\n";
        String other = String.join("\n", order.getValue().apply(oops())) + "\n";
        Map<String, List<String>> expected =
                answers(symbolize(plain, "--format", "json", "-").out());
        assertThat(expected.toString()).contains("net/ipv4/tcp_ipv4.c");
        Path file = Files.writeString(folder.resolve("log"), other);

        assertThat(answers(symbolize("", "--format", "json", file.toString()).out()))
                .isEqualTo(expected);
        assertThat(answers(symbolize(other, "--format", "json", "-").out())).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resolvesEachReportWithItsOwnKernel(boolean olderFirst) throws IOException {
        Kernel older = Kernels.find(DEBIAN_11).orElse(null);
        Kernel newer = Kernels.find(Kernels.DEBIAN_12).orElse(null);
        assumeTrue(older != null, Kernels.howToFetch(DEBIAN_11));
        assumeTrue(newer != null, Kernels.howToFetch(Kernels.DEBIAN_12));
        String one = warning(older);
        String two = warning(newer);
        Path file = Files.writeString(folder.resolve("two.log"), olderFirst ? one + two : two + one);
        String[] command = {
            "symbolize",
            "--format",
            "json",
            "-d",
            older.folder().toString(),
            "-d",
            newer.folder().toString(),
            file.toString()
        };

        List<String> kernels = new ArrayList<>();
        JsonStreamParser objects = new JsonStreamParser(Cli.backline(command).out());
        while (objects.hasNext()) {
            JsonObject object = objects.next().getAsJsonObject();
            kernels.add(object.get("kernel").getAsString() + " "
                    + object.get("line").getAsInt());
        }

        String first = (olderFirst ? older : newer).release();
        String second = (olderFirst ? newer : older).release();
        assertThat(kernels)
                .containsExactly(
                        first + " 2", first + " 4", first + " 6", second + " 9", second + " 11", second + " 13");
    }

    /** A WARNING names its kernel after its first frame. */
    private static String warning(Kernel kernel) {
        return """
                [   12.345678] ------------[ cut here ]------------
                [   12.345678] WARNING: CPU: 0 PID: 337 at net/ipv4/tcp_ipv4.c:2149 tcp_v4_rcv+0x10
                [   12.345678] CPU: 0 PID: 337 Comm: python3 Not tainted %s #1  Debian
                [   12.345678] RIP: 0010:ip_rcv+0x10
                [   12.345678] Call Trace:
                [   12.345678]  ip_local_deliver+0x10
                [   12.345678] ---[ end trace 0000000000000000 ]---
                """.formatted(kernel.release()).replace("+0x10\n", "+0x10/0x0\n");
    }

    @Test
    void printsWhatWasReadOfACompressedLogThatIsCut() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(String.join("\n", oops()).getBytes(StandardCharsets.UTF_8));
        }
        byte[] half = Arrays.copyOf(packed.toByteArray(), packed.size() / 2);
        Path file = Files.write(folder.resolve("cut.gz"), half);

        Cli.Result result = symbolize("", file.toString());

        assertThat(result.status()).isEqualTo(3);
        assertThat(result.err()).contains(file + ": this gzip file is cut");
        assertThat(result.out()).startsWith(oops().get(0) + "\n").contains("net/ipv4/tcp_ipv4.c");
    }

    @Test
    void holdsNothingBackForeverInAPipe() {
        String log = " tcp_v4_rcv+0x99b/0xee0\n".repeat(10_000);

        assertThat(Cli.backline(log, Map.of(), "symbolize", "-").out()).isEqualTo(log);
    }
}
