package dev.backline.cli.triage;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How far a file expands, through all compressions and archives in it. A file that expands more than any log does is a
 * decompression bomb: memory is bounded anyway, and this bounds the time. Thread-safe.
 */
final class Expansion {
    /** A file may expand so far in any case: real logs of this size compress to less than a thousandth only if they repeat. */
    private static final long FREE = 1L << 30;

    /** zstd and xz reach this for a log of one repeated oops. */
    private static final long MOST = 2000;

    private final long free;
    private final AtomicLong packed = new AtomicLong();
    private final AtomicLong unpacked = new AtomicLong();
    private volatile @Nullable IOException failure;

    Expansion() {
        this(FREE);
    }

    /** @param free bytes to which a file may expand in any case */
    Expansion(long free) {
        this.free = free;
    }

    /** {@return the file, counted} */
    InputStream packed(InputStream in) {
        return new Counted(in) {
            @Override
            void count(int bytes) {
                packed.addAndGet(bytes);
            }
        };
    }

    /**
     * {@return what was decompressed, counted}
     *
     * @param name the file's name in the message of the failure
     */
    InputStream unpacked(String name, InputStream in) {
        return new Counted(in) {
            @Override
            void count(int bytes) throws IOException {
                check();
                if (unpacked.addAndGet(bytes) - free > MOST * packed.get()) {
                    IOException bomb = new IOException(name + ": expands to more than " + MOST
                            + " times its size, as no log does; if it is a log, unpack it first");
                    failure = bomb;
                    throw bomb;
                }
            }
        };
    }

    /** Fails if the file has expanded too far, also if the failure was handled where it happened. */
    void check() throws IOException {
        IOException bomb = failure;
        if (bomb != null) {
            throw bomb;
        }
    }

    /** Counts the bytes that are read. */
    private abstract static class Counted extends FilterInputStream {
        Counted(InputStream in) {
            super(in);
        }

        /** Takes the number of bytes of one read; a failure ends the reading. */
        abstract void count(int bytes) throws IOException;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int at, int length) throws IOException {
            int read = in.read(into, at, length);
            count(Math.max(0, read));
            return read;
        }

        /** Skipped bytes count, too. */
        @Override
        public long skip(long bytes) throws IOException {
            byte[] skipped = new byte[(int) Math.min(1 << 13, Math.max(0, bytes))];
            return Math.max(0, read(skipped, 0, skipped.length));
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
