package dev.backline.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.crash.CrashReader;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.fixtures.Zstd;
import dev.backline.intake.Excerpt;
import dev.backline.intake.KernelLine;
import dev.backline.intake.LogInput;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.LogOptions;
import dev.backline.symbolize.LogSink;
import dev.backline.symbolize.LogSymbolizer;
import dev.backline.trace.LineFrame;
import dev.backline.trace.TraceReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/**
 * Wrapped logs that no collector writes: time is proportional to the length of the log and memory is bounded, whatever
 * it is wrapped in. Runs with a heap of 256 MB.
 */
@Timeout(300)
class HostileEnvelopesTest {
    private static final int MEGABYTE = 1 << 20;

    /** Processor time for four megabytes. The usual time is a fifth of a second; quadratic time would be minutes. */
    private static final Duration LIMIT = Duration.ofSeconds(15);

    /** A text: the head, the body so often that it has a number of bytes, the tail. */
    private record Log(String head, String body, String tail, int bytes) {
        InputStream open() {
            return new Repeating(bytes(head), bytes(body), bytes / body.length(), bytes(tail));
        }

        static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** A stream that needs no memory. */
    private static final class Repeating extends InputStream {
        private final byte[] head;
        private final byte[] tail;
        /** The body, repeated to be read fast. */
        private final byte[] block;

        private final long end;
        private long at;

        Repeating(byte[] head, byte[] body, int times, byte[] tail) {
            this.head = head;
            this.tail = tail;
            int repeated = Math.max(1, Math.min(times, 8192 / body.length));
            block = new byte[repeated * body.length];
            for (int i = 0; i < block.length; i++) {
                block[i] = body[i % body.length];
            }
            end = head.length + (long) times * body.length + tail.length;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (at == end) {
                return -1;
            }
            long tailAt = end - tail.length;
            byte[] from = at < head.length ? head : at < tailAt ? block : tail;
            int start = (int) (at < head.length ? at : at < tailAt ? (at - head.length) % block.length : at - tailAt);
            long left = at < head.length ? head.length - at : at < tailAt ? tailAt - at : end - at;
            int count = (int) Math.min(Math.min(length, left), from.length - start);
            System.arraycopy(from, start, into, offset, count);
            at += count;
            return count;
        }

        @Override
        public int available() {
            return (int) Math.min(end - at, MEGABYTE);
        }
    }

