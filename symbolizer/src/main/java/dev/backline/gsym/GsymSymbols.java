package dev.backline.gsym;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.elf.AddressSpace;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolOrder;
import dev.backline.elf.SymbolTable;
import dev.backline.elf.Symbols;
import dev.backline.elf.Words;
import dev.backline.io.Hex;
import dev.backline.io.IntList;
import dev.backline.io.Lazy;
import dev.backline.io.Suggestions;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The symbols of the extension, by name and by address as in the ELF file. A symbol is its index in the order of
 * addresses; a look-up reads one or two blocks of symbols. Thread-safe.
 */
final class GsymSymbols implements Symbols {
    private static final int BLOCK = SymbolEncoder.BLOCK;

    /** The maximum size of a block in bytes: 32 symbols, each with four numbers of at most 10 bytes, and one byte. */
    private static final int MAX_BLOCK = BLOCK * 41;

    /** The number of blocks that are read at once to search all names. */
    private static final int CHUNK = 256;

    /** The maximum size of a bucket of names. */
    private static final int MAX_BUCKET = 1 << 16;

    /** The maximum number of symbols of other sections that a search steps over. */
    private static final int MAX_PASSED = 1 << 16;

    /** The number of cached blocks, a power of 2. */
    private static final int RECENT = 256;

    /** The number of cached look-ups by name, a power of 2. */
    private static final int REMEMBERED = 1 << 10;

    /** The number of searches in the file before the first addresses of all blocks are read at once. */
    private static final int MAX_PROBED = 16;

    private static final int TYPE = 0xf;
    private static final int MARK = SymbolEncoder.MARK;

    private final GsymFile file;
    private final GsymExtension extension;
    private final List<Section> sections;
    private final AddressSpace space;
    private final boolean relocatable;
    private final int count;
    private final int blocks;
    /** A cache of blocks by the low bits of their index. */
    private final AtomicReferenceArray<@Nullable Block> recent = new AtomicReferenceArray<>(RECENT);

    /** The string table offsets of the names of all functions, in the order of the symbols. */
    private final Lazy<int[], IOException> functionNames = new Lazy<>() {
        @Override
        protected int[] compute() throws IOException {
            return readFunctionNames();
        }
    };

    /** The first address of each block; null until there were many searches. */
    private volatile long @Nullable [] firsts;

    private final AtomicInteger searches = new AtomicInteger();

    /** A cache of look-ups by the low bits of the name's hash; null until there were many. */
    private volatile @Nullable Named @Nullable [] remembered;

    private final AtomicInteger asked = new AtomicInteger();

    /** The symbols with a name. Immutable, so threads can share it without synchronisation. */
    private static final class Named {
        final String name;
        final int[] symbols;

        Named(String name, int[] symbols) {
            this.name = name;
            this.symbols = symbols;
        }
    }

    GsymSymbols(GsymFile file, GsymExtension extension, List<Section> sections, boolean relocatable)
            throws IOException {
        this.file = file;
        this.extension = extension;
        this.relocatable = relocatable;
        this.sections = sections;
        space = new AddressSpace(sections);
        blocks = (int) (extension.size(GsymExtension.BLOCKS) / GsymExtension.BLOCK_ENTRY);
        long symbols = Words.u32(extension.read(GsymExtension.COUNTS, 0, 4), 0, file.bigEndian());
        if (symbols > (long) blocks * BLOCK || symbols <= (long) (blocks - 1) * BLOCK) {
            throw file.damaged(file.fileSize(), symbols + " symbols do not match " + blocks + " blocks of " + BLOCK);
        }
        count = (int) symbols;
    }

    /** Consecutive symbols, decoded. Immutable, except for cached names. */
    private static final class Block {
        final int number;
        final int size;
        final long[] addresses = new long[BLOCK];
        final long[] sizes = new long[BLOCK];
        final int[] sections = new int[BLOCK];
        final byte[] infos = new byte[BLOCK];
        /** The string table offset of each name; −1 if the name follows that of the previous symbol. */
        final long[] names = new long[BLOCK];
        /** Cached names. */
        final @Nullable String[] strings = new String[BLOCK];

        Block(int number, int size) {
            this.number = number;
            this.size = size;
        }
    }

    private Block block(int number) throws IOException {
        Block known = recent.get(number & (RECENT - 1));
        if (known == null || known.number != number) {
            known = readBlock(number);
            recent.set(number & (RECENT - 1), known);
        }
        return known;
    }

