package dev.backline.server;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The body of a request, in memory: bodies arrive without a thread that waits for them, and their memory is bounded for all
 * requests together. One thread fills it, then one reads it; what was read is freed.
 */
final class Body {
    private static final int PIECE = 1 << 16;

    private final long most;
    private final AtomicLong all;
    private final long mostOfAll;
    private final Deque<byte[]> pieces = new ArrayDeque<>();

    /** The bytes that are used of the last piece. */
    private int used = PIECE;

    private long length;
    private long kept;
    private boolean dropped;

    /**
     * An empty body.
     *
     * @param most the largest length
     * @param all the memory of all bodies
     * @param mostOfAll its limit
     */
    Body(long most, AtomicLong all, long mostOfAll) {
        this.most = most;
        this.all = all;
        this.mostOfAll = mostOfAll;
    }

    /**
     * Appends bytes. When all bodies together are too large, this one is dropped, and what follows is only counted: a client
     * that still sends would not read an answer.
     *
     * @throws Refusal when the body is too large
     */
    void add(ByteBuffer bytes) throws Refusal {
        length += bytes.remaining();
        if (length > most) {
            throw tooLarge(most);
        }
        while (bytes.hasRemaining() && !dropped) {
            if (used == PIECE) {
                if (all.addAndGet(PIECE) > mostOfAll) {
                    all.addAndGet(-PIECE);
                    free();
                    dropped = true;
                    return;
                }
                kept += PIECE;
                pieces.add(new byte[PIECE]);
                used = 0;
            }
            int count = Math.min(bytes.remaining(), PIECE - used);
            bytes.get(pieces.getLast(), used, count);
            used += count;
        }
    }

    static Refusal tooLarge(long most) {
        return new Refusal(
                413, "The log is larger than " + (most >> 20) + " MB; send a part of it, or send it compressed.");
    }

    long length() {
        return length;
    }

    /** {@return whether there was no memory for it} */
    boolean isDropped() {
        return dropped;
    }

    /** Frees what is left. */
    void free() {
        pieces.clear();
        all.addAndGet(-kept);
        kept = 0;
    }

    /** {@return the bytes, which can be read once} */
    InputStream stream() {
        return new InputStream() {
            private int at;

            @Override
            public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] to, int from, int wanted) {
                byte[] first = pieces.peekFirst();
                if (wanted == 0) {
                    return 0;
                }
                if (first == null) {
                    return -1;
                }
                int end = pieces.size() == 1 ? used : PIECE;
                int count = Math.min(wanted, end - at);
                System.arraycopy(first, at, to, from, count);
                at += count;
                if (at == end) {
                    pieces.removeFirst();
                    all.addAndGet(-PIECE);
                    kept -= PIECE;
                    at = 0;
                }
                return count;
            }
        };
    }
}
