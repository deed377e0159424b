package dev.backline.gsym;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.io.Lazy;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The string table: names by their offset in it, each ended by a 0. Thread-safe. */
final class GsymStrings {
    /** Bytes that are read at once: names that are used together often stand together. */
    private static final int WINDOW = 512;

    /** No name of a function or file has so many bytes. */
    private static final int MAX_NAME = 1 << 16;

    /** A power of 2. */
    private static final int REMEMBERED = 1 << 15;

    /** Windows that are read before the whole table is. */
    private static final int MAX_WINDOWS = 256;

    /** Four times what a kernel's has, in bytes. */
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

    /** Names that were read before, each at the place that its offset hashes to: another one may take it. */
    private final @Nullable Name[] remembered = new Name[REMEMBERED];

    private record Name(int offset, String text) {}

    /** The bytes that were read last. */
    private volatile @Nullable Window last;

    private final AtomicInteger windows = new AtomicInteger();

    /** Bytes of the table. Immutable. */
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

    /** {@return the string at an offset; the empty one, which is at 0, means that there is none} */
    String at(long offset) throws IOException {
        if (offset == 0) {
            return "";
        }
        int slot = ((int) offset * 0x9e3779b1) >>> Integer.numberOfLeadingZeros(REMEMBERED - 1);
        // The record is immutable, so that it may be handed from thread to thread as it is.
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
            // One pass that also tells whether the name is ASCII, as nearly all are, which need no decoding.
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

    /** {@return where the next string begins} */
    long behind(long offset) throws IOException {
        Window window = holding(offset);
        return window.start + end(window.bytes, (int) (offset - window.start)) + 1;
    }

    /** Bytes of the table with the whole string that begins at an offset. */
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
            throw file.damaged(start + offset, "a string of the string table has no end, or is too long for a name");
        }
        return window;
    }

    private GsymException outside(long offset) {
        return file.damaged(start + offset, "a string's offset lies outside the string table of " + size + " bytes");
    }

    /** Where the string that begins there ends; no further than a name may be long. */
    private static int end(byte[] table, int from) {
        int last = (int) Math.min(table.length, from + (long) MAX_NAME);
        int end = from;
        while (end < last && table[end] != 0) {
            end++;
        }
        return end;
    }

    /** The whole table, which stays in memory from then on. */
    byte[] whole() throws IOException {
        return whole.get();
    }
}
