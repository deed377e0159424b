package dev.backline.trace;

import dev.backline.io.Ascii;
import dev.backline.io.Hex;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A place in a kernel as written in a text: a function and an offset, or an address.
 *
 * @param symbol the function as written, compiler suffixes included; null if the text has only an address
 * @param offset from the function's start, in bytes; null if the text has only a function or only an address
 * @param size the function's size as written, in bytes: the kallsyms size, which is the distance to the next
 *     symbol; null if the text has none. 0 means that the kernel did not know the size
 * @param module the module's name as written, null for the kernel itself
 * @param address as written, null if the text has none
 * @param pc whether the place is an instruction or a return address
 */
public record FrameReference(
        @Nullable String symbol,
        @Nullable Long offset,
        @Nullable Long size,
        @Nullable String module,
        @Nullable Long address,
        Pc pc) {

    /** The longest accepted name, in code points. */
    private static final int MAX_SYMBOL = 4096;

    private static final int MAX_MODULE = 255;

    /**
     * Parses a query: {@code func+0xoff[/0xsize]}, {@code func+0xoff[/0xsize] [module]}, {@code
     * module:func+0xoff[/0xsize]} or {@code 0xADDRESS}. A function with an offset is a return address, unless
     * the offset is 0; a bare address is exact.
     *
     * @param text the query, without leading or trailing blanks
     * @return the reference, or null if the text is not a query
     */
    public static @Nullable FrameReference parse(String text) {
        // No regular expression: the first one in a process takes as long as the whole lookup.
        int length = text.length();
        int plus = text.indexOf('+');
        if (plus < 0) {
            return isHex(text, 0) && numberEnd(text, 0) == length
                    ? new FrameReference(null, null, null, null, number(text, 0, length), Pc.EXACT)
                    : null;
        }
        int colon = text.indexOf(':');
        boolean hasModulePrefix = colon >= 0 && colon < plus;
        if (hasModulePrefix && !isModule(text, 0, colon)) {
            return null;
        }
        int start = hasModulePrefix ? colon + 1 : 0;
        int offsetEnd = numberEnd(text, plus + 1);
        if (!isSymbol(text, start, plus) || offsetEnd < 0) {
            return null;
        }
        int end = offsetEnd;
        Long size = null;
        if (end < length && text.charAt(end) == '/') {
            end = numberEnd(text, offsetEnd + 1);
            if (end < 0) {
                return null;
            }
            size = number(text, offsetEnd + 1, end);
        }
        String module = hasModulePrefix ? text.substring(0, colon) : null;
        if (end < length) {
            int bracket = skipBlanks(text, end);
            if (hasModulePrefix
                    || bracket == end
                    || bracket == length
                    || text.charAt(bracket) != '['
                    || text.charAt(length - 1) != ']'
                    || !isModule(text, bracket + 1, length - 1)) {
                return null;
            }
            module = text.substring(bracket + 1, length - 1);
        }
        long offset = number(text, plus + 1, offsetEnd);
        Pc pc = offset == 0 ? Pc.EXACT : Pc.RETURN;
        return new FrameReference(text.substring(start, plus), offset, size, module, null, pc);
    }

    private static boolean isModule(String text, int start, int end) {
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (!Ascii.isLetter(c) && !Ascii.isDigit(c) && c != '_' && c != '-') {
                return false;
            }
        }
        return start < end && end - start <= MAX_MODULE;
    }

    private static boolean isSymbol(String text, int start, int end) {
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (Ascii.isSpace(c) || c == ':' || c == '/' || c == '[' || c == ']') {
                return false;
            }
        }
        return start < end
                && (end - start <= MAX_SYMBOL
                        || text.substring(start, end).codePoints().count() <= MAX_SYMBOL);
    }

    /** The end of a number, hexadecimal with 0x, else decimal (bpftrace); -1 for none or one that is too long. */
    private static int numberEnd(String text, int start) {
        boolean hex = isHex(text, start);
        int first = hex ? start + 2 : start;
        int end = first;
        while (end < text.length() && (hex ? Hex.digit(text.charAt(end)) >= 0 : Ascii.isDigit(text.charAt(end)))) {
            end++;
        }
        return end == first || end - first > (hex ? 16 : 18) ? -1 : end;
    }

    private static boolean isHex(String text, int start) {
        return text.startsWith("0x", start) || text.startsWith("0X", start);
    }

    private static long number(String text, int start, int end) {
        return isHex(text, start)
                ? Long.parseUnsignedLong(text, start + 2, end, 16)
                : Long.parseLong(text, start, end, 10);
    }

    private static int skipBlanks(String text, int start) {
        int at = start;
        while (at < text.length() && Ascii.isSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /**
     * {@return the place by its address alone; this reference if it has an offset or no address} A function without an
     * offset does not tell the place in the function; the address does.
     */
    public FrameReference byAddress() {
        return offset != null || address == null || symbol == null
                ? this
                : new FrameReference(null, null, null, module, address, pc);
    }

    /**
     * {@return this place with another kind of address}
     *
     * @param kind whether the place is an instruction or a return address
     */
    public FrameReference withPc(Pc kind) {
        return new FrameReference(symbol, offset, size, module, address, kind);
    }

    /** Hand-written: a record's generated equals is linked by invokedynamic on first use (20 to 40 ms at start-up). */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FrameReference that
                && pc == that.pc
                && isSame(offset, that.offset)
                && isSame(address, that.address)
                && isSame(size, that.size)
                && Objects.equals(symbol, that.symbol)
                && Objects.equals(module, that.module);
    }

    /** Without a call of {@link Long#equals(Object)}: a log compares references for each of its frames. */
    private static boolean isSame(@Nullable Long one, @Nullable Long other) {
        return one == null ? other == null : other != null && one.longValue() == other.longValue();
    }

    @Override
    public int hashCode() {
        int hash = Objects.hashCode(offset) * 31 + Objects.hashCode(symbol);
        hash = (hash * 31 + Objects.hashCode(size)) * 31 + Objects.hashCode(module);
        return (hash * 31 + Objects.hashCode(address)) * 2 + (pc == Pc.EXACT ? 1 : 0);
    }
}
