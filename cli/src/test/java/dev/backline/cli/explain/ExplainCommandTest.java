package dev.backline.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.cli.Cli;
import dev.backline.cli.console.ExitStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code backline explain} from the command line to its output, on an oops in a small file with debug information. */
class ExplainCommandTest {
    private static final Path FILE = Cli.ROOT.resolve("fixtures/elf/gcc12-v5.elf");
    private static final Path SOURCES = Cli.ROOT.resolve("fixtures/elf/src");
    private static final Path NO_REPORT = Cli.ROOT.resolve("fixtures/captures/dmesg.txt");

    /** receive() of gcc12-v5.elf reads p->data + 4, and p->data is NULL. */
    private static final String OOPS = """
            [    1.000000] BUG: kernel NULL pointer dereference, address: 0000000000000004
            [    1.000000] #PF: supervisor read access in kernel mode
            [    1.000000] #PF: error_code(0x0000) - not-present page
            [    1.000000] PGD 0 P4D 0
            [    1.000000] Oops: 0000 [#1] PREEMPT SMP NOPTI
            [    1.000000] CPU: 0 PID: 7 Comm: init Not tainted 6.1.0-test #1
            [    1.000000] RIP: 0010:receive+0x45/0x160
            [    1.000000] Code: 89 e8 5b 5d 41 5c c3 66 0f 1f 44 00 00 48 8b 03 48 89 df 0f b7 10 66 c1 c2 08 66 89 53 14 \
            0f b7 50 02 66 c1 c2 08 66 89 53 16 <8b> 40 04 0f c8 89 43 18 e8 fe 01 00 00 49 89 c4 48 85 c0 74 76 83
            [    1.000000] RSP: 0018:ffffc90000013e50 EFLAGS: 00010246
            [    1.000000] RAX: 0000000000000000 RBX: ffff888003a41000 RCX: 0000000000000000
            [    1.000000] RDX: 0000000000000000 RSI: 0000000000000000 RDI: ffff888003a41000
            [    1.000000] RBP: 0000000000000000 R08: 0000000000000000 R09: 0000000000000000
            [    1.000000] R10: 0000000000000000 R11: 0000000000000000 R12: 0000000000000000
            [    1.000000] R13: 0000000000000000 R14: 0000000000000000 R15: 0000000000000000
            [    1.000000] FS:  0000000000000000(0000) GS:ffff88807dc00000(0000) knlGS:0000000000000000
            [    1.000000] CS:  0010 DS: 0000 ES: 0000 CR0: 0000000080050033
            [    1.000000] CR2: 0000000000000004 CR3: 0000000003a0a000 CR4: 00000000000006f0
            [    1.000000] Call Trace:
            [    1.000000]  <TASK>
            [    1.000000]  poll+0x1e/0xa0
            [    1.000000]  </TASK>
            [    1.000000] ---[ end trace 0000000000000000 ]---
            """;

    @TempDir
    Path desk;

    private String log = "";

    @BeforeEach
    void write() throws IOException {
        log = Files.writeString(desk.resolve("crash.log"), OOPS).toString();
    }

