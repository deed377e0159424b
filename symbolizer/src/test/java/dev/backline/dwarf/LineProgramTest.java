package dev.backline.dwarf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.elf.ElfBuilder;
import dev.backline.elf.ElfFile;
import dev.backline.fuzz.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Line number programs of a few opcodes: the effect of each opcode and each field of the header (DWARF5 6.2). */
class LineProgramTest {
    static final int COPY = 1;
    static final int ADVANCE_PC = 2;
    static final int ADVANCE_LINE = 3;
    static final int SET_FILE = 4;
    static final int SET_COLUMN = 5;
    static final int NEGATE_STMT = 6;
    private static final int SET_BASIC_BLOCK = 7;
    static final int CONST_ADD_PC = 8;
    static final int FIXED_ADVANCE_PC = 9;
    private static final int SET_PROLOGUE_END = 10;
    private static final int SET_EPILOGUE_BEGIN = 11;
    private static final int SET_ISA = 12;

    static final int PATH = 1;

    static final int FORM_STRING = 0x08;
    static final int FORM_SEC_OFFSET = 0x17;

    /** A table and its unit. */
    static final class Table {
        int version = 4;
        int addressSize = 8;
        int minimumInstructionLength = 1;
        int maximumOperations = 1;
        int lineBase = -5;
        int lineRange = 14;
        int[] operands = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1};
        Bytes names = new Bytes().u1(0).string("a.c").u1(0, 0, 0).u1(0);
        boolean dwarf64;
        int lengthBeyond;
        int headerLengthBeyond;

        /** With DW_AT_comp_dir "/src" and strings "s0", "s1" and so on, four bytes each with their NULs. */
        LineTable read(Bytes program) throws IOException {
            Dwarf dwarf = Dwarf.of(ElfFile.of("made.elf", elf(program)));
            return dwarf.readUnit(0).lines();
        }

        byte[] elf(Bytes program) {
            Bytes rest = new Bytes().u1(minimumInstructionLength);
            if (version >= 4) {
                rest.u1(maximumOperations);
            }
            rest.u1(1, lineBase, lineRange, operands.length + 1).u1(operands).add(names.toArray());
            Bytes table = new Bytes().u2(version);
            if (version == 5) {
                table.u1(addressSize, 0);
            }
            int headerLength = rest.size() + headerLengthBeyond;
            table = dwarf64 ? table.u8(headerLength) : table.u4(headerLength);
            table.add(rest.toArray()).add(program.toArray());
            int length = table.size() + lengthBeyond;
            Bytes line = dwarf64 ? new Bytes().u4(0xffffffffL).u8(length) : new Bytes().u4(length);
            line.add(table.toArray());

            // DW_TAG_compile_unit with DW_AT_stmt_list, DW_AT_comp_dir and DW_AT_str_offsets_base
            Bytes abbreviations = new Bytes()
                    .u1(1, 0x11, 0, 0x10, FORM_SEC_OFFSET, 0x1b, FORM_STRING, 0x72, FORM_SEC_OFFSET, 0, 0, 0);
            Bytes unit = new Bytes()
                    .u2(5)
                    .u1(1, addressSize)
                    .u4(0)
                    .u1(1)
                    .u4(0)
                    .string("/src")
                    .u4(8);
            Bytes strings = new Bytes()
                    .string("s0")
                    .u1(0)
                    .string("s1")
                    .u1(0)
                    .string("s2")
                    .u1(0);
            Bytes offsets = new Bytes().u4(4 + 3 * 4).u2(5).u2(0).u4(0).u4(4).u4(8);
            ElfBuilder elf = ElfBuilder.executable();
            elf.debug(".debug_abbrev", abbreviations.toArray());
            elf.debug(
                    ".debug_info",
                    new Bytes().u4(unit.size()).add(unit.toArray()).toArray());
            elf.debug(".debug_line", line.toArray());
            elf.debug(".debug_str", strings.toArray());
            elf.debug(".debug_line_str", strings.toArray());
            elf.debug(".debug_str_offsets", offsets.toArray());
            return elf.build();
        }

