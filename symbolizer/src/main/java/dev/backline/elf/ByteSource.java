package dev.backline.elf;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Bytes by position: a file, an array, or what stands on either. Thread-safe. */
abstract class ByteSource implements Closeable {
    /** In bytes; does not change. */
    abstract long size();

    /**
     * Exactly {@code length} bytes from {@code position}. The caller has checked that they lie
     * within {@link #size}.
     */
    abstract void read(long position, byte[] into, int at, int length) throws IOException;

    @Override
    public void close() throws IOException {}

    /** Whether {@code [offset, offset + length)} lies within {@code [0, size)}, all unsigned. */
    static boolean within(long offset, long length, long size) {
        return offset >= 0 && length >= 0 && offset <= size && length <= size - offset;
    }

    static final class OfArray extends ByteSource {
        private final byte[] content;

        OfArray(byte[] content) {
            this.content = content;
        }

        @Override
        long size() {
            return content.length;
        }

        @Override
        void read(long position, byte[] into, int at, int length) {
            System.arraycopy(content, (int) position, into, at, length);
        }
    }

    static final class OfFile extends ByteSource {
        /** FileChannel copies through a native buffer as large as the request: keep that small. */
        private static final int CHUNK = 64 * 1024;

        private final FileChannel channel;
        private final long size;

        OfFile(FileChannel channel) throws IOException {
            this.channel = channel;
            this.size = channel.size();
        }

        @Override
        long size() {
            return size;
        }

        @Override
        void read(long position, byte[] into, int at, int length) throws IOException {
            int done = 0;
            while (done < length) {
                ByteBuffer buffer = ByteBuffer.wrap(into, at + done, Math.min(CHUNK, length - done));
                int n = channel.read(buffer, position + done);
                if (n < 0) {
                    throw new IOException("the file ends at " + Words.hex(position + done) + ", but had "
                            + Words.hex(size) + " bytes when it was opened");
                }
                done += n;
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** A part of another source; closing it leaves the other one open. */
    static final class Part extends ByteSource {
        private final ByteSource whole;
        private final long start;
        private final long size;

        /** The caller has checked that the part lies within the whole. */
        Part(ByteSource whole, long start, long size) {
            this.whole = whole;
            this.start = start;
            this.size = size;
        }

        @Override
        long size() {
            return size;
        }

        @Override
        void read(long position, byte[] into, int at, int length) throws IOException {
            whole.read(start + position, into, at, length);
        }
    }
}
