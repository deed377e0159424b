package dev.backline.gsym;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.dwarf.SourceFile;
import dev.backline.elf.ByteSource;
import dev.backline.elf.Words;
import dev.backline.io.Lazy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The file table: the directory and name of each source file. The extension has the compilation directories. Without an
 * extension, the root of the kernel's source tree, which contains {@code include/linux} and {@code arch/…}, is used
 * instead. Thread-safe.
 */
final class GsymSources {
    private static final int ENTRY = 8;

    /** The directory of inlined functions that every kernel and nearly every module has. */
    private static final String HEADERS = "/include/linux";

    /** The directory of assembly files; their paths often differ in form from those of C files. */
    private static final String ARCHITECTURES = "/arch/";

    private static final int MAX_ROOTS = 16;

    private final GsymFile file;
    private final long table;
    private final int count;
    /** Each element is set by the first thread that needs it, without a lock: two threads may read the same file. */
    private final Lazy<@Nullable SourceFile[], RuntimeException> known = new Lazy<>() {
        @Override
        protected @Nullable SourceFile[] compute() {
            return new @Nullable SourceFile[count];
        }
    };

    private final Lazy<List<String>, IOException> roots = new Lazy<>() {
        @Override
        protected List<String> compute() throws IOException {
            return findRoots();
        }
    };
    private final Lazy<Directories, IOException> directories = new Lazy<>() {
        @Override
        protected Directories compute() throws IOException {
            return readDirectories();
        }
    };

    /** The directories of the extension, as string table offsets, and the directory of each file. */
    private static final class Directories {
        final long[] names;
        final int[] ofFile;

        Directories(long[] names, int[] ofFile) {
            this.names = names;
            this.ofFile = ofFile;
        }
    }

    GsymSources(GsymFile file, long start) throws IOException {
        this.file = file;
        byte[] head = new byte[4];
        file.read("the file table", start, head, head.length);
        long files = Words.u32(head, 0, file.bigEndian());
        table = start + head.length;
        if (!ByteSource.within(table, files * ENTRY, file.fileSize())) {
            throw file.damaged(start, files + " files do not fit in the GSYM file (" + file.fileSize() + " bytes)");
        }
        count = (int) files;
    }

    /** {@return the source file with this index; null for 0, which means no file} */
    @Nullable
    SourceFile file(int index) throws IOException {
        if (index == 0) {
            return null;
        }
        if (index < 0 || index >= count) {
            throw file.damaged(
                    table,
                    "a line table refers to file " + Integer.toUnsignedString(index) + " of " + count + " files");
        }
        @Nullable SourceFile[] files = known.get();
        SourceFile found = files[index];
        if (found == null) {
            found = read(index);
            files[index] = found;
        }
        return found;
    }

    private SourceFile read(int index) throws IOException {
        byte[] entry = new byte[ENTRY];
        file.read("the file table", table + (long) index * ENTRY, entry, ENTRY);
        String directory = file.strings().at(Words.u32(entry, 0, file.bigEndian()));
        String name = file.strings().at(Words.u32(entry, 4, file.bigEndian()));
        String compiledIn = file.extension() == null ? root(directory) : compiledIn(index);
        GsymDetails details = file.details();
        SourceFile exact = details == null ? null : details.file(index, compiledIn);
        return exact != null ? exact : derived(compiledIn, directory, name);
    }

    /** A file whose path has this directory and this name. */
    static SourceFile derived(String compiledIn, String directory, String name) {
        boolean below = directory.startsWith(compiledIn)
                && (directory.length() == compiledIn.length() || directory.charAt(compiledIn.length()) == '/');
        if (!below || compiledIn.isEmpty()) {
            return new SourceFile(compiledIn, directory, name);
        }
        return new SourceFile(
                compiledIn,
                directory.length() == compiledIn.length() ? "" : directory.substring(compiledIn.length() + 1),
                name);
    }

    /** The longest root that contains the directory; empty if none does. */
    private String root(String directory) throws IOException {
        String longest = "";
        for (String root : roots.get()) {
            if (root.length() > longest.length()
                    && directory.startsWith(root)
                    && (directory.length() == root.length() || directory.charAt(root.length()) == '/')) {
                longest = root;
            }
        }
        return longest;
    }

    /** The compilation directory of a file, from the extension. */
    private String compiledIn(int index) throws IOException {
        Directories known = directories.get();
        int directory = known.ofFile[index];
        if (directory >= known.names.length) {
            throw file.damaged(
                    table, "file " + index + " was compiled in directory " + directory + " of " + known.names.length);
        }
        return file.strings().at(known.names[directory]);
    }

    private Directories readDirectories() throws IOException {
        GsymExtension extension = Objects.requireNonNull(file.extension());
        GsymExtension.Numbers numbers = extension.numbers(GsymExtension.DIRECTORIES);
        long number = numbers.hasMore() ? numbers.next() : 0;
        if (number > extension.size(GsymExtension.DIRECTORIES)) {
            throw file.damaged(table, "the extension has " + number + " directories in fewer bytes");
        }
        long[] names = new long[(int) number];
        for (int i = 0; i < names.length; i++) {
            names[i] = numbers.next();
        }
        int[] ofFile = new int[count];
        GsymExtension.Numbers each = extension.numbers(GsymExtension.FILES);
        for (int i = 1; i < count; i++) {
            ofFile[i] = (int) Math.min(Integer.MAX_VALUE, each.next() >>> 1);
        }
        return new Directories(names, ofFile);
    }

    private List<String> findRoots() throws IOException {
        byte[] entries = file.whole("the file table", table, (long) count * ENTRY);
        byte[] strings = file.strings().whole();
        List<String> found = new ArrayList<>();
        int last = 0;
        for (int i = 1; i < count && found.size() < MAX_ROOTS; i++) {
            int directory = Words.i32(entries, i * ENTRY, file.bigEndian());
            if (directory > 0 && directory < strings.length && directory != last) {
                String root = root(strings, directory);
                if (root != null && !found.contains(root)) {
                    found.add(root);
                }
            }
            last = directory;
        }
        return List.copyOf(found);
    }

    /** The part of a path before a directory that is at the top of the source tree; null if it has no such directory. */
    private static @Nullable String root(byte[] strings, int start) {
        int end = start;
        while (end < strings.length && strings[end] != 0) {
            end++;
        }
        int root = end - HEADERS.length();
        if (!isAt(strings, root, end, HEADERS)) {
            root = end - ARCHITECTURES.length();
            while (root > start && !isAt(strings, root, end, ARCHITECTURES)) {
                root--;
            }
        }
        return root > start ? new String(strings, start, root - start, UTF_8) : null;
    }

    private static boolean isAt(byte[] strings, int at, int end, String part) {
        if (at < 0 || end - at < part.length()) {
            return false;
        }
        for (int i = 0; i < part.length(); i++) {
            if (strings[at + i] != part.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
