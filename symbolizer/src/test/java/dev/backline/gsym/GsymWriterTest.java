package dev.backline.gsym;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.Frame;
import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.fixtures.CodeAddresses;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GsymWriterTest {
    @TempDir
    private Path folder;

    static Stream<ElfFixtures.Fixture> fixtures() throws IOException {
        return ElfFixtures.all().stream();
    }

    static Stream<String> kernels() throws IOException {
        return Kernels.names().stream();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void llvmReadsTheSameLinesAsInDwarf(ElfFixtures.Fixture fixture) throws IOException {
        assumeTrue(LlvmGsymutil.isInstalled(), LlvmGsymutil.NOT_INSTALLED);
        try (ElfFile elf = ElfFile.open(fixture.elf())) {
            Path gsym = write(elf, 2, "index.gsym");
            assertThat(LlvmGsymutil.errorsIn(gsym)).isEmpty();
            compareWithLlvm(elf, gsym, code(elf));
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    @Tag("slow")
    void llvmReadsTheSameLinesOfAKernelAsInDwarf(String name) throws IOException {
        assumeTrue(LlvmGsymutil.isInstalled(), LlvmGsymutil.NOT_INSTALLED);
        Kernels.Kernel kernel = Kernels.find(name).orElseGet(() -> abort(Kernels.howToFetch(name)));
        try (ElfFile elf = ElfFile.open(kernel.vmlinux())) {
            Path gsym = write(elf, 2, "vmlinux.gsym");
            compareWithLlvm(elf, gsym, CodeAddresses.of(kernel.vmlinux()).random(4, 2_000));
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void writesTheSameBytesOnOneThreadAndOnSeveral(ElfFixtures.Fixture fixture) throws IOException {
        try (ElfFile elf = ElfFile.open(fixture.elf())) {
            assertThat(write(elf, 3, "three.gsym")).hasSameBinaryContentAs(write(elf, 1, "one.gsym"));
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void agreesWithTheElfFileAtEveryBoundary(ElfFixtures.Fixture fixture) throws IOException {
        try (ElfFile elf = ElfFile.open(fixture.elf());
                GsymFile gsym = GsymFile.open(write(elf, 1, "index.gsym"))) {
            GsymVerifier.Result result = new GsymVerifier(elf, gsym).verify();
            assertThat(result.differences()).isEmpty();
            assertThat(result.places()).isPositive();
        }
    }

    private Path write(ElfFile elf, int jobs, String name) throws IOException {
        Path out = folder.resolve(name);
        new GsymWriter(elf)
                .jobs(jobs)
                .problems(problem -> {
                    throw new AssertionError(problem);
                })
                .write(out);
        return out;
    }

    /** All addresses in the code sections. */
    private static long[] code(ElfFile elf) {
        return elf.sections().stream()
                .filter(Section::isExecutable)
                .flatMapToLong(section -> LongStream.range(elf.address(section), elf.address(section) + section.size()))
                .toArray();
    }

    private static void compareWithLlvm(ElfFile elf, Path gsym, long[] addresses) throws IOException {
        List<List<LlvmGsymutil.Place>> answers = LlvmGsymutil.lookUp(gsym, addresses);
        assertThat(answers).hasSameSizeAs(addresses);
        Dwarf dwarf = Dwarf.of(elf);
        int lines = 0;
        for (int i = 0; i < addresses.length; i++) {
            List<Frame> frames = dwarf.framesAt(addresses[i]);
            if (frames.stream().anyMatch(frame -> frame.file() == null)) {
                // LLVM omits callers whose file is unknown, and all lines before the first row
                continue;
            }
            List<LlvmGsymutil.Place> places = answers.get(i);
            String what = elf.name() + " at 0x" + Long.toHexString(addresses[i]);
            if (frames.isEmpty()) {
                assertThat(places)
                        .as(what)
                        .allSatisfy(place -> assertThat(place.fileAndLine()).isEmpty());
                continue;
            }
            lines++;
            assertThat(places).as(what).hasSameSizeAs(frames);
            for (int k = 0; k < frames.size(); k++) {
                Frame frame = frames.get(k);
                assertThat(places.get(k).fileAndLine())
                        .as(what)
                        .isEqualTo(frame.file().path() + ":" + frame.line());
                if (frame.inlined()) {
                    assertThat(places.get(k).function()).as(what).isIn(frame.function(), frame.linkageName());
                }
            }
        }
        assertThat(lines).as("addresses with lines").isPositive();
    }

    @Test
    void refusesToCompareAnIndexOfAnotherBuild() throws IOException {
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture("gcc12-v5").elf());
                ElfFile other = ElfFile.open(ElfFixtures.fixture("gcc12-v4").elf());
                GsymFile gsym = GsymFile.open(write(elf, 1, "index.gsym"))) {
            assertThatThrownBy(() -> new GsymVerifier(other, gsym).verify())
                    .isInstanceOf(ElfException.class)
                    .hasMessageContaining("is an index of build " + elf.buildId());
        }
    }

    @Test
    void refusesAFileWithoutDebugInformation() throws IOException {
        Path out = folder.resolve("out.gsym");
        Path dwp = ElfFixtures.folder().resolve("gcc12-dwp-v4.elf.dwp");
        try (ElfFile elf = ElfFile.open(dwp)) {
            assertThatThrownBy(() -> new GsymWriter(elf).write(out))
                    .isInstanceOf(ElfException.class)
                    .hasMessageContaining("has no debug information");
        }
        assertThat(out).doesNotExist();
    }

    @Test
    void keepsTheOldFileIfWritingFails() throws IOException {
        Path out = folder.resolve("missing").resolve("out.gsym");
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture("gcc12-v5").elf())) {
            assertThatThrownBy(() -> new GsymWriter(elf).write(out))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot be written");
        }
        assertThat(folder).isEmptyDirectory();
    }
}
