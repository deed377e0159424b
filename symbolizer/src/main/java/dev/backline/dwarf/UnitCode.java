package dev.backline.dwarf;

import dev.backline.io.Internal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The functions, lines and inlined calls of the code of one unit, as columns: for writers of other formats. A piece is
 * a contiguous range of addresses of one outermost function, or of code that only the line table covers (assembly,
 * padding). Pieces are in the order of their addresses and do not overlap. Offsets are in bytes from the first address
 * of the piece. Names and files are indexes of the tables of this object. Columns, discriminators and both names of each
 * function are there only if the {@link CodeReader} was asked for details. Immutable, thread-safe.
 */
@Internal
public final class UnitCode {
    /** The index for no name and for no file. */
    public static final int NONE = -1;

    private final long[] lows;
    private final int[] lengths;
    private final int[] functionNames;
    private final boolean[] functions;
    private final int[] rowStarts;
    private final int[] rowOffsets;
    private final int[] rowFiles;
    private final int[] rowLines;
    private final int[] callStarts;
    private final int[] callDepths;
    private final int[] callNames;
    private final int[] callFiles;
    private final int[] callLines;
    private final int[] callColumns;
    private final int[] placeStarts;
    private final int[] placeOffsets;
    private final int[] placeColumns;
    private final int[] placeDiscriminators;
    private final int[] rangeStarts;
    private final int[] rangeOffsets;
    private final int[] rangeEnds;
    private final String[] names;
    private final FunctionNames[] bothNames;
    private final SourceFile[] files;

    /** The columns while they are built. */
    static class Columns {
        int pieces;

        long[] lows = new long[64];
        int[] lengths = new int[64];
        boolean[] functions = new boolean[64];
        int[] functionNames = new int[64];
        int[] rowStarts = new int[64];
        int[] callStarts = new int[64];

        int rows;
        int[] rowOffsets = new int[1024];
        int[] rowFiles = new int[1024];
        int[] rowLines = new int[1024];

        int calls;
        int[] callDepths = new int[256];
        int[] callNames = new int[256];
        int[] callFiles = new int[256];
        int[] callLines = new int[256];
        int[] callColumns = {};
        int[] rangeStarts = new int[256];

        int places;
        int[] placeStarts = {};
        int[] placeOffsets = {};
        int[] placeColumns = {};
        int[] placeDiscriminators = {};

        int ranges;
        int[] rangeOffsets = new int[512];
        int[] rangeEnds = new int[512];

        final List<String> names = new ArrayList<>();
        final List<FunctionNames> bothNames = new ArrayList<>();
        final List<SourceFile> files = new ArrayList<>();
    }

    /** Copies the columns. */
    UnitCode(Columns b) {
        int pieces = b.pieces;
        lows = Arrays.copyOf(b.lows, pieces);
        lengths = Arrays.copyOf(b.lengths, pieces);
        functionNames = Arrays.copyOf(b.functionNames, pieces);
        functions = Arrays.copyOf(b.functions, pieces);
        rowStarts = ends(b.rowStarts, pieces, b.rows);
        rowOffsets = Arrays.copyOf(b.rowOffsets, b.rows);
        rowFiles = Arrays.copyOf(b.rowFiles, b.rows);
        rowLines = Arrays.copyOf(b.rowLines, b.rows);
        callStarts = ends(b.callStarts, pieces, b.calls);
        callDepths = Arrays.copyOf(b.callDepths, b.calls);
        callNames = Arrays.copyOf(b.callNames, b.calls);
        callFiles = Arrays.copyOf(b.callFiles, b.calls);
        callLines = Arrays.copyOf(b.callLines, b.calls);
        boolean details = b.callColumns.length > 0;
        callColumns = Arrays.copyOf(b.callColumns, details ? b.calls : 0);
        placeStarts = details ? ends(b.placeStarts, pieces, b.places) : new int[0];
        placeOffsets = Arrays.copyOf(b.placeOffsets, b.places);
        placeColumns = Arrays.copyOf(b.placeColumns, b.places);
        placeDiscriminators = Arrays.copyOf(b.placeDiscriminators, b.places);
        rangeStarts = ends(b.rangeStarts, b.calls, b.ranges);
        rangeOffsets = Arrays.copyOf(b.rangeOffsets, b.ranges);
        rangeEnds = Arrays.copyOf(b.rangeEnds, b.ranges);
        names = b.names.toArray(new String[0]);
        bothNames = b.bothNames.toArray(new FunctionNames[0]);
        files = b.files.toArray(new SourceFile[0]);
    }

    /** The first {@code count} starts, and the end of the last one. */
    private static int[] ends(int[] starts, int count, int end) {
        int[] all = Arrays.copyOf(starts, count + 1);
        all[count] = end;
        return all;
    }

    /** The approximate memory, in bytes. */
    long bytes() {
        long ints = lengths.length * 4L + rowOffsets.length * 3L + callNames.length * 5L + rangeEnds.length * 2L;
        ints += callColumns.length + 3L * placeOffsets.length;
        return Integer.BYTES * ints + (long) Long.BYTES * lows.length + 64L * (names.length + files.length);
    }

    /** {@return the number of pieces} */
    public int pieces() {
        return lows.length;
    }

    /**
     * {@return the piece's first address}
     *
     * @param piece from 0
     */
    public long low(int piece) {
        return lows[piece];
    }

    /**
     * {@return the length of the piece in bytes, greater than 0}
     *
     * @param piece from 0
     */
    public int length(int piece) {
        return lengths[piece];
    }

    /**
     * {@return whether the piece is a function; if not, only the line table covers it}
     *
     * @param piece from 0
     */
    public boolean isFunction(int piece) {
        return functions[piece];
    }

