package dev.backline.elf;

import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses sections: SHF_COMPRESSED (gABI ch. 4, "Section Compression") and the older GNU
 * .zdebug_*. The size in the section's header must be the size of the decompressed data.
 */
final class Decompression {
    private static final int ELFCOMPRESS_ZLIB = 1;
    private static final int ELFCOMPRESS_ZSTD = 2;
    /** The maximum ratio of deflate: 258 bytes from 2 bits. */
    private static final long MAX_RATIO_ZLIB = 1032;
    /** The maximum ratio of zstd: 128 KiB from a block of 4 bytes (RFC 8878, 3.1.1.2). */
    private static final long MAX_RATIO_ZSTD = 32 * 1024;

    private static final int CHUNK = 64 * 1024;

    private final ElfFile file;
    private final Section section;
    private final ByteSource source;

    private Decompression(ElfFile file, Section section, ByteSource source) {
        this.file = file;
        this.section = section;
        this.source = source;
    }

    /** The section's bytes; decompressed into memory if it is compressed. */
    static ByteSource unpacked(ElfFile file, Section section, ByteSource source) throws IOException {
        if ((section.flags() & Section.SHF_COMPRESSED) != 0) {
            return new Decompression(file, section, source).withHeader();
        }
        if (section.name().startsWith(".zdebug_")) {
            return new Decompression(file, section, source).zdebug();
        }
        return source;
    }

    /** Elf32_Chdr is ch_type, ch_size, ch_addralign; Elf64_Chdr has a reserved word after ch_type. */
    private ByteSource withHeader() throws IOException {
        boolean is64 = file.header().is64();
        boolean big = file.header().bigEndian();
        int headerSize = is64 ? 24 : 12;
        if (source.size() < headerSize) {
            throw broken("its " + source.size() + " bytes are too few for a compression header");
        }
        byte[] header = new byte[headerSize];
        source.read(0, header, 0, headerSize);
        int type = Words.i32(header, 0, big);
        long size = Words.word(header, is64 ? 8 : 4, is64, big);
        ByteSource data = new ByteSource.Part(source, headerSize, source.size() - headerSize);
        return switch (type) {
            case ELFCOMPRESS_ZLIB -> zlib(data, size);
            case ELFCOMPRESS_ZSTD -> zstd(data, size);
            default ->
                throw broken("ch_type is " + Integer.toUnsignedString(type)
                        + "; supported: ELFCOMPRESS_ZLIB (1) and ELFCOMPRESS_ZSTD (2)");
        };
    }

    /** "ZLIB", the size as 8 bytes in big-endian order, and a zlib stream. */
    private ByteSource zdebug() throws IOException {
        if (source.size() < 12) {
            return source;
        }
        byte[] header = new byte[12];
        source.read(0, header, 0, 12);
        if (header[0] != 'Z' || header[1] != 'L' || header[2] != 'I' || header[3] != 'B') {
            return source;
        }
        return zlib(new ByteSource.Part(source, 12, source.size() - 12), Words.i64(header, 4, true));
    }

    private byte[] room(ByteSource data, long size, long maxRatio) throws ElfException {
        if (size < 0 || size / maxRatio > data.size()) {
            throw broken("its header states " + Long.toUnsignedString(size) + " decompressed bytes, more than "
                    + data.size() + " compressed bytes can hold");
        }
        return file.budget().allocate(file.name(), section.name(), size);
    }

    private ByteSource zlib(ByteSource data, long size) throws IOException {
        byte[] out = room(data, size, MAX_RATIO_ZLIB);
        byte[] in = new byte[(int) Math.min(CHUNK, data.size())];
        Inflater inflater = new Inflater();
        try {
            long read = 0;
            int done = 0;
            // Decompressing one byte more than stated shows whether the data is too long
            byte[] excess = new byte[1];
            while (true) {
                int n = done < out.length
                        ? inflater.inflate(out, done, out.length - done)
                        : inflater.inflate(excess, 0, 1);
                if (n > 0 && done == out.length) {
                    throw broken("its zlib data is longer than the stated " + size + " bytes");
                }
                done += n;
                if (inflater.finished()) {
                    long rest = data.size() - read + inflater.getRemaining();
                    if (done == out.length || rest == 0) {
                        break;
                    }
                    // "ld -r" concatenates streams
                    read = data.size() - rest;
                    inflater.reset();
                } else if (n == 0 && inflater.needsDictionary()) {
                    throw broken("its zlib data needs a preset dictionary");
                } else if (n == 0 && read == data.size()) {
                    throw broken("its compressed data ends early");
                }
                if (inflater.needsInput() && read < data.size()) {
                    int length = (int) Math.min(in.length, data.size() - read);
                    data.read(read, in, 0, length);
                    inflater.setInput(in, 0, length);
                    read += length;
                }
            }
            if (done != out.length) {
                throw broken("decompresses to " + done + " bytes, not to the stated " + size);
            }
            return new ByteSource.OfArray(out);
        } catch (DataFormatException e) {
            throw broken("its zlib data is damaged: " + e.getMessage(), e);
        } finally {
            inflater.end();
        }
    }

    private ByteSource zstd(ByteSource data, long size) throws IOException {
        byte[] out = room(data, size, MAX_RATIO_ZSTD);
        byte[] in = file.budget().allocate(file.name(), section.name(), data.size());
        try {
            data.read(0, in, 0, in.length);
            // For an empty array the library decompresses nothing and does not report an error
            byte[] target = out.length == 0 ? new byte[1] : out;
            int done = new ZstdDecompressor().decompress(in, 0, in.length, target, 0, target.length);
            if (done != out.length) {
                throw broken("decompresses to " + done + " bytes, not to the stated " + size);
            }
            return new ByteSource.OfArray(out);
        } catch (RuntimeException e) {
            // The library does not declare all that it throws for damaged data
            throw broken(
                    "its zstd data is damaged, or longer than the stated " + size + " bytes: " + e.getMessage(), e);
        } finally {
            file.budget().release(in.length);
        }
    }

    private ElfException broken(String rule) {
        return new ElfException(file.name() + ": " + section.name() + ": " + rule);
    }

    private ElfException broken(String rule, Exception cause) {
        return new ElfException(file.name() + ": " + section.name() + ": " + rule, cause);
    }
}
