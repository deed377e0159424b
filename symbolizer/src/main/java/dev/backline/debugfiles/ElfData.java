package dev.backline.debugfiles;

import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.Frame;
import dev.backline.elf.BuildId;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.elf.Symbols;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ELF file with DWARF, and perhaps an index of it, which has the same frames and symbols and is read faster. What the
 * index lacks, and what it cannot give because it is damaged, comes from the ELF file. Thread-safe.
 */
public final class ElfData implements DebugData {
    private final ElfFile elf;
    private final Dwarf dwarf;
    private final @Nullable SideIndex index;
    private final @Nullable Symbols indexedSymbols;
    private volatile boolean indexFailed;

    /**
     * The data of an ELF file.
     *
     * @param elf the file; {@link #close} closes it
     */
    public ElfData(ElfFile elf) {
        this(elf, null);
    }

    /**
     * The data of an ELF file.
     *
     * @param elf the file; {@link #close} closes it
     * @param index its index, closed too; or null
     */
    ElfData(ElfFile elf, @Nullable SideIndex index) {
        this.elf = elf;
        this.index = index;
        dwarf = Dwarf.of(elf);
        indexedSymbols = index == null ? null : new IndexedSymbols(index.gsym().symbols(), elf);
    }

    /** {@return whether frames come from an index of the file, if they are in it} */
    public boolean hasIndex() {
        return index != null;
    }

    /** {@return the ELF file} */
    public ElfFile elf() {
        return elf;
    }

    @Override
    public String name() {
        return elf.name();
    }

    @Override
    public @Nullable Path path() {
        return elf.path();
    }

    @Override
    public @Nullable BuildId buildId() throws IOException {
        return elf.buildId();
    }

    @Override
    public KernelRelease release() {
        return KernelRelease.of(elf);
    }

    @Override
    public int machine() {
        return elf.header().machine();
    }

    @Override
    public boolean is64() {
        return elf.header().is64();
    }

    @Override
    public boolean isRelocatable() {
        return elf.header().isRelocatable();
    }

    @Override
    public List<Section> sections() {
        return elf.sections();
    }

    @Override
    public long address(Section section) {
        return elf.address(section);
    }

    @Override
    public @Nullable Section sectionAt(long address) {
        return elf.sectionAt(address);
    }

    @Override
    public Symbols symbols() throws IOException {
        return indexedSymbols == null ? elf.symbols() : indexedSymbols;
    }

    @Override
    public boolean hasLines() throws IOException {
        return index != null || dwarf.isPresent();
    }

    @Override
    public String lacksLines() {
        return "has no debug information (no .debug_info section)";
    }

    @Override
    public List<Frame> framesAt(long address) throws IOException {
        SideIndex fast = index;
        if (fast != null && !indexFailed) {
            try {
                List<Frame> frames = fast.gsym().framesAt(address);
                if (!frames.isEmpty() || isCode(address)) {
                    return frames;
                }
            } catch (IOException e) {
                // The index is damaged.
                indexFailed = true;
            }
        }
        return dwarf.framesAt(address);
    }

    /** Whether an index covers the address, so that an empty answer is an answer. */
    private boolean isCode(long address) {
        Section section = elf.sectionAt(address);
        return section != null && section.isExecutable() && section.isAllocated();
    }

    @Override
    public Dwarf dwarf() {
        return dwarf;
    }

    @Override
    public long retainedBytes() {
        long indexed = index == null ? 0 : index.gsym().retainedBytes();
        return elf.retainedBytes() + dwarf.retainedBytes() + indexed;
    }

    @Override
    public void limitCache(long bytes) {
        dwarf.limitCache(bytes);
        if (index != null) {
            index.gsym().limitCache(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        try (elf;
                dwarf) {
            if (index != null) {
                index.close();
            }
        }
    }

    @Override
    public String toString() {
        return elf.name();
    }
}
