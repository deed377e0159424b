package dev.backline.gsym;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.backline.dwarf.Dwarf;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.fixtures.CodeAddresses;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.fixtures.Kernels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An index with details gives the frames of its ELF file in every field. */
class GsymDetailsTest {
    static Stream<ElfFixtures.Fixture> fixtures() throws IOException {
        return ElfFixtures.all().stream();
    }

    static Stream<String> kernels() throws IOException {
        return Kernels.names().stream();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void givesTheFramesOfTheFileAtEveryAddress(ElfFixtures.Fixture fixture) throws IOException {
        try (ElfFile elf = ElfFile.open(fixture.elf());
                GsymFile gsym = detailed(elf, 1)) {
            long[] code = elf.sections().stream()
                    .filter(Section::isExecutable)
                    .flatMapToLong(
                            section -> LongStream.range(elf.address(section), elf.address(section) + section.size()))
                    .toArray();
            compare(elf, gsym, code);
            List<Long> shuffled = Arrays.asList(Arrays.stream(code).boxed().toArray(Long[]::new));
            Collections.shuffle(shuffled, new java.util.Random(17));
            compare(elf, gsym, shuffled.stream().mapToLong(each -> each).toArray());
            assertThat(new GsymVerifier(elf, gsym).verify().differences()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    @Tag("slow")
    void givesTheFramesOfAKernelAtRandomAddresses(String name) throws IOException {
        Kernels.Kernel kernel = Kernels.find(name).orElseGet(() -> abort(Kernels.howToFetch(name)));
        try (ElfFile elf = ElfFile.open(kernel.vmlinux());
                GsymFile gsym = detailed(elf, 2)) {
            compare(elf, gsym, CodeAddresses.of(kernel.vmlinux()).random(20251130, 20_000));
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void changesNothingElseInTheFile(ElfFixtures.Fixture fixture) throws IOException {
        try (ElfFile elf = ElfFile.open(fixture.elf());
                GsymFile gsym = detailed(elf, 1);
                GsymFile plain = open(new GsymWriter(elf))) {
            assertThat(gsym.hasDetails()).isTrue();
            assertThat(plain.hasDetails()).isFalse();
            assertThat(gsym.size()).isEqualTo(plain.size());
            for (int i = 0; i < gsym.size(); i++) {
                assertThat(gsym.address(i)).isEqualTo(plain.address(i));
                assertThat(gsym.functionSize(i)).isEqualTo(plain.functionSize(i));
                assertThat(gsym.functionName(i)).isEqualTo(plain.functionName(i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc12-alt-v5", "clang19-split-v5"})
    void tellsThatSomeInformationIsInOtherFiles(String name) throws IOException {
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture(name).elf());
                GsymFile gsym = detailed(elf, 1)) {
            assertThat(gsym.needsOtherFiles()).isTrue();
        }
    }

    @Test
    void isNotWrittenIfAUnitIsDamaged() throws IOException {
        byte[] content = Files.readAllBytes(ElfFixtures.fixture("gcc12-v5").elf());
        try (ElfFile sound = ElfFile.of("sound", content)) {
            Section lines = sound.sections().stream()
                    .filter(section -> section.name().equals(".debug_line"))
                    .findFirst()
                    .orElseThrow();
            Arrays.fill(content, (int) lines.offset(), (int) (lines.offset() + lines.size()), (byte) 0xff);
        }
        try (ElfFile elf = ElfFile.of("damaged", content)) {
            new GsymWriter(elf).write(new ByteArrayOutputStream());
            assertThatThrownBy(() -> new GsymWriter(elf).details().write(new ByteArrayOutputStream()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(".debug_line");
        }
    }

    private static GsymFile detailed(ElfFile elf, int jobs) throws IOException {
        return open(new GsymWriter(elf).details().jobs(jobs));
    }

    private static GsymFile open(GsymWriter writer) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writer.write(out);
        return GsymFile.of("index.gsym", out.toByteArray());
    }

    private static void compare(ElfFile elf, GsymFile gsym, long[] addresses) throws IOException {
        Dwarf dwarf = Dwarf.of(elf);
        for (long address : addresses) {
            // A function is decoded as a whole if it is looked up again
            for (int i = 0; i < 3; i++) {
                assertThat(gsym.framesAt(address))
                        .as("%s at 0x%x", elf.name(), address)
                        .isEqualTo(dwarf.framesAt(address));
            }
        }
    }
}
