package dev.backline.gsym;

import dev.backline.dwarf.Frame;
import dev.backline.elf.BuildId;
import dev.backline.elf.ByteSource;
import dev.backline.elf.Section;
import dev.backline.elf.Symbols;
import dev.backline.elf.Words;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * One GSYM file, version 1, read by position. A function is its index in the address table; functions are in the order
 * of their addresses. Thread-safe.
 */
public final class GsymFile implements Closeable {
    /** "GSYM" as a 32-bit number (llvm/DebugInfo/GSYM/Header.h). */
    private static final int MAGIC = 0x4753594d;

    private static final int VERSION = 1;
    private static final int HEADER = 48;
    private static final int UUID = 28;
    private static final int MAX_UUID = 20;

    /** Entries of the address table that a search reads at once when few enough are left. */
    private static final int BLOCK = 512;

    /** Look-ups that search the table in the file before it is read as a whole. */
    private static final int MAX_PROBED = 16;

    /** A power of 2. */
    private static final int READERS = 16;

    /** Functions that may begin at one address. */
    private static final int MAX_SAME_START = 256;

    private final String name;
    private final @Nullable Path path;
    private final ByteSource source;
    private final boolean big;
    private final int width;
    private final long base;
    private final int count;
    private final long infoTable;
    private final @Nullable BuildId buildId;
    private final GsymStrings strings;
    private final GsymSources sources;
    private final @Nullable GsymExtension extension;
    private final boolean is64;
    private final boolean relocatable;
    private final Symbols symbols;
    private final List<Section> sections;
    /** By the number of the thread, so that each mostly goes on where it was. */
    private final AtomicReferenceArray<@Nullable FunctionReader> readers = new AtomicReferenceArray<>(READERS);

    private int probed;
    private long loaded;
    private volatile byte @Nullable [] addressTable;

    private GsymFile(String name, @Nullable Path path, ByteSource source) throws IOException {
        this.name = name;
        this.path = path;
        this.source = source;
        byte[] header = new byte[HEADER];
        if (source.size() < HEADER) {
            throw GsymException.damaged(name, 0, "ends within the header, after " + source.size() + " bytes");
        }
        source.read(0, header, 0, HEADER);
        if (Words.i32(header, 0, false) != MAGIC && Words.i32(header, 0, true) != MAGIC) {
            throw GsymException.refused(name, 0, "the magic number is not that of a GSYM");
        }
        big = Words.i32(header, 0, true) == MAGIC;
        int version = Words.u16(header, 4, big);
        if (version != VERSION) {
            throw GsymException.refused(
                    name, 4, "the version is " + version + "; 1 can be read: write it anew with backline index");
        }
        width = header[6];
        if (width != 1 && width != 2 && width != 4 && width != 8) {
            throw GsymException.damaged(name, 6, "the size of an address offset is " + width + ", not 1, 2, 4 or 8");
        }
        int idSize = header[7] & 0xff;
        if (idSize > MAX_UUID) {
            throw GsymException.damaged(name, 7, "the UUID's size is " + idSize + ", more than " + MAX_UUID);
        }
        base = Words.i64(header, 8, big);
        long addresses = Words.u32(header, 16, big);
        infoTable = HEADER + (addresses * width + 3 & ~3L);
        long files = infoTable + addresses * 4;
        if (addresses > Integer.MAX_VALUE || !ByteSource.within(files, 4, source.size())) {
            throw GsymException.damaged(
                    name, 16, addresses + " addresses do not fit in the file's " + source.size() + " bytes");
        }
        count = (int) addresses;
        long stringTable = Words.u32(header, 20, big);
        long stringsSize = Words.u32(header, 24, big);
        if (!ByteSource.within(stringTable, stringsSize, source.size())) {
            throw GsymException.damaged(
                    name,
                    20,
                    "the string table (" + Words.hex(stringsSize) + " bytes at " + Words.hex(stringTable)
                            + ") does not lie within the file's " + Words.hex(source.size()) + " bytes");
        }
        strings = new GsymStrings(this, stringTable, stringsSize);
        sources = new GsymSources(this, files);
        extension = GsymExtension.of(this);
        if (extension == null) {
            is64 = true;
            relocatable = false;
            sections = GsymSections.ofFunctions(this);
            symbols = new GsymFunctions(this);
        } else {
            is64 = !is32(extension.fact(ExtensionEncoder.MACHINE));
            relocatable = "rel".equals(extension.fact(ExtensionEncoder.ELF_TYPE));
            sections = extension.sections();
            symbols = new GsymSymbols(this, extension, sections, relocatable);
        }
        buildId = buildId(Arrays.copyOfRange(header, UUID, UUID + idSize));
    }

