package dev.backline.dwarf;

import static dev.backline.dwarf.UnitCode.NONE;

import dev.backline.dwarf.DebugSections.Kind;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Builds the {@link UnitCode} of a unit from its functions and lines, with the same answers as {@code Dwarf.framesAt}.
 * Reused from unit to unit; not thread-safe.
 */
final class UnitCodeBuilder extends UnitCode.Columns {
    /** Deeper than compilers inline calls. Readers of other formats use recursion. */
    private static final int MAX_DEPTH = 500;

    /** The greatest length of a function in bytes, more than a kernel has altogether. */
    private static final int MAX_LENGTH = 1 << 30;

    /** Bytes of a row, a call and a range in all columns. */
    private static final int ROW = 3 * Integer.BYTES;

    private static final int CALL = 6 * Integer.BYTES;
    private static final int RANGE = 3 * Integer.BYTES;

    /** Whether to add columns, discriminators and both names of each function. */
    private final boolean details;

    private @Nullable FunctionTable current;

    private final Map<Long, Integer> nameNumbers = new HashMap<>();
    private final Map<Integer, Integer> fileNumbers = new HashMap<>();

    /** For the current piece: the end of each span, and the innermost node in it. */
    private int spans;

    private int[] spanEnds = new int[64];
    private int[] spanNodes = new int[64];

    /** For each node, the chain of its ranges in the piece: the first and the last link, or NONE. */
    private int[] firstLinks = {};

    private int[] lastLinks = {};
    private int[] depths = {};
    private int[] roots = {};

    private int links;
    private int[] linkOffsets = new int[64];
    private int[] linkEnds = new int[64];
    private int[] nextLinks = new int[64];

    UnitCodeBuilder(boolean details) {
        this.details = details;
        if (details) {
            callColumns = new int[callLines.length];
            placeStarts = new int[rowStarts.length];
            placeOffsets = new int[rowOffsets.length];
            placeColumns = new int[rowOffsets.length];
            placeDiscriminators = new int[rowOffsets.length];
        }
    }

    /**
     * Builds the code of a unit at some addresses.
     *
     * @param table the unit's functions
     * @param body all entries of the unit with the functions
     * @param lines null if the unit has no line table
     * @param wanted the addresses, ascending and not overlapping
     */
    UnitCode build(FunctionTable table, Cursor body, @Nullable LineTable lines, AddressRanges wanted)
            throws IOException {
        pieces = 0;
        rows = 0;
        calls = 0;
        ranges = 0;
        places = 0;
        names.clear();
        bothNames.clear();
        files.clear();
        nameNumbers.clear();
        fileNumbers.clear();
        current = table;
        prepare(table);
        for (int i = 0; i < wanted.count(); i++) {
            build(table, body, lines, wanted.low(i), wanted.high(i));
        }
        return new UnitCode(this);
    }

    private UnitContext unit() {
        return Objects.requireNonNull(current).unit();
    }

    /** Finds the outermost function of each node; a parent comes before its children. */
    private void prepare(FunctionTable table) throws DwarfException {
        int nodes = table.nodes();
        if (nodes > roots.length) {
            int size = Math.max(nodes, 2 * roots.length);
            roots = new int[size];
            depths = new int[size];
            lastLinks = new int[size];
            firstLinks = new int[size];
            Arrays.fill(firstLinks, NONE);
        }
        for (int node = 0; node < nodes; node++) {
            int parent = table.parent(node);
            boolean inlined = table.isInlined(node) && parent != FunctionTable.NONE;
            roots[node] = inlined ? roots[parent] : node;
            depths[node] = inlined ? depths[parent] + 1 : 0;
            if (depths[node] > MAX_DEPTH) {
                throw new DwarfException(
                        table.unit().sections().file(),
                        Kind.INFO.sectionName,
                        table.entry(node),
                        "inlined calls are nested more than " + MAX_DEPTH + " levels deep");
            }
        }
    }

    private void build(FunctionTable table, Cursor body, @Nullable LineTable lines, long from, long to)
            throws IOException {
        int boundary = table.boundary(from);
        int last = table.boundaries() - 1;
        long at = from;
        while (at != to) {
            int node = boundary < 0 ? FunctionTable.NONE : table.owner(boundary);
            long end = boundary < last ? least(table.start(boundary + 1), to) : to;
            if (node == FunctionTable.NONE) {
                addLinesOnly(lines, at, end);
                boundary++;
                at = end;
                continue;
            }
            int root = roots[node];
            spans = 0;
            long low = at;
            while (true) {
                addSpan(length(low, end), node);
                boundary++;
                at = end;
                if (at == to || table.owner(boundary) == FunctionTable.NONE || roots[table.owner(boundary)] != root) {
                    break;
                }
                node = table.owner(boundary);
                end = boundary < last ? least(table.start(boundary + 1), to) : to;
            }
            beginPiece(low, length(low, at), true, nameNumber(table, body, root));
            if (lines != null) {
                addRows(lines, low, at);
            }
            addCalls(table, body, lines);
        }
    }

