package dev.backline.server;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Turns JSON Lines into one JSON object with a list of them. A line end never is within a JSON text. Not thread-safe. */
final class JsonList extends OutputStream {
    private final OutputStream out;

    /** Whether a line was completed, after which another can follow. */
    private boolean pending;

    /**
     * Begins the object.
     *
     * @param name the list's
     */
    JsonList(OutputStream out, String name) throws IOException {
        this.out = out;
        out.write(("{\"" + name + "\":[").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        int end = from + length;
        int start = from;
        for (int i = from; i < end; i++) {
            if (bytes[i] == '\n') {
                part(bytes, start, i);
                pending = true;
                start = i + 1;
            }
        }
        part(bytes, start, end);
    }

    private void part(byte[] bytes, int from, int to) throws IOException {
        if (from == to) {
            return;
        }
        if (pending) {
            out.write(',');
            pending = false;
        }
        out.write(bytes, from, to - from);
    }

    /** Ends the list. */
    void end() throws IOException {
        out.write(']');
    }
}
