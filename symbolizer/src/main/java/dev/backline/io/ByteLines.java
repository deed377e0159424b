package dev.backline.io;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads a stream line by line, as bytes including the newline. Memory is bounded: a line of more than a megabyte is
 * returned in several pieces. Not thread-safe.
 */
@Internal
public final class ByteLines {
    private static final int MAX_LINE = 1 << 20;

    private final InputStream in;
    private byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;
    private int lineEnd;
    private boolean ended;
    private boolean continued;
    private boolean cut;

    /**
     * A reader at the first line of a stream.
     *
     * @param in the stream, which stays open
     */
    public ByteLines(InputStream in) {
        this.in = in;
    }

    /**
     * Moves to the next line.
     *
     * @return false at the end of the stream
     * @throws IOException if the stream cannot be read
     */
    public boolean next() throws IOException {
        start = lineEnd;
        continued = cut;
        int scanned = start;
        while (true) {
            for (int i = scanned; i < end; i++) {
                if (buffer[i] == '\n') {
                    lineEnd = i + 1;
                    cut = false;
                    return true;
                }
            }
            scanned = end;
            boolean full = end - start >= MAX_LINE;
            if (ended || full) {
                lineEnd = end;
                cut = full;
                return end > start;
            }
            scanned -= fill();
        }
    }

    /**
     * {@return whether the next line is not available yet, so that {@link #next()} may wait}
     *
     * @throws IOException if the stream cannot be read
     */
    public boolean mustWait() throws IOException {
        for (int i = lineEnd; i < end; i++) {
            if (buffer[i] == '\n') {
                return false;
            }
        }
        return !ended && in.available() == 0;
    }

    /** Reads the available bytes; returns how far the bytes in the buffer were moved. */
    private int fill() throws IOException {
        int moved = start;
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
            lineEnd = 0;
        } else if (end == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        int read = in.read(buffer, end, buffer.length - end);
        if (read < 0) {
            ended = true;
        } else {
            end += read;
        }
        return moved;
    }

    /** {@return the buffer that holds the line; valid until the next call of {@link #next()}} */
    public byte[] bytes() {
        return buffer;
    }

    /** {@return the offset of the line in the buffer} */
    public int start() {
        return start;
    }

    /** {@return the offset of the line's end in the buffer, after its newline} */
    public int end() {
        return lineEnd;
    }

    /** {@return the offset of the line's end in the buffer, before its newline} */
    public int contentEnd() {
        return lineEnd > start && buffer[lineEnd - 1] == '\n' ? lineEnd - 1 : lineEnd;
    }

    /** {@return whether this is the rest of a line that was too long} */
    public boolean isContinued() {
        return continued;
    }
}
