package dev.backline.gsym;

import dev.backline.elf.Words;
import dev.backline.io.IntList;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of part 9 of the extension (docs/gsym.md), one function after another. If the next address of a
 * function is above the last one, its places are read on from there. Not thread-safe.
 */
final class DetailReader {
    /** The maximum size of a function's record, in bytes; real ones have a few thousand. */
    private static final int MAX_BYTES = 1 << 24;

    private final GsymDetails details;
    private final GsymFile file;
    private final FileWindow table;
    private final FileWindow records;

    private int function = -1;
    private long start;
    private int length;
    private int flags;

    /** The calls with names, ascending, and the numbers of their names. */
    private int nameCount;

    private int[] named = new int[4];
    private int[] pairs = new int[4];

    private int columnCount;
    private int[] columns = new int[16];

    /** The offset in the record of the next place, and the number of places left. */
    private int placePosition;

    private int firstPlace;
    private int placeCount;
    private int placesLeft;
    /** The offset of the current place; −1 before the first. */
    private long placeOffset;

    private int column;
    private int discriminator;
    /** The offset of the next place, which is read ahead; −1 if it is not. */
    private long nextOffset;

    private int nextColumn;
    private int nextDiscriminator;

    private final LebReader in = new LebReader();
    /** The end of the record in the bytes of {@link #in}. */
    private int end;

    DetailReader(GsymDetails details) {
        this.details = details;
        file = details.file();
        table = new FileWindow(file);
        records = new FileWindow(file);
    }

    /** Reads the record of a function, up to its places. */
    void moveTo(int index) throws IOException {
        if (index == function) {
            return;
        }
        function = -1;
        int p = table.at("the table of details", details.recordTable(index), 8);
        long from = Words.u32(table.bytes, p, file.bigEndian());
        long to = Words.u32(table.bytes, p + 4, file.bigEndian());
        if (to < from || to - from > MAX_BYTES) {
            throw file.damaged(details.recordTable(index), "the details of a function are from " + from + " to " + to);
        }
        length = (int) (to - from);
        start = details.record(from, length);
        flags = 0;
        nameCount = 0;
        columnCount = 0;
        placeCount = 0;
        if (length > 0) {
            open(0);
            flags = in.bytes[in.position++];
            try {
                readLists();
            } catch (IndexOutOfBoundsException e) {
                throw ended();
            }
        }
        rewind();
        function = index;
    }

    private void open(int at) throws IOException {
        int first = records.at("the details of a function", start, length);
        in.bytes = records.bytes;
        in.position = first + at;
        end = first + length;
    }

    private GsymException ended() {
        return file.damaged(start, "the details of a function extend past their end");
    }

    private void readLists() throws IOException {
        if ((flags & DetailEncoder.NAMES) != 0) {
            nameCount = count(2);
            if (nameCount > named.length) {
                named = new int[nameCount];
                pairs = new int[nameCount];
            }
            int call = 0;
            for (int i = 0; i < nameCount; i++) {
                call += (int) in.uleb();
                named[i] = call;
                pairs[i] = (int) in.uleb();
            }
        }
        if ((flags & DetailEncoder.CALL_COLUMNS) != 0) {
            columnCount = count(1);
            if (columnCount > columns.length) {
                columns = new int[columnCount];
            }
            for (int i = 0; i < columnCount; i++) {
                columns[i] = (int) in.uleb();
            }
        }
        if ((flags & DetailEncoder.PLACES) != 0) {
            placeCount = count(2);
        }
        if (in.position > end) {
            throw ended();
        }
        firstPlace = in.position - end + length;
    }

    /** The number of entries of a list, each of which has a least number of bytes. */
    private int count(int least) throws IOException {
        long entries = in.uleb();
        if (entries < 0 || in.position > end || entries > (end - in.position) / least) {
            throw file.damaged(start, "the details of a function have " + entries + " entries in fewer bytes");
        }
        return (int) entries;
    }

    private void rewind() {
        placePosition = firstPlace;
        placesLeft = placeCount;
        placeOffset = -1;
        column = 0;
        discriminator = 0;
        nextOffset = -1;
    }

    /** Whether DWARF has the function, although LLVM's part has only its name. */
    boolean isBare() {
        return (flags & DetailEncoder.BARE) != 0;
    }

    /** The names of a call, 0 for the function itself; null if they follow from the name in LLVM's part. */
    GsymDetails.@Nullable Names names(int call) throws IOException {
        int place = nameCount == 0 ? -1 : Arrays.binarySearch(named, 0, nameCount, call);
        return place < 0 ? null : details.names(pairs[place]);
    }

    /** The column of an inlined call, from 1; 0 if unknown. */
    int callColumn(int call) {
        return call > 0 && call <= columnCount ? columns[call - 1] : 0;
    }

    /** Moves to the last place at or before an offset from the function's start. */
    void findPlace(long offset) throws IOException {
        if (offset < placeOffset) {
            rewind();
        }
        if (placesLeft == 0 && nextOffset < 0) {
            return;
        }
        if (nextOffset > offset) {
            return;
        }
        open(placePosition);
        try {
            readPlaces(offset);
        } catch (IndexOutOfBoundsException e) {
            function = -1;
            throw ended();
        }
        placePosition = in.position - end + length;
        if (in.position > end) {
            function = -1;
            throw ended();
        }
    }

    private void readPlaces(long offset) {
        while (true) {
            if (nextOffset >= 0) {
                if (nextOffset > offset) {
                    return;
                }
                placeOffset = nextOffset;
                column = nextColumn;
                discriminator = nextDiscriminator;
                nextOffset = -1;
            }
            if (placesLeft == 0) {
                return;
            }
            placesLeft--;
            long step = in.uleb();
            // Steps of a damaged file may be so large that the offset wraps
            nextOffset = Math.max(0, placeOffset) + (step >>> 1) & Long.MAX_VALUE;
            nextColumn = (int) in.uleb();
            nextDiscriminator = (step & 1) != 0 ? (int) in.uleb() : 0;
        }
    }

    /** All places and names of the function, whose record was read; {@link #findPlace} begins anew. */
    DecodedFunction.Details decode() throws IOException {
        IntList offsets = new IntList();
        IntList placeColumns = new IntList();
        IntList discriminators = new IntList();
        rewind();
        for (long at = 0; at >= 0; at = nextOffset) {
            findPlace(at);
            if (placeOffset >= 0) {
                offsets.add(Math.toIntExact(placeOffset));
                placeColumns.add(column);
                discriminators.add(discriminator);
            }
        }
        GsymDetails.Names[] names = new GsymDetails.Names[nameCount];
        for (int i = 0; i < nameCount; i++) {
            names[i] = details.names(pairs[i]);
        }
        return new DecodedFunction.Details(
                offsets.toArray(),
                placeColumns.toArray(),
                discriminators.toArray(),
                Arrays.copyOf(columns, columnCount),
                Arrays.copyOf(named, nameCount),
                names);
    }

    int column() {
        return column;
    }

    int discriminator() {
        return discriminator;
    }
}
