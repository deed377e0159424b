package dev.backline.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.Cli;
import dev.backline.cli.console.Wording;
import dev.backline.diagnose.Cause;
import dev.backline.diagnose.Remedy;
import dev.backline.fixtures.Captures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Reports in Chinese. */
class ReportWordingTest {
    private static final Wording CHINESE = Wording.of("zh");
    private static final Path SOURCES = Cli.ROOT.resolve("cli/src/main/java/dev/backline/cli");

    /** A text that a writer passes to {@link Wording#say}. */
    private static final Pattern SAID = Pattern.compile(
            "(?:\\.say\\(|\\bsection\\(html, \"[a-z]+\", |\\blink\\(html, \"[a-z]+\", )\\s*\"((?:[^\"\\\\]|\\\\.)*)\"((?:\\s*\\+ \"[^\"]*\")*)");

    private static String report(String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("report"));
        arguments.addAll(List.of(options));
        arguments.add("--kernel-log");
        arguments.add(Captures.folder().resolve("lab-kaslr/dmesg.txt").toString());
        arguments.add(Captures.folder().resolve("lab-kaslr/systemtap.log").toString());
        Cli.Result result = Cli.backline(arguments.toArray(String[]::new));
        assertThat(result.err()).isEmpty();
        return result.out();
    }

    @Test
    void hasTheTitlesAndTheAdvice() throws IOException {
        TreeSet<String> missing = new TreeSet<>();
        for (Cause cause : Cause.values()) {
            missing.add(cause.title());
            for (Remedy remedy : Stream.concat(cause.remedies().stream(), cause.settling().stream())
                    .toList()) {
                missing.add(remedy.text());
            }
        }
        missing.addAll(titles());
        missing.remove("");
        missing.removeIf(CHINESE::knows);
        assertThat(missing)
                .as("texts of Cause.java and advice.txt without a translation in wording.zh")
                .isEmpty();
    }

    /** The titles of the advice table, which depend on the event. */
    private static List<String> titles() throws IOException {
        List<String> titles = new ArrayList<>();
        boolean inTitle = false;
        for (String line : Files.readAllLines(
                Cli.ROOT.resolve("tracer-scripts/src/main/resources/dev/backline/diagnose/advice.txt"))) {
            if (inTitle && line.startsWith(" ")) {
                titles.add(line.strip());
            }
            inTitle = line.startsWith("title");
        }
        assertThat(titles).isNotEmpty();
        return titles;
    }

    @Test
    void hasEachHeadingAndSentenceOfTheWriters() throws IOException {
        TreeSet<String> missing = new TreeSet<>();
        for (String folder : List.of("report", "html")) {
            try (Stream<Path> files = Files.list(SOURCES.resolve(folder))) {
                for (Path file : files.toList()) {
                    Matcher said = SAID.matcher(Files.readString(file));
                    while (said.find()) {
                        missing.add(said.group(1) + said.group(2).replaceAll("\"?\\s*\\+ \"|\"$", ""));
                    }
                }
            }
        }
        assertThat(missing).hasSizeGreaterThan(30);
        missing.removeIf(CHINESE::knows);
        assertThat(missing)
                .as("texts of the writers without a translation in wording.zh")
                .isEmpty();
    }

    @Test
    void saysNoTitleAndNoHeadingInEnglish() throws IOException {
        for (List<String> form : List.of(List.of("--format", "text"), List.of("--all"), List.of("--format", "html"))) {
            List<String> options = new ArrayList<>(List.of("--lang", "zh"));
            options.addAll(form);
            String report = report(options.toArray(String[]::new))
                    .replaceAll("(?s)<style>.*?</style>", "")
                    .replaceAll("<[^>]*>", "");
            for (Cause cause : Cause.values()) {
                if (!CHINESE.knows(cause.title())) {
                    continue;
                }
                assertThat(report).doesNotContainIgnoringCase(cause.title().replace("'", "&#39;"));
            }
            assertThat(report)
                    .doesNotContain(
                            "Main cause", "What helps", "To settle it", "Because", "Notes", " certain", " likely")
                    .contains("conntrack-invalid", "sysctl -w net.netfilter.nf_conntrack_tcp_be_liberal=1");
        }
    }

    @Test
    void leavesJsonAndCommandsAsTheyAre() throws IOException {
        assertThat(report("--lang", "zh", "--format", "json")).isEqualTo(report("--format", "json"));
        List<String> commands = report().lines()
                .filter(line -> line.startsWith("    sysctl ") || line.startsWith("    iptables "))
                .toList();
        assertThat(commands).isNotEmpty();
        assertThat(report("--lang", "zh").lines()).containsAll(commands);
    }

    @Test
    void fillsTheGapsOfATextFromTheText() {
        assertThat(CHINESE.text("the socket was in state LISTEN (rst.log line 12)"))
                .contains("LISTEN", "12")
                .doesNotContain("line", "{");
        assertThat(CHINESE.text("no such text {} (at all)")).isEqualTo("no such text {} (at all)");
        assertThat(Wording.ENGLISH.say("{} of {} events", 3, 10)).isEqualTo("3 of 10 events");
        assertThat(CHINESE.say("{} of {} events", 3, 10)).matches(".*10.*3.*");
    }
}
