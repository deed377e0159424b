package dev.backline.dwarf;

import static dev.backline.dwarf.LineProgramTest.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fuzz.Bytes;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files and directories in headers of line number programs (DWARF5 6.2.4). */
class LineHeaderTest {
    private static final int DIRECTORY_INDEX = 2;
    private static final int TIMESTAMP = 3;
    private static final int VENDORS = 0x2001;
    private static final int FORM_BLOCK2 = 0x03;
    private static final int FORM_BLOCK4 = 0x04;
    private static final int FORM_DATA2 = 0x05;
    private static final int FORM_DATA4 = 0x06;
    private static final int FORM_DATA8 = 0x07;
    private static final int FORM_BLOCK = 0x09;
    private static final int FORM_BLOCK1 = 0x0a;
    private static final int FORM_DATA1 = 0x0b;
    private static final int FORM_FLAG = 0x0c;
    private static final int FORM_SDATA = 0x0d;
    private static final int FORM_STRP = 0x0e;
    private static final int FORM_UDATA = 0x0f;
    private static final int FORM_STRX = 0x1a;
    private static final int FORM_DATA16 = 0x1e;
    private static final int FORM_LINE_STRP = 0x1f;
    private static final int FORM_STRX1 = 0x25;
    private static final int FORM_STRX2 = 0x26;
    private static final int FORM_STRX3 = 0x27;
    private static final int FORM_STRX4 = 0x28;

    private static String path(LineTable table, int file) throws IOException {
        return Objects.requireNonNull(table.header().file(file)).path();
    }

    /** DWARF4 6.2.4: file 1 is the first; directory 0 is the compilation directory. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void filesAndDirectoriesAreCountedFromOneBeforeVersion5(int version) throws IOException {
        Table table = new Table();
        table.version = version;
        table.names = new Bytes()
                .string("include")
                .string("/abs")
                .u1(0)
                .string("a.c")
                .u1(0, 0, 0)
                .string("b.h")
                .u1(1, 0x81, 1, 7)
                .string("c.h")
                .u1(2, 0, 0)
                .string("d.h")
                .u1(3, 0, 0)
                .u1(0);
        // DW_LNE_define_file
        LineTable read = table.read(program(0, 8, 3).string("e.h").u1(1, 0, 0));

        assertThat(path(read, 1)).isEqualTo("/src/a.c");
        assertThat(path(read, 2)).isEqualTo("/src/include/b.h");
        assertThat(path(read, 3)).isEqualTo("/abs/c.h");
        assertThat(path(read, 4)).as("a directory that is not in the table").isEqualTo("/src/d.h");
        assertThat(path(read, 5)).as("the file that the program defines").isEqualTo("/src/include/e.h");
        assertThat(path(read, 5)).isEqualTo("/src/include/e.h");
        for (int none : new int[] {-1, 0, 6, 7}) {
            assertThat(read.header().file(none)).isNull();
        }
    }

    /** DWARF5 6.2.4: both start at 0; directory 0 is the compilation directory. */
    @Test
    void filesAndDirectoriesAreCountedFromZeroInVersion5() throws IOException {
        Table table = new Table();
        table.version = 5;
        table.names = entries(new int[] {PATH, FORM_STRING}, string("/build"), string("include"))
                .add(entries(
                                new int[] {PATH, FORM_STRING, DIRECTORY_INDEX, FORM_DATA1},
                                string("a.c", 0),
                                string("b.h", 1),
                                string("c.h", 2))
                        .toArray());
        LineTable read = table.read(new Bytes());

        assertThat(path(read, 0)).isEqualTo("/build/a.c");
        assertThat(path(read, 1)).isEqualTo("/src/include/b.h");
        assertThat(path(read, 2)).as("a directory that is not in the table").isEqualTo("/src/c.h");
        for (int none : new int[] {-1, 3, 4}) {
            assertThat(read.header().file(none)).isNull();
        }
        assertThat(read.rows()).isZero();
    }

    @Test
    void filesWithoutADirectoryTableAreInTheCompilationDirectory() throws IOException {
        Table table = new Table();
        table.version = 5;
        table.names = new Bytes()
                .u1(0, 0)
                .add(entries(new int[] {PATH, FORM_STRING}, string("a.c")).toArray());

        assertThat(path(table.read(new Bytes()), 0)).isEqualTo("/src/a.c");
    }

    /** DWARF5 6.2.4.1 and 7.5.6; the strings are s0, s1 and s2, four bytes apart. */
    @Test
    void namesAreReadInEveryForm() throws IOException {
        Object[][] forms = {
            {FORM_LINE_STRP, new Bytes().u4(4)},
            {FORM_STRP, new Bytes().u4(4)},
            {FORM_STRING, new Bytes().string("s1")},
            {FORM_STRX, new Bytes().uleb(1)},
            {FORM_STRX1, new Bytes().u1(1)},
            {FORM_STRX2, new Bytes().u2(1)},
            {FORM_STRX3, new Bytes().u2(1).u1(0)},
            {FORM_STRX4, new Bytes().u4(1)},
        };
        for (Object[] each : forms) {
            int form = (int) each[0];
            byte[] name = ((Bytes) each[1]).toArray();
            Table table = new Table();
            table.version = 5;
            table.names = entries(new int[] {PATH, form}, name, name)
                    .add(entries(
                                    new int[] {PATH, form, DIRECTORY_INDEX, FORM_UDATA},
                                    new Bytes().add(name).u1(0).toArray(),
                                    new Bytes().add(name).u1(1).toArray())
                            .toArray());
            LineTable read = table.read(new Bytes());

            assertThat(path(read, 0)).as("form 0x%x", form).isEqualTo("s1/s1");
            assertThat(path(read, 1)).as("form 0x%x", form).isEqualTo("/src/s1/s1");
        }
    }

