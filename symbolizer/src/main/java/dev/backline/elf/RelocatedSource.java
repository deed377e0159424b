package dev.backline.elf;

import dev.backline.io.Hex;
import dev.backline.io.Lazy;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A section of an ET_REL whose relocations are applied to each part that is read (gABI ch. 4,
 * "Relocation"). Only the entries of that part are read: a module has hundreds of thousands.
 * Thread-safe.
 */
final class RelocatedSource extends ByteSource {
    /** Wider than any relocated field, so that a field across the edge of a window is relocated as a whole. */
    private static final int MARGIN = 16;

    private static final int CHUNK = 256 * 1024;
    private static final int ENTRIES_AT_ONCE = 2048;
    /** Up to this many entries are all checked for order; of a larger table only samples are. */
    private static final int SMALL = 4096;

    private static final int SAMPLES = 32;

    private final ElfFile file;
    private final Section target;
    private final Section section;
    private final ByteSource plain;
    private final boolean big;
    private final RelocationFormat format;
    private final int entrySize;
    private final Lazy<SymbolTable, IOException> symbols = new Lazy<>() {
        @Override
        protected SymbolTable compute() throws IOException {
            return RelocationFormat.symbols(file, section);
        }
    };

    /** The entries, sorted by r_offset; null until first use. */
    private volatile @Nullable ByteSource entries;

    private RelocatedSource(ElfFile file, Section target, Section section, ByteSource plain) {
        this.file = file;
        this.target = target;
        this.section = section;
        this.plain = plain;
        this.big = file.header().bigEndian();
        this.format = new RelocationFormat(file.header(), section);
        this.entrySize = format.entrySize();
    }

    /**
     * The section, relocated if necessary. In an ET_EXEC or ET_DYN the linker has applied the
     * relocations ({@code ld --emit-relocs} keeps them), and the loader relocates SHF_ALLOC sections.
     */
    static ByteSource relocated(ElfFile file, Section target, ByteSource plain) {
        boolean holdsData = target.type() == Section.SHT_PROGBITS || target.type() >= Section.SHT_LOOS;
        if (!file.header().isRelocatable() || target.isAllocated() || !holdsData) {
            return plain;
        }
        ByteSource source = plain;
        for (Section s : file.sections()) {
            if (RelocationFormat.isTable(s) && s.info() == target.index() && s.size() != 0) {
                source = new RelocatedSource(file, target, s, source);
            }
        }
        return source;
    }

    @Override
    public long size() {
        return plain.size();
    }

    @Override
    public void read(long position, byte[] into, int at, int length) throws IOException {
        for (int done = 0; done < length; done += CHUNK) {
            window(position + done, into, at + done, Math.min(CHUNK, length - done));
        }
    }

    private void window(long start, byte[] into, int at, int length) throws IOException {
        long from = Math.max(0, start - MARGIN);
        long to = Math.min(size(), start + length + MARGIN);
        byte[] wide = new byte[(int) (to - from)];
        plain.read(from, wide, 0, wide.length);
        if (!apply(entries(), wide, from, start + length)) {
            plain.read(from, wide, 0, wide.length);
            apply(sorted(), wide, from, start + length);
        }
        System.arraycopy(wide, (int) (start - from), into, at, length);
    }

    /** Applies the relocations of {@code [from, end)}; false if the entries are not sorted. */
    private boolean apply(ByteSource table, byte[] wide, long from, long end) throws IOException {
        long count = table.size() / entrySize;
        byte[] block = new byte[(int) Math.min(count, ENTRIES_AT_ONCE) * entrySize];
        long previous = 0;
        for (long next = near(table, count, from, block); next < count; next += ENTRIES_AT_ONCE) {
            int n = (int) Math.min(count - next, ENTRIES_AT_ONCE);
            table.read(next * entrySize, block, 0, n * entrySize);
            for (int i = 0; i < n; i++) {
                long offset = format.offset(block, i * entrySize);
                if (Long.compareUnsigned(offset, previous) < 0) {
                    return false;
                }
                if (Long.compareUnsigned(offset, end) >= 0) {
                    return true;
                }
                previous = offset;
                if (Long.compareUnsigned(offset, from) >= 0) {
                    apply(block, i * entrySize, wide, offset, (int) (offset - from));
                }
            }
        }
        return true;
    }

