package dev.backline.gsym;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.elf.Symbols;
import dev.backline.io.IntList;
import dev.backline.io.Suggestions;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The functions of a GSYM file without an extension, as symbols. The format orders functions by address only, so the
 * first look-up by name reads all names. Thread-safe.
 */
final class GsymFunctions implements Symbols {
    /** The maximum padding between functions of one section, in bytes: compilers do not align further. */
    private static final int MAX_PADDING = 64;

    /** The number of look-ups that compare all names before an index by name is built. */
    private static final int MAX_SCANS = 3;

    /** The number of functions to read at once, mostly within one window. */
    private static final int CHUNK = 128;

    private final GsymFile file;
    /** The string table offset of each function's name. */
    private int @Nullable [] names;

    private int scans;
    /** The first function of each hash chain, plus 1; 0 if the chain is empty. */
    private int @Nullable [] heads;

    private int @Nullable [] next;

    GsymFunctions(GsymFile file) {
        this.file = file;
    }

    @Override
    public String name(int function) throws IOException {
        return file.functionName(function);
    }

    @Override
    public long address(int function) throws IOException {
        return file.address(function);
    }

    /** Includes the padding up to the next function, as stack traces do. */
    @Override
    public long size(int function) throws IOException {
        long size = file.functionSize(function);
        long distance = file.distanceToNext(function);
        return size == 0 || (distance > size && distance - size < MAX_PADDING) ? distance : size;
    }

    /** A data symbol may end a function, so a trace may print the function's own size or the distance to the next one. */
    @Override
    public boolean maySize(int function, long printed) throws IOException {
        return printed == file.functionSize(function) || printed == file.distanceToNext(function);
    }

    @Override
    public int sectionIndex(int function) {
        return GsymSections.CODE;
    }

    @Override
    public int at(long address) throws IOException {
        return file.at(address);
    }

    /**
     * {@inheritDoc}
     *
     * <p>LLVM writes names from DWARF, which have no suffixes ({@code .cold}, {@code .isra.0}). If no function has the
     * name, the functions with the name without its suffix are returned, the largest first: the parts of a split
     * function share one name.
     */
    @Override
    public int[] named(String function) throws IOException {
        int[] found = find(function);
        int dot = function.indexOf('.', 1);
        if (found.length == 0 && dot > 0) {
            found = find(function.substring(0, dot));
        }
        for (int i = 1; i < found.length; i++) {
            if (file.functionSize(found[i]) > file.functionSize(found[0])) {
                int largest = found[i];
                found[i] = found[0];
                found[0] = largest;
            }
        }
        return found;
    }

    private synchronized int[] find(String function) throws IOException {
        byte[] strings = file.strings().whole();
        int[] starts = starts();
        byte[] wanted = function.getBytes(UTF_8);
        IntList found = new IntList();
        int[] first = ++scans > MAX_SCANS ? heads(strings, starts) : null;
        int[] chain = next;
        int i = first == null || chain == null
                ? nextNamed(strings, starts, 0, wanted)
                : first[hash(wanted, 0, wanted.length) & first.length - 1] - 1;
        while (i >= 0 && found.size() < MOST_NAMED) {
            if (isAt(strings, starts[i], wanted)) {
                found.add(i);
            }
            i = first == null || chain == null ? nextNamed(strings, starts, i + 1, wanted) : chain[i] - 1;
        }
        return found.toArray();
    }

    @Override
    public synchronized List<String> nearest(String function, int limit) throws IOException {
        byte[] strings = file.strings().whole();
        Suggestions suggestions = new Suggestions(function, limit);
        int[] starts = starts();
        for (int from = 0; from < starts.length; from += CHUNK) {
            suggestions.consider(strings, starts, from, Math.min(starts.length, from + CHUNK));
        }
        return suggestions.names();
    }

    private int[] starts() throws IOException {
        int[] starts = names;
        if (starts == null) {
            file.loadTables();
            starts = new int[file.size()];
            FunctionReader reader = new FunctionReader(file);
            int size = file.strings().whole().length;
            for (int i = 0; i < starts.length; i += CHUNK) {
                reader.names(i, Math.min(starts.length, i + CHUNK), starts);
            }
            for (int i = 0; i < starts.length; i++) {
                if (starts[i] < 0 || starts[i] >= size) {
                    throw file.damaged(file.infoOffset(i) + 4, "the name is outside the string table");
                }
            }
            names = starts;
        }
        return starts;
    }

    private int[] heads(byte[] strings, int[] starts) {
        int[] first = heads;
        if (first == null) {
            first = new int[Integer.highestOneBit(Math.max(1, starts.length)) << 1];
            int[] chain = new int[starts.length];
            // Backwards, so that a chain is in the order of the functions
            for (int i = starts.length - 1; i >= 0; i--) {
                int slot = hash(strings, starts[i], end(strings, starts[i])) & first.length - 1;
                chain[i] = first[slot];
                first[slot] = i + 1;
            }
            heads = first;
            next = chain;
        }
        return first;
    }

    private static int nextNamed(byte[] strings, int[] starts, int from, byte[] wanted) {
        // In chunks: the JVM compiles a method that is called often sooner than a long loop
        for (int i = from; i < starts.length; i += CHUNK) {
            int to = Math.min(starts.length, i + CHUNK);
            int found = firstNamed(strings, starts, i, to, wanted);
            if (found < to) {
                return found;
            }
        }
        return -1;
    }

    private static int firstNamed(byte[] strings, int[] starts, int from, int to, byte[] wanted) {
        for (int i = from; i < to; i++) {
            if (isAt(strings, starts[i], wanted)) {
                return i;
            }
        }
        return to;
    }

    private static boolean isAt(byte[] strings, int start, byte[] wanted) {
        int end = start + wanted.length;
        if (end >= strings.length || strings[end] != 0) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (strings[start + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    /** The end of the compared part of a name: names in hostile files may be long suffixes of each other. */
    private static int end(byte[] strings, int start) {
        int last = (int) Math.min(strings.length, start + 1024L);
        int end = start;
        while (end < last && strings[end] != 0) {
            end++;
        }
        return end;
    }

    private static int hash(byte[] b, int from, int to) {
        int hash = 0;
        int last = Math.min(to, from + 1024);
        for (int i = from; i < last; i++) {
            hash = 31 * hash + b[i];
        }
        return hash ^ hash >>> 16;
    }
}
