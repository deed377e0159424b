package dev.backline.trace;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The names that were read last, so that a name of which a log is full is one string: its hash is computed once, and equal
 * names are mostly identical. Bounded. Not thread-safe.
 */
final class Names {
    /** A power of 2. Names with the same slot replace each other. */
    private static final int SLOTS = 1 << 11;

    /** A longer name is not kept. */
    private static final int MAX_LENGTH = 64;

    private final @Nullable String[] known = new @Nullable String[SLOTS];

    /** {@return the text between two positions, as ISO-8859-1} */
    String of(byte[] line, int from, int to) {
        int length = to - from;
        if (length > MAX_LENGTH) {
            return new String(line, from, length, StandardCharsets.ISO_8859_1);
        }
        // The hash of the string.
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + (line[i] & 0xff);
        }
        int slot = (hash ^ hash >>> 16) & (SLOTS - 1);
        String name = known[slot];
        if (name == null || name.hashCode() != hash || !isAt(name, line, from, length)) {
            name = new String(line, from, length, StandardCharsets.ISO_8859_1);
            known[slot] = name;
        }
        return name;
    }

    private static boolean isAt(String name, byte[] line, int from, int length) {
        if (name.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (name.charAt(i) != (line[from + i] & 0xff)) {
                return false;
            }
        }
        return true;
    }
}