        /** The rows of a program that starts at address 0x1000 and ends its sequence 0x1000 after its last row. */
        List<String> rows(Bytes program) throws IOException {
            return LineProgramTest.rows(
                    read(begin().add(program.toArray()).add(end(0x1000).toArray())));
        }
    }

    static Bytes begin() {
        return setAddress(0x1000);
    }

    static Bytes setAddress(long address) {
        return new Bytes().u1(0, 9, 2).u8(address);
    }

    /** DW_LNE_end_sequence, this number of bytes later. */
    static Bytes end(int further) {
        return new Bytes().u1(FIXED_ADVANCE_PC).u2(further).u1(0, 1, 1);
    }

    static Bytes program(int... opcodes) {
        return new Bytes().u1(opcodes);
    }

    /** A directory or file table of one format; each entry has the values of its fields. */
    static Bytes entries(int[] format, byte[]... entries) {
        Bytes table = new Bytes().u1(format.length / 2);
        for (int each : format) {
            table.uleb(each);
        }
        table.uleb(entries.length);
        for (byte[] entry : entries) {
            table.add(entry);
        }
        return table;
    }

    static byte[] string(String text, int... rest) {
        return new Bytes().string(text).u1(rest).toArray();
    }

    static List<String> rows(LineTable table) {
        List<String> rows = new ArrayList<>();
        for (int row = 0; row < table.rows(); row++) {
            int discriminator = table.discriminator(row);
            rows.add(Long.toHexString(table.address(row)) + " " + table.file(row) + ":" + table.line(row) + ":"
                    + table.column(row) + (discriminator == 0 ? "" : " discriminator " + discriminator));
        }
        return rows;
    }

    /** DWARF5 6.2.5.1 has the formula for the opcode. */
    @Test
    void aSpecialOpcodeAdvancesAddressAndLineAtOnce() throws IOException {
        Table table = new Table();
        for (int advance = 0; advance < 18; advance++) {
            for (int increment = -5; increment < 9; increment++) {
                int opcode = (increment + 5) + 14 * advance + 13;
                if (opcode <= 255) {
                    assertThat(table.rows(program(ADVANCE_LINE, 9, opcode)))
                            .containsExactly(Long.toHexString(0x1000 + advance) + " 1:" + (10 + increment) + ":0");
                }
            }
        }
    }

    @Test
    void opcodesFromOpcodeBaseOnAreSpecial() throws IOException {
        Table table = new Table();
        table.version = 2;
        table.operands = new int[] {0, 1, 1, 1, 1, 0, 0, 0, 1};

        // 10 is the first special opcode: no advance, line_base.
        assertThat(table.rows(program(ADVANCE_LINE, 9, SET_PROLOGUE_END))).containsExactly("1000 1:5:0");
    }

    @Test
    void addressesAdvanceByInstructionsOfMinimumLengthExceptForAFixedAdvance() throws IOException {
        Table table = new Table();
        table.minimumInstructionLength = 4;

        assertThat(table.rows(program(ADVANCE_PC, 3, COPY))).containsExactly("100c 1:1:0");
        // The advance of special opcode 255: (255 - 13) / 14 instructions.
        assertThat(table.rows(program(CONST_ADD_PC, COPY))).containsExactly("1044 1:1:0");
        assertThat(table.rows(program(13 + 5 + 14 * 2))).containsExactly("1008 1:1:0");
        assertThat(table.rows(program(FIXED_ADVANCE_PC, 3, 1, COPY))).containsExactly("1103 1:1:0");
    }

    /** Three operations in an instruction of sixteen bytes, as on IA-64. */
    static Table operations(int version) {
        Table table = new Table();
        table.version = version;
        table.names = version == 5
                ? new Bytes()
                        .u1(0, 0)
                        .add(entries(new int[] {PATH, FORM_STRING}, string("a.c"), string("b.c"))
                                .toArray())
                : table.names;
        table.minimumInstructionLength = 16;
        table.maximumOperations = 3;
        return table;
    }

    static Bytes byOperations() {
        Bytes program = program(ADVANCE_PC, 2, COPY);
        // Four operations are one instruction and one operation.
        program.u1(ADVANCE_PC, 2, ADVANCE_LINE, 1, COPY);
        program.u1(13 + 5 + 1 + 14);
        // 2 + 17 operations: six instructions, and one operation.
        program.u1(CONST_ADD_PC, ADVANCE_LINE, 1, COPY);
        program.u1(13 + 5 + 1 + 14 * 2);
        program.u1(13 + 5 + 1 + 14 * 2, ADVANCE_PC, 1, ADVANCE_LINE, 1, COPY);
        // A fixed advance and a set address reset the operation to 0.
        program.u1(ADVANCE_PC, 2, FIXED_ADVANCE_PC, 8, 0, ADVANCE_PC, 1, ADVANCE_LINE, 1, COPY);
        program.u1(ADVANCE_PC, 1).add(setAddress(0x2000).toArray());
        return program.u1(ADVANCE_PC, 2, ADVANCE_LINE, 1, COPY);
    }

    /** DWARF5 6.2.5.1: address and op_index if an instruction has several operations. */
    @ParameterizedTest
    @ValueSource(ints = {4, 5})
    void operationsOfAnInstructionAreCountedBeforeTheAddressAdvances(int version) throws IOException {
        assertThat(operations(version).rows(byOperations()))
                .containsExactly(
                        "1000 1:1:0",
                        "1010 1:3:0",
                        "1070 1:4:0",
                        "1080 1:6:0",
                        "1090 1:7:0",
                        "1098 1:8:0",
                        "2000 1:9:0");
    }

    @Test
    void numbersOfMoreThanSevenBitsAreReadWhole() throws IOException {
        Table table = new Table();

        assertThat(table.rows(program(SET_COLUMN).uleb(127).u1(COPY))).containsExactly("1000 1:1:127");
        assertThat(table.rows(program(SET_COLUMN).uleb(128).u1(COPY))).containsExactly("1000 1:1:128");
        assertThat(table.rows(
                        program(SET_COLUMN).uleb(70_000).u1(SET_FILE).uleb(300).u1(COPY)))
                .containsExactly("1000 300:1:70000");
        assertThat(table.rows(program(ADVANCE_PC).uleb(0x12345).u1(ADVANCE_LINE).u1(0xff, 0x01, COPY)))
                .containsExactly("13345 1:256:0");
        // -128 as a signed LEB128
        assertThat(table.rows(program(ADVANCE_LINE).u1(0xff, 0x01, ADVANCE_LINE, 0x80, 0x7f, COPY)))
                .containsExactly("1000 1:128:0");
    }

    @Test
    void flagsOfRowsChangeNeitherLineNorAddress() throws IOException {
        assertThat(new Table()
                        .rows(program(
                                NEGATE_STMT,
                                SET_BASIC_BLOCK,
                                SET_PROLOGUE_END,
                                SET_EPILOGUE_BEGIN,
                                SET_ISA,
                                0x85,
                                1,
                                COPY)))
                .containsExactly("1000 1:1:0");
    }

    /** DWARF5 6.2.5.2: standard_opcode_lengths gives the number of operands to skip. */
    @Test
    void opcodesOfLaterStandardsAreSkippedWithTheirOperands() throws IOException {
        Table table = new Table();
        table.operands = new int[] {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 2, 0, 200};
        Bytes program = program(13, 0x81, 1, 0x82, 2, 14, 15);
        for (int i = 0; i < 200; i++) {
            program.u1(COPY);
        }

        assertThat(table.rows(program.u1(ADVANCE_LINE, 6, COPY))).containsExactly("1000 1:7:0");
    }

    @Test
    void extendedOpcodesOfVendorsAreSkippedByTheirLength() throws IOException {
        assertThat(new Table().rows(program(0, 4, 0x80, COPY, COPY, COPY, 0, 1, 0xff, 0, 0, ADVANCE_LINE, 1, COPY)))
                .containsExactly("1000 1:2:0");
    }

    @Test
    void aDiscriminatorAppliesOnlyToTheNextRow() throws IOException {
        LineTable table = new Table()
                .read(begin().u1(0, 2, 4, 7, COPY, 13 + 5 + 1 + 14, 0, 3, 4, 0x80, 1, 13 + 5 + 1 + 14)
                        .u1(13 + 5 + 1 + 14)
                        .add(end(4).toArray()));

        assertThat(rows(table))
                .containsExactly(
                        "1000 1:1:0 discriminator 7", "1001 1:2:0", "1002 1:3:0 discriminator 128", "1003 1:4:0");
    }

    @Test
    void aLookUpReturnsTheLastRowAtAnAddress() throws IOException {
        LineTable table = new Table()
                .read(begin().u1(COPY, ADVANCE_LINE, 4, COPY, 13 + 5 + 1 + 14).add(end(4).toArray()));

        assertThat(rows(table)).containsExactly("1000 1:5:0", "1001 1:6:0");
        // The rows of one sequence are not merged with those of the next.
        LineTable two = new Table()
                .read(begin().u1(COPY)
                        .add(end(4).toArray())
                        .add(setAddress(0x1000).toArray())
                        .u1(ADVANCE_LINE, 1, COPY)
                        .add(end(4).toArray()));
        assertThat(rows(two)).containsExactly("1000 1:1:0", "1000 1:2:0");
    }

    @Test
    void theEndOfASequenceResetsAllRegisters() throws IOException {
        Table table = new Table();
        table.minimumInstructionLength = 4;
        table.maximumOperations = 2;
        LineTable read = table.read(begin().u1(SET_FILE, 3, ADVANCE_LINE, 5, SET_COLUMN, 9, COPY, 0, 2, 4, 7)
                .u1(ADVANCE_PC, 5)
                .u1(0, 1, 1)
                .u1(COPY, ADVANCE_PC, 1, 13 + 5 + 14)
                .u1(0, 1, 1));

        // The second sequence does not set an address: it starts at 0, operation 0.
        assertThat(rows(read)).containsExactly("1000 3:6:9", "0 1:1:0", "4 1:1:0");
        assertThat(read.sequences()).isEqualTo(2);
    }

    @Test
    void sequencesAreFoundByTheirAddressesWhateverTheirOrder() throws IOException {
        LineTable table = new Table()
                .read(setAddress(0x3000)
                        .u1(COPY, 13 + 5 + 1 + 14)
                        .add(end(0xf).toArray())
                        .add(setAddress(0xffffffff81000000L).toArray())
                        .u1(ADVANCE_LINE, 9, COPY)
                        .add(end(8).toArray())
                        .add(setAddress(0x1000).toArray())
                        .u1(ADVANCE_LINE, 19, COPY)
                        .add(end(0x10).toArray())
                        // Sequences without rows or without addresses are dropped.
                        .add(setAddress(0x2000).toArray())
                        .add(end(0x10).toArray())
                        .add(setAddress(0x2000).toArray())
                        .u1(COPY)
                        .add(end(0).toArray())
                        .add(setAddress(0x1010).toArray())
                        .u1(ADVANCE_LINE, 29, COPY)
                        .add(end(0x10).toArray()));

        assertThat(table.sequences()).isEqualTo(4);
        List<String> sequences = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            sequences.add(Long.toHexString(table.sequenceLow(i)) + "-" + Long.toHexString(table.sequenceHigh(i)));
        }
        assertThat(sequences)
                .containsExactly("1000-1010", "1010-1020", "3000-3010", "ffffffff81000000-ffffffff81000008");
        assertThat(table.lastRow(2)).isEqualTo(2);
        String[][] lines = {
            {"fff", "-"},
            {"1000", "20"},
            {"100f", "20"},
            {"1010", "30"},
            {"101f", "30"},
            {"1020", "-"},
            {"2000", "-"},
            {"2fff", "-"},
            {"3000", "1"},
            {"3001", "2"},
            {"300f", "2"},
            {"3010", "-"},
            {"ffffffff80ffffff", "-"},
            {"ffffffff81000000", "10"},
            {"ffffffff81000007", "10"},
            {"ffffffff81000008", "-"},
        };
        for (String[] each : lines) {
            int row = table.find(Long.parseUnsignedLong(each[0], 16));
            assertThat(row == LineTable.NONE ? "-" : Integer.toString(table.line(row)))
                    .as(each[0])
                    .isEqualTo(each[1]);
        }
    }

    @Test
    void aThousandRowsOfOneByteEachAreKept() throws IOException {
        Bytes program = begin();
        for (int i = 0; i < 1000; i++) {
            program.u1(13 + 5 + 1 + 14);
        }
        LineTable table = new Table().read(program.add(end(1).toArray()));

        assertThat(table.rows()).isEqualTo(1000);
        assertThat(rows(table)).startsWith("1001 1:2:0").endsWith("13e8 1:1001:0");
        // Address, file, line, column: 20 bytes a row.
        assertThat(table.weight()).isBetween(20_000L, 21_000L);
        assertThat(new Table()
                        .read(begin().u1(0, 2, 4, 1).add(program.toArray()))
                        .weight())
                .isBetween(24_000L, 25_000L);
    }

    @ParameterizedTest
    @CsvSource({"2, 2, 1234", "4, 4, 12345678", "8, 8, 123456789abcdef0", "4, 8, 9abcdef0"})
    void anAddressHasTheLengthOfItsOpcodeAndIsCutToTheUnitsAddressSize(int unit, int size, String address)
            throws IOException {
        Table table = new Table();
        table.addressSize = unit;
        Bytes set = new Bytes().u1(0, 1 + size, 2);
        long value = 0x123456789abcdef0L;
        set = switch (size) {
            case 2 -> set.u2(0x1234);
            case 4 -> set.u4(0x12345678);
            default -> set.u8(value);
        };

        assertThat(rows(table.read(set.u1(COPY).add(end(1).toArray())))).containsExactly(address + " 1:1:0");
    }

    private static void refused(Table table, Bytes program, String... message) {
        assertThatThrownBy(() -> table.read(program))
                .isInstanceOf(DwarfException.class)
                .hasMessageContainingAll(message);
    }

    @Test
    void aDamagedTableIsRefusedWithItsPlaceAndTheProblem() {
        Table range = new Table();
        range.lineRange = 0;
        // After the header's 37 bytes.
        refused(range, program(COPY, 13), ".debug_line", "0x26", "a special opcode", "line_range is 0");
        refused(
                new Table(),
                program(COPY, 0, 9, 2, 1),
                "0x26",
                "an extended opcode of 0x9 bytes extends past the end of the table");
        refused(new Table(), program(0).uleb(-1), "an extended opcode of 0xffffffffffffffff bytes");
        refused(new Table(), program(COPY, 0, 4, 2, 1, 2, 3), "0x26", "DW_LNE_set_address with an address of 3 bytes");
        refused(new Table(), program(ADVANCE_PC, 0x80), "the line table runs past its end");
        refused(new Table(), program(SET_COLUMN), "the line table runs past its end");

        for (int version : new int[] {0, 1, 6}) {
            Table other = new Table();
            other.version = version;
            refused(other, new Bytes(), "unsupported version " + version + " of the line table (supported: 2 to 5)");
        }
        Table longer = new Table();
        longer.lengthBeyond = 1;
        refused(longer, begin(), "0x0", "the line table's length", "extends past the end of the section");
        Table header = new Table();
        header.headerLengthBeyond = 1;
        refused(header, new Bytes(), "header_length", "extends past the end of the table");
        Table shorter = new Table();
        shorter.headerLengthBeyond = -1;
        refused(shorter, new Bytes(), "header_length", "ends inside the file table");

        Table many = new Table();
        many.version = 5;
        many.names = new Bytes().u1(1, PATH, FORM_STRING).uleb(1000).u1(0, 0);
        refused(many, new Bytes(), "a table of 0x3e8 names extends past the end of the header");
        many.names = new Bytes().u1(0, 5).u1(0, 0, 0, 0, 0);
        refused(many, new Bytes(), "a table of 0x5 names extends past the end of the header");
        many.names = new Bytes().u1(1, PATH, FORM_STRING).uleb(-1).u1(0, 0);
        refused(many, new Bytes(), "a table of 0xffffffffffffffff names extends past the end of the header");
        many.names = new Bytes().u1(1, PATH, 0x7f, 1, 0, 0, 0);
        refused(many, new Bytes(), "a line table field has the unknown form 0x7f");
    }

    @Test
    void aTableThatFillsItsSectionToTheLastByteIsRead() throws IOException {
        assertThat(new Table().read(new Bytes()).rows()).isZero();
        Table table = new Table();
        table.lineRange = 0;
        assertThat(table.rows(program(CONST_ADD_PC, COPY))).containsExactly("1000 1:1:0");
    }
}
