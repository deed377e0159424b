package dev.backline.dwarf;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.io.AddressOrder;
import dev.backline.io.IntList;
import dev.backline.io.Lazy;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The functions and inlined calls of one unit as columns, and a map from addresses to the innermost of them. A node is
 * a DW_TAG_subprogram or DW_TAG_inlined_subroutine entry. Nodes are in the order of the entries, so a parent comes
 * before its children. Immutable once read, thread-safe.
 */
final class FunctionTable {
    /** The result of {@link #find} and {@link #parent} if there is no function. */
    static final int NONE = -1;

    private final UnitContext unit;
    private final FunctionNames.Source names;
    private final int[] parents;
    /** The entry with each node's name: the node's entry, or for an inlined call the abstract entry. */
    private final long[] nameEntries;

    private final boolean[] inSupplementary;
    private final boolean[] inlined;
    private final int[] callFiles;
    private final int[] callLines;
    private final int[] callColumns;
    private final long[] entries;

    /** Boundaries in address order, and the innermost node from each boundary to the next, or NONE. */
    private final long[] starts;

    private final int[] owners;
    private final Lazy<int[], IOException> nameHashes = new Lazy<>() {
        @Override
        protected int[] compute() throws IOException {
            return readNameHashes();
        }
    };

    private FunctionTable(UnitContext unit, Columns b, FunctionNames.Source names) {
        this.unit = unit;
        this.names = names;
        int n = b.nodes;
        parents = Arrays.copyOf(b.parents, n);
        nameEntries = Arrays.copyOf(b.nameEntries, n);
        inSupplementary = Arrays.copyOf(b.inSupplementary, n);
        inlined = Arrays.copyOf(b.inlined, n);
        callFiles = Arrays.copyOf(b.callFiles, n);
        callLines = Arrays.copyOf(b.callLines, n);
        callColumns = Arrays.copyOf(b.callColumns, n);
        entries = Arrays.copyOf(b.entries, n);
        SpanCutter cutter = b.cut();
        starts = cutter.starts();
        owners = new int[starts.length];
        for (int i = 0; i < owners.length; i++) {
            long rank = cutter.owner(i);
            owners[i] = rank == SpanCutter.NOBODY ? NONE : (int) rank;
        }
    }

    /**
     * Reads the entry at the cursor and the functions and inlined calls below it.
     *
     * @param unit that has the entries
     * @param names gives the names of the functions, on demand
     * @param c at the unit's root entry or at a function, over all entries below it
     */
    static FunctionTable read(UnitContext unit, FunctionNames.Source names, Cursor c) throws IOException {
        Columns columns = Columns.of(unit.sections().scratch());
        try {
            new Builder(unit, columns, c).walk();
        } catch (IndexOutOfBoundsException e) {
            throw c.truncated(unit.header().offset(), "the unit", e);
        }
        return new FunctionTable(unit, columns, names);
    }

    /** The approximate memory of the table, in bytes. */
    long weight() {
        return 350L + 36L * parents.length + 12L * starts.length;
    }

    /** The innermost node with the address, or NONE. */
    int find(long address) {
        int boundary = boundary(address);
        return boundary < 0 ? NONE : owners[boundary];
    }

    /** The last boundary at or below the address, or -1. */
    int boundary(long address) {
        return AddressOrder.lastAtOrBefore(starts, address);
    }

    /** The number of boundaries. */
    int boundaries() {
        return starts.length;
    }

    long start(int boundary) {
        return starts[boundary];
    }

    /** The innermost node from the boundary to the next, or NONE. */
    int owner(int boundary) {
        return owners[boundary];
    }

    int nodes() {
        return parents.length;
    }

    /** The unit with the entries of the nodes; for a skeleton its split unit. */
    UnitContext unit() {
        return unit;
    }

    int parent(int node) {
        return parents[node];
    }

    boolean isInlined(int node) {
        return inlined[node];
    }

    int callFile(int node) {
        return callFiles[node];
    }

    int callLine(int node) {
        return callLines[node];
    }

    int callColumn(int node) {
        return callColumns[node];
    }