    @Test
    void namesTheStatementAndTheNullPointer() {
        Cli.Result result = explain("--source", SOURCES.toString(), log);

        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.DONE);
        assertThat(result.out().replaceAll("\\s+", " "))
                .contains(":1-22, time 1.000000, oops #1, CPU 0, init (PID 7), kernel 6.1.0-test, x86_64, not tainted");
        assertThat(result.out())
                .startsWith("NULL pointer dereference")
                .contains("receive at tcp.c:90\n")
                .contains("> 90          p->sequence = load32(p->data + 4);\n")
                .contains("read of 4 bytes at 0x4\n")
                .contains("rax          0x0: NULL\n")
                .contains("variable     p->data of type const u8 *\n")
                .contains("0xffff888003a41000  rbx\n")
                .contains("> receive+0x45/0x160  tcp.c:90\n")
                .contains("poll+0x1e/0xa0");
    }

    @Test
    void writesEachFormat() throws Exception {
        assertThat(explain("--format", "markdown", log).out()).startsWith("## ").contains("At `receive at tcp.c:90`.");
        assertThat(explain("--format", "html", log).out())
                .startsWith("<!DOCTYPE html>")
                .contains("receive");
        JsonObject json =
                JsonParser.parseString(explain("--format", "json", log).out()).getAsJsonObject();
        assertThat(SchemaCheck.read(Cli.ROOT.resolve("docs/schema/crash.schema.json"))
                        .errors(json))
                .isEmpty();
        assertThat(json.get("input").getAsString()).isEqualTo(log);
        assertThat(json.getAsJsonObject("place").get("line").getAsInt()).isEqualTo(90);
        assertThat(json.getAsJsonObject("fault").get("valueClass").getAsString())
                .isEqualTo("null");
    }

    @Test
    void readsStandardInputAndPackedLogsAndSeveralLogs() throws Exception {
        Path packed = desk.resolve("packed.log.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(OOPS.getBytes(StandardCharsets.UTF_8));
        }

        Cli.Result result = Cli.backline(OOPS, Map.of(), "explain", "-e", FILE.toString(), "-", packed.toString(), log);

        assertThat(result.out().lines().filter(line -> line.contains("time 1.000000")))
                .hasSize(3)
                .satisfiesExactly(
                        line -> assertThat(line).contains("lines 1-22"),
                        line -> assertThat(line).contains("packed.log.gz:1-22"),
                        line -> assertThat(line).contains("crash.log:1-22"));
        assertThat(Cli.backline(OOPS, Map.of(), "explain", "-e", FILE.toString())
                        .out())
                .contains("lines 1-22");
    }

    @Test
    void readsAPipeThatHasAName() throws Exception {
        Cli.needs("mkfifo");
        Path pipe = desk.resolve("pipe");
        Cli.program(desk, "", "mkfifo", pipe.toString());
        Thread writer = new Thread(() -> {
            try {
                Files.writeString(pipe, OOPS);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.start();

        assertThat(explain(pipe.toString()).out()).contains("pipe:1-22");
        writer.join();
    }

    @Test
    void saysThatALogHasNoReport() {
        Cli.Result result = explain(NO_REPORT.toString());

        assertThat(result.status()).isEqualTo(ExitStatus.DONE);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .contains(
                        "dmesg.txt: no crash report found in ",
                        " lines; to annotate stack traces, type: backline symbolize ");
        assertThat(explain("--strict", NO_REPORT.toString()).status()).isEqualTo(ExitStatus.UNRESOLVED);
        assertThat(explain("--format", "json", NO_REPORT.toString()).err()).isEmpty();
        assertThat(Cli.backline("explain").err()).isEqualTo("backline: standard input: is empty\n");
    }

    @Test
    void explainsWhatItCanWithoutDebugFilesAndSaysWhatIsMissing() {
        Cli.Result result = Cli.backline("explain", log);

        assertThat(result.status()).isEqualTo(ExitStatus.DONE);
        assertThat(result.out())
                .contains("kernel NULL pointer dereference, address: 0000000000000004")
                .contains("receive+0x45/0x160", "The source line is unknown: ");
        assertThat(result.err()).startsWith("backline: ").contains("6.1.0-test");
        assertThat(Cli.backline("explain", "--strict", log).status()).isEqualTo(ExitStatus.UNRESOLVED);
        assertThat(explain("--strict", log).status()).isEqualTo(ExitStatus.DONE);
    }

    @Test
    void refusesFilesThatAreNoLogsBeforeItPrintsAnything() {
        for (List<String> wrong : List.of(
                List.of(log, desk.resolve("missing.log").toString()),
                List.of(log, desk.toString()),
                List.of(FILE.toString()),
                List.of("--source", log, log),
                List.of("-e", desk.resolve("vmlinux").toString(), log))) {
            Cli.Result result = explain(wrong.toArray(String[]::new));

            assertThat(result.status()).as(wrong.toString()).isEqualTo(ExitStatus.INPUT);
            assertThat(result.out()).isEmpty();
            assertThat(result.err().lines()).hasSize(1);
        }
        assertThat(explain(FILE.toString()).err()).contains("type: backline explain -e ");
        assertThat(explain("--format", "pdf", log).status()).isEqualTo(ExitStatus.USAGE);
        assertThat(explain("--links", "nowhere", log).status()).isEqualTo(ExitStatus.USAGE);
    }

    @Test
    void writesAFileAndOverwritesNone() throws Exception {
        Path file = desk.resolve("crash.html");

        assertThat(explain("--format", "html", "-o", file.toString(), log).status())
                .isZero();
        assertThat(Files.readString(file)).endsWith("</html>\n");
        assertThat(explain("-o", file.toString(), log).err()).contains("is there already, and nothing is overwritten");
    }

    private static Cli.Result explain(String... arguments) {
        List<String> all = new ArrayList<>(List.of("explain"));
        if (!List.of(arguments).contains("-e")) {
            all.addAll(List.of("-e", FILE.toString()));
        }
        all.addAll(List.of(arguments));
        return Cli.backline(all.toArray(String[]::new));
    }
}
