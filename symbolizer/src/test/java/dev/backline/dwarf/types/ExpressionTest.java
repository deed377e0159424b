package dev.backline.dwarf.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.DwarfException;
import dev.backline.dwarf.Entry;
import dev.backline.dwarf.UnitFunctions;
import dev.backline.elf.ElfFile;
import dev.backline.elf.SymbolTable;
import dev.backline.fixtures.ElfFixtures;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hand-written expressions and location lists, in the units of fixtures. */
class ExpressionTest {
    /** Register n is 0x1000 * n, at entry one more; memory is what its address says. */
    private static final Location.Machine MACHINE = new Location.Machine() {
        @Override
        public Long register(int register) {
            return 0x1000L * register;
        }

        @Override
        public Long entryRegister(int register) {
            return 0x1000L * register + 1;
        }

        @Override
        public @Nullable Long memory(long address, int size) {
            return address < 0 ? null : Long.valueOf(size == 8 ? address * 3 : address & 0xff);
        }

        @Override
        public Long frame() {
            return 0x7000_0000L;
        }
    };

    @FunctionalInterface
    private interface Question {
        void ask(Entry root) throws IOException;
    }

    private static void inUnit(String fixture, Question question) throws IOException {
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture(fixture).elf())) {
            SymbolTable symbols = elf.symbols();
            long address = symbols.address(symbols.named("receive")[0]);
            question.ask(Objects.requireNonNull(UnitFunctions.at(Dwarf.of(elf), address))
                    .root());
        }
    }

    /** The operations are numbered in DWARF5 7.7.1. */
    @ParameterizedTest
    @CsvSource({
        "35, 5",
        "0880, 128",
        "0980, -128",
        "0bffff, -1",
        "0cffffffff, 4294967295",
        "10808001, 16384",
        "117f, -1",
        "7308, 0x3008",
        "92057f, 0x4fff",
        "3433 22, 7",
        "3334 1c, -1",
        "3334 1e, 12",
        "3833 1d, 2",
        "117833 1b, -2",
        "3f34 1a, 4",
        "3831 21, 9",
        "3f35 27, 10",
        "3134 24, 16",
        "1178 31 26, -4",
        "1178 083c 25, 15",
        "1178 0840 25, 0",
        "35 1f, -5",
        "117b 19, 5",
        "35 20, -6",
        "35 2303, 8",
        "3536 12 13, 6",
        "3536 14, 5",
        "353637 1502, 5",
        "3536 16 1c, 1",
        "313233 17 13, 1",
        "3536 2d, 1",
        "3635 2a, 1",
        "117f 30 2d, 1",
        "31 28 0100 35 36, 6",
        "30 28 0100 35 36, 6",
        "2f 0100 35 36, 6",
        "7300 06, 0x9000",
        "7308 9401, 8",
        "9c 2308, 0x70000008",
        "a3 01 55, 0x5001",
        "f3 02 7508 2301, 0x500a",
        "96 35 96, 5",
    })
    void evaluatesEachOperation(String bytes, String expected) throws IOException {
        inUnit("gcc12-v5", root -> assertThat(value(root, bytes)).as(bytes).isEqualTo(Long.decode(expected)));
    }

    private static @Nullable Long value(Entry root, String bytes) throws IOException {
        List<Operation> operations = Operation.decode(bytes(bytes), root);
        return new StackExpression(operations, List.of(), root.addressSize()).evaluate(MACHINE);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    @ParameterizedTest
    @CsvSource({"22", "35 30 1b", "35 30 1d", "13", "16", "117f 06", "9b", "2ffdff", "98 0000", "1505"})
    void doesNotKnowTheResultOfAnImpossibleOperation(String bytes) throws IOException {
        inUnit("gcc12-v5", root -> assertThat(value(root, bytes)).as(bytes).isNull());
    }

    @Test
    void rejectsUnknownAndTruncatedOperations() throws IOException {
        inUnit("gcc12-v5", root -> {
            for (String each : List.of("01", "0a00", "0c000000", "a3 05 55", "9e 09 00", "ff", "a8 808001")) {
                assertThatThrownBy(() -> Operation.decode(bytes(each), root))
                        .as(each)
                        .isInstanceOf(DwarfException.class);
            }
        });
    }

    @Test
    void findsTheFirstEntryOfALocationListThatHasTheAddress() throws IOException {
        inUnit("gcc12-v5", root -> {
            long base = root.baseAddress();
            String pairs = "04 10 20 01 50" + "04 18 30 01 51" + "05 01 53";
            assertThat(in(root, base + 0x10, pairs + "00")).containsExactly(0x50);
            assertThat(in(root, base + 0x1f, pairs + "00")).containsExactly(0x50);
            assertThat(in(root, base + 0x20, pairs + "00")).containsExactly(0x51);
            assertThat(in(root, base + 0x40, pairs + "00"))
                    .as("the default location")
                    .containsExactly(0x53);
            assertThat(in(root, 0x1234, "09 01 02" + "08 3012000000000000 10 01 52" + "00"))
                    .containsExactly(0x52);
            assertThat(in(root, 0x1234, "07 3012000000000000 3512000000000000 01 52 00"))
                    .containsExactly(0x52);
            assertThat(in(root, 0x1234, "06 0012000000000000 04 30 40 01 54 00"))
                    .containsExactly(0x54);
            assertThat(in(root, 0x1240, "06 0012000000000000 04 30 40 01 54 00"))
                    .isNull();
            assertThat(in(root, 0x1234, "04 34 34 01 55 00"))
                    .as("an empty range")
                    .isNull();
            assertThatThrownBy(() -> in(root, 0, "0a 00")).isInstanceOf(DwarfException.class);
        });
        inUnit("clang19-v5", root -> {
            long first = root.address(0);
            assertThat(in(root, first + 1, "03 00 10 01 50 00")).containsExactly(0x50);
            assertThat(in(root, first + 0x11, "01 00 04 10 20 01 51 00")).containsExactly(0x51);
            assertThat(in(root, first, "02 00 01 01 52 00"))
                    .satisfiesAnyOf(
                            found -> assertThat(found).isNull(),
                            found -> assertThat(found).containsExactly(0x52));
        });
        inUnit("gcc12-v4", root -> {
            String pair = "1000000000000000 2000000000000000 0100 50";
            String end = "0000000000000000 0000000000000000";
            assertThat(in(root, root.baseAddress() + 0x10, pair + end)).containsExactly(0x50);
            assertThat(in(root, 0x5010, "ffffffffffffffff 0050000000000000" + pair + end))
                    .containsExactly(0x50);
            assertThat(in(root, 0x5020, "ffffffffffffffff 0050000000000000" + pair + end))
                    .isNull();
        });
    }

    private static byte @Nullable [] in(Entry root, long address, String list) throws IOException {
        return new LocationLists(root, address).in(bytes(list));
    }
}
