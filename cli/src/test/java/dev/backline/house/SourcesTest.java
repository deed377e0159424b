package dev.backline.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Source conventions that no compiler checks. */
class SourcesTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final String SUPPRESSED = "@Suppress" + "Warnings(";

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : List.of(
                "symbolizer", "tracer-scripts", "cli", "server", "spark", "spark/tests", "fixtures", "benchmarks")) {
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

    /** A message for people has no name of a Java class; {@code dev.backline.io.FailureReason} says why something failed. */
    @Test
    void showNoTextOfAnExceptionThatOnlyAProgrammerReads() throws IOException {
        Pattern caught = Pattern.compile("catch \\((?:final )?[\\w.| ]+ (\\w+)\\) \\{");
        List<String> shown = new ArrayList<>();
        int catches = 0;
        for (Path source : sources()) {
            String text = Files.readString(source);
            boolean product = Stream.of("symbolizer", "tracer-scripts", "cli")
                    .anyMatch(module -> source.startsWith(ROOT.resolve(module).resolve("src/main")));
            Matcher each = caught.matcher(product ? text : "");
            while (each.find()) {
                catches++;
                String block = block(text, each.end());
                String name = each.group(1);
                Pattern whole = Pattern.compile("\\+ " + name + "\\b(?!\\.)|\\b" + name
                        + "\\.(?:toString|getClass|printStackTrace|getLocalizedMessage)\\(|String\\.valueOf\\(" + name
                        + "\\)|: " + name + "\\)");
                if (whole.matcher(block).find()) {
                    shown.add(source + ": " + block.strip());
                }
            }
        }
        assertThat(catches).isGreaterThan(200);
        assertThat(shown).isEmpty();
    }

    /** The text of a block, up to its closing brace. */
    private static String block(String text, int start) {
        int depth = 1;
        int at = start;
        while (at < text.length() && depth > 0) {
            depth += text.charAt(at) == '{' ? 1 : text.charAt(at) == '}' ? -1 : 0;
            at++;
        }
        return text.substring(start, at);
    }
}
