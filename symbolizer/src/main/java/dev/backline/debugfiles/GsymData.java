package dev.backline.debugfiles;

import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.Frame;
import dev.backline.elf.AddressSpace;
import dev.backline.elf.BuildId;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.elf.Symbols;
import dev.backline.gsym.GsymFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A GSYM index. What it does not know is asked of the file that it is of, where that lies beside it ({@code vmlinux}
 * beside {@code vmlinux.gsym}) and has the same build id: call sites, labels, and addresses of code that was left out.
 * Thread-safe.
 */
public final class GsymData implements DebugData {
    private final GsymFile gsym;
    private final AddressSpace space;
    private boolean looked;
    private @Nullable ElfData beside;
    private long cacheLimit = Long.MAX_VALUE;

    /**
     * What the index holds.
     *
     * @param gsym closed with this
     */
    public GsymData(GsymFile gsym) {
        this.gsym = gsym;
        space = new AddressSpace(gsym.sections());
    }

    /** {@return the index itself} */
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
        List<Frame> frames = gsym.framesAt(address);
        ElfData elf = frames.isEmpty() ? beside() : null;
        return elf == null ? frames : elf.framesAt(address);
    }

    @Override
    public @Nullable Dwarf dwarf() {
        ElfData elf = beside();
        return elf == null ? null : elf.dwarf();
    }

    /** The file that this is an index of, when it lies beside it and has debug information; else null. */
    private synchronized @Nullable ElfData beside() {
        if (!looked) {
            looked = true;
            beside = findBeside();
            ElfData elf = beside;
            if (elf != null) {
                elf.limitCache(cacheLimit);
            }
        }
        return beside;
    }

    private @Nullable ElfData findBeside() {
        Path index = gsym.path();
        BuildId id = gsym.buildId();
        String name = index == null ? "" : String.valueOf(index.getFileName());
        if (index == null || id == null || !ModuleNames.isIndex(name)) {
            return null;
        }
        Path path = index.resolveSibling(ModuleNames.withoutIndex(name));
        if (!Files.isRegularFile(path)) {
            return null;
        }
        ElfData elf = null;
        try {
            elf = new ElfData(ElfFile.open(path));
            BuildId its = elf.buildId();
            if (its != null && id.equals(its) && elf.hasLines()) {
                ElfData found = elf;
                elf = null;
                return found;
            }
            return null;
        } catch (IOException e) {
            // The index is what was asked for: a file beside it that cannot be read takes nothing away.
            return null;
        } finally {
            close(elf);
        }
    }

    private static void close(@Nullable ElfData elf) {
        try {
            if (elf != null) {
                elf.close();
            }
        } catch (IOException e) {
            // It was only read.
            return;
        }
    }

    @Override
    public synchronized long retainedBytes() {
        ElfData elf = beside;
        return gsym.retainedBytes() + (elf == null ? 0 : elf.retainedBytes());
    }

    @Override
    public synchronized void limitCache(long bytes) {
        cacheLimit = bytes;
        ElfData elf = beside;
        if (elf != null) {
            elf.limitCache(bytes);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        try (gsym) {
            if (beside != null) {
                beside.close();
            }
        }
    }

    @Override
    public String toString() {
        return gsym.name();
    }
}
