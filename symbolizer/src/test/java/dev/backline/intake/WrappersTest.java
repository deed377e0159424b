package dev.backline.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Captures;
import dev.backline.fixtures.Wrapper;
import dev.backline.fixtures.Zstd;
import dev.backline.trace.KernelFacts;
import dev.backline.trace.LineFrame;
import dev.backline.trace.TraceReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Whatever a log is wrapped in, its frames, their rules and the facts about its kernel are those of the plain log. */
class WrappersTest {
    private static final List<String> REPORTS = List.of(
            "oops.txt",
            "systemtap-article.log",
            "systemtap-article.dmesg",
            "perf-script.txt",
            "ftrace.txt",
            "bpftrace.log");

    /** Logs whose lines have different prefixes already. */
    private static final Set<String> PREFIXES =
            Set.of("all kinds of them before one frame", "CPUs that print at the same time");

    /** What a reader finds in a log. */
    private record Reading(List<String> frames, KernelFacts facts) {}

    private static Reading read(byte[] log) throws IOException {
        LogReader lines = new LogReader(
                LogInput.open("log", new ByteArrayInputStream(log)).text());
        TraceReader reader = new TraceReader();
        List<String> frames = new ArrayList<>();
        while (lines.next()) {
            for (KernelLine line : lines.excerpt().lines()) {
                for (LineFrame frame : reader.next(line)) {
                    frames.add(
                            frame.reference() + " " + frame.reliable() + " " + frame.mark() + " " + frame.notation());
                }
            }
        }
        return new Reading(frames, reader.facts());
    }

    /** The reading of the kernel's lines as they are, without intake. */
    private static Reading plain(String log) {
        TraceReader reader = new TraceReader();
        List<String> frames = new ArrayList<>();
        for (String line : log.split("\n", -1)) {
            String bytes = new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            for (LineFrame frame : reader.next(bytes)) {
                frames.add(frame.reference() + " " + frame.reliable() + " " + frame.mark() + " " + frame.notation());
            }
        }
        return new Reading(frames, reader.facts());
    }

    private static String unescape(String line) {
        return line.replace("\\t", "\t").replace("\\r", "").replace("\\x1b", "\u001b");
    }

    /** The logs of the table of notations, and recorded logs, by their names. */
    private static Map<String, String> logs() throws IOException {
        Map<String, String> logs = new LinkedHashMap<>();
        StringBuilder log = new StringBuilder();
        String name = null;
        for (String row : Captures.lines("notations.tsv")) {
            int tab = row.indexOf('\t');
            if (row.startsWith("---") && tab < 0) {
                if (name != null) {
                    logs.put(name, log.toString());
                }
                name = row.substring(3).strip();
                log.setLength(0);
            } else if (tab >= 0) {
                log.append(unescape(row.substring(0, tab))).append('\n');
            }
        }
        logs.put(String.valueOf(name), log.toString());
        for (String report : REPORTS) {
            logs.put(report, String.join("\n", Captures.lines(report)) + "\n");
        }
        return logs;
    }

