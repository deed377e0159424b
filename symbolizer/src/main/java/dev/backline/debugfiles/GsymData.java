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
 * A GSYM index. Call sites, labels and addresses that the index lacks come from the indexed file, if that file is in
 * the same directory ({@code vmlinux} for {@code vmlinux.gsym}) and has the same build id. Thread-safe.
 */
public final class GsymData implements DebugData {
    private final GsymFile gsym;
    private final AddressSpace space;
    private boolean looked;
    private @Nullable ElfData indexedFile;
    private long cacheLimit = Long.MAX_VALUE;

    /**
     * The data of an index.
     *
     * @param gsym the index; {@link #close} closes it
     */
    public GsymData(GsymFile gsym) {
        this.gsym = gsym;
        space = new AddressSpace(gsym.sections());
    }

    /** {@return the index} */
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
    public int machine() {
        return gsym.machine();
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
        ElfData elf = frames.isEmpty() ? indexedFile() : null;
        return elf == null ? frames : elf.framesAt(address);
    }

    @Override
    public @Nullable Dwarf dwarf() {
        ElfData elf = indexedFile();
        return elf == null ? null : elf.dwarf();
    }

    /** The indexed file if it is in the same directory and has debug information; else null. */
    private synchronized @Nullable ElfData indexedFile() {
        if (!looked) {
            looked = true;
            indexedFile = findIndexedFile();
            ElfData elf = indexedFile;
            if (elf != null) {
                elf.limitCache(cacheLimit);
            }
        }
        return indexedFile;
    }

    private @Nullable ElfData findIndexedFile() {
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
            BuildId fileId = elf.buildId();
            if (fileId != null && id.equals(fileId) && elf.hasLines()) {
                ElfData match = elf;
                elf = null;
                return match;
            }
            return null;
        } catch (IOException e) {
            // The index works without the file.
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
            // The file was only read.
            return;
        }
    }

    @Override
    public synchronized long retainedBytes() {
        ElfData elf = indexedFile;
        return gsym.retainedBytes() + (elf == null ? 0 : elf.retainedBytes());
    }

    @Override
    public synchronized void limitCache(long bytes) {
        cacheLimit = bytes;
        gsym.limitCache(bytes);
        ElfData elf = indexedFile;
        if (elf != null) {
            elf.limitCache(bytes);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        try (gsym) {
            if (indexedFile != null) {
                indexedFile.close();
            }
        }
    }

    @Override
    public String toString() {
        return gsym.name();
    }
}
