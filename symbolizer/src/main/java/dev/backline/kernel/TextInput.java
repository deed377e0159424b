package dev.backline.kernel;

import dev.backline.intake.LogInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads copies of files in /proc line by line, also compressed. */
final class TextInput {
    /** A limit far above real files: a few million symbols take about 100 MB. */
    private static final long MAX_BYTES = 1L << 30;

    private static final int MAX_LINE = 1 << 16;

    private TextInput() {}

    /** Takes one line. */
    @FunctionalInterface
    interface LineConsumer {
        /**
         * Takes a line, without its end.
         *
         * @throws IOException if the lines need too much memory
         */
        void accept(String line) throws IOException;
    }

    static void lines(Path file, LineConsumer lines) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            lines(file.toString(), in, lines);
        }
    }

    /**
     * Passes each line to a consumer.
     *
     * @param name the name of the text in messages
     */
    static void lines(String name, InputStream in, LineConsumer lines) throws IOException {
        InputStream text = LogInput.decompressed(name, in);
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

    private static int read(String name, InputStream text, byte[] buffer) throws IOException {
        try {
            return text.read(buffer);
        } catch (IOException e) {
            // A damaged compressed file is named already.
            String why = String.valueOf(e.getMessage());
            throw why.startsWith(name) ? e : new IOException(name + ": cannot be read: " + why, e);
        }
    }
}
