package dev.backline.intake;

import dev.backline.io.Chars;

/**
 * Removes from a line what is not seen where it was copied from: colours and other sequences of a terminal, characters
 * without width, NUL. A blank that does not break a line becomes a blank. Thread-safe.
 */
final class Invisible {
    private Invisible() {}

    /** Whether a line has something to remove, or a line end in it. */
    static boolean isIn(byte[] line, int from, int end) {
        for (int i = from; i < end; i++) {
            byte c = line[i];
            // Bytes above 127 are negative.
            if (c < ' ' && c != '\t' && (isLineEnd(c, i, end) || length(line, i, end) > 0)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a line ends inside of the text; a carriage return at its end is the input's. */
    private static boolean isLineEnd(byte c, int at, int end) {
        return c == '\n' || (c == '\r' && at + 1 < end);
    }

    /** The text of a piece without what is invisible. */
    static Piece decoded(byte[] line, int base, Piece piece) {
        int end = base + piece.end();
        Decoded decoded = new Decoded(piece.end() - piece.start());
        int at = base + piece.start();
        while (at < end) {
            int length = length(line, at, end);
            int origin = piece.origin(at - base);
            if (length == 0) {
                decoded.add(line[at], origin);
                at++;
                continue;
            }
            if (line[at] == (byte) 0xc2) {
                decoded.add(' ', origin);
            }
            at += length;
        }
        return piece.withText(decoded);
    }

    /** The length of what is at a position, in bytes; 0 if it can be seen. */
    private static int length(byte[] line, int at, int end) {
        switch (line[at]) {
            case 0 -> {
                return 1;
            }
            case 0x1b -> {
                return escape(line, at, end) - at;
            }
            case (byte) 0xc2 -> {
                // U+00A0, no-break space
                return Chars.startsWith(line, at, end, "\u00c2\u00a0") ? 2 : 0;
            }
            case (byte) 0xe2 -> {
                // U+200B to U+200F, U+2060: zero width, direction, word joiner
                boolean zero = at + 2 < end
                        && ((line[at + 1] == (byte) 0x80 && line[at + 2] >= (byte) 0x8b && line[at + 2] <= (byte) 0x8f)
                                || (line[at + 1] == (byte) 0x81 && line[at + 2] == (byte) 0xa0));
                return zero ? 3 : 0;
            }
            case (byte) 0xef -> {
                // U+FEFF, byte order mark
                return Chars.startsWith(line, at, end, "\u00ef\u00bb\u00bf") ? 3 : 0;
            }
            default -> {
                return 0;
            }
        }
    }

    /** The end of a control sequence or of a hyperlink (ECMA-48 5.4, 5.6); the position if there is none. */
    private static int escape(byte[] line, int at, int end) {
        if (at + 1 < end && line[at + 1] == ']') {
            for (int i = at + 2; i < end; i++) {
                if (line[i] == 7) {
                    return i + 1;
                }
                if (line[i] == 0x1b) {
                    return i + 1 < end && line[i + 1] == '\\' ? i + 2 : at;
                }
            }
            return at;
        }
        return LinePrefix.escape(line, at, end);
    }
}
