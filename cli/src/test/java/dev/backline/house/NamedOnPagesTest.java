package dev.backline.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tests named on the pages exist; on the pages about adding something, all named types, members and files exist. */
class NamedOnPagesTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern A_TEST = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");
    private static final Pattern A_TYPE = Pattern.compile("`([A-Z]\\w*[a-z]\\w*)(?:\\.(\\w+))?`");
    private static final Pattern A_FILE = Pattern.compile("`([\\w.-]+(?:/[\\w.-]+)+)`");
    private static final Pattern EXCERPT = Pattern.compile("(?ms)^```(?:java|text)\n(?!\\$ )(.*?)^```$");

    /** The text of each source file, by file name. */
    private static final Map<String, String> SOURCES = new HashMap<>();

    @BeforeAll
    static void readTheSources() throws IOException {
        for (String module : List.of("symbolizer", "tracer-scripts", "cli", "server", "spark", "fixtures")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
                for (Path file : files.filter(NamedOnPagesTest::isText).toList()) {
                    SOURCES.put(file.getFileName().toString(), Files.readString(file));
                }
            }
        }
        SOURCES.put("notations.tsv", Files.readString(ROOT.resolve("fixtures/captures/notations.tsv")));
    }

    private static boolean isText(Path file) {
        return file.toString().endsWith(".java") || file.toString().endsWith("rules.txt");
    }

    static Stream<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")));
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages.stream();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void existAsTests(Path page) throws IOException {
        assertThat(missing(A_TEST, Files.readString(page))).isEmpty();
    }

    @Test
    void nameATestForEachThreat() throws IOException {
        assertThat(A_TEST.matcher(Files.readString(ROOT.resolve("docs/security.md")))
                        .results())
                .hasSizeGreaterThan(30)
                .allSatisfy(named -> assertThat(named.group(2)).isNotNull());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "adding-a-notation",
                "adding-an-rst-function",
                "adding-a-cause",
                "adding-an-output-format",
                "adding-a-relocation-type"
            })
    void existAsTypesMembersFilesOrExcerpts(String name) throws IOException {
        String page = Files.readString(ROOT.resolve("docs").resolve(name + ".md"));

        assertThat(missing(A_TYPE, page)).isEmpty();
        assertThat(A_FILE.matcher(page).results().map(named -> named.group(1)))
                .isNotEmpty()
                .allSatisfy(file -> assertThat(ROOT.resolve(file)).exists());
        assertThat(EXCERPT.matcher(page).results().map(block -> block.group(1)))
                .isNotEmpty()
                .allSatisfy(excerpt -> assertThat(SOURCES.values())
                        .anySatisfy(source -> assertThat(source)
                                .containsSubsequence(excerpt.strip().split("\n"))));
    }

    /** {@return the named things that no source contains} */
    private static List<String> missing(Pattern names, String page) {
        List<String> missing = new ArrayList<>();
        Matcher named = names.matcher(page);
        while (named.find()) {
            String source = SOURCES.get(named.group(1) + ".java");
            String member = named.group(2);
            if (source == null
                    || member != null
                            && !Pattern.compile("\\b" + member + "\\b")
                                    .matcher(source)
                                    .find()) {
                missing.add(named.group());
            }
        }
        return missing;
    }
}
