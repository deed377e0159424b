package dev.backline.gsym;

import dev.backline.dwarf.Frame;
import dev.backline.elf.BuildId;
import dev.backline.elf.ByteSource;
import dev.backline.elf.ElfHeader;
import dev.backline.elf.Section;
import dev.backline.elf.Symbols;
import dev.backline.elf.Words;
import dev.backline.io.Ascii;
import dev.backline.io.Hex;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * One GSYM file, version 1, read by position. A function is its index in the address table, which is in the order of
 * addresses. Thread-safe.
 */
public final class GsymFile implements Closeable {
    /** "GSYM" as a 32-bit number (llvm/DebugInfo/GSYM/Header.h). */
    private static final int MAGIC = 0x4753594d;

    private static final int VERSION = 1;
    private static final int HEADER = 48;
    private static final int UUID = 28;
    private static final int MAX_UUID = 20;

    /** A search reads the rest at once when at most this many entries of the address table are left. */
    private static final int BLOCK = 512;

    /** The number of look-ups that search the table in the file; later ones read it as a whole. */
    private static final int MAX_PROBED = 16;

    /** The number of cached readers, a power of 2. */
    private static final int READERS = 16;

    /** The maximum number of functions with the same start address. */
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
    private final @Nullable GsymDetails details;
    private final int machine;
    private final boolean is64;
    private final boolean relocatable;
    private final Symbols symbols;
    private final List<Section> sections;
    /** Readers by thread id, so that each thread mostly reads on from its last position. */
    private final AtomicReferenceArray<@Nullable FunctionReader> readers = new AtomicReferenceArray<>(READERS);

    private final FunctionCache functions;

    private int probed;
    private long loaded;
    private volatile byte @Nullable [] addressTable;

