package dev.backline.kernel;

import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.Frame;
import dev.backline.elf.AddressSpace;
import dev.backline.elf.BuildId;
import dev.backline.elf.Section;
import dev.backline.elf.Symbols;
import dev.backline.gsym.GsymFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A GSYM index. Thread-safe. */
public final class GsymData implements DebugData {
    private final GsymFile gsym;
    private final AddressSpace space;

    /** Closing this closes the file. */
    public GsymData(GsymFile gsym) {
        this.gsym = gsym;
        space = new AddressSpace(gsym.sections());
    }

    public GsymFile gsym() {
        return gsym;
    }

    @Override
    public String name() {
        return gsym.name();
    }

    @Override
    public @Nullable Path path() {
        return gsym.path();
    }

    @Override
    public @Nullable BuildId buildId() {
        return gsym.buildId();
    }

    @Override
    public KernelRelease release() {
        return KernelRelease.of(gsym);
    }

    @Override
    public boolean is64() {
        return gsym.is64();
    }

    @Override
    public boolean isRelocatable() {
        return gsym.isRelocatable();
    }

    @Override
    public List<Section> sections() {
        return gsym.sections();
    }

    @Override
    public long address(Section section) {
        return section.address();
    }

    @Override
    public @Nullable Section sectionAt(long address) {
        return space.at(address);
    }

    @Override
    public Symbols symbols() {
        return gsym.symbols();
    }

    @Override
    public boolean hasLines() {
        return gsym.size() > 0;
    }

    @Override
    public String lacksLines() {
        return "has no functions";
    }

    @Override
    public List<Frame> framesAt(long address) throws IOException {
        return gsym.framesAt(address);
    }

    @Override
    public @Nullable Dwarf dwarf() {
        return null;
    }

    @Override
    public void close() throws IOException {
        gsym.close();
    }

    @Override
    public String toString() {
        return gsym.name();
    }
}
