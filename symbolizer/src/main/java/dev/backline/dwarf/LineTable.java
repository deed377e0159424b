package dev.backline.dwarf;

import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.SectionData;
import dev.backline.io.AddressOrder;
import dev.backline.io.LongList;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one line number program (DWARF5 6.2) as columns, sequence by sequence. Of several rows at one address
 * only the last is kept, since a look-up returns that row. Immutable once read, thread-safe.
 */
final class LineTable {
    /** The result of {@link #find} for an address that no sequence covers. */
    static final int NONE = -1;

    /** Shifts that extend the sign of an LEB128 of one byte to an int. */
    private static final int LEB_SIGN = Integer.SIZE - 7;

    private final LineHeader header;
    private final long[] addresses;
    /** The file of each row in the upper 32 bits, its line in the lower. */
    private final long[] places;

    private final int[] columns;
    private final int[] discriminators;
    /** For each sequence, ordered by end: the first address, the end, and the rows [first, last). */
    private final long[] sequenceLows;

    private final long[] sequenceHighs;
    private final int[] sequenceFirsts;
    private final int[] sequenceLasts;

    private LineTable(LineHeader header, Rows rows) {
        this.header = header;
        int n = rows.count;
        addresses = Arrays.copyOf(rows.addresses, n);
        places = Arrays.copyOf(rows.places, n);
        columns = Arrays.copyOf(rows.columns, n);
        discriminators = rows.anyDiscriminator ? Arrays.copyOf(rows.discriminators, n) : new int[0];
        int s = rows.sequences;
        int[] order = AddressOrder.of(rows.ends, s);
        sequenceLows = new long[s];
        sequenceHighs = new long[s];
        sequenceFirsts = new int[s];
        sequenceLasts = new int[s];
        for (int i = 0; i < s; i++) {
            int from = order[i];
            sequenceLows[i] = addresses[rows.firsts[from]];
            sequenceHighs[i] = rows.ends[from];
            sequenceFirsts[i] = rows.firsts[from];
            sequenceLasts[i] = rows.lasts[from];
        }
    }

    /** Reads the table at the offset in {@code .debug_line}. */
    static LineTable read(UnitContext unit, long offset) throws IOException {
        DebugSections sections = unit.sections();
        int length = length(sections, offset);
        Cursor c = sections.cursor(Kind.LINE, offset, length);
        try {
            LineHeader header = LineHeader.read(unit, c);
            Rows rows = Rows.of(sections.scratch());
            rows.begin(sections.file(), offset, length);
            run(header, unit.header().addressMask(), c, rows);
            return new LineTable(header, rows);
        } catch (IndexOutOfBoundsException e) {
            throw c.truncated(offset, "the line table", e);
        }
    }

    /** The number of bytes of the table at the offset, its length field included. */
    static int length(DebugSections sections, long offset) throws IOException {
        SectionData section = sections.need(Kind.LINE);
        Cursor start = sections.window(Kind.LINE, offset, 12);
        try {
            long unitLength = start.u4();
            if (unitLength == 0xffff_ffffL) {
                unitLength = start.u8();
            }
            if (unitLength < 0
                    || unitLength > section.size() - start.offset()
                    || unitLength + start.pos > Integer.MAX_VALUE - 8) {
                throw start.broken(
                        offset,
                        "the line table's length 0x" + Long.toHexString(unitLength)
                                + " extends past the end of the section");
            }
            return (int) unitLength + start.pos;
        } catch (IndexOutOfBoundsException e) {
            throw start.truncated(offset, "the line table", e);
        }
    }

    /**
     * All line tables of a file by address, for code whose unit cannot be read. Only their addresses are kept.
     * Thread-safe.
     */
    static final class All {
        private final DebugSections sections;
        private final UnitContext.References references;
        /** For each sequence of each table its first address, its end, and the table's offset. */
        private final long[] lows;

        private final long[] highs;
        private final long[] tables;
        /** The table that was read last. */
        private volatile @Nullable Found last;

        private record Found(long offset, LineTable table) {}

        /** Reads all tables. A damaged one is left out; one with a wrong length is the last. */
        All(DebugSections sections, UnitContext.References references) throws IOException {
            this.sections = sections;
            this.references = references;
            LongList from = new LongList();
            LongList to = new LongList();
            LongList offsets = new LongList();
            SectionData section = sections.find(Kind.LINE);
            for (long offset = 0; section != null && offset < section.size(); ) {
                int length;
                try {
                    length = length(sections, offset);
                } catch (DwarfException e) {
                    break;
                }
                try {
                    LineTable table = table(offset);
                    for (int i = 0; i < table.sequences(); i++) {
                        from.add(table.sequenceLow(i));
                        to.add(table.sequenceHigh(i));
                        offsets.add(offset);
                    }
                } catch (DwarfException e) {
                    // The others are read
                }
                offset += length;
            }
            lows = from.toArray();
            highs = to.toArray();
            tables = offsets.toArray();
        }

