package dev.backline.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.elf.ElfBuilder;
import dev.backline.elf.ElfFile;
import dev.backline.fuzz.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The buffers that a thread reuses from unit to unit. */
class ScratchTest {
    /** More and fewer declarations and file names than the buffers hold at first and keep. */
    private static final int[] SIZES = {1, 300, 5000, 2, 256, 257, 4096, 40};

    private final Bytes abbreviations = new Bytes();
    private final Bytes info = new Bytes();
    private final Bytes lines = new Bytes();
    private final List<Long> units = new ArrayList<>();

    /** Each unit has this many declarations, with different attributes, and a line table with its own advances. */
    private byte[] elf(Random random) {
        for (int size : SIZES) {
            int table = abbreviations.size();
            // DW_TAG_compile_unit with DW_AT_stmt_list of DW_FORM_sec_offset
            abbreviations.u1(1, 0x11, 1, 0x10, 0x17, 0, 0);
            for (int code = 2; code <= size; code++) {
                abbreviations.uleb(code).u1(random.nextInt(1, 0x4b), random.nextInt(2));
                for (int attributes = random.nextInt(4); attributes > 0; attributes--) {
                    // Any attribute, with a form of fixed size, a number or a string
                    abbreviations.u1(random.nextInt(1, 0x70), random.nextBoolean() ? 0x0b : random.nextInt(5, 0x0f));
                }
                abbreviations.u1(0, 0);
            }
            abbreviations.u1(0);
            units.add((long) info.size());
            Bytes unit =
                    new Bytes().u2(5).u1(1, 8).u4(table).u1(1).u4(lines.size()).u1(0);
            info.u4(unit.size()).add(unit.toArray());
            lines.add(lineTable(random, size));
        }
        ElfBuilder elf = ElfBuilder.executable();
        elf.debug(".debug_abbrev", abbreviations.toArray());
        elf.debug(".debug_info", info.toArray());
        elf.debug(".debug_line", lines.toArray());
        return elf.build();
    }

    private static byte[] lineTable(Random random, int names) {
        int lineRange = random.nextInt(1, 20);
        Bytes rest = new Bytes().u1(1, 1, 1, -random.nextInt(6), lineRange, 10, 0, 1, 1, 1, 1, 0, 0, 0, 1);
        rest.u1(1, 1, 8).uleb(1).string("/src");
        rest.u1(1, 1, 8).uleb(names);
        for (int i = 0; i < names; i++) {
            rest.string("file" + i);
        }
        Bytes table = new Bytes().u2(5).u1(8, 0).u4(rest.size()).add(rest.toArray());
        table.add(LineProgramTest.setAddress(0x1000).toArray());
        for (int i = 0; i < 50; i++) {
            table.u1(random.nextInt(10, 256));
        }
        table.add(LineProgramTest.end(1).toArray());
        return new Bytes().u4(table.size()).add(table.toArray()).toArray();
    }

    private static String contents(Unit unit) throws IOException {
        Abbreviations table = unit.context().abbreviations();
        LineTable lines = unit.lines();
        StringBuilder text = new StringBuilder();
        text.append(Arrays.toString(table.steps(true, true))).append(Arrays.toString(table.steps(false, false)));
        for (int i = 0; i < table.denseCodes(); i++) {
            text.append(' ').append(table.tag(i)).append(' ').append(table.siblingPlace(i));
        }
        text.append(LineProgramTest.rows(lines));
        for (int file = 0; lines.header().file(file) != null; file++) {
            text.append(lines.header().file(file)).append('\n');
        }
        return text.toString();
    }

    @Test
    void doNotChangeWhatTheNextUnitsSay() throws IOException {
        Random random = new Random(1);
        byte[] bytes = elf(random);
        List<String> alone = new ArrayList<>();
        for (int i = 0; i < SIZES.length; i++) {
            Unit unit = Dwarf.of(ElfFile.of("made.elf", bytes)).readUnit(units.get(i));
            alone.add(contents(unit));
            assertThat(unit.context().abbreviations().denseCodes()).isEqualTo(SIZES[i]);
            assertThat(unit.lines().header().file(SIZES[i] - 1)).hasToString("/src/file" + (SIZES[i] - 1));
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 2 * SIZES.length; i++) {
            order.add(i % SIZES.length);
        }
        for (int round = 0; round < 5; round++) {
            Collections.shuffle(order, random);
            Dwarf dwarf = Dwarf.of(ElfFile.of("made.elf", bytes));
            for (int i : order) {
                assertThat(contents(dwarf.readUnit(units.get(i))))
                        .as("unit %d, in the order %s", i, order)
                        .isEqualTo(alone.get(i));
            }
        }
    }
}
