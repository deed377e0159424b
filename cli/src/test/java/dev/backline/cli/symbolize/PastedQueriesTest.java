package dev.backline.cli.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.Cli;
import dev.backline.cli.console.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Places as people type them, or paste them from a log or a debugger, are read; or the message says what is missing. */
class PastedQueriesTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void unpack() throws IOException {
        Path fixtures = Cli.ROOT.resolve("fixtures/elf");
        Files.copy(fixtures.resolve("gcc12-v5.elf"), folder.resolve("vmlinux"));
        Files.copy(fixtures.resolve("gcc12-ko-v5.ko"), folder.resolve("tcp_x.ko"));
    }

    private static Cli.Result symbolize(String... queries) {
        String[] words = new String[queries.length + 3];
        words[0] = "symbolize";
        words[1] = "-d";
        words[2] = folder.toString();
        System.arraycopy(queries, 0, words, 3, queries.length);
        return Cli.backline(words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bad_state()+0xe",
                "bad_state + 0xe",
                "*bad_state+14",
                "list *(bad_state+0xe)",
                "bad_state:0xe",
                "? bad_state+0xe/0x18",
                "[   30.988938]  bad_state+0xe/0x18",
                " <TASK> bad_state+0xe",
                "bad_state+0xe/0x18:"
            })
    void readsAReturnAddress(String query) {
        assertThat(symbolize(query))
                .isEqualTo(new Cli.Result(0, "bad_state+0xe/0x18:\nbad_state at tcp.c:65 (exact: tcp.c:66)\n", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RIP: 0010:bad_state+0xe/0x18", "0010:bad_state+0xe", "pc : bad_state+0xe/0x18"})
    void readsAnExactAddressWhereARegisterIsPrinted(String query) {
        assertThat(symbolize(query)).isEqualTo(new Cli.Result(0, "bad_state+0xe/0x18:\nbad_state at tcp.c:66\n", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp_x!tcp_init+0x7",
                "tcp_init+0x7 [tcp_x",
                "tcp_init+0x7 tcp_x",
                "tcp_init()+7 [tcp_x]",
                "tcp-x!tcp_init+7"
            })
    void readsAModule(String query) {
        Cli.Result result = symbolize(query);

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).matches("tcp_init\\+0x7/0x56 \\[tcp[-_]x]:\ntcp_init at tcp.c:138\n");
    }

    @Test
    void takesABareFunctionForItsStart() {
        assertThat(symbolize("bad_state").out()).isEqualTo("bad_state+0x0/0x18:\nbad_state at tcp.c:64\n");
        assertThat(symbolize("tcp_x:tcp_init").out()).startsWith("tcp_init+0x0/0x56 [tcp_x]:\n");
        assertThat(symbolize("0040011e").out()).startsWith("0040011e bad_state+0xe/0x18:\n");
    }

    @Test
    void readsAFileWhoseNameCouldBeAFunction(@TempDir Path other) throws IOException {
        Path log = Files.writeString(other.resolve("bad_state"), " receive+0x63/0x160\n");

        assertThat(symbolize(log.toString()).out()).contains(" receive+0x63/0x160 tcp.c:95\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bad_statf       | bad_statf: there is no file of that name, and no such symbol in .*; did you mean bad_state\\?",
                "bad_state+e/18  | hexadecimal numbers in a query begin with 0x: bad_state\\+0xe/0x18",
                "bad_state+zz    | there is no such file; a query looks like",
                "crash.lgo       | there is no such file; a query looks like"
            })
    void saysWhatIsMissing(String query, String message) {
        Cli.Result result = symbolize(query);

        assertThat(result.out()).isEmpty();
        assertThat(result.err()).containsPattern(message).hasLineCount(1);
        assertThat(result.status()).isEqualTo(ExitStatus.INPUT);
    }

    @Test
    void asksForQuotesWhereTheShellSplitAQuery() {
        assertThat(symbolize("RIP:", "0010:bad_state+0xe/0x18").err())
                .contains(
                        "RIP:: there is no such file; a query with blanks needs quotes: 'RIP: 0010:bad_state+0xe/0x18'");
    }

    @Test
    void asksForTheKernelOfAWordThatIsNotAFile() {
        Cli.Result result = Cli.backline("symbolize", "crash");

        assertThat(result.status()).isEqualTo(ExitStatus.INPUT);
        assertThat(result.err()).contains("crash: there is no such file; if it is a function, name its kernel: -e");
    }

    @Test
    void suggestsANameInTheRightCase() {
        assertThat(symbolize("BAD_STATE+0xe").err()).contains("did you mean bad_state");
    }
}
