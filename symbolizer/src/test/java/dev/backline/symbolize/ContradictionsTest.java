package dev.backline.symbolize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backline.debugfiles.DebugDirectory;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.elf.ElfFile;
import dev.backline.elf.SymbolTable;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.fixtures.Kernels;
import dev.backline.fixtures.Kernels.Kernel;
import dev.backline.symbolize.Resolution.Reason;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.Resolution.Unresolved;
import dev.backline.trace.LineFrame;
import dev.backline.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that the log proves to be from another build gives no source line. */
class ContradictionsTest {
    private static final Path FIXTURE = ElfFixtures.folder().resolve("gcc12-v5.elf");
    private static final String WRONG = " receive+0x63/0x999";
    private static final String WRONG_POLL = " poll+0x34/0x998";
    private static final String WRONG_SEND = " send_reset+0x5/0x997";

    @TempDir
    Path folder;

    private static DebugFiles.Builder fixture() {
        return DebugFiles.builder().vmlinux(FIXTURE);
    }

    /** The frames of the lines that a report consists of: all are weighed before the first one is answered. */
    private static List<LogFrame> report(DebugFiles.Builder files, LogOptions options, List<String> lines)
            throws IOException {
        TraceReader reader = new TraceReader();
        List<LineFrame> frames = new ArrayList<>();
        for (String line : lines) {
            frames.addAll(reader.next(line));
        }
        List<LogFrame> answers = new ArrayList<>();
        try (KernelPool pool = new KernelPool(files.build());
                LogSymbolizer log = new LogSymbolizer(pool, options)) {
            for (LineFrame frame : frames) {
                log.weigh(frame, reader.facts());
            }
            for (LineFrame frame : frames) {
                answers.add(log.resolve(frame, reader.facts()));
            }
        }
        return answers;
    }

    /** The frames of the lines of a stream, each answered at once. */
    private static List<LogFrame> stream(DebugFiles.Builder files, String... lines) throws IOException {
        List<LogFrame> answers = new ArrayList<>();
        try (KernelPool pool = new KernelPool(files.build());
                LogSymbolizer log = new LogSymbolizer(pool, LogOptions.DEFAULT)) {
            for (String line : lines) {
                answers.addAll(log.next(line));
            }
        }
        return answers;
    }

    private static List<String> statuses(List<LogFrame> frames) {
        return frames.stream()
                .map(frame -> frame.resolution() instanceof Unresolved why
                        ? why.reason().id()
                        : "resolved")
                .toList();
    }

    private static List<String> sentences(List<LogFrame> frames) {
        UnresolvedFrames reasons = new UnresolvedFrames();
        frames.forEach(reasons::add);
        return reasons.sentences();
    }

    @Test
    void givesNoLineFromAFileInWhichThreeFunctionsHaveOtherSizes() throws IOException {
        List<String> lines =
                List.of(" validate+0x5/0x70", " receive+0xc", WRONG, " gone+0x1/0x2", WRONG_POLL, WRONG_SEND);

        List<LogFrame> frames = report(fixture(), LogOptions.DEFAULT, lines);

        assertThat(statuses(frames))
                .containsExactly(
                        "build-mismatch",
                        "build-mismatch",
                        "size-mismatch",
                        "build-mismatch",
                        "size-mismatch",
                        "size-mismatch");
        assertThat(sentences(frames))
                .containsExactly(
                        "6 frames: " + FIXTURE + " is from another build: its receive has size 0x160, the trace"
                                + " has size 0x999; use the debug files of the traced kernel, or add --force");
    }

    @Test
    void refusesOnlyTheFramesOfTwoFunctionsWithOtherSizesBesideARightOne() throws IOException {
        List<String> lines = List.of(" validate+0x5/0x70", WRONG, WRONG_POLL);

        assertThat(statuses(report(fixture(), LogOptions.DEFAULT, lines)))
                .containsExactly("resolved", "size-mismatch", "size-mismatch");
        assertThat(statuses(report(fixture(), LogOptions.DEFAULT, List.of(" receive+0xc", WRONG))))
                .as("no function has the right size")
                .containsExactly("build-mismatch", "size-mismatch");
    }

