package dev.backline.gsym;

import dev.backline.elf.Words;
import dev.backline.io.IntList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The entries of an InlineInfo as columns, a call before the calls in it; entry 0 is the function itself. Offsets are in
 * bytes from the function's start. Immutable, thread-safe.
 */
final class DecodedCalls {
    /** The maximum number of entries and of ranges; real functions have a few thousand. */
    private static final int MAX_ENTRIES = 1 << 16;

    private static final int MAX_DEPTH = 512;

    /** For each entry, the entry after the last call in it. */
    private final int[] ends;

    private final int[] parents;
    /** The string table offsets of the names. */
    private final int[] names;

    private final int[] files;
    private final int[] lines;
    /** The index of each entry's first range, and the end of the last entry's ranges. */
    private final int[] rangeStarts;

    private final int[] lows;
    private final int[] highs;

    private DecodedCalls(Builder b) {
        ends = Arrays.copyOf(b.ends, b.count);
        parents = b.parents.toArray();
        names = b.names.toArray();
        files = b.files.toArray();
        lines = b.lines.toArray();
        b.rangeStarts.add(b.lows.size());
        rangeStarts = b.rangeStarts.toArray();
        lows = b.lows.toArray();
        highs = b.highs.toArray();
    }

    /** The calls of a function without an InlineInfo: the function itself, everywhere. */
    static DecodedCalls none(int name) {
        Builder builder = new Builder();
        builder.lows.add(0);
        builder.highs.add(Integer.MAX_VALUE);
        builder.rangeStarts.add(0);
        builder.add(0, name, 0, 0);
        return new DecodedCalls(builder);
    }

    /**
     * Decodes an InlineInfo.
     *
     * @param name the FunctionInfo's name, for a root without a name; 0 if such a root has no name
     * @return null if it is not sound or very large
     */
    static @Nullable DecodedCalls read(byte[] bytes, int from, int to, boolean bigEndian, int name) {
        Builder builder = new Builder();
        try {
            return builder.read(bytes, from, to, bigEndian, name) ? new DecodedCalls(builder) : null;
        } catch (IndexOutOfBoundsException e) {
            return null;
        }
    }

    private static final class Builder {
        private int count;
        private int[] ends = new int[16];
        private final IntList parents = new IntList();
        private final IntList names = new IntList();
        private final IntList files = new IntList();
        private final IntList lines = new IntList();
        private final IntList rangeStarts = new IntList();
        private final IntList lows = new IntList();
        private final IntList highs = new IntList();

        void add(int parent, int name, int file, int line) {
            if (count == ends.length) {
                ends = Arrays.copyOf(ends, 2 * count);
            }
            ends[count++] = count;
            parents.add(parent);
            names.add(name);
            files.add(file);
            lines.add(line);
        }

        /** Whether the information is sound. */
        boolean read(byte[] bytes, int from, int to, boolean bigEndian, int name) {
            LebReader in = new LebReader();
            in.bytes = bytes;
            in.position = from;
            int[] open = new int[MAX_DEPTH];
            long[] bases = new long[MAX_DEPTH];
            int depth = 0;
            do {
                long ranges = in.uleb();
                if (ranges == 0) {
                    if (depth == 0) {
                        return false;
                    }
                    ends[open[--depth]] = count;
                    continue;
                }
                rangeStarts.add(lows.size());
                long base = depth == 0 ? 0 : bases[depth - 1];
                long first = 0;
                for (long i = 0; i < ranges; i++) {
                    long low = base + in.uleb();
                    long length = in.uleb();
                    if (low < 0
                            || low > Integer.MAX_VALUE
                            || length < 0
                            || length > Integer.MAX_VALUE - low
                            || in.position > to
                            || lows.size() == MAX_ENTRIES) {
                        return false;
                    }
                    first = i == 0 ? low : first;
                    lows.add((int) low);
                    highs.add((int) (low + length));
                }
                boolean hasChildren = bytes[in.position++] != 0;
                int called = Words.i32(bytes, in.position, bigEndian);
                in.position += 4;
                int file = (int) in.uleb();
                int line = (int) in.uleb();
                if (in.position > to || count == MAX_ENTRIES) {
                    return false;
                }
                add(depth == 0 ? 0 : open[depth - 1], count == 0 && called == 0 ? name : called, file, line);
                if (hasChildren) {
                    if (depth == MAX_DEPTH - 1) {
                        return false;
                    }
                    bases[depth] = first;
                    open[depth++] = count - 1;
                }
            } while (depth > 0);
            return true;
        }
    }

    /** The number of entries. */
    int count() {
        return ends.length;
    }

    /** The approximate memory, in bytes. */
    long weight() {
        return 200 + 4 * (6L * ends.length + 2L * lows.length);
    }

    /** The entry of the caller; 0 for the function itself. */
    int parent(int call) {
        return parents[call];
    }

    /** The string table offset of the name. */
    long name(int call) {
        return names[call] & 0xffff_ffffL;
    }

    int file(int call) {
        return files[call];
    }

    int line(int call) {
        return lines[call];
    }

    /** The innermost call with the offset; 0 for the function itself, −1 if the offset is not in it. */
    int innermost(int offset) {
        if (!holds(0, offset)) {
            return -1;
        }
        int innermost = 0;
        int call = 1;
        int end = ends[0];
        while (call < end) {
            int next = ends[call];
            if (holds(call, offset)) {
                innermost = call++;
                end = next;
            } else {
                call = next;
            }
        }
        return innermost;
    }

    private boolean holds(int call, int offset) {
        int last = rangeStarts[call + 1];
        for (int range = rangeStarts[call]; range < last; range++) {
            if (offset >= lows[range] && offset < highs[range]) {
                return true;
            }
        }
        return false;
    }
}
