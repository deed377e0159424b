package dev.backline.elf;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.io.AddressOrder;
import dev.backline.io.Hex;
import dev.backline.io.IntList;
import dev.backline.io.Lazy;
import dev.backline.io.LongList;
import dev.backline.io.Suggestions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The symbols of one ELF file (gABI ch. 4, "Symbol Table"). A symbol is its index in the table, not an
 * object. Thread-safe.
 */
public final class SymbolTable implements Symbols {
    /** The least size of the pages in which the kernel loads a module's code, in bytes. */
    public static final long MODULE_PAGE = 4096;

    /** No type, such as a label in assembly. */
    public static final int STT_NOTYPE = 0;

    /** Data. */
    public static final int STT_OBJECT = 1;

    /** A function. */
    public static final int STT_FUNC = 2;

    /** A section. */
    public static final int STT_SECTION = 3;

    /** The name of a source file, before its local symbols. */
    public static final int STT_FILE = 4;

    /** Uninitialised data that the linker allocates. */
    public static final int STT_COMMON = 5;

    /** Thread-local data. */
    public static final int STT_TLS = 6;

    /** A function that returns the address of the function to call. */
    public static final int STT_GNU_IFUNC = 10;

    /** Visible in its object file only. */
    public static final int STB_LOCAL = 0;

    /** Visible in all object files; defined once. */
    public static final int STB_GLOBAL = 1;

    /** Like a global symbol, which takes precedence over it. */
    public static final int STB_WEAK = 2;

    /** Visible according to its binding. */
    public static final int STV_DEFAULT = 0;

    /** Hidden; the processor supplement defines details. */
    public static final int STV_INTERNAL = 1;

    /** Not visible to other shared objects. */
    public static final int STV_HIDDEN = 2;

    /** Visible to other shared objects, which cannot override it. */
    public static final int STV_PROTECTED = 3;

    /** A result of {@link #sectionIndex}: defined in another file. */
    public static final int SHN_UNDEF = 0;

    /** A result of {@link #sectionIndex}: 0xfff1 in the file; negative, so that no section has this index. */
    public static final int SHN_ABS = (short) 0xfff1;

    /** A result of {@link #sectionIndex}: 0xfff2 in the file. */
    public static final int SHN_COMMON = (short) 0xfff2;

    /** The number of look-ups that scan the whole table before an index is built. */
    private static final int MAX_SCANS = 3;

    /** Bytes of a name that are hashed and compared: hostile names may be long suffixes of each other. */
    private static final int MAX_COMPARED = 1024;

    private static final int SHN_LORESERVE = 0xff00;
    private static final int SHN_XINDEX = 0xffff;

    private final ElfFile file;
    private final @Nullable Section section;
    private final boolean is64;
    private final boolean big;
    private final boolean hasModeBit;
    private final int entrySize;
    private final int size;
    private final byte[] table;
    private final byte[] strings;
    private final byte @Nullable [] extendedIndexes;

    /** The section with function descriptors; null if the file has none. */
    private final @Nullable Lazy<Descriptors, RuntimeException> descriptors;

    private final int descriptorSection;
    private final SymbolScan scan;
    private int nameScans;
    private int addressScans;

    /** The last result without an index: one look-up asks for the same name several times. */
    private volatile @Nullable Named lastNamed;

    private volatile @Nullable Following lastFollowing;

    private @Nullable NameIndex names;
    private final Lazy<AddressIndex, RuntimeException> addresses = new Lazy<>() {
        @Override
        protected AddressIndex compute() {
            return new AddressIndex(SymbolTable.this);
        }
    };

    private static final class Named {
        final String name;
        final int[] symbols;

        Named(String name, int[] symbols) {
            this.name = name;
            this.symbols = symbols;
        }
    }

    private record Following(long address, int section, int symbol) {}

