package dev.backline.dwarf;

import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.SectionData;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a unit's range lists: {@code .debug_ranges} (DWARF4 2.17.3) and {@code .debug_rnglists} (DWARF5
 * 7.25). A unit's lists stand together, so what was read for one serves the next. Not thread-safe.
 */
final class RangeLists {
    private static final int FIRST_WINDOW = 256;
    private static final int LARGEST_WINDOW = 1 << 16;

    private final Unit unit;
    private @Nullable Cursor window;
    private @Nullable DebugSections windowOf;
    private int windowSize = FIRST_WINDOW;

    RangeLists(Unit unit) {
        this.unit = unit;
    }

    /** Adds the ranges of the list at the offset in the {@code .debug_ranges} of the file with the addresses. */
    void readRanges(DebugSections sections, long offset, AddressRanges into) throws IOException {
        read(sections, Kind.RANGES, offset, into);
    }

    /** Adds the ranges of the list at the offset in the unit's {@code .debug_rnglists}. */
    void readRngLists(long offset, AddressRanges into) throws IOException {
        read(unit.sections(), Kind.RNGLISTS, offset, into);
    }

    private void read(DebugSections sections, Kind kind, long offset, AddressRanges into) throws IOException {
        // A unit has all its lists in one of the two sections, which its version decides.
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

    /** Reads the list at the cursor; false when it goes on behind the window. */
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
                    "a range list of more than " + ranges.count() + " ranges; if the file is sound, give"
                            + " Java a larger heap (-Xmx)");
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
        // The linker writes the highest address as the base of code that it dropped (DWARF issue 200609.1).
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
