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

/** An ELF file with DWARF. Thread-safe. */
public final class ElfData implements DebugData {
    private final ElfFile elf;
    private final Dwarf dwarf;

    /**
     * The data of an ELF file.
     *
     * @param elf the file; {@link #close} closes it
     */
    public ElfData(ElfFile elf) {
        this.elf = elf;
        dwarf = Dwarf.of(elf);
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
        return elf.symbols();
    }

    @Override
    public boolean hasLines() throws IOException {
        return dwarf.isPresent();
    }

    @Override
    public String lacksLines() {
        return "has no debug information (no .debug_info section)";
    }

    @Override
    public List<Frame> framesAt(long address) throws IOException {
        return dwarf.framesAt(address);
    }

    @Override
    public Dwarf dwarf() {
        return dwarf;
    }

    @Override
    public long retainedBytes() {
        return elf.retainedBytes() + dwarf.retainedBytes();
    }

    @Override
    public void limitCache(long bytes) {
        dwarf.limitCache(bytes);
    }

    @Override
    public void close() throws IOException {
        try (elf) {
            dwarf.close();
        }
    }

    @Override
    public String toString() {
        return elf.name();
    }
}
