package dev.backline.evidence;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads the lines of a stream of any length in constant memory. */
public final class Lines {
    /** Takes a line without its end, decoded as ISO-8859-1; the first has number 1. */
    @FunctionalInterface
    interface Sink {
        void accept(long number, String line);
    }

    private Lines() {}

    /**
     * Reads to the end of the stream.
     *
     * @param in is not closed
     * @param most how many bytes of a line are kept; the rest is cut off
     */
    static void read(InputStream in, int most, Sink sink) throws IOException {
        byte[] buffer = new byte[1 << 16];
        byte[] text = new byte[most];
        int used = 0;
        boolean any = false;
        long number = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            for (int i = 0; i < n; i++) {
                byte b = buffer[i];
                any = b != '\n';
                if (b == '\n') {
                    sink.accept(++number, new String(text, 0, used, StandardCharsets.ISO_8859_1));
                    used = 0;
                } else if (used < most) {
                    text[used++] = b;
                }
            }
        }
        if (any) {
            sink.accept(++number, new String(text, 0, used, StandardCharsets.ISO_8859_1));
        }
    }
}
