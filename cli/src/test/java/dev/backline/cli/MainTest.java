package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @Test
    void printsTheVersionTheBuildAndTheJavaVersion() {
        Cli.Result version = Cli.backline("--version");

        assertThat(version.status()).isZero();
        assertThat(version.err()).isEmpty();
        assertThat(version.out().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .matches("backline \\d+\\.\\d+\\.\\d+\\S*( \\(commit [0-9a-f]+\\S*\\))?"),
                        line -> assertThat(line)
                                .startsWith("Java " + Runtime.version().feature()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "symbolise           | unknown command 'symbolise' (did you mean symbolize?); see: backline --help",
                "reprot              | unknown command 'reprot' (did you mean report?); see: backline --help",
                "frobnicate          | unknown command 'frobnicate'; see: backline --help",
                "--verison           | unknown option '--verison' (did you mean --version?); see: backline --help",
                "--no-such-option    | unknown option '--no-such-option'; see: backline --help",
                "-e                  | -e needs a command in front; for example: backline symbolize -e",
                "tcp_v4_rcv+0x1/0x2  | tcp_v4_rcv+0x1/0x2 is a query, not a command; type: backline symbolize tcp_v4_rcv+0x1/0x2",
                "help symbolise      | unknown command 'symbolise' (did you mean symbolize?); see: backline --help"
            })
    void printsASuggestionAndTheHelpCommandOnOneLine(String line, String message) {
        Cli.Result result = Cli.backline(line.split(" "));

        assertThat(result).isEqualTo(new Cli.Result(2, "", "backline: " + message + "\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"crash.log", "crash 1.log"})
    void suggestsSymbolizeForAFileInPlaceOfACommand(String name, @TempDir Path folder) throws Exception {
        Path log = Files.createFile(folder.resolve(name));

        Cli.Result result = Cli.backline(log.toString());

        String quoted = !name.contains(" ") ? log.toString() : "'" + log + "'";
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .isEqualTo(
                        "backline: " + quoted + " is a file, not a command; type: backline symbolize " + quoted + "\n");
    }

    @Test
    void printsUsageWithoutACommand() {
        Cli.Result result = Cli.backline();

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith("Usage: backline COMMAND ")
                .contains("\n    backline symbolize crash.log\n")
                .endsWith("\n    backline --help\n");
    }

    /** -Xlog:class+load prints each class that the JVM loads. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "symbolize -e fixtures/elf/gcc12-v5.elf receive+0x63",
                "symbolize --help",
                "report --format=json -e fixtures/elf/gcc12-v5.elf fixtures/captures/bpftrace.log",
                "addr2line -fie fixtures/elf/gcc12-v5.elf 0x400393",
                "faddr2line fixtures/elf/gcc12-v5.elf receive+0x63"
            })
    void startsWithoutPicocli(String line) throws Exception {
        List<String> command = new ArrayList<>(Cli.process(line.split(" ")));
        command.add(1, "-Xlog:class+load");

        Cli.Result result = Cli.program(Cli.ROOT, "", command.toArray(new String[0]));

        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out()).contains("dev.backline.cli.Main ").doesNotContain("picocli.");
    }
}
