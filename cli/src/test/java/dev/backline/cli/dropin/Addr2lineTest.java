package dev.backline.cli.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.Cli;
import dev.backline.cli.console.CommandDeclaration;
import dev.backline.cli.console.CommandDeclaration.Value;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.Output;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with the installed GNU addr2line. */
class Addr2lineTest {
    @TempDir
    static Path folder;

    /** Operands in place of an address. */
    private static final List<String> OPERANDS = List.of(
            ",",
            "zz",
            "",
            " 1000",
            "sum",
            "sum+3",
            "sum+0x4",
            "sum+010",
            "sum+zz",
            " sum + 5",
            "main",
            "main+2",
            ",main",
            "face",
            "face+1",
            "-1",
            "+1000",
            "_start",
            "_init",
            "0",
            "0x",
            "0X1000",
            "1000zz",
            "ffffffffffffffffff",
            "nothing+1",
            ".text+3",
            "12345678901234567890");

    @BeforeAll
    static void compile() throws Exception {
        Cli.needs("addr2line");
        Cli.compiled(folder, "linked");
        Cli.compiled(folder, "position-dependent", "-no-pie", "-gdwarf-4");
        Cli.compiled(folder, "object.o", "-c", "-ffunction-sections");
        Files.writeString(folder.resolve("empty"), "");
        Files.writeString(folder.resolve("archive"), "!<arch>\n");
    }

    static Stream<String> fewAndManyOptions() {
        return Stream.of("-a", "-f", "-i", "-p", "-s", "-af", "-fi", "-ip", "-fp", "-afi", "-afip", "-afips", "-C");
    }

    @ParameterizedTest
    @MethodSource("fewAndManyOptions")
    void answersEveryAddressOfAProgram(String options) throws Exception {
        compare(everyAddress("linked"), options, "-e", "linked");
        compare(everyAddress("position-dependent"), options, "-e", "position-dependent");
    }

    @Test
    void answersWhateverStandsWhereAnAddressIsWanted() throws Exception {
        compare(String.join("\n", OPERANDS) + "\n", "-fa", "-e", "linked");
        String[] asArguments = Stream.concat(Stream.of("-fae", "linked", "--"), OPERANDS.stream())
                .toArray(String[]::new);
        compare("", asArguments);
    }

    @Test
    void cutsALineOfInputWhereGnuDoes() throws Exception {
        compare("0".repeat(150) + "1139\n" + "1139", "-a", "-e", "linked");
    }

    @Test
    void answersOffsetsIntoASection() throws Exception {
        compare("0\n4\n10\nffff\n", "-fa", "-e", "linked", "-j", ".text");
        compare("0\n4\n10\nffff\n", "-fai", "-e", "object.o", "--section=.text.sum");
        compare("0\n2\n", "-fa", "-e", "object.o", "-j.text.startup.main");
        compare("4\n8\n", "-fa", "-e", "object.o");
        compare("10\n", "-fa", "-e", "linked", "-j", ".debug_info");
    }

