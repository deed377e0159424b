package dev.backline.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Source conventions that no compiler checks. */
class SourcesTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final String SUPPRESSED = "@Suppress" + "Warnings(";

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module :
                List.of("symbolizer", "tracer-scripts", "cli", "spark", "spark/tests", "fixtures", "benchmarks")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        assertThat(sources).hasSizeGreaterThan(400);
        return sources;
    }

    @Test
    void giveAReasonForEachSuppressedWarning() throws IOException {
        List<String> silent = new ArrayList<>();
        for (Path source : sources()) {
            String before = "";
            for (String line : Files.readAllLines(source)) {
                // One reason may apply to several suppressions in a row.
                boolean reason = line.contains("//") || before.strip().startsWith("//") || before.contains(SUPPRESSED);
                if (line.contains(SUPPRESSED) && !reason) {
                    silent.add(source + ": " + line.strip());
                }
                before = line.contains(";") && before.contains(SUPPRESSED) ? before : line;
            }
        }
        assertThat(silent).isEmpty();
    }

    @Test
    void showAnExampleInEachPackage() throws IOException {
        List<Path> packages = sources().stream()
                .filter(source -> source.toString().contains("/src/main/java/"))
                .filter(source -> source.endsWith("package-info.java"))
                .toList();
        assertThat(packages)
                .hasSizeGreaterThan(10)
                .allSatisfy(source -> assertThat(Files.readString(source)).contains("<pre>{@code"));
    }
}
