package dev.backline.unpack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * The bytes of a block as 64-bit words, from which bits are read backwards: the 64 bits that end at bit {@code p} are
 * {@code (words[i] >>> p) | ((words[i + 1] << 1) << ~p)} with {@code i = (p >>> 6) - 1}. C1 compiles a long from bytes
 * into branches and byte loads, but an element of a long[] into one load. Not thread-safe.
 */
final class BitWords {
    /** Bytes of 0 before the first byte, so that reads near the start stay in the array until their check. */
    static final int PAD = 16;

    final long[] words;

    private final ByteBuffer bytes;
    private final LongBuffer source;

    /** {@code block} has PAD bytes of 0, then data, and room for 16 bytes after the data. */
    BitWords(byte[] block) {
        words = new long[block.length >> 3];
        bytes = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        source = bytes.asLongBuffer();
    }

    /** Takes over the data that ends at byte {@code end} of the block. */
    void load(int end) {
        bytes.putLong(end, 0);
        source.position(0);
        source.get(words, 0, Math.min(words.length, (end >> 3) + 2));
    }

    /**
     * {@return the position of the mark that ends a bit stream: the highest bit of its last byte that is 1}
     *
     * @param from the index of the stream's first byte in the block
     * @param to the index after its last byte
     */
    int mark(int from, int to) throws UnpackException {
        int last = to > from ? bytes.get(to - 1) & 0xff : 0;
        if (last == 0) {
            throw new UnpackException("a bit stream has no end mark");
        }
        return ((to - 1) << 3) + 31 - Integer.numberOfLeadingZeros(last);
    }
}