    /** The offset of the node's entry in {@code .debug_info}. */
    long entry(int node) {
        return entries[node];
    }

    /** The entry with the node's name, an offset in {@code .debug_info} of this file or of the supplementary file. */
    long nameEntry(int node) {
        return nameEntries[node];
    }

    boolean isNamedInSupplementary(int node) {
        return inSupplementary[node];
    }

    /** Gives the names of entries that the nodes' entries refer to. */
    FunctionNames.Source names() {
        return names;
    }

    /** The names of the node's function, looked up through abstract origins and specifications. */
    FunctionNames names(int node) throws IOException {
        return inSupplementary[node] ? names.supplementaryNames(nameEntries[node]) : names.names(nameEntries[node]);
    }

    /**
     * The names of the node's function; names in this file are not cached.
     *
     * @param body over all entries of {@link #unit()}, so that they are not read again
     */
    FunctionNames names(int node, Cursor body) throws IOException {
        return inSupplementary[node] ? names(node) : names.readNames(body, nameEntries[node]);
    }

    /** {@return the nodes of functions with this DW_AT_name, in the order of the entries} */
    int[] named(String name) throws IOException {
        int[] hashes = nameHashes.get();
        int hash = name.hashCode();
        IntList found = new IntList();
        for (int node = 0; node < hashes.length; node++) {
            if (hashes[node] == hash && name.equals(names(node).name())) {
                found.add(node);
            }
        }
        return found.toArray();
    }

    /** Hashes instead of names: the names of all functions of a hostile unit could fill the heap. */
    private int[] readNameHashes() throws IOException {
        int[] hashes = new int[parents.length];
        Cursor body = unit.from(unit.header().firstEntry());
        Map<Long, Integer> known = new HashMap<>();
        for (int node = 0; node < hashes.length; node++) {
            // Offsets in the supplementary file are negated, to keep them apart from those in this file.
            long entry = inSupplementary[node] ? ~nameEntries[node] : nameEntries[node];
            Integer hash = known.get(entry);
            if (hash == null) {
                String name = names(node, body).name();
                hash = name == null ? 0 : name.hashCode();
                known.put(entry, hash);
            }
            hashes[node] = hash;
        }
        return hashes;
    }

    /** The columns of one table after the other while its entries are read. Not thread-safe. */
    static final class Columns {
        /** Bytes of a node, and of a span, in all columns. */
        private static final int NODE = 2 * Long.BYTES + 4 * Integer.BYTES + 2;

        private static final int SPAN = 3 * Long.BYTES;

        /** Enough for the inlined calls of most functions. */
        private static final int FEW = 64;

        /** Larger columns are not kept. */
        private static final int MOST_KEPT = 1 << 16;

        private int nodes;
        private int[] parents = {};
        private long[] nameEntries = {};
        private boolean[] inSupplementary = {};
        private boolean[] inlined = {};
        private int[] callFiles = {};
        private int[] callLines = {};
        private int[] callColumns = {};
        private long[] entries = {};

        private int spans;
        private long[] spanLows = {};
        private long[] spanHighs = {};
        /** The span's node, and in the upper 32 bits the depth of its entry, which decides if spans overlap. */
        private long[] spanRanks = {};

        private final AddressRanges ranges = new AddressRanges();
        private final SpanCutter cutter;

        Columns(SpanCutter cutter) {
            this.cutter = cutter;
        }

        static Columns of(DebugSections.Scratch scratch) {
            Columns kept = scratch.get(Columns.class);
            return kept != null ? kept : scratch.keep(Columns.class, new Columns(SpanCutter.of(scratch)));
        }

        /** Prepares for a table, without nodes. */
        private void begin() {
            nodes = 0;
            spans = 0;
            if (parents.length == 0 || parents.length > MOST_KEPT) {
                resizeNodes(FEW);
            }
            if (spanLows.length == 0 || spanLows.length > MOST_KEPT) {
                resizeSpans(FEW);
            }
        }

