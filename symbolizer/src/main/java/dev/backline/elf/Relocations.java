package dev.backline.elf;

import dev.backline.io.Internal;
import dev.backline.io.Lazy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The relocations of one table as they are in the file: those of an ET_REL, those that {@code ld --emit-relocs} keeps in
 * a linked file, and those of {@code .rela.dyn}. The entries are read again in each call. Thread-safe.
 */
@Internal
public final class Relocations {
    /** About 64 KiB: larger requests make FileChannel allocate. */
    private static final int ENTRIES_AT_ONCE = 2730;

    /** Entries per call: the JVM compiles a method that is called often sooner than a long loop. */
    private static final int CHUNK = 32;

    /** Far more than a window of code has; a hostile table must not fill the heap. */
    private static final int MAX_RESULTS = 1 << 16;

    private final ElfFile file;
    private final Section table;
    /** The section to which r_offset and implicit addends refer. */
    private final Section target;

    private final RelocationFormat format;
    private final long base;
    private final Lazy<SymbolTable, IOException> symbols = new Lazy<>() {
        @Override
        protected SymbolTable compute() throws IOException {
            return RelocationFormat.symbols(file, table);
        }
    };

    private Relocations(ElfFile file, Section table, Section target) {
        this.file = file;
        this.table = table;
        this.target = target;
        this.format = new RelocationFormat(file, table);
        // gABI: r_offset is relative to the section in an ET_REL, and an address in other files
        this.base = file.header().isRelocatable() ? file.address(target) : 0;
    }

    /**
     * One relocation.
     *
     * @param address of the field, as defined by {@link ElfFile#address}
     * @param type R_*, by the machine
     * @param symbol the index of the symbol that the relocation refers to, in the table's symbol table; 0 for no symbol
     * @param width the number of bytes that the relocation changes; 0 if it changes none
     * @param value the address of the symbol plus the addend
     */
    public record Entry(long address, int type, int symbol, int width, long value) {}

    /**
     * {@return the tables of the relocations of a section; empty if the file has none}
     *
     * @param file with the section
     * @param target the section with the relocated fields
     */
    public static List<Relocations> of(ElfFile file, Section target) {
        List<Relocations> found = new ArrayList<>();
        for (Section each : file.sections()) {
            if (RelocationFormat.isTable(each)
                    && !each.isAllocated()
                    && each.info() == target.index()
                    && each.size() != 0) {
                found.add(new Relocations(file, each, target));
            }
        }
        return found;
    }

    /**
     * {@return the tables that the loader of a linked file reads, such as {@code .rela.dyn}; empty if there are none}
     *
     * @param file a linked file
     */
    public static List<Relocations> ofLoader(ElfFile file) {
        List<Relocations> found = new ArrayList<>();
        for (Section each : file.sections()) {
            // Only with explicit addends: without them, the fields already contain the values
            if (each.type() == Section.SHT_RELA && each.isAllocated() && each.size() != 0) {
                found.add(new Relocations(file, each, each));
            }
        }
        return found;
    }

    /**
     * {@return the relocations whose field starts at one of these addresses, in the order of the table}
     *
     * @param from the first address
     * @param to the address after the last
     * @throws IOException if the table or the symbol table cannot be read or is damaged
     */
    public List<Entry> at(long from, long to) throws IOException {
        return scan(from, to, false);
    }

    /**
     * {@return the relocations whose value is one of these addresses, in the order of the table}
     *
     * @param from the first address
     * @param to the address after the last
     * @throws IOException if the table or the symbol table cannot be read or is damaged
     */
    public List<Entry> targeting(long from, long to) throws IOException {
        return scan(from, to, true);
    }

    private List<Entry> scan(long from, long to, boolean byValue) throws IOException {
        List<Entry> found = new ArrayList<>();
        ByteSource data = format.entries();
        int entrySize = format.entrySize();
        long count = data.size() / entrySize;
        byte[] block = new byte[(int) Math.min(count, ENTRIES_AT_ONCE) * entrySize];
        // Not sorted in general: the linker writes them in the order of its input files
        for (long next = 0; next < count; next += ENTRIES_AT_ONCE) {
            int bytes = (int) Math.min(count - next, ENTRIES_AT_ONCE) * entrySize;
            data.read(next * entrySize, block, 0, bytes);
            for (int at = 0; at < bytes; at += entrySize) {
                int end = Math.min(bytes, at + CHUNK * entrySize);
                at = byValue
                        ? nextPossible(block, at, end, from, to - from)
                        : nextInside(block, at, end, from - base, to - from);
                if (at >= end) {
                    at = end - entrySize;
                    continue;
                }
                Entry entry = entry(block, at);
                if (!byValue || Long.compareUnsigned(entry.value - from, to - from) < 0) {
                    found.add(entry);
                    if (found.size() == MAX_RESULTS) {
                        return found;
                    }
                }
            }
        }
        return found;
    }

    /** The first entry whose field is in the window; the end if there is none. */
    private int nextInside(byte[] block, int start, int end, long from, long length) {
        int entrySize = format.entrySize();
        for (int at = start; at < end; at += entrySize) {
            if (Long.compareUnsigned(format.offset(block, at) - from, length) < 0) {
                return at;
            }
        }
        return end;
    }

    /** The first entry with a symbol, or whose addend is in the window; the end if there is none. */
    private int nextPossible(byte[] block, int start, int end, long from, long length) throws IOException {
        int entrySize = format.entrySize();
        boolean withAddend = format.withAddend();
        for (int at = start; at < end; at += entrySize) {
            if (!withAddend
                    || format.symbol(block, at) != 0
                    || Long.compareUnsigned(format.addend(block, at) - from, length) < 0) {
                return at;
            }
        }
        return end;
    }

    private Entry entry(byte[] block, int at) throws IOException {
        long offset = format.offset(block, at);
        int symbol = format.symbol(block, at);
        long value = format.withAddend() ? format.addend(block, at) : implicitAddend(offset);
        if (symbol > 0) {
            SymbolTable all = symbols.get();
            if (symbol < all.size() && all.sectionIndex(symbol) != SymbolTable.SHN_UNDEF) {
                value += all.placed(symbol);
            }
        }
        int type = format.type(block, at);
        return new Entry(
                offset + base,
                type,
                symbol,
                RelocationType.changedBytes(file.header().machine(), type),
                value);
    }

    /** The addend of Elf32_Rel: the 4 bytes of the field, as far as the section has them. */
    private long implicitAddend(long offset) throws IOException {
        SectionData data = file.data(target);
        long at = file.header().isRelocatable() ? offset : offset - target.address();
        return ByteSource.within(at, 4, data.size())
                ? Words.i32(data.read(at, 4), 0, file.header().bigEndian())
                : 0;
    }
}
