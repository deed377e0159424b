package dev.backline.gsym;

import dev.backline.dwarf.SourceFile;
import dev.backline.elf.ElfException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds the file table, and the extension's data about each file. Not thread-safe. */
final class FileTable {
    private final StringPool strings;
    private final Map<SourceFile, Integer> numbers = new HashMap<>();
    private final Map<String, Integer> directories = new HashMap<>();
    private final Bytes entries;
    private final Bytes directoryPart;
    private final Bytes filePart;
    private final @Nullable DetailTable details;

    /**
     * @param details null if only the paths of the files are kept, not their parts
     */
    FileTable(StringPool strings, boolean bigEndian, @Nullable DetailTable details) {
        this.strings = strings;
        this.details = details;
        entries = new Bytes(bigEndian);
        directoryPart = new Bytes(bigEndian);
        filePart = new Bytes(bigEndian);
        entries.u32(0);
        entries.u32(0);
    }

    /** {@return the index of the file in the table} */
    int number(SourceFile file) throws ElfException {
        Integer known = numbers.get(file);
        if (known != null) {
            return known;
        }
        int number = numbers.size() + 1;
        numbers.put(file, number);
        String path = file.path();
        int slash = path.lastIndexOf('/');
        String directory = slash < 0 ? "" : slash == 0 ? "/" : path.substring(0, slash);
        String name = path.substring(slash + 1);
        entries.u32(strings.add(directory));
        entries.u32(strings.add(name));
        if (details != null) {
            details.file(number, file, directory, name);
        }
        filePart.uleb(2L * directory(file.compilationDirectory())
                + (file.relativePath().startsWith("/") ? 0 : 1));
        return number;
    }

    private int directory(String path) throws ElfException {
        Integer known = directories.get(path);
        if (known != null) {
            return known;
        }
        int number = directories.size();
        directories.put(path, number);
        directoryPart.uleb(strings.add(path));
        return number;
    }

    /** The number of files, including file 0. */
    int size() {
        return numbers.size() + 1;
    }

    /** The table's entries: two offsets in the string table for each file. */
    Bytes entries() {
        return entries;
    }

    int directories() {
        return directories.size();
    }

    /** The extension's directories: an offset in the string table for each. */
    Bytes directoryPart() {
        return directoryPart;
    }

    /** Part 3 of the extension. */
    Bytes filePart() {
        return filePart;
    }
}
