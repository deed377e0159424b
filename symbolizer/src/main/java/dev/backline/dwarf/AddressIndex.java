package dev.backline.dwarf;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.SectionData;
import dev.backline.io.AddressOrder;
import dev.backline.io.LongList;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Finds the units that claim an address, either in {@code .debug_aranges} (DWARF5 6.1.2) or in the ranges of the units'
 * root entries. If several units claim it, they come in the order of {@code .debug_info}. Immutable once made,
 * thread-safe.
 */
final class AddressIndex {
    static final long NONE = -1;

    /** Some hundred times the size in a kernel. */
    private static final int MAX_SECTION = 256 << 20;

    /** The number of ranges for which there is space at first: at least, and at most. */
    private static final int FEW = 256;

    private static final int USUAL = 1 << 14;

    /** Words that are copied at a time: about a hundred sets. */
    private static final int WORDS = 1024;

    /** Bytes of a range in all columns. */
    private static final int ENTRY = 3 * Long.BYTES;

    private final DebugSections sections;
    private final Kind source;
    /** The units with a range in this index, each once or more. */
    private final LongList listed = new LongList();

    private int count;
    private long[] lows = {};
    private long[] highs = {};
    private long[] units = {};
    /** Made when many addresses are looked up. */
    private volatile @Nullable Sorted sorted;

    /** Why the addresses of a unit are not in the index. */
    private @Nullable DwarfException damage;

    private final AtomicInteger lookups = new AtomicInteger();

    /** Up to this number of look-ups, scanning all ranges costs less than sorting them. */
    private static final int SORT_AFTER = 8;

    /** The ranges in address order, cut where they overlap. */
    private static final class Sorted {
        final long[] starts;
        /** The first unit that claims the addresses from each start to the next, or NONE. */
        final long[] owners;
        /** Whether any address has several claimants. */
        final boolean overlapping;

        Sorted(long[] starts, long[] owners, boolean overlapping) {
            this.starts = starts;
            this.owners = owners;
            this.overlapping = overlapping;
        }
    }

    private AddressIndex(DebugSections sections, Kind source) {
        this.sections = sections;
        this.source = source;
    }

    /** Gives the addresses of each unit. */
    interface CodeOfUnits {
        /**
         * Adds the address ranges of the code of the unit at the offset.
         *
         * @return how many of the ranges come from the unit's range list
         */
        int code(long unit, AddressRanges into) throws IOException;
    }

    /** An index without units. */
    static AddressIndex empty(DebugSections sections) {
        return new AddressIndex(sections, Kind.ARANGES);
    }

    /** Reads the sets of {@code .debug_aranges}. */
    static AddressIndex ofAranges(DebugSections sections) throws IOException {
        AddressIndex index = new AddressIndex(sections, Kind.ARANGES);
        SectionData section = sections.find(Kind.ARANGES);
        if (section == null) {
            return index;
        }
        if (section.size() > MAX_SECTION) {
            throw new DwarfException(
                    section.file(),
                    section.name(),
                    0,
                    "a section of more than 0x" + Integer.toHexString(MAX_SECTION) + " bytes");
        }
        Cursor c = sections.cursor(Kind.ARANGES, 0, (int) section.size());
        // In a kernel, about a quarter of the section is headers and ends of sets
        index.allocate(Math.max(FEW, Math.min(USUAL, c.remaining() / 24)));
        boolean usual = !c.bigEndian;
        long[] words = new long[WORDS];
        while (c.remaining() > 0) {
            long at = c.offset();
            try {
                if (!usual || (c.pos & 7) != 0 || !index.readUsualSets(c, words)) {
                    index.readSet(c);
                    // Sets of one file are alike. A long one may be just too long for the words
                    usual &= c.offset() - at >= WORDS * Long.BYTES;
                }
            } catch (IndexOutOfBoundsException e) {
                throw c.truncated(at, "the set of address ranges", e);
            }
        }
        return index;
    }

    /**
     * Reads the ranges of the units at these offsets that {@code aranges} does not list. If any of them has code, or if
     * the sets in {@code aranges} overlap, {@code aranges} may be incomplete, and the ranges of all units are read.
     */
    static AddressIndex ofUnits(DebugSections sections, CodeOfUnits units, long[] offsets, AddressIndex aranges)
            throws IOException {
        AddressIndex index = new AddressIndex(sections, Kind.INFO);
        RangeBudget budget = new RangeBudget(sections, offsets.length);
        long[] listed = aranges.listed.toArray();
        Arrays.sort(listed);
        for (long offset : offsets) {
            if (Arrays.binarySearch(listed, offset) < 0) {
                budget.spend(index.addUnit(units, offset), offset);
            }
        }
        if (index.count > 0 || aranges.sorted().overlapping) {
            for (long offset : offsets) {
                if (Arrays.binarySearch(listed, offset) >= 0) {
                    budget.spend(index.addUnit(units, offset), offset);
                }
            }
        }
        return index;
    }

