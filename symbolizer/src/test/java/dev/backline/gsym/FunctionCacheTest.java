package dev.backline.gsym;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.dwarf.Frame;
import dev.backline.fixtures.ElfFixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions that are looked up again are decoded as a whole, with the same answers. */
class FunctionCacheTest {
    private static final int FUNCTIONS = 1000;

    static Stream<Path> indexesOfLlvm() throws IOException {
        try (Stream<Path> files = Files.list(ElfFixtures.folder().resolveSibling("gsym"))) {
            return files.filter(file -> file.toString().endsWith(".gsym")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("indexesOfLlvm")
    void givesTheSameAnswersFromDecodedFunctions(Path path) throws IOException {
        List<Long> addresses = new ArrayList<>();
        List<List<Frame>> expected = new ArrayList<>();
        try (GsymFile once = GsymFile.open(path)) {
            // Each function once, in the order of addresses: none is decoded as a whole
            for (int i = 0; i < once.size(); i++) {
                for (long at = 0; at <= once.functionSize(i); at++) {
                    addresses.add(once.address(i) + at);
                    expected.add(once.framesAt(once.address(i) + at));
                }
            }
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 3 * addresses.size(); i++) {
            order.add(i % addresses.size());
        }
        Collections.shuffle(order, new Random(17));
        try (GsymFile often = GsymFile.open(path)) {
            long before = often.retainedBytes();
            for (int i : order) {
                assertThat(often.framesAt(addresses.get(i)))
                        .as("0x%x", addresses.get(i))
                        .isEqualTo(expected.get(i));
            }
            assertThat(often.retainedBytes()).isGreaterThan(before);
        }
    }

    @Test
    void remembersOnlyWhatWasLookedUpBefore() {
        FunctionCache cache = new FunctionCache(FUNCTIONS);
        for (int i = 0; i < 100; i++) {
            cache.isSeen(0);
        }
        assertThat(cache.isSeen(0)).isTrue();
        assertThat(cache.isSeen(1)).isFalse();
        assertThat(cache.isSeen(1)).isTrue();
        assertThat(cache.isSeen(FUNCTIONS - 1)).isFalse();
        assertThat(cache.get(0)).isNull();
        assertThat(cache.weight()).isZero();
    }

    @Test
    void forgetsWhatWasLookedUpManyFunctionsAgo() {
        FunctionCache cache = new FunctionCache(100_000);
        for (int pass = 0; pass < 3; pass++) {
            for (int i = 0; i < 100_000; i++) {
                assertThat(cache.isSeen(i)).isFalse();
            }
        }
    }

    @Test
    void keepsTheFunctionsThatWereUsedLastWithinItsBound() throws IOException {
        FunctionCache cache = new FunctionCache(FUNCTIONS);
        long bound = 200_000;
        cache.limit(bound);
        DecodedFunction function = function(100);
        cache.put(0, function);
        for (int i = 1; i < FUNCTIONS; i++) {
            assertThat(cache.get(0)).isSameAs(function);
            cache.put(i, function(100));
            assertThat(cache.weight()).isLessThanOrEqualTo(bound);
        }
        assertThat(cache.get(FUNCTIONS - 1)).isNotNull();
        assertThat(cache.get(1)).isNull();
        cache.limit(1000);
        assertThat(cache.weight()).isZero();
        assertThat(cache.get(0)).isNull();
    }

    @Test
    void doesNotKeepAFunctionThatIsTooLarge() throws IOException {
        FunctionCache cache = new FunctionCache(FUNCTIONS);
        cache.limit(200_000);
        cache.put(0, function(20_000));
        assertThat(cache.get(0)).isNull();
        assertThat(cache.weight()).isZero();
    }

    private static DecodedFunction function(int rows) throws IOException {
        try (GsymFile file = GsymFile.open(indexesOfLlvm().findFirst().orElseThrow())) {
            int[] column = new int[rows];
            return new DecodedFunction(
                    file, 0, rows, new DecodedFunction.Lines(column, column, column), DecodedCalls.none(0), null);
        }
    }
}
