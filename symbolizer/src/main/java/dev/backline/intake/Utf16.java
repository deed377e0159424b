package dev.backline.intake;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Text as UTF-16 (RFC 2781): PowerShell and Windows write it. Decodes it to UTF-8 and encodes the answer again. A lone
 * surrogate keeps its value: it is encoded as if it were a character. Not thread-safe.
 */
public final class Utf16 {
    private static final int REPLACEMENT = 0xfffd;

    private final boolean bigEndian;
    /** The last byte of a text with an odd number of bytes; -1 if there is none. */
    private int oddByte = -1;

    // The encoder's state: the character being read, and its bytes that are missing.
    private int character;
    private int missing;

    private Utf16(boolean bigEndian) {
        this.bigEndian = bigEndian;
    }

    /** {@return the encoding of a text that is UTF-16; null if it is not} */
    static @Nullable Utf16 of(byte[] head, int length) {
        if (length >= 2 && (head[0] & 0xff) == 0xff && (head[1] & 0xff) == 0xfe) {
            return new Utf16(false);
        }
        if (length >= 2 && (head[0] & 0xff) == 0xfe && (head[1] & 0xff) == 0xff) {
            return new Utf16(true);
        }
        // Without a mark: every other byte of Latin text is 0.
        int even = 0;
        int odd = 0;
        int pairs = Math.min(length, 512) / 2;
        for (int i = 0; i < pairs; i++) {
            even += head[2 * i] == 0 && head[2 * i + 1] != 0 ? 1 : 0;
            odd += head[2 * i + 1] == 0 && head[2 * i] != 0 ? 1 : 0;
        }
        if (pairs >= 8 && 10 * odd >= 9 * pairs) {
            return new Utf16(false);
        }
        return pairs >= 8 && 10 * even >= 9 * pairs ? new Utf16(true) : null;
    }

    /** The text as UTF-8. */
    InputStream decoded(InputStream in) {
        return new Decoder(in);
    }

    /**
     * {@return UTF-8 text as UTF-16}
     *
     * @param bytes the text, which can end inside of a character: the next call continues it
     * @param from where it starts
     * @param to where it ends
     */
    public byte[] encode(byte[] bytes, int from, int to) {
        byte[] out = new byte[2 * (to - from) + 4];
        int length = 0;
        for (int i = from; i < to; i++) {
            int b = bytes[i] & 0xff;
            if (missing > 0 && (b & 0xc0) == 0x80) {
                character = character << 6 | (b & 0x3f);
                missing--;
            } else {
                if (missing > 0) {
                    missing = 0;
                    length = unit(out, length, REPLACEMENT);
                }
                missing = b < 0xc0 ? 0 : b < 0xe0 ? 1 : b < 0xf0 ? 2 : 3;
                character = b < 0x80 ? b : b < 0xc0 ? REPLACEMENT : b & (0x3f >> missing);
            }
            if (missing == 0) {
                if (character >= 0x10000) {
                    length = unit(out, length, 0xd7c0 + (character >> 10));
                    length = unit(out, length, 0xdc00 + (character & 0x3ff));
                } else {
                    length = unit(out, length, character);
                }
            }
        }
        byte[] encoded = new byte[length];
        System.arraycopy(out, 0, encoded, 0, length);
        return encoded;
    }

    private int unit(byte[] out, int at, int unit) {
        out[at] = (byte) (bigEndian ? unit >> 8 : unit);
        out[at + 1] = (byte) (bigEndian ? unit : unit >> 8);
        return at + 2;
    }

    /** {@return the last byte of a text with an odd number of bytes; empty for other texts} */
    public byte[] rest() {
        return oddByte < 0 ? new byte[0] : new byte[] {(byte) oddByte};
    }

    private final class Decoder extends FilterInputStream {
        private final byte[] units = new byte[1 << 13];
        private int used;
        private final byte[] text = new byte[3 * (1 << 12) + 4];
        private int textAt;
        private int textEnd;
        private int high;
        private boolean ended;

        Decoder(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            while (textAt == textEnd) {
                if (ended) {
                    return -1;
                }
                fill();
            }
            int count = Math.min(length, textEnd - textAt);
            System.arraycopy(text, textAt, into, offset, count);
            textAt += count;
            return count;
        }

        private void fill() throws IOException {
            int count = super.in.read(units, used, units.length - used);
            textAt = 0;
            textEnd = 0;
            if (count < 0) {
                ended = true;
                if (high != 0) {
                    put(high);
                    high = 0;
                }
                oddByte = used > 0 ? units[0] & 0xff : -1;
                return;
            }
            used += count;
            int pairs = used / 2;
            for (int i = 0; i < pairs; i++) {
                int first = units[2 * i] & 0xff;
                int second = units[2 * i + 1] & 0xff;
                unit(bigEndian ? first << 8 | second : second << 8 | first);
            }
            if (used % 2 == 1) {
                units[0] = units[used - 1];
            }
            used %= 2;
        }

        private void unit(int unit) {
            boolean low = unit >= 0xdc00 && unit < 0xe000;
            if (high != 0) {
                int waiting = high;
                high = 0;
                if (low) {
                    put(0x10000 + ((waiting - 0xd800) << 10) + unit - 0xdc00);
                    return;
                }
                put(waiting);
            }
            if (unit >= 0xd800 && unit < 0xdc00) {
                high = unit;
            } else {
                put(unit);
            }
        }

        private void put(int c) {
            if (c < 0x80) {
                text[textEnd++] = (byte) c;
            } else if (c < 0x800) {
                text[textEnd++] = (byte) (0xc0 | (c >> 6));
                text[textEnd++] = (byte) (0x80 | (c & 0x3f));
            } else if (c < 0x10000) {
                text[textEnd++] = (byte) (0xe0 | (c >> 12));
                text[textEnd++] = (byte) (0x80 | ((c >> 6) & 0x3f));
                text[textEnd++] = (byte) (0x80 | (c & 0x3f));
            } else {
                text[textEnd++] = (byte) (0xf0 | (c >> 18));
                text[textEnd++] = (byte) (0x80 | ((c >> 12) & 0x3f));
                text[textEnd++] = (byte) (0x80 | ((c >> 6) & 0x3f));
                text[textEnd++] = (byte) (0x80 | (c & 0x3f));
            }
        }

        @Override
        public int available() throws IOException {
            return textEnd - textAt + super.in.available() / 2;
        }
    }
}
