package dev.backline.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.tukaani.xz.SeekableInputStream;

/** A part of a file, for a decoder that skips. Closing the part closes the file. Not thread-safe. */
final class FileSlice extends SeekableInputStream {
    private final FileChannel file;
    private final long start;
    private final long length;
    private long position;

    FileSlice(FileChannel file, long start, long length) {
        this.file = file;
        this.start = start;
        this.length = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        int wanted = (int) Math.min(count, length - position);
        int n = wanted <= 0 ? -1 : file.read(ByteBuffer.wrap(into, at, wanted), start + position);
        position += Math.max(0, n);
        return n;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void seek(long to) {
        position = to;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
