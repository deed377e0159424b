package dev.backline.intake;

import dev.backline.io.Ascii;
import org.jspecify.annotations.Nullable;

/**
 * A line of text inside an excerpt: a range of the input's bytes as they are, or decoded text whose bytes know where
 * they come from. Offsets in the input count from the start of the excerpt. Not thread-safe.
 */
final class Piece {
    private final byte @Nullable [] decoded;
    private final int @Nullable [] origins;
    private final int start;
    private final int end;
    private final int lineStart;
    private final int prefixFrom;
    private final @Nullable Escape escape;

    private Piece(
            byte @Nullable [] decoded,
            int @Nullable [] origins,
            int start,
            int end,
            int lineStart,
            int prefixFrom,
            @Nullable Escape escape) {
        this.decoded = decoded;
        this.origins = origins;
        this.start = start;
        this.end = end;
        this.lineStart = lineStart;
        this.prefixFrom = prefixFrom;
        this.escape = escape;
    }

    /** A range of the excerpt's bytes. */
    static Piece of(int start, int end, @Nullable Escape escape) {
        return new Piece(null, null, start, end, start, start, escape);
    }

    /**
     * Decoded text.
     *
     * @param origins for each byte of the text, and for its end, the offset in the excerpt
     */
    static Piece decoded(byte[] text, int[] origins, int start, int end, @Nullable Escape escape) {
        return new Piece(text, origins, start, end, origins[start], origins[start], escape);
    }

    /** The piece without its first bytes, which are no part of the line; lines are still inserted before them. */
    Piece startingAt(int from) {
        return new Piece(decoded, origins, from, end, lineStart, prefixFrom, escape);
    }

    /** The piece without its last bytes, which are no part of the line. */
    Piece endingAt(int to) {
        return new Piece(decoded, origins, start, to, lineStart, prefixFrom, escape);
    }

    /** A part of this piece, as a line of its own. */
    Piece part(int from, int to) {
        return new Piece(decoded, origins, from, to, lineStart, origin(from), escape);
    }

    /** A part of this piece that is written with another escape: a string in it. */
    Piece string(int from, int to, Escape within) {
        return new Piece(decoded, origins, from, to, origin(from), origin(from), within);
    }

    /** This piece with other text, each byte of which knows where it comes from. */
    Piece withText(Decoded text) {
        int[] places = text.origins(origin(end));
        return new Piece(text.text(), places, 0, text.length(), lineStart, prefixFrom, escape);
    }

    byte @Nullable [] decoded() {
        return decoded;
    }

    /** The buffer of decoded text. */
    byte[] decodedBytes() {
        byte[] text = decoded;
        if (text == null) {
            throw new IllegalStateException("the text is not decoded");
        }
        return text;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    int lineStart() {
        return lineStart;
    }

    @Nullable
    Escape escape() {
        return escape;
    }

    /** The offset in the excerpt of a byte of the text. */
    int origin(int at) {
        return origins == null ? at : origins[at];
    }

    /** The offset in the excerpt after a byte of the text. */
    int originEnd(int at) {
        return origins == null ? at + 1 : origins[at + 1];
    }

    /** The bytes of a line to insert at {@link #lineStart()}: the prefix up to a position, and the text, escaped. */
    byte[] ownLine(Excerpt excerpt, int prefixEnd, byte[] line) {
        byte[] text = Escape.apply(escape, line);
        int length = KernelLine.repeated(Math.max(0, origin(prefixEnd) - prefixFrom));
        if (escape != null && escape.form() == Escape.Form.JSON_BYTES) {
            return numbers(excerpt, text, length);
        }
        byte[] own = new byte[length + text.length];
        System.arraycopy(excerpt.bytes(), excerpt.start() + prefixFrom, own, 0, length);
        System.arraycopy(text, 0, own, length, text.length);
        return own;
    }

    /** Numbers for an array of bytes. In front of the first one of the array, a comma ends them. */
    private byte[] numbers(Excerpt excerpt, byte[] text, int length) {
        boolean first = Ascii.isDigit(excerpt.bytes()[excerpt.start() + prefixFrom]);
        int skipped = first && length == 0 ? 1 : 0;
        byte[] own = new byte[length + text.length - skipped + (first ? 1 : 0)];
        System.arraycopy(excerpt.bytes(), excerpt.start() + prefixFrom, own, 0, length);
        System.arraycopy(text, skipped, own, length, text.length - skipped);
        if (first) {
            own[own.length - 1] = ',';
        }
        return own;
    }
}
