package dev.backline.demangle;

import dev.backline.io.Ascii;
import dev.backline.io.Hex;
import org.jspecify.annotations.Nullable;

/**
 * The legacy mangling of rustc: {@code _ZN}, path elements with decimal lengths, a hash as the last element, {@code E}.
 * Itanium C++ names have the same outer form; only the hash element, {@code h} and 16 hex digits, distinguishes Rust.
 */
final class RustLegacy {
    private static final int PREFIX = "_ZN".length();
    private static final int HASH_DIGITS = 16;
    private static final String HASH_ELEMENT = "17h";

    private RustLegacy() {}

    /**
     * Finds the end of a legacy name.
     *
     * @return the index after the closing {@code E}, or -1 if the symbol is not a legacy Rust name
     */
    static int end(String symbol) {
        int pos = PREFIX;
        int last = -1;
        int elements = 0;
        while (pos < symbol.length() && symbol.charAt(pos) != 'E') {
            int start = elementStart(symbol, pos);
            if (start < 0) {
                return -1;
            }
            last = pos;
            pos = start + length(symbol, pos, start);
            elements++;
        }
        boolean rust = pos < symbol.length() && elements > 1 && isHash(symbol, last, pos);
        return rust ? pos + 1 : -1;
    }

    /**
     * Demangles a name.
     *
     * @return the path, or null if an element contains a character that rustc never writes
     */
    static @Nullable String demangle(String symbol, int end) {
        int hash = end - 1 - HASH_ELEMENT.length() - HASH_DIGITS;
        StringBuilder path = new StringBuilder(end);
        for (int pos = PREFIX; pos < hash; ) {
            int start = elementStart(symbol, pos);
            int next = start + length(symbol, pos, start);
            if (pos > PREFIX) {
                path.append("::");
            }
            if (!element(symbol, start, next, path)) {
                return null;
            }
            pos = next;
        }
        return path.toString();
    }

    /** {@return the start of the bytes of the element at {@code pos}, or -1 if there is no complete element} */
    private static int elementStart(String symbol, int pos) {
        int start = pos;
        while (start < symbol.length() && Ascii.isDigit(symbol.charAt(start))) {
            start++;
        }
        // Six digits are more than any symbol needs, and cannot overflow.
        if (start == pos || start - pos > 6 || length(symbol, pos, start) > symbol.length() - start) {
            return -1;
        }
        return start;
    }

    private static int length(String symbol, int pos, int start) {
        return Integer.parseInt(symbol, pos, start, 10);
    }

    private static boolean isHash(String symbol, int pos, int end) {
        int digits = pos + HASH_ELEMENT.length();
        return symbol.startsWith(HASH_ELEMENT, pos)
                && end - digits == HASH_DIGITS
                && symbol.chars().skip(digits).limit(HASH_DIGITS).allMatch(Hex::isLowerDigit);
    }

    /** Appends one element: {@code ..} means {@code ::}; {@code $…$} escapes characters that assemblers reject. */
    private static boolean element(String symbol, int start, int end, StringBuilder path) {
        // An element must not start with a dollar sign, so rustc prepends an underscore.
        int pos = symbol.startsWith("_$", start) ? start + 1 : start;
        while (pos < end) {
            char c = symbol.charAt(pos);
            if (!isIdentifierPart(c)) {
                return false;
            }
            int close = c == '$' ? symbol.indexOf('$', pos + 1) : -1;
            int codePoint = close > 0 && close < end ? escape(symbol.substring(pos + 1, close)) : -1;
            if (codePoint >= 0) {
                path.appendCodePoint(codePoint);
                pos = close + 1;
            } else if (c == '.' && pos + 1 < end && symbol.charAt(pos + 1) == '.') {
                path.append("::");
                pos += 2;
            } else {
                path.append(c);
                pos++;
            }
        }
        return true;
    }

    /** {@return the character of an escape, or -1 for an unknown escape} */
    private static int escape(String name) {
        return switch (name) {
            case "SP" -> '@';
            case "BP" -> '*';
            case "RF" -> '&';
            case "LT" -> '<';
            case "GT" -> '>';
            case "LP" -> '(';
            case "RP" -> ')';
            case "C" -> ',';
            default -> unicodeEscape(name);
        };
    }

    private static int unicodeEscape(String name) {
        int digits = name.length() - 1;
        if (digits < 1
                || digits > 6
                || name.charAt(0) != 'u'
                || !name.chars().skip(1).allMatch(Hex::isLowerDigit)) {
            return -1;
        }
        int codePoint = Integer.parseInt(name, 1, name.length(), 16);
        boolean scalar = Character.isValidCodePoint(codePoint) && Character.getType(codePoint) != Character.SURROGATE;
        return scalar && !Character.isISOControl(codePoint) ? codePoint : -1;
    }

    private static boolean isIdentifierPart(char c) {
        return Ascii.isDigit(c) || Ascii.isLetter(c) || c == '_' || c == '.' || c == '$' || c == ':';
    }
}