    private static String json(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static String nested(int depth) {
        String text = "[1.000001] f+0x1/0x2";
        for (int i = 0; i < depth; i++) {
            text = "{\"log\":\"" + json(text) + "\"}";
        }
        return text;
    }

    static Stream<Named<Log>> logs() {
        Map<String, Log> logs = new LinkedHashMap<>();
        String frame = "[    1.000001]  tcp_v4_rcv+0x1/0x2\\n";
        put(logs, "JSON that is only nested arrays", "", "[[\"a\",", "");
        put(logs, "JSON that is only nested objects", "", "{\"a\":", "");
        put(logs, "the ends of JSON", "{\n", "}", "");
        put(logs, "JSON in JSON, ten deep", "", nested(10) + "\n", "");
        put(logs, "JSON with a message of many lines", "{\"log\":\"", frame, "\"}\n");
        put(logs, "JSON with a message of empty lines", "{\"log\":\"", "\\n", "\"}\n");
        put(logs, "JSON with many messages", "{\"a\":[", "\"f+0x1/0x2\",", "\"\"]}\n");
        put(logs, "JSON with many empty messages", "[", "\"\",", "\"\"]\n");
        put(logs, "JSON with many long messages", "[", "\"" + "f+0x1/0x2 ".repeat(5000) + "\",", "\"\"]\n");
        put(logs, "JSON with many names", "{", "\"f+0x1\\n\":1,", "\"\":0}\n");
        put(logs, "JSON of Unicode escapes", "{\"log\":\"", "\\u0041\\ud83d\\udE00\\ud83d", "\"}\n");
        put(logs, "JSON of backslashes", "{\"log\":\"", "\\\\", "\"}\n");
        put(logs, "a line of an odd number of backslashes", "{\"log\":\"\\", "\\\\", "\"}\n");
        put(logs, "JSON with a string that never ends", "{\"log\":\"", "[    1.000001] f+0x1/0x2 ", "");
        put(logs, "lines of JSON with strings that do not end", "", "{\"log\":\"f+0x1/0x2\n", "");
        put(logs, "JSON with bytes", "{\"MESSAGE\":[", "102,43,48,120,49,10,", "10]}\n");
        put(logs, "JSON with bytes that do not end", "{", "\"MESSAGE\":[102,43,48,120,49,", "");
        put(logs, "names that start a line", "", "\"a\\\":", "\n");
        put(logs, "a quoted field that never closes", "time,message\n1,\"", "f+0x1/0x2\n", "");
        put(logs, "a quoted field of doubled quotes", "1,\"", "\"\"", "\"\n");
        put(logs, "rows of empty fields", "", "\"\",".repeat(1000) + "\n", "");
        put(logs, "references of HTML", "<pre>", "&lt;&#43;&#x41;", "\n");
        put(logs, "tags of HTML", "<pre>", "<b><span a></b>", "\n");
        put(logs, "tags of HTML that do not end", "<pre>", "<span ", "\n");
        String report =
                "BUG: kernel NULL pointer dereference, address: 8\\nOops: 0000 [#1] SMP\\nRIP: 0010:f+0x1/0x2\\n";
        put(logs, "reports in a line of JSON", "{\"log\":\"", report, "\"}\n");
        put(logs, "reports in a line of HTML", "<pre>", report.replace("\\n", "<br>"), "\n");
        put(logs, "a report in JSON before many words", "{\"log\":\"" + report + "\"} ", "a,", "\n");
        put(logs, "a report in JSON after many words", "msg=\"" + report + "\" ", "a,", "\n");
        put(logs, "reports of logfmt", "", "host=a time=1795336686 msg=\"" + report + "\"\n", "");
        put(logs, "pairs of logfmt that do not end", "", "host=a ", "msg=\"f+0x1/0x2\"\n");
        put(logs, "YAML", "", "- message: 'f+0x1/0x2'\n  host: a\n", "");
        put(logs, "a string of YAML of doubled quotes", "message: '", "''", "'\n");
        String mail = "From: a\nContent-Transfer-Encoding: ";
        put(logs, "a mail with a line of base64 that never ends", mail + "base64\n\n", "ZisweDEvMHgyCmYr", "");
        put(logs, "a mail of soft line ends", mail + "quoted-printable\n\n", "=\n", "");
        put(logs, "a mail with a header that never ends", "From: a\n", "Content-Type: text/plain; boundary=b\n", "");
        put(logs, "a mail with a field that never ends", "From: a\nContent-Type: a;", " boundary=b;\n", "");
        put(logs, "parts of a mail", mail + "8bit\nContent-Type: a; boundary=b\n\n", "--b\nContent-Type: a\n\n", "");
        put(logs, "quote marks", "", "> ", "f+0x1/0x2\n");
        put(logs, "time stamps as a prefix", "", "[    1.000001] ", "f+0x1/0x2\n");
        put(logs, "messages that ran into one line", "", "[    1.000001] f+0x1/0x2 ", "\n");
        put(logs, "frames after a long prefix", "[1.000001] ".repeat(50_000), "f+0x1/0x2 ", "\n");
        put(logs, "brackets", "", "[ ", "\n");
        put(logs, "words of an oops", "", "a CPU: ", "\n");
        put(logs, "lines of words of an oops", "", "a b CPU: \n", "");
        put(logs, "a wrapped line that never ends", wrapped(), "x".repeat(74) + "\n", "");
        put(logs, "long lines in a wrapped log", wrapped(), "CPU: 1 " + "x".repeat(500_000) + "\n", "");
        put(
                logs,
                "URLs of panics",
                "",
                "https://kdj0c.github.io/panic_report#?a=x86_64&v=6.12&z=" + "0".repeat(90) + "\n",
                "");
        put(logs, "a line with the words of a URL", "", "panic_report?z=1&", "\n");
        put(logs, "frames of a report without its release", "", "[    1.000001]  f+0x1/0x2\n", "");
        put(
                logs,
                "messages of a report without its release",
                "",
                "{\"log\":\"" + "\\n".repeat(1000) + "f+0x1/0x2\"}\n",
                "");
        StringBuilder prefixes = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            prefixes.append("p".repeat(i % 13 + 1))
                    .append("-;".repeat(i % 7 + 1))
                    .append(i)
                    .append(" ");
            prefixes.append("x ".repeat(i % 11)).append("RIP: 0010:f+0x1/0x2\n");
        }
        put(logs, "thousands of prefixes", "", prefixes.toString(), "");
        return logs.entrySet().stream().map(log -> Named.of(log.getKey(), log.getValue()));
    }