        /** The line table of the file, without a unit: for addresses of the file's size, and without a directory. */
        private LineTable table(long offset) throws IOException {
            int addressSize = sections.elf().header().addressSize();
            boolean is64 = sections.window(Kind.LINE, offset, 4).u4() == 0xffff_ffffL;
            UnitHeader header =
                    new UnitHeader(Kind.INFO, 0, 0, 0, 5, DW_UT_compile, is64 ? 8 : 4, addressSize, 0, 0, 0, 0);
            return LineTable.read(UnitContext.ofLines(sections, header, references), offset);
        }

        /** The table with a sequence that has the address, or null. */
        @Nullable
        LineTable at(long address) throws IOException {
            for (int i = 0; i < lows.length; i++) {
                if (Long.compareUnsigned(lows[i], address) <= 0 && Long.compareUnsigned(address, highs[i]) < 0) {
                    Found known = last;
                    if (known == null || known.offset != tables[i]) {
                        known = new Found(tables[i], table(tables[i]));
                        last = known;
                    }
                    return known.table;
                }
            }
            return null;
        }
    }

    /**
     * Runs the state machine (DWARF5 6.2.5) over the rest of the window. The loop keeps its state in local variables, and
     * reads operands of one byte itself, since most have one.
     */
    private static void run(LineHeader header, long mask, Cursor c, Rows rows) throws DwarfException {
        byte[] data = c.data;
        byte[] opcodeLengths = header.opcodeLengths;
        int opcodeBase = opcodeLengths.length;
        int lineRange = header.lineRange;
        int minimumInstructionLength = header.minimumInstructionLength;
        int maximumOperations = header.maximumOperations;
        boolean plain = maximumOperations == 1;
        int[] advances = header.specialOpcodes().operationAdvances;
        int[] lineAdvances = header.specialOpcodes().lineAdvances;
        int constAddOperations = lineRange == 0 ? 0 : (255 - opcodeBase) / lineRange;
        int end = data.length;
        int pos = c.pos;
        long address = 0;
        int operation = 0;
        int file = 1;
        int line = 1;
        int column = 0;
        int discriminator = 0;
        long[] addresses = rows.addresses;
        int count = 0;
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
            } else {
                switch (opcode) {
                    case 0 -> {
                        long at = c.offsetOf(pos - 1);
                        c.pos = pos;
                        long length = c.uleb();
                        if (length < 0 || length > end - c.pos) {
                            throw c.broken(
                                    at,
                                    "an extended opcode of 0x" + Long.toHexString(length)
                                            + " bytes extends past the end of the table");
                        }
                        pos = c.pos + (int) length;
                        if (length == 0) {
                            continue;
                        }
                        switch (c.u1()) {
                            case DW_LNE_end_sequence -> {
                                rows.count = count;
                                rows.endSequence(address & mask);
                                count = rows.count;
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
                            case DW_LNE_define_file -> header.defineFile(c);
                            case DW_LNE_set_discriminator -> {
                                discriminator = (int) c.uleb();
                                rows.anyDiscriminator |= discriminator != 0;
                            }
                            default -> {
                                // An opcode of a vendor: skipped by its length.
                            }
                        }
                        continue;
                    }
                    case DW_LNS_copy -> {
                        // Adds a row.
                    }
                    case DW_LNS_advance_line -> {
                        byte first = data[pos++];
                        if (first < 0) {
                            c.pos = pos - 1;
                            line += (int) c.sleb();
                            pos = c.pos;
                        } else {
                            line += first << LEB_SIGN >> LEB_SIGN;
                        }
                        continue;
                    }
                    case DW_LNS_set_column -> {
                        column = data[pos++];
                        if (column < 0) {
                            c.pos = pos - 1;
                            column = (int) c.uleb();
                            pos = c.pos;
                        }
                        continue;
                    }
                    case DW_LNS_set_file -> {
                        file = data[pos++];
                        if (file < 0) {
                            c.pos = pos - 1;
                            file = (int) c.uleb();
                            pos = c.pos;
                        }
                        continue;
                    }
                    case DW_LNS_negate_stmt, DW_LNS_set_basic_block -> {
                        // These do not change the line of an address.
                        continue;
                    }
                    case DW_LNS_const_add_pc -> {
                        if (plain) {
                            address += (long) constAddOperations * minimumInstructionLength;
                        } else {
                            int sum = operation + constAddOperations;
                            address += (long) (sum / maximumOperations) * minimumInstructionLength;
                            operation = sum % maximumOperations;
                        }
                        continue;
                    }
                    default -> {
                        c.pos = pos;
                        switch (opcode) {
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
                        continue;
                    }
                }
            }
            long masked = address & mask;
            if (count > rows.sequenceStart && addresses[count - 1] == masked) {
                count--;
            } else if (count == addresses.length) {
                rows.grow();
                addresses = rows.addresses;
            }
            addresses[count] = masked;
            rows.places[count] = (long) file << Integer.SIZE | (line & 0xffff_ffffL);
            rows.columns[count] = column;
            rows.discriminators[count++] = discriminator;
            discriminator = 0;
        }
        header.seal();
        rows.count = count;
    }

