package dev.backline.dwarf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.elf.ElfBuilder;
import dev.backline.elf.ElfHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressIndexTest {
    private final List<String> expected = new ArrayList<>();

    /** A set (DWARF5 6.1.2) with a random number of tuples. */
    private byte[] set(Random random, boolean big, int addressSize, int offsetSize, int segmentSize, int most) {
        int tuples = random.nextInt(most + 1);
        ByteBuffer b = ByteBuffer.allocate(64 + 24 * (tuples + 2));
        b.order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        if (offsetSize == 8) {
            b.putInt(-1).putLong(0);
        } else {
            b.putInt(0);
        }
        int start = b.position();
        long unit = random.nextInt() & (offsetSize == 8 ? Long.MAX_VALUE : 0xffff_ffffL);
        b.putShort((short) 2);
        put(b, offsetSize, unit);
        b.put((byte) addressSize).put((byte) segmentSize);
        int tuple = 2 * addressSize + segmentSize;
        while (b.position() % tuple != 0) {
            // Bytes of padding may have any value
            b.put((byte) random.nextInt());
        }
        for (int i = 0; i < tuples; i++) {
            long low = addressSize == 8 ? random.nextLong() : random.nextInt() & 0xffff_ffffL;
            long size = random.nextInt(4) == 0 ? 0 : random.nextInt(0x1000);
            b.position(b.position() + segmentSize);
            put(b, addressSize, low);
            put(b, addressSize, size);
            if (Long.compareUnsigned(low, low + size) < 0) {
                expected.add(Long.toHexString(low) + " " + Long.toHexString(low + size) + " " + unit);
            }
        }
        // The end of a set is a tuple of zeros, which some writers leave out; and some pad the set
        b.position(b.position() + (random.nextInt(8) == 0 ? 0 : tuple) + (random.nextInt(8) == 0 ? addressSize : 0));
        int length = b.position() - start;
        if (offsetSize == 8) {
            b.putLong(4, length);
        } else {
            b.putInt(0, length);
        }
        byte[] set = new byte[b.position()];
        b.get(0, set);
        return set;
    }

    private static void put(ByteBuffer b, int size, long value) {
        if (size == 8) {
            b.putLong(value);
        } else {
            b.putInt((int) value);
        }
    }

    private static AddressIndex read(byte[] section, boolean big) throws IOException {
        ElfBuilder elf = new ElfBuilder(true, big, ElfHeader.ET_EXEC, ElfHeader.EM_PPC64);
        elf.debug(".debug_aranges", section);
        return AddressIndex.ofAranges(DebugSections.of(elf.open()));
    }

    private static List<String> ranges(AddressIndex index) {
        List<String> ranges = new ArrayList<>();
        for (int i = 0; i < index.claims(); i++) {
            ranges.add(Long.toHexString(index.low(i)) + " " + Long.toHexString(index.high(i)) + " " + index.unit(i));
        }
        return ranges;
    }

    private static byte[] joined(List<byte[]> sets) {
        ByteBuffer all =
                ByteBuffer.allocate(sets.stream().mapToInt(set -> set.length).sum());
        sets.forEach(all::put);
        return all.array();
    }

    /** Sets as kernels have them, and with {@code others} also sets of other sizes between them. */
    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void readsSetsOfAllSizes(boolean big, boolean others) throws IOException {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            expected.clear();
            List<byte[]> sets = new ArrayList<>();
            for (int i = random.nextInt(300); i >= 0; i--) {
                boolean other = others && random.nextInt(seed % 50 + 1) == 0;
                int most = random.nextInt(100) == 0 ? 2000 : 8;
                sets.add(
                        other
                                ? set(
                                        random,
                                        big,
                                        random.nextBoolean() ? 8 : 4,
                                        random.nextBoolean() ? 8 : 4,
                                        random.nextInt(5),
                                        most)
                                : set(random, big, 8, 4, 0, most));
            }
            assertThat(ranges(read(joined(sets), big))).as("seed %d", seed).isEqualTo(expected);
        }
    }

    @Test
    void namesTheSetThatIsCutShort() throws IOException {
        Random random = new Random(1);
        List<byte[]> sets = new ArrayList<>();
        List<Integer> starts = new ArrayList<>();
        int size = 0;
        for (int i = 0; i < 100; i++) {
            starts.add(size);
            sets.add(set(random, false, 8, 4, 0, 6));
            size += sets.get(i).length;
        }
        byte[] all = joined(sets);
        for (int length = 1; length < size; length++) {
            byte[] cut = Arrays.copyOf(all, length);
            int end = length;
            int last = starts.stream()
                    .filter(start -> start < end)
                    .mapToInt(start -> start)
                    .max()
                    .orElseThrow();
            if (starts.contains(length)) {
                assertThat(read(cut, false)).isNotNull();
            } else {
                assertThatThrownBy(() -> read(cut, false))
                        .as("%d bytes", length)
                        .isInstanceOf(DwarfException.class)
                        .hasMessageContaining(".debug_aranges at 0x" + Integer.toHexString(last) + ":");
            }
        }
    }

    /** Units that all claim the same code. Only one of them has a function there. */
    private static Dwarf claimed(int units, int known) throws IOException {
        // DW_TAG_compile_unit and DW_TAG_subprogram: DW_AT_low_pc as DW_FORM_addr, DW_AT_high_pc as DW_FORM_data1
        byte[] abbreviations = {1, 0x11, 1, 0x11, 1, 0x12, 0x0b, 0, 0, 2, 0x2e, 0, 0x11, 1, 0x12, 0x0b, 0, 0, 0};
        ByteBuffer info = ByteBuffer.allocate(32 * units).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < units; i++) {
            info.putInt(28).putShort((short) 4).putInt(0).put((byte) 8);
            info.put((byte) 1).putLong(0x1000).put((byte) 0x80);
            info.put((byte) 2).putLong(i == known ? 0x1000 : 0x1040).put((byte) 0x10);
            info.put((byte) 0);
        }
        ElfBuilder elf = new ElfBuilder(true, false, ElfHeader.ET_EXEC, ElfHeader.EM_PPC64);
        elf.debug(".debug_info", info.array());
        elf.debug(".debug_abbrev", abbreviations);
        return Dwarf.of(elf.open());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 50, 98})
    void findsTheFunctionInOneOfManyUnitsThatClaimTheAddress(int known) throws IOException {
        Dwarf dwarf = claimed(1000, known);
        assertThat(dwarf.framesAt(0x1008)).hasSize(1);
        assertThat(dwarf.functionsAt(0x1008)).isNotNull();
    }

    @Test
    void asksOnlyTheFirstOfTooManyUnitsThatClaimAnAddress() throws IOException {
        Dwarf dwarf = claimed(1000, 500);
        assertThatThrownBy(() -> dwarf.framesAt(0x1008))
                .hasMessageContaining("more than 100 units claim the same code");
        assertThatThrownBy(() -> dwarf.functionsAt(0x1008))
                .hasMessageContaining("more than 100 units claim the same code");
        assertThat(dwarf.framesAt(0x1048)).hasSize(1);
        assertThat(dwarf.framesAt(0x1080)).isEmpty();
    }
}
