package dev.backline.cli.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.Cli;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests rules of the script that the recordings do not cover, on small files. The rules come from the script's text. */
class Faddr2lineTest {
    private static final String LINKED =
            Cli.ROOT.resolve("fixtures/elf/gcc12-v5.elf").toString();
    private static final String MODULE =
            Cli.ROOT.resolve("fixtures/elf/gcc12-ko-v5.ko").toString();

    @TempDir
    Path folder;

    @Test
    void echoesTheOffsetAsItWasTypedAndFillsInTheSize() {
        for (String offset : new String[] {"14", "016", "0xe", "16#e", "0x10-2"}) {
            assertThat(Cli.backline("faddr2line", LINKED, "bad_state+" + offset).out())
                    .isEqualTo("bad_state+" + offset + "/0x18:\nbad_state at /src/backline/tcp.c:66\n");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bad_state+08   | 1 | faddr2line: line 248: 0x0000000000400110 + 08: value too great for base "
                        + "(error token is \"08\")",
                "bad_state+x    | 1 | faddr2line: line 248: x: unbound variable",
                "bad_state+1/x  | 1 | faddr2line: line 257: x: unbound variable",
                "+1             | 0 | bad func+offset +1",
                "bad_state+     | 0 | bad func+offset bad_state+",
                "bad_state+/0x1 | 0 | bad func+offset bad_state+/0x1",
                "nothing+zz     | 0 | no match for nothing+zz"
            })
    void tripsWhereTheScriptTrips(String argument, int status, String complaint) {
        Cli.Result result = Cli.backline("faddr2line", LINKED, argument);

        assertThat(result.out()).isEmpty();
        assertThat(result.err()).isEqualTo(complaint + "\n");
        assertThat(result.status()).isEqualTo(status);
    }

    @Test
    void stopsAtTheArgumentThatBreaksTheScriptAndKeepsWhatCameBefore() {
        Cli.Result result = Cli.backline("faddr2line", LINKED, "bad_state+14", "bad_state+x", "bad_state+15");

        assertThat(result.out()).isEqualTo("bad_state+14/0x18:\nbad_state at /src/backline/tcp.c:66\n");
        assertThat(result.status()).isEqualTo(1);
    }

    @Test
    void doesNotTakeTheFirstByteOfASectionForAnAddress() {
        // A linked kernel has nothing at address 0, so the script treats 0 as a failure.
        Cli.Result result = Cli.backline("faddr2line", MODULE, "send_reset+0", "send_reset+6");

        assertThat(result.err()).isEqualTo("bad address: 0x0000000000000000 + 0\n");
        assertThat(result.out()).isEqualTo("send_reset+6/0x30:\nsend_reset at /src/backline/tcp.c:19\n");
        assertThat(result.status()).isZero();
    }

    @Test
    void refusesASymbolThatIsDefinedElsewhere() {
        Cli.Result result = Cli.backline("faddr2line", MODULE, "panic+1");

        assertThat(result.err()).isEqualTo("bad section size: section: UND\n");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void stripsTheSourcePrefixThatStartKernelTells() throws Exception {
        Cli.needs("gcc");
        Path main = Files.createDirectories(folder.resolve("build/init")).resolve("main.c");
        Files.writeString(main, "void start_kernel(void) { for (;;); }\n");
        Files.writeString(folder.resolve("build/other.c"), "int other(int x)\n{\n\treturn x * 3;\n}\n");
        Path other = folder.resolve("build/./other.c");
        Path kernel = folder.resolve("vmlinux");
        // The script cannot compute the size of a section's last symbol, so start_kernel is the last one.
        Cli.Result gcc = Cli.program(
                folder,
                "",
                "gcc",
                "-g",
                "-O2",
                "-nostdlib",
                "-static",
                "-Wl,-e,start_kernel",
                other.toString(),
                main.toString(),
                "-o",
                kernel.toString());
        assertThat(gcc.err()).isEmpty();

        assertThat(Cli.backline("faddr2line", kernel.toString(), "other+1").out())
                .endsWith(":\nother at other.c:3\n");
    }

    @Test
    void listsTheSourceAroundEachLine() throws Exception {
        Path file = Cli.compiled(folder, "linked", "-O0");

        Cli.Result result = Cli.backline("faddr2line", "--list", file.toString(), "sum+0");

        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .startsWith("sum+0/0x")
                .contains("\n\nsum at " + folder.resolve("sample.c") + ":11\n 6 \t{\n", "\n>11<\t{\n")
                .endsWith("\n 15 \t}\n 16 \tint main(int argc, char **argv)\n");
    }

    @Test
    void wantsDebugInfo() throws Exception {
        Path file = Cli.compiled(folder, "plain", "-g0");

        Cli.Result result = Cli.backline("faddr2line", file.toString(), "sum+1");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("ERROR: CONFIG_DEBUG_INFO not enabled\n");
    }

    @Test
    void saysWhatAFileIsThatIsNoElf() throws Exception {
        Path file = Files.writeString(folder.resolve("notes"), "hello\n");

        Cli.Result result = Cli.backline("faddr2line", file.toString(), "sum+1");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).startsWith("ERROR: " + file).hasLineCount(1);
    }
}