    /** The last row at or below the address in the sequence that contains the address, or NONE. */
    int find(long address) {
        int sequence = sequenceAfter(address);
        return sequence == sequenceHighs.length || Long.compareUnsigned(sequenceLows[sequence], address) > 0
                ? NONE
                : rowIn(sequence, address);
    }

    /** The first sequence with an end above the address; {@link #sequences} if there is none. */
    int sequenceAfter(long address) {
        return AddressOrder.lastAtOrBefore(sequenceHighs, address) + 1;
    }

    /** The last row at or below an address that the sequence contains. */
    int rowIn(int sequence, long address) {
        int first = sequenceFirsts[sequence];
        int last = sequenceLasts[sequence];
        while (first < last - 1) {
            int middle = (first + last) >>> 1;
            if (Long.compareUnsigned(addresses[middle], address) <= 0) {
                first = middle;
            } else {
                last = middle;
            }
        }
        return first;
    }

    /** The number of sequences, which are ordered by their ends. */
    int sequences() {
        return sequenceHighs.length;
    }

    long sequenceLow(int sequence) {
        return sequenceLows[sequence];
    }

    /** The end address of the sequence, exclusive. */
    long sequenceHigh(int sequence) {
        return sequenceHighs[sequence];
    }

    /** The end of the rows of the sequence, exclusive. */
    int lastRow(int sequence) {
        return sequenceLasts[sequence];
    }

    /** The approximate memory of the table, in bytes. */
    long weight() {
        return 500L + (8 + 3L * 4) * rows() + 4L * discriminators.length;
    }

    int file(int row) {
        return (int) (places[row] >>> Integer.SIZE);
    }

    int line(int row) {
        return (int) places[row];
    }

    int column(int row) {
        return columns[row];
    }

    int discriminator(int row) {
        return discriminators.length == 0 ? 0 : discriminators[row];
    }

    LineHeader header() {
        return header;
    }

    /** The number of rows; with {@link #address}, for tests and for writers of other formats. */
    int rows() {
        return addresses.length;
    }

    long address(int row) {
        return addresses[row];
    }

    /** Collects the rows of one line number program after the other. Not thread-safe. */
    static final class Rows {
        /** Bytes of a row in all columns. */
        private static final int ROW = 2 * Long.BYTES + 2 * Integer.BYTES;

        /** More rows than most units have; larger arrays are not kept. */
        private static final int MOST_KEPT = 1 << 17;

        private String file = "";
        private long table;
        private long[] addresses = {};
        private long[] places = {};
        private int[] columns = {};
        private int[] discriminators = {};
        private boolean anyDiscriminator;
        private int count;
        private int[] firsts = new int[4];
        private int[] lasts = new int[4];
        private long[] ends = new long[4];
        private int sequences;
        private int sequenceStart;

        static Rows of(DebugSections.Scratch scratch) {
            Rows kept = scratch.get(Rows.class);
            return kept != null ? kept : scratch.keep(Rows.class, new Rows());
        }

        /** Prepares for the table at the offset, without rows. */
        void begin(String file, long table, int programBytes) {
            this.file = file;
            this.table = table;
            anyDiscriminator = false;
            count = 0;
            sequences = 0;
            sequenceStart = 0;
            int guess = Math.max(16, Math.min(programBytes / 4, Capacity.of(ROW)));
            if (addresses.length < guess || addresses.length > MOST_KEPT) {
                addresses = new long[guess];
                places = new long[guess];
                columns = new int[guess];
                discriminators = new int[guess];
            }
        }

        private void grow() throws DwarfException {
            int size =
                    Capacity.grown(addresses.length, ROW, "the line table's rows", file, Kind.LINE.sectionName, table);
            addresses = Arrays.copyOf(addresses, size);
            places = Arrays.copyOf(places, size);
            columns = Arrays.copyOf(columns, size);
            discriminators = Arrays.copyOf(discriminators, size);
        }

        /** Ends the sequence. A sequence without rows, or with no addresses, is dropped. */
        void endSequence(long end) {
            int first = sequenceStart;
            if (count == first || Long.compareUnsigned(addresses[first], end) >= 0) {
                count = first;
                return;
            }
            if (sequences == ends.length) {
                firsts = Arrays.copyOf(firsts, sequences * 2);
                lasts = Arrays.copyOf(lasts, sequences * 2);
                ends = Arrays.copyOf(ends, sequences * 2);
            }
            firsts[sequences] = first;
            lasts[sequences] = count;
            ends[sequences++] = end;
            sequenceStart = count;
        }
    }
}