        private void resizeNodes(int size) {
            parents = Arrays.copyOf(parents, size);
            nameEntries = Arrays.copyOf(nameEntries, size);
            inSupplementary = Arrays.copyOf(inSupplementary, size);
            inlined = Arrays.copyOf(inlined, size);
            callFiles = Arrays.copyOf(callFiles, size);
            callLines = Arrays.copyOf(callLines, size);
            callColumns = Arrays.copyOf(callColumns, size);
            entries = Arrays.copyOf(entries, size);
        }

        private void resizeSpans(int size) {
            spanLows = Arrays.copyOf(spanLows, size);
            spanHighs = Arrays.copyOf(spanHighs, size);
            spanRanks = Arrays.copyOf(spanRanks, size);
        }

        /** If several spans hold an address, the span of the deepest entry wins; of equally deep entries the last. */
        private SpanCutter cut() {
            cutter.begin(spans);
            for (int span : AddressOrder.of(spanLows, spans)) {
                cutter.add(spanLows[span], spanHighs[span], spanRanks[span]);
            }
            cutter.finish();
            return cutter;
        }
    }

    /** Collects nodes and their ranges in a walk over the entries. */
    private static final class Builder {
        private final UnitContext unit;
        private final Columns columns;
        private final EntryWalk walk;
        private final Attributes attributes;
        private final RangeLists rangeLists;

        Builder(UnitContext unit, Columns columns, Cursor c) {
            this.unit = unit;
            this.columns = columns;
            columns.begin();
            walk = new EntryWalk(unit, c, true);
            attributes = walk.attributes();
            rangeLists = new RangeLists(unit);
        }

        void walk() throws IOException {
            // The nodes around the current entry (NONE for a declaration) and their depths.
            int[] open = new int[16];
            int[] depths = new int[16];
            int count = 0;
            while (walk.next()) {
                while (count > 0 && depths[count - 1] >= walk.leastDepth()) {
                    count--;
                }
                int node = add(walk.tag(), walk.offset(), count == 0 ? NONE : open[count - 1], walk.depth());
                if (walk.hasChildren()) {
                    if (count == open.length) {
                        open = Arrays.copyOf(open, count * 2);
                        depths = Arrays.copyOf(depths, count * 2);
                    }
                    open[count] = node;
                    depths[count++] = walk.depth();
                }
            }
        }

        private int add(int tag, long entry, int parent, int depth) throws IOException {
            if (attributes.has(DECLARATION)) {
                return NONE;
            }
            Columns to = columns;
            int node = to.nodes;
            if (node == to.parents.length) {
                to.resizeNodes(unit.grown(node, Columns.NODE, "the unit's functions"));
            }
            to.nodes++;
            boolean isInlined = tag == DW_TAG_inlined_subroutine;
            boolean hasOrigin = isInlined && attributes.has(ABSTRACT_ORIGIN);
            int form = hasOrigin ? attributes.form(ABSTRACT_ORIGIN) : 0;
            to.parents[node] = parent;
            to.entries[node] = entry;
            to.nameEntries[node] = hasOrigin ? unit.reference(form, attributes.value(ABSTRACT_ORIGIN)) : entry;
            to.inSupplementary[node] = hasOrigin && UnitContext.isSupplementary(form);
            to.inlined[node] = isInlined;
            to.callFiles[node] = isInlined ? number(CALL_FILE) : 0;
            to.callLines[node] = isInlined ? number(CALL_LINE) : 0;
            to.callColumns[node] = isInlined ? number(CALL_COLUMN) : 0;
            AddressRanges ranges = to.ranges;
            rangeLists.read(attributes, ranges);
            for (int i = 0; i < ranges.count(); i++) {
                int span = to.spans++;
                if (span == to.spanLows.length) {
                    to.resizeSpans(unit.grown(span, Columns.SPAN, "the ranges of the unit's functions"));
                }
                to.spanLows[span] = ranges.low(i);
                to.spanHighs[span] = ranges.high(i);
                to.spanRanks[span] = (long) depth << 32 | node;
            }
            return node;
        }

        private int number(int slot) {
            return attributes.has(slot) ? (int) attributes.value(slot) : 0;
        }
    }
}
