package dev.backline.elf;

import dev.backline.unpack.UnpackException;
import dev.backline.unpack.ZlibDecoder;
import dev.backline.unpack.ZstdDecoder;
import java.io.IOException;
import java.io.InputStream;

/** Decompresses one section from its start to its end. Not thread-safe. */
abstract class SectionUnpacker {
    /** The least room to give to {@link #next}, unless fewer bytes are left. */
    static final int MAX_STEP = ZstdDecoder.MAX_BLOCK;

    /**
     * The compressed data of a section. A record, because linking a lambda takes longer than reading a small section.
     *
     * @param name of the file and section, for messages
     * @param data the compressed bytes
     * @param size the decompressed size that the section's header states
     * @param isZstd whether they are zstd; else zlib
     */
    record Source(String name, ByteSource data, long size, boolean isZstd) {
        /** An unpacker at the section's start. */
        SectionUnpacker create() {
            return isZstd ? new Zstd(name, data.stream(), size) : new Zlib(name, data.stream(), size);
        }
    }

    final long size;
    private final String name;

    /**
     * @param name of the file and section, for messages
     * @param size the decompressed size that the section's header states
     */
    SectionUnpacker(String name, long size) {
        this.name = name;
        this.size = size;
    }

    /**
     * Decompresses some bytes, at least one.
     *
     * @param out has {@link #history} earlier bytes before {@code at}
     * @param room the most bytes to write
     * @return the number of bytes
     * @throws ElfException if the data ends, is damaged, or is longer than the stated size
     */
    abstract int next(byte[] out, int at, int room) throws IOException;

    /** Checks that no data follows after the stated size. */
    abstract void finish() throws IOException;

    /** The number of earlier bytes that {@link #next} refers to. */
    int history() {
        return 0;
    }

    ElfException broken(String rule) {
        return new ElfException(name + ": " + rule);
    }

    ElfException broken(String rule, Exception cause) {
        return new ElfException(name + ": " + rule, cause);
    }

    /** zlib streams one after the other: "ld -r" concatenates them. */
    static final class Zlib extends SectionUnpacker {
        private final ZlibDecoder decoder;
        private long done;

        Zlib(String name, InputStream data, long size) {
            super(name, size);
            decoder = new ZlibDecoder(data);
        }

        @Override
        int next(byte[] out, int at, int room) throws IOException {
            try {
                int n = decoder.next(out, at, room);
                if (n < 0) {
                    throw broken("decompresses to " + done + " bytes, not to the stated " + size);
                }
                done += n;
                return n;
            } catch (UnpackException e) {
                throw damaged(e);
            }
        }

        @Override
        void finish() throws IOException {
            try {
                if (!decoder.ends()) {
                    throw broken("its zlib data is longer than the stated " + size + " bytes");
                }
            } catch (UnpackException e) {
                throw damaged(e);
            }
        }

        private ElfException damaged(UnpackException e) {
            return broken("its zlib data is damaged: " + e.getMessage(), e);
        }

        @Override
        int history() {
            return decoder.history();
        }
    }

    static final class Zstd extends SectionUnpacker {
        private final ZstdDecoder decoder;
        private long done;

        Zstd(String name, InputStream data, long size) {
            super(name, size);
            // The buffer holds no more of a window than was decompressed
            decoder = new ZstdDecoder(data, Long.MAX_VALUE);
        }

        @Override
        int next(byte[] out, int at, int room) throws IOException {
            int n = decode(out, at, room);
            if (n < 0) {
                throw broken("decompresses to " + done + " bytes, not to the stated " + size);
            }
            done += n;
            return n;
        }

        @Override
        void finish() throws IOException {
            if (decode(new byte[0], 0, 0) >= 0) {
                throw broken("its zstd data is longer than the stated " + size + " bytes");
            }
        }

        private int decode(byte[] out, int at, int room) throws IOException {
            try {
                return decoder.next(out, at, room);
            } catch (UnpackException e) {
                throw broken(
                        "its zstd data is damaged, or longer than the stated " + size + " bytes: " + e.getMessage(), e);
            }
        }

        @Override
        int history() {
            return decoder.history();
        }
    }
}
