package dev.backline.gsym;

import dev.backline.dwarf.CodeReader;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.SourceFile;
import dev.backline.dwarf.UnitCode;
import dev.backline.elf.BuildId;
import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.io.AddressOrder;
import dev.backline.io.NewFile;
import dev.backline.io.Parallel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Writes an index of an ELF file with DWARF, in LLVM's GSYM format (docs/gsym.md): functions, lines and inlined calls,
 * and in an extension the symbols and sections that stack traces need. The output does not depend on the number of
 * threads. Not thread-safe.
 */
public final class GsymWriter {
    private static final int MAGIC = 0x4753594d;
    private static final int VERSION = 1;
    private static final int HEADER = 48;
    private static final int MAX_UUID = 20;

    private final ElfFile elf;
    private final boolean big;
    private int jobs = 1;
    private Consumer<IOException> problems = problem -> {};
    private @Nullable String release;
    private @Nullable String releaseText;
    private List<String> onlyPaths = List.of();
    private @Nullable Predicate<SourceFile> only;
    private boolean detailed;

    private final StringPool strings;

    /**
     * Creates a writer of an index of the whole file, with one thread.
     *
     * @param elf a file with DWARF; the caller closes it
     */
    public GsymWriter(ElfFile elf) {
        this.elf = elf;
        big = elf.header().bigEndian();
        strings = new StringPool(elf.name());
    }

    /**
     * Sets the number of threads.
     *
     * @param threads at least 1
     * @return this
     */
    public GsymWriter jobs(int threads) {
        jobs = threads;
        return this;
    }

    /**
     * Sets the listener for damaged units. Their code is not in the index.
     *
     * @param listener called from any thread
     * @return this
     */
    public GsymWriter problems(Consumer<IOException> listener) {
        problems = listener;
        return this;
    }

    /**
     * Sets the kernel of the file.
     *
     * @param name the kernel release, as uname -r prints it, or null
     * @param text the banner or vermagic with the release, or null
     * @return this
     */
    public GsymWriter release(@Nullable String name, @Nullable String text) {
        release = name;
        releaseText = text;
        return this;
    }

    /**
     * Restricts the index to the code of some source files: their functions, and the symbols of those.
     *
     * @param paths recorded in the index
     * @param files whether to keep a unit compiled from a file
     * @return this
     */
    public GsymWriter only(List<String> paths, Predicate<SourceFile> files) {
        onlyPaths = List.copyOf(paths);
        only = files;
        return this;
    }

    /**
     * Also writes columns, discriminators, both names of each function and the parts of each path, so that the index
     * gives the frames of the ELF file in every field ({@link GsymFile#hasDetails}). Such an index is complete: it is
     * not written if a unit is damaged.
     *
     * @return this
     */
    public GsymWriter details() {
        detailed = true;
        return this;
    }

    /**
     * Writes the index.
     *
     * @param out replaced only once the index is complete
     * @throws IOException if the ELF file cannot be read or has no debug information, or {@code out} cannot be
     *     written
     */
    public void write(Path out) throws IOException {
        try (NewFile file = NewFile.beside(out)) {
            write(file);
            file.commit();
        }
    }

    /**
     * Writes the index to a stream, in one pass.
     *
     * @param out the caller closes it
     * @throws IOException if the ELF file cannot be read or has no debug information, or the stream cannot be
     *     written
     */
    public void write(OutputStream out) throws IOException {
        Dwarf dwarf = Dwarf.of(elf);
        if (!dwarf.isPresent()) {
            throw new ElfException(elf.name()
                    + ": has no debug information (no .debug_info section); use the file with debug information");
        }
        List<IOException> failures = new ArrayList<>();
        CodeReader reader = new CodeReader(dwarf, jobs, detailed ? failures::add : problems);
        addCode(elf, reader);
        if (detailed) {
            reader.details();
        }
        if (only != null) {
            reader.only(only);
        }
        List<UnitCode> units = reader.read();
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
        if (only != null && units.isEmpty()) {
            throw new ElfException(elf.name() + ": has no code that was compiled from " + String.join(", ", onlyPaths));
        }
        SymbolColumns symbols =
                new SymbolColumns(elf, elf.symbols(), strings, only == null ? null : new CodeCoverage(units));
        SectionNames sections = new SectionNames(elf, strings);
        DetailTable details = detailed ? new DetailTable(strings, big) : null;
        FileTable files = new FileTable(strings, big, details);
        List<EncodedFunctions> functions = new ArrayList<>(encode(units, symbols, sections, files, details));
        functions.add(bareSymbols(functions, symbols, sections));
        Functions all = order(functions);
        if (all.count == 0) {
            throw new ElfException(elf.name() + ": has no code that its debug information or its symbols describe");
        }
        Bytes part = details == null ? null : details.encode(functions, all.order, reader.needsOtherFiles());
        Bytes extension = new ExtensionEncoder(elf, strings, big).encode(symbols, files, facts(), part);
        save(out, functions, all, files, extension);
    }

