package dev.backline.kernel;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** Reads copies of files in /proc line by line, also compressed with gzip, xz or zstd. */
final class TextInput {
    /** A limit far above real files: a few million symbols take about 100 MB. */
    private static final long MAX_BYTES = 1L << 30;

    private static final int MAX_LINE = 1 << 16;
    private static final int XZ_MEMORY_KIB = 96 << 10;

    private TextInput() {}

    static void lines(Path file, Consumer<String> lines) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            lines(file.toString(), in, lines);
        }
    }

    /**
     * Passes each line to a consumer.
     *
     * @param name the name of the text in messages
     */
    static void lines(String name, InputStream in, Consumer<String> lines) throws IOException {
        InputStream text = decompressed(name, new BufferedInputStream(in, 1 << 16));
        byte[] line = new byte[MAX_LINE];
        byte[] buffer = new byte[1 << 16];
        int used = 0;
        long total = 0;
        while (true) {
            int n = read(name, text, buffer);
            if (n < 0) {
                break;
            }
            total += n;
            if (total > MAX_BYTES) {
                throw new IOException(name + ": contains more than " + MAX_BYTES + " bytes of text, the limit");
            }
            for (int i = 0; i < n; i++) {
                byte b = buffer[i];
                if (b == '\n') {
                    lines.accept(new String(line, 0, used, StandardCharsets.ISO_8859_1));
                    used = 0;
                } else if (used < MAX_LINE) {
                    line[used++] = b;
                }
            }
        }
        if (used > 0) {
            lines.accept(new String(line, 0, used, StandardCharsets.ISO_8859_1));
        }
    }

    private static int read(String name, InputStream in, byte[] buffer) throws IOException {
        try {
            return in.read(buffer);
        } catch (IOException | RuntimeException e) {
            throw new IOException(name + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static InputStream decompressed(String name, InputStream in) throws IOException {
        in.mark(8);
        byte[] magic = in.readNBytes(6);
        in.reset();
        try {
            if (begins(magic, 0x1f, 0x8b)) {
                return new GZIPInputStream(in, 1 << 16);
            }
            if (begins(magic, 0xfd, '7', 'z', 'X', 'Z', 0)) {
                return new XZInputStream(in, XZ_MEMORY_KIB);
            }
            return begins(magic, 0x28, 0xb5, 0x2f, 0xfd) ? new ZstdInputStream(in) : in;
        } catch (IOException e) {
            throw new IOException(name + ": cannot be decompressed: " + e.getMessage(), e);
        }
    }

    private static boolean begins(byte[] bytes, int... magic) {
        if (bytes.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((bytes[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