    private SymbolTable(
            ElfFile file, @Nullable Section section, byte[] table, byte[] strings, byte @Nullable [] extendedIndexes) {
        this.file = file;
        this.section = section;
        this.is64 = file.header().is64();
        this.big = file.header().bigEndian();
        this.hasModeBit =
                file.header().machine() == ElfHeader.EM_ARM || file.header().machine() == ElfHeader.EM_MIPS;
        this.entrySize = entrySize(file);
        this.size = table.length / entrySize;
        this.table = table;
        this.strings = strings;
        this.extendedIndexes = extendedIndexes;
        Section opd = file.header().machine() == ElfHeader.EM_PPC64 ? file.section(".opd") : null;
        this.descriptorSection = opd == null ? SHN_UNDEF : opd.index();
        this.descriptors = opd == null
                ? null
                : new Lazy<>() {
                    @Override
                    protected Descriptors compute() {
                        return Descriptors.of(file, SymbolTable.this, opd);
                    }
                };
        this.scan = new SymbolScan(
                this, table, strings, is64, big, !hasModeBit && extendedIndexes == null && descriptors == null);
    }

    private static int entrySize(ElfFile file) {
        return file.header().is64() ? 24 : 16;
    }

    /** .symtab; or else .dynsym and the functions in .gnu_debugdata; or else an empty table. */
    static SymbolTable of(ElfFile file) throws IOException {
        Section section = first(file, Section.SHT_SYMTAB);
        if (section != null) {
            return of(file, section);
        }
        section = first(file, Section.SHT_DYNSYM);
        SymbolTable dynamic =
                section == null ? new SymbolTable(file, null, new byte[0], new byte[0], null) : of(file, section);
        return withDebugData(file, dynamic);
    }

    /**
     * Adds the symbols that .dynsym lacks, from the ELF file that distributions put, packed with xz, into {@code
     * .gnu_debugdata} (GDB manual, "MiniDebugInfo"). Its sections have other indexes than those of the file around it.
     */
    private static SymbolTable withDebugData(ElfFile file, SymbolTable dynamic) throws IOException {
        Section packed = file.section(".gnu_debugdata");
        if (packed == null
                || packed.type() == Section.SHT_NOBITS
                || file.header().isRelocatable()) {
            return dynamic;
        }
        String name = file.name() + ": .gnu_debugdata";
        try (ElfFile inner = ElfFile.of(Path.of(file.name()), ByteSource.unpacked(name, file.bytes(packed)))) {
            Section section = first(inner, Section.SHT_SYMTAB);
            if (section == null
                    || inner.header().is64() != file.header().is64()
                    || inner.header().bigEndian() != file.header().bigEndian()) {
                return dynamic;
            }
            SymbolTable more = of(inner, section);
            int entrySize = dynamic.entrySize;
            long size = (long) dynamic.table.length + more.table.length + dynamic.strings.length + more.strings.length;
            file.budget().reserve(file.name(), ".gnu_debugdata", size);
            int first = Math.max(dynamic.table.length, entrySize);
            byte[] table = Arrays.copyOf(dynamic.table, first + Math.max(0, more.table.length - entrySize));
            byte[] strings = Arrays.copyOf(dynamic.strings, dynamic.strings.length + more.strings.length);
            System.arraycopy(more.strings, 0, strings, dynamic.strings.length, more.strings.length);
            for (int i = 1, at = first; i < more.size; i++, at += entrySize) {
                System.arraycopy(more.table, i * entrySize, table, at, entrySize);
                Words.put(table, at, 4, dynamic.big, dynamic.strings.length + (long) more.nameStart(i));
                if (more.sectionIndex(i) > 0) {
                    Section home = file.sectionAt(more.value(i));
                    int index = home == null ? SHN_ABS : home.index();
                    Words.put(table, at + (dynamic.is64 ? 6 : 14), 2, dynamic.big, index);
                }
            }
            return new SymbolTable(file, dynamic.section, table, strings, null);
        } catch (ElfException e) {
            // Without these names the file is as useful as others without them
            return dynamic;
        }
    }

    private static @Nullable Section first(ElfFile file, int type) {
        for (Section s : file.sections()) {
            if (s.type() == type) {
                return s;
            }
        }
        return null;
    }

