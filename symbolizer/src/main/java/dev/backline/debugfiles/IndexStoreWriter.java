package dev.backline.debugfiles;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.dwarf.DwarfException;
import dev.backline.elf.BuildId;
import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.gsym.GsymWriter;
import dev.backline.io.NewFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Adds the indexes of vmlinux files and modules to an {@link IndexStore} in a directory. Each file of the store is written
 * whole under another name and renamed, and no file is shared, so programs on several machines can add to one store at
 * once. An index has the frames of its file in every field, as {@link GsymWriter#details()} says, unless a unit of the file
 * is damaged. Thread-safe.
 */
public final class IndexStoreWriter {
    private final Path folder;
    /** The vmlinux files that this writer has added, by release. */
    private final Map<String, Set<BuildId>> kernels = new HashMap<>();

    /** What became of a file. */
    public enum Result {
        /** Its index is new in the store. */
        ADDED,
        /** The store had its index. */
        PRESENT,
        /** It gets no index, because it has no code: no trace names it. */
        WITHOUT_CODE
    }

    /**
     * A writer of a store.
     *
     * @param folder the store; created by the first {@link #add}
     */
    public IndexStoreWriter(Path folder) {
        this.folder = folder;
    }

    /**
     * Adds the index of a file, unless the store has it undamaged. Add vmlinux before its modules: then the store also
     * knows which vmlinux they belong to, which tells builds of the same release apart.
     *
     * @param file vmlinux or a module with debug information, which may be compressed as a whole
     * @param jobs the number of threads, at least 1
     * @param problems is told of damaged units, whose code the index lacks
     * @return whether the index was added
     * @throws IOException if the file cannot be read, has no build id or no debug information, is neither vmlinux nor a
     *     module, or is changed meanwhile; or if the store cannot be written
     */
    public Result add(Path file, int jobs, Consumer<IOException> problems) throws IOException {
        try (ElfFile elf = ElfFile.open(file)) {
            BuildId id = elf.buildId();
            if (id == null) {
                throw new ElfException(elf.name() + ": has no build id, by which a store names its indexes");
            }
            KernelRelease release = release(elf, file);
            String name = name(elf, file, release);
            if (!hasCode(elf)) {
                return Result.WITHOUT_CODE;
            }
            Files.createDirectories(folder.resolve(StoredIndex.MARKS));
            Path out = folder.resolve(StoredIndex.file(id));
            boolean isNew = !Files.exists(out) || IndexStore.problem(out, id) != null;
            if (isNew) {
                write(elf, file, release, out, jobs, problems);
            }
            mark(new StoredIndex(
                    release.release(),
                    name,
                    id,
                    kernel(release.release(), name.equals(StoredIndex.VMLINUX) ? id : null),
                    Files.size(out),
                    release.banner()));
            return isNew ? Result.ADDED : Result.PRESENT;
        }
    }

    private static boolean hasCode(ElfFile elf) {
        for (Section section : elf.sections()) {
            if (section.isExecutable() && section.isAllocated() && section.size() != 0) {
                return true;
            }
        }
        return false;
    }

    private static KernelRelease release(ElfFile elf, Path file) {
        KernelRelease inside = KernelRelease.of(elf);
        String release = inside.release();
        if (release == null) {
            release = KernelRelease.ofName(file.toAbsolutePath()).release();
        }
        return new KernelRelease(release != null && ModuleNames.isRelease(release) ? release : null, inside.banner());
    }

    /** The name of a module in logs, or that of vmlinux. */
    private static String name(ElfFile elf, Path file, KernelRelease release) throws IOException {
        String fileName = String.valueOf(file.getFileName());
        if (!elf.header().isRelocatable()) {
            if (release.banner() == null && !ModuleNames.isKernelFile(fileName)) {
                throw new ElfException(elf.name() + ": is neither vmlinux nor a module: it has no linux_banner");
            }
            return StoredIndex.VMLINUX;
        }
        String own = KernelRelease.modinfo(elf, "name=");
        String name = own == null ? ModuleNames.ofFile(fileName) : ModuleNames.plain(own);
        if (name == null || !ModuleNames.isModule(name) || name.equals(StoredIndex.VMLINUX)) {
            throw new ElfException(elf.name() + ": is neither vmlinux nor a module: it has no module name");
        }
        return name;
    }

    /** Remembers a vmlinux; for a module, the only vmlinux of its release. */
    private @Nullable BuildId kernel(@Nullable String release, @Nullable BuildId vmlinux) {
        if (release == null) {
            return null;
        }
        synchronized (kernels) {
            Set<BuildId> known = kernels.computeIfAbsent(release, key -> new HashSet<>());
            if (vmlinux != null) {
                known.add(vmlinux);
                return null;
            }
            return known.size() == 1 ? known.iterator().next() : null;
        }
    }

    private static void write(
            ElfFile elf, Path file, KernelRelease release, Path out, int jobs, Consumer<IOException> problems)
            throws IOException {
        BasicFileAttributes before = Files.readAttributes(file, BasicFileAttributes.class);
        GsymWriter writer = new GsymWriter(elf).jobs(jobs).release(release.release(), release.banner());
        try {
            write(writer.details(), file, before, out);
        } catch (DwarfException | ElfException e) {
            // Details are for undamaged files only.
            GsymWriter rest = new GsymWriter(elf).jobs(jobs).release(release.release(), release.banner());
            write(rest.problems(problems), file, before, out);
        }
    }

    private static void write(GsymWriter writer, Path file, BasicFileAttributes before, Path out) throws IOException {
        try (NewFile index = NewFile.beside(out)) {
            writer.write(index);
            BasicFileAttributes after = Files.readAttributes(file, BasicFileAttributes.class);
            if (after.size() != before.size() || !after.lastModifiedTime().equals(before.lastModifiedTime())) {
                throw new FileSystemException(file.toString(), null, "was changed while it was indexed");
            }
            index.commit();
        }
    }

    /** Writes a mark, after its index. */
    private void mark(StoredIndex index) throws IOException {
        Path mark = folder.resolve(index.mark());
        byte[] content = index.content().getBytes(UTF_8);
        if (Files.exists(mark) && Arrays.equals(Files.readAllBytes(mark), content)) {
            return;
        }
        Files.createDirectories(mark.resolveSibling(""));
        try (NewFile out = NewFile.beside(mark)) {
            out.write(content);
            out.commit();
        }
    }
}
