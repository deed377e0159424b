package dev.backline.elf;

import dev.backline.io.Hex;
import dev.backline.io.Lazy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One ELF file, read in windows by position. Opening a file reads the ELF header, the section header
 * table and the section names; everything else is read on first use. Thread-safe.
 */
public final class ElfFile implements Closeable {
    private final String name;
    private final @Nullable Path path;
    private final ByteSource source;
    private final MemoryBudget budget = new MemoryBudget();
    private final ElfHeader header;
    private final List<Section> sections;
    private final AddressSpace space;
    private final Content[] contents;
    private volatile boolean keepsDecompressed;
    private final Lazy<SymbolTable, IOException> symbols = new Lazy<>() {
        @Override
        protected SymbolTable compute() throws IOException {
            return SymbolTable.of(ElfFile.this);
        }
    };
    private final Lazy<long[], IOException> symbolValues = new Lazy<>() {
        @Override
        protected long[] compute() throws IOException {
            return RelocatedFields.values(ElfFile.this, symbols());
        }
    };

    private ElfFile(String name, @Nullable Path path, ByteSource source) throws IOException {
        this.name = name;
        this.path = path;
        this.source = source;
        HeaderReader reader = new HeaderReader(name, source, budget);
        this.header = reader.header();
        this.sections = reader.sections(header);
        this.space = new AddressSpace(name, header, sections);
        this.contents = new Content[sections.size()];
        if (header.isRelocatable()) {
            placeDebugSections();
        }
    }

    /**
     * Several debug sections of one name, of which assemblers put each in a group with the code or the type that it
     * describes, are read as one. Each gets its start in the whole as its base address, so that relocated offsets in other
     * sections are offsets in the whole.
     */
    private void placeDebugSections() throws IOException {
        Map<String, List<Section>> byName = new HashMap<>();
        for (Section s : sections) {
            String name = partOf(s);
            if (name != null) {
                byName.computeIfAbsent(name, key -> new ArrayList<>(1)).add(s);
            }
        }
        for (List<Section> parts : byName.values()) {
            long start = 0;
            for (int i = 0; i < parts.size() - 1; i++) {
                start += sizeOf(parts.get(i));
                space.place(parts.get(i + 1), start);
            }
        }
    }

    private long sizeOf(Section section) throws IOException {
        try {
            return data(section).size();
        } catch (ElfException e) {
            // Reading the section tells
            return 0;
        }
    }

    /** The name of the debug section that this section is, or that it is a part of; null for other sections. */
    private static @Nullable String partOf(Section section) {
        String name = section.name();
        if (section.isAllocated() || section.type() == Section.SHT_NOBITS || RelocationFormat.isTable(section)) {
            return null;
        }
        if (name.startsWith(".debug_")) {
            return name;
        }
        // GCC's -feliminate-dwarf2-dups
        return name.startsWith(".gnu.linkonce.wi.") ? ".debug_info" : null;
    }

    /**
     * Opens a file. A file that is compressed as a whole (gzip, xz or zstd, by its first bytes) is decompressed
     * into memory.
     *
     * @param path of the file
     * @return the file; the caller closes it
     * @throws ElfException if it is not a supported ELF file; the message says what it seems to be
     * @throws IOException if the file does not exist or cannot be read
     */
    public static ElfFile open(Path path) throws IOException {
        return of(path, ByteSource.open(path));
    }

    /**
     * Opens a file from a source of its bytes. Closing the file closes the source, and so does a failure.
     *
     * @param path of the file, for messages
     * @param source its bytes, decompressed
     * @return the file; the caller closes it
     * @throws IOException if it is not a supported ELF file
     */
    public static ElfFile of(Path path, ByteSource source) throws IOException {
        return of(path, path.toString(), source);
    }

