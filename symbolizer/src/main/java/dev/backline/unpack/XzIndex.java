package dev.backline.unpack;

import java.io.IOException;

/** Reads the index of a stream: the sizes of its blocks. Not thread-safe. */
final class XzIndex {
    /** The smallest block: a header of 4 bytes and a byte of data. */
    private static final int MIN_BLOCK = 5;

    private final XzReader in;
    private final long start;
    private final long end;
    private long left;
    private long unpaddedSize;
    private long size;

    /**
     * Starts to read.
     *
     * @param start the position of the index
     * @param end the position of the footer
     */
    XzIndex(XzInput source, long start, long end) throws IOException {
        this.in = new XzReader(source, start, end);
        this.start = start;
        this.end = end;
        in.expect(0, "there is no index where the footer says");
        left = in.number();
    }

    /** Moves to the next block; at the end, checks the checksum. */
    boolean next() throws IOException {
        if (left > 0) {
            left--;
            unpaddedSize = in.number();
            size = in.number();
            if (unpaddedSize < MIN_BLOCK || unpaddedSize > Long.MAX_VALUE - 3) {
                throw new UnpackException("an index has a block of " + unpaddedSize + " bytes");
            }
            return true;
        }
        while (((in.position() - start) & 3) != 0) {
            in.expect(0, "the padding of an index is not 0");
        }
        in.checksum();
        if (in.position() != end) {
            throw new UnpackException("an index ends before its footer");
        }
        return false;
    }

    /** The size of the block without the padding. */
    long unpaddedSize() {
        return unpaddedSize;
    }

    /** The size of the block with the padding. */
    long paddedSize() {
        return (unpaddedSize + 3) & -4;
    }

    /** The size of the decompressed data. */
    long size() {
        return size;
    }
}
