package dev.backline.dwarf;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.SectionData;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The hash table {@code .debug_cu_index} of a DWARF package file (DWARF5 7.3.5.3; version 2 is GNU's, for DWARF 4). */
final class PackageIndex {
    private static final int DW_SECT_INFO = 1;
    private static final int DW_SECT_ABBREV = 3;
    private static final int DW_SECT_STR_OFFSETS = 6;
    private static final int DW_SECT_RNGLISTS = 8;

    private PackageIndex() {}

    /** Where the parts of the unit with this id start, or null when the package does not have it. */
    static @Nullable SplitContribution find(DebugSections dwp, SectionData index, long id) throws IOException {
        int length = (int) Math.min(index.size(), Integer.MAX_VALUE - 8);
        Cursor c = dwp.cursor(Kind.CU_INDEX, 0, length);
        try {
            return find(c, id);
        } catch (IndexOutOfBoundsException e) {
            throw c.truncated(0, "the package's index", e);
        }
    }

    private static @Nullable SplitContribution find(Cursor c, long id) throws DwarfException {
        // Version 2 has four bytes of version, version 5 two and two of padding.
        int first = c.u2();
        int second = c.u2();
        int version = first == 0 ? second : first;
        if (version != 2 && version != 5) {
            throw c.broken(0, "the package's index has version " + version + "; 2 and 5 can be read");
        }
        long columns = c.u4();
        long units = c.u4();
        long slots = c.u4();
        long bytes = slots * 12 + columns * 4 + units * columns * 4;
        if (slots == 0 || units == 0) {
            return null;
        }
        if (columns > 16 || slots > c.data.length || units > c.data.length || bytes > c.remaining()) {
            throw c.broken(0, "the package's index is larger than its section");
        }
        int signatures = c.pos;
        int rows = signatures + (int) slots * 8;
        int header = rows + (int) slots * 4;
        int offsets = header + (int) columns * 4;
        for (int slot = 0; slot < slots; slot++) {
            long row = c.at(rows + slot * 4).u4();
            if (row == 0 || c.at(signatures + slot * 8).u8() != id) {
                continue;
            }
            if (row > units) {
                throw c.broken(c.offsetOf(rows + slot * 4), "a slot of the package's index names no row");
            }
            int at = offsets + (int) ((row - 1) * columns * 4);
            long[] contribution = new long[4];
            for (int column = 0; column < columns; column++) {
                long value = c.at(at + column * 4).u4();
                switch ((int) c.at(header + column * 4).u4()) {
                    case DW_SECT_INFO -> contribution[0] = value;
                    case DW_SECT_ABBREV -> contribution[1] = value;
                    case DW_SECT_STR_OFFSETS -> contribution[2] = value;
                    case DW_SECT_RNGLISTS -> contribution[3] = version == 5 ? value : 0;
                    default -> {
                        // Types, line tables and location lists are not needed here.
                    }
                }
            }
            return new SplitContribution(contribution[0], contribution[1], contribution[2], contribution[3]);
        }
        return null;
    }
}