    /** Adds the unit's ranges: {@return how many come from its range list} */
    private int addUnit(CodeOfUnits units, long offset) throws IOException {
        AddressRanges ranges = new AddressRanges();
        int listed = 0;
        try {
            listed = units.code(offset, ranges);
            for (int i = 0; i < ranges.count(); i++) {
                add(ranges.low(i), ranges.high(i), offset);
            }
        } catch (DwarfException e) {
            // A damaged unit must not hide the others. Its addresses stay unknown.
            damage = damage == null ? e : damage;
            listed = Math.max(listed, ranges.count());
        }
        return listed;
    }

    /**
     * Bounds the work for range lists. An entry of a list takes two bytes or more, so all units together have fewer
     * entries than the sections have bytes, unless thousands of units share one long list.
     */
    private static final class RangeBudget {
        private final DebugSections sections;
        private long left;

        RangeBudget(DebugSections sections, int units) throws IOException {
            this.sections = sections;
            left = units;
            for (Kind kind : new Kind[] {Kind.RANGES, Kind.RNGLISTS}) {
                SectionData section = sections.find(kind);
                left += section == null ? 0 : section.size();
            }
        }

        void spend(int ranges, long unit) throws DwarfException {
            left -= ranges;
            if (left < 0) {
                throw new DwarfException(
                        sections.file(), Kind.INFO.sectionName, unit, "the range lists of the units overlap");
            }
        }
    }

