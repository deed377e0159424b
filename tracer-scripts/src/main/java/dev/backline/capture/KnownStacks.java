package dev.backline.capture;

import dev.backline.io.HeapShare;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Parsed stacks by their text: the RSTs of a host come from a few hundred places, again and again. Bounded; a stack that does
 * not fit is parsed again. Not thread-safe.
 */
final class KnownStacks {
    /** Longer texts are not kept. */
    static final int MAX_TEXT = 1 << 14;

    /** The length of all texts; each takes about six times as much memory. */
    private static final int MAX_BYTES = HeapShare.count(16, 6, 1 << 22);

    private static final int SLOTS = 1 << 13;

    /** How many slots of the table a stack can be in. */
    private static final int WAYS = 4;

    /** A stack. */
    static final class Known {
        private final byte[] text;
        private final ProbeStack.Shape shape;
        private final int lines;

        /**
         * @param text its lines with their line ends; not copied
         * @param lines the number of lines
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

    /** The stack with this text, or null. */
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

    /** Keeps a stack, and replaces another one if necessary. */
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
