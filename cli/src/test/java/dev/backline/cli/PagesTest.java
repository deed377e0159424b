package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Kernels;
import dev.backline.fixtures.Kernels.Kernel;
import dev.backline.fixtures.Walk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the commands in README and on the pages with release/walk and compares their output with the page. Uses the classes
 * just compiled and the fetched kernels.
 */
class PagesTest {
    private static final Path ROOT = Cli.ROOT.toAbsolutePath().normalize();
    private static final String GUIDE = "docs/guide.md";
    private static final String OTHER_KERNEL = "debian-11-5.10-cloud-amd64";

    /** The kernel of the recordings of docs/explain.md: fetch downloads the newest of the series. */
    private static final String ARM64_KERNEL = "debian-13-6.12-cloud-arm64";

    private static final String ARM64_RELEASE = "6.12.107+deb13-cloud-arm64";
    private static final int PATIENCE_SECONDS = 120;

    @TempDir
    Path desk;

    /** Pages that also contain commands for other machines: only commands whose output is on the page are run. */
    private static final List<String> OTHER_PAGES = List.of(
            "docs/adding-a-notation.md",
            "docs/decode-stacktrace.md",
            "docs/explain.md",
            "docs/probe-output.md",
            "docs/who-sent-that-rst.md");

    static Stream<String> pages() {
        return Stream.concat(Walk.PAGES.stream(), OTHER_PAGES.stream()).filter(page -> !page.equals(GUIDE));
    }

    @BeforeEach
    void prepareTheFiles() throws IOException {
        Files.createSymbolicLink(desk.resolve("fixtures"), ROOT.resolve("fixtures"));
        Path backline = desk.resolve("backline");
        Files.writeString(
                backline,
                "#!/bin/sh\nexec '" + Path.of(System.getProperty("java.home"), "bin/java")
                        + "' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dfile.encoding=UTF-8 -Dbackline.indexes='"
                        + ROOT.resolve("fixtures/kernels/indexes") + "' -cp '" + System.getProperty("java.class.path")
                        + "' dev.backline.cli.Main \"$@\"\n");
        assertThat(backline.toFile().setExecutable(true)).isTrue();
    }

    /** JUnit warns about links to files outside the directory. */
    @AfterEach
    void deleteTheLinks() throws IOException {
        try (Stream<Path> files = Files.walk(desk, 2)) {
            for (Path link : files.filter(Files::isSymbolicLink).toList()) {
                Files.delete(link);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    @Timeout(600)
    void printTheOutputOnThePage(String page) throws IOException {
        assertPrints(page);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {GUIDE, "docs/gsym.md"})
    @Timeout(600)
    void printTheOutputOnThePageIfTheyIndexAKernel(String page) throws IOException {
        assertPrints(page);
    }

    private void assertPrints(String page) throws IOException {
        Optional<Kernel> kernel = Kernels.find(Kernels.DEBIAN_12);
        Map<String, String> without = new HashMap<>(Walk.NOT_TYPED);
        without.put("mvn verify", "it runs");
        without.put("fixtures/kernels/fetch", "a test downloads nothing");
        if (kernel.isEmpty()) {
            for (String part : List.of("KERNEL", "vmlinux", "modules")) {
                without.put(part, Kernels.howToFetch(Kernels.DEBIAN_12));
            }
        }
        if (Kernels.find(OTHER_KERNEL).isEmpty()) {
            without.put(OTHER_KERNEL, Kernels.howToFetch(OTHER_KERNEL));
        }
        if (Kernels.find(ARM64_KERNEL)
                .filter(arm64 -> arm64.release().equals(ARM64_RELEASE))
                .isEmpty()) {
            without.put("-d $ARM64", "needs " + ARM64_RELEASE + " as " + ARM64_KERNEL);
        }
        boolean walked = Walk.PAGES.contains(page);

        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int failed = new Walk(
                        desk,
                        command -> walked || command.shown()
                                ? Walk.reason(without, command)
                                : Optional.of("the page does not show what it prints"),
                        PATIENCE_SECONDS,
                        new PrintStream(said, true, StandardCharsets.UTF_8))
                .through(ROOT, page);

        String log = said.toString(StandardCharsets.UTF_8);
        assertThat(failed).as(log).isZero();
        Assumptions.assumeFalse(
                log.contains(Kernels.howToFetch(Kernels.DEBIAN_12)),
                "in part: " + Kernels.howToFetch(Kernels.DEBIAN_12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs/story", "docs/explain", "docs/triage", "docs/service"})
    void showTheSameCommandsAndOutputInChinese(String page) throws IOException {
        assertThat(exchanges(page + ".zh.md")).isNotEmpty().isEqualTo(exchanges(page + ".md"));
    }

    private static List<Map.Entry<String, List<String>>> exchanges(String page) throws IOException {
        return Walk.commands(ROOT, page).stream()
                .map(each -> Map.entry(each.text(), each.output()))
                .toList();
    }

    @Test
    void listTheQuestionsOfTheGuideInOrder() throws IOException {
        List<String> lines = Files.readAllLines(ROOT.resolve(GUIDE));

        assertThat(lines.stream()
                        .filter(line -> line.matches("- \\[.*]\\(#.*\\)"))
                        .map(PagesTest::question))
                .isEqualTo(lines.stream()
                        .filter(line -> line.startsWith("## "))
                        .map(PagesTest::question)
                        .toList());
    }

    private static String question(String line) {
        return line.substring(3, line.startsWith("#") ? line.length() : line.indexOf("](#"));
    }

    @Test
    void containEachCommandExcludedFromTheRun() throws IOException {
        for (String untyped : Walk.NOT_TYPED.keySet()) {
            boolean found = false;
            for (String page : Walk.PAGES) {
                found |= Walk.commands(ROOT, page).stream()
                        .anyMatch(command -> command.text().contains(untyped));
            }
            assertThat(found).as(untyped).isTrue();
        }
    }
}
