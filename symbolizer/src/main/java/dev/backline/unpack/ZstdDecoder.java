package dev.backline.unpack;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Decodes zstd data (RFC 8878) block by block into the caller's array: any number of frames and skippable frames,
 * checksums checked, no dictionaries. Not thread-safe.
 *
 * <p>The caller keeps the {@link #history} before the index at which the next block is to be written.
 */
public final class ZstdDecoder {
    /** The maximum number of bytes that one call of {@link #next} writes. */
    public static final int MAX_BLOCK = BlockDecoder.MAX_BLOCK;

    private static final int MAGIC = 0xFD2FB528;
    private static final int SKIPPABLE = 0x184D2A50;

    private final InputStream in;
    private final long maxWindow;
    private final BlockDecoder blocks = new BlockDecoder();
    private final Xxh64 hash = new Xxh64();

    private boolean inFrame;
    private boolean checked;
    private long window;
    /** The content size that the frame's header states, or -1. */
    private long stated;
    /** The number of bytes of the frame so far. */
    private long produced;

    /**
     * Creates a decoder; nothing is read yet.
     *
     * @param in the compressed data
     * @param maxWindow the largest window to support, in bytes; frames with a larger one are refused
     */
    public ZstdDecoder(InputStream in, long maxWindow) {
        this.in = in;
        this.maxWindow = maxWindow;
    }

    /** {@return the number of bytes before the next block that it may refer to} */
    public int history() {
        return inFrame ? (int) Math.min(window, produced) : 0;
    }

    /**
     * Decodes the next block that is not empty.
     *
     * @param out has {@link #history} earlier bytes before {@code at}
     * @param at the index of the first byte to write
     * @param room the most bytes to write; a block that is longer is refused
     * @return the number of bytes written, or -1 at the end of the data
     * @throws UnpackException if the data is damaged, ends early, or needs a dictionary or a larger window
     * @throws IOException if the data cannot be read
     */
    public int next(byte[] out, int at, int room) throws IOException {
        try {
            while (inFrame || frame()) {
                int size = block(out, at, room);
                if (size > 0) {
                    return size;
                }
            }
            return -1;
        } catch (IndexOutOfBoundsException e) {
            UnpackException damaged = new UnpackException("a block is damaged");
            damaged.initCause(e);
            throw damaged;
        }
    }

    /** Reads frame headers until one of a frame with content; false at the end of the data. */
    private boolean frame() throws IOException {
        while (true) {
            int first = in.read();
            if (first < 0) {
                return false;
            }
            int magic = first | ((int) number(3) << 8);
            if ((magic & -16) == SKIPPABLE) {
                skip(number(4));
            } else if (magic == MAGIC) {
                header();
                return true;
            } else {
                throw new UnpackException("a zstd frame does not begin with its magic number");
            }
        }
    }

    private void header() throws IOException {
        int descriptor = (int) number(1);
        boolean single = (descriptor & 0x20) != 0;
        if ((descriptor & 8) != 0) {
            throw new UnpackException("a zstd frame has a reserved bit");
        }
        checked = (descriptor & 4) != 0;
        long size = 0;
        if (!single) {
            int w = (int) number(1);
            long base = 1L << (10 + (w >> 3));
            size = base + (base >> 3) * (w & 7);
        }
        int idSize = (descriptor & 3) == 3 ? 4 : descriptor & 3;
        long dictionary = number(idSize);
        if (dictionary != 0) {
            throw new UnpackException(
                    "the zstd data needs dictionary " + dictionary + "; dictionaries are not supported");
        }
        stated = switch (descriptor >> 6) {
            case 0 -> single ? number(1) : -1;
            case 1 -> number(2) + 256;
            case 2 -> number(4);
            default -> number(8);
        };
        if (single) {
            size = stated;
        }
        if (size < 0 || size > maxWindow) {
            throw new UnpackException("the zstd data needs a window of " + Long.toUnsignedString(size)
                    + " bytes; the limit is " + maxWindow);
        }
        window = size;
        produced = 0;
        inFrame = true;
        hash.reset();
        blocks.reset();
    }

    private int block(byte[] out, int at, int room) throws IOException {
        int header = (int) number(3);
        boolean last = (header & 1) != 0;
        int size = header >>> 3;
        int most = (int) Math.min(window, MAX_BLOCK);
        if (size > most) {
            throw new UnpackException("a zstd block of " + size + " bytes is larger than its limit of " + most);
        }
        int type = (header >> 1) & 3;
        if (type < 2 && size > room) {
            throw new UnpackException("a zstd block is longer than " + room + " bytes");
        }
        int count;
        switch (type) {
            case 0 -> {
                fill(out, at, size);
                count = size;
            }
            case 1 -> {
                Arrays.fill(out, at, at + size, (byte) number(1));
                count = size;
            }
            case 2 -> {
                fill(blocks.block, BitWords.PAD, size);
                count = blocks.decode(size, out, at, at - history(), at + Math.min(most, room)) - at;
            }
            default -> throw new UnpackException("a zstd block has a reserved type");
        }
        produced += count;
        if (checked) {
            hash.update(out, at, count);
        }
        if (stated >= 0 && (last ? produced != stated : produced > stated)) {
            throw new UnpackException("a zstd frame decompresses to " + produced + (last ? "" : " or more")
                    + " bytes; its header states " + stated);
        }
        if (last) {
            inFrame = false;
            if (checked && number(4) != (hash.value() & 0xffff_ffffL)) {
                throw new UnpackException("the checksum of a zstd frame does not match");
            }
        }
        return count;
    }

    /** A little-endian number of {@code size} bytes. */
    private long number(int size) throws IOException {
        long number = 0;
        for (int i = 0; i < size; i++) {
            int b = in.read();
            if (b < 0) {
                throw early();
            }
            number |= (long) b << (8 * i);
        }
        return number;
    }

    private void fill(byte[] into, int at, int size) throws IOException {
        if (in.readNBytes(into, at, size) != size) {
            throw early();
        }
    }

    private void skip(long size) throws IOException {
        byte[] block = blocks.block;
        for (long left = size; left > 0; ) {
            int n = (int) Math.min(left, MAX_BLOCK);
            fill(block, BitWords.PAD, n);
            left -= n;
        }
    }

    private static UnpackException early() {
        return new UnpackException("the zstd data ends early");
    }
}
