package dev.backline.cli.triage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.cli.Cli;
import dev.backline.cli.console.ExitStatus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives that anyone may have made: {@code backline triage} reads what can be read, and writes nothing. */
class HostileArchivesTest {
    private static final String OOPS = """
            [    1.000000] BUG: kernel NULL pointer dereference, address: 0000000000000008
            [    1.000000] Oops: 0000 [#1] PREEMPT SMP NOPTI
            [    1.000000] CPU: 0 PID: 7 Comm: init Not tainted 6.1.0-test #1
            [    1.000000] RIP: 0010:row+0x10/0x40 [boat]
            [    1.000000] Call Trace:
            [    1.000000]  vfs_write+0xc9/0x3d0
            [    1.000000] ---[ end trace 0000000000000000 ]---
            """;

    @TempDir
    Path desk;

    /** A tar archive of members with the same text. */
    private static byte[] tar(String text, String... names) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            for (String name : names) {
                TarArchiveEntry entry = new TarArchiveEntry(name, true);
                byte[] content = text.getBytes(StandardCharsets.UTF_8);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] zip(String name, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
            zip.closeEntry();
        }
        return bytes.toByteArray();
    }

    private Cli.Result triage(byte[] archive, String... options) throws IOException {
        Path file = Files.write(desk.resolve("archive"), archive);
        String[] words = Arrays.copyOf(options, options.length + 2);
        System.arraycopy(options, 0, words, 1, options.length);
        words[0] = "triage";
        words[words.length - 1] = file.toString();
        return Cli.backline(words);
    }

    @Test
    void printsNamesThatATerminalWouldObeyAsEscapes() throws IOException {
        String evil = "a\u001b[31m\nb\u202e.log";
        byte[] archive = tar(OOPS, "../../etc/cron.d/evil", "/etc/passwd", evil);

        Cli.Result result = triage(archive);

        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.DONE);
        assertThat(result.out())
                .startsWith("3  NULL pointer dereference in row")
                .doesNotContain("\u001b", "\u202e");
        try (var files = Files.list(desk)) {
            assertThat(files).hasSize(1);
        }
        JsonObject group = JsonParser.parseString(
                        triage(archive, "--format", "json").out())
                .getAsJsonObject();
        assertThat(group.getAsJsonArray("members"))
                .hasSize(3)
                .anySatisfy(member -> assertThat(member.toString()).contains("archive!../../etc/cron.d/evil"));
        assertThat(triage(archive, "--format", "html").out()).doesNotContain("\u001b", "\u202e");
    }

    @Test
    void givesNoCommandWithANameThatIsNoPlainWord() throws IOException {
        assertThat(triage(tar(OOPS, "--to-command=evil")).out()).doesNotContain("tar -xOf");
        assertThat(triage(tar(OOPS, "a'; evil '.log")).out()).contains("'a'\\''; evil '\\''.log'");
    }

    @Test
    void cutsNamesOfMegabytes() throws IOException {
        Cli.Result result = triage(tar(OOPS, "x".repeat(60_000)), "--format", "json");

        assertThat(result.out()).hasSizeLessThan(10_000).contains("xxx…");
    }

    /** A header as tar writes it: commons-compress would not write some of these. */
    private static byte[] header(String name, char type, long size) {
        byte[] header = new byte[512];
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, header, 0, text.length);
        octal(header, 100, 7, 0644);
        octal(header, 108, 7, 0);
        octal(header, 116, 7, 0);
        octal(header, 124, 11, size);
        octal(header, 136, 11, 0);
        Arrays.fill(header, 148, 156, (byte) ' ');
        header[156] = (byte) type;
        System.arraycopy("ustar  ".getBytes(StandardCharsets.US_ASCII), 0, header, 257, 7);
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        octal(header, 148, 6, sum);
        header[154] = 0;
        return header;
    }

    private static void octal(byte[] header, int at, int digits, long value) {
        long left = value;
        for (int i = digits - 1; i >= 0; i--) {
            header[at + i] = (byte) ('0' + (left & 7));
            left >>= 3;
        }
    }

    /** A log, then headers without end, as one archive. */
    private static byte[] logAndThen(byte[]... blocks) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] log = OOPS.getBytes(StandardCharsets.US_ASCII);
        bytes.writeBytes(header("first.log", '0', log.length));
        bytes.writeBytes(Arrays.copyOf(log, (log.length + 511) / 512 * 512));
        for (byte[] each : blocks) {
            bytes.writeBytes(each);
        }
        return bytes.toByteArray();
    }

    /** Headers that promise a name of 8 GB, or follow each other without end: neither fills the memory or the stack. */
    @Test
    void boundsTheHeadersOfAMember() throws IOException {
        int length = 1 << 20;
        byte[] name = new byte[length];
        Arrays.fill(name, (byte) 'x');
        byte[] pax = name.clone();
        byte[] key = "2000000000 path=".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(key, 0, pax, 0, key.length);
        byte[] link = new byte[1024];
        System.arraycopy(header("././@LongLink", 'L', 2), 0, link, 0, 512);
        link[512] = 'a';
        byte[] links = new byte[length];
        for (int at = 0; at < length; at += link.length) {
            System.arraycopy(link, 0, links, at, link.length);
        }
        for (byte[] archive : List.of(
                logAndThen(header("././@LongLink", 'L', (1L << 33) - 1), name),
                logAndThen(header("././@LongLink", 'K', (1L << 33) - 1), name),
                logAndThen(header("PaxHeader", 'x', (1L << 33) - 1), pax),
                logAndThen(links))) {
            Cli.Result result = triage(archive, "--format", "json");

            assertThat(result.status()).isEqualTo(ExitStatus.INPUT);
            assertThat(result.err())
                    .contains("archive: malformed tar archive: a member's headers have more than 262144 bytes, at 0x4");
            assertThat(result.out()).contains("first.log").contains("bad-access:row[boat]~");
        }
    }

    /** A decompressor can need 64 MB: those of members that wait for a thread would fill the memory. */
    @Test
    void opensNoSmallMemberBeforeItIsRead() throws IOException {
        List<Runnable> waiting = new ArrayList<>();
        List<String> complaints = new ArrayList<>();
        List<String> logs = new ArrayList<>();
        LogFile.Sink sink = new LogFile.Sink() {
            @Override
            public void log(String name, InputStream text) {
                logs.add(name);
            }

            @Override
            public void small(Runnable reading) {
                waiting.add(reading);
            }

            @Override
            public void other(String sentence, boolean member) {
                complaints.add(sentence);
            }

            @Override
            public void unreadable(String sentence, boolean member) {
                complaints.add(sentence);
            }
        };
        byte[] noGzip = new byte[100];
        noGzip[0] = 0x1f;
        noGzip[1] = (byte) 0x8b;
        byte[] zip = zip("damaged.log.gz", noGzip);
        LogFile.read("logs.zip", new ByteArrayInputStream(zip), sink);
        LogFile.read("logs.tar", new ByteArrayInputStream(tar(OOPS, "a.log")), sink);
        assertThat(waiting).hasSize(2);
        assertThat(complaints).isEmpty();
        assertThat(logs).isEmpty();

        waiting.forEach(Runnable::run);

        assertThat(complaints).singleElement().asString().contains("logs.zip!damaged.log.gz: ");
        assertThat(logs).containsExactly("logs.tar!a.log");
    }

    @Test
    void endsADecompressionBomb() throws IOException {
        for (int free : new int[] {1 << 20, 1 << 27}) {
            Expansion expansion = new Expansion(free);
            InputStream in = expansion.packed(new ByteArrayInputStream(new byte[1000]));
            assertThat(in.readAllBytes()).hasSize(1000);
            InputStream endless = expansion.unpacked("bomb.gz", new InputStream() {
                @Override
                public int read() {
                    return 'x';
                }

                @Override
                public int read(byte[] into, int offset, int length) {
                    return length;
                }
            });

            long expected = free + 2000L * 1000;
            assertThat(endless.readNBytes((int) expected)).hasSize((int) expected);
            assertThatThrownBy(endless::read)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("bomb.gz: expands to more than 2000 times its size");
            assertThatThrownBy(expansion::check).isInstanceOf(IOException.class);
        }
    }

    @Test
    void readsNoArchivesWithinArchivesForEver() throws IOException {
        byte[] nested = tar(OOPS, "crash.log");
        for (int i = 0; i < 3; i++) {
            nested = zip("deep-" + i + ".zip", nested);
        }

        Cli.Result result = triage(nested);

        assertThat(result.status()).isEqualTo(ExitStatus.DONE);
        assertThat(result.err()).contains("an archive in more than 3 others");
        assertThat(triage(nested, "--strict").status()).isEqualTo(ExitStatus.UNRESOLVED);
    }

    @Test
    void leavesOutWhatIsNoText() throws IOException {
        byte[] random = new byte[5000];
        new Random(1).nextBytes(random);

        assertThat(triage(zip("core", random)).err()).contains("no crash report found in 0 logs");
        assertThat(triage(tar("\u007fELF\u0002\u0001\u0001" + "\0".repeat(100), "vmlinux", "a.ko"), "--strict")
                        .status())
                .isEqualTo(ExitStatus.UNRESOLVED);
    }

    /** Each prefix of an archive gives the reports before the cut, or a message; never anything else. */
    @Test
    void readsWhatStandsBeforeACut() throws IOException {
        byte[] tar = tar(OOPS, "a.log", "b.log");
        for (int length : List.of(600, 1024, 1025, 1500, 2048, 2300, 2700)) {
            Cli.Result result = triage(Arrays.copyOf(tar, length), "--format", "json");

            assertThat(result.status()).isIn(ExitStatus.DONE, ExitStatus.INPUT);
            assertThat(result.out().lines().count()).isLessThanOrEqualTo(1);
            if (length > 1600) {
                assertThat(result.out()).contains("bad-access:row[boat]~");
            }
        }
    }

    @Test
    void survivesRandomDamage() throws IOException {
        byte[] tar = tar(OOPS, "a.log", "b.log");
        byte[] zip = zip("a.log", OOPS.getBytes(StandardCharsets.UTF_8));
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] damaged = (i % 2 == 0 ? tar : zip).clone();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                damaged[random.nextInt(Math.min(damaged.length, 1200))] = (byte) random.nextInt();
            }
            assertThat(triage(damaged, "--jobs", "1", "--format", "json").status())
                    .isIn(ExitStatus.DONE, ExitStatus.INPUT);
        }
    }
}
