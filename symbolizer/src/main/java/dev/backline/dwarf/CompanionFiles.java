package dev.backline.dwarf;

import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.AltLink;
import dev.backline.elf.BuildId;
import dev.backline.elf.ElfFile;
import dev.backline.elf.SectionData;
import dev.backline.io.Lazy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The further files that a file's debug information may need: split units ({@code .dwo} files or one
 * {@code .dwp} beside the file, DWARF5 7.3) and the supplementary file that dwz makes (DWARF5 7.3.6).
 * A file that is not there, or is another build's, leaves its answers out. Thread-safe.
 */
final class CompanionFiles implements Closeable {
    private final Dwarf owner;
    private final Lazy<List<Dwarf>, IOException> supplementary = new Lazy<>() {
        @Override
        protected List<Dwarf> compute() throws IOException {
            return openSupplementary();
        }
    };
    private final Lazy<List<DebugSections>, IOException> dwarfPackage = new Lazy<>() {
        @Override
        protected List<DebugSections> compute() throws IOException {
            return openPackage();
        }
    };
    private final ConcurrentHashMap<Path, SplitFile> dwoFiles = new ConcurrentHashMap<>();
    private final List<Closeable> opened = new ArrayList<>();

    CompanionFiles(Dwarf owner) {
        this.owner = owner;
    }

    @Nullable
    Dwarf supplementary() throws IOException {
        List<Dwarf> found = supplementary.get();
        return found.isEmpty() ? null : found.get(0);
    }

    private List<Dwarf> openSupplementary() throws IOException {
        ElfFile elf = owner.sections().elf();
        AltLink link = elf.debugAltLink();
        Path path = elf.path();
        if (link == null || path == null) {
            return List.of();
        }
        for (Path candidate : candidates(path, link)) {
            if (!Files.isRegularFile(candidate)) {
                continue;
            }
            ElfFile file = open(candidate);
            BuildId id = file.buildId();
            if (id != null && link.id().equals(id)) {
                return List.of(Dwarf.of(file));
            }
        }
        return List.of();
    }

    private static List<Path> candidates(Path path, AltLink link) {
        List<Path> candidates = new ArrayList<>();
        try {
            candidates.add(path.resolveSibling(link.fileName()));
        } catch (InvalidPathException e) {
            return List.of();
        }
        String id = link.id().toString();
        if (id.length() > 2) {
            candidates.add(Path.of("/usr/lib/debug/.build-id", id.substring(0, 2), id.substring(2) + ".debug"));
        }
        return candidates;
    }

    /** The split part of the unit, or null. */
    @Nullable
    Unit splitUnit(Unit skeleton) throws IOException {
        String name = skeleton.dwoName();
        Path path = owner.sections().elf().path();
        if (name == null || path == null) {
            return null;
        }
        for (Path candidate : dwoCandidates(path, skeleton.compilationDirectory(), name)) {
            if (Files.isRegularFile(candidate)) {
                DebugSections dwo =
                        dwoFiles.computeIfAbsent(candidate, SplitFile::new).get();
                Unit unit = findUnit(dwo, skeleton, null);
                if (unit != null) {
                    return unit;
                }
            }
        }
        List<DebugSections> found = dwarfPackage.get();
        return found.isEmpty() ? null : packagedUnit(found.get(0), skeleton);
    }

    private static List<Path> dwoCandidates(Path path, String directory, String name) {
        List<Path> candidates = new ArrayList<>();
        try {
            Path given = Path.of(name);
            candidates.add(path.resolveSibling(directory).resolve(given));
            candidates.add(path.resolveSibling(given));
            Path last = given.getFileName();
            if (last != null) {
                candidates.add(path.resolveSibling(last));
            }
        } catch (InvalidPathException e) {
            return List.of();
        }
        return candidates;
    }

    private List<DebugSections> openPackage() throws IOException {
        Path path = owner.sections().elf().path();
        Path name = path == null ? null : path.getFileName();
        if (path == null || name == null) {
            return List.of();
        }
        Path dwp = path.resolveSibling(name + ".dwp");
        return Files.isRegularFile(dwp) ? List.of(new DebugSections(open(dwp), true)) : List.of();
    }

    /** The unit with the skeleton's id, in the whole section or in the part of it that a package index names. */
    private @Nullable Unit findUnit(DebugSections dwo, Unit skeleton, @Nullable SplitContribution contribution)
            throws IOException {
        SectionData info = dwo.find(Kind.INFO);
        long offset = contribution == null ? 0 : contribution.info();
        while (info != null && offset < info.size()) {
            UnitHeader header = UnitHeader.read(dwo, offset);
            if (!header.isTypeUnit()) {
                Unit unit = Unit.readSplit(owner, dwo, header, skeleton, contribution);
                if (unit.dwoId() == skeleton.dwoId()) {
                    return unit;
                }
            }
            if (contribution != null) {
                return null;
            }
            offset = header.end();
        }
        return null;
    }

    private @Nullable Unit packagedUnit(DebugSections dwp, Unit skeleton) throws IOException {
        SectionData index = dwp.find(Kind.CU_INDEX);
        if (index == null) {
            return null;
        }
        SplitContribution contribution = PackageIndex.find(dwp, index, skeleton.dwoId());
        return contribution == null ? null : findUnit(dwp, skeleton, contribution);
    }

    private ElfFile open(Path path) throws IOException {
        ElfFile file = ElfFile.open(path);
        synchronized (opened) {
            opened.add(file);
        }
        return file;
    }

    @Override
    public void close() throws IOException {
        List<Dwarf> found = supplementary.ifComputed();
        try {
            if (found != null) {
                for (Dwarf dwarf : found) {
                    dwarf.close();
                }
            }
        } finally {
            synchronized (opened) {
                for (Closeable file : opened) {
                    file.close();
                }
                opened.clear();
            }
        }
    }

    private final class SplitFile extends Lazy<DebugSections, IOException> {
        private final Path path;

        SplitFile(Path path) {
            this.path = path;
        }

        @Override
        protected DebugSections compute() throws IOException {
            return new DebugSections(open(path), true);
        }
    }
}
