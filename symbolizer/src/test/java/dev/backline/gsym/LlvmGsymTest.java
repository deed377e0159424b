package dev.backline.gsym;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backline.dwarf.Frame;
import dev.backline.dwarf.SourceFile;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.fixtures.CodeAddresses;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.fixtures.Kernels;
import dev.backline.gsym.LlvmGsymutil.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** backline and LLVM give the same answers for GSYM files that LLVM wrote. */
class LlvmGsymTest {
    private static final int MOST_SHOWN = 10;

    @TempDir
    Path folder;

    static List<String> names() throws IOException {
        return ElfFixtures.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void answersAtEveryRowBoundaryAsLlvmDoes(String name) throws Exception {
        ElfFixtures.Fixture fixture = ElfFixtures.fixture(name);
        List<Long> addresses = new ArrayList<>();
        try (ElfFile elf = ElfFile.open(fixture.elf())) {
            for (ElfFixtures.Answer answer : fixture.answers()) {
                Section section = answer.section() == null ? null : elf.section(answer.section());
                // LLVM assumes that all sections of an object file start at 0
                addresses.add(answer.address() + (section == null ? 0 : section.address()));
            }
        }
        compare(
                fixture.elf(),
                addresses.stream()
                        .mapToLong(Long::longValue)
                        .sorted()
                        .distinct()
                        .toArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {Kernels.DEBIAN_12, "debian-12-6.1-s390x"})
    @Tag("slow")
    void answersAtRandomAddressesOfRealKernelsAsLlvmDoes(String name) throws Exception {
        Optional<Kernels.Kernel> kernel = Kernels.find(name);
        assumeTrue(kernel.isPresent(), Kernels.howToFetch(name));
        Path vmlinux = kernel.get().vmlinux();
        compare(vmlinux, CodeAddresses.of(vmlinux).random(11, 5_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc12-v5", "clang19-v5", "s390x-v5", "i386-v5"})
    void givesTheExpectedAnswersOfTheElfFile(String name) throws IOException {
        Path path = ElfFixtures.folder().resolveSibling("gsym").resolve(name + ".gsym");
        try (GsymFile index = GsymFile.open(path)) {
            for (ElfFixtures.Answer answer : ElfFixtures.fixture(name).answers()) {
                ElfFixtures.Frame outermost =
                        answer.frames().get(answer.frames().size() - 1);
                if (outermost.function() == null || outermost.fromSymbol()) {
                    // Padding, which LLVM omits
                    continue;
                }
                List<Place> expected = new ArrayList<>();
                for (ElfFixtures.Frame frame : answer.frames()) {
                    expected.add(new Place(frame.function(), frame.file() + ":" + frame.line()));
                }
                List<Place> places = new ArrayList<>();
                for (Frame frame : index.framesAt(answer.address())) {
                    places.add(place(frame));
                }
                if (!expected.get(0).fileAndLine().endsWith(":0")) {
                    assertThat(places).as(answer.place()).isEqualTo(expected);
                }
            }
        }
    }

    private void compare(Path elf, long[] addresses) throws IOException {
        assumeTrue(LlvmGsymutil.isInstalled(), LlvmGsymutil.NOT_INSTALLED);
        Path gsym = folder.resolve("index.gsym");
        assumeTrue(LlvmGsymutil.convert(elf, gsym), "skipped: llvm-gsymutil finds nothing to write");
        List<List<Place>> expected = LlvmGsymutil.lookUp(gsym, addresses);
        List<String> differences = new ArrayList<>();
        try (GsymFile index = GsymFile.open(gsym)) {
            for (int i = 0; i < addresses.length; i++) {
                List<Place> places = new ArrayList<>();
                for (Frame frame : index.framesAt(addresses[i])) {
                    places.add(place(frame));
                }
                if (!places.equals(expected.get(i)) && !isWithoutLine(places, expected.get(i))) {
                    differences.add("0x" + Long.toHexString(addresses[i]) + "\n  backline " + places + "\n  llvm     "
                            + expected.get(i));
                }
            }
        }
        assertThat(differences.stream().limit(MOST_SHOWN))
                .as("%d of %d addresses of %s differ", differences.size(), addresses.length, elf)
                .isEmpty();
    }

    /**
     * Without a row, LLVM prints only the function's name. backline still answers with the inlined calls, and does not
     * answer with a name only, because the symbols have the name.
     */
    private static boolean isWithoutLine(List<Place> places, List<Place> llvm) {
        if (llvm.size() != 1 || !llvm.get(0).fileAndLine().isEmpty()) {
            return false;
        }
        return places.isEmpty()
                || (places.get(0).fileAndLine().isEmpty()
                        && places.get(places.size() - 1)
                                .function()
                                .equals(llvm.get(0).function()));
    }

    private static Place place(Frame frame) {
        SourceFile file = frame.file();
        String function = frame.linkageName() == null ? frame.function() : frame.linkageName();
        return new Place(function, file == null ? "" : file.path() + ":" + frame.line());
    }
}
