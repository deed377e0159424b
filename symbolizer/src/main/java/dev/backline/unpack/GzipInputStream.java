package dev.backline.unpack;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * Decompresses gzip data (RFC 1952) with any number of members while it is read. The JDK's stream reads an empty member by
 * calling itself, so that thousands of them overflow the stack. Not thread-safe.
 */
public final class GzipInputStream extends GZIPInputStream {
    private static final int BUFFER = 1 << 16;

    private boolean reading;

    /**
     * Opens a stream.
     *
     * @param in the compressed data; closed with this stream
     * @throws IOException if the data does not begin with the header of a member
     */
    public GzipInputStream(InputStream in) throws IOException {
        super(in, BUFFER);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (reading || length == 0) {
            // The JDK's stream calls this method after an empty member: the loop below goes on.
            return 0;
        }
        reading = true;
        try {
            int read;
            do {
                read = super.read(into, offset, length);
            } while (read == 0);
            return read;
        } finally {
            reading = false;
        }
    }
}