    private int length(long low, long high) throws DwarfException {
        if (Long.compareUnsigned(high - low, MAX_LENGTH) > 0) {
            UnitContext unit = unit();
            throw new DwarfException(
                    unit.sections().file(),
                    Kind.INFO.sectionName,
                    unit.header().offset(),
                    "the unit has a function of 0x" + Long.toHexString(high - low) + " bytes, which is more than "
                            + MAX_LENGTH);
        }
        return (int) (high - low);
    }

    private static long least(long a, long b) {
        return Long.compareUnsigned(a, b) < 0 ? a : b;
    }

    private void beginPiece(long low, int length, boolean function, int name) {
        if (pieces == lows.length) {
            int size = pieces * 2;
            lows = Arrays.copyOf(lows, size);
            lengths = Arrays.copyOf(lengths, size);
            functions = Arrays.copyOf(functions, size);
            functionNames = Arrays.copyOf(functionNames, size);
            rowStarts = Arrays.copyOf(rowStarts, size);
            callStarts = Arrays.copyOf(callStarts, size);
            placeStarts = Arrays.copyOf(placeStarts, details ? size : 0);
        }
        if (details) {
            placeStarts[pieces] = places;
        }
        lows[pieces] = low;
        lengths[pieces] = length;
        functions[pieces] = function;
        functionNames[pieces] = name;
        rowStarts[pieces] = rows;
        callStarts[pieces++] = calls;
    }

    /** Adds a piece for each range that sequences of the line table cover. */
    private void addLinesOnly(@Nullable LineTable lines, long from, long to) throws IOException {
        if (lines == null) {
            return;
        }
        int sequence = lines.sequenceAfter(from);
        long at = from;
        while (sequence < lines.sequences() && at != to) {
            long low = greatest(lines.sequenceLow(sequence), at);
            if (Long.compareUnsigned(low, to) >= 0) {
                return;
            }
            long high = least(lines.sequenceHigh(sequence), to);
            if (low != high) {
                beginPiece(low, length(low, high), false, NONE);
                addRows(lines, low, high);
            }
            at = high;
            sequence++;
        }
    }

    private static long greatest(long a, long b) {
        return Long.compareUnsigned(a, b) > 0 ? a : b;
    }

    /**
     * Adds the rows of the current piece. If sequences overlap, the sequence that ends first has the addresses up to
     * its end, as in {@link LineTable#find}.
     */
    private void addRows(LineTable lines, long from, long to) throws IOException {
        int first = rows;
        int firstPlace = places;
        long at = from;
        for (int sequence = lines.sequenceAfter(from); at != to && sequence < lines.sequences(); sequence++) {
            long low = lines.sequenceLow(sequence);
            if (Long.compareUnsigned(lines.sequenceHigh(sequence), at) <= 0) {
                continue;
            }
            if (Long.compareUnsigned(low, at) > 0) {
                addRow(first, (int) (at - from), NONE, 0);
                addPlace(firstPlace, (int) (at - from), 0, 0);
                at = least(low, to);
                if (at == to) {
                    return;
                }
            }
            long end = least(lines.sequenceHigh(sequence), to);
            int row = lines.rowIn(sequence, at);
            int last = lines.lastRow(sequence);
            addRow(first, (int) (at - from), fileNumber(lines, lines.file(row)), lines.line(row));
            addPlace(firstPlace, (int) (at - from), lines.column(row), lines.discriminator(row));
            for (row++; row < last && Long.compareUnsigned(lines.address(row), end) < 0; row++) {
                // In a damaged table addresses may decrease
                if (Long.compareUnsigned(lines.address(row), at) > 0) {
                    at = lines.address(row);
                    addRow(first, (int) (at - from), fileNumber(lines, lines.file(row)), lines.line(row));
                    addPlace(firstPlace, (int) (at - from), lines.column(row), lines.discriminator(row));
                }
            }
            at = end;
        }
        if (at != to && rows > first) {
            addRow(first, (int) (at - from), NONE, 0);
        }
        if (at != to) {
            addPlace(firstPlace, (int) (at - from), 0, 0);
        }
    }

    /** Adds a place if the column or the discriminator differs from those before it in the piece. */
    private void addPlace(int first, int offset, int column, int discriminator) throws DwarfException {
        if (!details
                || (places == first
                        ? column == 0 && discriminator == 0
                        : placeColumns[places - 1] == column && placeDiscriminators[places - 1] == discriminator)) {
            return;
        }
        if (places == placeOffsets.length) {
            int size = unit().grown(places, ROW, "the columns of the unit's functions");
            placeOffsets = Arrays.copyOf(placeOffsets, size);
            placeColumns = Arrays.copyOf(placeColumns, size);
            placeDiscriminators = Arrays.copyOf(placeDiscriminators, size);
        }
        placeOffsets[places] = offset;
        placeColumns[places] = column;
        placeDiscriminators[places++] = discriminator;
    }