    /** The symbols of one SHT_SYMTAB or SHT_DYNSYM section. */
    static SymbolTable of(ElfFile file, Section section) throws IOException {
        int entrySize = entrySize(file);
        if (section.entrySize() != entrySize) {
            throw new ElfException(file.name() + ": " + section.name() + ": sh_entsize is "
                    + Hex.text(section.entrySize()) + ", not " + entrySize);
        }
        if (section.link() <= 0
                || section.link() >= file.sections().size()
                || file.sections().get(section.link()).type() != Section.SHT_STRTAB) {
            throw new ElfException(file.name() + ": " + section.name() + ": sh_link " + section.link()
                    + " is not the index of a string table (SHT_STRTAB)");
        }
        byte[] table = whole(file, section);
        if (table.length % entrySize != 0) {
            throw new ElfException(file.name() + ": " + section.name() + ": its size " + Hex.text(table.length)
                    + " is not a multiple of " + entrySize);
        }
        byte[] strings = whole(file, file.sections().get(section.link()));
        byte[] extended = null;
        for (Section s : file.sections()) {
            if (s.type() == Section.SHT_SYMTAB_SHNDX && s.link() == section.index()) {
                extended = whole(file, s);
                if (extended.length / 4 < table.length / entrySize) {
                    throw new ElfException(file.name() + ": " + s.name() + ": " + Hex.text(extended.length)
                            + " bytes are too few for " + table.length / entrySize + " symbols");
                }
                break;
            }
        }
        return new SymbolTable(file, section, table, strings, extended);
    }

    private static byte[] whole(ElfFile file, Section section) throws IOException {
        SectionData data = file.data(section);
        byte[] bytes = file.budget().allocate(file.name(), section.name(), data.size());
        data.read(0, bytes, 0, bytes.length);
        return bytes;
    }

    /** {@return the number of symbols, including the null symbol 0} */
    public int size() {
        return size;
    }

    /** The name; empty if the symbol has none, or its st_name is outside the string table. */
    @Override
    public String name(int i) {
        int start = nameStart(i);
        return Strings.of(strings, start, Strings.end(strings, start));
    }

    /**
     * {@return the bytes of the name, which are UTF-8}
     *
     * @param i the symbol
     */
    public byte[] nameBytes(int i) {
        int start = nameStart(i);
        return Arrays.copyOfRange(strings, start, Strings.end(strings, start));
    }

    /**
     * {@return the name, or the beginning of a longer one} For loops over all symbols: many can share one name of megabytes.
     *
     * @param i the symbol
     * @param limit the most bytes to read
     */
    public String name(int i, int limit) {
        int start = nameStart(i);
        return Strings.of(strings, start, Strings.end(strings, start, limit));
    }

    /** The start of the name in the string table; the end of the table if st_name is outside. */
    int nameStart(int i) {
        int start = Words.i32(table, at(i), big);
        return start >= 0 && start < strings.length ? start : strings.length;
    }

    private int at(int i) {
        Objects.checkIndex(i, size);
        return i * entrySize;
    }

    /**
     * st_value; in an ET_REL plus the base address of the symbol's section (see {@link ElfFile#address}). For a function
     * descriptor of 64-bit PowerPC (ELFv1), the address of the function's code.
     */
    @Override
    public long address(int i) {
        if (descriptors != null && isInDescriptors(i)) {
            long code = descriptors.get().code(value(i));
            return code == 0 ? placed(i) : code;
        }
        return placed(i);
    }

    /** The address of the symbol itself, even if that is a function descriptor. */
    long placed(int i) {
        long value = value(i);
        if (hasModeBit && type(i) == STT_FUNC) {
            // Bit 0 selects the instruction set and is not part of the address (AAELF32, 5.5.3; for MIPS16 and
            // microMIPS,
            // binutils' include/elf/mips.h, STO_MIPS_ISA)
            value &= ~1;
        }
        return value + file.space().base(ownSectionIndex(i));
    }

    /** Whether the symbol is a function descriptor whose code is known. */
    boolean isDescriptor(int i) {
        return descriptors != null && isInDescriptors(i) && descriptors.get().code(value(i)) != 0;
    }

    private boolean isInDescriptors(int i) {
        return ownSectionIndex(i) == descriptorSection && type(i) != STT_SECTION;
    }

    /**
     * The function descriptors of 64-bit PowerPC's ELFv1, in {@code .opd}: three words, of which the first is the address of
     * the code (64-bit PowerPC ELF ABI supplement, 3.2.1). In an ET_REL it is relocated.
     */
    private static final class Descriptors {
        private static final int R_PPC64_ADDR64 = 38;

