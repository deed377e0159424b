package dev.backline.dwarf;

import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.SectionData;
import java.io.IOException;

/** Range lists: {@code .debug_ranges} (DWARF4 2.17.3) and {@code .debug_rnglists} (DWARF5 7.25). */
final class RangeLists {
    private static final int WINDOW = 256;

    private RangeLists() {}

    /** Adds the ranges of the list at the offset in {@code .debug_ranges}; {@code base} is the unit's low_pc. */
    static void readRanges(DebugSections sections, long offset, UnitHeader unit, long base, AddressRanges into)
            throws IOException {
        SectionData section = sections.need(Kind.RANGES);
        int size = unit.addressSize();
        long mask = unit.addressMask();
        for (int window = WINDOW; ; window *= 4) {
            Cursor c = sections.window(Kind.RANGES, offset, window);
            into.clear();
            try {
                for (long start = base; ; ) {
                    long first = c.unsigned(size);
                    long second = c.unsigned(size);
                    if (first == 0 && second == 0) {
                        return;
                    }
                    if (first == mask) {
                        start = second;
                    } else {
                        into.add(start + first & mask, start + second & mask);
                    }
                }
            } catch (IndexOutOfBoundsException e) {
                if (window >= section.size() - offset || window > 1 << 28) {
                    throw c.truncated(offset, "the range list", e);
                }
            }
        }
    }

    /** Adds the ranges of the list at the offset in {@code .debug_rnglists}. */
    static void readRngLists(Unit unit, long offset, AddressRanges into) throws IOException {
        SectionData section = unit.sections().need(Kind.RNGLISTS);
        for (int window = WINDOW; ; window *= 4) {
            Cursor c = unit.sections().window(Kind.RNGLISTS, offset, window);
            into.clear();
            try {
                readRngList(unit, c, into);
                return;
            } catch (IndexOutOfBoundsException e) {
                if (window >= section.size() - offset || window > 1 << 28) {
                    throw c.truncated(offset, "the range list", e);
                }
            }
        }
    }

    private static void readRngList(Unit unit, Cursor c, AddressRanges into) throws IOException {
        int size = unit.header().addressSize();
        long mask = unit.header().addressMask();
        long base = unit.lowPc();
        // The linker writes the highest address as the base of code that it dropped (DWARF issue 200609.1).
        boolean dropped = false;
        while (true) {
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
