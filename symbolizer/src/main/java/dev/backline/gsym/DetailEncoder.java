package dev.backline.gsym;

import dev.backline.dwarf.UnitCode;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the records of part 9 of the extension (docs/gsym.md): what DWARF knows of a function and its FunctionInfo
 * cannot hold. Not thread-safe.
 */
final class DetailEncoder {
    /** The number of a pair of names that the reader derives from the name in LLVM's part. */
    static final int DERIVED = -1;

    /** The number of the pair of an unknown name and an unknown linkage name. */
    static final int UNKNOWN = 0;

    /** Flags of a record. */
    static final int BARE = 1;

    static final int NAMES = 2;
    static final int CALL_COLUMNS = 4;
    static final int PLACES = 8;

    private final Bytes out;
    private final Bytes names;
    private final Bytes columns;
    private final Bytes places;
    private int count;
    private int[] ends = new int[64];

    private @Nullable UnitCode unit;
    private int[] pairs = {};

    private int flags;
    private int nameCount;
    private int lastNamed;
    private int columnCount;
    private int placeCount;
    private int lastOffset;
    private int lastColumn;
    private int lastDiscriminator;

    DetailEncoder(boolean bigEndian) {
        out = new Bytes(bigEndian);
        names = new Bytes(bigEndian);
        columns = new Bytes(bigEndian);
        places = new Bytes(bigEndian);
    }

    /** Whether a reader derives both names of a function from its name in LLVM's part. */
    static boolean isDerived(@Nullable String name, @Nullable String linkageName) {
        return name == null ? linkageName != null && isMangled(linkageName) : linkageName == null && !isMangled(name);
    }

    /** Whether the name in LLVM's part is a linkage name. */
    static boolean isMangled(String name) {
        return name.startsWith("_R") || name.startsWith("_ZN");
    }

    void clear() {
        out.clear();
        count = 0;
    }

    void begin(UnitCode code, int[] namePairs) {
        unit = code;
        pairs = namePairs;
    }

    /**
     * Adds the names and call columns of a function.
     *
     * @param bare whether the FunctionInfo has neither line table nor InlineInfo
     * @param unnamed whether DWARF has no name for the function, and the FunctionInfo does not tell
     */
    void function(int piece, boolean bare, boolean unnamed) {
        UnitCode code = Objects.requireNonNull(unit);
        flags |= bare ? BARE : 0;
        int name = code.functionName(piece);
        if (unnamed) {
            name(0, UNKNOWN);
        } else if (name != UnitCode.NONE) {
            name(0, pairs[name]);
        }
        int first = code.firstCall(piece);
        int last = code.firstCall(piece + 1);
        for (int call = first; call < last; call++) {
            if (code.callName(call) != UnitCode.NONE) {
                name(call - first + 1, pairs[code.callName(call)]);
            }
            columns.uleb(Integer.toUnsignedLong(code.callColumn(call)));
            columnCount++;
        }
    }

    private void name(int call, int pair) {
        if (pair != DERIVED) {
            names.uleb(call - lastNamed);
            names.uleb(pair);
            lastNamed = call;
            nameCount++;
        }
    }

    /** Adds the places of a part of a piece, with their offsets moved by {@code move}. */
    void places(int piece, int from, int to, int move) {
        UnitCode code = Objects.requireNonNull(unit);
        int last = code.firstPlace(piece + 1);
        int place = code.firstPlace(piece);
        while (place + 1 < last && code.placeOffset(place + 1) <= from) {
            place++;
        }
        if (place == last || code.placeOffset(place) > from) {
            place(from + move, 0, 0);
        }
        for (; place < last && code.placeOffset(place) < to; place++) {
            place(
                    Math.max(code.placeOffset(place), from) + move,
                    code.placeColumn(place),
                    code.placeDiscriminator(place));
        }
    }

    private void place(int offset, int column, int discriminator) {
        if (column == lastColumn && discriminator == lastDiscriminator) {
            return;
        }
        places.uleb((long) (offset - lastOffset) << 1 | (discriminator != 0 ? 1 : 0));
        places.uleb(Integer.toUnsignedLong(column));
        if (discriminator != 0) {
            places.uleb(Integer.toUnsignedLong(discriminator));
        }
        placeCount++;
        lastOffset = offset;
        lastColumn = column;
        lastDiscriminator = discriminator;
    }

    /** Ends the record of a function, which is empty if there is nothing to add. */
    void end() {
        flags |= (nameCount > 0 ? NAMES : 0) | (columnCount > 0 ? CALL_COLUMNS : 0) | (placeCount > 0 ? PLACES : 0);
        if (flags != 0) {
            out.u8(flags);
            list(names, nameCount);
            list(columns, columnCount);
            list(places, placeCount);
        }
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, 2 * count);
        }
        ends[count++] = out.size();
        flags = 0;
        nameCount = 0;
        lastNamed = 0;
        columnCount = 0;
        placeCount = 0;
        lastOffset = 0;
        lastColumn = 0;
        lastDiscriminator = 0;
    }

    private void list(Bytes list, int entries) {
        if (entries > 0) {
            out.uleb(entries);
            out.bytes(list.array(), 0, list.size());
            list.clear();
        }
    }

    /** The end of each function's record. */
    int[] ends() {
        return Arrays.copyOf(ends, count);
    }

    byte[] records() {
        return out.copy();
    }
}