    private GsymFile(String name, @Nullable Path path, ByteSource source) throws IOException {
        this.name = name;
        this.path = path;
        this.source = source;
        byte[] header = new byte[HEADER];
        if (source.size() < HEADER) {
            throw GsymException.damaged(name, 0, "the file ends within the header, after " + source.size() + " bytes");
        }
        source.read(0, header, 0, HEADER);
        if (Words.i32(header, 0, false) != MAGIC && Words.i32(header, 0, true) != MAGIC) {
            throw GsymException.refused(name, 0, "not a GSYM file: wrong magic number");
        }
        big = Words.i32(header, 0, true) == MAGIC;
        int version = Words.u16(header, 4, big);
        if (version != VERSION) {
            throw GsymException.refused(
                    name,
                    4,
                    "unsupported GSYM version " + version + " (supported: 1); regenerate it with backline index");
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
                    name, 16, addresses + " addresses do not fit in the file (" + source.size() + " bytes)");
        }
        count = (int) addresses;
        functions = new FunctionCache(count);
        long stringTable = Words.u32(header, 20, big);
        long stringsSize = Words.u32(header, 24, big);
        if (!ByteSource.within(stringTable, stringsSize, source.size())) {
            throw GsymException.damaged(
                    name,
                    20,
                    "the string table (" + Hex.text(stringsSize) + " bytes at " + Hex.text(stringTable)
                            + ") extends past the end of the file (" + Hex.text(source.size()) + " bytes)");
        }
        strings = new GsymStrings(this, stringTable, stringsSize);
        sources = new GsymSources(this, files);
        extension = GsymExtension.of(this);
        details = GsymDetails.of(this, extension);
        if (extension == null) {
            machine = 0;
            is64 = true;
            relocatable = false;
            sections = GsymSections.ofFunctions(this);
            symbols = new GsymFunctions(this);
        } else {
            machine = number(extension.fact(ExtensionEncoder.MACHINE));
            // Earlier versions wrote no class. These machines have no 64-bit ELF files.
            is64 = !"32".equals(extension.fact(ExtensionEncoder.ELF_CLASS))
                    && machine != ElfHeader.EM_386
                    && machine != ElfHeader.EM_ARM;
            relocatable = "rel".equals(extension.fact(ExtensionEncoder.ELF_TYPE));
            sections = extension.sections();
            symbols = new GsymSymbols(this, extension, sections, relocatable);
        }
        buildId = buildId(Arrays.copyOfRange(header, UUID, UUID + idSize));
    }

    /** A number of up to nine digits; 0 if the text is not a number. */
    private static int number(@Nullable String text) {
        int number = 0;
        for (int i = 0; text != null && i < text.length(); i++) {
            if (!Ascii.isDigit(text.charAt(i)) || i == 9) {
                return 0;
            }
            number = 10 * number + text.charAt(i) - '0';
        }
        return number;
    }

    /** The UUID in the header, or the extension's build id: the header holds at most 20 bytes. */
    private @Nullable BuildId buildId(byte[] uuid) throws IOException {
        String whole = extension == null ? null : extension.fact(ExtensionEncoder.BUILD_ID);
        try {
            return whole != null ? BuildId.parse(whole) : uuid.length == 0 ? null : BuildId.of(uuid);
        } catch (IllegalArgumentException e) {
            throw damaged(fileSize(), "the extension's build id is not valid");
        }
    }

    /**
     * {@return whether the bytes begin with the magic number of GSYM}
     *
     * @param source of any size
     * @throws IOException if the bytes cannot be read
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
     * Opens a file, which may be compressed as a whole (gzip, xz, zstd).
     *
     * @param path of the file
     * @return the file; the caller closes it
     * @throws GsymException if it is not a supported GSYM file
     * @throws IOException if the file does not exist or cannot be read
     */
    public static GsymFile open(Path path) throws IOException {
        return of(path, ByteSource.open(path));
    }

    /**
     * Opens a file from a source of its bytes. Closing the file closes the source, and so does a failure.
     *
     * @param path of the file, for messages
     * @param source its bytes, decompressed
     * @return the file; the caller closes it
     * @throws IOException if it is not a supported GSYM file
     */
    public static GsymFile of(Path path, ByteSource source) throws IOException {
        return of(path, path.toString(), source);
    }

    /**
     * Opens a file from a source of its bytes under a name. Closing the file closes the source, and so does a failure.
     *
     * @param path of the file
     * @param name its name in messages
     * @param source its bytes, decompressed
     * @return the file; the caller closes it
     * @throws IOException if it is not a supported GSYM file
     */
    public static GsymFile of(Path path, String name, ByteSource source) throws IOException {
        try {
            return new GsymFile(name, path, source);
        } catch (IOException e) {
            source.close();
            throw e;
        }
    }

    /**
     * Opens a GSYM file in memory.
     *
     * @param name its name in messages
     * @param content not copied, and must not be changed
     * @return the file
     * @throws IOException if it is not a supported GSYM file
     */
    public static GsymFile of(String name, byte[] content) throws IOException {
        return new GsymFile(name, null, ByteSource.of(content));
    }

    /** {@return the name of the file in messages} */
    public String name() {
        return name;
    }

    /** {@return the path of the file; null if it was opened from bytes} */
    public @Nullable Path path() {
        return path;
    }

    /** {@return the build id of the ELF file, which is the UUID of the index; null if there is none} */
    public @Nullable BuildId buildId() {
        return buildId;
    }

    /** {@return the machine of the indexed ELF file, EM_*; 0 if the index does not tell} */
    public int machine() {
        return machine;
    }

    /** {@return whether addresses have 64 bits; always true without an extension} */
    public boolean is64() {
        return is64;
    }

    /** {@return whether the ELF file is an ET_REL, whose sections have addresses assigned by the writer} */
    public boolean isRelocatable() {
        return relocatable;
    }

    /**
     * {@return the kernel release, as {@code uname -r} prints it; null if unknown}
     *
     * @throws GsymException if this part of the file is damaged
     */
    public @Nullable String release() throws IOException {
        return extension == null ? null : extension.fact(ExtensionEncoder.RELEASE);
    }

    /**
     * {@return the text that contains the release, such as the kernel's banner; null if unknown}
     *
     * @throws IOException if this part of the file is damaged
     */
    public @Nullable String banner() throws IOException {
        return extension == null ? null : extension.fact(ExtensionEncoder.RELEASE_TEXT);
    }

    /**
     * {@return the source paths to which the index is restricted; empty if it contains all code}
     *
     * @throws IOException if this part of the file is damaged
     */
    public List<String> only() throws IOException {
        return extension == null ? List.of() : extension.facts(ExtensionEncoder.ONLY);
    }

    /**
     * {@return the sections of the ELF file by their indexes; sections that are not SHF_ALLOC are empty} For a
     * file without an extension, one code section that covers all functions.
     */
    public List<Section> sections() {
        return sections;
    }

    /** Backline's extension; null if there is none. */
    @Nullable
    GsymExtension extension() {
        return extension;
    }

    /** Part 9 of the extension; null if there is none. */
    @Nullable
    GsymDetails details() {
        return details;
    }

    /**
     * {@return whether {@link #framesAt} gives the frames of the ELF file in every field, for addresses in its code
     * sections} A plain index has no columns and discriminators.
     */
    public boolean hasDetails() {
        return details != null;
    }

    /**
     * {@return whether some of the ELF file's debug information is, or should be, in other files: split units
     * ({@code .dwo}) or a supplementary file} If these files changed since, the answers of the ELF file differ from those
     * of the index. Only for an index with details.
     */
    public boolean needsOtherFiles() {
        return details != null && details.needsOtherFiles();
    }

    /**
     * Reads the whole file and compares its checksums, which files of {@code backline index} have. Look-ups do not need
     * this: they notice damage only where it breaks a rule of the format.
     *
     * @throws GsymException if the file is damaged or incomplete, or has no checksum
     * @throws IOException if the file cannot be read
     */
    public void verify() throws IOException {
        if (extension == null) {
            throw GsymException.refused(
                    name, fileSize(), "incomplete, or not written by backline index: its end has no checksum");
        }
        extension.verify();
    }

    /** {@return the number of functions} */
    public int size() {
        return count;
    }

    /**
     * {@return the start address of a function}
     *
     * @param function its index, from 0 to below {@link #size()}
     * @throws IOException if the address table cannot be read
     */
    public long address(int function) throws IOException {
        return base + addressOffset(function);
    }

    /** The function's size in bytes; 0 if unknown. */
    long functionSize(int function) throws IOException {
        return Words.u32(functionHeader(function), 0, big);
    }

    /** The function's name; {@code backline index} writes the name of the ELF symbol. */
    String functionName(int function) throws IOException {
        return strings.at(Words.u32(functionHeader(function), 4, big));
    }

    private byte[] functionHeader(int function) throws IOException {
        byte[] header = new byte[8];
        read("a function", infoOffset(function), header, header.length);
        return header;
    }

    /** The distance in bytes from the function's start to the next different start; 0 for the last function. */
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

    /** {@return the symbols; without backline's extension, the functions} */
    public Symbols symbols() {
        return symbols;
    }

    /**
     * The function that contains the address, or else the last one before it; −1 if none. Of several functions with
     * the same start, the first that contains the address, because it has the most information.
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
     * Finds the source frames of an address. Columns and discriminators are 0 unless the index has details.
     * Look-ups in ascending order of address are fastest.
     *
     * @param address of an instruction, as in the ELF file
     * @return innermost first; empty if no function contains the address, or only its name is known
     * @throws GsymException if the information for the address is damaged
     */
    public List<Frame> framesAt(long address) throws IOException {
        int first = firstAt(address);
        if (first < 0) {
            return List.of();
        }
        DecodedFunction decoded = functions.get(first);
        if (decoded != null && decoded.holds(address)) {
            return decoded.framesAt(address);
        }
        FunctionReader reader = takeReader();
        try {
            int holder = holding(reader, first, address);
            if (holder < 0) {
                return List.of();
            }
            List<Frame> frames = reader.framesAt(address);
            if (holder == first && reader.lookUps() == 1 && functions.isSeen(first)) {
                decoded = reader.decode();
                if (decoded != null) {
                    functions.put(first, decoded);
                }
            }
            return frames;
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

    /** The first function with the last start at or before the address; −1 if none. */
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

    /** The first function from {@code first} on, with the same start, that contains the address; −1 if none. */
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

    /** The number of functions that start before an offset, or with {@code orAt} also at it. */
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

    /** Reads the address table and the address info table into memory. */
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

    /** The offset of the function's information in the file. */
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

    /** Reads bytes; it is an error if the file ends before them. */
    void read(String what, long offset, byte[] into, int length) throws IOException {
        if (!ByteSource.within(offset, length, source.size())) {
            throw damaged(offset, what + " extends past the end of the file (" + Hex.text(source.size()) + " bytes)");
        }
        source.read(offset, into, 0, length);
    }

    /** Reads a part of the file to keep in memory, within the limit of the heap. */
    synchronized byte[] whole(String what, long offset, long length) throws IOException {
        if (length > Runtime.getRuntime().maxMemory() / 2 - loaded || length > Integer.MAX_VALUE - 16) {
            throw GsymException.refused(
                    name,
                    offset,
                    what + " of " + length + " bytes and the parts already read need more than half of the Java heap;"
                            + " if the file is not damaged, give Java a larger heap (-Xmx)");
        }
        loaded += length;
        byte[] bytes = new byte[(int) length];
        read(what, offset, bytes, bytes.length);
        return bytes;
    }

    /** {@return about how many bytes of the heap are kept for the file} */
    public synchronized long retainedBytes() {
        return loaded + functions.weight();
    }

    /**
     * Bounds the memory of decoded functions. Those that were not used lately are released.
     *
     * @param bytes the approximate bound; at most a sixteenth of the heap
     */
    public void limitCache(long bytes) {
        functions.limit(bytes);
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
