package dev.backline.dwarf;

import static dev.backline.dwarf.DwarfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.ElfBuilder;
import dev.backline.elf.SectionData;
import dev.backline.fuzz.Bytes;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AbbreviationsTest {
    private static final int[] TAGS = {DW_TAG_subprogram, DW_TAG_inlined_subroutine, DW_TAG_structure_type, 0x34, 0x4109
    };

    private static final int[] FORMS = {
        DW_FORM_data1,
        DW_FORM_data4,
        DW_FORM_udata,
        DW_FORM_ref4,
        DW_FORM_strp,
        DW_FORM_addr,
        DW_FORM_flag_present,
        DW_FORM_string,
        DW_FORM_exprloc,
        DW_FORM_implicit_const
    };

    /** Where each declaration of the table starts, and at last the end of the table. */
    private int[] starts = {};

    /** A table with this many declarations. */
    private byte[] table(Random random, int declarations, boolean dense) {
        Bytes b = new Bytes();
        starts = new int[declarations + 1];
        for (int i = 0; i < declarations; i++) {
            starts[i] = b.size();
            b.uleb(code(i, dense)).uleb(TAGS[random.nextInt(TAGS.length)]).u1(random.nextInt(2));
            for (int attributes = random.nextInt(8); attributes > 0; attributes--) {
                int attribute = random.nextInt(6) == 0 ? 0x2100 + random.nextInt(0x40) : random.nextInt(1, 0x8c);
                int form = FORMS[random.nextInt(FORMS.length)];
                b.uleb(attribute).uleb(form);
                if (form == DW_FORM_implicit_const) {
                    b.uleb(random.nextLong() >>> random.nextInt(64));
                }
            }
            b.u1(0, 0);
        }
        b.u1(0);
        starts[declarations] = b.size();
        return b.toArray();
    }

    private static long code(int declaration, boolean dense) {
        return dense ? declaration + 1 : 3L * declaration + 2;
    }

    private static Abbreviations read(byte[] section, int offset, Abbreviations.Columns columns) throws IOException {
        ElfBuilder elf = ElfBuilder.executable();
        elf.debug(".debug_abbrev", section);
        SectionData data = DebugSections.of(elf.open()).find(Kind.ABBREV);
        return Abbreviations.read(
                Objects.requireNonNull(data), false, offset, new Abbreviations.Sizes(8, 4, 5), columns);
    }

    /** All that the table says about the entries with the code. */
    private static String says(Abbreviations table, long code, byte[] entry) throws DwarfException {
        int index = table.index(code);
        StringBuilder text = new StringBuilder()
                .append(table.tag(index))
                .append(table.hasChildren(index))
                .append(table.siblingPlace(index))
                .append(' ')
                .append(table.steps(true, true)[index])
                .append(' ')
                .append(table.stepOver(index, Cursor.of(entry, false), 0));
        for (boolean all : new boolean[] {false, true}) {
            Attributes attributes = new Attributes();
            Cursor c = Cursor.of(entry, false);
            if (all) {
                table.readAll(index, c, attributes);
            } else {
                table.readForFunctions(index, c, attributes);
            }
            text.append(" to ").append(c.position());
            for (int slot = 0; slot < Attributes.COUNT; slot++) {
                if (attributes.has(slot)) {
                    text.append(' ').append(slot).append(':').append(attributes.form(slot));
                    text.append('=').append(attributes.value(slot));
                }
            }
        }
        return text.toString();
    }

    /** A table that starts at a later declaration is read through windows that end elsewhere. */
    @Test
    void saysTheSameWhereverTheWindowsEnd() throws IOException {
        for (int seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            boolean dense = seed % 2 == 0;
            int declarations = random.nextInt(150, 1200);
            byte[] section = table(random, declarations, dense);
            byte[] entry = new byte[256];
            for (int i = 0; i < entry.length; i++) {
                entry[i] = (byte) random.nextInt(4);
            }
            Abbreviations.Columns columns = new Abbreviations.Columns();
            Abbreviations whole = read(section, 0, columns);
            assertThat(columns.read()).isEqualTo(section.length);
            assertThat(whole.denseCodes()).isEqualTo(dense ? declarations : 0);
            for (int from = declarations - 1; from >= 0; from -= random.nextInt(1, 60)) {
                columns = new Abbreviations.Columns();
                Abbreviations rest = read(section, starts[from], columns);
                assertThat(columns.read()).isEqualTo(section.length - starts[from]);
                for (int i = from; i < declarations; i += random.nextInt(1, 10)) {
                    assertThat(says(whole, code(i, dense), entry))
                            .as("seed %d: declaration %d, from %d", seed, i, from)
                            .isEqualTo(says(rest, code(i, dense), entry));
                }
            }
        }
    }

    @Test
    void refusesATableWithoutAnEnd() {
        byte[] section = table(new Random(1), 1000, true);
        for (int length = section.length - 1; length > 0; length -= 97) {
            byte[] cut = Arrays.copyOf(section, length);
            assertThatThrownBy(() -> read(cut, 0, new Abbreviations.Columns()))
                    .isInstanceOf(DwarfException.class)
                    .hasMessageContaining(".debug_abbrev at 0x0: the abbreviation table");
        }
    }
}