    private static void put(Map<String, Log> logs, String name, String head, String body, String tail) {
        logs.put(name, new Log(head, body, tail, 4 * MEGABYTE));
    }

    /** The start of a log that a mail program wrapped. */
    private static String wrapped() {
        return ("CPU: 1 PID: 2 Comm: a Not tainted 6.1.0-1-amd64 #1 Debian 6.1.1-1 and some\n" + "more-words\n")
                .repeat(20);
    }

    private static void read(InputStream in, ByteArrayOutputStream kept) throws IOException {
        LogInput input = LogInput.open("hostile", in);
        LogReader lines = new LogReader(input.text());
        TraceReader reader = new TraceReader();
        while (lines.next()) {
            Excerpt excerpt = lines.excerpt();
            int length = excerpt.end() - excerpt.start();
            long inserted = 0;
            long frames = 0;
            for (KernelLine line : excerpt.lines()) {
                for (LineFrame frame : reader.next(line)) {
                    inserted += line.lineBefore(frame.prefixLength(), new byte[10]).length;
                    frames++;
                    assertThat(line.placeAfter(frame.end())).isBetween(0, length);
                }
            }
            assertThat(inserted).isLessThanOrEqualTo(frames * 2048);
            if (kept.size() < MEGABYTE) {
                kept.write(excerpt.bytes(), excerpt.start(), length);
            }
        }
    }

    private static Duration processorTime() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Duration.ofNanos(threads.getCurrentThreadCpuTime());
    }

    @ParameterizedTest
    @MethodSource("logs")
    void takeTimeProportionalToTheirLengthAndLittleMemory(Log log) throws IOException {
        Duration before = processorTime();

        read(log.open(), new ByteArrayOutputStream());

        assertThat(processorTime().minus(before)).isLessThan(LIMIT);
    }

    @ParameterizedTest
    @MethodSource("logs")
    void areHeldBackInBoundedMemory(Log log, @TempDir Path folder) throws IOException {
        Duration before = processorTime();
        long[] frames = {0};
        CrashReader reports = new CrashReader(report -> {});
        LogSink sink = (excerpt, found) -> {
            for (int i = 0; i < excerpt.lines().size(); i++) {
                List<LogFrame> each = found.isEmpty() ? List.of() : found.get(i);
                frames[0] += each.size();
                reports.next(excerpt.lines().get(i), each);
            }
        };
        // A log that can be read again is held back the longest.
        Path rereadable = Files.writeString(folder.resolve("log"), "");
        try (KernelPool pool = new KernelPool(DebugFiles.builder().build());
                LogSymbolizer symbolizer = new LogSymbolizer(pool, LogOptions.DEFAULT.withRereadable(rereadable))) {
            symbolizer.read(new LogReader(LogInput.open("hostile", log.open()).text()), sink);
        }
        reports.end();

        assertThat(frames[0]).isNotNegative();
        assertThat(processorTime().minus(before)).isLessThan(LIMIT);
    }

