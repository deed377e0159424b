package dev.backline.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.cli.symbolize.SymbolizeOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** picocli is the oracle: what the scanner takes, it takes as picocli does. */
class ArgumentsTest {
    private static final OptionTable TABLE = OptionTable.symbolize();

    /** Operands and values, sound ones and traps. */
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
            "---",
            "-e",
            "--no-such",
            "-x",
            "-h",
            "--help");

    @Test
    void readsEveryOptionInEveryFormAsPicocliDoes() throws Exception {
        for (OptionTable.Option option : TABLE.options()) {
            for (String name : option.names()) {
                for (String value : WORDS) {
                    agree(List.of(name));
                    agree(List.of(name, value));
                    agree(List.of(name + "=" + value));
                    agree(List.of(name + value));
                    agree(List.of(name, value, "tcp_v4_rcv+0x1"));
                    agree(List.of("tcp_v4_rcv+0x1", name, value));
                    agree(List.of("--", name, value));
                    agree(List.of(name, value, name, "8"));
                    agree(List.of(name, name, value));
                }
                for (int end = 1; end < name.length(); end++) {
                    agree(List.of(name.substring(0, end), "8"));
                }
            }
        }
    }

    @Test
    void readsWholeCommandLinesAsPicocliDoes() throws Exception {
        Random random = new Random(20_261_122);
        int scanned = 0;
        for (int i = 0; i < 5_000; i++) {
            List<String> line = new ArrayList<>();
            int words = random.nextInt(7);
            for (int w = 0; w < words; w++) {
                if (random.nextInt(3) == 0) {
                    line.add(WORDS.get(random.nextInt(WORDS.size())));
                    continue;
                }
                OptionTable.Option option =
                        TABLE.options().get(random.nextInt(TABLE.options().size()));
                String name = option.names().get(random.nextInt(option.names().size()));
                String value = WORDS.get(random.nextInt(11));
                if (option.value() == OptionTable.Value.NONE) {
                    line.add(name);
                } else if (random.nextBoolean()) {
                    line.add(name + "=" + value);
                } else {
                    line.addAll(List.of(name, value));
                }
            }
            scanned += agree(line) ? 1 : 0;
        }
        // Else nothing has been compared.
        assertThat(scanned).isGreaterThan(500);
    }

    /** Whether the scanner took the line; then picocli must have taken the same from it. */
    private static boolean agree(List<String> line) throws UsageException {
        Arguments scanned = Arguments.scan(TABLE, line);
        if (scanned == null) {
            return false;
        }
        Arguments parsed = Arguments.parse("symbolize", Specs.symbolize(), line);
        assertThat(parsed.operands()).as("operands of %s", line).isEqualTo(scanned.operands());
        assertThat(parsed.wantsHelp()).as("help of %s", line).isEqualTo(scanned.wantsHelp());
        for (OptionTable.Option option : TABLE.options()) {
            String name = option.names().get(0);
            assertThat(parsed.has(name)).as("%s of %s", name, line).isEqualTo(scanned.has(name));
            assertThat(parsed.text(name)).as("%s of %s", name, line).isEqualTo(scanned.text(name));
            switch (option.value()) {
                case FILE -> assertThat(parsed.file(name)).isEqualTo(scanned.file(name));
                case FILES ->
                    assertThat(parsed.files(name)).as("%s of %s", name, line).isEqualTo(scanned.files(name));
                case NUMBER -> assertThat(parsed.number(name, -1)).isEqualTo(scanned.number(name, -1));
                case TEXT, NONE -> {
                    // Compared as text.
                }
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
                ""
            })
    void readsOrdinaryCommandLinesWithoutPicocli(String line) {
        List<String> words = line.isEmpty() ? List.of() : Arrays.asList(line.split(" "));

        assertThat(Arguments.scan(TABLE, words)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-h",
                "--help",
                "-evmlinux",
                "-e=vmlinux",
                "--vml vmlinux",
                "-e",
                "-e --strict",
                "--strict=true",
                "--context five",
                "--format="
            })
    void leavesHelpAndEverythingOutOfTheOrdinaryToPicocli(String line) {
        assertThat(Arguments.scan(TABLE, Arrays.asList(line.split(" ")))).isNull();
    }

    @Test
    void complainsInPicoclisWords() {
        assertThatThrownBy(() -> SymbolizeOptions.parse(List.of("--context", "five")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("'five' is not an int");
    }
}