    @Test
    void readsOptionsAsGetoptDoes() throws Exception {
        compare("", "-fe", "linked", "main");
        compare("", "-elinked", "main", "-f");
        compare("", "--exe", "linked", "--fun", "--addr", "main");
        compare("", "--e=linked", "--inl", "--pretty", "main");
        compare("", "-f", "-e", "linked", "--", "-1");
        compare("", "-e", "linked", "--re", "main");
        compare("", "-e", "linked", "--demangle=rust", "-b", "elf64-x86-64", "main");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-x",
                "--foo",
                "--foo=3",
                "-e",
                "--exe",
                "--inlines=3",
                "--demangle=foo -e linked",
                "-e nothing",
                "main",
                "-e .",
                "-e /dev/null",
                "-e archive",
                "-e linked -j .none",
                "-b foo -e linked 0",
                "--="
            })
    void refusesWithTheSameWords(String commandLine) throws Exception {
        String[] arguments = commandLine.split(" ", -1);
        Cli.Result gnu = gnu("", arguments);
        Cli.Result ours = ours("", arguments);

        assertThat(ours.out()).isEqualTo(gnu.out());
        assertThat(ours.status()).isEqualTo(gnu.status()).isEqualTo(1);
        assertThat(ours.err().lines().findFirst()).isEqualTo(gnu.err().lines().findFirst());
    }

    @Test
    void saysMoreThanGnuAboutAFileThatIsNoElf() throws Exception {
        Cli.Result text = ours("", "-e", "sample.c", "0");
        assertThat(text.status()).isEqualTo(gnu("", "-e", "sample.c", "0").status());
        assertThat(text.err())
                .startsWith("addr2line: " + folder.resolve("sample.c") + ": file format not recognized (")
                .contains("not an ELF file")
                .hasLineCount(1);
        assertThat(ours("", "-e", "empty", "0").status())
                .isEqualTo(gnu("", "-e", "empty", "0").status());
    }

    private static String everyAddress(String file) throws IOException, InterruptedException {
        StringBuilder addresses = new StringBuilder();
        Cli.Result symbols = Cli.program(folder, "", "nm", file);
        for (String line : symbols.out().lines().toList()) {
            String[] columns = line.split(" +", -1);
            if (columns[1].equalsIgnoreCase("t")) {
                long start = Long.parseLong(columns[0], 16);
                for (int i = 0; i < 64; i++) {
                    addresses.append(Long.toHexString(start + i)).append('\n');
                }
            }
        }
        assertThat(addresses).isNotEmpty();
        return addresses.toString();
    }

    private static void compare(String input, String... arguments) throws IOException, InterruptedException {
        Cli.Result gnu = gnu(input, arguments);
        Cli.Result ours = ours(input, arguments);

        assertThat(ours.out()).isEqualTo(gnu.out());
        assertThat(ours.err()).isEqualTo(gnu.err());
        assertThat(ours.status()).isEqualTo(gnu.status());
    }

    /** Both get absolute paths, since their working directories differ. */
    private static String[] inFolder(String... arguments) {
        String[] whole = arguments.clone();
        for (int i = 0; i < whole.length; i++) {
            String option = whole[i];
            for (String prefix : List.of("-e", "--e=")) {
                if (option.startsWith(prefix)
                        && Files.isRegularFile(folder.resolve(option.substring(prefix.length())))) {
                    whole[i] = prefix + folder.resolve(option.substring(prefix.length()));
                }
            }
            if (i > 0 && whole[i - 1].matches("-\\w*e|--exe") && Files.isRegularFile(folder.resolve(option))) {
                whole[i] = folder.resolve(option).toString();
            }
        }
        return whole;
    }

    private static Cli.Result gnu(String input, String... arguments) throws IOException, InterruptedException {
        Stream<String> command = Stream.concat(Stream.of("addr2line"), Stream.of(inFolder(arguments)));
        return Cli.program(folder, input, command.toArray(String[]::new));
    }

    private static Cli.Result ours(String input, String... arguments) {
        Stream<String> command = Stream.concat(Stream.of("addr2line"), Stream.of(inFolder(arguments)));
        return Cli.backline(input, Map.of(), command.toArray(String[]::new));
    }

    @Test
    void answersBatchesOfAnySizeAndWithRoomForFewAnswersAlike() throws Exception {
        Path file = Cli.compiled(folder, "linked");
        StringBuilder input = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            input.append("sum+").append(i % 40).append('\n');
        }
        String[] arguments = {"-a", "-f", "-i", "-p", "-e", file.toString()};
        List<String> whole = new ArrayList<>(List.of("addr2line"));
        whole.addAll(List.of(arguments));
        String expected = Cli.backline(input.toString(), Map.of(), whole.toArray(new String[0]))
                .out();

        for (int maxBatch : new int[] {1, 7, 1_000}) {
            for (long maxAnswers : new long[] {1, 2_000, 1 << 20}) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                Console console = new Console(
                        new ByteArrayInputStream(input.toString().getBytes(StandardCharsets.UTF_8)),
                        new Output(out),
                        System.err,
                        Map.of(),
                        false,
                        false);

                new Addr2line(maxBatch, maxAnswers).run(List.of(arguments), console);
                console.out().flush();

                assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(expected);
            }
        }
        assertThat(expected).contains(" (inlined by) sum at ");
    }

    @Test
    void acceptsEachOptionOfTheTableOfCommands() throws Exception {
        for (CommandDeclaration.Option option : CommandTable.addr2line().options()) {
            for (String name : option.names()) {
                boolean takesValue = option.value() == Value.FILE || option.value() == Value.TEXT;
                Addr2lineOptions given =
                        Addr2lineOptions.parse(takesValue ? List.of(name, "value", "0x1") : List.of(name, "0x1"));

                assertThat(given.operands()).isEqualTo(given.help() || given.version() ? List.of() : List.of("0x1"));
            }
        }
    }
}
