package dev.backline.debugfiles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.debugfiles.DebugPackages.Row;
import dev.backline.elf.BuildId;
import dev.backline.fixtures.Captures;
import dev.backline.io.Audience;
import dev.backline.trace.KernelFacts;
import dev.backline.trace.TraceReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The advice for the kernels in fixtures/captures/kernel-lines.tsv, and the table in docs/finding-debug-files.md. */
class DebugPackagesTest {
    private static final String ID = "84a9cbe3bbb3a0b6a5a4f1d1d5f1f0f4b9c1a2d3";

    /** Names of packages with debug files, of any distribution. */
    private static final Pattern NAMES = Pattern.compile(
            "\\blinux-image-[\\w.+~-]+|\\bkernel[\\w.-]*-debuginfo[\\w.+-]*|\\blinux[\\w.-]*-(?:dbg|debuginfo)\\b[\\w.+-]*");

    static List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>(Captures.lines("kernel-lines.tsv"));
        lines.remove(0);
        return lines;
    }

    private static KernelIdentity kernel(String text) {
        TraceReader reader = new TraceReader();
        for (String line : text.split("\\\\n", -1)) {
            reader.next(new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
        }
        KernelFacts facts = reader.facts();
        return KernelIdentity.of(facts);
    }

    @ParameterizedTest
    @MethodSource("lines")
    void namesThePackageAndTheCommandForTheKernelOfALineAndNoOtherPackage(String row) {
        String[] cells = row.split("\t", -1);
        String packageName = cells[1];
        for (String prefix : List.of(
                "",
                "[   12.345678] ",
                "> ",
                "Apr 21 00:31:01 host kernel: ",
                "2026-01-02T03:04:05Z stderr F <4>",
                "> > |")) {
            boolean quote = prefix.isBlank() || prefix.startsWith(">");
            if (!quote && (cells[3].contains("RELEASE: ") || cells[3].startsWith("ID="))) {
                // Other programs print such lines too, so they count only at the start of a line.
                continue;
            }
            KernelIdentity kernel = kernel(prefix + cells[3].replace("\\n", "\\n" + prefix));
            String release = Objects.requireNonNull(kernel.release(), prefix + cells[3]);
            assertThat(DebugPackages.match(kernel, release).row().rule()).isEqualTo(cells[0]);
            String advice = DebugPackages.advice(kernel, kernel.buildId(), Audience.COMMAND);

            assertThat(advice).contains(cells[2]).doesNotContain("{", "[", "\n", "null");
            assertThat(DebugPackages.advice(kernel, kernel.buildId(), Audience.SERVICE))
                    .doesNotContain("{", "[", "\n", "null", "--fetch", " -e FILE", "-r RELEASE");
            Matcher names = NAMES.matcher(advice);
            while (names.find()) {
                assertThat(packageName).as(advice).startsWith(names.group().replaceFirst("(-dbgsym|\\.|\\.rpm)$", ""));
            }
            if (packageName.equals("-")) {
                assertThat(advice).containsAnyOf("nothing is published", "names no known distribution");
            } else {
                assertThat(advice).contains(packageName);
            }
        }
    }

    @Test
    void aLineTestsEachRowOfTheTable() throws IOException {
        Set<Row> tested = new HashSet<>();
        for (String line : lines()) {
            KernelIdentity kernel = kernel(line.split("\t", -1)[3]);
            tested.add(DebugPackages.match(kernel, Objects.requireNonNull(kernel.release()))
                    .row());
        }
        assertThat(tested).containsAll(DebugPackages.rows());
    }

    @Test
    void promisesNothingThatIsOnlyFromMemory() throws IOException {
        for (String line : lines()) {
            KernelIdentity kernel = kernel(line.split("\t", -1)[3]);
            Row row = DebugPackages.match(kernel, Objects.requireNonNull(kernel.release()))
                    .row();
            if (row.checked().contains("M")) {
                assertThat(DebugPackages.advice(kernel, null, Audience.COMMAND))
                        .containsAnyOf("should be in", "probably nothing is published")
                        .doesNotContain("; run: ");
            }
        }
    }

    @Test
    void namesTheServerThatHasTheKernelOfABuildId() {
        String line = "CPU: 1 PID: 2 Comm: a Not tainted 6.10.2-1-default #1 openSUSE Tumbleweed " + ID;
        KernelIdentity kernel = kernel(line);

        assertThat(DebugPackages.advice(kernel, BuildId.parse(ID), Audience.COMMAND))
                .contains("openSUSE Tumbleweed")
                .contains("run: DEBUGINFOD_URLS=https://debuginfod.opensuse.org/ debuginfod-find debuginfo " + ID);
        assertThat(DebugPackages.advice(kernel, null, Audience.COMMAND)).doesNotContain("debuginfod");
        assertThat(DebugPackages.advice(
                        new KernelIdentity(null, BuildId.parse(ID), Map.of()), BuildId.parse(ID), Audience.COMMAND))
                .contains("-r RELEASE", "DEBUGINFOD_URLS");
    }

    @Test
    void knowsTheExactVersionOfADebianPackage() {
        assertThat(DebugPackages.version(kernel("Not tainted 5.10.0-44-cloud-amd64 #1 Debian 5.10.257-1")))
                .isEqualTo("5.10.257-1");
        assertThat(DebugPackages.version(kernel("Not tainted 6.8.0-55-generic #57~22.04.1-Ubuntu")))
                .isEqualTo("6.8.0-55.57~22.04.1");
        assertThat(DebugPackages.version(KernelIdentity.ofRelease("6.1.0-56-amd64")))
                .isNull();
        assertThat(DebugPackages.version(KernelIdentity.UNKNOWN)).isNull();
    }

    /** The command is meant to be copied to a shell. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Not tainted 6.8.0-55-generic #57$(reboot)-Ubuntu",
                "Not tainted 6.1.0-56-amd64 #1 Debian 6.1.1;reboot",
                "Not tainted 6.1.0-56-amd64$(reboot) #1",
                "BUILD_ID=1;reboot\\nID=cos\\nNot tainted 6.1.0+ #1"
            })
    void noCharacterThatAShellInterpretsGetsIntoACommand(String text) {
        KernelIdentity kernel = kernel(text);

        assertThat(DebugPackages.advice(kernel, null, Audience.COMMAND)).doesNotContain("reboot");
    }

    @Test
    void aHostileLineDoesNotKeepThePatternsBusy() {
        for (String text : List.of("(", "a@b) (", "#1 Debian ", "-Ubuntu #1", "OpenWrt GCC r1+", "-lp155.g0", "\n")) {
            String banner = text.repeat(1024 / text.length());
            for (String release : List.of("6.1.0", "6.1.0-1-azure", "6." + "1-".repeat(60), "6" + ".el".repeat(40))) {
                long start = System.nanoTime();
                DebugPackages.advice(
                        new KernelIdentity(release, null, null, Map.of(), banner, Map.of()), null, Audience.COMMAND);
                assertThat(System.nanoTime() - start).as(text).isLessThan(2_000_000_000L);
            }
        }
    }

    @Test
    void theDocumentationHasTheTable() throws IOException {
        Set<String> expected = new LinkedHashSet<>();
        for (Row row : DebugPackages.rows()) {
            if (!row.distribution().isEmpty()) {
                expected.add("| " + row.distribution() + " | " + code(row.packageName()) + " | " + code(row.command())
                        + (row.command().isEmpty() || row.note().isEmpty() ? "" : "; ")
                        + row.note()
                                .replaceAll("\\[([^\\[\\]]*)\\{fetch}([^\\[\\]]*)]", "$1--fetch$2")
                                .replace("[ with {e} FILE]", " with -e FILE")
                                .replace("|", "\\|")
                        + " | "
                        + row.checked() + " | " + row.source() + " |");
            }
        }
        List<String> page = Files.readAllLines(Captures.folder().resolve("../../docs/finding-debug-files.md"));
        int start = page.indexOf(
                "| Distribution | Package or file | Command; what else to know, or what to do | Checked | Source |");
        assertThat(start).isNotNegative();
        List<String> table = page.subList(start + 2, start + 2 + expected.size());

        assertThat(table).as("docs/finding-debug-files.md").containsExactlyElementsOf(expected);
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }
}