    static Stream<Wrapper> wrappers() {
        return Stream.of(List.of(new Wrapper("nothing", false, log -> log)), Wrapper.all(), Wrapper.mails())
                .flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("wrappers")
    void givesTheFramesAndFactsOfThePlainLog(Wrapper wrapper) throws IOException {
        List<String> different = new ArrayList<>();
        for (Map.Entry<String, String> log : logs().entrySet()) {
            Reading plain = plain(log.getValue());
            if ((wrapper.name().startsWith("prefix") || wrapper.name().startsWith("numbered"))
                    && PREFIXES.contains(log.getKey())) {
                continue;
            }
            Reading wrapped = read(wrapper.apply(log.getValue()));
            if (!wrapped.equals(plain)) {
                different.add(log.getKey() + "\n    plain:   " + difference(plain, wrapped) + "\n    wrapped: "
                        + difference(wrapped, plain));
            }
        }

        assertThat(different).isEmpty();
    }

    static Stream<Wrapper> enclosing() {
        return Wrapper.enclosing().stream();
    }

    @ParameterizedTest
    @MethodSource("enclosing")
    void readsLinesWithTimeStampsInWhateverEnclosesThem(Wrapper wrapper) throws IOException {
        String log = logs().getOrDefault("oops.txt", "").replace("\r", "");

        assertThat(read(wrapper.apply(log))).isEqualTo(plain(log));
    }

    private static String difference(Reading one, Reading other) {
        List<String> frames = new ArrayList<>(one.frames);
        other.frames.forEach(frames::remove);
        return one.frames.size() + " frames, " + frames + (one.facts.equals(other.facts) ? "" : " " + one.facts);
    }

    /** A way to store a log's bytes. */
    private interface Storage {
        byte[] store(byte[] log) throws IOException;
    }

    @Test
    void readsCompressedAndReencodedLogs() throws IOException {
        Map<String, Storage> storages = new LinkedHashMap<>();
        storages.put("gzip", log -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
                packed.write(log);
            }
            return out.toByteArray();
        });
        storages.put("xz", log -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (XZOutputStream packed = new XZOutputStream(out, new LZMA2Options(1))) {
                packed.write(log);
            }
            return out.toByteArray();
        });
        storages.put("bzip2", log -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (BZip2CompressorOutputStream packed = new BZip2CompressorOutputStream(out)) {
                packed.write(log);
            }
            return out.toByteArray();
        });
        storages.put("zstd", log -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (OutputStream packed = Zstd.writer(out)) {
                packed.write(log);
            }
            return out.toByteArray();
        });
        for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            storages.put(
                    charset + " with a mark",
                    log -> ("\ufeff" + new String(log, StandardCharsets.UTF_8)).getBytes(charset));
            storages.put(charset.toString(), log -> new String(log, StandardCharsets.UTF_8).getBytes(charset));
        }
        for (String report : REPORTS) {
            byte[] log = logs().getOrDefault(report, "").getBytes(StandardCharsets.UTF_8);
            Reading plain = plain(new String(log, StandardCharsets.UTF_8));
            for (Map.Entry<String, Storage> storage : storages.entrySet()) {
                assertThat(read(storage.getValue().store(log)))
                        .as(report + " as " + storage.getKey())
                        .isEqualTo(plain);
            }
        }
    }

    private static List<String> texts(byte[] log) throws IOException {
        LogReader lines = new LogReader(
                LogInput.open("log", new ByteArrayInputStream(log)).text());
        List<String> texts = new ArrayList<>();
        while (lines.next()) {
            for (KernelLine line : lines.excerpt().lines()) {
                int from = line.start() + line.prefixLength();
                texts.add(new String(line.bytes(), from, line.end() - from, StandardCharsets.UTF_8));
            }
        }
        // The mark is a part of the first line
        return texts.subList(1, texts.size());
    }

    @ParameterizedTest
    @MethodSource("wrappers")
    void givesTheSameTextAfterAByteOrderMark(Wrapper wrapper) throws IOException {
        String log = "usb 1-1: new device\ndivide error: 0000 [#1] SMP\nModules linked in: bridge\n"
                + "RIP: 0010:boat_row+0x1/0x2\nCall Trace:\n boat_sail+0x1/0x2\n vfs_write+0x1/0x2\n";
        byte[] wrapped = wrapper.apply(log);
        String marked = "\ufeff" + new String(wrapped, StandardCharsets.UTF_8);

        List<String> texts = texts(wrapped);
        assertThat(texts(marked.getBytes(StandardCharsets.UTF_8))).isEqualTo(texts);
        assertThat(texts(marked.getBytes(StandardCharsets.UTF_16LE))).isEqualTo(texts);
        assertThat(texts(new String(wrapped, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_16BE)))
                .isEqualTo(texts);
    }

    /** Wraps lines at blanks, as a mail program does. */
    private static String wrapped(String log, int width, String quote) {
        StringBuilder out = new StringBuilder();
        for (String line : log.split("\n", -1)) {
            String rest = line;
            while (rest.length() > width && rest.lastIndexOf(' ', width) > rest.indexOf(']') + 1) {
                int blank = rest.lastIndexOf(' ', width);
                out.append(quote).append(rest, 0, blank).append('\n');
                rest = rest.substring(blank + 1).stripLeading();
            }
            out.append(quote).append(rest).append('\n');
        }
        return out.toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {72, 76, 80, 100})
    void joinsTheLinesThatAMailProgramWrapped(int width) throws IOException {
        for (String report : List.of("oops.txt", "systemtap-article.dmesg")) {
            String log = logs().getOrDefault(report, "").replace("\r", "");
            for (String quote : List.of("", "> ", "> > ")) {
                assertThat(read(wrapped(log, width, quote).getBytes(StandardCharsets.UTF_8)))
                        .as(report + " at " + width + " behind '" + quote + "'")
                        .isEqualTo(plain(log));
            }
        }
    }

    @Test
    void joinsTheLinesThatATerminalCut() throws IOException {
        String log = logs().getOrDefault("oops.txt", "").replace("\r", "");
        StringBuilder cut = new StringBuilder();
        for (String line : log.split("\n", -1)) {
            cut.append(line.replaceAll("(.{80})(?=.)", "$1\n")).append('\n');
        }

        assertThat(read(cut.toString().getBytes(StandardCharsets.UTF_8))).isEqualTo(plain(log));
    }

    @Test
    void splitsLinesThatHoldTwoMessages() throws IOException {
        String[] lines = logs().getOrDefault("oops.txt", "").split("\n");
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i + 1 < lines.length; i += 2) {
            columns.append(lines[i])
                    .append(i % 4 == 0 ? "   | " : "")
                    .append(lines[i + 1])
                    .append('\n');
        }
        columns.append(lines.length % 2 == 1 ? lines[lines.length - 1] + "\n" : "");

        assertThat(read(columns.toString().getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(plain(String.join("\n", lines)));
    }
}
