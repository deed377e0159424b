package dev.backline.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.dwarf.Frame;
import dev.backline.elf.ElfFile;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.trace.FrameReference;
import dev.backline.trace.Pc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Code that belongs to no source line (DWARF5 6.2.2), at each place of the functions of all fixtures that clang compiled. */
class LineZeroTest {
    @Test
    void isAnsweredWithItsFunctionAndANearLineOfTheSameFunction() throws IOException {
        int zeros = 0;
        int approximate = 0;
        for (Path file : clang()) {
            try (Symbolizer symbolizer = Symbolizer.of(ElfFile.of(file.toString(), Files.readAllBytes(file)))) {
                Set<Long> starts = new TreeSet<>();
                for (ElfFixtures.Answer answer : ElfFixtures.fixture(
                                file.getFileName().toString().replaceFirst("\\.[a-z]+$", ""))
                        .answers()) {
                    starts.add(answer.address());
                }
                for (long address : starts) {
                    List<Frame> found =
                            Objects.requireNonNull(symbolizer.dwarf()).framesAt(address);
                    if (found.isEmpty()
                            || found.get(0).line() != 0
                            || found.get(0).file() == null) {
                        continue;
                    }
                    zeros++;
                    Resolution resolution =
                            symbolizer.resolve(new FrameReference(null, null, null, null, address, Pc.EXACT));
                    assertThat(resolution).as("%s at 0x%x", file, address).isInstanceOf(Resolved.class);
                    List<SourceFrame> frames = ((Resolved) resolution).frames();
                    SourceFrame innermost = frames.get(0);
                    // Without a name in the debug information, it is the symbol's
                    assertThat(innermost.function())
                            .isEqualTo(Objects.requireNonNullElse(found.get(0).function(), innermost.function()))
                            .isNotNull();
                    assertThat(frames)
                            .anySatisfy(frame -> assertThat(frame.path()).isNotNull());
                    assertThat(innermost.approximate()).isEqualTo(innermost.line() != 0);
                    if (innermost.approximate()) {
                        approximate++;
                        assertThat(lines(symbolizer, starts, found.get(0).function()))
                                .contains(innermost.line());
                    }
                }
            }
        }
        assertThat(zeros).as("places without a line").isPositive();
        assertThat(approximate).as("places with a near line").isPositive();
    }

    /** The lines that the function has elsewhere. */
    private static Set<Integer> lines(Symbolizer symbolizer, Set<Long> addresses, @Nullable String function)
            throws IOException {
        Set<Integer> lines = new HashSet<>();
        for (long address : addresses) {
            List<SourceFrame> frames = symbolizer.framesAt(address);
            if (!frames.isEmpty() && Objects.equals(frames.get(0).function(), function)) {
                lines.add(frames.get(0).line());
            }
        }
        return lines;
    }

    private static List<Path> clang() throws IOException {
        try (Stream<Path> files = Files.list(ElfFixtures.folder())) {
            return files.filter(file -> file.getFileName().toString().matches("clang.*-v[45]\\.elf"))
                    .sorted()
                    .toList();
        }
    }
}