    /**
     * An entry of a sorted table shortly before the first entry at or above an offset. A read of the
     * file is much slower than a step over an entry in memory, so the search stops early.
     */
    private long near(ByteSource table, long count, long offset, byte[] buffer) throws IOException {
        long low = 0;
        long high = count;
        while (high - low > ENTRIES_AT_ONCE / 4) {
            long middle = (low + high) >>> 1;
            if (Long.compareUnsigned(offset(table, middle, buffer), offset) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private long offset(ByteSource table, long entry, byte[] buffer) throws IOException {
        table.read(entry * entrySize, buffer, 0, entrySize);
        return format.offset(buffer, 0);
    }

    private void apply(byte[] block, int entry, byte[] b, long offset, int at) throws IOException {
        int type = format.type(block, entry);
        int action = RelocationType.action(file.header().machine(), type);
        if (action == RelocationType.NONE) {
            return;
        }
        if (action == RelocationType.UNKNOWN) {
            throw broken(
                    offset,
                    "relocation type " + Integer.toUnsignedString(type) + " of machine "
                            + file.header().machine() + " is not supported");
        }
        int width = RelocationType.width(action);
        if (at + width > b.length) {
            throw broken(
                    offset, "the relocated field extends past the end of the section (" + Hex.text(size()) + " bytes)");
        }
        long there = Words.get(b, at, width, big);
        long addend = format.withAddend() ? format.addend(block, entry) : there;
        long value = value(format.symbol(block, entry), offset) + addend;
        switch (RelocationType.operation(action)) {
            case RelocationType.ABSOLUTE -> Words.put(b, at, width, big, value);
            case RelocationType.RELATIVE -> Words.put(b, at, width, big, value - offset);
            case RelocationType.ADD -> Words.put(b, at, width, big, there + value);
            case RelocationType.SUBTRACT -> Words.put(b, at, width, big, there - value);
            case RelocationType.SET6 -> b[at] = (byte) ((there & 0xc0) | (value & 0x3f));
            case RelocationType.SUBTRACT6 -> b[at] = (byte) ((there & 0xc0) | ((there - value) & 0x3f));
            case RelocationType.SET_ULEB128 -> uleb128(b, at, offset, value, false);
            case RelocationType.SUBTRACT_ULEB128 -> uleb128(b, at, offset, -value, true);
            default -> throw new IllegalStateException("relocation action " + action);
        }
    }

    /** Stores a value, or its sum with the old one, as a LEB128 number of the old length. */
    private void uleb128(byte[] b, int at, long offset, long value, boolean add) throws ElfException {
        int length = 0;
        long there = 0;
        do {
            if (length == 10 || at + length == b.length) {
                throw broken(offset, "the field is not a LEB128 number of at most 10 bytes");
            }
            there |= (b[at + length] & 0x7fL) << (7 * length);
        } while (b[at + length++] < 0);
        long rest = add ? there + value : value;
        for (int i = 0; i < length; i++) {
            b[at + i] = (byte) ((rest & 0x7f) | (i < length - 1 ? 0x80 : 0));
            rest >>>= 7;
        }
    }

    private long value(int symbol, long offset) throws IOException {
        if (symbol == 0) {
            return 0;
        }
        SymbolTable t = symbols.get();
        if (symbol < 0 || symbol >= t.size()) {
            throw broken(
                    offset,
                    "symbol " + Integer.toUnsignedString(symbol) + " is not in the symbol table, which has " + t.size()
                            + " symbols");
        }
        int index = t.sectionIndex(symbol);
        if (index == SymbolTable.SHN_UNDEF || index == SymbolTable.SHN_COMMON) {
            return 0;
        }
        // The value of a thread-local symbol is an offset in its TLS block
        return t.type(symbol) == SymbolTable.STT_TLS ? t.value(symbol) : t.address(symbol);
    }

    private ByteSource entries() throws IOException {
        ByteSource found = entries;
        if (found == null) {
            synchronized (this) {
                found = entries;
                if (found == null) {
                    found = load();
                    entries = found;
                }
            }
        }
        return found;
    }

    private ByteSource load() throws IOException {
        if (section.entrySize() != entrySize || section.size() % entrySize != 0) {
            throw new ElfException(file.name() + ": " + section.name() + ": sh_entsize "
                    + Hex.text(section.entrySize()) + " and sh_size " + Hex.text(section.size())
                    + " do not match entries of " + entrySize + " bytes");
        }
        ByteSource table = file.bytes(section);
        return seemsSorted(table) ? table : sort(table);
    }

    /**
     * Assemblers write the entries in the order of r_offset, except for RISC-V, where gas appends
     * the entries of LEB128 differences. For other machines samples suffice, because apply() checks too.
     */
    private boolean seemsSorted(ByteSource table) throws IOException {
        long count = table.size() / entrySize;
        boolean all = count <= SMALL || file.header().machine() == ElfHeader.EM_RISCV;
        byte[] block = new byte[(int) Math.min(count, ENTRIES_AT_ONCE) * entrySize];
        long previous = 0;
        if (!all) {
            for (int i = 0; i <= SAMPLES; i++) {
                long offset = offset(table, (count - 1) * i / SAMPLES, block);
                if (Long.compareUnsigned(offset, previous) < 0) {
                    return false;
                }
                previous = offset;
            }
            return true;
        }
        for (long next = 0; next < count; next += ENTRIES_AT_ONCE) {
            int n = (int) Math.min(count - next, ENTRIES_AT_ONCE);
            table.read(next * entrySize, block, 0, n * entrySize);
            for (int i = 0; i < n; i++) {
                long offset = format.offset(block, i * entrySize);
                if (Long.compareUnsigned(offset, previous) < 0) {
                    return false;
                }
                previous = offset;
            }
        }
        return true;
    }

    private synchronized ByteSource sorted() throws IOException {
        ByteSource sorted = sort(entries());
        entries = sorted;
        return sorted;
    }

    /** The entries in memory, sorted by r_offset; the sort is stable. */
    private ByteSource sort(ByteSource table) throws IOException {
        int count = (int) Math.min(Integer.MAX_VALUE, table.size() / entrySize);
        String what = section.name();
        file.budget().reserve(file.name(), what, 8L * count + table.size());
        try {
            byte[] from = file.budget().allocate(file.name(), what, table.size());
            table.read(0, from, 0, from.length);
            long[] keys = new long[count];
            for (int i = 0; i < count; i++) {
                long offset = format.offset(from, i * entrySize);
                if (offset >>> 32 != 0) {
                    throw broken(offset, "r_offset is above 4 GiB, and the entries are not sorted");
                }
                keys[i] = (offset << 31) | i;
            }
            Arrays.sort(keys);
            byte[] sorted = new byte[from.length];
            for (int i = 0; i < count; i++) {
                int entry = (int) (keys[i] & Integer.MAX_VALUE);
                System.arraycopy(from, entry * entrySize, sorted, i * entrySize, entrySize);
            }
            return new ByteSource.OfArray(sorted);
        } finally {
            file.budget().release(8L * count + table.size());
        }
    }

    private ElfException broken(long offset, String rule) {
        return new ElfException(
                file.name() + ": " + section.name() + ": at " + target.name() + "+" + Hex.text(offset) + ": " + rule);
    }
}
