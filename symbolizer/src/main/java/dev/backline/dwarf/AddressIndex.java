package dev.backline.dwarf;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.SectionData;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Which unit an address belongs to. {@code .debug_aranges} (DWARF5 6.1.2) answers where a unit has a set
 * there; units that a producer left out, or that have an empty set, answer with the ranges of their root
 * entries. Where several units claim an address the first in {@code .debug_info} has it. Immutable once
 * made, thread-safe.
 */
final class AddressIndex {
    static final long NONE = -1;

    private static final int CHUNK = 1 << 16;

    private int count;
    private long[] lows = new long[256];
    private long[] highs = new long[256];
    private long[] units = new long[256];
    /** Cut at each other's boundaries and in address order, for many look-ups; null until there are some. */
    private volatile long @org.jspecify.annotations.Nullable [][] sorted;

    private final java.util.concurrent.atomic.AtomicInteger lookups = new java.util.concurrent.atomic.AtomicInteger();

    /** A scan of all ranges is cheaper than sorting them until this many addresses have been asked for. */
    private static final int SORT_AFTER = 8;

    private AddressIndex() {}

    /** What the sets of {@code .debug_aranges} say; {@code seen} gets the units that have one with addresses in it. */
    static AddressIndex ofAranges(DebugSections sections, Set<Long> seen) throws IOException {
        AddressIndex index = new AddressIndex();
        SectionData section = sections.find(Kind.ARANGES);
        if (section != null) {
            long offset = 0;
            while (offset < section.size()) {
                offset = index.readSet(sections, section, offset, seen);
            }
        }
        return index;
    }

    /** What the root entries say of the units at these offsets. */
    static AddressIndex ofUnits(Dwarf dwarf, long[] offsets, Set<Long> except) throws IOException {
        AddressIndex index = new AddressIndex();
        AddressRanges ranges = new AddressRanges();
        for (long offset : offsets) {
            if (except.contains(offset)) {
                continue;
            }
            try {
                Unit unit = dwarf.unit(offset);
                unit.ranges(ranges);
                for (int i = 0; i < ranges.count(); i++) {
                    index.add(ranges.low(i), ranges.high(i), offset);
                }
                if (ranges.count() == 0) {
                    index.addFunctions(unit, offset);
                }
            } catch (DwarfException e) {
                // One damaged unit must not hide the others; its own addresses stay unknown.
            }
        }
        return index;
    }

    /** Old compilers give a unit of several sections no ranges at all; its functions have them. */
    private void addFunctions(Unit unit, long offset) throws IOException {
        if (unit.hasRangesOfItsOwn() || unit.isPartial() || unit.header().isTypeUnit()) {
            return;
        }
        FunctionTable functions = unit.functions();
        for (int i = 0; i < functions.boundaries() - 1; i++) {
            if (functions.owner(i) != FunctionTable.NONE) {
                add(functions.start(i), functions.start(i + 1), offset);
            }
        }
    }

    private long readSet(DebugSections sections, SectionData section, long offset, Set<Long> seen) throws IOException {
        Cursor head = sections.window(Kind.ARANGES, offset, 32);
        try {
            long length = head.u4();
            int offsetSize = 4;
            if (length == 0xffff_ffffL) {
                length = head.u8();
                offsetSize = 8;
            }
            long end = head.offset() + length;
            if (length < 0 || end > section.size()) {
                throw head.broken(
                        offset,
                        "the set's length 0x" + Long.toHexString(length)
                                + " is larger than what is left of the section");
            }
            int version = head.u2();
            if (version != 2) {
                throw head.broken(offset, "the set has version " + version + "; 2 is the only one");
            }
            long unit = head.unsigned(offsetSize);
            int addressSize = head.u1();
            int segmentSize = head.u1();
            if ((addressSize != 8 && addressSize != 4 && addressSize != 2) || segmentSize > 8) {
                throw head.broken(offset, "the set's addresses have " + addressSize + " bytes");
            }
            // DWARF5 6.1.2: the first tuple is aligned to its own size, counted from the set's start.
            long tuple = 2L * addressSize + segmentSize;
            long first = offset + (head.offset() - offset + tuple - 1) / tuple * tuple;
            boolean any = false;
            for (long at = first; at + tuple <= end; ) {
                int chunk = (int) (Math.min(CHUNK, end - at) / tuple * tuple);
                Cursor c = sections.cursor(Kind.ARANGES, at, chunk);
                while (c.remaining() >= tuple) {
                    c.skip(segmentSize);
                    long low = c.unsigned(addressSize);
                    long size = c.unsigned(addressSize);
                    if (size != 0) {
                        add(low, low + size, unit);
                        any = true;
                    }
                }
                at += chunk;
            }
            if (any) {
                seen.add(unit);
            }
            return end;
        } catch (IndexOutOfBoundsException e) {
            throw head.truncated(offset, "the set of address ranges", e);
        }
    }

    private void add(long low, long high, long unit) {
        if (Long.compareUnsigned(low, high) >= 0) {
            return;
        }
        if (count == lows.length) {
            lows = Arrays.copyOf(lows, count * 2);
            highs = Arrays.copyOf(highs, count * 2);
            units = Arrays.copyOf(units, count * 2);
        }
        lows[count] = low;
        highs[count] = high;
        units[count++] = unit;
    }

    /** The offset of the unit that the address belongs to, or NONE. */
    long find(long address) {
        long[][] columns = sorted;
        if (columns == null) {
            if (lookups.incrementAndGet() <= SORT_AFTER) {
                return scan(address);
            }
            columns = sort();
            sorted = columns;
        }
        long[] starts = columns[0];
        int low = 0;
        int high = starts.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(starts[middle], address) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? NONE : columns[1][low - 1];
    }

    private long scan(long address) {
        long best = NONE;
        for (int i = 0; i < count; i++) {
            if (Long.compareUnsigned(lows[i], address) <= 0
                    && Long.compareUnsigned(address, highs[i]) < 0
                    && (best == NONE || units[i] < best)) {
                best = units[i];
            }
        }
        return best;
    }

    private long[][] sort() {
        SpanCutter cutter = new SpanCutter(count);
        for (int i : AddressOrder.of(lows, count)) {
            // The cutter lets the highest rank win, and here the lowest offset does.
            cutter.add(lows[i], highs[i], -units[i] - 1);
        }
        cutter.finish();
        long[] starts = cutter.starts();
        long[] owners = cutter.owners();
        for (int i = 0; i < owners.length; i++) {
            owners[i] = owners[i] == SpanCutter.NOBODY ? NONE : -owners[i] - 1;
        }
        return new long[][] {starts, owners};
    }

    static Set<Long> newSet() {
        return new HashSet<>();
    }
}
