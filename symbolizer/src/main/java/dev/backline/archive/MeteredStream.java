package dev.backline.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of an archive and stops at a limit. commons-compress reads names and extended headers of any size into
 * memory, and follows a chain of them by recursion: the limit bounds both.
 */
final class MeteredStream extends FilterInputStream {
    private long position;
    private long limit = Long.MAX_VALUE;
    private boolean atLimit;
    private boolean ended;
    private @Nullable IOException failure;

    MeteredStream(InputStream in) {
        super(in);
    }

    /** Allows this many more bytes. */
    void allow(long bytes) {
        limit = bytes > Long.MAX_VALUE - position ? Long.MAX_VALUE : position + bytes;
    }

    /** Allows any number of bytes. */
    void allowAll() {
        limit = Long.MAX_VALUE;
    }

    /** The number of bytes read or skipped. */
    long position() {
        return position;
    }

    /** Whether a read exceeded the limit. */
    boolean isAtLimit() {
        return atLimit;
    }

    /** Whether the end of the stream was reached. */
    boolean isEnded() {
        return ended;
    }

    /** The failure of the stream below, which is none of the archive's; null if there is none. */
    @Nullable
    IOException failure() {
        return failure;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int most = (int) Math.min(length, room());
        try {
            int n = in.read(into, at, most);
            count(n);
            return n;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public long skip(long bytes) throws IOException {
        if (bytes <= 0) {
            return 0;
        }
        long n = in.skip(Math.min(bytes, room()));
        position += n;
        return n;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private long room() throws IOException {
        if (position >= limit) {
            atLimit = true;
            throw new IOException("the limit of bytes is exceeded");
        }
        return limit - position;
    }

    private void count(int n) {
        if (n < 0) {
            ended = true;
        } else {
            position += n;
        }
    }
}
