package dev.backline.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.cli.console.CommandDeclaration.Option;
import dev.backline.cli.console.CommandDeclaration.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** picocli is the oracle: a command line that the scanner accepts means the same to picocli. */
class ArgumentsTest {
    private static final CommandDeclaration SYMBOLIZE = CommandTable.symbolize();

    /** The commands that picocli can read; the drop-in commands have the grammar of the tools that they replace. */
    static Stream<CommandDeclaration> commands() {
        return CommandTable.root().commands().stream()
                .filter(command -> !command.shortName().contains("addr2line"));
    }

    /** Operands and values, ordinary and misleading ones. */
    private static final List<String> WORDS = List.of(
            "tcp_v4_rcv+0x99b/0xee0",
            "0xffffffff81000000",
            "br_handle_frame+0x1a3/0x3b0",
            "[bridge]",
            "crash.log",
            "vmlinux",
            "-",
            "--",
            "-1",
            "7",
            "007",
            "+7",
            "2147483648",
            "999999999",
            "1e3",
            "",
            " ",
            "@file",
            "\"quoted\"",
            "'quoted'",
            "a,b",
            "a=b",
            "=",
            "json",
            "list",
            "where",
            "---",
            "-e",
            "--no-such",
            "-x",
            "-h",
            "--help");

    @ParameterizedTest
    @MethodSource("commands")
    void readsEveryOptionInEveryFormAsPicocliDoes(CommandDeclaration command) throws Exception {
        for (Option option : command.options()) {
            for (String name : option.names()) {
                for (String value : WORDS) {
                    agree(command, List.of(name));
                    agree(command, List.of(name, value));
                    agree(command, List.of(name + "=" + value));
                    agree(command, List.of(name + value));
                    agree(command, List.of(name, value, "tcp_v4_rcv+0x1"));
                    agree(command, List.of("tcp_v4_rcv+0x1", name, value));
                    agree(command, List.of("--", name, value));
                    agree(command, List.of(name, value, name, "8"));
                    agree(command, List.of(name, name, value));
                }
                for (int end = 1; end < name.length(); end++) {
                    agree(command, List.of(name.substring(0, end), "8"));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void readsWholeCommandLinesAsPicocliDoes(CommandDeclaration command) throws Exception {
        Random random = new Random(20_261_122);
        int scanned = 0;
        for (int i = 0; i < 2_000; i++) {
            List<String> line = new ArrayList<>();
            int words = random.nextInt(7);
            for (int w = 0; w < words; w++) {
                if (random.nextInt(3) == 0) {
                    line.add(WORDS.get(random.nextInt(WORDS.size())));
                    continue;
                }
                Option option =
                        command.options().get(random.nextInt(command.options().size()));
                String name = option.names().get(random.nextInt(option.names().size()));
                String value = WORDS.get(random.nextInt(11));
                if (option.value() == Value.NONE) {
                    line.add(name);
                } else if (random.nextBoolean()) {
                    line.add(name + "=" + value);
                } else {
                    line.addAll(List.of(name, value));
                }
            }
            scanned += agree(command, line) ? 1 : 0;
        }
        // So that the comparison is not empty.
        assertThat(scanned).isGreaterThan(100);
    }

    /** {@return whether the scanner accepts the line, which picocli must then read in the same way} */
    private static boolean agree(CommandDeclaration command, List<String> line) throws UsageException {
        Arguments scanned = Arguments.scan(command, line);
        if (scanned == null) {
            return false;
        }
        Arguments parsed = Picocli.parse(command, line);
        assertThat(parsed.operands()).as("operands of %s", line).isEqualTo(scanned.operands());
        assertThat(parsed.wantsHelp()).as("help of %s", line).isEqualTo(scanned.wantsHelp());
        for (Option option : command.options()) {
            String name = option.names().get(0);
            assertThat(parsed.has(name)).as("%s of %s", name, line).isEqualTo(scanned.has(name));
            assertThat(parsed.text(name)).as("%s of %s", name, line).isEqualTo(scanned.text(name));
            if (option.repeatable()) {
                assertThat(parsed.texts(name)).as("%s of %s", name, line).isEqualTo(scanned.texts(name));
            }
        }
        return true;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-e vmlinux tcp_v4_rcv+0x99b/0xee0",
                "--vmlinux=vmlinux -d modules --debug-dir more nf_hook_slow+0x41 [nf_tables]",
                "-r 6.1.0-28-cloud-amd64 --format json --pc=exact --strict 0xffffffff81000000",
                "--kallsyms k --modules m --kaslr-offset 0x1e000000 --source linux --context 3 --color never log",
                "-e vmlinux -",
                "-e vmlinux -- -log",
                "--help",
                "-e vmlinux -h",
                ""
            })
    void readsOrdinaryCommandLinesWithoutPicocli(String line) {
        List<String> words = line.isEmpty() ? List.of() : Arrays.asList(line.split(" "));

        assertThat(Arguments.scan(SYMBOLIZE, words)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-evmlinux", "-e=vmlinux", "--vml vmlinux", "-e", "-e --strict", "--strict=true", "--format="})
    void leavesUnusualCommandLinesToPicocli(String line) {
        assertThat(Arguments.scan(SYMBOLIZE, Arrays.asList(line.split(" ")))).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " | ",
            quoteCharacter = '"',
            value = {
                "--formta json      | unknown option '--formta' (did you mean --format?)",
                "--formta=json      | unknown option '--formta' (did you mean --format?)",
                "-format json       | unknown option '-format' (did you mean --format?)",
                "-x                 | unknown option '-x'",
                "--frobnicate=3     | unknown option '--frobnicate'",
                "-e                 | -e needs a value: -e FILE",
                "--context --strict | --context needs a value: --context N",
                "--format           | --format needs a value: --format text|json|quickfix",
                "--strict=yes       | --strict takes no value",
                "-h=yes             | -h takes no value"
            })
    void saysWhatIsWrongAndWhereHelpIs(String line, String message) {
        assertThatThrownBy(() -> Arguments.read(SYMBOLIZE, Arrays.asList(line.split(" "))))
                .isInstanceOf(UsageException.class)
                .hasMessage(message + "; see: backline symbolize --help");
    }

    @ParameterizedTest
    @CsvSource({"report, CAPTURE", "kernel, list | where | cache"})
    void namesTheArgumentThatIsMissing(String command, String argument) {
        assertThatThrownBy(() -> Arguments.read(command(command), List.of()))
                .hasMessage("missing argument: " + argument + "; see: backline " + command + " --help");
    }

    @ParameterizedTest
    @CsvSource({"generate, rst.log, rst.log", "completion, bash fish, fish"})
    void namesTheArgumentThatIsTooMany(String command, String line, String argument) {
        assertThatThrownBy(() -> Arguments.read(command(command), Arrays.asList(line.split(" "))))
                .hasMessage("unexpected argument '" + argument + "'; see: backline " + command + " --help");
    }

    private static CommandDeclaration command(String name) {
        return Objects.requireNonNull(CommandTable.named(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"five", "-1", "+7", "1e3", "11", "99999999999999999999"})
    void acceptsOnlyNumbersThatAreInRange(String text) throws UsageException {
        Arguments given = Arguments.read(SYMBOLIZE, List.of("--context", text));

        assertThatThrownBy(() -> given.number("--context", 5, 0, 10))
                .hasMessage("--context must be a whole number from 0 to 10, not '" + text
                        + "'; see: backline symbolize --help");
    }
}
