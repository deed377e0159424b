package dev.backline.demangle;

import dev.backline.io.Ascii;
import dev.backline.io.Hex;

/**
 * A position in a v0 symbol, with the grammar's rules for numbers and identifiers. Each reading method advances the
 * position.
 */
final class RustV0Cursor {
    /** The symbol violates the grammar or a limit. Never thrown outside {@link RustV0}. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed() {
            super(null, null, false, false);
        }
    }

    /** The most characters to read; characters reached through back references count each time. */
    static final int MAX_WORK = 1 << 20;

    /** The symbol without {@code _R}: the origin of back references. */
    private final String in;

    private int pos;
    private int work;

    RustV0Cursor(String in) {
        this.in = in;
    }

    int position() {
        return pos;
    }

    void seek(int position) {
        pos = position;
    }

    boolean atEnd() {
        return pos == in.length();
    }

    // disambiguator → s base-62-number: 0 if absent, else the number plus 1
    long disambiguator() throws Malformed {
        if (!eat('s')) {
            return 0;
        }
        long value = base62() + 1;
        check(value != 0);
        return value;
    }

    // undisambiguated-identifier → [u] decimal-number [_] bytes
    String undisambiguatedIdentifier() throws Malformed {
        boolean punycode = eat('u');
        int length = decimalNumber();
        eat('_');
        check(length <= in.length() - pos);
        String bytes = in.substring(pos, pos + length);
        advance(length);
        if (!punycode) {
            check(bytes.chars().allMatch(RustV0Cursor::isIdentifierPart));
            return bytes;
        }
        String decoded = Punycode.decode(bytes);
        if (decoded == null) {
            throw new Malformed();
        }
        return decoded;
    }

    // decimal-number → 0 | non-zero-digit {digit}
    private int decimalNumber() throws Malformed {
        int value = digit(next());
        check(value >= 0);
        while (value != 0 && digit(peek()) >= 0) {
            value = value * 10 + digit(next());
            check(value <= in.length());
        }
        return value;
    }

    private static int digit(char c) {
        return Ascii.isDigit(c) ? c - '0' : -1;
    }

    // base-62-number → {digit | lower | upper} _: unsigned, 64 bits; 0 without digits, else their value plus 1
    long base62() throws Malformed {
        if (eat('_')) {
            return 0;
        }
        long value = 0;
        while (!eat('_')) {
            int digit = base62Digit(next());
            check(digit >= 0 && Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, 62)) <= 0);
            value = value * 62 + digit;
        }
        check(value != -1);
        return value + 1;
    }

    private static int base62Digit(char c) {
        if (c >= 'a' && c <= 'z') {
            return c - 'a' + 10;
        }
        return c >= 'A' && c <= 'Z' ? c - 'A' + 36 : digit(c);
    }

    private static boolean isIdentifierPart(int c) {
        return Ascii.isDigit(c) || Ascii.isLetter(c) || c == '_';
    }

    /** {@return the hex digits up to the next underscore, without leading zeros but with at least one digit} */
    String hexDigits() throws Malformed {
        String digits = rawHexDigits();
        int start = 0;
        while (start < digits.length() - 1 && digits.charAt(start) == '0') {
            start++;
        }
        return digits.substring(start);
    }

    String rawHexDigits() throws Malformed {
        int start = pos;
        while (!eat('_')) {
            char c = next();
            check(Hex.isLowerDigit(c));
        }
        return in.substring(start, pos - 1);
    }

    /** {@return the next character; at the end NUL, which no rule accepts} */
    char peek() {
        return pos < in.length() ? in.charAt(pos) : '\0';
    }

    char next() throws Malformed {
        check(pos < in.length());
        char c = in.charAt(pos);
        advance(1);
        return c;
    }

    boolean eat(char c) throws Malformed {
        if (peek() != c) {
            return false;
        }
        advance(1);
        return true;
    }

    private void advance(int characters) throws Malformed {
        work += characters;
        check(work <= MAX_WORK);
        pos += characters;
    }

    static void check(boolean rule) throws Malformed {
        if (!rule) {
            throw new Malformed();
        }
    }
}
