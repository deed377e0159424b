package dev.backline.dwarf;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.io.AddressOrder;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The functions of one unit by address, and the names of all its function entries. The inlined calls of a function are
 * read on the first look-up of an address in it. Thread-safe.
 */
final class FunctionIndex {
    /** Counts the memory of tables that are read on first use. */
    interface Growth {
        /** Adds to the memory in use, in bytes. */
        void grew(long bytes);
    }

    private static final int NONE = FunctionTable.NONE;

    /** The value of an attribute that an entry does not have. */
    private static final long ABSENT = -1;

    private static final int FORM_SHIFT = 48;

    private final UnitContext unit;
    private final FunctionNames.Source source;
    private final FunctionNames.Reader reader;
    private final Growth growth;
    /** Boundaries in address order, and the outermost function from each boundary to the next, or NONE. */
    private final long[] starts;

    private final int[] owners;
    private final boolean entangled;
    /** Why the unit's entries were read to a damaged one only; null if all were. */
    private final @Nullable IOException damage;
    /** The start of each outermost function's entry and the end of its last child, relative to the unit's header. */
    private final int[] firsts;

    private final int[] ends;
    private final AtomicReferenceArray<FunctionTable> tables;
    private final ConcurrentHashMap<Integer, IOException> failures = new ConcurrentHashMap<>();

    /** The offsets of all function entries except declarations, relative to the unit's header, ascending. */
    private final int[] entries;
    /** For each entry, DW_AT_name and DW_AT_linkage_name: the form in the upper 16 bits, the value in the others. */
    private final long[] names;

    private final long[] linkageNames;
    /** For each entry, the target of DW_AT_abstract_origin or DW_AT_specification in the unit, or ABSENT. */
    private final int[] origins;

    private final AtomicReferenceArray<FunctionNames> known;
    private final ConcurrentHashMap<Long, FunctionNames> others = new ConcurrentHashMap<>();

    private FunctionIndex(
            Builder b,
            FunctionNames.Source source,
            FunctionNames.Reader reader,
            Growth growth,
            @Nullable IOException damage) {
        unit = b.unit;
        this.damage = damage;
        this.source = source;
        this.reader = reader;
        this.growth = growth;
        firsts = Arrays.copyOf(b.firsts, b.functions);
        ends = Arrays.copyOf(b.ends, b.functions);
        tables = new AtomicReferenceArray<>(b.functions);
        entries = Arrays.copyOf(b.entries, b.count);
        names = Arrays.copyOf(b.names, b.count);
        linkageNames = b.anyLinkageName ? Arrays.copyOf(b.linkageNames, b.count) : new long[0];
        origins = Arrays.copyOf(b.origins, b.count);
        known = new AtomicReferenceArray<>(b.count);
        int[] order = AddressOrder.of(b.lows, b.spans);
        SpanCutter cutter = SpanCutter.of(unit.sections().scratch());
        cutter.begin(b.spans);
        boolean overlap = false;
        long end = 0;
        int last = NONE;
        for (int span : order) {
            cutter.add(b.lows[span], b.highs[span], b.owners[span]);
            overlap |= Long.compareUnsigned(b.lows[span], end) < 0 && b.owners[span] != last;
            if (Long.compareUnsigned(b.highs[span], end) > 0) {
                end = b.highs[span];
                last = b.owners[span];
            }
        }
        cutter.finish();
        // DWARF 2 has no DW_AT_ranges: the second part of a function is a function with another name, but its inlined
        // calls are children of the first.
        entangled = overlap || unit.header().version() == 2;
        starts = cutter.starts();
        owners = new int[starts.length];
        for (int i = 0; i < owners.length; i++) {
            owners[i] = cutter.owner(i) == SpanCutter.NOBODY ? NONE : (int) cutter.owner(i);
        }
    }

    /**
     * Reads the function entries of a unit.
     *
     * @param source gives names to the tables of functions
     * @param reader reads names from entries of other units
     * @param growth counts the memory of tables that are read later
     */
    static FunctionIndex read(UnitContext unit, FunctionNames.Source source, FunctionNames.Reader reader, Growth growth)
            throws IOException {
        Builder builder = new Builder(unit);
        Cursor c = unit.body();
        IOException damage = null;
        try {
            builder.walk(c);
        } catch (IndexOutOfBoundsException e) {
            damage = c.truncated(unit.header().offset(), "the unit", e);
        } catch (IOException e) {
            damage = e;
        }
        if (damage != null && !builder.dropLast()) {
            throw damage;
        }
        return new FunctionIndex(builder, source, reader, growth, damage);
    }

