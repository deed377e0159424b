package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @Test
    void helpNamesEveryCommandAndShowsHowToBegin() {
        Cli.Result help = Cli.backline("--help");

        assertThat(help.status()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out())
                .startsWith("Usage: backline ")
                .contains("symbolize", "faddr2line", "addr2line", "completion", "backline symbolize -r $(uname -r)")
                .endsWith("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"symbolize", "faddr2line", "addr2line", "completion"})
    void everyCommandExplainsItselfWithAnExample(String command) {
        Cli.Result help = Cli.backline(command, "--help");

        assertThat(help.status()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out())
                .startsWith("Usage: backline " + command)
                .containsPattern("\n .*backline " + command + " ");
        assertThat(Cli.backline("help", command)).isEqualTo(help);
    }

    @Test
    void printsTheVersionTheBuildAndTheJavaItRunsOn() {
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
    @ValueSource(strings = {"--no-such-option", "symbolise"})
    void answersWhatIsNoCommandOnStandardErrorWithStatusTwo(String word) {
        Cli.Result result = Cli.backline(word);

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains(word, "symbolize", "backline --help").hasLineCount(1);
    }

    @Test
    void asksForACommandWhenThereIsNone() {
        Cli.Result result = Cli.backline();

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("missing command");
    }
}
