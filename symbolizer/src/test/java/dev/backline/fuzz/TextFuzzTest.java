package dev.backline.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import dev.backline.archive.Archives;
import dev.backline.crash.CrashReader;
import dev.backline.crash.CrashReport;
import dev.backline.crash.summary.ReportSummary;
import dev.backline.fixtures.Captures;
import dev.backline.kernel.LoadMap;
import dev.backline.trace.LineFrame;
import dev.backline.trace.TraceReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fuzz targets of the readers of text and archives: logs, what /proc says of a boot, packages' contents. */
class TextFuzzTest {
    private static final String NAME = "hostile";

    @MethodSource("logs")
    @FuzzTest
    void log(byte[] log) {
        TraceReader reader = new TraceReader();
        for (String line : new String(log, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            int before = 0;
            for (LineFrame frame : reader.next(line)) {
                assertThat(frame.start()).isBetween(before, frame.end() - 1);
                assertThat(frame.end()).isBetween(frame.start(), line.length());
                before = frame.end();
            }
        }
    }

    /** Any log: at most a report per line, each within the log and with a title. */
    @MethodSource("logs")
    @FuzzTest
    void crashReport(byte[] log) {
        List<CrashReport> reports = new ArrayList<>();
        CrashReader crashes = new CrashReader(reports::add);
        String[] lines = new String(log, StandardCharsets.ISO_8859_1).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            crashes.next(i + 1L, lines[i], List.of());
        }
        crashes.end();
        assertThat(reports).hasSizeLessThanOrEqualTo(lines.length);
        for (CrashReport each : reports) {
            assertThat(each.firstLine()).isBetween(1L, each.lastLine());
            assertThat(each.lastLine()).isLessThanOrEqualTo(lines.length);
            assertThat(ReportSummary.of(each).title()).isNotEmpty().doesNotContain("\n");
        }
    }

    /** Any bytes, in whatever a log is wrapped. */
    @MethodSource("wrapped")
    @FuzzTest
    void intake(byte[] log) {
        Annotating.check(log);
    }

    @MethodSource("kallsyms")
    @FuzzTest
    void kallsyms(byte[] text) {
        ask(() ->
                LoadMap.builder().kallsyms(NAME, new ByteArrayInputStream(text)).build());
    }

    @ValueSource(
            strings = {
                "nf_conntrack 188416 4 nf_nat,nft_ct, Live 0xffffffffc0a23000\nveth 40960 0 - Live 0xffffffffc0b00000 (E)\n",
                "br_netfilter 36864 0 - Live 0x0000000000000000\n"
            })
    @FuzzTest
    void modules(@NotNull String text) {
        ask(() -> LoadMap.builder()
                .modules(NAME, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
                .build());
    }

    @MethodSource("dev.backline.archive.Archives#all")
    @FuzzTest
    void tar(byte[] archive) {
        ask(() -> Archives.passOver(NAME, archive));
    }

    @FunctionalInterface
    private interface Question {
        void ask() throws IOException;
    }

    /** It must end in an answer, or in a complaint of one line that names what was read. */
    private static void ask(Question question) {
        try {
            question.ask();
        } catch (IOException e) {
            assertThat(e).hasMessageContaining(NAME);
            assertThat(e.getMessage()).doesNotContain("\n");
        }
    }

    static Stream<Arguments> logs() {
        return Stream.of("systemtap-formats.log", "oops.txt", "bpftrace.log", "ftrace.txt", "perf-script.txt")
                .map(TextFuzzTest::beginning);
    }

    /** An oops in each wrapper, and a log in each encoding. */
    static Stream<Arguments> wrapped() {
        return WrappedLogs.all().stream().map(log -> Arguments.of((Object) log));
    }

    static Stream<Arguments> kallsyms() {
        return Stream.of("systemtap-formats.kallsyms", "bpftrace.kallsyms").map(TextFuzzTest::beginning);
    }

    /** So much of a recording that a mutation is soon read. */
    private static Arguments beginning(String name) {
        try {
            byte[] all = Files.readAllBytes(Captures.folder().resolve(name));
            return Arguments.of((Object) Arrays.copyOf(all, Math.min(all.length, 4096)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