        private final long[] places;
        /** The address of the code of the descriptor at each place. */
        private final long[] codes;

        private Descriptors(long[] places, long[] codes) {
            int[] order = AddressOrder.of(places, places.length);
            this.places = new long[order.length];
            this.codes = new long[order.length];
            for (int i = 0; i < order.length; i++) {
                this.places[i] = places[order[i]];
                this.codes[i] = codes[order[i]];
            }
        }

        static Descriptors of(ElfFile file, SymbolTable symbols, Section opd) {
            try {
                return file.header().isRelocatable() ? relocated(file, symbols, opd) : linked(file, opd);
            } catch (IOException e) {
                // The symbols stay what they are: descriptors
                return new Descriptors(new long[0], new long[0]);
            }
        }

        private static Descriptors linked(ElfFile file, Section opd) throws IOException {
            byte[] content = whole(file, opd);
            int count = content.length / 8;
            long[] places = new long[count];
            long[] codes = new long[count];
            for (int i = 0; i < count; i++) {
                places[i] = opd.address() + 8L * i;
                codes[i] = Words.i64(content, 8 * i, file.header().bigEndian());
            }
            return new Descriptors(places, codes);
        }

        private static Descriptors relocated(ElfFile file, SymbolTable symbols, Section opd) throws IOException {
            LongList places = new LongList();
            LongList codes = new LongList();
            for (Section table : file.sections()) {
                if (!RelocationFormat.isTable(table) || table.info() != opd.index()) {
                    continue;
                }
                RelocationFormat format = new RelocationFormat(file, table);
                ByteSource entries = format.entries();
                byte[] all = file.budget().allocate(file.name(), table.name(), entries.size());
                entries.read(0, all, 0, all.length);
                for (int at = 0; at < all.length; at += format.entrySize()) {
                    int symbol = format.symbol(all, at);
                    if (format.withAddend()
                            && format.type(all, at) == R_PPC64_ADDR64
                            && symbol > 0
                            && symbol < symbols.size
                            && symbols.ownSectionIndex(symbol) > 0) {
                        places.add(format.offset(all, at));
                        codes.add(symbols.placed(symbol) + format.addend(all, at));
                    }
                }
            }
            return new Descriptors(places.toArray(), codes.toArray());
        }

        /** The address of the code of the descriptor with this st_value; 0 if it is unknown. */
        long code(long value) {
            int at = AddressOrder.lastAtOrBefore(places, value);
            return at < 0 || places[at] != value ? 0 : codes[at];
        }
    }

    /**
     * {@return st_size, in bytes} See {@link #size(int)} for the size that stack traces print.
     *
     * @param i the symbol
     */
    public long elfSize(int i) {
        return Words.word(table, at(i) + (is64 ? 16 : 8), is64, big);
    }

    /**
     * {@return STT_*}
     *
     * @param i the symbol
     */
    public int type(int i) {
        return info(i) & 0xf;
    }

    /**
     * {@return STB_*}
     *
     * @param i the symbol
     */
    public int binding(int i) {
        return info(i) >>> 4;
    }

    private int info(int i) {
        return Words.u8(table, at(i) + (is64 ? 4 : 12));
    }

    /**
     * {@return STV_*}
     *
     * @param i the symbol
     */
    public int visibility(int i) {
        return Words.u8(table, at(i) + (is64 ? 5 : 13)) & 0x3;
    }

    /**
     * The index of the section that defines the symbol, with extended numbering resolved; {@link
     * #SHN_UNDEF}; or a negative reserved index such as {@link #SHN_ABS}.
     */
    @Override
    public int sectionIndex(int i) {
        if (descriptors != null && isDescriptor(i)) {
            Section code = file.sectionAt(address(i));
            return code == null ? ownSectionIndex(i) : code.index();
        }
        return ownSectionIndex(i);
    }

    private int ownSectionIndex(int i) {
        int index = Words.u16(table, at(i) + (is64 ? 6 : 14), big);
        if (index < SHN_LORESERVE) {
            return index;
        }
        if (index == SHN_XINDEX && extendedIndexes != null) {
            return Words.i32(extendedIndexes, 4 * i, big);
        }
        return (short) index;
    }

