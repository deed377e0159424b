package dev.backline.gsym;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.io.Lazy;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The string table: NUL-terminated names by their offset. Thread-safe. */
final class GsymStrings {
    /** The number of bytes to read at once: names that are used together are often adjacent. */
    private static final int WINDOW = 512;

    /** The maximum length of a name, in bytes. */
    private static final int MAX_NAME = 1 << 16;

    /** The size of the cache of names, a power of 2. */
    private static final int REMEMBERED = 1 << 15;

    /** The number of windows that are read before the whole table is. */
    private static final int MAX_WINDOWS = 256;

    /** The maximum size of a table that is read as a whole, in bytes; four times that of a kernel. */
    private static final int MAX_WHOLE = 1 << 24;

    private final GsymFile file;
    private final long start;
    private final long size;
    private final Lazy<byte[], IOException> whole = new Lazy<>() {
        @Override
        protected byte[] compute() throws IOException {
            return file.whole("the string table", start, size);
        }
    };

    /** A cache of names by the hash of their offset; a new name replaces an old one. */
    private final @Nullable Name[] remembered = new Name[REMEMBERED];

    private record Name(int offset, String text) {}

    /** The last window read. */
    private volatile @Nullable Window last;

    private final AtomicInteger windows = new AtomicInteger();

    /** A part of the table. Immutable. */
    private static final class Window {
        final long start;
        final byte[] bytes;

        Window(long start, byte[] bytes) {
            this.start = start;
            this.bytes = bytes;
        }
    }

    GsymStrings(GsymFile file, long start, long size) {
        this.file = file;
        this.start = start;
        this.size = size;
    }

    /** {@return the string at an offset; the empty string, at 0, means that there is no name} */
    String at(long offset) throws IOException {
        if (offset == 0) {
            return "";
        }
        int slot = ((int) offset * 0x9e3779b1) >>> Integer.numberOfLeadingZeros(REMEMBERED - 1);
        // The record is immutable, so threads can share it without synchronisation
        Name known = remembered[slot];
        if (known == null || known.offset != (int) offset) {
            known = new Name((int) offset, read(offset));
            remembered[slot] = known;
        }
        return known.text;
    }

    private String read(long offset) throws IOException {
        byte[] table = whole.ifComputed();
        if (table != null && offset < table.length) {
            // One pass that finds the end and checks for ASCII, which needs no decoding
            int first = (int) offset;
            int last = (int) Math.min(table.length, offset + MAX_NAME);
            int end = first;
            int all = 0;
            while (end < last && table[end] != 0) {
                all |= table[end++];
            }
            if (end < last) {
                return new String(table, first, end - first, all >= 0 ? ISO_8859_1 : UTF_8);
            }
        }
        Window window = holding(offset);
        int from = (int) (offset - window.start);
        return new String(window.bytes, from, end(window.bytes, from) - from, UTF_8);
    }

    /** {@return the offset of the next string} */
    long offsetAfter(long offset) throws IOException {
        Window window = holding(offset);
        return window.start + end(window.bytes, (int) (offset - window.start)) + 1;
    }

    /** A window with the whole string at an offset. */
    private Window holding(long offset) throws IOException {
        byte[] table = whole.ifComputed();
        if (table != null) {
            Window whole = new Window(0, table);
            return check(whole, offset);
        }
        Window known = last;
        if (known != null
                && offset >= known.start
                && offset - known.start < known.bytes.length
                && end(known.bytes, (int) (offset - known.start)) < known.bytes.length) {
            return known;
        }
        if (offset >= size) {
            throw outside(offset);
        }
        if (size <= MAX_WHOLE && windows.incrementAndGet() > MAX_WINDOWS) {
            return check(new Window(0, whole()), offset);
        }
        int length = (int) Math.min(WINDOW, size - offset);
        while (true) {
            byte[] read = new byte[length];
            file.read("a string", start + offset, read, length);
            Window window = new Window(offset, read);
            int most = (int) Math.min(MAX_NAME, size - offset);
            if (length == most || end(read, 0) < length) {
                last = check(window, offset);
                return window;
            }
            length = Math.min(most, length * 8);
        }
    }

    private Window check(Window window, long offset) throws GsymException {
        if (offset >= size) {
            throw outside(offset);
        }
        int from = (int) (offset - window.start);
        int end = end(window.bytes, from);
        if (end == window.bytes.length || end - from >= MAX_NAME) {
            throw file.damaged(start + offset, "a string is not terminated, or is too long for a name");
        }
        return window;
    }

    GsymException outside(long offset) {
        return file.damaged(start + offset, "the offset of a string is outside the string table of " + size + " bytes");
    }

    /** The end of the string at a position, at most the maximum length of a name after it. */
    static int end(byte[] table, int from) {
        int last = (int) Math.min(table.length, from + (long) MAX_NAME);
        int end = from;
        while (end < last && table[end] != 0) {
            end++;
        }
        return end;
    }

    /** Reads the whole table and keeps it in memory. */
    byte[] whole() throws IOException {
        return whole.get();
    }
}