    /** Adds the code sections to a reader; where sections overlap, the first one wins. */
    static void addCode(ElfFile elf, CodeReader reader) {
        List<Section> sections = new ArrayList<>();
        for (Section section : elf.sections()) {
            if (section.isExecutable() && section.isAllocated() && section.size() != 0) {
                sections.add(section);
            }
        }
        sections.sort((a, b) -> Long.compareUnsigned(elf.address(a), elf.address(b)));
        long end = 0;
        for (Section section : sections) {
            long low = elf.address(section);
            long high = low + section.size();
            if (Long.compareUnsigned(high, low) < 0) {
                high = -1;
            }
            low = Long.compareUnsigned(low, end) < 0 ? end : low;
            if (Long.compareUnsigned(low, high) < 0) {
                reader.addCode(low, high);
                end = high;
            }
        }
    }

    private List<EncodedFunctions> encode(
            List<UnitCode> units,
            SymbolColumns symbols,
            SectionNames sections,
            FileTable files,
            @Nullable DetailTable details)
            throws ElfException {
        int count = units.size();
        int[][] nameOffsets = new int[count][];
        int[][] fileNumbers = new int[count][];
        int[][] namePairs = new int[count][];
        // Indexes are assigned in the order of the units, so that they do not depend on the threads
        for (int i = 0; i < count; i++) {
            UnitCode unit = units.get(i);
            nameOffsets[i] = new int[unit.names()];
            for (int k = 0; k < nameOffsets[i].length; k++) {
                nameOffsets[i][k] = strings.add(unit.name(k));
            }
            fileNumbers[i] = new int[unit.files()];
            for (int k = 0; k < fileNumbers[i].length; k++) {
                fileNumbers[i][k] = files.number(unit.file(k));
            }
            namePairs[i] = details == null ? new int[0] : details.pairs(unit);
        }
        EncodedFunctions[] encoded = new EncodedFunctions[count];
        Parallel.forEach(count, jobs, () -> {
            FunctionEncoder encoder = encoder(symbols, sections);
            return i -> encoded[i] = encoder.encode(units.get(i), nameOffsets[i], fileNumbers[i], namePairs[i]);
        });
        return Arrays.asList(encoded);
    }

    private FunctionEncoder encoder(SymbolColumns symbols, SectionNames sections) {
        return new FunctionEncoder(symbols, sections, big, detailed ? new DetailEncoder(big) : null);
    }

    /** The functions of symbols without debug information, which have a name only. */
    private EncodedFunctions bareSymbols(
            List<EncodedFunctions> functions, SymbolColumns symbols, SectionNames sections) {
        Functions covered = order(functions);
        int count = symbols.codeAddresses.length;
        long[] starts = new long[count];
        int[] lengths = new int[count];
        int[] names = new int[count];
        int found = 0;
        int f = 0;
        for (int k = 0; k < count; k++) {
            long start = symbols.codeAddresses[k];
            while (f < covered.count && Long.compareUnsigned(covered.address(f), start) <= 0) {
                f++;
            }
            if (f > 0 && start - covered.address(f - 1) < covered.length(f - 1)) {
                continue;
            }
            long length = symbols.codeLength(k);
            if (f < covered.count) {
                length = Math.min(length, covered.address(f) - start);
            }
            if (k + 1 < count) {
                length = Math.min(length, symbols.codeAddresses[k + 1] - start);
            }
            if (length > 0 && length <= Integer.MAX_VALUE) {
                starts[found] = start;
                lengths[found] = (int) length;
                names[found++] = symbols.codeNames[k];
            }
        }
        return encoder(symbols, sections).encode(Arrays.copyOf(starts, found), Arrays.copyOf(lengths, found), names);
    }

    private List<ExtensionEncoder.Fact> facts() throws IOException {
        List<ExtensionEncoder.Fact> facts = new ArrayList<>();
        if (release != null) {
            facts.add(new ExtensionEncoder.Fact(ExtensionEncoder.RELEASE, release));
        }
        if (releaseText != null) {
            facts.add(new ExtensionEncoder.Fact(ExtensionEncoder.RELEASE_TEXT, releaseText));
        }
        Path path = elf.path();
        Path name = path == null ? null : path.getFileName();
        if (name != null) {
            facts.add(new ExtensionEncoder.Fact(ExtensionEncoder.FILE_NAME, name.toString()));
        }
        for (String each : onlyPaths) {
            facts.add(new ExtensionEncoder.Fact(ExtensionEncoder.ONLY, each));
        }
        BuildId id = elf.buildId();
        if (id != null && id.bytes().length > MAX_UUID) {
            facts.add(new ExtensionEncoder.Fact(ExtensionEncoder.BUILD_ID, id.toString()));
        }
        if (elf.header().isRelocatable()) {
            facts.add(new ExtensionEncoder.Fact(ExtensionEncoder.ELF_TYPE, "rel"));
        }
        facts.add(new ExtensionEncoder.Fact(
                ExtensionEncoder.MACHINE, Integer.toString(elf.header().machine())));
        if (!elf.header().is64()) {
            facts.add(new ExtensionEncoder.Fact(ExtensionEncoder.ELF_CLASS, "32"));
        }
        return facts;
    }

