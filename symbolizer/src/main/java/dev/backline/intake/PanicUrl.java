package dev.backline.intake;

import dev.backline.io.Ascii;
import java.nio.charset.StandardCharsets;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The URL in the QR code of a panic, since Linux 6.12: {@code …#?a=ARCH&v=RELEASE&z=DIGITS} (drivers/gpu/drm/drm_panic.c,
 * drm_panic_qr.rs). The log is compressed with zlib, and each 13 bits of the result are 4 decimal digits.
 *
 * @param machine as {@code uname -m} prints it, or null
 * @param release as {@code uname -r} prints it, or null
 * @param log the last lines of the kernel's log, separated by line feeds; a damaged URL gives the whole lines before the damage
 */
record PanicUrl(@Nullable String machine, @Nullable String release, String log) {
    /** Twice the digits of the largest QR code (version 40-L). */
    private static final int MAX_DIGITS = 2 * 7089;

    /** The most bytes of a log. A QR code of a real log has less than a tenth. */
    private static final int MAX_LOG = 1 << 18;

    private static final int MAX_VALUE = 256;

    /** The bits that a group of digits has: of a whole group, or of the last one at most. */
    private static final int[] BITS = {0, 4, 7, 10, 13};

    /**
     * {@return the log in a URL in a line; null if the line has none}
     *
     * @param line one line of text
     */
    static @Nullable PanicUrl decode(String line) {
        int fragment = line.indexOf("#?");
        int query = fragment >= 0 ? fragment + 2 : line.indexOf('?') + 1;
        if (query == 0) {
            return null;
        }
        // Before 6.12 was released, the key was zl.
        String digits = value(line, query, "z", MAX_DIGITS);
        digits = digits == null ? value(line, query, "zl", MAX_DIGITS) : digits;
        byte[] packed = digits == null ? null : packed(digits);
        String log = packed == null ? "" : inflate(packed);
        return log.isEmpty()
                ? null
                : new PanicUrl(value(line, query, "a", MAX_VALUE), value(line, query, "v", MAX_VALUE), log);
    }

    /** The value of a key of the query, null if there is none or it is too long. */
    private static @Nullable String value(String line, int query, String key, int most) {
        int at = query;
        while (at < line.length()) {
            int end = at;
            while (end < line.length() && line.charAt(end) != '&' && line.charAt(end) > ' ') {
                end++;
            }
            int from = at + key.length() + 1;
            if (from < end && line.startsWith(key, at) && line.charAt(from - 1) == '=') {
                // A browser may have escaped the + in a release.
                return end - from > most
                        ? null
                        : line.substring(from, end).replace("%2B", "+").replace("%2b", "+");
            }
            if (end == line.length() || line.charAt(end) != '&') {
                return null;
            }
            at = end + 1;
        }
        return null;
    }

    /** The bytes of the digits; null if these are not digits, or a group is no number of 13 bits. */
    private static byte @Nullable [] packed(String text) {
        int digits = 0;
        while (digits < text.length() && Ascii.isDigit(text.charAt(digits))) {
            digits++;
        }
        int length = (digits / 4 * BITS[4] + BITS[digits % 4]) / 8;
        byte[] bytes = new byte[length];
        int bit = 0;
        for (int at = 0; at < digits; at += 4) {
            int to = Math.min(digits, at + 4);
            int number = 0;
            for (int i = at; i < to; i++) {
                number = number * 10 + text.charAt(i) - '0';
            }
            // The last group has the bits up to the end of a byte; the kernel may give it too few digits for its
            // number.
            int bits = Math.min(BITS[to - at], 8 * length - bit);
            if (number >>> BITS[4] != 0) {
                return null;
            }
            for (int i = bits - 1; i >= 0; i--) {
                bytes[bit >>> 3] |= (byte) ((number >>> i & 1) << (7 - (bit & 7)));
                bit++;
            }
        }
        return bytes;
    }

    /** The text up to the end, or the whole lines up to the first damage: the last digits can be wrong or missing. */
    private static String inflate(byte[] packed) {
        byte[] text = new byte[MAX_LOG];
        int length = 0;
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(packed);
            int read;
            do {
                read = inflater.inflate(text, length, text.length - length);
                length += read;
            } while (read > 0 && length < text.length);
            length = inflater.finished() ? length : wholeLines(text, length);
        } catch (DataFormatException e) {
            length = wholeLines(text, (int) inflater.getBytesWritten());
        } finally {
            inflater.end();
        }
        return new String(text, 0, length, StandardCharsets.ISO_8859_1);
    }

    private static int wholeLines(byte[] text, int length) {
        int to = length;
        while (to > 0 && text[to - 1] != '\n') {
            to--;
        }
        return to;
    }
}