    private Block readBlock(int number) throws IOException {
        boolean isLast = number == blocks - 1;
        byte[] entries = extension.read(
                GsymExtension.BLOCKS,
                (long) number * GsymExtension.BLOCK_ENTRY,
                isLast ? GsymExtension.BLOCK_ENTRY : 2 * GsymExtension.BLOCK_ENTRY);
        long from = Words.u32(entries, 8, file.bigEndian());
        long to = isLast
                ? extension.size(GsymExtension.SYMBOLS)
                : Words.u32(entries, 8 + GsymExtension.BLOCK_ENTRY, file.bigEndian());
        if (to < from || (!isLast && to - from > MAX_BLOCK)) {
            throw file.damaged(
                    file.fileSize(), "a block of symbols extends from " + Hex.text(from) + " to " + Hex.text(to));
        }
        GsymExtension.Numbers numbers = new GsymExtension.Numbers(
                file, extension.read(GsymExtension.SYMBOLS, from, (int) Math.min(MAX_BLOCK, to - from)), from);
        Block block = new Block(number, Math.min(BLOCK, count - number * BLOCK));
        long address = Words.i64(entries, 0, file.bigEndian());
        int section = 0;
        for (int k = 0; k < block.size; k++) {
            address += numbers.next();
            int info = numbers.u8();
            if ((info & SymbolEncoder.SECTION_FOLLOWS) != 0) {
                section = (int) numbers.next();
            }
            block.names[k] = (info & SymbolEncoder.NAME_FOLLOWS) != 0 ? nameOffset(numbers) : k == 0 ? 0 : -1;
            block.sizes[k] = numbers.next();
            block.addresses[k] = address;
            block.infos[k] = (byte) info;
            block.sections[k] = section;
        }
        return block;
    }

    private long nameOffset(GsymExtension.Numbers numbers) throws IOException {
        long offset = numbers.next();
        if (offset < 0) {
            throw file.damaged(file.fileSize(), "the offset of a symbol's name is " + Hex.text(offset));
        }
        return offset;
    }

    private Block blockOf(int symbol) throws IOException {
        if (symbol < 0 || symbol >= count) {
            throw file.damaged(file.fileSize(), "symbol " + symbol + " does not exist: there are " + count);
        }
        return block(symbol / BLOCK);
    }

    private String name(Block block, int k) throws IOException {
        String name = block.strings[k];
        if (name == null) {
            name = file.strings().at(nameOffset(block, k, file.strings()));
            block.strings[k] = name;
        }
        return name;
    }

    private static long nameOffset(Block block, int k, GsymStrings strings) throws IOException {
        int explicit = k;
        while (block.names[explicit] < 0) {
            explicit--;
        }
        long name = block.names[explicit];
        for (int i = explicit; i < k; i++) {
            name = strings.offsetAfter(name);
        }
        return name;
    }

    @Override
    public String name(int symbol) throws IOException {
        return name(blockOf(symbol), symbol % BLOCK);
    }

    @Override
    public long address(int symbol) throws IOException {
        return blockOf(symbol).addresses[symbol % BLOCK];
    }

    @Override
    public int sectionIndex(int symbol) throws IOException {
        int code = blockOf(symbol).sections[symbol % BLOCK];
        return code == 0 ? SymbolTable.SHN_ABS : code - 1;
    }

    @Override
    public long size(int symbol) throws IOException {
        return size(symbol, blockOf(symbol).sizes[symbol % BLOCK]);
    }

    /** The same rules as those of the ELF file's symbol table. */
    @Override
    public boolean maySize(int symbol, long printed) throws IOException {
        long size = size(symbol);
        if (size == 0 || size == printed) {
            return true;
        }
        long next = toNext(symbol, 1);
        if (next >= 0) {
            return next == printed;
        }
        int section = blockOf(symbol).sections[symbol % BLOCK];
        Section its = section < 2 ? null : section(section - 1);
        return relocatable
                && its != null
                && its.isExecutable()
                && printed > size
                && printed - size < SymbolTable.MODULE_PAGE;
    }

    /** The distance to the next symbol that is at least so many bytes away, or to the end of the section. */
    private long size(int symbol, long atLeast) throws IOException {
        Block block = blockOf(symbol);
        int k = symbol % BLOCK;
        int section = block.sections[k];
        Section its = section < 2 ? null : section(section - 1);
        if (its == null) {
            return 0;
        }
        long next = toNext(symbol, atLeast);
        return next >= 0 ? next : Math.max(0, its.address() + its.size() - block.addresses[k]);
    }

