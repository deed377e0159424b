package dev.backline.elf;

import dev.backline.io.Lazy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One ELF file, read in windows by position. Opening it reads the ELF header, the section header
 * table and the section names; everything else is read when it is first asked for. Thread-safe.
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
    private final Lazy<SymbolTable, IOException> symbols = new Lazy<>() {
        @Override
        protected SymbolTable compute() throws IOException {
            return SymbolTable.of(ElfFile.this);
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
    }

    /**
     * Opens a file. One that is compressed as a whole (gzip, xz or zstd, by its first bytes) is unpacked into
     * memory.
     *
     * @param path of the file
     * @return the file, to be closed
     * @throws ElfException when it is not an ELF file that can be read here; the message says what it seems
     *     to be
     * @throws IOException when it is not there or may not be read
     */
    public static ElfFile open(Path path) throws IOException {
        return of(path, ByteSource.open(path));
    }

    /**
     * Opens a file whose bytes are open already; closing the file closes them, and so does failing.
     *
     * @param path of the file, for messages
     * @param source its bytes, inflated
     * @return the file, to be closed
     * @throws IOException when it is not an ELF file that can be read here
     */
    public static ElfFile of(Path path, ByteSource source) throws IOException {
        String name = path.toString();
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
     * Opens a file that is in memory.
     *
     * @param name how messages name it
     * @param content not copied, and must not be changed
     * @return the file
     * @throws ElfException when it is not an ELF file that can be read here
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

    /** {@return how messages name it} */
    public String name() {
        return name;
    }

    /** {@return where it is; null for a file that was given as bytes} */
    public @Nullable Path path() {
        return path;
    }

    /** {@return the ELF header} */
    public ElfHeader header() {
        return header;
    }

    /**
     * {@return the sections in the order of their indexes, the null section 0 included; empty when there is
     * no table}
     */
    public List<Section> sections() {
        return sections;
    }

    /**
     * {@return the first section of that name, or null when there is none}
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
     * {@return where the section lies in the address space that this library works in: sh_addr} In an ET_REL,
     * where sections have no addresses yet, each SHF_ALLOC section has a base of its own (they do not
     * overlap, and 32 bits hold them in ELFCLASS32), and any other section has base 0: look-ups by symbol,
     * relocated DWARF and line tables all use these.
     *
     * @param section one of {@link #sections()}
     */
    public long address(Section section) {
        return space.address(section);
    }

    /**
     * {@return the SHF_ALLOC section that holds the address, or null when none does}
     *
     * @param address in the sense of {@link #address(Section)}
     */
    public @Nullable Section sectionAt(long address) {
        return space.at(address);
    }

    /**
     * {@return the bytes of a section as its user means them: decompressed, and relocated where this is an
     * ET_REL and the section is not SHF_ALLOC} A section of type SHT_NOBITS has none.
     *
     * @param section one of {@link #sections()}
     * @throws ElfException when the section does not lie within the file, or its compressed data is not sound
     * @throws IOException when the file cannot be read
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
     * {@return the bytes of a debug section; null when the file has none of it, or only an empty shell
     * (SHT_NOBITS, as {@code objcopy --only-keep-debug} leaves them in the other file)}
     *
     * @param name its plain name: {@code .debug_info} is also found as {@code .zdebug_info}
     * @throws IOException when the section does not lie within the file, or its compressed data is not sound
     */
    public @Nullable SectionData debugData(String name) throws IOException {
        Section section = section(name);
        if (section == null && name.startsWith(".debug_")) {
            section = section(".z" + name.substring(1));
        }
        return section == null || section.type() == Section.SHT_NOBITS ? null : data(section);
    }

    /**
     * {@return the symbols of .symtab, else of .dynsym, else none}
     *
     * @throws IOException when the table or its names do not lie within the file
     */
    public SymbolTable symbols() throws IOException {
        return symbols.get();
    }

    /**
     * {@return the NT_GNU_BUILD_ID note; null when there is none}
     *
     * @throws IOException when a section with notes cannot be read
     */
    public @Nullable BuildId buildId() throws IOException {
        return Notes.buildId(this, source);
    }

    /**
     * {@return what .gnu_debuglink says; null when there is none}
     *
     * @throws IOException when the section cannot be read or holds no name and checksum
     */
    public @Nullable DebugLink debugLink() throws IOException {
        byte[] b = link(".gnu_debuglink");
        if (b == null) {
            return null;
        }
        int end = Strings.end(b, 0);
        int crc = (end + 4) & ~3;
        if (end == b.length || crc + 4 > b.length) {
            throw new ElfException(name + ": .gnu_debuglink: no name and checksum fit in its " + b.length + " bytes");
        }
        return new DebugLink(Strings.of(b, 0, end), Words.i32(b, crc, header.bigEndian()));
    }

    /**
     * {@return what .gnu_debugaltlink says; null when there is none}
     *
     * @throws IOException when the section cannot be read or holds no name and build id
     */
    public @Nullable AltLink debugAltLink() throws IOException {
        byte[] b = link(".gnu_debugaltlink");
        if (b == null) {
            return null;
        }
        int end = Strings.end(b, 0);
        int idSize = b.length - end - 1;
        if (idSize < 1 || idSize > 64) {
            throw new ElfException(
                    name + ": .gnu_debugaltlink: no name and build id fit in its " + b.length + " bytes");
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
            throw new ElfException(name + ": " + section + ": " + Words.hex(data.size()) + " bytes are no file name");
        }
        return data.read(0, (int) data.size());
    }

    /** The symbols of one table, which need not be that of {@link #symbols()}. */
    SymbolTable symbols(Section table) throws IOException {
        SymbolTable first = symbols();
        Section its = first.section();
        // By index: the equals of a record is made at run time, which takes longer than reading the symbols
        return its != null && its.index() == table.index() ? first : SymbolTable.of(this, table);
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

    @Override
    public void close() throws IOException {
        source.close();
    }

    @Override
    public String toString() {
        return name;
    }

    /** One section's bytes, made ready once. */
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
                        + Words.hex(section.size()) + " bytes at " + Words.hex(section.offset())
                        + " do not lie within the file's " + Words.hex(source.size())
                        + " bytes; the file may be truncated");
            }
            ByteSource bytes = new ByteSource.Part(source, section.offset(), section.size());
            if ((section.flags() & Section.SHF_COMPRESSED) != 0
                    || section.name().startsWith(".zdebug_")) {
                bytes = Decompression.unpacked(ElfFile.this, section, bytes);
            }
            bytes = RelocatedSource.relocated(ElfFile.this, section, bytes);
            return new SectionData(name, section.name(), bytes);
        }
    }
}
