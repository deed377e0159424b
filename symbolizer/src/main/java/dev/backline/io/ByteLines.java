package dev.backline.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream line by line, as bytes including the newline. Memory is bounded: a line of more than a megabyte is
 * returned in several pieces. Not thread-safe.
 */
@Internal
public final class ByteLines {
    private static final int MAX_LINE = 1 << 20;

    /** The most bytes to read while waiting. */
    private static final int AHEAD = 1 << 16;

    private final InputStream in;
    private byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;
    private int lineEnd;
    /** No line ends between the end of the current line and here. */
    private int searched;
    /** The chunks that a thread reads ahead; null until {@link #await} starts the thread. */
    private @Nullable BlockingQueue<Chunk> ahead;

    /** Why the stream could not be read, until the lines before the failure are read. */
    private @Nullable IOException failure;

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
        int scanned = Math.max(start, searched);
        while (true) {
            scanned = lineFeed(buffer, scanned, end);
            if (scanned < end) {
                lineEnd = scanned + 1;
                cut = false;
                return true;
            }
            boolean full = end - start >= MAX_LINE;
            if (ended || full) {
                lineEnd = end;
                cut = full && !ended;
                IOException why = failure;
                if (end == start && why != null) {
                    failure = null;
                    throw why;
                }
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
        BlockingQueue<Chunk> chunks = ahead;
        return !hasLine() && !ended && (chunks != null ? chunks.isEmpty() : in.available() == 0);
    }

    /**
     * Waits until the next line is available, or the stream ends. From the first call on, a thread reads the stream,
     * because only a read tells that a pipe has ended.
     *
     * @param nanos the longest time to wait, in nanoseconds
     * @return false if the time is over
     * @throws IOException if the stream cannot be read
     */
    public boolean await(long nanos) throws IOException {
        long until = System.nanoTime() + nanos;
        while (!hasLine() && !ended && end - lineEnd < MAX_LINE) {
            BlockingQueue<Chunk> chunks = reading();
            try {
                Chunk chunk = chunks.poll(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (chunk == null) {
                    return false;
                }
                append(chunk);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /**
     * Fills the buffer with what is available now, without waiting. The current line stays valid.
     *
     * @throws IOException if the stream cannot be read
     */
    public void fillBuffer() throws IOException {
        while (!ended && ahead == null && end < buffer.length && in.available() > 0) {
            readSome();
        }
    }

    /**
     * Reads more of what is available now, without waiting. The current line stays the current line, but may be elsewhere in
     * another buffer.
     *
     * @return false if nothing came, or if so much follows the line already that no more is kept
     * @throws IOException if the stream cannot be read
     */
    public boolean readMore() throws IOException {
        if (ended || ahead != null || end - start >= MAX_LINE || in.available() <= 0) {
            return false;
        }
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            lineEnd -= start;
            searched = lineEnd;
            start = 0;
        }
        if (end == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        int before = end;
        readSome();
        return end > before;
    }

    /**
     * Leaves out lines: the line after the current one starts at a position.
     *
     * @param position in the buffer, after a line end
     */
    public void skipTo(int position) {
        lineEnd = position;
        searched = position;
    }

    /** What a thread has read: bytes, or null at the end of the stream, or why the stream could not be read. */
    private record Chunk(
            @Nullable ByteBuffer bytes, @Nullable Exception failure) {}

    /** The chunks of the thread, which is started now if there is none. */
    private BlockingQueue<Chunk> reading() {
        BlockingQueue<Chunk> chunks = ahead;
        if (chunks == null) {
            chunks = new ArrayBlockingQueue<>(2);
            ahead = chunks;
            BlockingQueue<Chunk> filled = chunks;
            Thread thread = new Thread(() -> readAll(filled), "backline-input");
            thread.setDaemon(true);
            thread.start();
        }
        return chunks;
    }

    private void readAll(BlockingQueue<Chunk> chunks) {
        try {
            Chunk chunk;
            do {
                chunk = readChunk();
                chunks.put(chunk);
            } while (chunk.bytes != null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Chunk readChunk() {
        byte[] bytes = new byte[AHEAD];
        try {
            int length = in.read(bytes, 0, bytes.length);
            return new Chunk(length < 0 ? null : ByteBuffer.wrap(bytes, 0, length), null);
        } catch (IOException | RuntimeException e) {
            return new Chunk(null, e);
        }
    }

    private void append(Chunk chunk) {
        Exception why = chunk.failure;
        if (why != null) {
            failure = why instanceof IOException e ? e : new IOException(why);
            ended = true;
            return;
        }
        ByteBuffer bytes = chunk.bytes;
        if (bytes == null) {
            ended = true;
            return;
        }
        int length = bytes.remaining();
        if (buffer.length - end < length) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, end + length));
        }
        bytes.get(buffer, end, length);
        end += length;
    }

    /** Whether a line is in the buffer; next() starts to search where this search ended. */
    private boolean hasLine() {
        searched = lineFeed(buffer, Math.max(lineEnd, searched), end);
        return searched < end;
    }

    /** The position of the next line feed, or the end. */
    private static int lineFeed(byte[] bytes, int from, int end) {
        int i = from;
        while (i < end && bytes[i] != '\n') {
            i++;
        }
        return i;
    }

    /** Reads the available bytes; returns how far the bytes in the buffer were moved. */
    private int fill() throws IOException {
        int moved = start;
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
            lineEnd = 0;
            searched = 0;
        } else if (end == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        BlockingQueue<Chunk> chunks = ahead;
        if (chunks != null) {
            try {
                append(chunks.take());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            }
            return moved;
        }
        readSome();
        return moved;
    }

    /** Reads what fits into the buffer. A failure counts as the end until the lines before it are read. */
    private void readSome() {
        int read = -1;
        try {
            read = in.read(buffer, end, buffer.length - end);
        } catch (IOException e) {
            failure = e;
        }
        if (read < 0) {
            ended = true;
        } else {
            end += read;
        }
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

    /** {@return the end of the bytes read so far, in the buffer} */
    public int bufferedEnd() {
        return end;
    }

    /** {@return whether this line was too long, so that {@link #next()} returns its rest} */
    public boolean isCut() {
        return cut;
    }

    /**
     * Ends a line earlier, so that its rest comes next.
     *
     * @param position in the buffer, after {@link #start()}
     */
    public void cutAt(int position) {
        lineEnd = position;
        searched = position;
        cut = true;
    }

    /** {@return whether this is the rest of a line that was too long} */
    public boolean isContinued() {
        return continued;
    }
}
