package dev.backline.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.console.Console;
import dev.backline.cli.console.Output;
import dev.backline.crash.Explanation;
import dev.backline.io.Audience;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The text, the Markdown and the page of an explanation. */
class ExplainWritersTest {
    private static final int WIDTH = 100;

    @TempDir
    Path tree;

    @Test
    void printsOneScreenThatAnswersWhatWasTouchedAndWhyThatFailed() throws Exception {
        assertThat(text(Samples.nullPointer())).isEqualTo("""
                NULL pointer dereference: relay_queue_hint_len() reads peer->shaper.rate, peer is NULL
                  crash.log:454-517, time 7.391000, oops #3, CPU 0, busybox (PID 152), kernel 6.1.0-56-cloud-amd64,
                    x86_64, tainted GDOE
                  BUG: kernel NULL pointer dereference, address: 0000000000000038

                  port->rxq->hint->src->peer is NULL (rax); relay_queue_hint_len() reads its shaper.rate at +0x38.

                Where
                  relay_queue_hint_len at /build/relaybox/relay_port.c:92 [relaybox]
                  inlined into relay_queue_show
                What was touched (certain)
                  access       read of 4 bytes at 0x38
                  instruction  mov    0x38(%rax),%eax
                  rax          0x0: NULL
                  variable     port->rxq->hint->src->peer of type struct relay_port *
                  member       shaper.rate of struct relay_port, offset 0x38 (56), 4 bytes
                  expression   port->rxq->hint->src->peer->shaper.rate
                  - rax is 0, and the instruction adds 0x38: the address that the kernel reports.
                Instructions around the trap, from the log; the debug file has the same
                    relay_port.c:92  48 8b 47 10  mov    0x10(%rdi),%rax
                                     48 8b 00     mov    (%rax),%rax
                  >                  8b 40 38     mov    0x38(%rax),%eax
                    relay_port.c:93  c3           ret
                Variables
                  port                      struct relay_port *  0xffff89c5c1068000  rdi
                  count (relay_queue_show)  u32                  0x2a (42)
                Frames (> is the function to blame)
                  > relay_queue_hint_len+0x15/0x20 [relaybox]  /build/relaybox/relay_port.c:92
                    relay_proc_write+0xb7/0x100 [relaybox]     /build/relaybox/relay_main.c:342
                    proc_reg_write+0x56/0xa0                   fs/proc/inode.c:351
                    … 1 frame: doubtful (?)
                    vfs_write+0xc7/0x3f0                       fs/read_write.c:582
                    … 2 frames: entry code
                Notes
                  - The log has two earlier oopses, so this one can be their consequence.
                What to do next
                  - Read the first report of the log (taint D).
                Signature
                  bad-access:relay_queue_hint_len[relaybox]:0badcafe
                """);
    }

    @Test
    void saysWhatIsUnknownAndWhatWouldSettleIt() throws Exception {
        assertThat(text(Samples.withoutDebugFile()))
                .contains("  ferry_hold_weight+0x1e/0x50 [ferry]\n")
                .contains("The source line is unknown: ferry.ko is not in the debug directories; install ferry-dbg\n")
                .contains("rax          0x6b6b6b6b6b6b6b63: slab poison (freed object) minus 8\n")
                .contains("variable     unknown: this needs the debug information of the code that trapped\n")
                .contains("  > 48 8b 50 08  mov    0x8(%rax),%rdx\n")
                .doesNotContain("(likely)");
    }

    @Test
    void leavesOutTheAccessOfAReportThatIsAboutNone() throws Exception {
        assertThat(text(Samples.hungTask()))
                .doesNotContain("touched", "Instructions", "Variables")
                .contains("Where\n  to blame: ferry_moor [ferry]\n")
                .contains("__schedule+0x34d/0xa00", "echo w > /proc/sysrq-trigger");
    }

    @Test
    void marksTheAccessedPartOfTheSourceLine() throws Exception {
        Path file = Files.createDirectories(tree.resolve("relaybox")).resolve("relay_port.c");
        Files.writeString(
                file,
                "\n".repeat(90) + "{\n\treturn port->rxq->hint->src->peer->shaper.rate;\n}\n",
                StandardCharsets.UTF_8);

        assertThat(text(Samples.nullPointer(), "--source", tree.toString())).contains("""
                    91  {
                  > 92          return port->rxq->hint->src->peer->shaper.rate;
                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                    93  }
                """);
        assertThat(markdown(Samples.nullPointer(), "--source", tree.toString())).contains("""
                ```c
                  90
                  91  {
                > 92          return port->rxq->hint->src->peer->shaper.rate;
                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                  93  }
                ```
                """);
        assertThat(html(Samples.nullPointer(), "--source", tree.toString()))
                .contains("<strong class=\"caret\">port-&gt;rxq-&gt;hint-&gt;src-&gt;peer-&gt;shaper.rate</strong>;");
    }

    @Test
    void complainsOnceAboutSourceThatIsMissing() throws Exception {
        Written written =
                written("text", List.of(Samples.nullPointer(), Samples.nullPointer()), "--source", tree.toString());

        assertThat(written.err)
                .isEqualTo("backline: no source for /build/relaybox/relay_port.c below " + tree
                        + "; --source needs the sources of that kernel or module\n");
    }

    @Test
    void fitsInto100Columns() throws Exception {
        for (Explanation each : List.of(Samples.nullPointer(), Samples.withoutDebugFile(), Samples.hostile())) {
            assertThat(text(each).lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(WIDTH));
        }
    }

