package dev.backline.elf;

import static java.nio.charset.StandardCharsets.UTF_8;

/** NUL-terminated names in a string table (gABI ch. 4, "String Table"). */
final class Strings {
    private Strings() {}

    /** Where the name that starts at {@code start} ends: at its NUL, or where the table does. */
    static int end(byte[] table, int start) {
        return end(table, start, Integer.MAX_VALUE);
    }

    /** The same, and no further than {@code limit} bytes behind its start. */
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