    /** Merges all FunctionInfos in the order of their addresses. */
    private static Functions order(List<EncodedFunctions> parts) {
        int count = 0;
        for (EncodedFunctions part : parts) {
            count += part.addresses.length;
        }
        Functions all = new Functions(count);
        int base = 0;
        for (EncodedFunctions part : parts) {
            int functions = part.addresses.length;
            System.arraycopy(part.addresses, 0, all.addresses, all.filled, functions);
            System.arraycopy(part.lengths, 0, all.lengths, all.filled, functions);
            for (int i = 0; i < functions; i++) {
                all.offsets[all.filled + i] = Math.addExact(base, part.offsets[i]);
            }
            all.filled += functions;
            base = Math.addExact(base, part.data.length);
        }
        all.order = AddressOrder.of(all.addresses, count);
        return all;
    }

    /** The offsets of all FunctionInfos, and their order. */
    private static final class Functions {
        final int count;
        final long[] addresses;
        final int[] lengths;
        /** Relative to the first FunctionInfo. */
        final int[] offsets;

        int filled;
        int[] order = {};

        Functions(int count) {
            this.count = count;
            addresses = new long[count];
            lengths = new int[count];
            offsets = new int[count];
        }

        long address(int place) {
            return addresses[order[place]];
        }

        int length(int place) {
            return lengths[order[place]];
        }
    }

    private void save(OutputStream out, List<EncodedFunctions> parts, Functions all, FileTable files, Bytes extension)
            throws IOException {
        long base = all.address(0);
        long span = all.address(all.count - 1) - base;
        int size = Long.compareUnsigned(span, 0xffff_ffffL) > 0 ? 8 : span > 0xffff ? 4 : span > 0xff ? 2 : 1;
        long addressesAt = HEADER;
        long infosAt = addressesAt + (long) size * all.count + 3 & -4L;
        long filesAt = infosAt + 4L * all.count;
        long stringsAt = filesAt + 4 + files.entries().size();
        long functionsAt = stringsAt + strings.size() + 3 & -4L;
        long extensionAt = functionsAt;
        for (EncodedFunctions part : parts) {
            extensionAt += part.data.length;
        }
        if (extensionAt + extension.size() > 0xffff_ffffL) {
            throw new ElfException(elf.name() + ": the index exceeds 4 GB, the limit of the format");
        }
        Bytes head = new Bytes(big);
        BuildId id = elf.buildId();
        byte[] uuid = id == null ? new byte[0] : id.bytes();
        int uuidSize = Math.min(uuid.length, MAX_UUID);
        head.u32(MAGIC);
        head.u16(VERSION);
        head.u8(size);
        head.u8(uuidSize);
        head.u64(base);
        head.u32(all.count);
        head.u32((int) stringsAt);
        head.u32(strings.size());
        head.bytes(Arrays.copyOf(uuid, MAX_UUID), 0, MAX_UUID);
        for (int i = 0; i < all.count; i++) {
            long offset = all.address(i) - base;
            switch (size) {
                case 1 -> head.u8((int) offset);
                case 2 -> head.u16((int) offset);
                case 4 -> head.u32((int) offset);
                default -> head.u64(offset);
            }
        }
        head.align();
        for (int i = 0; i < all.count; i++) {
            head.u32((int) (functionsAt + all.offsets[all.order[i]]));
        }
        head.u32(files.size());
        head.bytes(files.entries().array(), 0, files.entries().size());
        head.bytes(strings.array(), 0, strings.size());
        head.align();
        CRC32 before = new CRC32();
        before.update(head.array(), 0, head.size());
        for (EncodedFunctions part : parts) {
            before.update(part.data, 0, part.data.length);
        }
        ExtensionEncoder.trailer(extension, (int) extensionAt, (int) before.getValue());
        out.write(head.array(), 0, head.size());
        for (EncodedFunctions part : parts) {
            out.write(part.data, 0, part.data.length);
        }
        out.write(extension.array(), 0, extension.size());
    }
}
