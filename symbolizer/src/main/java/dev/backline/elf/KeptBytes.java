package dev.backline.elf;

import dev.backline.io.Lazy;
import java.io.IOException;

/**
 * The decompressed bytes of a compressed file. Copies of some ranges are kept elsewhere and read from there. A read outside
 * these ranges decompresses the file; so does a copy that cannot be read. Thread-safe.
 */
final class KeptBytes extends ByteSource {
    private final ByteSource kept;
    /** For each range: its start in the decompressed file, its length, its start in the kept bytes. Sorted. */
    private final long[] ranges;

    private final long size;
    private final ByteSource packed;
    private final Lazy<ByteSource, IOException> whole;

    KeptBytes(String name, ByteSource packed, long size, ByteSource kept, long[] ranges) {
        this.kept = kept;
        this.ranges = ranges;
        this.size = size;
        this.packed = packed;
        whole = new Lazy<>() {
            @Override
            protected ByteSource compute() throws IOException {
                ByteSource bytes = unpacked(name, packed);
                if (bytes.size() != size) {
                    throw new ElfException(name + ": has been replaced while it was read");
                }
                return bytes;
            }
        };
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, byte[] into, int at, int length) throws IOException {
        if (whole.ifComputed() == null) {
            for (int i = 0; i < ranges.length; i += 3) {
                long from = position - ranges[i];
                if (from >= 0 && from + length <= ranges[i + 1]) {
                    try {
                        kept.read(ranges[i + 2] + from, into, at, length);
                        return;
                    } catch (IOException e) {
                        // The file itself has the bytes too.
                        break;
                    }
                }
            }
        }
        whole.get().read(position, into, at, length);
    }

    @Override
    public void close() throws IOException {
        packed.close();
    }
}
