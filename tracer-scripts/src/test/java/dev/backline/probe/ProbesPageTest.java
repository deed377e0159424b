package dev.backline.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Captures;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the tables of docs/probes.md to the catalogue. */
class ProbesPageTest {
    @Test
    void hasTheFunctionsAndTracepointsOfTheCatalogueAndNoOther() throws IOException {
        String page = Files.readString(
                Objects.requireNonNull(Captures.folder().getParent().getParent())
                        .resolve("docs/probes.md"));
        List<String> shown = Pattern.compile("`([^`]+)`")
                .matcher(firstColumns(page))
                .results()
                .map(name -> name.group(1))
                .toList();

        assertThat(shown)
                .containsExactlyInAnyOrderElementsOf(
                        ProbeCatalogue.points().stream().map(ProbePoint::name).toList());
    }

    private static String firstColumns(String page) {
        StringBuilder columns = new StringBuilder();
        boolean points = false;
        for (String line : page.lines().toList()) {
            if (!line.startsWith("|")) {
                points = false;
            } else if (line.startsWith("| Function | Can be in") || line.startsWith("| Function or tracepoint |")) {
                points = true;
            } else if (points && line.startsWith("| `")) {
                columns.append(line, 0, line.indexOf(" | ")).append('\n');
            }
        }
        return columns.toString();
    }
}