    /** Of the machines that Linux runs on these have no 64-bit ELF files. */
    private static boolean is32(@Nullable String machine) {
        return machine != null && (machine.equals("3") || machine.equals("40"));
    }

    /** The header has no room for one of more than 20 bytes. */
    private @Nullable BuildId buildId(byte[] uuid) throws IOException {
        String whole = extension == null ? null : extension.fact(ExtensionEncoder.BUILD_ID);
        try {
            return whole != null ? BuildId.parse(whole) : uuid.length == 0 ? null : BuildId.of(uuid);
        } catch (IllegalArgumentException e) {
            throw damaged(fileSize(), "the extension's build id is none");
        }
    }

    /**
     * {@return whether the bytes begin as a GSYM does}
     *
     * @param source of any length
     * @throws IOException when they cannot be read
     */
    public static boolean isGsym(ByteSource source) throws IOException {
        byte[] magic = new byte[4];
        if (source.size() < magic.length) {
            return false;
        }
        source.read(0, magic, 0, magic.length);
        return Words.i32(magic, 0, false) == MAGIC || Words.i32(magic, 0, true) == MAGIC;
    }

    /**
     * Opens a file; also one that is compressed as a whole (gzip, xz, zstd).
     *
     * @param path of the file
     * @return the file, to be closed
     * @throws GsymException when it is not a GSYM that can be read here
     * @throws IOException when it is not there or may not be read
     */
    public static GsymFile open(Path path) throws IOException {
        return of(path, ByteSource.open(path));
    }

    /**
     * Opens a file whose bytes are open already; closing the file closes them, and so does failing.
     *
     * @param path of the file, for messages
     * @param source its bytes, inflated
     * @return the file, to be closed
     * @throws IOException when it is not a GSYM that can be read here
     */
    public static GsymFile of(Path path, ByteSource source) throws IOException {
        try {
            return new GsymFile(path.toString(), path, source);
        } catch (IOException e) {
            source.close();
            throw e;
        }
    }

    /**
     * Opens a file that is in memory.
     *
     * @param name how messages name it
     * @param content not copied, and must not be changed
     * @return the file
     * @throws IOException when it is not a GSYM that can be read here
     */
    public static GsymFile of(String name, byte[] content) throws IOException {
        return new GsymFile(name, null, ByteSource.of(content));
    }

    /** {@return how messages name it} */
    public String name() {
        return name;
    }

    /** {@return where it is; null for a file that was given as bytes} */
    public @Nullable Path path() {
        return path;
    }

    /** {@return the UUID, which is the build id of the file that this is an index of; null when there is none} */
    public @Nullable BuildId buildId() {
        return buildId;
    }

    /** {@return whether addresses have 64 bits; without an extension it cannot be told, and is taken to be so} */
    public boolean is64() {
        return is64;
    }

    /** {@return whether it is of an ET_REL, whose sections have places that the writer gave them} */
    public boolean isRelocatable() {
        return relocatable;
    }

    /**
     * {@return what {@code uname -r} prints there, or null when the file does not say}
     *
     * @throws GsymException when the file is damaged there
     * @throws IOException when the file cannot be read
     */
    public @Nullable String release() throws IOException {
        return extension == null ? null : extension.fact(ExtensionEncoder.RELEASE);
    }

