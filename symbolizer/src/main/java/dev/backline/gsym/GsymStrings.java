package dev.backline.gsym;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The string table: names by their offset in it, each ended by a 0. Thread-safe. */
final class GsymStrings {
    /** Most names are shorter than this many bytes. */
    private static final int WINDOW = 96;

    /** No name of a function or file has so many bytes. */
    private static final int MAX_NAME = 1 << 16;

    /** A power of 2. */
    private static final int REMEMBERED = 1 << 13;

    private final GsymFile file;
    private final long start;
    private final long size;
    private volatile byte @Nullable [] bytes;

    /** Names that were read before, each at the place that its offset hashes to: another one may take it. */
    private final @Nullable Name[] remembered = new Name[REMEMBERED];

    private record Name(int offset, String text) {}

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
        if (offset >= size) {
            throw file.damaged(start + offset, "a string's offset lies outside the string table of " + size + " bytes");
        }
        byte[] table = bytes;
        if (table != null) {
            return new String(
                    table, (int) offset, end(table, (int) offset, table.length, offset) - (int) offset, UTF_8);
        }
        int length = (int) Math.min(WINDOW, size - offset);
        while (true) {
            byte[] window = new byte[length];
            file.read("a string", start + offset, window, length);
            int most = (int) Math.min(MAX_NAME, size - offset);
            if (length == most || window[length - 1] == 0 || hasEnd(window)) {
                return new String(window, 0, end(window, 0, length, offset), UTF_8);
            }
            length = Math.min(most, length * 8);
        }
    }

    private static boolean hasEnd(byte[] window) {
        for (byte each : window) {
            if (each == 0) {
                return true;
            }
        }
        return false;
    }

    /** Where the string that begins there ends. */
    private int end(byte[] table, int from, int to, long offset) throws GsymException {
        int end = from;
        int last = (int) Math.min(to, from + (long) MAX_NAME);
        while (end < last && table[end] != 0) {
            end++;
        }
        if (end == last) {
            throw file.damaged(start + offset, "a string of the string table has no end, or is too long for a name");
        }
        return end;
    }

    /** The whole table, which stays in memory from then on. */
    byte[] whole() throws IOException {
        byte[] table = bytes;
        if (table == null) {
            synchronized (this) {
                table = bytes;
                if (table == null) {
                    table = file.whole("the string table", start, size);
                    bytes = table;
                }
            }
        }
        return table;
    }
}
