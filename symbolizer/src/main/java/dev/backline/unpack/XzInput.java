package dev.backline.unpack;

import java.io.IOException;

/** Compressed data that can be read at any position. */
public interface XzInput {
    /** {@return the number of bytes} The number does not change. */
    long size();

    /**
     * Reads exactly {@code length} bytes. The caller has checked that they lie within {@link #size}.
     *
     * @param position of the first byte, from 0
     * @param into the destination
     * @param at the index of the first byte in the destination
     * @param length the number of bytes
     * @throws IOException if they cannot be read
     */
    void read(long position, byte[] into, int at, int length) throws IOException;
}
