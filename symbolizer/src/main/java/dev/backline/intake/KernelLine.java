package dev.backline.intake;

import java.nio.charset.StandardCharsets;

/**
 * A line as the kernel or a tracer printed it, and the way back to the input. Positions count bytes from the
 * start of the line, its prefixes included. Not thread-safe.
 */
public final class KernelLine {
    /** No collector's prefix is longer, as it stands in the input. */
    private static final int MAX_REPEATED = 1024;

    private final Excerpt excerpt;
    private final Piece piece;
    private final long number;
    private final int from;
    private final boolean anchored;

    /**
     * Creates a line.
     *
     * @param from where the text starts after the collector's prefix, in the piece's text
     * @param anchored false if no plus or less-than sign is in the line
     */
    KernelLine(Excerpt excerpt, Piece piece, long number, int from, boolean anchored) {
        this.excerpt = excerpt;
        this.piece = piece;
        this.number = number;
        this.from = from;
        this.anchored = anchored;
    }

    /** {@return the number of the input's line where the line starts, from 1} */
    public long number() {
        return number;
    }

    /** {@return the buffer that holds the text; do not change it} */
    public byte[] bytes() {
        byte[] decoded = piece.decoded();
        return decoded == null ? excerpt.bytes() : decoded;
    }

    /** The piece of the input that the line is in. */
    Excerpt excerpt() {
        return excerpt;
    }

    private int base() {
        return piece.decoded() == null ? excerpt.start() : 0;
    }

    /** {@return where the line starts in the buffer} */
    public int start() {
        return base() + piece.start();
    }

    /** {@return the length of the collector's prefix in bytes; a time stamp of the kernel belongs to the text} */
    public int prefixLength() {
        return from - piece.start();
    }

    /** {@return whether a plus or a less-than sign can be in the text, without which most notations have no frame} */
    public boolean isAnchored() {
        return anchored;
    }

    /** {@return where the text ends in the buffer} */
    public int end() {
        return base() + piece.end();
    }

    /** {@return the length of the line, in bytes} */
    public int length() {
        return piece.end() - piece.start();
    }

    /** {@return whether the input escapes the text: in JSON, CSV, YAML or HTML} */
    public boolean isEscaped() {
        return piece.escape() != null;
    }

    /** Whether the line is a message in JSON. */
    boolean isInJson() {
        for (Escape each = piece.escape(); each != null; each = each.outer()) {
            if (each.form() == Escape.Form.JSON || each.form() == Escape.Form.JSON_BYTES) {
                return true;
            }
        }
        return false;
    }

    /** {@return the text with the collector's prefix, decoded as UTF-8} */
    public String text() {
        int start = start();
        int to = end();
        if (to > start && bytes()[to - 1] == '\r') {
            to--;
        }
        return new String(bytes(), start, to - start, StandardCharsets.UTF_8);
    }

    /**
     * {@return the offset in the excerpt, from its start, at which to insert a text after a position of this line}
     *
     * @param position in bytes from the start of the line
     */
    public int placeAfter(int position) {
        int at = piece.start() + position;
        return at == piece.start() ? piece.origin(at) : piece.originEnd(at - 1);
    }

    /** {@return the offset in the excerpt, from its start, at which to insert a line before this line} */
    public int placeBefore() {
        return piece.lineStart();
    }

    /**
     * {@return a text as it must be written in this line: escaped as the input is}
     *
     * @param text UTF-8
     */
    public byte[] escaped(byte[] text) {
        return Escape.apply(piece.escape(), text);
    }

    /**
     * {@return how much of a prefix stands also in front of the lines that are inserted before this line: all of it, or
     * nothing of a very long one, because a hostile line can have many frames}
     *
     * @param prefixLength the length of the prefix
     */
    public static int repeated(int prefixLength) {
        return prefixLength > MAX_REPEATED ? 0 : prefixLength;
    }

    /**
     * {@return a line to insert before this line: with this line's prefix, escaped as the input is}
     *
     * @param prefixLength the length of the prefix to repeat, from the line's start; a very long one is not repeated
     * @param text UTF-8, without a line end
     */
    public byte[] lineBefore(int prefixLength, byte[] text) {
        byte[] line = new byte[text.length + 1];
        System.arraycopy(text, 0, line, 0, text.length);
        line[text.length] = '\n';
        return piece.ownLine(excerpt, piece.start() + prefixLength, line);
    }
}