    /** Adds a row unless it equals the row before it in the piece, or has no line and is the first. */
    private void addRow(int first, int offset, int file, int line) throws DwarfException {
        boolean isFirst = rows == first;
        if (isFirst ? file == NONE && line == 0 : rowFiles[rows - 1] == file && rowLines[rows - 1] == line) {
            return;
        }
        if (rows == rowOffsets.length) {
            int size = unit().grown(rows, ROW, "the lines of the unit's functions");
            rowOffsets = Arrays.copyOf(rowOffsets, size);
            rowFiles = Arrays.copyOf(rowFiles, size);
            rowLines = Arrays.copyOf(rowLines, size);
        }
        rowOffsets[rows] = offset;
        rowFiles[rows] = file;
        rowLines[rows++] = line;
    }

    private void addSpan(int end, int node) {
        if (spans == spanEnds.length) {
            spanEnds = Arrays.copyOf(spanEnds, spans * 2);
            spanNodes = Arrays.copyOf(spanNodes, spans * 2);
        }
        spanEnds[spans] = end;
        spanNodes[spans++] = node;
    }

    /** Adds the inlined calls of the current piece, from its spans. */
    private void addCalls(FunctionTable table, Cursor body, @Nullable LineTable lines) throws IOException {
        links = 0;
        int least = Integer.MAX_VALUE;
        int greatest = -1;
        int offset = 0;
        for (int i = 0; i < spans; i++) {
            int end = spanEnds[i];
            for (int node = spanNodes[i]; depths[node] > 0; node = table.parent(node)) {
                link(node, offset, end);
                least = Math.min(least, node);
                greatest = Math.max(greatest, node);
            }
            offset = end;
        }
        // Nodes are in the order of their entries: a parent comes before its children.
        for (int node = least; node <= greatest; node++) {
            if (firstLinks[node] != NONE) {
                addCall(table, body, lines, node);
                firstLinks[node] = NONE;
            }
        }
    }

    private void link(int node, int offset, int end) throws DwarfException {
        if (firstLinks[node] != NONE && linkEnds[lastLinks[node]] == offset) {
            linkEnds[lastLinks[node]] = end;
            return;
        }
        if (links == linkOffsets.length) {
            int size = unit().grown(links, RANGE, "the ranges of one function's inlined calls");
            linkOffsets = Arrays.copyOf(linkOffsets, size);
            linkEnds = Arrays.copyOf(linkEnds, size);
            nextLinks = Arrays.copyOf(nextLinks, size);
        }
        linkOffsets[links] = offset;
        linkEnds[links] = end;
        nextLinks[links] = NONE;
        if (firstLinks[node] == NONE) {
            firstLinks[node] = links;
        } else {
            nextLinks[lastLinks[node]] = links;
        }
        lastLinks[node] = links++;
    }

    private void addCall(FunctionTable table, Cursor body, @Nullable LineTable lines, int node) throws IOException {
        if (calls == callNames.length) {
            int size = unit().grown(calls, CALL, "the inlined calls of the unit");
            callDepths = Arrays.copyOf(callDepths, size);
            callNames = Arrays.copyOf(callNames, size);
            callFiles = Arrays.copyOf(callFiles, size);
            callLines = Arrays.copyOf(callLines, size);
            callColumns = Arrays.copyOf(callColumns, details ? size : 0);
            rangeStarts = Arrays.copyOf(rangeStarts, size);
        }
        if (details) {
            callColumns[calls] = table.callColumn(node);
        }
        callDepths[calls] = depths[node];
        callNames[calls] = nameNumber(table, body, node);
        callFiles[calls] = lines == null ? NONE : fileNumber(lines, table.callFile(node));
        callLines[calls] = table.callLine(node);
        rangeStarts[calls++] = ranges;
        for (int link = firstLinks[node]; link != NONE; link = nextLinks[link]) {
            if (ranges == rangeOffsets.length) {
                int size = unit().grown(ranges, RANGE, "the ranges of the unit's inlined calls");
                rangeOffsets = Arrays.copyOf(rangeOffsets, size);
                rangeEnds = Arrays.copyOf(rangeEnds, size);
            }
            rangeOffsets[ranges] = linkOffsets[link];
            rangeEnds[ranges++] = linkEnds[link];
        }
    }

    private int fileNumber(LineTable lines, int number) throws IOException {
        Integer known = fileNumbers.get(number);
        if (known == null) {
            SourceFile file = lines.header().file(number);
            known = file == null ? NONE : files.size();
            if (file != null) {
                files.add(file);
            }
            fileNumbers.put(number, known);
        }
        return known;
    }

    private int nameNumber(FunctionTable table, Cursor body, int node) throws IOException {
        // Offsets in the supplementary file are kept apart from those in this file
        long key = table.nameEntry(node) << 1 | (table.isNamedInSupplementary(node) ? 1 : 0);
        Integer known = nameNumbers.get(key);
        if (known == null) {
            FunctionNames of = table.names(node, body);
            String name = UnitCode.shownName(of.name(), of.linkageName());
            known = name == null ? NONE : names.size();
            if (name != null) {
                names.add(name);
                if (details) {
                    bothNames.add(of);
                }
            }
            nameNumbers.put(key, known);
        }
        return known;
    }
}
