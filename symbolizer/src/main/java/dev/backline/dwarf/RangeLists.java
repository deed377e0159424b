package dev.backline.dwarf;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.SectionData;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a unit's range lists: {@code .debug_ranges} (DWARF4 2.17.3) and {@code .debug_rnglists} (DWARF5 7.25). The
 * lists of a unit are close together, so each thread keeps the bytes that it read for one list, for the next list of any
 * unit of the file. Immutable, thread-safe.
 */
final class RangeLists {
    private static final int FIRST_WINDOW = 256;
    private static final int LARGEST_WINDOW = 1 << 15;

    private final UnitContext unit;

    RangeLists(UnitContext unit) {
        this.unit = unit;
    }

    /** The bytes of one file that one thread read last. Not thread-safe. */
    static final class Window {
        private @Nullable Cursor bytes;
        private Kind kind = Kind.RNGLISTS;
        /** The size of the next window; grows, so that one query reads little. */
        private int size = FIRST_WINDOW;

        static Window of(DebugSections.Scratch scratch) {
            Window kept = scratch.get(Window.class);
            return kept != null ? kept : scratch.keep(Window.class, new Window());
        }
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
        Window window = Window.of(sections.scratch());
        Cursor kept = window.kind == kind ? window.bytes : null;
        if (kept != null && offset >= kept.offsetOf(0) && offset < kept.offsetOf(kept.data.length)) {
            kept.pos = (int) (offset - kept.offsetOf(0));
            if (tryRead(kept, kind, into)) {
                return;
            }
        }
        SectionData section = sections.need(kind);
        for (int size = window.size; ; size *= 8) {
            // The list of the unit's root entry comes after those of its functions.
            long start = offset < 0 || offset > section.size() ? offset : Math.max(0, offset - size / 4);
            Cursor c = sections.window(kind, start, size);
            c.pos = (int) (offset - start);
            if (tryRead(c, kind, into)) {
                window.bytes = c;
                window.kind = kind;
                window.size = Math.min(size * 2, LARGEST_WINDOW);
                return;
            }
            if (size >= section.size() - start || size > 1 << 27) {
                throw c.truncated(offset, "the range list", new IndexOutOfBoundsException(c.pos));
            }
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
