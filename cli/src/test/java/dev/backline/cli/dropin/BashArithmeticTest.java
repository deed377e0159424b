package dev.backline.cli.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.Cli;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BashArithmeticTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "10",
                "010",
                "0x10",
                "0X1f",
                "0xffffffffffffffff",
                "99999999999999999999",
                "16#ff",
                "36#Zz",
                "64#_",
                "64#Z",
                "2#101",
                "-4",
                "--4",
                "~1",
                "-~5",
                "~-5",
                "+7",
                "0x10-4",
                "1+2-3",
                " 5 ",
                "0x",
                "08",
                "0x1g",
                "12zz",
                "2#12",
                "65#1",
                "1#0",
                "zz",
                "_x",
                "a[0]",
                "1.5",
                "1)",
                "",
                "~",
                "1 2",
                "é"
            })
    void readsANumberAsBashDoes(String expression) throws Exception {
        Cli.needs("bash");
        String script = "set -o nounset; x=$((0x1000 + $1)); printf %d \"$x\"";

        Cli.Result bash = Cli.program(Path.of("."), "", "bash", "-c", script, "bash", expression);

        String ours;
        try {
            ours = Long.toString(0x1000 + BashArithmetic.evaluate(expression));
        } catch (BashArithmetic.UnboundVariableException e) {
            ours = "";
            assertThat(bash.err()).contains(": " + e.getMessage());
        } catch (BashArithmetic.ExpressionException e) {
            ours = "";
            assertThat(bash.err())
                    .containsPattern(
                            "syntax error|value too great for base|invalid arithmetic base|arithmetic syntax error");
        }
        assertThat(ours).isEqualTo(bash.out());
    }
}