    /**
     * {@return the text that the release was found in, or null}
     *
     * @throws IOException when the file is damaged there
     */
    public @Nullable String banner() throws IOException {
        return extension == null ? null : extension.fact(ExtensionEncoder.RELEASE_TEXT);
    }

    /**
     * {@return paths of the source tree: the index has code that was compiled from files below them only;
     * empty when it has all}
     *
     * @throws IOException when the file is damaged there
     */
    public List<String> only() throws IOException {
        return extension == null ? List.of() : extension.facts(ExtensionEncoder.ONLY);
    }

    /**
     * {@return the sections of the ELF file by their indexes, of which only those are there that are
     * SHF_ALLOC} In a file without an extension it is one of code, which stands for all.
     */
    public List<Section> sections() {
        return sections;
    }

    /** Backline's extension; null where there is none. */
    @Nullable
    GsymExtension extension() {
        return extension;
    }

    /** {@return how many functions there are} */
    public int size() {
        return count;
    }

    /**
     * {@return where a function begins}
     *
     * @param function its index, from 0 and less than {@link #size()}
     * @throws IOException when the table of addresses cannot be read
     */
    public long address(int function) throws IOException {
        return base + addressOffset(function);
    }

    /** The function's size in bytes; 0 when the index does not know it. */
    long functionSize(int function) throws IOException {
        return Words.u32(functionHeader(function), 0, big);
    }

    /** The name, which in an index of {@code backline index} is the ELF symbol's. */
    String functionName(int function) throws IOException {
        return strings.at(Words.u32(functionHeader(function), 4, big));
    }

    private byte[] functionHeader(int function) throws IOException {
        byte[] header = new byte[8];
        read("a function", infoOffset(function), header, header.length);
        return header;
    }

    /** Bytes from the function's start to the next other start; 0 for the last one. */
    long distanceToNext(int function) throws IOException {
        long start = addressOffset(function);
        for (int next = function + 1; next < count && next - function <= MAX_SAME_START; next++) {
            long offset = addressOffset(next);
            if (offset != start) {
                return Math.max(0, offset - start);
            }
        }
        return 0;
    }

    /** {@return the symbols; in a file without backline's extension the functions are all that is known of them} */
    public Symbols symbols() {
        return symbols;
    }

    /**
     * The function that holds the address; else the last one that begins before it; −1 when none does. Of several that
     * begin at one address, it is the first that reaches so far, which has the most information.
     */
    int at(long address) throws IOException {
        int first = firstAt(address);
        if (first < 0) {
            return -1;
        }
        FunctionReader reader = takeReader();
        try {
            return Math.max(first, holding(reader, first, address));
        } finally {
            giveBack(reader);
        }
    }

    /**
     * The functions that the address belongs to. Columns and discriminators are 0: the format has none.
     * Addresses that are asked for in their order are answered fastest.
     *
     * @param address of an instruction, as the ELF file has it
     * @return innermost first; empty when no function holds the address, or nothing but its name is known
     * @throws GsymException when the part of the file that describes the address is damaged
     * @throws IOException when the file cannot be read
     */
    public List<Frame> framesAt(long address) throws IOException {
        int first = firstAt(address);
        if (first < 0) {
            return List.of();
        }
        FunctionReader reader = takeReader();
        try {
            return holding(reader, first, address) < 0 ? List.of() : reader.framesAt(address);
        } finally {
            giveBack(reader);
        }
    }

    private FunctionReader takeReader() {
        FunctionReader reader = readers.getAndSet(slot(), null);
        return reader == null ? new FunctionReader(this) : reader;
    }

    private void giveBack(FunctionReader reader) {
        readers.set(slot(), reader);
    }

    private static int slot() {
        return (int) Thread.currentThread().getId() & (READERS - 1);
    }

