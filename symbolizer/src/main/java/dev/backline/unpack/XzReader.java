package dev.backline.unpack;

import java.io.IOException;
import java.util.zip.CRC32;

/** Reads headers and indexes of an xz file: bytes, numbers, and the checksum of what was read. Not thread-safe. */
final class XzReader {
    private static final int BUFFER = 1024;

    private final XzInput in;
    private final byte[] buffer;
    private final CRC32 crc = new CRC32();

    /** The position in the file of the first byte after the buffer's content. */
    private long read;

    private final long end;
    private int next;
    private int limit;
    /** The index of the first byte in the buffer that the checksum lacks. */
    private int unchecked;

    /**
     * Reads the part of a file from {@code position} to {@code end}. The caller has checked that it lies within the file.
     */
    XzReader(XzInput in, long position, long end) {
        this.in = in;
        this.read = position;
        this.end = end;
        this.buffer = new byte[(int) Math.min(BUFFER, end - position)];
    }

    long position() {
        return read - (limit - next);
    }

    int next() throws IOException {
        if (next == limit) {
            crc.update(buffer, unchecked, limit - unchecked);
            int n = (int) Math.min(buffer.length, end - read);
            if (n <= 0) {
                throw new UnpackException("a header or an index extends past its end");
            }
            in.read(read, buffer, 0, n);
            read += n;
            next = 0;
            unchecked = 0;
            limit = n;
        }
        return buffer[next++] & 0xff;
    }

    void expect(int value, String what) throws IOException {
        if (next() != value) {
            throw new UnpackException(what);
        }
    }

    /** A number of 1 to 9 bytes with 7 bits each, the lowest first. */
    long number() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int b = next();
            value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                if (b == 0 && shift > 0) {
                    break;
                }
                return value;
            }
        }
        throw new UnpackException("a number in a header or an index is not encoded as it must be");
    }

    long word() throws IOException {
        return next() | (next() << 8) | (next() << 16) | ((long) next() << 24);
    }

    /** Reads the checksum of all bytes so far. */
    void checksum() throws IOException {
        crc.update(buffer, unchecked, next - unchecked);
        unchecked = next;
        long expected = crc.getValue();
        if (word() != expected) {
            throw new UnpackException("a header or an index has a wrong checksum");
        }
    }
}
