package dev.backline.fuzz;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.backline.fixtures.ElfFixtures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of a few megabytes that ask for far more memory or work than that: by references from many places to one large
 * structure, by structures that overlap, by counts without bytes. Random damage hardly makes these. What is read is
 * bounded; whether it ends in an answer or an error is the reader's choice. Runs with a heap of 256 MB.
 */
@Tag("slow")
class AmplificationTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final int DW_TAG_ENUMERATION_TYPE = 0x04;
    private static final int DW_TAG_FORMAL_PARAMETER = 0x05;
    private static final int DW_TAG_LEXICAL_BLOCK = 0x0b;
    private static final int DW_TAG_MEMBER = 0x0d;
    private static final int DW_TAG_COMPILE_UNIT = 0x11;
    private static final int DW_TAG_STRUCTURE_TYPE = 0x13;
    private static final int DW_TAG_SUBROUTINE_TYPE = 0x15;
    private static final int DW_TAG_TYPEDEF = 0x16;
    private static final int DW_TAG_INLINED_SUBROUTINE = 0x1d;
    private static final int DW_TAG_ENUMERATOR = 0x28;
    private static final int DW_TAG_SUBPROGRAM = 0x2e;

    private static final int DW_AT_NAME = 0x03;
    private static final int DW_AT_STMT_LIST = 0x10;
    private static final int DW_AT_LOW_PC = 0x11;
    private static final int DW_AT_HIGH_PC = 0x12;
    private static final int DW_AT_EXTERNAL = 0x3f;
    private static final int DW_AT_TYPE = 0x49;
    private static final int DW_AT_RANGES = 0x55;
    private static final int DW_AT_CALL_LINE = 0x59;

    private static final int DW_FORM_ADDR = 0x01;
    private static final int DW_FORM_DATA4 = 0x06;
    private static final int DW_FORM_STRP = 0x0e;
    private static final int DW_FORM_REF4 = 0x13;
    private static final int DW_FORM_SEC_OFFSET = 0x17;
    private static final int DW_FORM_FLAG_PRESENT = 0x19;
    private static final int DW_FORM_IMPLICIT_CONST = 0x21;

    private static final int DW_RLE_START_END = 0x06;

    /** Where the code of the fixture is. */
    private static final long CODE = 0x400000;

    private static final int CODE_SIZE = 0x100000;

    @Test
    void nestedBlocks() throws IOException {
        Bytes abbreviations = abbreviations(DW_TAG_LEXICAL_BLOCK, true);
        Bytes entries = root().add(filled(2_000_000, 2));
        read(Map.of(".debug_abbrev", abbreviations.toArray(), ".debug_info", unit(entries)));
    }

    @Test
    void inlinedCallsNestedAsDeepAsTheyMayBeWithLongNames() throws IOException {
        Bytes abbreviations = abbreviations(
                DW_TAG_INLINED_SUBROUTINE,
                true,
                DW_AT_LOW_PC,
                DW_FORM_ADDR,
                DW_AT_HIGH_PC,
                DW_FORM_DATA4,
                DW_AT_NAME,
                DW_FORM_STRP);
        Bytes entries = root();
        for (int i = 0; i < 4_000; i++) {
            entries.uleb(2).u8(CODE).u4(CODE_SIZE).u4(i);
        }
        entries.add(new byte[4_002]);
        byte[] names = filled(1_000_000, 'n');
        names[names.length - 1] = 0;
        read(Map.of(".debug_abbrev", abbreviations.toArray(), ".debug_info", unit(entries), ".debug_str", names));
    }

    @Test
    void functionsThatAllOverlap() throws IOException {
        Bytes abbreviations =
                abbreviations(DW_TAG_SUBPROGRAM, false, DW_AT_LOW_PC, DW_FORM_ADDR, DW_AT_HIGH_PC, DW_FORM_DATA4);
        Bytes entries = root();
        for (int i = 0; i < 200_000; i++) {
            entries.uleb(2).u8(CODE + i).u4(CODE_SIZE - 2 * i);
        }
        read(Map.of(".debug_abbrev", abbreviations.toArray(), ".debug_info", unit(entries.u1(0))));
    }

    @Test
    void functionsThatShareOneLongRangeList() throws IOException {
        Bytes abbreviations = abbreviations(DW_TAG_SUBPROGRAM, false, DW_AT_RANGES, DW_FORM_SEC_OFFSET);
        Bytes entries = root();
        for (int i = 0; i < 100_000; i++) {
            entries.uleb(2).u4(FIRST_LIST);
        }
        read(Map.of(
                ".debug_abbrev",
                abbreviations.toArray(),
                ".debug_info",
                unit(entries.u1(0)),
                ".debug_rnglists",
                rangeList(100_000)));
    }

    @Test
    void unitsThatShareOneLongRangeList() throws IOException {
        Bytes abbreviations = new Bytes();
        declare(abbreviations, 1, DW_TAG_COMPILE_UNIT, false, DW_AT_RANGES, DW_FORM_SEC_OFFSET);
        Bytes units = new Bytes();
        byte[] unit = unit(new Bytes().uleb(1).u4(FIRST_LIST));
        for (int i = 0; i < 50_000; i++) {
            units.add(unit);
        }
        read(Map.of(
                ".debug_abbrev",
                abbreviations.u1(0).toArray(),
                ".debug_info",
                units.toArray(),
                ".debug_rnglists",
                rangeList(50_000)));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, CODE + CODE_SIZE})
    void unitsThatAllClaimTheSameCode(long function) throws IOException {
        Bytes abbreviations = new Bytes();
        int[] code = {DW_AT_LOW_PC, DW_FORM_ADDR, DW_AT_HIGH_PC, DW_FORM_DATA4};
        declare(abbreviations, 1, DW_TAG_COMPILE_UNIT, function != 0, code);
        declare(abbreviations, 2, DW_TAG_SUBPROGRAM, false, code);
        Bytes entries = new Bytes().uleb(1).u8(CODE).u4(CODE_SIZE);
        byte[] unit = unit(
                function == 0 ? entries : entries.uleb(2).u8(function).u4(16).u1(0));
        Bytes units = new Bytes();
        for (int i = 0; i < 200_000; i++) {
            units.add(unit);
        }
        read(Map.of(".debug_abbrev", abbreviations.u1(0).toArray(), ".debug_info", units.toArray()));
    }

    @Test
    void unitsThatShareOneLongAbbreviationTable() throws IOException {
        read(Map.of(".debug_abbrev", longTable(), ".debug_info", tinyUnits(0)));
    }

    @Test
    void unitsWhoseAbbreviationTablesOverlap() throws IOException {
        // Each declaration has five bytes, so that each unit starts one declaration further.
        read(Map.of(".debug_abbrev", longTable(), ".debug_info", tinyUnits(5)));
    }

    @Test
    void moreUnitsThanTheHeapHoldsObjects() throws IOException {
        Bytes abbreviations = new Bytes();
        declare(abbreviations, 1, DW_TAG_COMPILE_UNIT, false);
        Bytes units = new Bytes();
        byte[] unit = unit(new Bytes().uleb(1));
        for (int i = 0; i < 700_000; i++) {
            units.add(unit);
        }
        read(Map.of(".debug_abbrev", abbreviations.u1(0).toArray(), ".debug_info", units.toArray()));
    }

    @Test
    void moreDamagedUnitsThanTheHeapHoldsErrors() throws IOException {
        Bytes units = new Bytes();
        byte[] unit = unit(new Bytes().uleb(77));
        for (int i = 0; i < 500_000; i++) {
            units.add(unit);
        }
        read(Map.of(".debug_abbrev", new byte[1], ".debug_info", units.toArray()));
    }

    @Test
    void attributesWithoutBytes() throws IOException {
        int[] attributes = new int[1_000_000];
        for (int i = 0; i < attributes.length; i += 2) {
            attributes[i] = DW_AT_EXTERNAL;
            attributes[i + 1] = DW_FORM_FLAG_PRESENT;
        }
        Bytes abbreviations = abbreviations(DW_TAG_SUBPROGRAM, false, attributes);
        read(Map.of(".debug_abbrev", abbreviations.toArray(), ".debug_info", unit(root().add(filled(500_000, 2)))));
    }

    @Test
    void constantsWithoutBytes() throws IOException {
        Bytes abbreviations = new Bytes();
        declareRoot(abbreviations);
        abbreviations.uleb(2).uleb(DW_TAG_SUBPROGRAM).u1(0);
        for (int i = 0; i < 500_000; i++) {
            abbreviations.uleb(DW_AT_CALL_LINE).uleb(DW_FORM_IMPLICIT_CONST).u1(1);
        }
        abbreviations.u1(0, 0, 0);
        read(Map.of(".debug_abbrev", abbreviations.toArray(), ".debug_info", unit(root().add(filled(500_000, 2)))));
    }

    @Test
    void fileNamesWithoutBytes() throws IOException {
        // No format, and so no bytes, for each of 2^31 directories.
        lines(new Bytes().u1(0).uleb(Integer.MAX_VALUE), new Bytes());
    }

    @Test
    void aRowForEachByteOfALineProgram() throws IOException {
        byte[] program = new byte[8_000_000];
        for (int i = 0; i < program.length; i++) {
            program[i] = (byte) (0x20 + i % 3);
        }
        lines(noFiles(), setAddress(CODE).add(program).u1(0, 1, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "20000, 1000000, 0x20",
        "30000, 20000, 0x20",
        // Does not advance the address, so that no unit has a line for the rest of the code
        "20000, 1000000, 0x14"
    })
    void unitsThatShareOneLineProgram(int units, int rows, int opcode) throws IOException {
        Bytes program = setAddress(CODE).add(filled(rows, opcode)).u1(0, 1, 1);
        byte[] file = file(lines(noFiles(), program, units));
        read(file);
        assertTimeoutPreemptively(LIMIT, () -> Reading.index(file));
    }

    @Test
    void sequencesThatAllOverlap() throws IOException {
        Bytes program = new Bytes();
        for (int i = 0; i < 500_000; i++) {
            program.add(setAddress(CODE + i * 7919L % 1000).toArray());
            // DW_LNS_copy, DW_LNS_advance_pc, DW_LNE_end_sequence
            program.u1(1).u1(2).uleb(100_000).u1(0, 1, 1);
        }
        lines(noFiles(), program);
    }

    @Test
    void symbolsWhoseNamesAreTailsOfOneLongName() throws IOException {
        byte[] names = filled(2_000_000, 'x');
        names[0] = 0;
        names[names.length - 1] = 0;
        Bytes symbols = new Bytes().add(new byte[24]);
        for (int i = 0; i < 60_000; i++) {
            // st_name, st_info STB_GLOBAL STT_FUNC, st_other, st_shndx, st_value, st_size
            symbols.u4(1 + i).u1(0x12, 0).u2(1).u8(CODE + 0x128).u8(1);
        }
        read(Map.of(".strtab", names, ".symtab", symbols.toArray()));
    }

    @Test
    void aUnitThatUnpacksToMostOfTheHeap() throws IOException {
        int size = 120 << 20;
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        // Elf64_Chdr: ELFCOMPRESS_ZLIB, ch_reserved, ch_size, ch_addralign
        packed.writeBytes(new Bytes().u4(1).u4(0).u8(size).u8(1).toArray());
        try (DeflaterOutputStream zlib = new DeflaterOutputStream(packed)) {
            Bytes head = new Bytes().u4(size - 4).u2(5).u1(1, 8).u4(0).add(root().toArray());
            zlib.write(head.toArray());
            byte[] blocks = filled(1 << 16, 2);
            for (int left = size - head.size(); left > 0; left -= blocks.length) {
                zlib.write(blocks, 0, Math.min(left, blocks.length));
            }
        }
        Bytes abbreviations = abbreviations(DW_TAG_LEXICAL_BLOCK, false);
        byte[] file = Splice.replace(host(), ".debug_abbrev", false, abbreviations.toArray());
        read(Splice.replace(file, ".debug_info", true, packed.toByteArray()));
    }

    @Test
    void typesThatAreMadeOfThemselves() throws IOException {
        Declared unit = new Declared();
        int typedef = unit.next();
        unit.entry(DW_TAG_TYPEDEF, false, typedef);
        int structure = unit.next();
        unit.entry(DW_TAG_STRUCTURE_TYPE, true, 0);
        unit.anonymous(DW_TAG_MEMBER, structure);
        unit.anonymous(DW_TAG_MEMBER, typedef);
        unit.end();
        unit.entry(DW_TAG_SUBPROGRAM, true, typedef);
        unit.entry(DW_TAG_FORMAL_PARAMETER, false, structure);
        unit.end();
        read(unit.sections());
    }

    @Test
    void functionTypesOfFunctionTypes() throws IOException {
        Declared unit = new Declared();
        int last = 0;
        for (int i = 0; i < 40; i++) {
            int type = unit.next();
            unit.entry(DW_TAG_SUBROUTINE_TYPE, true, last);
            for (int parameter = 0; parameter < 50; parameter++) {
                unit.entry(DW_TAG_FORMAL_PARAMETER, false, last);
            }
            unit.end();
            last = type;
        }
        unit.entry(DW_TAG_STRUCTURE_TYPE, true, 0);
        for (int i = 0; i < 100_000; i++) {
            unit.entry(DW_TAG_MEMBER, false, last);
        }
        unit.end();
        read(unit.sections());
    }

    @Test
    void structuresNestedInAllWays() throws IOException {
        Declared unit = new Declared();
        int last = 0;
        for (int i = 0; i < 30; i++) {
            int type = unit.next();
            unit.entry(DW_TAG_STRUCTURE_TYPE, true, 0);
            for (int member = 0; member < 200; member++) {
                unit.anonymous(DW_TAG_MEMBER, last);
            }
            unit.end();
            last = type;
        }
        read(unit.sections());
    }

    @Test
    void anEnumerationOfMillions() throws IOException {
        Declared unit = new Declared();
        unit.entry(DW_TAG_ENUMERATION_TYPE, true, 0);
        for (int i = 0; i < 1_000_000; i++) {
            unit.entry(DW_TAG_ENUMERATOR, false, 0);
        }
        unit.end();
        read(unit.sections());
    }

    @Test
    void functionsOfOneNameByTheThousand() throws IOException {
        Declared unit = new Declared();
        for (int i = 0; i < 100_000; i++) {
            unit.entry(DW_TAG_SUBPROGRAM, true, 0);
            unit.entry(DW_TAG_FORMAL_PARAMETER, false, 0);
            unit.end();
        }
        read(unit.sections());
    }

    @Test
    void structuresOfOneNameThatAreOnlyDeclared() throws IOException {
        Declared unit = new Declared();
        for (int i = 0; i < 500_000; i++) {
            unit.entry(DW_TAG_STRUCTURE_TYPE, false, 0);
        }
        read(unit.sections());
    }

    /** A unit of entries that all have one name, a type, and the addresses of the host's code. */
    private static final class Declared {
        private static final int FIRST = 12;
        private static final int NAME_OFFSET = 1;

        private final Bytes entries = root();

        /** The offset in the unit that the next entry will have. */
        int next() {
            return FIRST + entries.size();
        }

        void entry(int tag, boolean children, int type) {
            entries.uleb(code(tag, children, true))
                    .u4(NAME_OFFSET)
                    .u4(type)
                    .u8(CODE)
                    .u4(CODE_SIZE);
        }

        void anonymous(int tag, int type) {
            entries.uleb(code(tag, false, false)).u4(type).u8(CODE).u4(CODE_SIZE);
        }

        void end() {
            entries.u1(0);
        }

        private static int code(int tag, boolean children, boolean named) {
            return 2 + tag * 4 + (children ? 2 : 0) + (named ? 1 : 0);
        }

        Map<String, byte[]> sections() {
            Bytes table = new Bytes();
            declareRoot(table);
            for (int tag = 1; tag <= DW_TAG_SUBPROGRAM; tag++) {
                for (boolean children : new boolean[] {false, true}) {
                    declare(
                            table,
                            code(tag, children, true),
                            tag,
                            children,
                            DW_AT_NAME,
                            DW_FORM_STRP,
                            DW_AT_TYPE,
                            DW_FORM_REF4,
                            DW_AT_LOW_PC,
                            DW_FORM_ADDR,
                            DW_AT_HIGH_PC,
                            DW_FORM_DATA4);
                    declare(
                            table,
                            code(tag, children, false),
                            tag,
                            children,
                            DW_AT_TYPE,
                            DW_FORM_REF4,
                            DW_AT_LOW_PC,
                            DW_FORM_ADDR,
                            DW_AT_HIGH_PC,
                            DW_FORM_DATA4);
                }
            }
            byte[] names = ("\0" + Reading.REPEATED + "\0").getBytes(StandardCharsets.US_ASCII);
            return Map.of(
                    ".debug_abbrev", table.u1(0).toArray(), ".debug_info", unit(entries.u1(0)), ".debug_str", names);
        }
    }

    private static final int FIRST_LIST = 12;

    private static byte[] rangeList(int ranges) {
        Bytes lists = new Bytes().u2(5).u1(8, 0).u4(0);
        for (int i = 0; i < ranges; i++) {
            lists.u1(DW_RLE_START_END).u8(CODE + 4L * i).u8(CODE + 4L * i + 2);
        }
        byte[] body = lists.u1(0).toArray();
        return new Bytes().u4(body.length).add(body).toArray();
    }

    /** Declarations of five bytes each. */
    private static byte[] longTable() {
        Bytes table = new Bytes();
        for (int i = 0; i < 150_000; i++) {
            table.u1(1, DW_TAG_COMPILE_UNIT, 0, 0, 0);
        }
        return table.u1(0).toArray();
    }

    private static byte[] tinyUnits(int step) {
        Bytes units = new Bytes();
        for (int i = 0; i < 40_000; i++) {
            units.u4(9).u2(5).u1(1, 8).u4((long) i * step).u1(1);
        }
        return units.toArray();
    }

    /** A table of a unit's root, which has children, and of one further declaration. */
    private static Bytes abbreviations(int tag, boolean children, int... attributes) {
        Bytes table = new Bytes();
        declareRoot(table);
        declare(table, 2, tag, children, attributes);
        return table.u1(0);
    }

    private static void declareRoot(Bytes table) {
        declare(
                table,
                1,
                DW_TAG_COMPILE_UNIT,
                true,
                DW_AT_LOW_PC,
                DW_FORM_ADDR,
                DW_AT_HIGH_PC,
                DW_FORM_DATA4,
                DW_AT_STMT_LIST,
                DW_FORM_SEC_OFFSET);
    }

    private static void declare(Bytes table, int code, int tag, boolean children, int... attributes) {
        table.uleb(code).uleb(tag).u1(children ? 1 : 0);
        for (int part : attributes) {
            table.uleb(part);
        }
        table.u1(0, 0);
    }

    /** The root entry of {@link #abbreviations}. */
    private static Bytes root() {
        return new Bytes().uleb(1).u8(CODE).u4(CODE_SIZE).u4(0);
    }

    /** A unit of DWARF 5 that has these entries. */
    private static byte[] unit(Bytes entries) {
        return new Bytes()
                .u4(8 + entries.size())
                .u2(5)
                .u1(1, 8)
                .u4(0)
                .add(entries.toArray())
                .toArray();
    }

    private static Bytes noFiles() {
        return new Bytes().u1(0).uleb(0).u1(0).uleb(0);
    }

    /** DW_LNE_set_address. */
    private static Bytes setAddress(long address) {
        return new Bytes().u1(0, 9, 2).u8(address);
    }

    private static void lines(Bytes names, Bytes program) throws IOException {
        read(lines(names, program, 1));
    }

    private static Map<String, byte[]> lines(Bytes names, Bytes program, int units) {
        // minimum_instruction_length, maximum_operations, default_is_stmt, line_base, line_range, opcode_base, and the
        // operands of the standard opcodes
        Bytes header = new Bytes()
                .u1(1, 1, 1, 0xfb, 14, 13)
                .u1(0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1)
                .add(names.toArray());
        Bytes table = new Bytes()
                .u2(5)
                .u1(8, 0)
                .u4(header.size())
                .add(header.toArray())
                .add(program.toArray());
        Map<String, byte[]> sections = new LinkedHashMap<>();
        sections.put(".debug_abbrev", abbreviations(DW_TAG_LEXICAL_BLOCK, false).toArray());
        Bytes all = new Bytes();
        byte[] unit = unit(root().u1(0));
        for (int i = 0; i < units; i++) {
            all.add(unit);
        }
        sections.put(".debug_info", all.toArray());
        sections.put(
                ".debug_line", new Bytes().u4(table.size()).add(table.toArray()).toArray());
        return sections;
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] host() throws IOException {
        return Files.readAllBytes(ElfFixtures.folder().resolve("gcc12-no-aranges.elf"));
    }

    private static byte[] file(Map<String, byte[]> sections) throws IOException {
        byte[] file = host();
        for (Map.Entry<String, byte[]> section : sections.entrySet()) {
            file = Splice.replace(file, section.getKey(), false, section.getValue());
        }
        return file;
    }

    private static void read(Map<String, byte[]> sections) throws IOException {
        read(file(sections));
    }

    private static void read(byte[] file) {
        assertTimeoutPreemptively(LIMIT, () -> Reading.all(file));
    }
}
