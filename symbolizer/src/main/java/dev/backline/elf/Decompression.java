package dev.backline.elf;

import java.io.IOException;

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

    private final ElfFile file;
    private final Section section;
    private final ByteSource source;

    private Decompression(ElfFile file, Section section, ByteSource source) {
        this.file = file;
        this.section = section;
        this.source = source;
    }

    /** The section's bytes; decompressed on demand if it is compressed. */
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

    private ByteSource zlib(ByteSource data, long size) throws IOException {
        return packed(data, size, MAX_RATIO_ZLIB, new SectionUnpacker.Source(name(), data, size, false));
    }

    private ByteSource zstd(ByteSource data, long size) throws IOException {
        return packed(data, size, MAX_RATIO_ZSTD, new SectionUnpacker.Source(name(), data, size, true));
    }

    private ByteSource packed(ByteSource data, long size, long maxRatio, SectionUnpacker.Source unpackers)
            throws IOException {
        if (size < 0 || size / maxRatio > data.size()) {
            throw broken("its header states " + Long.toUnsignedString(size) + " decompressed bytes, more than "
                    + data.size() + " compressed bytes can hold");
        }
        file.budget().check(file.name(), section.name(), size);
        return new PackedSource(file, section, size, unpackers);
    }

    private String name() {
        return file.name() + ": " + section.name();
    }

    private ElfException broken(String rule) {
        return new ElfException(name() + ": " + rule);
    }
}
