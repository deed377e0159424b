package dev.backline.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.debugfiles.KernelRelease;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolTable;
import dev.backline.elf.Symbols;
import dev.backline.fixtures.CodeAddresses;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.fixtures.Kernels;
import dev.backline.gsym.GsymWriter;
import dev.backline.trace.FrameReference;
import dev.backline.trace.Pc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An index gives the answers of its ELF file, except columns and discriminators. */
class GsymAnswersTest {
    private static final int MOST_SHOWN = 10;
    private static final long SEED = 20241122;

    @TempDir
    Path folder;

    static Stream<ElfFixtures.Fixture> fixtures() throws IOException {
        return ElfFixtures.all().stream();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void givesTheAnswersOfTheFileAtEveryAddressOfAFixture(ElfFixtures.Fixture fixture) throws IOException {
        try (Symbolizer elf = Symbolizer.open(fixture.elf());
                Symbolizer index = index(elf)) {
            compareFrames(elf, index, code(elf));
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void givesTheSymbolsOfTheFileOfAFixture(ElfFixtures.Fixture fixture) throws IOException {
        try (Symbolizer elf = Symbolizer.open(fixture.elf());
                Symbolizer index = index(elf)) {
            compareSymbols(elf, index, 1);
            for (Section section : elf.data().sections()) {
                if (section.isAllocated()) {
                    assertThat(index.data().address(index.data().sections().get(section.index())))
                            .isEqualTo(elf.data().address(section));
                }
            }
            assertThat(index.data().buildId()).isEqualTo(elf.data().buildId());
            assertThat(index.data().is64()).isEqualTo(elf.data().is64());
            assertThat(index.data().isRelocatable()).isEqualTo(elf.data().isRelocatable());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Kernels.DEBIAN_12, "debian-12-6.1-s390x", "debian-12-6.1-cloud-arm64"})
    @Tag("slow")
    void givesTheAnswersOfTheFileAtRandomAddressesOfAKernel(String name) throws IOException {
        Kernels.Kernel kernel = Kernels.find(name).orElseGet(() -> Assumptions.abort(Kernels.howToFetch(name)));
        int count = name.equals(Kernels.DEBIAN_12) ? 100_000 : 5_000;
        try (Symbolizer elf = Symbolizer.open(kernel.vmlinux());
                Symbolizer index = index(elf)) {
            compareFrames(elf, index, CodeAddresses.of(kernel.vmlinux()).random(SEED, count));
            compareSymbols(elf, index, 499);
            assertThat(index.data().release()).isEqualTo(elf.data().release());
            assertThat(index.data().buildId()).isEqualTo(elf.data().buildId());
        }
    }

    private Symbolizer index(Symbolizer elf) throws IOException {
        Path out = folder.resolve("index.gsym");
        KernelRelease release = elf.data().release();
        new GsymWriter(elf.elf()).release(release.release(), release.banner()).write(out);
        return Symbolizer.open(out);
    }

    private static long[] code(Symbolizer symbolizer) {
        ElfFile elf = symbolizer.elf();
        return elf.sections().stream()
                .filter(Section::isExecutable)
                .flatMapToLong(section ->
                        LongStream.range(elf.address(section) - 1, elf.address(section) + section.size() + 1))
                .toArray();
    }

    private static void compareFrames(Symbolizer elf, Symbolizer index, long[] addresses) throws IOException {
        List<IOException> problems = new ArrayList<>();
        List<List<SourceFrame>> expected = elf.framesAt(addresses, problems::add);
        List<List<SourceFrame>> given = index.framesAt(addresses, problems::add);
        assertThat(problems).isEmpty();
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < addresses.length; i++) {
            // Padding after a function has no function in DWARF: both files use the symbol.
            String symbol = symbolAt(elf, addresses[i]);
            if (!texts(given.get(i), symbol).equals(texts(expected.get(i), symbol))) {
                differences.add("0x" + Long.toHexString(addresses[i]) + "\n  index " + given.get(i) + "\n  file  "
                        + expected.get(i));
            }
        }
        assertThat(differences.stream().limit(MOST_SHOWN))
                .as("%d of %d addresses of %s differ", differences.size(), addresses.length, elf.data())
                .isEmpty();
    }

    private static String symbolAt(Symbolizer symbolizer, long address) throws IOException {
        int symbol = symbolizer.data().symbols().at(address);
        return symbol < 0 ? "?" : symbolizer.data().symbols().name(symbol);
    }

    private static List<String> texts(List<SourceFrame> frames, String symbol) {
        return frames.stream()
                .map(frame -> frame.nameOr(symbol) + " at " + frame.file() + " or " + frame.path() + ":" + frame.line()
                        + (frame.inlined() ? " inlined" : ""))
                .toList();
    }

    /** Compares every {@code step}-th symbol: name, address, end. */
    private static void compareSymbols(Symbolizer elf, Symbolizer index, int step) throws IOException {
        SymbolTable table = elf.elf().symbols();
        Symbols indexed = index.data().symbols();
        List<String> differences = new ArrayList<>();
        for (int i = 1; i < table.size(); i += step) {
            String name = table.name(i);
            int type = table.type(i);
            if (name.isEmpty()
                    || !isAllocated(elf.elf(), table.sectionIndex(i))
                    || type == SymbolTable.STT_FILE
                    || type == SymbolTable.STT_SECTION
                    || table.isMapping(i)) {
                continue;
            }
            compare(differences, "named " + name, named(elf.data().symbols(), name), named(indexed, name));
            for (long address : new long[] {table.address(i), table.address(i) + table.size(i) - 1}) {
                String at = "at 0x" + Long.toHexString(address);
                compare(differences, at, nameAt(table, address), nameAt(indexed, address));
                FrameReference place = new FrameReference(null, null, null, null, address, Pc.EXACT);
                compare(differences, "resolve " + at, text(elf.resolve(place)), text(index.resolve(place)));
            }
            FrameReference place = new FrameReference(name, table.size(i) / 2, table.size(i), null, null, Pc.RETURN);
            compare(differences, "resolve " + place, text(elf.resolve(place)), text(index.resolve(place)));
        }
        assertThat(differences.stream().limit(MOST_SHOWN))
                .as("%d differences in the symbols of %s", differences.size(), elf.data())
                .isEmpty();
    }

    /** An index has only the names of symbols in debug sections, which no trace contains. */
    private static boolean isAllocated(ElfFile elf, int section) {
        return section <= 0
                || section >= elf.sections().size()
                || elf.sections().get(section).isAllocated();
    }

    private static void compare(List<String> differences, String what, @Nullable String file, @Nullable String index) {
        if (file == null ? index != null : !file.equals(index)) {
            differences.add(what + "\n  index " + index + "\n  file  " + file);
        }
    }

    private static String named(Symbols symbols, String name) throws IOException {
        List<String> found = new ArrayList<>();
        for (int symbol : symbols.named(name)) {
            found.add(symbols.name(symbol) + " 0x" + Long.toHexString(symbols.address(symbol)) + "/"
                    + symbols.size(symbol) + " in " + symbols.sectionIndex(symbol));
        }
        return found.toString();
    }

    private static @Nullable String nameAt(Symbols symbols, long address) throws IOException {
        int symbol = symbols.at(address);
        return symbol < 0 ? null : symbols.name(symbol) + "+" + (address - symbols.address(symbol));
    }

    private static String text(Resolution resolution) {
        if (resolution instanceof Resolution.Resolved found) {
            SourceFrame exact = found.exact();
            return found.symbol() + "+" + found.offset() + "/" + found.size() + " 0x"
                    + Long.toHexString(found.address()) + texts(found.frames(), "?")
                    + (exact == null ? "" : texts(List.of(exact), "?"));
        }
        if (resolution instanceof Resolution.Ambiguous ambiguous) {
            return Arrays.toString(
                    ambiguous.candidates().stream().map(GsymAnswersTest::text).toArray());
        }
        return ((Resolution.Unresolved) resolution).reason().toString();
    }
}
