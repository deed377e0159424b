package dev.backline.gsym;

import static dev.backline.gsym.GsymConstants.*;

import dev.backline.dwarf.UnitCode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Encodes the FunctionInfos of one unit after another. Not thread-safe: each thread uses its own encoder. */
final class FunctionEncoder {

    /** MIN_STEP and MAX_STEP: the smallest and largest line advance of a special opcode. */
    private static final int MIN_STEP = -4;

    private static final int MAX_STEP = 10;
    private static final int STEPS = MAX_STEP - MIN_STEP + 1;

    private final SymbolColumns symbols;
    private final SectionNames sections;
    private final Bytes out;
    /** Null if only LLVM's format is written. */
    private final @Nullable DetailEncoder details;

    private int count;
    private long[] addresses = new long[64];
    private int[] lengths = new int[64];
    private int[] offsets = new int[64];

    /** The number of rows of the current FunctionInfo. */
    private int rows;

    private int[] rowOffsets = new int[256];
    private int[] rowFiles = new int[256];
    private int[] rowLines = new int[256];

    FunctionEncoder(SymbolColumns symbols, SectionNames sections, boolean bigEndian, @Nullable DetailEncoder details) {
        this.symbols = symbols;
        this.sections = sections;
        this.details = details;
        out = new Bytes(bigEndian);
    }

    /**
     * Encodes the FunctionInfos of a unit.
     *
     * @param names string table offsets of the unit's names
     * @param files file table indexes of the unit's files
     * @param namePairs for each of the unit's names its number in part 9 of the extension, or
     *     {@link DetailEncoder#DERIVED}; empty without details
     */
    EncodedFunctions encode(UnitCode unit, int[] names, int[] files, int[] namePairs) {
        clear();
        if (details != null) {
            details.begin(unit, namePairs);
        }
        for (int piece = 0; piece < unit.pieces(); piece++) {
            long end = unit.low(piece) + unit.length(piece);
            if (!unit.isFunction(piece)) {
                linesOnly(unit, piece, 0, files);
                continue;
            }
            boolean padded = piece + 1 < unit.pieces() && !unit.isFunction(piece + 1) && unit.low(piece + 1) == end;
            int padding = padded ? (int) (symbolFrom(end, end + unit.length(piece + 1)) - end) : 0;
            function(unit, piece, padding, names, files);
            if (padded) {
                piece++;
                linesOnly(unit, piece, padding, files);
            }
        }
        return encoded(Arrays.copyOf(addresses, count), Arrays.copyOf(lengths, count));
    }

    private void clear() {
        out.clear();
        count = 0;
        if (details != null) {
            details.clear();
        }
    }

    private EncodedFunctions encoded(long[] starts, int[] sizes) {
        return new EncodedFunctions(
                starts,
                sizes,
                Arrays.copyOf(offsets, count),
                out.copy(),
                details == null ? new int[0] : details.ends(),
                details == null ? new byte[0] : details.records());
    }

    /** Encodes symbols without debug information: names only. */
    EncodedFunctions encode(long[] starts, int[] sizes, int[] names) {
        clear();
        for (int i = 0; i < starts.length; i++) {
            begin(starts[i], sizes[i], names[i]);
            end();
        }
        return encoded(starts, sizes);
    }

    /** The address of the first code symbol at or above an address, or the limit. */
    private long symbolFrom(long address, long limit) {
        int place = symbols.codeFrom(address);
        return place < symbols.codeAddresses.length && Long.compareUnsigned(symbols.codeAddresses[place], limit) < 0
                ? symbols.codeAddresses[place]
                : limit;
    }

    /** The name of the symbol that starts at the address; 0 if there is none. */
    private int symbolAt(long address) {
        int place = symbols.codeFrom(address);
        return place < symbols.codeAddresses.length && symbols.codeAddresses[place] == address
                ? symbols.codeNames[place]
                : 0;
    }

    private void function(UnitCode unit, int piece, int padding, int[] names, int[] files) {
        long low = unit.low(piece);
        int name = unit.functionName(piece) == UnitCode.NONE ? 0 : names[unit.functionName(piece)];
        int symbol = symbolAt(low);
        begin(low, unit.length(piece) + padding, symbol != 0 ? symbol : name != 0 ? name : otherName(low));
        rows = 0;
        collect(unit, piece, 0, unit.length(piece), 0, files);
        if (padding > 0) {
            collect(unit, piece + 1, 0, padding, unit.length(piece), files);
        }
        lineTable();
        int calls = unit.firstCall(piece + 1) - unit.firstCall(piece);
        boolean hasInlineInfo = calls > 0 || name != symbol || padding > 0;
        if (hasInlineInfo) {
            inlineInfo(unit, piece, name, names, files);
        }
        if (details != null) {
            details.function(piece, rows == 0 && !hasInlineInfo, name == 0 && !hasInlineInfo);
            details.places(piece, 0, unit.length(piece), 0);
            if (padding > 0) {
                details.places(piece + 1, 0, padding, unit.length(piece));
            }
        }
        end();
    }

    /** Encodes code that only the line table describes, split at symbols. */
    private void linesOnly(UnitCode unit, int piece, int from, int[] files) {
        long low = unit.low(piece);
        int length = unit.length(piece);
        for (int at = from; at < length; ) {
            int end = (int) (symbolFrom(low + at + 1, low + length) - low);
            int symbol = symbolAt(low + at);
            begin(low + at, end - at, symbol != 0 ? symbol : otherName(low + at));
            rows = 0;
            collect(unit, piece, at, end, -at, files);
            lineTable();
            root(end - at, false, 0);
            if (details != null) {
                details.places(piece, at, end, -at);
            }
            end();
            at = end;
        }
    }

