package dev.backline.cli.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.Cli;
import dev.backline.fixtures.Captures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs in one call share the kernels that they name, with the indexes in the tree, which every machine has. */
class ManyLogsTest {
    private static Cli.Result symbolize(String format, List<String> logs) {
        List<String> arguments = new ArrayList<>(List.of(
                "symbolize",
                "--format",
                format,
                "-d",
                Cli.ROOT.resolve("fixtures/kernels/indexes").toString()));
        arguments.addAll(logs);
        Cli.Result result = Cli.backline(arguments.toArray(String[]::new));
        assertThat(result.status()).as(result.err()).isZero();
        return result;
    }

    /** Of several kernels, releases and boots, and without any; small and large. */
    private static List<String> logs() throws IOException {
        try (Stream<Path> files = Files.walk(Captures.folder())) {
            return new ArrayList<>(files.filter(Files::isRegularFile)
                    .map(Path::toString)
                    .filter(name -> name.endsWith(".log") || name.endsWith(".txt"))
                    .sorted()
                    .toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "json", "quickfix"})
    void eachLogHasTheAnswersThatItHasAlone(String format) throws IOException {
        List<String> logs = logs();
        Collections.shuffle(logs, new Random(17));
        StringBuilder alone = new StringBuilder();
        for (String log : logs) {
            alone.append(symbolize(format, List.of(log)).out());
        }

        assertThat(logs).hasSizeGreaterThan(50);
        assertThat(symbolize(format, logs).out()).isEqualTo(alone.toString());
    }
}
