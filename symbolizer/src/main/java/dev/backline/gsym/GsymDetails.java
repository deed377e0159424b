package dev.backline.gsym;

import dev.backline.dwarf.SourceFile;
import dev.backline.elf.Words;
import dev.backline.io.Lazy;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Part 9 of the extension (docs/gsym.md): what DWARF knows of functions and files and LLVM's format cannot hold.
 * Thread-safe.
 */
final class GsymDetails {
    private static final int PAIR = 8;
    private static final int FILE = 12;

    private final GsymFile file;
    private final GsymExtension extension;
    private final int flags;
    private final long pairCount;
    private final long fileCount;

    private final Lazy<Files, IOException> files = new Lazy<>() {
        @Override
        protected Files compute() throws IOException {
            return readFiles();
        }
    };

    /** The files whose parts the reader cannot derive, ascending, and their directories and names. */
    private static final class Files {
        final int[] numbers;
        final long[] directories;
        final long[] names;

        Files(int count) {
            numbers = new int[count];
            directories = new long[count];
            names = new long[count];
        }
    }

    private GsymDetails(GsymFile file, GsymExtension extension) throws IOException {
        this.file = file;
        this.extension = extension;
        byte[] header = extension.read(GsymExtension.DETAILS, 0, DetailTable.HEADER);
        flags = Words.i32(header, 0, file.bigEndian());
        pairCount = Words.u32(header, 4, file.bigEndian());
        fileCount = Words.u32(header, 8, file.bigEndian());
    }

    /** The details; null if the file has none. */
    static @Nullable GsymDetails of(GsymFile file, @Nullable GsymExtension extension) throws IOException {
        return extension == null || extension.size(GsymExtension.DETAILS) == 0
                ? null
                : new GsymDetails(file, extension);
    }

    GsymFile file() {
        return file;
    }

    boolean needsOtherFiles() {
        return (flags & DetailTable.NEEDS_OTHER_FILES) != 0;
    }

    /** The offset in the file of the end of the record before that of a function. */
    long recordTable(int function) throws GsymException {
        return extension.offset(GsymExtension.DETAILS, DetailTable.HEADER + 4L * function, 8);
    }

    /** The offset in the file of some bytes of records. */
    long record(long offset, int length) throws GsymException {
        return extension.offset(GsymExtension.DETAILS, offset, length);
    }

    private long pairs() {
        return DetailTable.HEADER + 4 * (file.size() + 1L);
    }

    /**
     * The names of a function.
     *
     * @param name DW_AT_name, or null
     * @param linkageName DW_AT_linkage_name, or null
     */
    record Names(@Nullable String name, @Nullable String linkageName) {
        /** The names that follow from the name in LLVM's part, which is empty if there is none. */
        static Names of(String text) {
            boolean mangled = DetailEncoder.isMangled(text);
            return new Names(mangled || text.isEmpty() ? null : text, mangled ? text : null);
        }
    }

    /** The names with this number. */
    Names names(int pair) throws IOException {
        if (pair < 0 || pair >= pairCount) {
            throw file.damaged(recordTable(0), "a function has names " + pair + " of " + pairCount);
        }
        byte[] both = extension.read(GsymExtension.DETAILS, pairs() + (long) PAIR * pair, PAIR);
        return new Names(string(both, 0), string(both, 4));
    }

    private @Nullable String string(byte[] pair, int at) throws IOException {
        long name = Words.u32(pair, at, file.bigEndian());
        return name == 0 ? null : file.strings().at(name);
    }

    /** The file with this index; null if its parts can be derived from its path. */
    @Nullable
    SourceFile file(int index, String compiledIn) throws IOException {
        Files known = files.get();
        int place = Arrays.binarySearch(known.numbers, index);
        return place < 0
                ? null
                : new SourceFile(
                        compiledIn,
                        file.strings().at(known.directories[place]),
                        file.strings().at(known.names[place]));
    }

    private Files readFiles() throws IOException {
        if (fileCount * FILE > GsymExtension.MAX_SMALL_PART) {
            throw file.damaged(recordTable(0), "the extension has the parts of " + fileCount + " paths");
        }
        byte[] entries = extension.read(GsymExtension.DETAILS, pairs() + PAIR * pairCount, (int) (fileCount * FILE));
        Files read = new Files((int) fileCount);
        for (int i = 0; i < read.numbers.length; i++) {
            read.numbers[i] = Words.i32(entries, i * FILE, file.bigEndian());
            read.directories[i] = Words.u32(entries, i * FILE + 4, file.bigEndian());
            read.names[i] = Words.u32(entries, i * FILE + 8, file.bigEndian());
        }
        return read;
    }
}
