package dev.backline.capture;

import java.util.Arrays;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Stacks that were read, by their text: a host's RSTs come from a few hundred places, each again and again. Bounded; those
 * that do not fit are read anew. Not thread-safe.
 */
final class KnownStacks {
    /** Longer texts are not kept. */
    static final int MAX_TEXT = 1 << 14;

    /** Of all texts; what is kept of each takes some five times as much. */
    private static final int MAX_BYTES = 1 << 22;

    private static final int SLOTS = 1 << 13;

    /**
     * A stack.
     *
     * @param text its lines with their ends
     * @param lines how many they are
     */
    record Known(byte[] text, ProbeStack.Shape shape, int lines) {}

    private final @Nullable Known[] slots = new Known[SLOTS];
    private final CRC32 crc = new CRC32();
    private int bytes;

    private int slot(byte[] text, int from, int to) {
        crc.reset();
        crc.update(text, from, to - from);
        return (int) crc.getValue() & (SLOTS - 1);
    }

    /** The stack of that text, or null. */
    @Nullable
    Known get(byte[] text, int from, int to) {
        Known known = slots[slot(text, from, to)];
        return known != null && Arrays.equals(known.text(), 0, known.text().length, text, from, to) ? known : null;
    }

    /** Keeps a stack, in the place of another if need be. */
    void put(Known stack) {
        byte[] text = stack.text();
        if (bytes + text.length > MAX_BYTES) {
            clear();
        }
        int slot = slot(text, 0, text.length);
        Known before = slots[slot];
        bytes += text.length - (before == null ? 0 : before.text().length);
        slots[slot] = stack;
    }

    void clear() {
        Arrays.fill(slots, null);
        bytes = 0;
    }
}