    /**
     * {@return the name of the outermost function, or {@link #NONE}}
     *
     * @param piece from 0
     */
    public int functionName(int piece) {
        return functionNames[piece];
    }

    /**
     * {@return the first row of the piece; its last row is before the first row of the next piece}
     *
     * @param piece from 0 to the number of pieces; the latter gives the end of all rows
     */
    public int firstRow(int piece) {
        return rowStarts[piece];
    }

    /**
     * {@return the offset of the row, ascending in a piece; the lines before the first row are unknown}
     *
     * @param row from 0
     */
    public int rowOffset(int row) {
        return rowOffsets[row];
    }

    /**
     * {@return the file of the row, or {@link #NONE}; with line 0 that means that the line is unknown}
     *
     * @param row from 0
     */
    public int rowFile(int row) {
        return rowFiles[row];
    }

    /**
     * {@return the line of the row; 0 for code without a line}
     *
     * @param row from 0
     */
    public int rowLine(int row) {
        return rowLines[row];
    }

    /**
     * {@return the first inlined call of the piece; its last call is before the first call of the next piece} A call
     * comes before the calls in the function that it inlines.
     *
     * @param piece from 0 to the number of pieces; the latter gives the end of all calls
     */
    public int firstCall(int piece) {
        return callStarts[piece];
    }

    /**
     * {@return the depth of the call: 1 for a call in the outermost function}
     *
     * @param call from 0
     */
    public int callDepth(int call) {
        return callDepths[call];
    }

    /**
     * {@return the name of the inlined function, or {@link #NONE}}
     *
     * @param call from 0
     */
    public int callName(int call) {
        return callNames[call];
    }

    /**
     * {@return the file of the call, or {@link #NONE}}
     *
     * @param call from 0
     */
    public int callFile(int call) {
        return callFiles[call];
    }

    /**
     * {@return the line of the call; 0 if unknown}
     *
     * @param call from 0
     */
    public int callLine(int call) {
        return callLines[call];
    }

    /**
     * {@return the column of the call; 0 if unknown} Only with details.
     *
     * @param call from 0
     */
    public int callColumn(int call) {
        return callColumns[call];
    }

    /**
     * {@return the first place of the piece; its last place is before the first place of the next piece} A place is
     * where the column or the discriminator changes; both are 0 before the first. Only with details.
     *
     * @param piece from 0 to the number of pieces; the latter gives the end of all places
     */
    public int firstPlace(int piece) {
        return placeStarts[piece];
    }

    /**
     * {@return the offset of the place, ascending in a piece}
     *
     * @param place from 0
     */
    public int placeOffset(int place) {
        return placeOffsets[place];
    }

    /**
     * {@return the column of the code from this place to the next; 0 if unknown}
     *
     * @param place from 0
     */
    public int placeColumn(int place) {
        return placeColumns[place];
    }

    /**
     * {@return the discriminator of the code from this place to the next; 0 if the code has none}
     *
     * @param place from 0
     */
    public int placeDiscriminator(int place) {
        return placeDiscriminators[place];
    }

    /**
     * {@return the first range of the call; its last range is before the first range of the next call} Ranges of a call
     * ascend and do not touch.
     *
     * @param call from 0 to the number of calls; the latter gives the end of all ranges
     */
    public int firstRange(int call) {
        return rangeStarts[call];
    }

    /**
     * {@return the offset of the range}
     *
     * @param range from 0
     */
    public int rangeOffset(int range) {
        return rangeOffsets[range];
    }

    /**
     * {@return the offset of the end of the range, exclusive}
     *
     * @param range from 0
     */
    public int rangeEnd(int range) {
        return rangeEnds[range];
    }

    /** {@return the number of names} */
    public int names() {
        return names.length;
    }

    /**
     * {@return a name: DW_AT_name, or for Rust DW_AT_linkage_name, which can be demangled}
     *
     * @param name from 0
     */
    public String name(int name) {
        return names[name];
    }

    /**
     * {@return DW_AT_name of a function, or null} Only with details.
     *
     * @param name from 0, as for {@link #name}
     */
    public @Nullable String plainName(int name) {
        return bothNames[name].name();
    }

    /**
     * {@return DW_AT_linkage_name of a function, or null} Only with details.
     *
     * @param name from 0, as for {@link #name}
     */
    public @Nullable String linkageName(int name) {
        return bothNames[name].linkageName();
    }

    /** {@return the number of files} */
    public int files() {
        return files.length;
    }

    /**
     * {@return a source file}
     *
     * @param file from 0
     */
    public SourceFile file(int file) {
        return files[file];
    }

    /**
     * {@return the name to store for a function: the linkage name for Rust, which can be demangled, else the name, else
     * the linkage name; null if there is neither}
     *
     * @param name DW_AT_name, or null
     * @param linkageName DW_AT_linkage_name, or null
     */
    public static @Nullable String shownName(@Nullable String name, @Nullable String linkageName) {
        return linkageName != null && (name == null || isRust(linkageName)) ? linkageName : name;
    }

    /** Whether the name is mangled by Rust: {@code _R}, or {@code _ZN} with a hash of 16 digits at the end. */
    private static boolean isRust(String name) {
        int hash = name.length() - 20;
        if (name.startsWith("_R")) {
            return true;
        }
        if (hash < 3 || !name.startsWith("_ZN") || !name.startsWith("17h", hash) || !name.endsWith("E")) {
            return false;
        }
        for (int i = hash + 3; i < name.length() - 1; i++) {
            if (Character.digit(name.charAt(i), 16) < 0) {
                return false;
            }
        }
        return true;
    }
}
