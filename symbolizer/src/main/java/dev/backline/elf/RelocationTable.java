package dev.backline.elf;

import dev.backline.io.Hex;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The entries of one relocation section in the order of r_offset, read in blocks. Thread-safe.
 */
final class RelocationTable {
    /** Searches keep the r_offset of every entry whose number is a multiple of this power of 2. */
    static final int STEP = 512;

    private static final int ENTRIES_AT_ONCE = 2048;
    /** Up to this many entries are all checked for order; of a larger table only samples are. */
    private static final int SMALL = 4096;

    private static final int SAMPLES = 32;

    private final ElfFile file;
    private final Section section;
    private final RelocationFormat format;
    private final ByteSource bytes;
    private final long count;
    /** r_offset of entries 0, STEP, 2 * STEP ... that a search has read; 0 for the others. */
    private final AtomicLongArray starts;

    private RelocationTable(ElfFile file, Section section, RelocationFormat format, ByteSource bytes)
            throws IOException {
        this.file = file;
        this.section = section;
        this.format = format;
        this.bytes = bytes;
        this.count = bytes.size() / format.entrySize();
        long starts = count / STEP + 1;
        file.budget().reserve(file.name(), section.name(), Long.BYTES * starts);
        this.starts = new AtomicLongArray((int) starts);
    }

    /** Opens the table, and sorts it in memory if it is not in order. */
    static RelocationTable of(ElfFile file, Section section, RelocationFormat format) throws IOException {
        RelocationTable table = new RelocationTable(file, section, format, format.entries());
        return table.seemsSorted() ? table : table.sorted();
    }

    /** The number of entries. */
    long count() {
        return count;
    }

    /**
     * {@return an entry shortly before the first one at or above an offset}
     *
     * @param hint an entry that may be near, such as the end of another part
     */
    long near(long offset, long hint) throws IOException {
        int low = (int) (hint / STEP);
        if (isBefore(low, offset) && !isBefore(low + 1, offset)) {
            return (long) low * STEP;
        }
        low = 0;
        int high = starts.length() - 1;
        // Entries of one field can extend over several steps, so the step before the offset must be lower
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (isBefore(middle, offset)) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return (long) low * STEP;
    }

    /** Whether a step starts with an entry below an offset; step 0 always counts as such. */
    private boolean isBefore(int step, long offset) throws IOException {
        long entry = (long) step * STEP;
        if (step == 0 || entry >= count) {
            return step == 0;
        }
        long start = starts.get(step);
        if (start == 0) {
            start = offset(entry);
            starts.set(step, start);
        }
        return Long.compareUnsigned(start, offset) < 0;
    }

    private long offset(long entry) throws IOException {
        byte[] b = new byte[format.entrySize()];
        bytes.read(entry * b.length, b, 0, b.length);
        return format.offset(b, 0);
    }

    /** Reads and decodes entries from the first on: {@return how many, at most as many as the block can hold} */
    int read(long first, int most, Block into) throws IOException {
        int entrySize = format.entrySize();
        int n = (int) Math.min(Math.min(most, into.capacity()), count - first);
        bytes.read(first * entrySize, into.raw, 0, n * entrySize);
        format.decode(into.raw, n, into.words);
        for (int i = (int) -first & (STEP - 1); i < n; i += STEP) {
            starts.set((int) ((first + i) / STEP), into.offset(i));
        }
        return n;
    }

    /** Consecutive entries. Not thread-safe. */
    static final class Block {
        private final byte[] raw;
        /** The decoded entries, see {@link RelocationFormat#decode}. */
        final long[] words;

        Block(RelocationTable table) {
            int size = (int) Math.min(table.count, ENTRIES_AT_ONCE);
            raw = new byte[size * table.format.entrySize()];
            words = new long[size * RelocationFormat.WORDS];
        }

        int capacity() {
            return words.length / RelocationFormat.WORDS;
        }

        /** The r_offset of an entry of the block. */
        long offset(int entry) {
            return words[entry * RelocationFormat.WORDS];
        }
    }

    /**
     * Assemblers write the entries in the order of r_offset, except for RISC-V and LoongArch, where gas appends the entries
     * of LEB128 differences. For other machines samples suffice, because readers check too.
     */
    private boolean seemsSorted() throws IOException {
        long previous = 0;
        int machine = file.header().machine();
        if (count > SMALL && machine != ElfHeader.EM_RISCV && machine != ElfHeader.EM_LOONGARCH) {
            for (int i = 0; i <= SAMPLES; i++) {
                long offset = offset((count - 1) * i / SAMPLES);
                if (Long.compareUnsigned(offset, previous) < 0) {
                    return false;
                }
                previous = offset;
            }
            return true;
        }
        Block block = new Block(this);
        for (long next = 0; next < count; ) {
            int n = read(next, ENTRIES_AT_ONCE, block);
            for (int i = 0; i < n; i++) {
                long offset = block.offset(i);
                if (Long.compareUnsigned(offset, previous) < 0) {
                    return false;
                }
                previous = offset;
            }
            next += n;
        }
        return true;
    }

    /** {@return the table in memory, sorted by r_offset} The sort is stable. */
    RelocationTable sorted() throws IOException {
        int count = (int) Math.min(Integer.MAX_VALUE, this.count);
        int entrySize = format.entrySize();
        String what = section.name();
        file.budget().reserve(file.name(), what, 8L * count + bytes.size());
        try {
            byte[] from = file.budget().allocate(file.name(), what, bytes.size());
            bytes.read(0, from, 0, from.length);
            long[] keys = new long[count];
            for (int i = 0; i < count; i++) {
                long offset = format.offset(from, i * entrySize);
                if (offset >>> 32 != 0) {
                    throw new ElfException(file.name() + ": " + what + ": at "
                            + file.sections().get(section.info()).name() + "+" + Hex.text(offset)
                            + ": r_offset is above 4 GiB, and the entries are not sorted");
                }
                keys[i] = (offset << 31) | i;
            }
            Arrays.sort(keys);
            byte[] sorted = new byte[from.length];
            for (int i = 0; i < count; i++) {
                int entry = (int) (keys[i] & Integer.MAX_VALUE);
                System.arraycopy(from, entry * entrySize, sorted, i * entrySize, entrySize);
            }
            return new RelocationTable(file, section, format, new ByteSource.OfArray(sorted));
        } finally {
            file.budget().release(8L * count + bytes.size());
        }
    }
}