    @Test
    void twoHundredMegabytesOfOneStringAreRead() throws IOException {
        String line = "[    1.000001]  tcp_v4_rcv+0x1/0x2\\n";
        Log log = new Log("{\"log\":\"", line, "\"}\n", 200 * MEGABYTE);
        LogReader lines = new LogReader(log.open());
        TraceReader reader = new TraceReader();
        long frames = 0;
        while (lines.next()) {
            for (KernelLine each : lines.excerpt().lines()) {
                frames += reader.next(each).size();
            }
        }

        assertThat(frames).isEqualTo(200 * MEGABYTE / line.length());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "zstd", "bzip2"})
    void aCompressedLogThatIsCutGivesWhatItHasAndThenAnError(String compression) throws IOException {
        StringBuilder text = new StringBuilder();
        Random random = new Random(1);
        // zstd gives nothing before a window is full.
        while (text.length() < 4 * MEGABYTE) {
            text.append("[    1.000001]  f").append(random.nextInt()).append("+0x1/0x2\n");
        }
        byte[] plain = Log.bytes(text.toString());
        byte[] whole = packed(compression, new ByteArrayInputStream(plain));
        byte[] cut = Arrays.copyOf(whole, whole.length - 100);
        ByteArrayOutputStream kept = new ByteArrayOutputStream();

        assertThatThrownBy(() -> read(new ByteArrayInputStream(cut), kept))
                .isInstanceOf(IOException.class)
                .hasMessageMatching("hostile: this " + compression
                        + " file is (cut: it ends in the middle|damaged or cut: [^\n]+)");
        byte[] read = kept.toByteArray();
        assertThat(read.length).isPositive();
        assertThat(Arrays.equals(read, Arrays.copyOf(plain, read.length))).isTrue();
    }

    /** Only gzip: the compressor of zstd needs most of this test's heap itself. */
    @Test
    void aCompressedLogIsReadInLittleMemory() throws IOException {
        byte[] bomb = packed("gzip", new Log("", "[    1.000001]  f+0x1/0x2\n", "", 300 * MEGABYTE).open());
        LogReader lines = new LogReader(
                LogInput.open("hostile", new ByteArrayInputStream(bomb)).text());
        long count = 0;
        while (lines.next()) {
            count++;
        }

        assertThat(count).isEqualTo(300 * MEGABYTE / 26);
    }

    @Test
    void aDictionaryThatNeedsMuchMemoryIsRefused() throws IOException {
        byte[] log = packed("xz", new ByteArrayInputStream(Log.bytes("[    1.000001]  f+0x1/0x2\n")));
        // The properties of LZMA2 in the header of the first block, and the CRC of this header (xz file format 3.1).
        log[16] = 36;
        CRC32 crc = new CRC32();
        crc.update(log, 12, 8);
        for (int i = 0; i < 4; i++) {
            log[20 + i] = (byte) (crc.getValue() >> 8 * i);
        }

        assertThatThrownBy(() -> read(new ByteArrayInputStream(log), new ByteArrayOutputStream()))
                .isInstanceOf(IOException.class)
                .hasMessage("hostile: this xz file needs more than 96 MB of memory; decompress it first: xz -d");
    }

    @Test
    void nothingButTheMarksChangesWhereverALogIsCut() {
        for (byte[] log : WrappedLogs.all()) {
            for (int length = 0; length < log.length; length += 19) {
                Annotating.check(Arrays.copyOf(log, length));
            }
        }
    }

    @Test
    void nothingButTheMarksChangesWhateverIsDamaged() {
        Random random = new Random(20261129);
        List<byte[]> logs = WrappedLogs.all();
        for (int i = 0; i < 10_000; i++) {
            byte[] log = logs.get(random.nextInt(logs.size())).clone();
            for (int change = random.nextInt(8); change >= 0; change--) {
                int at = random.nextInt(log.length);
                switch (random.nextInt(3)) {
                    case 0 -> log[at] = (byte) random.nextInt(256);
                    case 1 -> log[at] = (byte) "\"\\{}[],:<>&;\n\r +".charAt(random.nextInt(16));
                    default -> {
                        int from = random.nextInt(log.length);
                        int length = Math.min(64, log.length - Math.max(at, from));
                        System.arraycopy(log, from, log, at, length);
                    }
                }
            }
            Annotating.check(log);
        }
    }

    private static byte[] packed(String compression, InputStream content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream packed = switch (compression) {
            case "gzip" -> new GZIPOutputStream(out);
            case "xz" -> new XZOutputStream(out, new LZMA2Options(0));
            case "zstd" -> Zstd.writer(out);
            default -> new BZip2CompressorOutputStream(out, 1);
        }) {
            content.transferTo(packed);
        }
        return out.toByteArray();
    }
}
