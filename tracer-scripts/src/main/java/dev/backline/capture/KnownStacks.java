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

    /** In how many places a stack may be. */
    private static final int WAYS = 4;

    /** A stack. */
    static final class Known {
        private final byte[] text;
        private final ProbeStack.Shape shape;
        private final int lines;

        /**
         * @param text its lines with their ends; is kept
         * @param lines how many they are
         */
        Known(byte[] text, ProbeStack.Shape shape, int lines) {
            this.text = text;
            this.shape = shape;
            this.lines = lines;
        }

        byte[] text() {
            return text;
        }

        ProbeStack.Shape shape() {
            return shape;
        }

        int lines() {
            return lines;
        }
    }

    private final @Nullable Known[] slots = new Known[SLOTS];
    private final CRC32 crc = new CRC32();
    private int bytes;

    private int slot(byte[] text, int from, int to) {
        crc.reset();
        crc.update(text, from, to - from);
        return (int) crc.getValue() & (SLOTS - WAYS);
    }

    /** The stack of that text, or null. */
    @Nullable
    Known get(byte[] text, int from, int to) {
        int slot = slot(text, from, to);
        for (int i = slot; i < slot + WAYS; i++) {
            Known known = slots[i];
            if (known != null && Arrays.equals(known.text(), 0, known.text().length, text, from, to)) {
                return known;
            }
        }
        return null;
    }

    /** Keeps a stack, in the place of another if need be. */
    void put(Known stack) {
        byte[] text = stack.text();
        if (bytes + text.length > MAX_BYTES) {
            clear();
        }
        int slot = slot(text, 0, text.length);
        int last = slot + WAYS - 1;
        Known left = slots[last];
        System.arraycopy(slots, slot, slots, slot + 1, WAYS - 1);
        slots[slot] = stack;
        bytes += text.length - (left == null ? 0 : left.text().length);
    }

    void clear() {
        Arrays.fill(slots, null);
        bytes = 0;
    }
}
