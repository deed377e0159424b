package dev.backline.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The body of an answer. The first megabyte waits in memory, so that a failure until then gets its own status and a slow reader
 * of a short answer holds no thread; the rest is sent as it is written. Not thread-safe.
 */
final class AnswerStream extends OutputStream {
    private static final int FIRST = 1 << 20;
    private static final int LATER = 1 << 16;

    private final Response response;
    private final Deadline deadline;
    private final OutputStream client;
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private boolean begun;

    /** The byte before those that wait. */
    private byte last = '\n';

    AnswerStream(Response response, Deadline deadline) {
        this.response = response;
        this.deadline = deadline;
        client = Content.Sink.asOutputStream(response);
    }

    /** Whether a part was sent, so that the status can no longer change. */
    boolean hasBegun() {
        return begun;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        waiting.write(bytes, from, length);
        if (waiting.size() >= (begun ? LATER : FIRST)) {
            deadline.check();
            begun = true;
            byte[] part = waiting.toByteArray();
            last = part[part.length - 1];
            client.write(part);
            waiting.reset();
        }
    }

    /** Sends a line that says why the answer is not whole, as its last one. */
    void cut(String line, Callback callback) {
        byte[] rest = waiting.toByteArray();
        byte end = rest.length == 0 ? last : rest[rest.length - 1];
        waiting.writeBytes(((end == '\n' ? "" : "\n") + line + "\n").getBytes(StandardCharsets.UTF_8));
        finish(callback);
    }

    /** Sends the rest, and lets go of the thread. */
    void finish(Callback callback) {
        response.write(true, ByteBuffer.wrap(waiting.toByteArray()), callback);
    }
}
