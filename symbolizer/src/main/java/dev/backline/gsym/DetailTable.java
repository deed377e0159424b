package dev.backline.gsym;

import dev.backline.dwarf.SourceFile;
import dev.backline.dwarf.UnitCode;
import dev.backline.elf.ElfException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds part 9 of the extension (docs/gsym.md). Not thread-safe. */
final class DetailTable {
    /** Flag of the part: some of the debug information is, or should be, in other files. */
    static final int NEEDS_OTHER_FILES = 1;

    /** The size of the part's header, in bytes. */
    static final int HEADER = 12;

    private final StringPool strings;
    private final boolean bigEndian;
    private final Map<List<String>, Integer> numbers = new HashMap<>();
    private final Bytes pairs;
    private final Bytes files;
    private int fileCount;

    DetailTable(StringPool strings, boolean bigEndian) {
        this.strings = strings;
        this.bigEndian = bigEndian;
        pairs = new Bytes(bigEndian);
        files = new Bytes(bigEndian);
        pairs.u32(0);
        pairs.u32(0);
        numbers.put(List.of("", ""), DetailEncoder.UNKNOWN);
    }

    /** The number of each name of the unit, or {@link DetailEncoder#DERIVED}. */
    int[] pairs(UnitCode unit) throws ElfException {
        int[] found = new int[unit.names()];
        for (int i = 0; i < found.length; i++) {
            String name = unit.plainName(i);
            String linkageName = unit.linkageName(i);
            found[i] = DetailEncoder.isDerived(name, linkageName) ? DetailEncoder.DERIVED : pair(name, linkageName);
        }
        return found;
    }

    private int pair(@Nullable String name, @Nullable String linkageName) throws ElfException {
        List<String> key = List.of(name == null ? "" : name, linkageName == null ? "" : linkageName);
        Integer known = numbers.get(key);
        if (known != null) {
            return known;
        }
        int number = numbers.size();
        numbers.put(key, number);
        for (String each : key) {
            pairs.u32(strings.add(each));
        }
        return number;
    }

    /** Adds the parts of a file's path, unless the reader derives them from the file table. */
    void file(int number, SourceFile file, String directory, String name) throws ElfException {
        if (!file.equals(GsymSources.derived(file.compilationDirectory(), directory, name))) {
            files.u32(number);
            files.u32(strings.add(file.directory()));
            files.u32(strings.add(file.name()));
            fileCount++;
        }
    }

    /**
     * Encodes the part.
     *
     * @param order the functions in the order of their addresses, as indexes over all parts
     */
    Bytes encode(List<EncodedFunctions> parts, int[] order, boolean needsOtherFiles) {
        Bytes all = new Bytes(bigEndian);
        all.u32(needsOtherFiles ? NEEDS_OTHER_FILES : 0);
        all.u32(pairs.size() / 8);
        all.u32(fileCount);
        int[] partOf = new int[order.length];
        int[] indexIn = new int[order.length];
        int filled = 0;
        for (int part = 0; part < parts.size(); part++) {
            for (int i = 0; i < parts.get(part).addresses.length; i++) {
                partOf[filled] = part;
                indexIn[filled++] = i;
            }
        }
        int offset = HEADER + 4 * (order.length + 1) + pairs.size() + files.size();
        all.u32(offset);
        for (int function : order) {
            EncodedFunctions part = parts.get(partOf[function]);
            offset = Math.addExact(offset, end(part, indexIn[function]) - end(part, indexIn[function] - 1));
            all.u32(offset);
        }
        all.bytes(pairs.array(), 0, pairs.size());
        all.bytes(files.array(), 0, files.size());
        for (int function : order) {
            EncodedFunctions part = parts.get(partOf[function]);
            all.bytes(part.details, end(part, indexIn[function] - 1), end(part, indexIn[function]));
        }
        return all;
    }

    private static int end(EncodedFunctions part, int function) {
        return function < 0 ? 0 : part.detailEnds[function];
    }
}
