package dev.backline.elf;

import dev.backline.io.AddressOrder;
import dev.backline.io.Hex;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Bytes by position: a file, an array, or a view of either. Thread-safe. */
public abstract class ByteSource implements Closeable {
    ByteSource() {}

    /**
     * Opens a file. A file that is compressed as a whole (gzip, xz or zstd, by its first bytes) is decompressed
     * into memory.
     *
     * @param path of a regular file
     * @return the decompressed bytes; the caller closes them
     * @throws ElfException if the compressed data is damaged, or the path is not a regular file
     * @throws IOException if the file does not exist or cannot be read
     */
    public static ByteSource open(Path path) throws IOException {
        return unpacked(path.toString(), openFile(path));
    }

    /**
     * Opens a file without decompressing it.
     *
     * @param path of a regular file
     * @return the bytes of the file; the caller closes them
     * @throws ElfException if the path is not a regular file
     * @throws IOException if the file does not exist or cannot be read
     */
    public static ByteSource openFile(Path path) throws IOException {
        String name = path.toString();
        try {
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw new ElfException(name + ": is " + (Files.isDirectory(path) ? "a directory" : "not a regular file")
                        + "; give an ELF file such as vmlinux or a .ko");
            }
            return new OfFile(FileChannel.open(path, StandardOpenOption.READ));
        } catch (NoSuchFileException e) {
            throw withCause(new NoSuchFileException(name, null, "there is no such file"), e);
        } catch (AccessDeniedException e) {
            throw withCause(new AccessDeniedException(name, null, "you may not read this file"), e);
        }
    }

    /**
     * {@return whether a file is compressed as a whole (gzip, xz or zstd), by its first bytes}
     *
     * @param file its bytes
     * @throws IOException if the file cannot be read
     */
    public static boolean isPacked(ByteSource file) throws IOException {
        return !HeaderReader.hasMagic(file) && Unpacking.method(file) != null;
    }

    /**
     * {@return the bytes of a file, decompressed into memory if the file is compressed as a whole}
     *
     * @param name of the file in messages
     * @param file its bytes; closed if they are decompressed, and by a failure
     * @throws ElfException if the compressed data is damaged
     * @throws IOException if the file cannot be read
     */
    public static ByteSource unpacked(String name, ByteSource file) throws IOException {
        try {
            String method = HeaderReader.hasMagic(file) ? null : Unpacking.method(file);
            if (method == null) {
                return file;
            }
            ByteSource source = new OfArray(Unpacking.unpack(name, method, file));
            file.close();
            return source;
        } catch (ElfException e) {
            file.close();
            throw e;
        } catch (IOException e) {
            file.close();
            throw new ElfException(name + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The size of the blocks of {@link #checked}, in bytes. */
    public static final int CHECKED_BLOCK = 4096;

    /**
     * {@return a part of a file whose blocks are compared with checksums before their first use} A read of a damaged
     * block fails.
     *
     * @param file closing the part leaves it open
     * @param start of the part
     * @param size of the part
     * @param sumsAt where the CRC-32 of each block of {@link #CHECKED_BLOCK} bytes is, big-endian
     * @throws IOException if the part or the checksums are outside the file, or cannot be read
     */
    public static ByteSource checked(ByteSource file, long start, long size, long sumsAt) throws IOException {
        if (!within(start, size, file.size())
                || size > (long) Integer.MAX_VALUE
                || !within(sumsAt, 4 * ((size + CHECKED_BLOCK - 1) / CHECKED_BLOCK), file.size())) {
            throw new ElfException("a part and its checksums extend past the end of the file");
        }
        return new CheckedBytes(file, start, size, sumsAt);
    }

    /**
     * {@return a part of a source; closing it leaves the source open}
     *
     * @param source the bytes
     * @param start of the part
     * @param size of the part
     * @throws IOException if the part is outside the source
     */
    public static ByteSource part(ByteSource source, long start, long size) throws IOException {
        if (!within(start, size, source.size())) {
            throw new ElfException("a part extends past the end of the file");
        }
        return new Part(source, start, size);
    }

    /**
     * {@return the decompressed bytes of a compressed file} Copies of some ranges are read from {@code kept}. A read outside
     * these ranges decompresses the file; so does a copy that cannot be read.
     *
     * @param name of the compressed file in messages
     * @param packed the compressed file; closed together with the source
     * @param size of the decompressed bytes
     * @param kept the kept bytes; closing the source leaves them open
     * @param ranges for each kept range its start, its length and its start in {@code kept}
     */
    public static ByteSource kept(String name, ByteSource packed, long size, ByteSource kept, long[] ranges) {
        return new KeptBytes(name, packed, size, kept, ranges.clone());
    }

    /**
     * {@return a source of these bytes}
     *
     * @param content not copied, and must not be changed
     */
    public static ByteSource of(byte[] content) {
        return new OfArray(content);
    }

    private static IOException withCause(IOException e, IOException cause) {
        e.initCause(cause);
        return e;
    }

    /** {@return the number of bytes} The number does not change. */
    public abstract long size();

    /**
     * Reads exactly {@code length} bytes from {@code position}. The caller has checked that they lie within
     * {@link #size}.
     *
     * @param position of the first byte, from 0
     * @param into the destination
     * @param at the index of the first byte in the destination
     * @param length the number of bytes
     * @throws IOException if they cannot be read, or the file has become shorter
     */
    public abstract void read(long position, byte[] into, int at, int length) throws IOException;

    /** Tells that reads in any order will follow: of a compressed section, everything is kept. */
    void keep() {}

    /** A stream of the bytes from the start to the end. Not thread-safe. */
    final InputStream stream() {
        return new Stream(this);
    }

    @Override
    public void close() throws IOException {}

    /**
     * {@return whether {@code [offset, offset + length)} lies within {@code [0, size)}, all unsigned}
     *
     * @param offset in bytes; a negative one is larger than any size
     * @param length in bytes; a negative one is larger than any size
     * @param size in bytes, from 0
     */
    public static boolean within(long offset, long length, long size) {
        return offset >= 0 && length >= 0 && offset <= size && length <= size - offset;
    }

    static final class OfArray extends ByteSource {
        private final byte[] content;

        OfArray(byte[] content) {
            this.content = content;
        }

        @Override
        public long size() {
            return content.length;
        }

        @Override
        public void read(long position, byte[] into, int at, int length) {
            System.arraycopy(content, (int) position, into, at, length);
        }
    }

    static final class OfFile extends ByteSource {
        /** FileChannel copies through a native buffer as large as the request, so requests are kept small. */
        private static final int CHUNK = 256 * 1024;

        private final FileChannel channel;
        private final long size;

        OfFile(FileChannel channel) throws IOException {
            this.channel = channel;
            this.size = channel.size();
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public void read(long position, byte[] into, int at, int length) throws IOException {
            int done = 0;
            while (done < length) {
                ByteBuffer buffer = ByteBuffer.wrap(into, at + done, Math.min(CHUNK, length - done));
                int n = channel.read(buffer, position + done);
                if (n < 0) {
                    throw new IOException("the file ends at " + Hex.text(position + done) + ", but had "
                            + Hex.text(size) + " bytes when it was opened");
                }
                done += n;
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** A part of another source; closing the part leaves the other source open. */
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
        public long size() {
            return size;
        }

        @Override
        public void read(long position, byte[] into, int at, int length) throws IOException {
            whole.read(start + position, into, at, length);
        }
    }

    /** Several sources, one behind the other; closing the whole leaves them open. */
    static final class Joined extends ByteSource {
        private final List<ByteSource> parts;
        /** Where each part starts, and the end of the last one. */
        private final long[] starts;

        Joined(List<ByteSource> parts) {
            this.parts = List.copyOf(parts);
            starts = new long[parts.size() + 1];
            for (int i = 0; i < parts.size(); i++) {
                starts[i + 1] = starts[i] + parts.get(i).size();
            }
        }

        @Override
        public long size() {
            return starts[parts.size()];
        }

        @Override
        void keep() {
            for (ByteSource part : parts) {
                part.keep();
            }
        }

        @Override
        public void read(long position, byte[] into, int at, int length) throws IOException {
            int part = AddressOrder.lastAtOrBefore(starts, position);
            long from = position;
            for (int done = 0; done < length; part++) {
                int n = (int) Math.min(length - done, starts[part + 1] - from);
                parts.get(part).read(from - starts[part], into, at + done, n);
                done += n;
                from += n;
            }
        }
    }

    private static final class Stream extends InputStream {
        private final ByteSource source;
        private final byte[] buffer;
        private long position;
        private int next;
        private int end;

        Stream(ByteSource source) {
            this.source = source;
            this.buffer = new byte[(int) Math.min(OfFile.CHUNK, source.size())];
        }

        @Override
        public int read() throws IOException {
            return next == end && !fill() ? -1 : buffer[next++] & 0xff;
        }

        @Override
        public int read(byte[] into, int at, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (next == end && !fill()) {
                return -1;
            }
            int n = Math.min(length, end - next);
            System.arraycopy(buffer, next, into, at, n);
            next += n;
            return n;
        }

        private boolean fill() throws IOException {
            next = 0;
            end = (int) Math.min(buffer.length, source.size() - position);
            source.read(position, buffer, 0, end);
            position += end;
            return end > 0;
        }
    }
}
