package dev.backline.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the sources have to say of themselves and no compiler asks for. */
class SourcesTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final String SUPPRESSED = "@Suppress" + "Warnings(";

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : List.of("symbolizer", "tracer-scripts", "cli", "fixtures", "benchmarks")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        assertThat(sources).hasSizeGreaterThan(400);
        return sources;
    }

    @Test
    void aClassOfMoreThan500LinesSaysWhyItIsOne() throws IOException {
        List<Path> silent = new ArrayList<>();
        for (Path source : sources()) {
            List<String> lines = Files.readAllLines(source);
            // The first comment ends where the class begins.
            long reasons = lines.stream()
                    .takeWhile(line -> !line.endsWith("{"))
                    .filter(line -> line.startsWith(" * <p>More than 500 lines"))
                    .count();
            if (lines.size() > 500 && reasons == 0) {
                silent.add(source);
            }
        }
        assertThat(silent).isEmpty();
    }

    @Test
    void aClassThatSaysWhyItIsLongIsLong() throws IOException {
        assertThat(sources())
                .allSatisfy(source -> assertThat(Files.readString(source))
                        .satisfiesAnyOf(
                                text -> assertThat(text).doesNotContain("\n * <p>More than 500 lines"),
                                text -> assertThat(text.lines().count()).isGreaterThan(500)));
    }

    @Test
    void aWarningThatIsSuppressedHasItsReasonBesideIt() throws IOException {
        List<String> silent = new ArrayList<>();
        for (Path source : sources()) {
            String before = "";
            for (String line : Files.readAllLines(source)) {
                // One reason may be for several in a row.
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
    void aPackageShowsHowItIsUsed() throws IOException {
        List<Path> packages = sources().stream()
                .filter(source -> source.toString().contains("/src/main/java/"))
                .filter(source -> source.endsWith("package-info.java"))
                .toList();
        assertThat(packages)
                .hasSizeGreaterThan(10)
                .allSatisfy(source -> assertThat(Files.readString(source)).contains("<pre>{@code"));
    }
}