    /** The distance to the next symbol of the section that is at least so many bytes away; −1 if there is none. */
    private long toNext(int symbol, long atLeast) throws IOException {
        Block block = blockOf(symbol);
        int k = symbol % BLOCK;
        int section = block.sections[k];
        long address = block.addresses[k];
        long from = address + Math.max(1, atLeast);
        if (Long.compareUnsigned(from, address) > 0) {
            int passed = 0;
            for (int next = symbol + 1; next < count && passed < MAX_PASSED; next++) {
                Block nextBlock = block(next / BLOCK);
                int n = next % BLOCK;
                if (nextBlock.sections[n] != section) {
                    passed++;
                } else if (Long.compareUnsigned(nextBlock.addresses[n], from) >= 0) {
                    return nextBlock.addresses[n] - address;
                }
            }
        }
        return -1;
    }

    private @Nullable Section section(int index) {
        return index > 0 && index < sections.size() ? sections.get(index) : null;
    }

    @Override
    public int at(long address) throws IOException {
        Section section = space.at(address);
        if (section == null || count == 0) {
            return -1;
        }
        int code = section.index() + 1;
        int best = -1;
        String bestName = "";
        boolean bestWeak = false;
        long bestAddress = 0;
        int passed = 0;
        for (int i = lastAt(address); i >= 0 && passed < MAX_PASSED; i--) {
            Block block = block(i / BLOCK);
            int k = i % BLOCK;
            if (best >= 0 && block.addresses[k] != bestAddress) {
                break;
            }
            // For a section without symbols, the search would step over all symbols before it
            if (!relocatable && Long.compareUnsigned(block.addresses[k], section.address()) < 0) {
                break;
            }
            if (block.sections[k] != code || (block.infos[k] & TYPE) == SymbolTable.STT_TLS) {
                passed++;
                continue;
            }
            if ((block.infos[k] & MARK) != 0) {
                if (best < 0) {
                    return -1;
                }
                continue;
            }
            String name = name(block, k);
            if (name.isEmpty()) {
                continue;
            }
            boolean weak = (block.infos[k] & SymbolEncoder.WEAK) != 0;
            // A module's trace names the first symbol of the table
            if (best < 0 || relocatable || SymbolOrder.preference(weak, name, bestWeak, bestName) <= 0) {
                best = i;
                bestName = name;
                bestWeak = weak;
                bestAddress = block.addresses[k];
            }
        }
        return best;
    }

    private long first(int block) throws IOException {
        byte[] first = extension.read(GsymExtension.BLOCKS, (long) block * GsymExtension.BLOCK_ENTRY, Long.BYTES);
        return Words.i64(first, 0, file.bigEndian());
    }

    private long[] readFirsts() throws IOException {
        byte[] entries = extension.read(GsymExtension.BLOCKS, 0, blocks * GsymExtension.BLOCK_ENTRY);
        long[] all = new long[blocks];
        for (int i = 0; i < blocks; i++) {
            all[i] = Words.i64(entries, i * GsymExtension.BLOCK_ENTRY, file.bigEndian());
        }
        return all;
    }

