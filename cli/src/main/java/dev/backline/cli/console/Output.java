package dev.backline.cli.console;

import dev.backline.intake.Utf16;
import dev.backline.io.FailureReason;
import java.io.Flushable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Buffers UTF-8 text for a file descriptor. A command writes to one Output only, so nothing is written twice or out of
 * order. Not thread-safe.
 */
public final class Output implements Flushable {
    private final OutputStream sink;
    private final byte[] buffer = new byte[1 << 16];
    private int used;
    /** How text is encoded; null for UTF-8. */
    private @Nullable Utf16 encoding;

    /** Whether a person reads the output on a terminal. */
    private final boolean isTerminal;

    public Output(OutputStream sink) {
        this(sink, false);
    }

    /** @param isTerminal whether {@link #json} escapes what a terminal obeys */
    public Output(OutputStream sink, boolean isTerminal) {
        this.sink = sink;
        this.isTerminal = isTerminal;
    }

    /**
     * Appends JSON. On a terminal, control characters and marks of direction in its strings are escaped as JSON has it; the
     * values stay the same.
     */
    public Output json(String json) throws IOException {
        return print(isTerminal ? Printable.json(json) : json);
    }

    /** Appends JSON in UTF-8: the bytes {@code from} to {@code to}. */
    public Output json(byte[] json, int from, int to) throws IOException {
        return isTerminal ? json(new String(json, from, to - from, StandardCharsets.UTF_8)) : print(json, from, to);
    }

    /**
     * Appends text.
     *
     * @throws ClosedException when the reader of a pipe has closed it
     */
    public Output print(String text) throws IOException {
        return print(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sets the encoding of what is appended from now on. The end of an encoded text can be bytes that are no character.
     *
     * @param next the encoding; null for UTF-8
     */
    public void encode(@Nullable Utf16 next) throws IOException {
        Utf16 last = encoding;
        if (last != next) {
            drain();
            encoding = next;
            if (last != null) {
                print(last.rest());
            }
        }
    }

    /** Appends bytes unchanged. */
    public Output print(byte[] bytes) throws IOException {
        return print(bytes, 0, bytes.length);
    }

    /** Appends the bytes {@code from} to {@code to}. */
    public Output print(byte[] bytes, int from, int to) throws IOException {
        int length = to - from;
        if (length > buffer.length - used) {
            drain();
        }
        if (length > buffer.length) {
            send(bytes, from, length);
        } else {
            System.arraycopy(bytes, from, buffer, used, length);
            used += length;
        }
        return this;
    }

    public Output print(long decimal) throws IOException {
        return print(Long.toString(decimal));
    }

    public Output newLine() throws IOException {
        return print("\n");
    }

    @Override
    public void flush() throws IOException {
        drain();
        try {
            sink.flush();
        } catch (IOException e) {
            throw translated(e);
        }
    }

    private void drain() throws IOException {
        int length = used;
        used = 0;
        if (length > 0) {
            send(buffer, 0, length);
        }
    }

    private void send(byte[] bytes, int from, int length) throws IOException {
        Utf16 utf16 = encoding;
        try {
            if (utf16 != null) {
                sink.write(utf16.encode(bytes, from, from + length));
                return;
            }
            sink.write(bytes, from, length);
        } catch (IOException e) {
            throw translated(e);
        }
    }

    private static IOException translated(IOException e) {
        if (e instanceof FileSystemException) {
            // It names the file that could not be written.
            return e;
        }
        String message = String.valueOf(e.getMessage());
        // Only the message tells EPIPE from other failures.
        if (message.toLowerCase(Locale.ROOT).contains("broken pipe")) {
            return new ClosedException(e);
        }
        return new IOException("standard output: " + FailureReason.of(e), e);
    }

    /** The reader of this output has closed it ({@code | head}), so the command can stop. */
    public static final class ClosedException extends IOException {
        private static final long serialVersionUID = 1L;

        ClosedException(Throwable cause) {
            super("standard output is closed", cause);
        }
    }
}
