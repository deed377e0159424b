package dev.backline.cli.symbolize;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The lines of a stream as bytes, one at a time, with their ends. Memory is bounded: of a line of more than a megabyte
 * the rest comes as pieces of their own. Not thread-safe.
 */
final class LogLines {
    private static final int MAX_LINE = 1 << 20;

    private final InputStream in;
    private byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;
    private int lineEnd;
    private boolean ended;
    private boolean continued;
    private boolean cut;

    LogLines(InputStream in) {
        this.in = in;
    }

    /** Moves to the next line; false at the end of the stream. Waits for input where {@link #mustWait()} says so. */
    boolean next() throws IOException {
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

    /** Whether the next line has to be waited for: everything that has come so far is used up. */
    boolean mustWait() throws IOException {
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

    /** The buffer that holds the line; good until the next call of {@link #next()}. */
    byte[] bytes() {
        return buffer;
    }

    int start() {
        return start;
    }

    /** Behind the line's end, newline and all. */
    int end() {
        return lineEnd;
    }

    /** Behind the line's last character; the newline, where there is one, follows. */
    int contentEnd() {
        return lineEnd > start && buffer[lineEnd - 1] == '\n' ? lineEnd - 1 : lineEnd;
    }

    /** Whether this is the rest of a line that was too long. */
    boolean isContinued() {
        return continued;
    }
}
