package dev.backline.dwarf;

import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The header of a line number program (DWARF5 6.2.4, DWARF4 6.2.4). Names of files are decoded on demand. Thread-safe
 * once read.
 */
final class LineHeader {
    final int minimumInstructionLength;
    /** The operations of an instruction; more than 1 only on VLIW machines. */
    final int maximumOperations;

    final int lineRange;
    /** The number of LEB128 operands of each standard opcode; the length is opcode_base. */
    final byte[] opcodeLengths;

    private final UnitContext unit;
    private final int version;
    private final int lineBase;

    /** Directories and files as form and value; the value of an inline string is its offset in .debug_line. */
    private final Names directories;

    private final Names files;
    private final AtomicReferenceArray<SourceFile> sourceFiles;

    private LineHeader(
            UnitContext unit,
            int version,
            int minimumInstructionLength,
            int maximumOperations,
            int lineBase,
            int lineRange,
            byte[] opcodeLengths,
            Names directories,
            Names files) {
        this.unit = unit;
        this.version = version;
        this.minimumInstructionLength = minimumInstructionLength;
        this.maximumOperations = maximumOperations;
        this.lineBase = lineBase;
        this.lineRange = lineRange;
        this.opcodeLengths = opcodeLengths;
        this.directories = directories;
        this.files = files;
        sourceFiles = new AtomicReferenceArray<>(files.count);
    }

    /** Reads the header at the start of the window. The cursor moves to the first opcode. */
    static LineHeader read(UnitContext unit, Cursor c) throws IOException {
        long start = c.offset();
        int offsetSize = 4;
        if (c.u4() == 0xffff_ffffL) {
            c.u8();
            offsetSize = 8;
        }
        int version = c.u2();
        if (version < 2 || version > 5) {
            throw c.broken(start, "unsupported version " + version + " of the line table (supported: 2 to 5)");
        }
        if (version == 5) {
            c.skip(2); // address_size, segment_selector_size: the unit's values are used
        }
        long headerLength = c.unsigned(offsetSize);
        if (headerLength < 0 || headerLength > c.remaining()) {
            throw c.broken(
                    start,
                    "the line table's header_length 0x" + Long.toHexString(headerLength)
                            + " extends past the end of the table");
        }
        int program = c.pos + (int) headerLength;
        int minimumInstructionLength = c.u1();
        int maximumOperations = version >= 4 ? c.u1() : 1;
        c.u1(); // default_is_stmt: rows that do not start a statement count for look-ups too
        int lineBase = c.s1();
        int lineRange = c.u1();
        int opcodeBase = c.u1();
        byte[] opcodeLengths = new byte[Math.max(opcodeBase, 1)];
        for (int i = 1; i < opcodeBase; i++) {
            opcodeLengths[i] = (byte) c.u1();
        }
        Names directories = new Names();
        Names files = new Names();
        if (version == 5) {
            directories.readEntries(c, offsetSize);
            files.readEntries(c, offsetSize);
        } else {
            readTables(c, directories, files);
        }
        if (c.pos > program) {
            throw c.broken(
                    start,
                    "the line table's header_length 0x" + Long.toHexString(headerLength)
                            + " ends inside the file table");
        }
        c.pos = program;
        return new LineHeader(
                unit,
                version,
                minimumInstructionLength,
                Math.max(1, maximumOperations),
                lineBase,
                lineRange,
                opcodeLengths,
                directories,
                files);
    }

    /** DWARF4 6.2.4: reads sequences of strings, each with an empty string at its end. */
    private static void readTables(Cursor c, Names directories, Names files) {
        while (c.data[c.pos] != 0) {
            directories.add(DW_FORM_string, c.offset(), 0);
            c.skipString();
        }
        c.pos++;
        while (c.data[c.pos] != 0) {
            readFile(c, files);
        }
        c.pos++;
    }

    private static void readFile(Cursor c, Names files) {
        long name = c.offset();
        c.skipString();
        int directory = c.uleb32();
        c.skipLeb(); // modification time
        c.skipLeb(); // length
        files.add(DW_FORM_string, name, directory);
    }

    /** DWARF5 6.2.5.3: adds the file of DW_LNE_define_file at the cursor. */
    void defineFile(Cursor c) {
        readFile(c, files);
    }

    /** Releases the unused part of the file table, after the program has defined all files. */
    void seal() {
        files.seal();
    }

    /** What each special opcode does with this header. */
    SpecialOpcodes specialOpcodes() {
        return SpecialOpcodes.of(unit.sections().scratch(), lineBase, lineRange, opcodeLengths.length);
    }

    /**
     * The advances of each special opcode (DWARF5 6.2.5.1), since division is slow. A compiler uses one line_base,
     * line_range and opcode_base in all units, so each thread keeps the last tables.
     */
    static final class SpecialOpcodes {
        final int[] operationAdvances = new int[256];
        final int[] lineAdvances = new int[256];
        private final int lineBase;
        private final int lineRange;
        private final int opcodeBase;

        private SpecialOpcodes(int lineBase, int lineRange, int opcodeBase) {
            this.lineBase = lineBase;
            this.lineRange = lineRange;
            this.opcodeBase = opcodeBase;
            for (int opcode = opcodeBase; opcode < 256 && lineRange != 0; opcode++) {
                operationAdvances[opcode] = (opcode - opcodeBase) / lineRange;
                lineAdvances[opcode] = lineBase + (opcode - opcodeBase) % lineRange;
            }
        }