    @Test
    void givesTheLinesOfFunctionsThatFitByForce() throws IOException {
        List<LogFrame> frames = report(
                fixture().takeOtherBuilds(), LogOptions.DEFAULT, List.of(" poll+0x34/0xa0", WRONG, " receive+0xc"));

        assertThat(statuses(frames)).containsExactly("resolved", "size-mismatch", "resolved");
        assertThat(sentences(frames))
                .singleElement()
                .asString()
                .startsWith("1 frame (receive+0x63, size 0x999): the function ends before the offset");
    }

    @Test
    void stopsWithinAStreamAndSaysThatEarlierLinesCanBeWrong() throws IOException {
        List<LogFrame> frames =
                stream(fixture(), " validate+0x5/0x70", WRONG, WRONG_POLL, WRONG_SEND, " validate+0x5/0x70");

        assertThat(statuses(frames))
                .containsExactly("resolved", "size-mismatch", "size-mismatch", "size-mismatch", "build-mismatch");
        assertThat(sentences(frames))
                .last()
                .asString()
                .startsWith("2 frames: ")
                .contains("the source lines before this frame can be wrong too");
    }

    @Test
    void judgesEachBootOfALogByItself() throws IOException {
        List<LogFrame> frames =
                stream(fixture(), WRONG, " receive+0xc", "Linux version 6.1.0 (a@b) #1 SMP", " poll+0x34/0xa0");

        assertThat(statuses(frames)).containsExactly("size-mismatch", "build-mismatch", "resolved");
    }

    @ParameterizedTest
    @ValueSource(strings = {" receive+0x63/0x0", " receive+0x63", " receive+0x999/0x10", " gone+0x1/0x2"})
    void takesNoFrameWithoutASizeForAProof(String line) throws IOException {
        assertThat(statuses(report(fixture(), LogOptions.DEFAULT, List.of(line, " poll+0x34/0xa0"))))
                .last()
                .isEqualTo("resolved");
    }

    @Test
    void givesNoLineFromTheModulesOfAKernelOfAnotherBuild() throws IOException {
        Files.copy(FIXTURE, folder.resolve("vmlinux"));
        Files.copy(ElfFixtures.folder().resolve("gcc12-ko-v5.ko"), folder.resolve("tcp_x.ko"));
        DebugFiles.Builder files = DebugFiles.builder().root(folder).source(new DebugDirectory(folder));
        String inModule = " poll+0x34/0xa0 [tcp_x]";
        String wrongInModule = " receive+0x63/0x999 [tcp_x]";
        String unsizedInModule = " receive+0xc [tcp_x]";

        assertThat(statuses(report(files, LogOptions.DEFAULT, List.of(inModule, WRONG))))
                .as("no function of the kernel has the right size")
                .containsExactly("build-mismatch", "size-mismatch");
        // Modules are also built alone: another module of the same kernel can fit.
        assertThat(statuses(
                        report(files, LogOptions.DEFAULT, List.of(unsizedInModule, wrongInModule, " poll+0x34/0xa0"))))
                .containsExactly("build-mismatch", "size-mismatch", "resolved");
    }

    @Test
    void givesNoLineOfAnotherReleaseThanTheLogNames() throws IOException {
        LogOptions options = LogOptions.DEFAULT.withRelease("6.1.0-56-cloud-amd64");
        List<String> lines = List.of(
                " receive+0x63/0x160",
                "CPU: 3 PID: 2143 Comm: nginx Not tainted 6.12.107+deb13-cloud-amd64 #1  Debian 6.12.107-1",
                " poll+0x34/0xa0");

        List<LogFrame> refused = report(fixture(), options, lines);
        assertThat(statuses(refused)).containsOnly("build-mismatch");
        assertThat(sentences(refused))
                .containsExactly(
                        "2 frames: the log is of kernel 6.12.107+deb13-cloud-amd64, not of 6.1.0-56-cloud-amd64"
                                + " as -r says; use -r 6.12.107+deb13-cloud-amd64 or omit -r, or add --force");
        assertThat(statuses(report(fixture().takeOtherBuilds(), options, lines)))
                .containsOnly("resolved");
        assertThat(statuses(report(fixture(), LogOptions.DEFAULT, lines))).containsOnly("resolved");
    }