    /** The last symbol at or before an address; −1 if none. */
    private int lastAt(long address) throws IOException {
        long[] all = firsts;
        if (all == null && searches.incrementAndGet() > MAX_PROBED) {
            all = readFirsts();
            firsts = all;
        }
        int low = 0;
        int high = blocks;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(all == null ? first(middle) : all[middle], address) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low == 0) {
            return -1;
        }
        Block block = block(low - 1);
        int k = block.size - 1;
        while (k > 0 && Long.compareUnsigned(block.addresses[k], address) > 0) {
            k--;
        }
        return (low - 1) * BLOCK + k;
    }

    @Override
    public int[] named(String name) throws IOException {
        @Nullable Named[] known = remembered;
        if (known == null) {
            if (asked.incrementAndGet() <= MAX_PROBED) {
                return find(name);
            }
            known = new Named[REMEMBERED];
            remembered = known;
        }
        int slot = name.hashCode() & (REMEMBERED - 1);
        Named found = known[slot];
        if (found == null || !found.name.equals(name)) {
            found = new Named(name, find(name));
            known[slot] = found;
        }
        return found.symbols.clone();
    }

    private int[] find(String name) throws IOException {
        byte[] wanted = name.getBytes(UTF_8);
        int hash = NameHash.of(wanted, 0, wanted.length);
        int buckets = (int) (extension.size(GsymExtension.BUCKETS) / 4) - 1;
        if (buckets < 1 || Integer.bitCount(buckets) != 1) {
            throw file.damaged(file.fileSize(), "the extension has " + buckets + " buckets of names");
        }
        int shift = Integer.SIZE - Integer.numberOfTrailingZeros(buckets);
        int bucket = shift == Integer.SIZE ? 0 : hash >>> shift;
        byte[] bounds = extension.read(GsymExtension.BUCKETS, 4L * bucket, 8);
        long from = Words.u32(bounds, 0, file.bigEndian());
        long to = Words.u32(bounds, 4, file.bigEndian());
        if (to < from || to - from > MAX_BUCKET) {
            throw file.damaged(file.fileSize(), "a bucket of names extends from " + from + " to " + to);
        }
        byte[] entries = extension.read(GsymExtension.NAMES, 4 * from, (int) (4 * (to - from)));
        IntList found = new IntList();
        for (int at = 0; at < entries.length && found.size() < MOST_NAMED; at += 4) {
            int entry = Words.i32(entries, at, file.bigEndian());
            int symbol = entry & 0xff_ffff;
            if (entry >>> 24 == (hash & 0xff) && name(symbol).equals(name)) {
                found.add(symbol);
            }
        }
        return found.toArray();
    }

    @Override
    public List<String> nearest(String name, int limit) throws IOException {
        Suggestions suggestions = new Suggestions(name, limit);
        byte[] strings = file.strings().whole();
        int[] names = functionNames.get();
        for (int from = 0; from < names.length; from += CHUNK) {
            suggestions.consider(strings, names, from, Math.min(names.length, from + CHUNK));
        }
        return suggestions.names();
    }

    private int[] readFunctionNames() throws IOException {
        byte[] strings = file.strings().whole();
        IntList names = new IntList();
        for (int first = 0; first < blocks; first += CHUNK) {
            int last = Math.min(blocks, first + CHUNK);
            byte[] entries = extension.read(
                    GsymExtension.BLOCKS,
                    (long) first * GsymExtension.BLOCK_ENTRY,
                    (Math.min(blocks, last + 1) - first) * GsymExtension.BLOCK_ENTRY);
            long from = Words.u32(entries, 8, file.bigEndian());
            long to = last == blocks
                    ? extension.size(GsymExtension.SYMBOLS)
                    : Words.u32(entries, 8 + (last - first) * GsymExtension.BLOCK_ENTRY, file.bigEndian());
            if (to < from || to - from > (long) CHUNK * MAX_BLOCK) {
                throw file.damaged(
                        file.fileSize(), "blocks of symbols extend from " + Hex.text(from) + " to " + Hex.text(to));
            }
            GsymExtension.Numbers numbers = new GsymExtension.Numbers(
                    file, extension.read(GsymExtension.SYMBOLS, from, (int) (to - from)), from);
            for (int b = first; b < last; b++) {
                long start = Words.u32(entries, 8 + (b - first) * GsymExtension.BLOCK_ENTRY, file.bigEndian());
                numbers.position(start - from);
                readFunctionNames(numbers, Math.min(BLOCK, count - b * BLOCK), strings, names);
            }
        }
        return names.toArray();
    }

    /** Adds the names of the functions of a block. */
    private void readFunctionNames(GsymExtension.Numbers numbers, int size, byte[] strings, IntList names)
            throws IOException {
        int section = 0;
        int name = 0;
        for (int k = 0; k < size; k++) {
            numbers.skip();
            int info = numbers.u8();
            if ((info & SymbolEncoder.SECTION_FOLLOWS) != 0) {
                section = (int) numbers.next();
            }
            if ((info & SymbolEncoder.NAME_FOLLOWS) != 0) {
                long offset = nameOffset(numbers);
                name = (int) Math.min(strings.length, offset);
            } else if (k > 0) {
                name = GsymStrings.end(strings, name) + 1;
            }
            if (name >= strings.length) {
                throw file.strings().outside(name);
            }
            numbers.skip();
            int type = info & (TYPE | MARK);
            if ((type == SymbolTable.STT_FUNC || type == SymbolTable.STT_GNU_IFUNC) && section != 1) {
                names.add(name);
            }
        }
    }
}
