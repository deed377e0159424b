package dev.backline.dwarf;

import dev.backline.io.Internal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All that one unit says of its code, as columns: for writers of other formats. A piece is a contiguous range of
 * addresses that one outermost function owns, or that only the line table knows (assembly, padding). Pieces are in the
 * order of their addresses and do not overlap; offsets are counted from the piece's first address, in bytes. Names and
 * files are numbers in the unit's own tables. Immutable, thread-safe.
 */
@Internal
public final class UnitCode {
    /** Stands for no name and for no file. */
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
    private final int[] rangeStarts;
    private final int[] rangeOffsets;
    private final int[] rangeEnds;
    private final String[] names;
    private final SourceFile[] files;

    UnitCode(UnitCodeBuilder b) {
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
        rangeStarts = ends(b.rangeStarts, b.calls, b.ranges);
        rangeOffsets = Arrays.copyOf(b.rangeOffsets, b.ranges);
        rangeEnds = Arrays.copyOf(b.rangeEnds, b.ranges);
        names = b.names.toArray(new String[0]);
        files = b.files.toArray(new SourceFile[0]);
    }

    /** The first so many, and where the last one ends. */
    private static int[] ends(int[] starts, int count, int end) {
        int[] all = Arrays.copyOf(starts, count + 1);
        all[count] = end;
        return all;
    }

    /** About how much memory it takes. */
    long bytes() {
        long ints = lengths.length * 4L + rowOffsets.length * 3L + callNames.length * 5L + rangeEnds.length * 2L;
        return Integer.BYTES * ints + (long) Long.BYTES * lows.length + 64L * (names.length + files.length);
    }

    /** {@return how many pieces there are} */
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
     * {@return how long the piece is, in bytes, above 0}
     *
     * @param piece from 0
     */
    public int length(int piece) {
        return lengths[piece];
    }

    /**
     * {@return whether a function entry has the piece; else only the line table knows it}
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
     * {@return the piece's first row; its rows end where those of the next piece begin}
     *
     * @param piece from 0 to their number, which stands for the end of all rows
     */
    public int firstRow(int piece) {
        return rowStarts[piece];
    }

    /**
     * {@return where the row begins, ascending; before the first row of a piece no line is known}
     *
     * @param row from 0
     */
    public int rowOffset(int row) {
        return rowOffsets[row];
    }

    /**
     * {@return the row's file, or {@link #NONE}, which with line 0 means that the line table does not know
     * the place}
     *
     * @param row from 0
     */
    public int rowFile(int row) {
        return rowFiles[row];
    }

    /**
     * {@return the row's line; 0 for code that belongs to no line}
     *
     * @param row from 0
     */
    public int rowLine(int row) {
        return rowLines[row];
    }

    /**
     * {@return the piece's first inlined call; its calls end where those of the next piece begin} A call
     * stands before those that were inlined into what it calls.
     *
     * @param piece from 0 to their number, which stands for the end of all calls
     */
    public int firstCall(int piece) {
        return callStarts[piece];
    }

    /**
     * {@return how deep the call is: 1 for one in the outermost function itself}
     *
     * @param call from 0
     */
    public int callDepth(int call) {
        return callDepths[call];
    }

    /**
     * {@return the name of the function that is called, or {@link #NONE}}
     *
     * @param call from 0
     */
    public int callName(int call) {
        return callNames[call];
    }

    /**
     * {@return the file that the call stands in, or {@link #NONE}}
     *
     * @param call from 0
     */
    public int callFile(int call) {
        return callFiles[call];
    }

    /**
     * {@return the line that the call stands in; 0 when unknown}
     *
     * @param call from 0
     */
    public int callLine(int call) {
        return callLines[call];
    }

    /**
     * {@return the call's first range; its ranges end where those of the next call begin} They ascend and do
     * not touch.
     *
     * @param call from 0 to their number, which stands for the end of all ranges
     */
    public int firstRange(int call) {
        return rangeStarts[call];
    }

    /**
     * {@return where the range begins}
     *
     * @param range from 0
     */
    public int rangeOffset(int range) {
        return rangeOffsets[range];
    }

    /**
     * {@return behind the range's last byte}
     *
     * @param range from 0
     */
    public int rangeEnd(int range) {
        return rangeEnds[range];
    }

    /** {@return how many names there are} */
    public int names() {
        return names.length;
    }

    /**
     * {@return DW_AT_name; for Rust DW_AT_linkage_name, which can be demangled}
     *
     * @param name from 0
     */
    public String name(int name) {
        return names[name];
    }

    /** {@return how many files there are} */
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
     * {@return the one name of a function that can be kept: the linkage name of Rust, which can be demangled,
     * else the name, else the linkage name; null when there is neither}
     *
     * @param name DW_AT_name, or null
     * @param linkageName DW_AT_linkage_name, or null
     */
    public static @Nullable String shownName(@Nullable String name, @Nullable String linkageName) {
        return linkageName != null && (name == null || isRust(linkageName)) ? linkageName : name;
    }

    /** Whether it is mangled as Rust does: {@code _R}, or {@code _ZN} with a hash of 16 digits at the end. */
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
