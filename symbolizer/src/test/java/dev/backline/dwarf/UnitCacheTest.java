package dev.backline.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.elf.ElfFile;
import dev.backline.fixtures.ElfFixtures;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnitCacheTest {
    private static final int ROOT = 2048;

    @Test
    void releasesTheLeastRecentlyUsedUnitsAndReadsThemAgain() throws IOException {
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture("gcc12-alt-v5").elf())) {
            Dwarf dwarf = Dwarf.of(elf);
            long[] offsets = dwarf.unitOffsets();
            assertThat(offsets.length).isGreaterThan(2);
            Map<Long, Integer> reads = new HashMap<>();
            UnitCache cache = new UnitCache(
                    offset -> {
                        reads.merge(offset, 1, Integer::sum);
                        return dwarf.readUnit(offset);
                    },
                    2 * ROOT);

            for (int round = 0; round < 2; round++) {
                for (long offset : offsets) {
                    Unit unit = cache.get(offset);
                    assertThat(unit.context().header().offset()).isEqualTo(offset);
                    assertThat(cache.get(offset)).isSameAs(unit);
                    assertThat(cache.weight()).isLessThanOrEqualTo(2 * ROOT);
                }
            }

            assertThat(reads).hasSize(offsets.length).containsEntry(offsets[0], 2);
        }
    }

    @Test
    void countsTheMemoryThatUnitsAdd() throws IOException {
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture("gcc12-alt-v5").elf())) {
            Dwarf dwarf = Dwarf.of(elf);
            long[] offsets = dwarf.unitOffsets();
            UnitCache cache = new UnitCache(dwarf::readUnit, 1 << 20);
            for (long offset : offsets) {
                cache.get(offset);
            }
            assertThat(cache.weight()).isEqualTo((long) ROOT * offsets.length);

            cache.grew(offsets[1], 2 << 20);

            assertThat(cache.holds(offsets[1])).isFalse();
            assertThat(cache.weight()).isLessThanOrEqualTo((long) ROOT * (offsets.length - 1));
        }
    }
}
