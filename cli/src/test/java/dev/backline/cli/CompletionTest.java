package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.console.CommandDeclaration;
import dev.backline.cli.console.CommandTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CompletionTest {
    @TempDir
    Path folder;

    /** Loads the script into bash and asks for completions. */
    @ParameterizedTest
    @CsvSource({
        "backline sym, symbolize",
        "backline symbolize --kas, --kaslr-offset",
        "backline symbolize --format js, json",
        "backline addr2line --pret, --pretty-print",
        "backline completion z, zsh"
    })
    void completesCommandsAndOptionsInBash(String typed, String expected) throws Exception {
        assertThat(completions(typed)).containsExactly(expected);
    }

    static Stream<CommandDeclaration> commands() {
        return CommandTable.root().commands().stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void offersEveryOptionOfTheTable(CommandDeclaration command) throws Exception {
        assertThat(completions(command.name() + " -"))
                .containsExactlyInAnyOrderElementsOf(command.options().stream()
                        .flatMap(option -> option.names().stream())
                        .toList());
    }

    @Test
    void offersEveryCommandOfTheTable() throws Exception {
        assertThat(completions("backline "))
                .containsAll(commands().map(CommandDeclaration::shortName).toList());
    }

    private List<String> completions(String typed) throws Exception {
        Cli.needs("bash");
        Path script = Files.writeString(
                folder.resolve("completion"), Cli.backline("completion", "bash").out());
        String ask = """
                compopt() { :; }
                source "$1"
                IFS=' ' read -ra COMP_WORDS <<<"$2"
                [[ $2 != *' ' ]] || COMP_WORDS+=('')
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                COMP_LINE=$2
                COMP_POINT=${#2}
                _complete_backline
                printf '%s\\n' "${COMPREPLY[@]}"
                """;

        Cli.Result bash = Cli.program(folder, "", "bash", "-c", ask, "bash", script.toString(), typed);

        assertThat(bash.err()).isEmpty();
        return bash.out().strip().lines().toList();
    }

    @Test
    void completesInZshThroughItsBashEmulation() {
        assertThat(Cli.backline("completion", "zsh").out()).contains("bashcompinit");
    }

    @Test
    void refusesOtherShells() {
        Cli.Result fish = Cli.backline("completion", "fish");
        assertThat(fish.status()).isEqualTo(2);
        assertThat(fish.err()).contains("fish", "bash or zsh");
    }
}
