package dev.backline.demangle;

import dev.backline.io.Ascii;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Punycode (RFC 3492) as in Rust's v0 mangling: the delimiter is {@code _} instead of {@code -}. */
final class Punycode {
    // RFC 3492 section 5
    private static final int BASE = 36;
    private static final int T_MIN = 1;
    private static final int T_MAX = 26;
    private static final int SKEW = 38;
    private static final int DAMP = 700;
    private static final int INITIAL_BIAS = 72;
    private static final int INITIAL_N = 0x80;

    /** The longest encoded identifier: time is quadratic, because each insertion moves the following characters. */
    private static final int MAX_LENGTH = 4096;

    private Punycode() {}

    /** {@return the identifier, or null if the text is not Punycode or longer than 4096 characters} */
    static @Nullable String decode(String encoded) {
        int delimiter = encoded.lastIndexOf('_');
        String basic = encoded.substring(0, Math.max(delimiter, 0));
        if (encoded.length() > MAX_LENGTH
                || delimiter + 1 == encoded.length()
                || basic.chars().anyMatch(c -> c >= INITIAL_N)) {
            return null;
        }
        int[] points = basic.chars().toArray();
        int length = points.length;
        points = Arrays.copyOf(points, length + encoded.length() - delimiter);
        int n = INITIAL_N;
        int bias = INITIAL_BIAS;
        long i = 0;
        // RFC 3492 section 6.2
        for (int pos = delimiter + 1; pos < encoded.length(); ) {
            long old = i;
            long weight = 1;
            for (int k = BASE; ; k += BASE) {
                int digit = pos < encoded.length() ? digit(encoded.charAt(pos++)) : -1;
                if (digit < 0) {
                    return null;
                }
                i += digit * weight;
                int threshold = Math.max(T_MIN, Math.min(T_MAX, k - bias));
                if (digit < threshold) {
                    break;
                }
                weight *= BASE - threshold;
                if (i > Integer.MAX_VALUE || weight > Integer.MAX_VALUE) {
                    return null;
                }
            }
            length++;
            bias = adapt(i - old, length, old == 0);
            long codePoint = n + i / length;
            if (codePoint > Character.MAX_CODE_POINT || isSurrogate(codePoint)) {
                return null;
            }
            n = (int) codePoint;
            int at = (int) (i % length);
            System.arraycopy(points, at, points, at + 1, length - 1 - at);
            points[at] = n;
            i = at + 1L;
        }
        return new String(points, 0, length);
    }

    private static boolean isSurrogate(long codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    // RFC 3492 section 6.1
    private static int adapt(long distance, int length, boolean first) {
        long delta = first ? distance / DAMP : distance / 2;
        delta += delta / length;
        int k = 0;
        while (delta > (BASE - T_MIN) * T_MAX / 2) {
            delta /= BASE - T_MIN;
            k += BASE;
        }
        return (int) (k + (BASE - T_MIN + 1) * delta / (delta + SKEW));
    }

    private static int digit(char c) {
        if (c >= 'a' && c <= 'z') {
            return c - 'a';
        }
        return Ascii.isDigit(c) ? c - '0' + 26 : -1;
    }
}
