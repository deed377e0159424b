package dev.backline.gsym;

import dev.backline.dwarf.Frame;
import dev.backline.dwarf.SourceFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function whose line table, inlined calls and details were decoded as a whole, for many look-ups in it. Offsets are
 * in bytes from the function's start. Thread-safe: immutable, except for names and frames that are kept once they were
 * made.
 */
final class DecodedFunction {
    /** The approximate memory of the objects and array headers, in bytes. */
    private static final int EMPTY = 300;

    /** The approximate memory of the kept names and the kept frame of a call, in bytes. */
    private static final int CALL = 80;

    private final GsymFile file;
    private final long start;
    private final long size;
    private final Lines lines;
    private final DecodedCalls calls;
    /** Null if the file has no details. */
    private final @Nullable Details details;

    private final GsymDetails.@Nullable Names[] names;
    /**
     * For each call the frame of the function that has the call: like all frames but the innermost, it is the same for
     * all addresses.
     */
    private final @Nullable Frame[] callers;

    /**
     * @param start the function's first address
     * @param size of the function in bytes; 0 if unknown
     */
    DecodedFunction(GsymFile file, long start, long size, Lines lines, DecodedCalls calls, @Nullable Details details) {
        this.file = file;
        this.start = start;
        this.size = size;
        this.lines = lines;
        this.calls = calls;
        this.details = details;
        names = new GsymDetails.Names[calls.count()];
        callers = new Frame[calls.count()];
    }

    /** The rows of the line table. */
    static final class Lines {
        private final int[] offsets;
        private final int[] files;
        private final int[] numbers;

        Lines(int[] offsets, int[] files, int[] numbers) {
            this.offsets = offsets;
            this.files = files;
            this.numbers = numbers;
        }
    }

    /** The record of part 9 of the extension. */
    static final class Details {
        private final int[] offsets;
        private final int[] columns;
        private final int[] discriminators;
        /** The columns of the calls from call 1 on. */
        private final int[] callColumns;
        /** The calls with names that do not follow from the name in LLVM's part, ascending. */
        private final int[] named;

        private final GsymDetails.Names[] names;

        Details(
                int[] offsets,
                int[] columns,
                int[] discriminators,
                int[] callColumns,
                int[] named,
                GsymDetails.Names[] names) {
            this.offsets = offsets;
            this.columns = columns;
            this.discriminators = discriminators;
            this.callColumns = callColumns;
            this.named = named;
            this.names = names;
        }

        private int column(int call) {
            return call > callColumns.length ? 0 : callColumns[call - 1];
        }

        private GsymDetails.@Nullable Names names(int call) {
            int place = Arrays.binarySearch(named, call);
            return place < 0 ? null : names[place];
        }
    }

    /** The approximate memory, in bytes, with all names and frames. */
    long weight() {
        long weight = EMPTY + 12L * lines.offsets.length + calls.weight() + (long) CALL * callers.length;
        return details == null
                ? weight
                : weight + 12L * details.offsets.length + 4L * details.callColumns.length + 32L * details.named.length;
    }

    /** Whether the address is in the function. */
    boolean holds(long address) {
        long offset = address - start;
        return offset >= 0 && offset < (size == 0 ? Integer.MAX_VALUE : size);
    }

    /** The frames of an address in the function, innermost first. */
    List<Frame> framesAt(long address) throws IOException {
        int offset = (int) (address - start);
        int row = lastAtOrBefore(lines.offsets, offset);
        SourceFile source = row < 0 ? null : file.sources().file(lines.files[row]);
        int line = row < 0 ? 0 : lines.numbers[row];
        int column = 0;
        int discriminator = 0;
        if (details == null) {
            line = Math.max(0, line);
        } else {
            int place = lastAtOrBefore(details.offsets, offset);
            column = place < 0 ? 0 : details.columns[place];
            discriminator = place < 0 ? 0 : details.discriminators[place];
        }
        int call = calls.innermost(offset);
        List<Frame> frames = new ArrayList<>(4);
        if (call < 0 && file.extension() != null) {
            // After the function there is padding, which belongs to no function
            frames.add(new Frame(null, null, source, line, column, discriminator, false));
            return frames;
        }
        call = Math.max(0, call);
        GsymDetails.Names both = names(call);
        frames.add(new Frame(both.name(), both.linkageName(), source, line, column, discriminator, call > 0));
        for (; call > 0; call = calls.parent(call)) {
            Frame caller = callers[call];
            if (caller == null) {
                caller = caller(call);
                callers[call] = caller;
            }
            frames.add(caller);
        }
        return frames;
    }

    private Frame caller(int call) throws IOException {
        int parent = calls.parent(call);
        GsymDetails.Names both = names(parent);
        return new Frame(
                both.name(),
                both.linkageName(),
                file.sources().file(calls.file(call)),
                details == null ? Math.max(0, calls.line(call)) : calls.line(call),
                details == null ? 0 : details.column(call),
                0,
                parent > 0);
    }

    private GsymDetails.Names names(int call) throws IOException {
        GsymDetails.Names known = names[call];
        if (known == null) {
            known = details == null ? null : details.names(call);
            known = known != null ? known : GsymDetails.Names.of(file.strings().at(calls.name(call)));
            names[call] = known;
        }
        return known;
    }

    private static int lastAtOrBefore(int[] offsets, int offset) {
        int low = 0;
        int high = offsets.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (offsets[middle] <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }
}
