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
    private final InputStream in;
    private final ZstdDecoder decoder;
    private byte[] buffer = new byte[3 * ZstdDecoder.MAX_BLOCK];
    private int position;
    private int end;

    /**
     * Creates a stream.
     *
     * @param in the compressed data; closed with this stream
     * @param maxWindow the largest window to support, in bytes
     */
    public ZstdInputStream(InputStream in, long maxWindow) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.decoder = new ZstdDecoder(this.in, Math.min(maxWindow, 1 << 30));
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
        if (buffer.length - end < ZstdDecoder.MAX_BLOCK + 32) {
            int kept = decoder.history();
            byte[] old = buffer;
            // Moving the window is rare enough if it is at most a third of the buffer
            if (3L * kept + 2 * ZstdDecoder.MAX_BLOCK > old.length) {
                buffer = new byte[3 * kept + 2 * ZstdDecoder.MAX_BLOCK];
            }
            System.arraycopy(old, end - kept, buffer, 0, kept);
            end = kept;
        }
        int n = decoder.next(buffer, end);
        position = end;
        end += Math.max(0, n);
        return n > 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
