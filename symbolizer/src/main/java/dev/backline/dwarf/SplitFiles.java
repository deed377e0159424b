package dev.backline.dwarf;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.dwarf.UnitContext.Contribution;
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
 * Finds the split parts of a file's units, in {@code .dwo} files or in one {@code .dwp} file next to the file (DWARF5
 * 7.3). A part is not found if its file is missing or from another build. Thread-safe.
 */
final class SplitFiles implements Closeable {
    private final DebugSections main;
    private final Lazy<List<DebugSections>, IOException> dwarfPackage = new Lazy<>() {
        @Override
        protected List<DebugSections> compute() throws IOException {
            return openPackage();
        }
    };
    private final ConcurrentHashMap<Path, DwoFile> dwoFiles = new ConcurrentHashMap<>();
    private final List<Closeable> opened = new ArrayList<>();

    SplitFiles(DebugSections main) {
        this.main = main;
    }

    /** The split part of the unit, or null. */
    @Nullable
    UnitContext find(UnitContext skeleton) throws IOException {
        String name = skeleton.dwoName();
        Path path = main.elf().path();
        if (name == null || path == null) {
            return null;
        }
        for (Path candidate : dwoPaths(path, skeleton.compilationDirectory(), name)) {
            if (Files.isRegularFile(candidate)) {
                DebugSections dwo =
                        dwoFiles.computeIfAbsent(candidate, DwoFile::new).get();
                UnitContext unit = find(dwo, skeleton, null);
                if (unit != null) {
                    return unit;
                }
            }
        }
        List<DebugSections> found = dwarfPackage.get();
        return found.isEmpty() ? null : findPackaged(found.get(0), skeleton);
    }

    private static List<Path> dwoPaths(Path path, String directory, String name) {
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
        Path path = main.elf().path();
        Path name = path == null ? null : path.getFileName();
        if (path == null || name == null) {
            return List.of();
        }
        Path dwp = path.resolveSibling(name + ".dwp");
        return Files.isRegularFile(dwp) ? List.of(open(dwp)) : List.of();
    }

    private DebugSections open(Path path) throws IOException {
        ElfFile file = ElfFile.open(path);
        synchronized (opened) {
            opened.add(file);
        }
        return DebugSections.ofSplit(file, main);
    }

    /** The unit with the skeleton's id, in the whole section or in the part of it that a package's index gives. */
    private static @Nullable UnitContext find(
            DebugSections dwo, UnitContext skeleton, @Nullable Contribution contribution) throws IOException {
        SectionData info = dwo.find(Kind.INFO);
        long offset = contribution == null ? 0 : contribution.info();
        while (info != null && offset < info.size()) {
            UnitHeader header = UnitHeader.read(dwo, offset);
            if (!header.isTypeUnit()) {
                UnitContext unit = UnitContext.readSplit(dwo, header, skeleton, contribution);
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

    private static @Nullable UnitContext findPackaged(DebugSections dwp, UnitContext skeleton) throws IOException {
        SectionData index = dwp.find(Kind.CU_INDEX);
        if (index == null) {
            return null;
        }
        Contribution contribution = PackageIndex.find(dwp, index, skeleton.dwoId());
        return contribution == null ? null : find(dwp, skeleton, contribution);
    }

    @Override
    public void close() throws IOException {
        synchronized (opened) {
            for (Closeable file : opened) {
                file.close();
            }
            opened.clear();
        }
    }

    private final class DwoFile extends Lazy<DebugSections, IOException> {
        private final Path path;

        DwoFile(Path path) {
            this.path = path;
        }

        @Override
        protected DebugSections compute() throws IOException {
            return open(path);
        }
    }

    /**
     * The hash table {@code .debug_cu_index} of a DWARF package file (DWARF5 7.3.5.3; version 2 is the GNU extension
     * for DWARF 4).
     */
    private static final class PackageIndex {
        private static final int DW_SECT_INFO = 1;
        private static final int DW_SECT_ABBREV = 3;
        /** {@code .debug_loc.dwo} in version 2, {@code .debug_loclists.dwo} in version 5. */
        private static final int DW_SECT_LOCLISTS = 5;

        private static final int DW_SECT_STR_OFFSETS = 6;
        private static final int DW_SECT_RNGLISTS = 8;

        private PackageIndex() {}

        /** The contributions of the unit with this id, or null if the package does not have the unit. */
        static @Nullable Contribution find(DebugSections dwp, SectionData index, long id) throws IOException {
            int length = (int) Math.min(index.size(), Integer.MAX_VALUE - 8);
            Cursor c = dwp.cursor(Kind.CU_INDEX, 0, length);
            try {
                return find(c, id);
            } catch (IndexOutOfBoundsException e) {
                throw c.truncated(0, "the package's index", e);
            }
        }

        private static @Nullable Contribution find(Cursor c, long id) throws DwarfException {
            // The version takes four bytes in version 2; in version 5 two, and two bytes of padding.
            int first = c.u2();
            int second = c.u2();
            int version = first == 0 ? second : first;
            if (version != 2 && version != 5) {
                throw c.broken(0, "unsupported version " + version + " of the package's index (supported: 2, 5)");
            }
            long columns = c.u4();
            long units = c.u4();
            long slots = c.u4();
            long bytes = slots * 12 + columns * 4 + units * columns * 4;
            if (slots == 0 || units == 0) {
                return null;
            }
            if (columns > 16 || slots > c.data.length || units > c.data.length || bytes > c.remaining()) {
                throw c.broken(0, "the package's index extends past the end of its section");
            }
            int signatures = c.pos;
            int rows = signatures + (int) slots * 8;
            int header = rows + (int) slots * 4;
            int offsets = header + (int) columns * 4;
            for (int slot = 0; slot < slots; slot++) {
                long row = c.at(rows + slot * 4).u4();
                if (row == 0 || c.at(signatures + slot * 8).u8() != id) {
                    continue;
                }
                if (row > units) {
                    throw c.broken(
                            c.offsetOf(rows + slot * 4), "a slot of the package's index refers to a missing row");
                }
                int at = offsets + (int) ((row - 1) * columns * 4);
                long[] contribution = new long[5];
                for (int column = 0; column < columns; column++) {
                    long value = c.at(at + column * 4).u4();
                    switch ((int) c.at(header + column * 4).u4()) {
                        case DW_SECT_INFO -> contribution[0] = value;
                        case DW_SECT_ABBREV -> contribution[1] = value;
                        case DW_SECT_STR_OFFSETS -> contribution[2] = value;
                        case DW_SECT_RNGLISTS -> contribution[3] = version == 5 ? value : 0;
                        case DW_SECT_LOCLISTS -> contribution[4] = value;
                        default -> {
                            // Types and line tables are not needed here.
                        }
                    }
                }
                return new Contribution(
                        contribution[0], contribution[1], contribution[2], contribution[3], contribution[4]);
            }
            return null;
        }
    }
}
