package dev.backline.cli.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.Cli;
import dev.backline.fixtures.ElfFixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uses indexes in place of the indexed files. */
class SymbolizeIndexTest {
    @TempDir
    private Path folder;

    private String elf;
    private String index;
    private String llvms;

    @BeforeEach
    void index() throws IOException {
        elf = ElfFixtures.fixture("gcc12-v5").elf().toString();
        index = folder.resolve("vmlinux.gsym").toString();
        llvms = ElfFixtures.folder().resolveSibling("gsym/gcc12-v5.gsym").toString();
        assertThat(Cli.backline("index", elf, "-o", index)).isEqualTo(new Cli.Result(0, "", ""));
    }

    @Test
    void answersQueriesAsTheFileDoes() {
        for (String query : new String[] {"receive+0xc8/0x160", "receive+0x63", "receive.cold+1", "0x400128"}) {
            assertThat(Cli.backline("symbolize", "-e", index, query))
                    .as(query)
                    .isEqualTo(Cli.backline("symbolize", "-e", elf, query));
        }
    }

    @Test
    void answersFromAnIndexThatLlvmWrote() {
        Cli.Result answer = Cli.backline("symbolize", "-e", llvms, "receive+0xc8/0x160");

        assertThat(answer.err()).isEmpty();
        assertThat(answer.out()).contains("receive at ").contains("tcp.c:97");
    }

    @Test
    void findsAnIndexInADirectory() {
        assertThat(Cli.backline("symbolize", "-d", folder.toString(), "receive+0x63"))
                .isEqualTo(Cli.backline("symbolize", "-e", elf, "receive+0x63"));
    }

    @Test
    void refusesAnIndexFromAnotherBuild() throws IOException {
        Path log = Files.writeString(
                folder.resolve("log"),
                " receive+0x63/0x160 0123456789abcdef0123456789abcdef01234567\n"
                        + "CPU: 0 PID: 1 Comm: x Not tainted 6.1.0-9-amd64 #1"
                        + " 0123456789abcdef0123456789abcdef01234567\n receive+0x63/0x160\n");

        Cli.Result answer = Cli.backline("symbolize", "-e", index, log.toString());

        assertThat(answer.err()).contains("vmlinux.gsym is from another build: its build id is ");
    }

    @Test
    void answersAddressesAsTheFileDoes() {
        for (String file : new String[] {index, llvms}) {
            assertThat(Cli.backline("addr2line", "-afi", "-e", file, "0x400128", "400135", "0x1", "receive+8"))
                    .isEqualTo(Cli.backline("addr2line", "-afi", "-e", elf, "0x400128", "400135", "0x1", "receive+8"));
        }
    }

    @Test
    void reportsADamagedIndexOnOneLine() throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of(index));
        Path cut = Files.write(folder.resolve("cut.gsym"), Arrays.copyOf(bytes, 100));
        bytes[4] = 2;
        Path version = Files.write(folder.resolve("version.gsym"), bytes);

        assertThat(Cli.backline("symbolize", "-e", cut.toString(), "receive+0x63")
                        .err())
                .startsWith("backline: " + cut + ": GSYM at 0x")
                .endsWith("the file is damaged or truncated: regenerate it with backline index\n")
                .hasLineCount(1);
        assertThat(Cli.backline("symbolize", "-e", version.toString(), "receive+0x63"))
                .isEqualTo(new Cli.Result(
                        3,
                        "",
                        "backline: " + version
                                + ": GSYM at 0x4: unsupported GSYM version 2 (supported: 1); regenerate it with"
                                + " backline index\n"));
    }

    @Test
    void refusesAnIndexForFaddr2line() {
        assertThat(Cli.backline("faddr2line", index, "receive+0x63"))
                .isEqualTo(new Cli.Result(
                        1,
                        "",
                        "ERROR: " + index + " is a GSYM index; ask it with: backline symbolize -e " + index + "\n"));
    }
}
