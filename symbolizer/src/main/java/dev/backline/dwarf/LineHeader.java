package dev.backline.dwarf;

import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The header of a line number program (DWARF5 6.2.4, DWARF4 6.2.4) and the state machine that it
 * governs. Names of files are decoded when they are asked for. Thread-safe once read.
 */
final class LineHeader {
    private final Unit unit;
    private final int version;
    private final int minimumInstructionLength;
    private final int maximumOperations;
    private final int lineBase;
    private final int lineRange;
    private final byte[] opcodeLengths;

    /** Directories and files as form and value; a string in place is its offset in .debug_line. */
    private final Names directories;

    private final Names files;
    private final AtomicReferenceArray<SourceFile> sourceFiles;

    private LineHeader(
            Unit unit,
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

    /** Reads the header at the start of the window; the cursor ends at the first opcode. */
    static LineHeader read(Unit unit, Cursor c) throws IOException {
        long start = c.offset();
        int offsetSize = 4;
        if (c.u4() == 0xffff_ffffL) {
            c.u8();
            offsetSize = 8;
        }
        int version = c.u2();
        if (version < 2 || version > 5) {
            throw c.broken(start, "the line table has version " + version + "; 2 to 5 can be read");
        }
        if (version == 5) {
            c.skip(2); // address_size, segment_selector_size: the unit's own hold
        }
        long headerLength = c.unsigned(offsetSize);
        if (headerLength < 0 || headerLength > c.remaining()) {
            throw c.broken(
                    start,
                    "the line table's header_length 0x" + Long.toHexString(headerLength) + " is larger than the table");
        }
        int program = c.pos + (int) headerLength;
        int minimumInstructionLength = c.u1();
        int maximumOperations = version >= 4 ? c.u1() : 1;
        c.u1(); // default_is_stmt: rows that are no statements answer look-ups as well
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

    /** DWARF4 6.2.4: sequences of strings, each ended by an empty one. */
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

    /** Runs the state machine (DWARF5 6.2.5) over the rest of the window. */
    void run(Cursor c, LineTable.Rows rows) throws DwarfException {
        byte[] data = c.data;
        int opcodeBase = opcodeLengths.length;
        long mask = unit.header().addressMask();
        boolean plain = maximumOperations == 1;
        // By special opcode (DWARF5 6.2.5.1), since dividing is slow.
        int[] advances = new int[256];
        int[] lineAdvances = new int[256];
        for (int opcode = opcodeBase; opcode < 256 && lineRange != 0; opcode++) {
            advances[opcode] = (opcode - opcodeBase) / lineRange;
            lineAdvances[opcode] = lineBase + (opcode - opcodeBase) % lineRange;
        }
        int constAddOperations = lineRange == 0 ? 0 : (255 - opcodeBase) / lineRange;
        int end = data.length;
        int pos = c.pos;
        long address = 0;
        int operation = 0;
        int file = 1;
        int line = 1;
        int column = 0;
        int discriminator = 0;
        while (pos < end) {
            int opcode = data[pos++] & 0xff;
            if (opcode >= opcodeBase) {
                if (lineRange == 0) {
                    throw c.broken(c.offsetOf(pos - 1), "a special opcode in a line table whose line_range is 0");
                }
                if (plain) {
                    address += (long) advances[opcode] * minimumInstructionLength;
                } else {
                    int sum = operation + advances[opcode];
                    address += (long) (sum / maximumOperations) * minimumInstructionLength;
                    operation = sum % maximumOperations;
                }
                line += lineAdvances[opcode];
                rows.add(address & mask, file, line, column, discriminator);
                discriminator = 0;
                continue;
            }
            switch (opcode) {
                case 0 -> {
                    long at = c.offsetOf(pos - 1);
                    c.pos = pos;
                    long length = c.uleb();
                    if (length < 0 || length > end - c.pos) {
                        throw c.broken(
                                at,
                                "an extended opcode of 0x" + Long.toHexString(length)
                                        + " bytes is longer than the table");
                    }
                    pos = c.pos + (int) length;
                    if (length == 0) {
                        continue;
                    }
                    switch (c.u1()) {
                        case DW_LNE_end_sequence -> {
                            rows.endSequence(address & mask);
                            address = 0;
                            operation = 0;
                            file = 1;
                            line = 1;
                            column = 0;
                            discriminator = 0;
                        }
                        case DW_LNE_set_address -> {
                            int size = (int) length - 1;
                            if (size != 8 && size != 4 && size != 2) {
                                throw c.broken(at, "DW_LNE_set_address with an address of " + size + " bytes");
                            }
                            address = c.unsigned(size);
                            operation = 0;
                        }
                        case DW_LNE_define_file -> readFile(c, files);
                        case DW_LNE_set_discriminator -> discriminator = (int) c.uleb();
                        default -> {
                            // Vendors' opcodes say how long they are so that readers can step over them.
                        }
                    }
                }
                case DW_LNS_copy -> {
                    rows.add(address & mask, file, line, column, discriminator);
                    discriminator = 0;
                }
                case DW_LNS_set_column -> {
                    byte first = data[pos++];
                    column = first;
                    if (first < 0) {
                        c.pos = pos - 1;
                        column = (int) c.uleb();
                        pos = c.pos;
                    }
                }
                case DW_LNS_negate_stmt, DW_LNS_set_basic_block -> {
                    // Neither changes which line an address belongs to.
                }
                case DW_LNS_const_add_pc -> {
                    if (plain) {
                        address += (long) constAddOperations * minimumInstructionLength;
                    } else {
                        int sum = operation + constAddOperations;
                        address += (long) (sum / maximumOperations) * minimumInstructionLength;
                        operation = sum % maximumOperations;
                    }
                }
                default -> {
                    c.pos = pos;
                    switch (opcode) {
                        case DW_LNS_advance_line -> line += (int) c.sleb();
                        case DW_LNS_advance_pc -> {
                            long advance = c.uleb();
                            if (plain) {
                                address += advance * minimumInstructionLength;
                            } else {
                                long sum = operation + advance;
                                address += sum / maximumOperations * minimumInstructionLength;
                                operation = (int) (sum % maximumOperations);
                            }
                        }
                        case DW_LNS_set_file -> file = (int) c.uleb();
                        case DW_LNS_fixed_advance_pc -> {
                            address += c.u2();
                            operation = 0;
                        }
                        default -> {
                            for (int i = opcodeLengths[opcode] & 0xff; i > 0; i--) {
                                c.skipLeb();
                            }
                        }
                    }
                    pos = c.pos;
                }
            }
        }
        files.seal();
    }

    /** The file of a row or of DW_AT_call_file, or null when the number names none. */
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
            // DWARF5 6.2.4: directory 0 is the compilation directory itself.
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
        int count;
        int[] forms = new int[8];
        long[] values = new long[8];
        int[] directories = new int[8];

        void add(int form, long value, int directory) {
            if (count == forms.length) {
                forms = Arrays.copyOf(forms, count * 2);
                values = Arrays.copyOf(values, count * 2);
                directories = Arrays.copyOf(directories, count * 2);
            }
            forms[count] = form;
            values[count] = value;
            directories[count++] = directory;
        }

        void seal() {
            forms = Arrays.copyOf(forms, count);
            values = Arrays.copyOf(values, count);
            directories = Arrays.copyOf(directories, count);
        }

        /** DWARF5 6.2.4.1: a description of the fields, then the entries. */
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
                throw c.broken(at, "a table of 0x" + Long.toHexString(entries) + " names is larger than the header");
            }
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

        /** The forms that DWARF5 6.2.4.1 allows for the fields, and those that vendors' fields may use. */
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
