package dev.backline.dwarf;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.SectionData;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a unit's range lists: {@code .debug_ranges} (DWARF4 2.17.3) and {@code .debug_rnglists} (DWARF5 7.25). The
 * lists of a unit are close together, so the bytes that were read for one list are reused for the next. Not
 * thread-safe.
 */
final class RangeLists {
    private static final int FIRST_WINDOW = 256;
    private static final int LARGEST_WINDOW = 1 << 16;

    private final UnitContext unit;
    private @Nullable Cursor window;
    private @Nullable DebugSections windowOf;
    private int windowSize = FIRST_WINDOW;

    RangeLists(UnitContext unit) {
        this.unit = unit;
    }

    /** Reads the ranges of an entry: low_pc and high_pc, else DW_AT_ranges (DWARF5 2.17). */
    void read(Attributes entry, AddressRanges into) throws IOException {
        into.clear();
        if (entry.has(LOW_PC) && entry.has(HIGH_PC)) {
            long low = unit.address(entry.form(LOW_PC), entry.value(LOW_PC));
            int form = entry.form(HIGH_PC);
            long high = entry.value(HIGH_PC);
            into.add(
                    low,
                    UnitContext.isAddress(form)
                            ? unit.address(form, high)
                            : low + high & unit.header().addressMask());
        } else if (entry.has(RANGES)) {
            long value = entry.value(RANGES);
            if (unit.header().version() >= 5) {
                long offset = entry.form(RANGES) == DW_FORM_rnglistx ? unit.rangeList(value) : value;
                read(unit.sections(), Kind.RNGLISTS, offset, into);
            } else {
                read(unit.rangeSections(), Kind.RANGES, unit.rangesBase() + value, into);
            }
        }
    }

    private void read(DebugSections sections, Kind kind, long offset, AddressRanges into) throws IOException {
        // The version of the unit decides which of the two sections has all its lists.
        Cursor kept = windowOf == sections ? window : null;
        if (kept != null && offset >= kept.offsetOf(0) && offset < kept.offsetOf(kept.data.length)) {
            kept.pos = (int) (offset - kept.offsetOf(0));
            if (tryRead(kept, kind, into)) {
                return;
            }
        }
        SectionData section = sections.need(kind);
        while (true) {
            Cursor c = sections.window(kind, offset, windowSize);
            boolean whole = windowSize >= section.size() - offset;
            windowSize = Math.max(windowSize, Math.min(windowSize * 2, LARGEST_WINDOW));
            window = c;
            windowOf = sections;
            if (tryRead(c, kind, into)) {
                return;
            }
            if (whole || windowSize > 1 << 28) {
                throw c.truncated(offset, "the range list", new IndexOutOfBoundsException(c.pos));
            }
            windowSize *= 4;
        }
    }

    /** Reads the list at the cursor; false if it extends past the end of the window. */
    private boolean tryRead(Cursor c, Kind kind, AddressRanges into) throws IOException {
        into.clear();
        try {
            if (kind == Kind.RANGES) {
                readRangeList(c, into);
            } else {
                readRngList(c, into);
            }
            return true;
        } catch (IndexOutOfBoundsException e) {
            return false;
        }
    }

    private static void checkCapacity(Cursor c, AddressRanges ranges) throws DwarfException {
        if (ranges.count() >= Capacity.of(2 * Long.BYTES)) {
            throw c.broken(
                    c.offset(),
                    "a range list of more than " + ranges.count() + " ranges; if the file is not damaged,"
                            + " give Java a larger heap (-Xmx)");
        }
    }

    private void readRangeList(Cursor c, AddressRanges into) throws IOException {
        int size = unit.header().addressSize();
        long mask = unit.header().addressMask();
        for (long base = unit.lowPc(); ; ) {
            checkCapacity(c, into);
            long first = c.unsigned(size);
            long second = c.unsigned(size);
            if (first == 0 && second == 0) {
                return;
            }
            if (first == mask) {
                base = second;
            } else {
                into.add((base + first) & mask, (base + second) & mask);
            }
        }
    }

    private void readRngList(Cursor c, AddressRanges into) throws IOException {
        int size = unit.header().addressSize();
        long mask = unit.header().addressMask();
        long base = unit.lowPc();
        // For code that it dropped, the linker writes the highest address as the base (DWARF issue 200609.1).
        boolean dropped = false;
        while (true) {
            checkCapacity(c, into);
            long at = c.offset();
            int kind = c.u1();
            switch (kind) {
                case DW_RLE_end_of_list -> {
                    return;
                }
                case DW_RLE_base_addressx -> {
                    base = unit.indexedAddress(c.uleb());
                    dropped = base == mask;
                }
                case DW_RLE_base_address -> {
                    base = c.unsigned(size);
                    dropped = base == mask;
                }
                case DW_RLE_offset_pair -> {
                    long low = c.uleb();
                    long high = c.uleb();
                    if (!dropped) {
                        into.add(base + low & mask, base + high & mask);
                    }
                }
                case DW_RLE_startx_endx -> {
                    long low = unit.indexedAddress(c.uleb());
                    into.add(low, unit.indexedAddress(c.uleb()));
                }
                case DW_RLE_startx_length -> {
                    long low = unit.indexedAddress(c.uleb());
                    into.add(low, low + c.uleb() & mask);
                }
                case DW_RLE_start_end -> {
                    long low = c.unsigned(size);
                    into.add(low, c.unsigned(size));
                }
                case DW_RLE_start_length -> {
                    long low = c.unsigned(size);
                    into.add(low, low + c.uleb() & mask);
                }
                default -> throw c.broken(at, "unknown range list entry 0x" + Integer.toHexString(kind));
            }
        }
    }
}
