package dev.backline.symbolize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.fixtures.CodeAddresses;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.fixtures.Kernels;
import dev.backline.fixtures.Kernels.Kernel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BulkTest {
    static Stream<String> fixtures() throws IOException {
        return ElfFixtures.names().stream();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void oneThreadAndManyGiveTheAnswersOfSingleLookups(String fixture) throws IOException {
        Path file = ElfFixtures.fixture(fixture).elf();
        try (Symbolizer symbolizer = Symbolizer.open(file)) {
            ElfFile elf = symbolizer.elf();
            assertThat(elf).isNotNull();
            long[] addresses = codeAddresses(elf, 2_000);
            List<List<SourceFrame>> expected = new ArrayList<>();
            for (long address : addresses) {
                expected.add(symbolizer.framesAt(address));
            }
            for (int threads : new int[] {1, 2, 7}) {
                try (Symbolizer fresh = Symbolizer.open(file)) {
                    assertThat(frames(fresh, addresses, threads, false)).isEqualTo(expected);
                    assertThat(frames(fresh, addresses, threads, true)).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void oneThreadAndManyGiveTheSameAnswersForAKernel() throws IOException {
        Optional<Kernel> kernel = Kernels.find(Kernels.DEBIAN_12);
        assumeTrue(kernel.isPresent(), Kernels.howToFetch(Kernels.DEBIAN_12));
        Path vmlinux = kernel.get().vmlinux();
        long[] addresses = CodeAddresses.of(vmlinux).random(4, 100_000);
        try (Symbolizer one = Symbolizer.open(vmlinux);
                Symbolizer many = Symbolizer.open(vmlinux)) {
            List<List<SourceFrame>> expected = frames(one, addresses, 1, false);

            assertThat(frames(many, addresses, 4, true).equals(expected)).isTrue();
            assertThat(frames(many, addresses, 2, false).equals(expected)).isTrue();
        }
    }

    @Test
    void stopsWhenASinkReturnsFalse() throws IOException {
        try (Symbolizer symbolizer =
                Symbolizer.open(ElfFixtures.fixture("gcc12-v5").elf())) {
            AtomicInteger taken = new AtomicInteger();

            symbolizer.framesAt(
                    new long[10_000], 1, true, () -> (index, frames) -> taken.incrementAndGet() < 10, problem -> {});

            assertThat(taken).hasValue(10);
        }
    }

    @Test
    void throwsTheExceptionOfASinkOnAnyThread() throws IOException {
        try (Symbolizer symbolizer =
                Symbolizer.open(ElfFixtures.fixture("gcc12-v5").elf())) {
            Thread caller = Thread.currentThread();
            FrameSink throwing = (index, frames) -> {
                if (Thread.currentThread() != caller) {
                    throw new IllegalStateException("enough");
                }
                Thread.onSpinWait();
                return true;
            };

            assertThatThrownBy(() -> {
                        // The other thread can start too late to get a share, so try often.
                        for (int i = 0; i < 1_000; i++) {
                            symbolizer.framesAt(new long[100_000], 2, true, () -> throwing, problem -> {});
                        }
                    })
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("enough");
        }
    }

    /** Addresses in executable sections and a few outside, some of them twice. */
    private static long[] codeAddresses(ElfFile elf, int count) {
        List<Section> code =
                elf.sections().stream().filter(Section::isExecutable).toList();
        Random random = new Random(count);
        long[] addresses = new long[count];
        for (int i = 0; i < count; i++) {
            Section section = code.get(random.nextInt(code.size()));
            addresses[i] = elf.address(section) + random.nextInt((int) section.size() + 2);
        }
        addresses[0] = 0;
        addresses[1] = -1;
        return addresses;
    }

    private static List<List<SourceFrame>> frames(Symbolizer symbolizer, long[] addresses, int threads, boolean keep) {
        @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no other way to create an array of a generic type.
        List<SourceFrame>[] found = new List[addresses.length];
        symbolizer.framesAt(
                addresses,
                threads,
                keep,
                () -> (index, frames) -> {
                    assertThat(found[index]).isNull();
                    found[index] = frames;
                    return true;
                },
                problem -> {
                    throw new AssertionError(problem);
                });
        return Arrays.asList(found);
    }
}
