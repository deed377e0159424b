package dev.backline.dwarf;

import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.AddressOrder;
import dev.backline.elf.SectionData;
import java.io.IOException;
import java.util.Arrays;

/**
 * The rows of one line number program (DWARF5 6.2) as columns, sequence by sequence. Of several rows at
 * one address only the last is kept, since that is the one a look-up answers with. Immutable once read,
 * thread-safe.
 */
final class LineTable {
    /** What {@link #find} gives for an address that no sequence covers. */
    static final int NONE = -1;

    private final LineHeader header;
    private final long[] addresses;
    private final int[] files;
    private final int[] lines;
    private final int[] columns;
    private final int[] discriminators;
    /** Per sequence, ordered by its end: its first address, its end, and its rows [first, last). */
    private final long[] sequenceLows;

    private final long[] sequenceHighs;
    private final int[] sequenceFirsts;
    private final int[] sequenceLasts;

    private LineTable(LineHeader header, Rows rows) {
        this.header = header;
        int n = rows.count;
        addresses = Arrays.copyOf(rows.addresses, n);
        files = Arrays.copyOf(rows.files, n);
        lines = Arrays.copyOf(rows.lines, n);
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
    static LineTable read(Unit unit, long offset) throws IOException {
        DebugSections sections = unit.sections();
        SectionData section = sections.need(Kind.LINE);
        Cursor start = sections.window(Kind.LINE, offset, 12);
        int length;
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
                                + " is larger than what is left of the section");
            }
            length = (int) unitLength + start.pos;
        } catch (IndexOutOfBoundsException e) {
            throw start.truncated(offset, "the line table", e);
        }
        Cursor c = sections.cursor(Kind.LINE, offset, length);
        try {
            LineHeader header = LineHeader.read(unit, c);
            Rows rows = new Rows(sections.file(), offset, length);
            header.run(c, rows);
            return new LineTable(header, rows);
        } catch (IndexOutOfBoundsException e) {
            throw c.truncated(offset, "the line table", e);
        }
    }

    /** The row that holds the address: the last one at or below it in the sequence that contains it, or NONE. */
    int find(long address) {
        int sequence = sequenceAfter(address);
        return sequence == sequenceHighs.length || Long.compareUnsigned(sequenceLows[sequence], address) > 0
                ? NONE
                : rowIn(sequence, address);
    }

    /** The first sequence that ends behind the address; {@link #sequences} when there is none. */
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

    /** How many sequences there are; they are in the order of their ends. */
    int sequences() {
        return sequenceHighs.length;
    }

    long sequenceLow(int sequence) {
        return sequenceLows[sequence];
    }

    /** Behind the sequence's last byte. */
    long sequenceHigh(int sequence) {
        return sequenceHighs[sequence];
    }

    /** Behind the sequence's last row. */
    int lastRow(int sequence) {
        return sequenceLasts[sequence];
    }

    /** How many bytes of memory it takes, about. */
    long weight() {
        return 500L + (8 + 3L * 4) * rows() + 4L * discriminators.length;
    }

    int file(int row) {
        return files[row];
    }

    int line(int row) {
        return lines[row];
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

    /** How many rows there are, and each row's address: for tests and for writers of other formats. */
    int rows() {
        return addresses.length;
    }

    long address(int row) {
        return addresses[row];
    }

    /** Where the line number program puts its rows. */
    static final class Rows {
        /** Bytes of a row in all columns. */
        private static final int ROW = Long.BYTES + 4 * Integer.BYTES;

        private final String file;
        private final long table;
        private long[] addresses;
        private int[] files;
        private int[] lines;
        private int[] columns;
        private int[] discriminators;
        private boolean anyDiscriminator;
        private int count;
        private int[] firsts = new int[4];
        private int[] lasts = new int[4];
        private long[] ends = new long[4];
        private int sequences;
        private int sequenceStart;

        Rows(String file, long table, int programBytes) {
            this.file = file;
            this.table = table;
            int guess = Math.max(16, Math.min(programBytes / 4, Capacity.of(ROW)));
            addresses = new long[guess];
            files = new int[guess];
            lines = new int[guess];
            columns = new int[guess];
            discriminators = new int[guess];
        }

        void add(long address, int file, int line, int column, int discriminator) throws DwarfException {
            int n = count;
            if (n > sequenceStart && addresses[n - 1] == address) {
                n--;
            } else if (n == addresses.length) {
                grow();
            }
            addresses[n] = address;
            files[n] = file;
            lines[n] = line;
            columns[n] = column;
            discriminators[n] = discriminator;
            anyDiscriminator |= discriminator != 0;
            count = n + 1;
        }

        private void grow() throws DwarfException {
            int size = Capacity.grown(count, ROW, "the line table's rows", file, Kind.LINE.sectionName, table);
            addresses = Arrays.copyOf(addresses, size);
            files = Arrays.copyOf(files, size);
            lines = Arrays.copyOf(lines, size);
            columns = Arrays.copyOf(columns, size);
            discriminators = Arrays.copyOf(discriminators, size);
        }

        /** Ends the sequence; one without rows or without extent is dropped. */
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
