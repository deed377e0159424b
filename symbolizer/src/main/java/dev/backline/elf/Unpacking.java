package dev.backline.elf;

import dev.backline.io.FailureReason;
import dev.backline.unpack.GzipInputStream;
import dev.backline.unpack.UnsupportedFilterException;
import dev.backline.unpack.XzFile;
import dev.backline.unpack.XzInput;
import dev.backline.unpack.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** Decompresses files that are compressed as a whole, such as .ko.xz, into memory. */
final class Unpacking {
    /** The maximum ratio of deflate: 258 bytes from 2 bits. */
    private static final int MAX_RATIO_GZIP = 1032;

    private Unpacking() {}

    /** The compression method ("gzip", "xz" or "zstd"), by the first bytes of the file; null if none of these. */
    static @Nullable String method(ByteSource source) throws IOException {
        if (source.size() < 18) {
            return null;
        }
        byte[] b = new byte[6];
        source.read(0, b, 0, b.length);
        if (b[0] == 0x1f && b[1] == (byte) 0x8b) {
            return "gzip";
        }
        if (b[0] == (byte) 0xfd && b[1] == '7' && b[2] == 'z' && b[3] == 'X' && b[4] == 'Z' && b[5] == 0) {
            return "xz";
        }
        if (b[0] == 0x28 && b[1] == (byte) 0xb5 && b[2] == 0x2f && b[3] == (byte) 0xfd) {
            return "zstd";
        }
        return null;
    }

    /** Decompresses to at most a quarter of the heap. */
    static byte[] unpack(String file, String method, ByteSource source) throws ElfException {
        return unpack(file, method, source, Runtime.getRuntime().maxMemory() / 4);
    }

    static byte[] unpack(String file, String method, ByteSource source, long limit) throws ElfException {
        int most = (int) Math.min(limit, Integer.MAX_VALUE - 16);
        try {
            if (method.equals("xz")) {
                try {
                    return xz(file, source, most);
                } catch (UnsupportedFilterException e) {
                    // XZ for Java has these filters
                }
            }
            try (InputStream in = stream(method, source.stream(), most)) {
                return read(file, method, in, expectedSize(method, source, most), most);
            }
        } catch (ElfException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The libraries do not declare all that they throw for damaged data
            throw new ElfException(
                    file + ": the compressed data (" + method + ") is damaged: " + FailureReason.of(e), e);
        } catch (OutOfMemoryError e) {
            throw new ElfException(
                    file + ": not enough memory to decompress it (" + method + "); give Java a larger heap (-Xmx)", e);
        }
    }

    private static byte[] xz(String file, ByteSource source, int most) throws IOException {
        XzFile xz = XzFile.open(new XzInput() {
            @Override
            public long size() {
                return source.size();
            }

            @Override
            public void read(long position, byte[] into, int at, int length) throws IOException {
                source.read(position, into, at, length);
            }
        });
        if (xz.size() > most) {
            throw tooLarge(file, "xz", most);
        }
        return xz.unpack();
    }

    private static ElfException tooLarge(String file, String method, int most) {
        return new ElfException(file + ": decompresses (" + method + ") to more than " + most
                + " bytes, a quarter of the Java heap; give Java a larger heap (-Xmx), or decompress the file first");
    }

    /**
     * The size of a gzip file's last member, modulo 2^32 (RFC 1952, 2.3.1), if that can be the size of the file; else a
     * small number.
     */
    private static int expectedSize(String method, ByteSource source, int most) throws IOException {
        int least = Math.min(most, 1 << 16);
        if (!method.equals("gzip")) {
            return least;
        }
        byte[] last = new byte[4];
        source.read(source.size() - last.length, last, 0, last.length);
        long size = Words.u32(last, 0, false);
        return size > most || size / MAX_RATIO_GZIP > source.size() ? least : (int) Math.max(least, size);
    }

    private static byte[] read(String file, String method, InputStream in, int expected, int most) throws IOException {
        byte[] out = new byte[expected];
        int size = 0;
        while (true) {
            int n = in.read(out, size, out.length - size);
            if (n < 0) {
                break;
            }
            size += n;
            if (size == out.length) {
                int next = in.read();
                if (next < 0) {
                    break;
                }
                if (size == most) {
                    throw tooLarge(file, method, most);
                }
                out = Arrays.copyOf(out, (int) Math.min(most, 2L * size));
                out[size++] = (byte) next;
            }
        }
        return size == out.length ? out : Arrays.copyOf(out, size);
    }

    private static InputStream stream(String method, InputStream in, int limit) throws IOException {
        return switch (method) {
            case "gzip" -> new GzipInputStream(in);
            case "xz" -> Xz.stream(in, limit);
            default -> new ZstdInputStream(in);
        };
    }

    /** A class of its own, so that the library is loaded only for files with filters that {@link XzFile} lacks. */
    private static final class Xz {
        static InputStream stream(InputStream in, int limit) throws IOException {
            return new XZInputStream(in, Math.max(1, limit / 1024));
        }
    }
}