    /** The approximate memory of the index, in bytes. */
    long weight() {
        return 300L + 12L * starts.length + 12L * firsts.length + 28L * entries.length;
    }

    /** Whether functions overlap, so that only the table of all functions of the unit gives the right one. */
    boolean isEntangled() {
        return entangled;
    }

    /**
     * The table of the function at the address and its inlined calls; null if no function has the address. Must not be
     * called if {@link #isEntangled} is true.
     */
    @Nullable
    FunctionTable at(long address) throws IOException {
        int boundary = AddressOrder.lastAtOrBefore(starts, address);
        int function = boundary < 0 ? NONE : owners[boundary];
        if (function == NONE) {
            if (damage != null) {
                throw damage;
            }
            return null;
        }
        FunctionTable table = tables.get(function);
        return table == null ? read(function) : table;
    }

    private FunctionTable read(int function) throws IOException {
        IOException failure = failures.get(function);
        if (failure != null) {
            throw failure;
        }
        try {
            long offset = unit.header().offset();
            Cursor c = unit.part(offset + firsts[function], offset + ends[function]);
            FunctionTable table = FunctionTable.read(unit, source, c);
            if (tables.compareAndSet(function, null, table)) {
                growth.grew(table.weight());
            }
            return table;
        } catch (IOException e) {
            failures.put(function, e);
            throw e;
        }
    }

    /** The names of the function entry at the offset in {@code .debug_info}, through its references. */
    FunctionNames names(long entry) throws IOException {
        long place = entry - unit.header().offset();
        int index = place < 0 || place > Integer.MAX_VALUE ? -1 : Arrays.binarySearch(entries, (int) place);
        // Follow a short chain of references in the unit; the reader below handles longer chains and loops.
        for (int i = 0; i < 4 && index >= 0; i++) {
            FunctionNames found = known.get(index);
            if (found == null && isPlain(index)) {
                found = new FunctionNames(string(names, index), string(linkageNames, index));
                known.set(index, found);
                grew(found);
            }
            if (found != null) {
                return found;
            }
            boolean refers = names[index] == ABSENT && (linkageNames.length == 0 || linkageNames[index] == ABSENT);
            index = refers && origins[index] >= 0 ? Arrays.binarySearch(entries, origins[index]) : -1;
        }
        FunctionNames found = others.get(entry);
        if (found == null) {
            found = reader.read(unit, null, entry);
            others.put(entry, found);
            grew(found);
        }
        return found;
    }

    private void grew(FunctionNames names) {
        String name = names.name();
        String linkageName = names.linkageName();
        growth.grew(100L + (name == null ? 0 : name.length()) + (linkageName == null ? 0 : linkageName.length()));
    }

    /** Whether the entry has its names itself. */
    private boolean isPlain(int index) {
        return origins[index] == NONE && names[index] != ABSENT;
    }

    private @Nullable String string(long[] column, int index) throws IOException {
        long value = column.length == 0 ? ABSENT : column[index];
        if (value == ABSENT) {
            return null;
        }
        String text = unit.string((int) (value >>> FORM_SHIFT), value & (1L << FORM_SHIFT) - 1);
        return text.isEmpty() ? null : text;
    }

    /** Collects functions and names in a walk over the entries. */
    private static final class Builder {
        /** Bytes of a function entry, and of a range, in all columns. */
        private static final int ENTRY = 2 * Long.BYTES + 4 * Integer.BYTES;

        private static final int SPAN = 3 * Long.BYTES;

        private final UnitContext unit;
        private final AddressRanges ranges = new AddressRanges();
        private final RangeLists lists;

        private int functions;
        /** The number of the outermost function around the current entry, NONE if it has no addresses so far. */
        private int number = NONE;

        private int[] firsts = new int[64];
        private int[] ends = new int[64];

