package dev.backline.elf;

import static java.nio.charset.StandardCharsets.UTF_8;

/** NUL-terminated names in a string table (gABI ch. 4, "String Table"). */
final class Strings {
    private Strings() {}

    /** The end of the name that starts at {@code start}: its NUL, or the end of the table. */
    static int end(byte[] table, int start) {
        return end(table, start, Integer.MAX_VALUE);
    }

    /** The end of the name that starts at {@code start}, at most {@code limit} bytes after it. */
    static int end(byte[] table, int start, int limit) {
        int last = (int) Math.min(table.length, (long) start + limit);
        int end = start;
        while (end < last && table[end] != 0) {
            end++;
        }
        return end;
    }

    static String of(byte[] table, int start, int end) {
        return new String(table, start, end - start, UTF_8);
    }
}