        static SpecialOpcodes of(DebugSections.Scratch scratch, int lineBase, int lineRange, int opcodeBase) {
            SpecialOpcodes last = scratch.get(SpecialOpcodes.class);
            return last != null
                            && last.lineBase == lineBase
                            && last.lineRange == lineRange
                            && last.opcodeBase == opcodeBase
                    ? last
                    : scratch.keep(SpecialOpcodes.class, new SpecialOpcodes(lineBase, lineRange, opcodeBase));
        }
    }

    /** The file with the number that a row or DW_AT_call_file gives, or null. */
    @Nullable
    SourceFile file(int number) throws IOException {
        int index = version >= 5 ? number : number - 1;
        if (index < 0 || index >= files.count) {
            return null;
        }
        boolean kept = index < sourceFiles.length();
        SourceFile file = kept ? sourceFiles.get(index) : null;
        if (file == null) {
            file = sourceFile(index);
            if (kept) {
                sourceFiles.set(index, file);
            }
        }
        return file;
    }

    private SourceFile sourceFile(int index) throws IOException {
        String name = string(files, index);
        int directory = files.directories[index];
        String compilationDirectory = unit.compilationDirectory();
        if (version >= 5) {
            // DWARF5 6.2.4: directory 0 is the compilation directory.
            return directory == 0 && directories.count > 0
                    ? new SourceFile(string(directories, 0), "", name)
                    : new SourceFile(compilationDirectory, directory(directory), name);
        }
        return new SourceFile(compilationDirectory, directory == 0 ? "" : directory(directory - 1), name);
    }

    private String directory(int index) throws IOException {
        return index < 0 || index >= directories.count ? "" : string(directories, index);
    }

    private String string(Names names, int index) throws IOException {
        int form = names.forms[index];
        long value = names.values[index];
        return form == DW_FORM_string ? unit.sections().string(Kind.LINE, value) : unit.string(form, value);
    }

    /** A table of directories or files. */
    private static final class Names {
        private static final int FEW = 8;

        /** More names than units have. A damaged table can claim any number, so memory for more is taken step by step. */
        private static final int MANY = 1 << 12;

        int count;
        int[] forms = {};
        long[] values = {};
        int[] directories = {};

        void add(int form, long value, int directory) {
            if (count == forms.length) {
                resize(Math.max(FEW, count * 2));
            }
            forms[count] = form;
            values[count] = value;
            directories[count++] = directory;
        }

        void seal() {
            if (count < forms.length) {
                resize(count);
            }
        }

        private void resize(int size) {
            forms = Arrays.copyOf(forms, size);
            values = Arrays.copyOf(values, size);
            directories = Arrays.copyOf(directories, size);
        }

        /** DWARF5 6.2.4.1: reads the description of the fields, then the entries. */
        void readEntries(Cursor c, int offsetSize) throws DwarfException {
            long at = c.offset();
            int fields = c.u1();
            int[] types = new int[fields];
            int[] fieldForms = new int[fields];
            for (int i = 0; i < fields; i++) {
                types[i] = c.uleb32();
                fieldForms[i] = c.uleb32();
            }
            long entries = c.uleb();
            if (entries != 0 && (fields == 0 || entries < 0 || entries > c.remaining())) {
                throw c.broken(
                        at, "a table of 0x" + Long.toHexString(entries) + " names extends past the end of the header");
            }
            resize((int) Math.min(entries, MANY));
            for (long e = 0; e < entries; e++) {
                int form = 0;
                long value = 0;
                int directory = 0;
                for (int i = 0; i < fields; i++) {
                    long fieldAt = c.offset();
                    long field = readField(c, fieldForms[i], offsetSize);
                    if (types[i] == DW_LNCT_path) {
                        form = fieldForms[i];
                        value = form == DW_FORM_string ? fieldAt : field;
                    } else if (types[i] == DW_LNCT_directory_index) {
                        directory = (int) field;
                    }
                }
                add(form, value, directory);
            }
        }

        /** Reads a field of a form that DWARF5 6.2.4.1 allows, or that a vendor's field may use. */
        private static long readField(Cursor c, int form, int offsetSize) throws DwarfException {
            switch (form) {
                case DW_FORM_string -> {
                    c.skipString();
                    return 0;
                }
                case DW_FORM_line_strp, DW_FORM_strp, DW_FORM_strp_sup, DW_FORM_sec_offset -> {
                    return c.unsigned(offsetSize);
                }
                case DW_FORM_data1, DW_FORM_strx1, DW_FORM_flag -> {
                    return c.u1();
                }
                case DW_FORM_data2, DW_FORM_strx2 -> {
                    return c.u2();
                }
                case DW_FORM_strx3 -> {
                    return c.u3();
                }
                case DW_FORM_data4, DW_FORM_strx4 -> {
                    return c.u4();
                }
                case DW_FORM_data8 -> {
                    return c.u8();
                }
                case DW_FORM_data16 -> c.skip(16);
                case DW_FORM_udata, DW_FORM_strx -> {
                    return c.uleb();
                }
                case DW_FORM_sdata -> {
                    return c.sleb();
                }
                case DW_FORM_block -> c.skip(c.uleb());
                case DW_FORM_block1 -> c.skip(c.u1());
                case DW_FORM_block2 -> c.skip(c.u2());
                case DW_FORM_block4 -> c.skip(c.u4());
                default ->
                    throw c.broken(
                            c.offset(), "a line table field has the unknown form 0x" + Integer.toHexString(form));
            }
            return 0;
        }
    }
}