        private int count;
        private int[] entries = new int[128];
        private long[] names = new long[128];
        private long[] linkageNames = new long[128];
        private int[] origins = new int[128];
        private boolean anyLinkageName;

        private int spans;
        private long[] lows = new long[64];
        private long[] highs = new long[64];
        private int[] owners = new int[64];

        Builder(UnitContext unit) {
            this.unit = unit;
            lists = new RangeLists(unit);
        }

        void walk(Cursor c) throws IOException {
            EntryWalk walk = new EntryWalk(unit, c, false);
            // The outermost function entry around the current one, and its depth.
            int outermost = 0;
            int depth = -1;
            while (walk.next()) {
                int entry = (int) (walk.offset() - unit.header().offset());
                boolean nested = depth >= 0 && walk.leastDepth() > depth;
                if (!nested) {
                    if (number != NONE) {
                        ends[number] = entry;
                    }
                    outermost = entry;
                    number = NONE;
                    depth = walk.hasChildren() ? walk.depth() : -1;
                }
                Attributes attributes = walk.attributes();
                if (attributes.has(DECLARATION)) {
                    continue;
                }
                addEntry(entry, attributes);
                lists.read(attributes, ranges);
                if (ranges.count() > 0) {
                    number = number == NONE ? addFunction(outermost) : number;
                    addRanges(number);
                }
            }
            if (number != NONE) {
                ends[number] = (int) (unit.header().end() - unit.header().offset());
            }
        }

        /** Drops the function whose entries were not all read: {@return whether any function is left} */
        boolean dropLast() {
            if (number != NONE) {
                functions--;
                while (spans > 0 && owners[spans - 1] == functions) {
                    spans--;
                }
            }
            return functions > 0;
        }

        private int addFunction(int entry) {
            if (functions == firsts.length) {
                firsts = Arrays.copyOf(firsts, functions * 2);
                ends = Arrays.copyOf(ends, functions * 2);
            }
            firsts[functions] = entry;
            return functions++;
        }

        private void addEntry(int entry, Attributes attributes) throws DwarfException {
            if (count == entries.length) {
                growEntries();
            }
            entries[count] = entry;
            names[count] = text(attributes, NAME);
            linkageNames[count] = text(attributes, LINKAGE_NAME);
            anyLinkageName |= linkageNames[count] != ABSENT;
            int slot = attributes.has(ABSTRACT_ORIGIN) ? ABSTRACT_ORIGIN : SPECIFICATION;
            origins[count++] = attributes.has(slot) ? place(attributes.form(slot), attributes.value(slot)) : NONE;
        }

        // The growth is apart, since the JVM compiles all that it inlines into a method
        private void growEntries() throws DwarfException {
            int size = unit.grown(count, ENTRY, "the unit's functions");
            entries = Arrays.copyOf(entries, size);
            names = Arrays.copyOf(names, size);
            linkageNames = Arrays.copyOf(linkageNames, size);
            origins = Arrays.copyOf(origins, size);
        }

        private void growSpans() throws DwarfException {
            int size = unit.grown(spans, SPAN, "the ranges of the unit's functions");
            lows = Arrays.copyOf(lows, size);
            highs = Arrays.copyOf(highs, size);
            owners = Arrays.copyOf(owners, size);
        }

        private static long text(Attributes attributes, int slot) {
            if (!attributes.has(slot)) {
                return ABSENT;
            }
            long value = attributes.value(slot);
            long form = attributes.form(slot);
            // A value that does not fit, for example in a damaged file, is left to the reader.
            return value >>> FORM_SHIFT == 0 && form < 1 << 15 ? form << FORM_SHIFT | value : ABSENT;
        }

        /** The target of a reference relative to the unit's header; NONE - 1 if it is not in this unit. */
        private int place(int form, long value) {
            long place = UnitContext.isSupplementary(form)
                    ? -1
                    : unit.reference(form, value) - unit.header().offset();
            return place < 0 || place > Integer.MAX_VALUE ? NONE - 1 : (int) place;
        }

        private void addRanges(int function) throws DwarfException {
            for (int i = 0; i < ranges.count(); i++) {
                if (spans == lows.length) {
                    growSpans();
                }
                lows[spans] = ranges.low(i);
                highs[spans] = ranges.high(i);
                owners[spans++] = function;
            }
        }
    }
}
