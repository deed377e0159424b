package dev.backline.elf;

import static java.nio.charset.StandardCharsets.UTF_8;

/** NUL-terminated names in a string table (gABI ch. 4, "String Table"). */
final class Strings {
    private Strings() {}

    /** Where the name that starts at {@code start} ends: at its NUL, or where the table does. */
    static int end(byte[] table, int start) {
        int end = start;
        while (end < table.length && table[end] != 0) {
            end++;
        }
        return end;
    }

    static String of(byte[] table, int start, int end) {
        return new String(table, start, end - start, UTF_8);
    }
}
