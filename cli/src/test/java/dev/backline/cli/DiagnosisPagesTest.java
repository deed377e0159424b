package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.diagnose.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares the two pages on causes with the texts of the report. */
class DiagnosisPagesTest {
    /** Text that a reader types or searches for: settings, counters, socket options, commands. */
    private static final Pattern NAMED = Pattern.compile(
            "\\bnet\\.[a-z]\\w*(?:\\.\\w+)*|\\bnf_conntrack_\\w+=?\\d?"
                    + "|\\bTcpExt\\w+|\\b(?:SO|TCP)_[A-Z]\\w+|\\btcp_[a-z]\\w+=\\d|--ctstate INVALID(?: -j DROP)?|\\bconntrack -S"
                    + "|\\bss -\\w+|\\bstrace -f|\\biptables-save -c|\\bnft list ruleset|\\bdo_exit\\b|\\btcpdump -S|\\bgrep \\w+");

    private static final String ENGLISH = "diagnosis.md";
    private static final String CHINESE = "diagnosis.zh.md";
    private static final String CURE = "**Cure.**";
    private static final String CHINESE_CURE = "**如何处理。**";

    static Stream<Arguments> sections() throws IOException {
        List<Arguments> sections = new ArrayList<>();
        for (String page : List.of(ENGLISH, CHINESE)) {
            for (Cause cause : Cause.values()) {
                sections.add(Arguments.of(page, cause, section(page, cause)));
            }
        }
        return sections.stream();
    }

    private static String section(String page, Cause cause) throws IOException {
        String text = Files.readString(Cli.ROOT.resolve("docs").resolve(page));
        int from = text.indexOf("\n### " + cause.id() + "\n");
        int to = from < 0 ? -1 : text.indexOf("\n##", from + 1);
        return from < 0 ? "" : text.substring(from, to < 0 ? text.length() : to);
    }

    @ParameterizedTest(name = "{1} in {0}")
    @MethodSource("sections")
    void everyCauseHasItsPictureItsWayThroughTheKernelItsConfirmationAndItsCure(
            String page, Cause cause, String section) {
        boolean chinese = page.equals(CHINESE);
        assertThat(section)
                .containsSubsequence(
                        "```\n",
                        "```\n",
                        chinese ? "**内核路径。**" : "**In the kernel.**",
                        chinese ? "**如何确认。**" : "**Confirm.**",
                        chinese ? CHINESE_CURE : CURE);
    }

    @ParameterizedTest(name = "{1} in {0}")
    @MethodSource("sections")
    void containTheRemediesOfTheReport(String page, Cause cause, String section) {
        Set<String> advised = named(cause.remedies() + "\n" + cause.settling());
        assertThat(named(section)).containsAll(advised);
    }

    @ParameterizedTest(name = "{1} in {0}")
    @MethodSource("sections")
    void changeOnlySettingsThatTheReportNames(String page, Cause cause, String section) {
        String cure = section.substring(section.lastIndexOf(page.equals(CHINESE) ? CHINESE_CURE : CURE));
        String advised = cause.remedies().toString();
        assertThat(named(cure))
                .filteredOn(name -> name.startsWith("net."))
                .allSatisfy(name -> assertThat(advised).contains(name));
    }

    @ParameterizedTest
    @EnumSource
    void describeTheCauseInTheReportsWords(Cause cause) throws IOException {
        assertThat(cause.title()).isNotBlank();
        assertThat(section(ENGLISH, cause)).containsIgnoringCase(cause.title());
    }

    @ParameterizedTest
    @EnumSource
    void showTheSamePictureInBothLanguages(Cause cause) throws IOException {
        assertThat(picture(section(CHINESE, cause))).isEqualTo(picture(section(ENGLISH, cause)));
    }

    private static String picture(String section) {
        int from = section.indexOf("```\n");
        return section.substring(from, section.indexOf("```\n", from + 1));
    }

    private static Set<String> named(String text) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = NAMED.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group());
        }
        return names;
    }
}
