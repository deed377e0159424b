package dev.backline.unpack;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32;

/**
 * Decompresses an xz file (The .xz File Format, version 1.2) into one array: any number of streams and blocks, with all
 * checks, with the filter LZMA2 only. The indexes at the end of the streams state the size in advance, so the array is
 * allocated once; it is also the dictionary. Not thread-safe.
 */
public final class XzFile {
    /** The size of a stream's header and of its footer. */
    private static final int HEADER = 12;

    private static final int LZMA2 = 0x21;
    /** 4 GiB - 1; all smaller ones are 2 or 3 times a power of 2. */
    private static final int MAX_DICTIONARY = 40;

    private static final int CHECK_NONE = 0;
    private static final int CHECK_CRC_32 = 1;
    private static final int CHECK_CRC_64 = 4;
    private static final int CHECK_SHA_256 = 10;

    private final XzInput in;
    private final long size;

    /**
     * A stream.
     *
     * @param start the position of its header
     * @param index the position of its index
     * @param end the position after its footer
     * @param check the kind of check that ends each block
     * @param size the number of bytes of the decompressed data, as the index states it
     */
    private record Stream(long start, long index, long end, int check, long size) {}

    private XzFile(XzInput in, long size) {
        this.in = in;
        this.size = size;
    }

    /**
     * Reads the headers, footers and indexes of all streams; decompresses nothing.
     *
     * @param in the file
     * @return the file
     * @throws UnpackException if it is not an xz file, or is damaged
     * @throws IOException if it cannot be read
     */
    public static XzFile open(XzInput in) throws IOException {
        long size = 0;
        long end = in.size();
        do {
            Stream stream = streamBefore(in, end);
            size = sum(size, stream.size());
            end = stream.start();
        } while (end > 0);
        return new XzFile(in, size);
    }

    /** {@return the number of bytes of the decompressed data, as the indexes state it, from 0} */
    public long size() {
        return size;
    }

    /**
     * Decompresses the file.
     *
     * @return an array of {@link #size} bytes; the caller has checked that it fits in memory
     * @throws UnpackException if the file is damaged
     * @throws UnsupportedFilterException if the file needs another filter than LZMA2
     * @throws IOException if the file cannot be read
     */
    public byte[] unpack() throws IOException {
        byte[] out = new byte[Math.toIntExact(size)];
        Lzma2Decoder decoder = new Lzma2Decoder(in, out);
        long end = in.size();
        long outStart = size;
        do {
            Stream stream = streamBefore(in, end);
            outStart -= stream.size();
            if (outStart < 0) {
                throw changed();
            }
            unpack(stream, decoder, out, (int) outStart);
            end = stream.start();
        } while (end > 0);
        if (outStart != 0) {
            throw changed();
        }
        return out;
    }

    private static UnpackException changed() {
        return new UnpackException("the file changed while it was read");
    }

    private static long sum(long a, long b) throws UnpackException {
        if (a > Long.MAX_VALUE - b) {
            throw new UnpackException("the sizes in an index are too large");
        }
        return a + b;
    }

    /** The last stream that ends at {@code fileEnd} or before padding that ends there. */
    private static Stream streamBefore(XzInput in, long fileEnd) throws IOException {
        long end = withoutPadding(in, fileEnd);
        if (end < 2 * HEADER) {
            throw new UnpackException("the file is cut, or has other data after its end");
        }
        byte[] footer = new byte[HEADER];
        in.read(end - HEADER, footer, 0, HEADER);
        CRC32 crc = new CRC32();
        crc.update(footer, 4, 6);
        int check = footer[9];
        if (footer[10] != 'Y'
                || footer[11] != 'Z'
                || word(footer, 0) != crc.getValue()
                || footer[8] != 0
                || (check & 0xf0) != 0) {
            throw new UnpackException("the file is cut, or has other data after its end");
        }
        long footerStart = end - HEADER;
        long index = footerStart - 4 * (word(footer, 4) + 1);
        if (index < HEADER) {
            throw new UnpackException("an index extends past the start of the file");
        }
        long blocks = 0;
        long size = 0;
        XzIndex records = new XzIndex(in, index, footerStart);
        while (records.next()) {
            blocks += records.paddedSize();
            if (blocks > index - HEADER) {
                throw new UnpackException("the blocks of an index extend past the start of the file");
            }
            size = sum(size, records.size());
        }
        long start = index - blocks - HEADER;
        XzReader header = new XzReader(in, start, start + HEADER);
        String what = "a stream has no header, or another one than its footer";
        for (int magic : new int[] {0xfd, '7', 'z', 'X', 'Z', 0}) {
            header.expect(magic, what);
        }
        header = new XzReader(in, start + 6, start + HEADER);
        header.expect(0, what);
        header.expect(check, what);
        header.checksum();
        return new Stream(start, index, end, check, size);
    }