    @Test
    void directoryIndexesAreReadInEveryForm() throws IOException {
        Object[][] forms = {
            {FORM_DATA1, new Bytes().u1(1)},
            {FORM_DATA2, new Bytes().u2(1)},
            {FORM_DATA4, new Bytes().u4(1)},
            {FORM_DATA8, new Bytes().u8(1)},
            {FORM_UDATA, new Bytes().uleb(1)},
            {FORM_SDATA, new Bytes().u1(1)},
        };
        for (Object[] each : forms) {
            int form = (int) each[0];
            Table table = new Table();
            table.version = 5;
            table.names = entries(new int[] {PATH, FORM_STRING}, string("x"), string("y"))
                    .add(entries(
                                    new int[] {DIRECTORY_INDEX, form, PATH, FORM_STRING},
                                    new Bytes()
                                            .add(((Bytes) each[1]).toArray())
                                            .string("a.c")
                                            .toArray())
                            .toArray());

            assertThat(path(table.read(new Bytes()), 0)).as("form 0x%x", form).isEqualTo("/src/y/a.c");
        }
    }

    @Test
    void unknownFieldsAreSkipped() throws IOException {
        Object[][] forms = {
            {FORM_DATA16, new Bytes().u8(-1).u8(-1)},
            {FORM_DATA8, new Bytes().u8(-1)},
            {FORM_UDATA, new Bytes().uleb(-1)},
            {FORM_SDATA, new Bytes().u1(0xff, 0xff, 0x7f)},
            {FORM_FLAG, new Bytes().u1(1)},
            {FORM_SEC_OFFSET, new Bytes().u4(-1)},
            {FORM_STRING, new Bytes().string("anything")},
            {FORM_BLOCK, new Bytes().uleb(3).u1(9, 9, 9)},
            {FORM_BLOCK1, new Bytes().u1(3).u1(9, 9, 9)},
            {FORM_BLOCK2, new Bytes().u2(3).u1(9, 9, 9)},
            {FORM_BLOCK4, new Bytes().u4(3).u1(9, 9, 9)},
        };
        for (int type : new int[] {TIMESTAMP, VENDORS}) {
            for (Object[] each : forms) {
                int form = (int) each[0];
                Table table = new Table();
                table.version = 5;
                table.names = new Bytes()
                        .u1(0, 0)
                        .add(entries(
                                        new int[] {type, form, PATH, FORM_STRING},
                                        new Bytes()
                                                .add(((Bytes) each[1]).toArray())
                                                .string("a.c")
                                                .toArray())
                                .toArray());

                assertThat(path(table.read(new Bytes()), 0))
                        .as("form 0x%x", form)
                        .isEqualTo("/src/a.c");
            }
        }
    }

    @Test
    void namesOfOneByteEachMayFillTheRestOfTheHeader() throws IOException {
        Table table = new Table();
        table.version = 5;
        table.names = new Bytes()
                .u1(0, 0)
                .add(entries(new int[] {PATH, FORM_STRING}, string(""), string(""))
                        .toArray());

        assertThat(path(table.read(new Bytes()), 1)).isEqualTo("/src/");
    }

    /** DWARF5 7.4: lengths and offsets of eight bytes. */
    @ParameterizedTest
    @ValueSource(ints = {3, 5})
    void aTableMayBeOf64BitDwarf(int version) throws IOException {
        Table table = new Table();
        table.version = version;
        table.dwarf64 = true;
        if (version == 5) {
            table.names = new Bytes()
                    .u1(0, 0)
                    .add(entries(
                                    new int[] {PATH, FORM_LINE_STRP},
                                    new Bytes().u8(8).toArray())
                            .toArray());
        }
        LineTable read = table.read(begin().u1(COPY).add(end(4).toArray()));

        assertThat(rows(read)).containsExactly("1000 1:1:0");
        assertThat(path(read, version == 5 ? 0 : 1)).isEqualTo(version == 5 ? "/src/s2" : "/src/a.c");
    }

    /** Bytes after the known fields of a header, up to its length, are for later versions. */
    @Test
    void aHeaderMayBeLongerThanItsKnownFields() throws IOException {
        Table table = new Table();
        table.headerLengthBeyond = 2;

        assertThat(rows(table.read(
                        program(0xff, 0xff).add(begin().toArray()).u1(COPY).add(end(1).toArray()))))
                .containsExactly("1000 1:1:0");
    }
}
