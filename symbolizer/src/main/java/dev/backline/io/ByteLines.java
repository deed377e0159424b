package dev.backline.io;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The lines of a stream as bytes, one at a time, with their ends. Memory is bounded: of a line of more than a megabyte
 * the rest comes as pieces of their own. Not thread-safe.
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
     * The lines of a stream, none of which has been read.
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
     * @throws IOException when the stream cannot be read
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
     * {@return whether the next line has not come yet: all that has come so far is used up}
     *
     * @throws IOException when the stream cannot tell
     */
    public boolean mustWait() throws IOException {
        for (int i = lineEnd; i < end; i++) {
            if (buffer[i] == '\n') {
                return false;
            }
        }
        return !ended && in.available() == 0;
    }

    /** Reads what there is; returns how far the bytes in the buffer moved. */
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

    /** {@return where the line begins in the buffer} */
    public int start() {
        return start;
    }

    /** {@return where the line ends in the buffer, its newline included} */
    public int end() {
        return lineEnd;
    }

    /** {@return where the line ends in the buffer, without its newline} */
    public int contentEnd() {
        return lineEnd > start && buffer[lineEnd - 1] == '\n' ? lineEnd - 1 : lineEnd;
    }

    /** {@return whether this is the rest of a line that was too long} */
    public boolean isContinued() {
        return continued;
    }
}