    /** The name of the nearest symbol before an address; the section's name if the section has no symbol there. */
    private int otherName(long address) {
        int place = symbols.codeFrom(address) - 1;
        int section = sections.of(address);
        return place >= 0 && sections.of(symbols.codeAddresses[place]) == section ? symbols.codeNames[place] : section;
    }

    private void begin(long address, int length, int name) {
        if (count == addresses.length) {
            addresses = Arrays.copyOf(addresses, count * 2);
            lengths = Arrays.copyOf(lengths, count * 2);
            offsets = Arrays.copyOf(offsets, count * 2);
        }
        out.align();
        addresses[count] = address;
        lengths[count] = length;
        offsets[count++] = out.size();
        out.u32(length);
        out.u32(name);
    }

    private void end() {
        out.u32(0);
        out.u32(0);
        out.align();
        if (details != null) {
            details.end();
        }
    }

    private int beginInfo(int type) {
        out.u32(type);
        out.u32(0);
        return out.size();
    }

    private void endInfo(int start) {
        out.u32At(start - 4, out.size() - start);
    }

    /** Collects the rows of a part of a piece, with their offsets moved by {@code move}. */
    private void collect(UnitCode unit, int piece, int from, int to, int move, int[] files) {
        int last = unit.firstRow(piece + 1);
        int row = unit.firstRow(piece);
        while (row + 1 < last && unit.rowOffset(row + 1) <= from) {
            row++;
        }
        if (rows > 0 && (row == last || unit.rowOffset(row) > from)) {
            // Until the first row of this part, no line is known
            addRow(move, 0, 0);
        }
        for (; row < last && unit.rowOffset(row) < to; row++) {
            int file = unit.rowFile(row) == UnitCode.NONE ? 0 : files[unit.rowFile(row)];
            addRow(Math.max(unit.rowOffset(row), from) + move, file, unit.rowLine(row));
        }
    }

    private void addRow(int offset, int file, int line) {
        if (rows > 0 && rowFiles[rows - 1] == file && rowLines[rows - 1] == line) {
            return;
        }
        if (rows == rowOffsets.length) {
            rowOffsets = Arrays.copyOf(rowOffsets, rows * 2);
            rowFiles = Arrays.copyOf(rowFiles, rows * 2);
            rowLines = Arrays.copyOf(rowLines, rows * 2);
        }
        rowOffsets[rows] = offset;
        rowFiles[rows] = file;
        rowLines[rows++] = line;
    }

    private void lineTable() {
        if (rows == 0) {
            return;
        }
        int start = beginInfo(LINE_TABLE);
        out.sleb(MIN_STEP);
        out.sleb(MAX_STEP);
        out.uleb(Integer.toUnsignedLong(rowLines[0]));
        int offset = 0;
        int file = 1;
        int line = rowLines[0];
        for (int i = 0; i < rows; i++) {
            if (rowFiles[i] != file) {
                file = rowFiles[i];
                out.u8(SET_FILE);
                out.uleb(file);
            }
            int step = rowLines[i] - line;
            int advance = rowOffsets[i] - offset;
            if (step < MIN_STEP || step > MAX_STEP || advance > (255 - FIRST_SPECIAL - (step - MIN_STEP)) / STEPS) {
                if (step != 0) {
                    out.u8(ADVANCE_LINE);
                    out.sleb(step);
                    step = 0;
                }
            }
            int special = advance > 255 ? 256 : FIRST_SPECIAL + step - MIN_STEP + STEPS * advance;
            if (special <= 255) {
                out.u8(special);
            } else {
                out.u8(ADVANCE_PC);
                out.uleb(advance);
            }
            line = rowLines[i];
            offset = rowOffsets[i];
        }
        out.u8(END_SEQUENCE);
        endInfo(start);
    }

    /** Writes the InlineInfo of a function without inlined calls. */
    private void root(int length, boolean children, int name) {
        int start = beginInfo(INLINE_INFO);
        entry(length, children, name);
        endInfo(start);
    }

    private void entry(int length, boolean children, int name) {
        out.uleb(1);
        out.uleb(0);
        out.uleb(length);
        out.u8(children ? 1 : 0);
        out.u32(name);
        out.uleb(0);
        out.uleb(0);
    }

    private void inlineInfo(UnitCode unit, int piece, int name, int[] names, int[] files) {
        int first = unit.firstCall(piece);
        int last = unit.firstCall(piece + 1);
        int start = beginInfo(INLINE_INFO);
        entry(unit.length(piece), first != last, name);
        int depth = 0;
        // The start of the first range of the call at each depth; ranges of its children are relative to it
        int[] bases = new int[8];
        for (int call = first; call < last; call++) {
            int callDepth = unit.callDepth(call);
            for (; depth > callDepth; depth--) {
                out.uleb(0);
            }
            if (callDepth == bases.length) {
                bases = Arrays.copyOf(bases, 2 * callDepth);
            }
            depth = callDepth;
            int range = unit.firstRange(call);
            int end = unit.firstRange(call + 1);
            int base = bases[callDepth - 1];
            bases[callDepth] = unit.rangeOffset(range);
            out.uleb(end - range);
            for (; range < end; range++) {
                out.uleb(unit.rangeOffset(range) - base);
                out.uleb(unit.rangeEnd(range) - unit.rangeOffset(range));
            }
            out.u8(call + 1 < last && unit.callDepth(call + 1) > callDepth ? 1 : 0);
            out.u32(unit.callName(call) == UnitCode.NONE ? 0 : names[unit.callName(call)]);
            out.uleb(unit.callFile(call) == UnitCode.NONE ? 0 : files[unit.callFile(call)]);
            out.uleb(Integer.toUnsignedLong(unit.callLine(call)));
        }
        for (; depth > 0; depth--) {
            out.uleb(0);
        }
        endInfo(start);
    }
}
