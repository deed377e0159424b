package dev.backline.unpack;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Decompresses zstd data (RFC 8878) while it is read. The memory is a few times the window, and
 * grows with what is read. Not thread-safe.
 */
public final class ZstdInputStream extends InputStream {
    /** The largest window that the zstd tool accepts without an option. */
    private static final int MAX_WINDOW = 128 << 20;

    private final InputStream in;
    private final ZstdDecoder decoder;
    private byte[] buffer = new byte[2 * ZstdDecoder.MAX_BLOCK];
    private int position;
    private int end;

    /**
     * Creates a stream.
     *
     * @param in the compressed data; closed with this stream
     */
    public ZstdInputStream(InputStream in) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.decoder = new ZstdDecoder(this.in, MAX_WINDOW);
    }

    @Override
    public int read() throws IOException {
        if (position == end && !more()) {
            return -1;
        }
        return buffer[position++] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
        Objects.checkFromIndexSize(at, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (position == end && !more()) {
            return -1;
        }
        int n = Math.min(length, end - position);
        System.arraycopy(buffer, position, into, at, n);
        position += n;
        return n;
    }

    @Override
    public int available() {
        return end - position;
    }

    private boolean more() throws IOException {
        if (buffer.length - end < ZstdDecoder.MAX_BLOCK) {
            slide(decoder.history());
        }
        int n = decoder.next(buffer, end, buffer.length - end);
        position = end;
        end += Math.max(0, n);
        return n > 0;
    }

    private void slide(int kept) throws UnpackException {
        byte[] old = buffer;
        // With a buffer of twice the kept bytes, each byte moves once
        int capacity = 2 * kept + ZstdDecoder.MAX_BLOCK;
        if (capacity > old.length) {
            try {
                buffer = new byte[capacity];
            } catch (OutOfMemoryError e) {
                throw new UnpackException(
                        "not enough memory for a window of " + kept + " bytes or more; give Java a larger heap (-Xmx)");
            }
        }
        System.arraycopy(old, end - kept, buffer, 0, kept);
        end = kept;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