    /**
     * {@return st_value, unchanged}
     *
     * @param i the symbol
     */
    public long value(int i) {
        return Words.word(table, at(i) + (is64 ? 8 : 4), is64, big);
    }

    /**
     * {@return whether the name begins with {@code .L}, {@code L0} or {@code $}, as labels that compilers put in
     * functions do} The kernel does not print such names in stack traces.
     *
     * @param i the symbol
     */
    public boolean isMapping(int i) {
        int start = nameStart(i);
        if (start >= strings.length) {
            return false;
        }
        byte first = strings[start];
        byte second = start + 1 < strings.length ? strings[start + 1] : 0;
        return first == '$' || (first == '.' && second == 'L') || (first == 'L' && second == '0');
    }

    @Override
    public int[] named(String name) {
        Named last = lastNamed;
        if (last != null && last.name.equals(name)) {
            return last.symbols.clone();
        }
        byte[] wanted = name.getBytes(UTF_8);
        NameIndex index = nameIndex(wanted.length == 0);
        if (index == null) {
            int[] found = scan.named(wanted);
            lastNamed = new Named(name, found);
            return found.clone();
        }
        IntList found = new IntList();
        int first = index.first(hash(wanted, 0, Math.min(wanted.length, MAX_COMPARED)));
        for (int i = first; i != 0 && found.size() < MOST_NAMED; i = index.next(i)) {
            if (isNamed(nameStart(i), wanted)) {
                found.add(i);
            }
        }
        return found.toArray();
    }

    /**
     * {@return the symbols whose name starts with a prefix, in the order of the table} Each call scans the table, which
     * is faster than several look-ups by name.
     *
     * @param prefix not empty
     */
    public int[] startingWith(String prefix) {
        return scan.starting(prefix.getBytes(UTF_8));
    }

    /** Null until there were enough look-ups to justify an index. */
    private synchronized @Nullable NameIndex nameIndex(boolean inAnyCase) {
        if (names == null && (++nameScans > MAX_SCANS || inAnyCase)) {
            names = new NameIndex(this);
        }
        return names;
    }

    /**
     * The size that a stack trace prints for the symbol, in bytes: the distance to the next symbol of
     * its section that is not a mapping symbol and not within its st_size; for the last symbol, the
     * distance to the end of the section. 0 if the symbol has no section.
     */
    @Override
    public long size(int i) {
        int section = sectionIndex(i);
        if (section <= 0 || section >= file.sections().size()) {
            return 0;
        }
        long address = address(i);
        long length = elfSize(i);
        long from = address + (length == 0 ? 1 : length);
        int next = Long.compareUnsigned(from, address) < 0 ? -1 : firstFrom(from, section);
        if (next >= 0) {
            return address(next) - address;
        }
        Section s = file.sections().get(section);
        return Math.max(0, file.address(s) + s.size() - address);
    }

    /** kallsyms measures up to the next symbol, even if that is a label inside this symbol. */
    @Override
    public boolean maySize(int i, long printed) {
        long size = size(i);
        if (size == 0 || size == printed) {
            return true;
        }
        int next = firstFrom(address(i) + 1, sectionIndex(i));
        if (next >= 0) {
            return address(next) - address(i) == printed;
        }
        // A module's last function reaches to the end of its page (get_ksymbol, kernel/module/kallsyms.c).
        Section section = file.sections().get(sectionIndex(i));
        return isRelocatable() && section.isExecutable() && printed > size && printed - size < MODULE_PAGE;
    }

    /**
     * {@return the symbol that scripts/faddr2line uses as the end of this one, or -1 if it finds none and uses
     * the end of the section} It is the symbol that ends {@link #size(int)}, except if st_size is 0: then it
     * may be an alias at the same address, which makes the size 0.
     *
     * @param i the symbol
     */
    public int following(int i) {
        int section = sectionIndex(i);
        long address = address(i);
        long length = elfSize(i);
        if (length == 0) {
            int alias = followingAlias(i, exactly(address, section));
            if (alias >= 0) {
                return alias;
            }
            length = 1;
        }
        return Long.compareUnsigned(address + length, address) < 0 ? -1 : firstFrom(address + length, section);
    }