    @Test
    void showsHostileTextOnATerminalWithoutItsControlCharacters() throws Exception {
        assertThat(text(Samples.hostile())).contains("\\x1b[31mred\\x07").doesNotContain("\u001b", "\u0007", "\u202e");
        assertThat(written("text", List.of(Samples.hostile()), "--color", "always")
                        .out
                        .replaceAll("\u001b\\[\\d*m", ""))
                .doesNotContain("\u001b", "\u0007");
    }

    @Test
    void usesColoursOnlyIfAsked() throws Exception {
        assertThat(text(Samples.nullPointer())).doesNotContain("\u001b");
        assertThat(text(Samples.nullPointer(), "--color", "always")).contains("\u001b[1mWhere\u001b[0m");
    }

    @Test
    void linksThePlaceInTheKernelsOwnTree() throws Exception {
        Explanation sample = Samples.nullPointer();
        Explanation inTree = new Explanation(
                sample.report(),
                sample.kind(),
                sample.title(),
                sample.sentence(),
                sample.severity(),
                sample.fault(),
                new Explanation.Place("vfs_write", "fs/read_write.c", 582, List.of()),
                List.of(),
                null,
                sample.frames(),
                null,
                null,
                List.of(),
                List.of());
        String url = "https://sources.debian.org/src/linux/6.1.192-2/fs/read_write.c/#L582";

        assertThat(markdown(inTree, "--links", "auto"))
                .contains("At [`vfs_write at fs/read_write.c:582 [relaybox]`](<" + url + ">).");
        assertThat(text(inTree, "--links", "auto", "--color", "always")).contains("\u001b]8;;" + url + "\u001b\\");
        assertThat(text(inTree, "--links", "auto")).doesNotContain("http");
        assertThat(written("json", List.of(inTree), "--links", "auto").out).contains("\"url\":\"" + url + "\"");
    }

    @Test
    void writesMarkdownForATicket() throws Exception {
        assertThat(markdown(Samples.nullPointer()))
                .startsWith(
                        "## NULL pointer dereference: relay_queue_hint_len() reads `peer->shaper.rate`, peer is NULL\n\n")
                .contains("- rax: `0x0`: NULL\n")
                .contains("- member: `shaper.rate` of struct relay_port, offset 0x38 (56), 4 bytes\n")
                .contains("""
                        ```text
                          relay_port.c:92  48 8b 47 10  mov    0x10(%rdi),%rax
                                           48 8b 00     mov    (%rax),%rax
                        >                  8b 40 38     mov    0x38(%rax),%eax
                          relay_port.c:93  c3           ret
                        ```
                        """)
                .contains("Signature: `bad-access:relay_queue_hint_len[relaybox]:0badcafe`\n");
    }

    @Test
    void keepsHostileTextInMarkdownInert() throws Exception {
        String markdown = markdown(Samples.hostile());

        assertThat(markdown).doesNotContain("\u001b", "\u202e");
        boolean fenced = false;
        for (String line : markdown.lines().toList()) {
            if (line.startsWith("````")) {
                fenced = !fenced;
            } else if (!fenced) {
                // Outside of code spans nothing is active.
                String prose = line.replaceAll("(`+)[^`](.*?[^`])?\\1(?!`)", "");
                assertThat(prose).as(line).doesNotContain("@", "http").doesNotContainPattern("(?<!\\\\)[<\\[]");
            }
        }
        assertThat(fenced).isFalse();
    }

    @Test
    void writesAPageThatLoadsNothingAndRunsNothing() throws Exception {
        String page = html(Samples.nullPointer());

        assertThat(page)
                .startsWith("<!DOCTYPE html>")
                .contains("default-src 'none'", "port-&gt;rxq-&gt;hint", "<mark>to blame</mark>")
                .doesNotContain("<script", "http://", "https://")
                .endsWith("</html>\n");
    }

    @Test
    void keepsHostileTextInHtmlInert() throws Exception {
        assertThat(html(Samples.hostile()))
                .contains("&lt;/script&gt;&lt;b onclick=&quot;x&quot;&gt;", "\\x1b[31m")
                .doesNotContain("<script", "</script", "onclick=\"", "\u001b", "\u202e");
    }

    @Test
    void writesAPageWithoutReportsToo() throws Exception {
        assertThat(written("html", List.of()).out)
                .contains("No crash report was found.")
                .endsWith("</html>\n");
    }

    private static String text(Explanation explanation, String... options) throws Exception {
        return written("text", List.of(explanation), options).out;
    }

    private static String markdown(Explanation explanation, String... options) throws Exception {
        return written("markdown", List.of(explanation), options).out;
    }

    private static String html(Explanation explanation, String... options) throws Exception {
        return written("html", List.of(explanation), options).out;
    }

    /** What a writer wrote. */
    record Written(String out, String err) {}

    static Written written(String format, List<Explanation> explanations, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("--format", format));
        arguments.addAll(List.of(options));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                new ByteArrayInputStream(new byte[0]),
                new Output(out),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of(),
                false,
                false);
        ExplainOptions parsed = ExplainOptions.parse(arguments);
        if (parsed == null) {
            throw new IOException("help was asked for");
        }
        ExplanationWriter writer = Explain.writer(parsed, console, Audience.COMMAND, console.out());
        for (Explanation each : explanations) {
            writer.write("crash.log", each);
        }
        writer.finish();
        console.out().flush();
        return new Written(out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
