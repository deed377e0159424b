package dev.backline.intake;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of the input, usually one line, and the kernel's own lines in it. A line of JSON can contain no line of the
 * kernel or several; a line that a mail program wrapped takes two lines of the input. Not thread-safe.
 */
public final class Excerpt {
    private final long number;
    private final List<KernelLine> lines = new ArrayList<>(1);
    private byte[] bytes;
    private int start;
    private int end;
    private boolean kept;
    private @Nullable JsonOrigin jsonOrigin;

    Excerpt(long number, byte[] bytes, int start, int end) {
        this.number = number;
        this.bytes = bytes;
        this.start = start;
        this.end = end;
    }

    /** Ends the excerpt earlier in its buffer. */
    void endAt(int position) {
        end = position;
    }

    void add(KernelLine line) {
        lines.add(line);
    }

    /** {@return the hosts and times in its JSON; read once, because a line can have many messages} */
    JsonOrigin jsonOrigin() {
        JsonOrigin origin = jsonOrigin;
        if (origin == null) {
            origin = JsonOrigin.of(this);
            jsonOrigin = origin;
        }
        return origin;
    }

    /** {@return the number of its first line in the input, from 1} */
    public long number() {
        return number;
    }

    /** {@return the kernel's lines in it, in their order} */
    public List<KernelLine> lines() {
        return lines;
    }

    /** {@return the buffer that holds the excerpt; do not change it} */
    public byte[] bytes() {
        return bytes;
    }

    /** {@return the offset of the excerpt in the buffer} */
    public int start() {
        return start;
    }

    /** {@return the offset of its end in the buffer, line end included} */
    public int end() {
        return end;
    }

    /** Copies the excerpt out of the reader's buffer, once, so that it stays valid after the next one was read. */
    public void keep() {
        if (kept) {
            return;
        }
        kept = true;
        byte[] copy = new byte[end - start];
        System.arraycopy(bytes, start, copy, 0, copy.length);
        bytes = copy;
        start = 0;
        end = copy.length;
    }
}
