package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void printsHelpOnStandardOutput() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).startsWith("Usage: backline ").contains("--version");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void printsTheVersionTheBuildAndTheJavaItRunsOn() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .matches("backline \\d+\\.\\d+\\.\\d+\\S*( \\(commit [0-9a-f]+\\S*\\))?"),
                        line -> assertThat(line)
                                .startsWith("Java " + Runtime.version().feature()));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void answersWrongUsageOnStandardErrorWithStatusTwo() {
        assertThat(run("--no-such-option")).isEqualTo(2);
        assertThat(err.toString()).contains("--no-such-option");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void asksForACommandWhenThereIsNone() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("missing command");
        assertThat(out.toString()).isEmpty();
    }

    private int run(String... args) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }
}