    static Stream<String> kernels() throws IOException {
        return Kernels.names().stream();
    }

    /** Reports of 20 random functions, with the sizes that the kernel itself prints. */
    @Tag("slow")
    @ParameterizedTest
    @MethodSource("kernels")
    void tellsTheBuildOfAReportByItsSizes(String name) throws IOException {
        Kernel kernel = Kernels.find(name).orElse(null);
        assumeTrue(kernel != null, Kernels.howToFetch(name));
        Random random = new Random(14);
        List<String> functions = functions(kernel.vmlinux(), 400, random);
        List<LogFrame> own = report(DebugFiles.builder().vmlinux(kernel.vmlinux()), LogOptions.DEFAULT, functions);
        assertThat(statuses(own)).doesNotContain("build-mismatch", "size-mismatch");
        assertThat(own.stream().filter(frame -> frame.resolution() instanceof Resolved))
                .hasSizeGreaterThan(300);
        for (String other : Kernels.names()) {
            Kernel another = other.equals(name) ? null : Kernels.find(other).orElse(null);
            for (int i = 0; another != null && i < 400; i += 20) {
                List<LogFrame> frames = report(
                        DebugFiles.builder().vmlinux(another.vmlinux()),
                        LogOptions.DEFAULT,
                        functions.subList(i, i + 20));
                assertThat(statuses(frames))
                        .as("%s with the file of %s", name, other)
                        .doesNotContain("resolved");
            }
        }
    }

    private static List<String> functions(Path vmlinux, int count, Random random) throws IOException {
        Set<String> lines = new LinkedHashSet<>();
        try (ElfFile elf = ElfFile.open(vmlinux)) {
            SymbolTable symbols = elf.symbols();
            int text = elf.section(".text").index();
            while (lines.size() < count) {
                int i = random.nextInt(symbols.size());
                if (symbols.type(i) == SymbolTable.STT_FUNC
                        && symbols.sectionIndex(i) == text
                        && symbols.named(symbols.name(i)).length == 1
                        && symbols.size(i) > 8) {
                    lines.add(" " + symbols.name(i) + "+0x4/0x" + Long.toHexString(symbols.size(i)));
                }
            }
        }
        return List.copyOf(lines);
    }

    /** One damaged frame among hundreds that fit is refused alone. */
    @Test
    void refusesOnlyAFrameThatHundredsOfOthersContradict() throws IOException {
        Kernel kernel = Kernels.find(Kernels.DEBIAN_12).orElse(null);
        assumeTrue(kernel != null, Kernels.howToFetch(Kernels.DEBIAN_12));
        List<String> lines = new ArrayList<>(functions(kernel.vmlinux(), 200, new Random(15)));
        lines.add(50, " tcp_v4_rcv+0x99b/0x7777");

        List<LogFrame> frames = report(DebugFiles.builder().vmlinux(kernel.vmlinux()), LogOptions.DEFAULT, lines);
        assertThat(statuses(frames)).doesNotContain("build-mismatch");
        assertThat(((Unresolved) frames.get(50).resolution()).reason()).isEqualTo(Reason.SIZE_MISMATCH);
        assertThat(sentences(frames.subList(50, 51)).get(0))
                .startsWith("1 frame (tcp_v4_rcv+0x99b, size 0x7777): the function ends before the offset");

        // Beside 40 functions, three are a proof: a neighbouring build differs in 1 of 34.
        lines.add(50, " tcp_v4_send_reset+0x5/0x7777");
        lines.add(50, " ip_rcv+0x5/0x7777");
        assertThat(statuses(report(
                        DebugFiles.builder().vmlinux(kernel.vmlinux()), LogOptions.DEFAULT, lines.subList(10, 53))))
                .doesNotContain("resolved");
    }
}