    /**
     * Opens a file from a source of its bytes under a name. Closing the file closes the source, and so does a failure.
     *
     * @param path of the file
     * @param name its name in messages
     * @param source its bytes, decompressed
     * @return the file; the caller closes it
     * @throws IOException if it is not a supported ELF file
     */
    public static ElfFile of(Path path, String name, ByteSource source) throws IOException {
        try {
            return new ElfFile(name, path, source);
        } catch (ElfException e) {
            source.close();
            throw e;
        } catch (IOException e) {
            source.close();
            throw new ElfException(name + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Opens an ELF file in memory.
     *
     * @param name its name in messages
     * @param content not copied, and must not be changed
     * @return the file
     * @throws ElfException if it is not a supported ELF file
     */
    public static ElfFile of(String name, byte[] content) throws ElfException {
        try {
            return new ElfFile(name, null, new ByteSource.OfArray(content));
        } catch (ElfException e) {
            throw e;
        } catch (IOException e) {
            throw new ElfException(name + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** {@return the name of the file in messages} */
    public String name() {
        return name;
    }

    /** {@return the path of the file; null if it was opened from bytes} */
    public @Nullable Path path() {
        return path;
    }

    /** {@return the ELF header} */
    public ElfHeader header() {
        return header;
    }

    /**
     * {@return the sections in the order of their indexes, including the null section 0; empty if the file has
     * no section header table}
     */
    public List<Section> sections() {
        return sections;
    }

    /**
     * {@return the first section of that name; null if there is none}
     *
     * @param name with its dot: {@code .text}
     */
    public @Nullable Section section(String name) {
        for (int i = 1; i < sections.size(); i++) {
            Section s = sections.get(i);
            if (s.name().equals(name)) {
                return s;
            }
        }
        return null;
    }

    /**
     * {@return the address of the section: sh_addr} In an ET_REL, where sections have no addresses yet, each
     * SHF_ALLOC section gets a base address (the sections do not overlap, and fit in 32 bits in ELFCLASS32), and
     * any other section has base 0. Of several debug sections of one name each starts where the last one ends. Symbols, relocated DWARF and line tables all use these addresses.
     *
     * @param section one of {@link #sections()}
     */
    public long address(Section section) {
        return space.address(section);
    }

    /**
     * {@return the SHF_ALLOC section that contains the address; null if there is none}
     *
     * @param address as defined by {@link #address(Section)}
     */
    public @Nullable Section sectionAt(long address) {
        return space.at(address);
    }

    /**
     * {@return the bytes of a section: decompressed, and relocated if this is an ET_REL and the section is not
     * SHF_ALLOC} A section of type SHT_NOBITS has no bytes.
     *
     * @param section one of {@link #sections()}
     * @throws ElfException if the section extends past the end of the file, or its compressed data is damaged
     */
    public SectionData data(Section section) throws IOException {
        Content content;
        synchronized (contents) {
            content = contents[section.index()];
            if (content == null) {
                content = new Content(section);
                contents[section.index()] = content;
            }
        }
        return content.get();
    }

    /**
     * {@return the bytes of a debug section; null if the file does not have the section, or has it without
     * contents (SHT_NOBITS)}
     *
     * @param name its name: {@code .debug_info} also finds {@code .zdebug_info}
     * @throws IOException if the section extends past the end of the file, or its compressed data is damaged
     */
    public @Nullable SectionData debugData(String name) throws IOException {
        Section section = section(name);
        if (section == null && name.startsWith(".debug_")) {
            section = section(".z" + name.substring(1));
        }
        if (section == null || section.type() == Section.SHT_NOBITS) {
            return null;
        }
        return header.isRelocatable() ? whole(section) : data(section);
    }

    /** The bytes of all debug sections of an ET_REL with the name of one of them, in their order. */
    private SectionData whole(Section one) throws IOException {
        String name = partOf(one);
        List<ByteSource> parts = new ArrayList<>(1);
        for (int i = 1; name != null && i < sections.size(); i++) {
            if (name.equals(partOf(sections.get(i)))) {
                parts.add(bytes(sections.get(i)));
            }
        }
        return parts.size() < 2 ? data(one) : new SectionData(this.name, one.name(), new ByteSource.Joined(parts));
    }

    /**
     * {@return the symbols of .symtab, or else of .dynsym, or else none}
     *
     * @throws IOException if the table or its names extend past the end of the file
     */
    public SymbolTable symbols() throws IOException {
        return symbols.get();
    }

    /**
     * {@return the NT_GNU_BUILD_ID note; null if there is none}
     *
     * @throws IOException if a section with notes cannot be read
     */
    public @Nullable BuildId buildId() throws IOException {
        return Notes.buildId(this, source);
    }

    /**
     * {@return the contents of .gnu_debuglink; null if the file does not have the section}
     *
     * @throws IOException if the section cannot be read or does not contain a name and checksum
     */
    public @Nullable DebugLink debugLink() throws IOException {
        byte[] b = link(".gnu_debuglink");
        if (b == null) {
            return null;
        }
        int end = Strings.end(b, 0);
        int crc = (end + 4) & ~3;
        if (end == b.length || crc + 4 > b.length) {
            throw new ElfException(name + ": .gnu_debuglink: no name with a checksum in its " + b.length + " bytes");
        }
        return new DebugLink(Strings.of(b, 0, end), Words.i32(b, crc, header.bigEndian()));
    }

    /**
     * {@return the contents of .gnu_debugaltlink; null if the file does not have the section}
     *
     * @throws IOException if the section cannot be read or does not contain a name and build id
     */
    public @Nullable AltLink debugAltLink() throws IOException {
        byte[] b = link(".gnu_debugaltlink");
        if (b == null) {
            return null;
        }
        int end = Strings.end(b, 0);
        int idSize = b.length - end - 1;
        if (idSize < 1 || idSize > 64) {
            throw new ElfException(name + ": .gnu_debugaltlink: no name with a build id in its " + b.length + " bytes");
        }
        byte[] id = new byte[idSize];
        System.arraycopy(b, end + 1, id, 0, idSize);
        return new AltLink(Strings.of(b, 0, end), BuildId.of(id));
    }

    private byte @Nullable [] link(String section) throws IOException {
        SectionData data = debugData(section);
        if (data == null) {
            return null;
        }
        if (data.size() > 0x1_0000) {
            throw new ElfException(
                    name + ": " + section + ": " + Hex.text(data.size()) + " bytes are too many for a file name");
        }
        return data.read(0, (int) data.size());
    }

    /** The symbols of any symbol table of the file. */
    SymbolTable symbols(Section table) throws IOException {
        return isFirst(table) ? symbols() : SymbolTable.of(this, table);
    }

    /** The values of the symbols of any symbol table, see {@link RelocatedFields#values}; not to be changed. */
    long[] symbolValues(Section table) throws IOException {
        return isFirst(table) ? symbolValues.get() : RelocatedFields.values(this, symbols(table));
    }

    private boolean isFirst(Section table) throws IOException {
        Section first = symbols().section();
        // Compared by index: linking a record's generated equals takes longer than reading the symbols
        return first != null && first.index() == table.index();
    }

    ByteSource bytes(Section section) throws IOException {
        return data(section).bytes();
    }

    AddressSpace space() {
        return space;
    }

    /** {@return about how many bytes of the heap are kept for the file: headers, names, symbol tables, inflated sections} */
    public long retainedBytes() {
        return budget.used();
    }

    MemoryBudget budget() {
        return budget;
    }

    /**
     * Tells that many reads will follow, in no order: compressed sections are kept in memory as a whole. Otherwise, a
     * large section is decompressed and forgotten while reads go forward.
     */
    public void keepDecompressed() {
        keepsDecompressed = true;
        for (SectionData data : computed()) {
            data.bytes().keep();
        }
    }

    private List<SectionData> computed() {
        List<SectionData> all = new ArrayList<>();
        synchronized (contents) {
            for (Content content : contents) {
                SectionData data = content == null ? null : content.ifComputed();
                if (data != null) {
                    all.add(data);
                }
            }
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        for (SectionData data : computed()) {
            data.bytes().close();
        }
        source.close();
    }

    @Override
    public String toString() {
        return name;
    }

    /** The bytes of one section, prepared once. */
    private final class Content extends Lazy<SectionData, IOException> {
        private final Section section;

        Content(Section section) {
            this.section = section;
        }

        @Override
        protected SectionData compute() throws IOException {
            if (section.type() == Section.SHT_NOBITS || section.type() == Section.SHT_NULL) {
                return new SectionData(name, section.name(), new ByteSource.OfArray(new byte[0]));
            }
            if (!ByteSource.within(section.offset(), section.size(), source.size())) {
                throw new ElfException(name + ": " + section.name() + " (section " + section.index() + "): "
                        + Hex.text(section.size()) + " bytes at " + Hex.text(section.offset())
                        + " extend past the end of the file (" + Hex.text(source.size())
                        + " bytes); the file may be truncated");
            }
            ByteSource bytes = new ByteSource.Part(source, section.offset(), section.size());
            if ((section.flags() & Section.SHF_COMPRESSED) != 0
                    || section.name().startsWith(".zdebug_")) {
                bytes = Decompression.unpacked(ElfFile.this, section, bytes);
            }
            if (keepsDecompressed) {
                bytes.keep();
            }
            bytes = RelocatedSource.relocated(ElfFile.this, section, bytes);
            return new SectionData(name, section.name(), bytes);
        }
    }
}