    /** The end of a part of the file without words of 0 at the end. */
    private static long withoutPadding(XzInput in, long fileEnd) throws IOException {
        byte[] buffer = new byte[256];
        for (long end = fileEnd; end > 0; ) {
            int length = (int) Math.min(buffer.length, end);
            in.read(end - length, buffer, 0, length);
            int left = length;
            while (left >= 4 && word(buffer, left - 4) == 0) {
                left -= 4;
            }
            end -= length - left;
            if (left > 0) {
                return end;
            }
        }
        return 0;
    }

    private static long word(byte[] bytes, int at) {
        return (bytes[at] & 0xff)
                | ((bytes[at + 1] & 0xff) << 8)
                | ((bytes[at + 2] & 0xff) << 16)
                | ((bytes[at + 3] & 0xffL) << 24);
    }

    private void unpack(Stream stream, Lzma2Decoder decoder, byte[] out, int outStart) throws IOException {
        XzIndex records = new XzIndex(in, stream.index(), stream.end() - HEADER);
        long position = stream.start() + HEADER;
        long at = outStart;
        while (records.next()) {
            long next = position + records.paddedSize();
            if (next > stream.index() || at + records.size() > outStart + stream.size()) {
                throw changed();
            }
            unpackBlock(position, records, stream.check(), decoder, out, (int) at);
            position = next;
            at += records.size();
        }
    }

    private void unpackBlock(long start, XzIndex record, int check, Lzma2Decoder decoder, byte[] out, int at)
            throws IOException {
        int checkSize = check == CHECK_NONE ? 0 : 4 << ((check - 1) / 3);
        long dataEnd = start + record.unpaddedSize() - checkSize;
        if (dataEnd <= start) {
            throw new UnpackException("a block is smaller than its check");
        }
        XzReader header = new XzReader(in, start, dataEnd);
        long dataStart = start + 4L * (header.next() + 1);
        int flags = header.next();
        long packedSize = (flags & 0x40) != 0 ? header.number() : dataEnd - dataStart;
        long size = (flags & 0x80) != 0 ? header.number() : record.size();
        if ((flags & 3) != 0 || header.number() != LZMA2) {
            throw new UnsupportedFilterException("the file needs other filters than LZMA2");
        }
        long properties = header.number();
        int dictionary = header.next();
        while (header.position() < dataStart - 4) {
            header.expect(0, "a block has unknown options");
        }
        header.checksum();
        if (header.position() != dataStart || (flags & 0x3c) != 0 || properties != 1 || dictionary > MAX_DICTIONARY) {
            throw new UnpackException("a block has unknown options");
        }
        if (packedSize != dataEnd - dataStart || size != record.size()) {
            throw new UnpackException("a block has other sizes than the index states");
        }

        int end = at + (int) size;
        if (decoder.decode(dataStart, dataEnd, at, end, dictionarySize(dictionary)) != dataEnd) {
            throw new UnpackException("a block ends before the position that the index states");
        }

        XzReader trailer = new XzReader(in, dataEnd, start + record.paddedSize());
        while (((trailer.position() - start + checkSize) & 3) != 0) {
            trailer.expect(0, "the padding of a block is not 0");
        }
        for (byte b : check(check, out, at, end)) {
            trailer.expect(b & 0xff, "the decompressed data has another checksum than the file states");
        }
    }

    private static byte[] check(int check, byte[] out, int start, int end) throws UnpackException {
        return switch (check) {
            case CHECK_NONE -> new byte[0];
            case CHECK_CRC_32 -> {
                CRC32 crc = new CRC32();
                crc.update(out, start, end - start);
                yield littleEndian(crc.getValue(), 4);
            }
            case CHECK_CRC_64 -> littleEndian(Crc64.of(out, start, end), 8);
            case CHECK_SHA_256 -> {
                MessageDigest digest = sha256();
                digest.update(out, start, end - start);
                yield digest.digest();
            }
            default -> throw new UnpackException("the kind of check " + check + " is not supported");
        };
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }

    private static byte[] littleEndian(long value, int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (value >>> (8 * i));
        }
        return bytes;
    }

    private static int dictionarySize(int bits) {
        return (int) Math.min(Integer.MAX_VALUE, (2L | (bits & 1)) << (bits / 2 + 11));
    }
}