    /** In readelf's order, the first symbol after {@code i} with another name or size. */
    private int followingAlias(int i, int[] aliases) {
        int start = i;
        for (int a : aliases) {
            if (looksTheSame(a, i) && SymbolOrder.readelf(this, a, start) < 0) {
                start = a;
            }
        }
        int best = -1;
        for (int a : aliases) {
            if (!isMapping(a)
                    && !isDescriptor(a)
                    && !looksTheSame(a, i)
                    && SymbolOrder.readelf(this, a, start) > 0
                    && (best < 0 || SymbolOrder.readelf(this, a, best) < 0)) {
                best = a;
            }
        }
        return best;
    }

    private boolean looksTheSame(int a, int i) {
        return elfSize(a) == elfSize(i) && compareNames(a, i) == 0;
    }

    /**
     * {@return the last symbol of a section in the order of {@link #following}, including mapping symbols; -1
     * if none}
     *
     * @param sectionIndex of the section
     */
    public int last(int sectionIndex) {
        int last = -1;
        for (int i = 1; i < size; i++) {
            if (sectionIndex(i) == sectionIndex
                    && !isDescriptor(i)
                    && (last < 0 || SymbolOrder.readelf(this, i, last) > 0)) {
                last = i;
            }
        }
        return last;
    }

    /**
     * The symbol that a stack trace would name for this address: the nearest symbol at or below it in
     * the same section. Of several there, the kernel prefers symbols that are not weak, then symbols
     * that are not from a linker script, then fewer leading underscores; in a module, the first of the
     * table. -1 if there is none.
     */
    @Override
    public int at(long address) {
        Section section = file.sectionAt(address);
        return section == null ? -1 : addresses.get().nameFor(address, section.index());
    }

    /**
     * Names of functions that are similar to an unknown name, the most similar first: names that
     * differ only in a compiler's suffix ({@code .isra.0}, {@code .cold}), then by edit distance.
     */
    @Override
    public List<String> nearest(String name, int limit) {
        Suggestions suggestions = new Suggestions(name, limit);
        scan.suggest(suggestions);
        return suggestions.names();
    }

    private int firstFrom(long address, int section) {
        Following last = lastFollowing;
        if (last != null && last.address == address && last.section == section) {
            return last.symbol;
        }
        if (preferScan()) {
            int found = scan.firstFrom(address, section);
            lastFollowing = new Following(address, section, found);
            return found;
        }
        return addresses.get().firstFrom(address, section);
    }

    private int[] exactly(long address, int section) {
        return addresses.get().exactly(address, section);
    }

    /** A few scans are faster than building an index. */
    private synchronized boolean preferScan() {
        return addresses.ifComputed() == null && ++addressScans <= MAX_SCANS;
    }

    /** Null for the empty table of a file without symbols. */
    @Nullable
    Section section() {
        return section;
    }

    /** The address to which the st_value of the section's symbols is relative. */
    long base(int section) {
        return file.space().base(section);
    }

    boolean isRelocatable() {
        return file.header().isRelocatable();
    }

    boolean hasName(int i) {
        int start = nameStart(i);
        return start < strings.length && strings[start] != 0;
    }

    /** The hash of the first {@link #MAX_COMPARED} bytes of the name. */
    int nameHash(int i) {
        int start = nameStart(i);
        return hash(strings, start, Strings.end(strings, start, MAX_COMPARED));
    }

    private static int hash(byte[] b, int start, int end) {
        int hash = 0;
        for (int k = start; k < end; k++) {
            hash = 31 * hash + b[k];
        }
        return hash ^ hash >>> 16;
    }

    /** Compares the first {@link #MAX_COMPARED} bytes. */
    int compareNames(int a, int b) {
        int x = nameStart(a);
        int y = nameStart(b);
        return Arrays.compareUnsigned(
                strings, x, Strings.end(strings, x, MAX_COMPARED), strings, y, Strings.end(strings, y, MAX_COMPARED));
    }

    /** Whether the string table has exactly this name at a position. */
    boolean isNamed(int start, byte[] wanted) {
        int end = start + wanted.length;
        if (end < 0 || end > strings.length || (end < strings.length && strings[end] != 0)) {
            return false;
        }
        for (int k = 0; k < wanted.length; k++) {
            if (strings[start + k] != wanted[k]) {
                return false;
            }
        }
        return true;
    }
}