    /** The first function of those that begin at the last start at or before the address; −1 when there is none. */
    private int firstAt(long address) throws IOException {
        if (Long.compareUnsigned(address, base) < 0) {
            return -1;
        }
        long offset = address - base;
        int last = below(offset, true) - 1;
        if (last <= 0) {
            return last;
        }
        long start = addressOffset(last);
        return addressOffset(last - 1) == start ? below(start, false) : last;
    }

    /** The first function from {@code first} on, with the same start, that holds the address; −1 when none does. */
    private int holding(FunctionReader reader, int first, long address) throws IOException {
        long start = address(first);
        for (int i = first; i < count && i - first < MAX_SAME_START && (i == first || address(i) == start); i++) {
            reader.moveTo(i, start);
            if (reader.size() == 0 || Long.compareUnsigned(address - start, reader.size()) < 0) {
                return i;
            }
        }
        return -1;
    }

    /** How many functions begin before an offset, {@code orAt} it too. */
    private int below(long offset, boolean orAt) throws IOException {
        byte[] table = table();
        int low = 0;
        int high = count;
        int first = 0;
        while (low < high) {
            if (table == null && high - low <= BLOCK) {
                table = new byte[(high - low) * width];
                first = low;
                read("the address table", HEADER + (long) low * width, table, table.length);
            }
            int middle = (low + high) >>> 1;
            long start = table == null ? addressOffset(middle) : Words.get(table, (middle - first) * width, width, big);
            int order = Long.compareUnsigned(start, offset);
            if (orAt ? order <= 0 : order < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private byte @Nullable [] table() throws IOException {
        byte[] table = addressTable;
        if (table == null && ++probed > MAX_PROBED) {
            loadTables();
            table = addressTable;
        }
        return table;
    }

    /** Reads the two tables of addresses as they stand in the file. */
    synchronized void loadTables() throws IOException {
        if (addressTable == null) {
            addressTable = whole("the address tables", HEADER, infoTable - HEADER + 4L * count);
        }
    }

    private long addressOffset(int function) throws IOException {
        byte[] table = addressTable;
        int at = function * width;
        if (table == null) {
            table = new byte[8];
            read("the address table", HEADER + (long) function * width, table, width);
            at = 0;
        }
        return Words.get(table, at, width, big);
    }

    /** Where the function's information is. */
    long infoOffset(int function) throws IOException {
        byte[] table = addressTable;
        int at = (int) (infoTable - HEADER) + 4 * function;
        if (table == null) {
            table = new byte[4];
            read("the address info table", infoTable + 4L * function, table, 4);
            at = 0;
        }
        return Words.u32(table, at, big);
    }

    /** Reads what must be there. */
    void read(String what, long offset, byte[] into, int length) throws IOException {
        if (!ByteSource.within(offset, length, source.size())) {
            throw damaged(offset, what + " goes on behind the file's end at " + Words.hex(source.size()));
        }
        source.read(offset, into, 0, length);
    }

    /** A part of the file that is kept in memory, if it is of a size that can be. */
    synchronized byte[] whole(String what, long offset, long length) throws IOException {
        if (length > Runtime.getRuntime().maxMemory() / 2 - loaded || length > Integer.MAX_VALUE - 16) {
            throw GsymException.refused(
                    name,
                    offset,
                    what + " of " + length + " bytes and what was read before take more than half of the Java heap;"
                            + " if the file is sound, give Java a larger heap (-Xmx)");
        }
        loaded += length;
        byte[] bytes = new byte[(int) length];
        read(what, offset, bytes, bytes.length);
        return bytes;
    }

    /** {@return about how many bytes of the heap are kept for the file} */
    public synchronized long retainedBytes() {
        return loaded;
    }

    GsymException damaged(long offset, String rule) {
        return GsymException.damaged(name, offset, rule);
    }

    GsymStrings strings() {
        return strings;
    }

    GsymSources sources() {
        return sources;
    }

    boolean bigEndian() {
        return big;
    }

    long fileSize() {
        return source.size();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