    /**
     * Reads sets at the cursor, as {@link #readSet} does, while they are as kernels have them: little-endian, of 32-bit
     * DWARF, with addresses of eight bytes, and aligned to eight bytes. In a query, sets are read before the JVM has
     * compiled anything, so they are first copied to numbers of eight bytes, in one call for many sets.
     *
     * @param c at a multiple of eight
     * @param words a buffer for whole sets
     * @return false if the first set is another, too long or damaged; then nothing has been read
     */
    private boolean readUsualSets(Cursor c, long[] words) throws DwarfException {
        int count = Math.min(words.length, c.remaining() / Long.BYTES);
        ByteBuffer.wrap(c.data, c.pos, count * Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .get(words, 0, count);
        int i = 0;
        while (i + 2 <= count) {
            long first = words[i];
            long second = words[i + 1];
            long length = first & 0xffff_ffffL;
            // The version and the lower half of the unit; the upper half, the sizes of an address and of a segment
            if ((first >>> 32 & 0xffff) != 2
                    || (second >>> 16 & 0xffff) != Long.BYTES
                    || (length & 7) != 4
                    || length < 2 * Long.BYTES - 4
                    || length > (count - i) * (long) Long.BYTES - 4) {
                break;
            }
            int end = i + (int) ((length + 4) >>> 3);
            addSet((first >>> 48) | ((second & 0xffff) << 16), words, i + 2, end);
            i = end;
        }
        c.pos += i * Long.BYTES;
        return i > 0;
    }

    /** Adds the tuples of a set. */
    private void addSet(long unit, long[] words, int from, int end) throws DwarfException {
        boolean empty = true;
        for (int tuple = from; tuple + 2 <= end; tuple += 2) {
            long low = words[tuple];
            long size = words[tuple + 1];
            if (size != 0) {
                add(low, low + size, unit);
                empty = false;
            }
        }
        if (!empty) {
            listed.add(unit);
        }
    }

    /** Reads one set at the cursor and moves the cursor past it. */
    private void readSet(Cursor c) throws DwarfException {
        int start = c.pos;
        long at = c.offset();
        long length = c.u4();
        int offsetSize = 4;
        if (length == 0xffff_ffffL) {
            length = c.u8();
            offsetSize = 8;
        }
        if (length < 0 || length > c.remaining()) {
            throw c.broken(
                    at, "the set's length 0x" + Long.toHexString(length) + " extends past the end of the section");
        }
        int end = c.pos + (int) length;
        int version = c.u2();
        if (version != 2) {
            throw c.broken(at, "unsupported version " + version + " (supported: 2)");
        }
        long unit = c.unsigned(offsetSize);
        int addressSize = c.u1();
        int segmentSize = c.u1();
        if ((addressSize != 8 && addressSize != 4 && addressSize != 2) || segmentSize > 8) {
            throw c.broken(at, "unsupported address size " + addressSize);
        }
        // DWARF5 6.1.2: the first tuple is aligned to the size of a tuple, relative to the start of the set.
        int tuple = 2 * addressSize + segmentSize;
        boolean empty = true;
        for (int p = start + (c.pos - start + tuple - 1) / tuple * tuple; p + tuple <= end; p += tuple) {
            c.pos = p + segmentSize;
            long low = c.unsigned(addressSize);
            long size = c.unsigned(addressSize);
            if (size != 0) {
                add(low, low + size, unit);
                empty = false;
            }
        }
        if (!empty) {
            listed.add(unit);
        }
        c.pos = end;
    }

    private void add(long low, long high, long unit) throws DwarfException {
        // An unsigned comparison without a call
        if (low + Long.MIN_VALUE >= high + Long.MIN_VALUE) {
            return;
        }
        if (count == lows.length) {
            grow(unit);
        }
        lows[count] = low;
        highs[count] = high;
        units[count++] = unit;
    }

    private void allocate(int size) {
        lows = new long[size];
        highs = new long[size];
        units = new long[size];
    }

    private void grow(long unit) throws DwarfException {
        if (count == 0) {
            allocate(FEW);
            return;
        }
        int size = Capacity.grown(count, ENTRY, "the units' ranges", sections.file(), source.sectionName, unit);
        lows = Arrays.copyOf(lows, size);
        highs = Arrays.copyOf(highs, size);
        units = Arrays.copyOf(units, size);
    }

    /** The offset of the first unit that claims the address, or NONE. */
    long find(long address) {
        return sorted == null && lookups.incrementAndGet() <= SORT_AFTER ? scan(address) : search(sorted(), address);
    }

    private static long search(Sorted sorted, long address) {
        int last = AddressOrder.lastAtOrBefore(sorted.starts, address);
        return last < 0 ? NONE : sorted.owners[last];
    }

    private long scan(long address) {
        // Unsigned comparisons without calls: the JVM interprets this loop
        long wanted = address + Long.MIN_VALUE;
        long[] from = lows;
        long[] to = highs;
        long best = NONE;
        for (int i = 0, n = count; i < n; i++) {
            if (from[i] + Long.MIN_VALUE <= wanted
                    && wanted < to[i] + Long.MIN_VALUE
                    && (best == NONE || units[i] < best)) {
                best = units[i];
            }
        }
        return best;
    }

    /** The offsets of all units that claim the address, in order. */
    long[] claimants(long address) {
        Sorted index = sorted();
        long first = search(index, address);
        if (first == NONE) {
            return new long[0];
        }
        if (!index.overlapping) {
            return new long[] {first};
        }
        LongList claimants = new LongList();
        for (int i = 0; i < count; i++) {
            if (Long.compareUnsigned(lows[i], address) <= 0 && Long.compareUnsigned(address, highs[i]) < 0) {
                claimants.add(units[i]);
            }
        }
        long[] inOrder = claimants.toArray();
        Arrays.sort(inOrder);
        return inOrder;
    }

    /** Why the addresses of a unit are unknown; null if those of all units that were asked are known. */
    @Nullable
    DwarfException damage() {
        return damage;
    }

    /** The number of ranges that units claim. */
    int claims() {
        return count;
    }

    long low(int claim) {
        return lows[claim];
    }

    long high(int claim) {
        return highs[claim];
    }

    /** The offset of the unit that claims the range. */
    long unit(int claim) {
        return units[claim];
    }

    /** Whether any address has several claimants. */
    boolean isOverlapping() {
        return sorted().overlapping;
    }

    /** The number of spans in address order. A span ends where the next one starts; the last has no owner. */
    int spans() {
        return sorted().starts.length;
    }

    long spanStart(int span) {
        return sorted().starts[span];
    }

    /** The offset of the first unit that claims the span, or {@link #NONE}. */
    long spanOwner(int span) {
        return sorted().owners[span];
    }

    private Sorted sorted() {
        Sorted made = sorted;
        if (made == null) {
            made = sort();
            sorted = made;
        }
        return made;
    }

    private Sorted sort() {
        SpanCutter cutter = new SpanCutter(count);
        boolean overlapping = false;
        long end = 0;
        for (int i : AddressOrder.of(lows, count)) {
            // The cutter prefers the highest rank; the lowest offset must win.
            cutter.add(lows[i], highs[i], -units[i] - 1);
            overlapping |= Long.compareUnsigned(lows[i], end) < 0;
            end = Long.compareUnsigned(highs[i], end) > 0 ? highs[i] : end;
        }
        cutter.finish();
        long[] starts = cutter.starts();
        long[] owners = new long[starts.length];
        for (int i = 0; i < owners.length; i++) {
            owners[i] = cutter.owner(i) == SpanCutter.NOBODY ? NONE : -cutter.owner(i) - 1;
        }
        return new Sorted(starts, owners, overlapping);
    }
}
