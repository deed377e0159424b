package dev.backline.trace;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in a kernel as a text names it: a function and an offset, or an address.
 *
 * @param symbol the function as written, compiler suffixes and all; null when the text has an address only
 * @param offset from the function's start, in bytes; 0 when there is no function
 * @param size the function's size as the text gives it, in bytes: the kallsyms size, which is the distance
 *     to the next symbol; null when it is not given. 0 means that the kernel did not know it
 * @param module the module's name as written, null for the kernel itself
 * @param address as the text has it, null when it has none
 * @param pc whether the place is that of an instruction or behind a call
 */
public record FrameReference(
        @Nullable String symbol,
        long offset,
        @Nullable Long size,
        @Nullable String module,
        @Nullable Long address,
        Pc pc) {

    /** What queries look like: made ready when the first is read, which a log has no need of. */
    private static final class Query {
        /** {@code [module:]func+offset[/size][ [module]]}; offsets are hex with 0x, else decimal as bpftrace has them. */
        static final Pattern FUNCTION =
                Pattern.compile("(?:(?<before>[A-Za-z0-9_-]{1,255}):)?(?<symbol>[^\\s+:/\\[\\]]{1,4096})"
                        + "\\+(?<offset>0[xX]\\p{XDigit}{1,16}|\\d{1,18})(?:/(?<size>0[xX]\\p{XDigit}{1,16}|\\d{1,18}))?"
                        + "(?:\\s+\\[(?<after>[A-Za-z0-9_-]{1,255})])?");

        static final Pattern ADDRESS = Pattern.compile("0[xX](\\p{XDigit}{1,16})");
    }

    /**
     * Reads a query: {@code func+0xoff[/0xsize]}, the same with {@code  [module]} behind it or {@code
     * module:} before it, or {@code 0xADDRESS}. A function with an offset is a return address, unless the
     * offset is 0; a bare address is exact.
     *
     * @return the reference, or null when the text is no query
     */
    public static @Nullable FrameReference parse(String text) {
        Matcher address = Query.ADDRESS.matcher(text);
        if (address.matches()) {
            return new FrameReference(null, 0, null, null, Long.parseUnsignedLong(address.group(1), 16), Pc.EXACT);
        }
        Matcher function = Query.FUNCTION.matcher(text);
        if (!function.matches()) {
            return null;
        }
        String before = function.group("before");
        String after = function.group("after");
        if (before != null && after != null) {
            return null;
        }
        long offset = number(function.group("offset"));
        String size = function.group("size");
        return new FrameReference(
                function.group("symbol"),
                offset,
                size == null ? null : number(size),
                before == null ? after : before,
                null,
                offset == 0 ? Pc.EXACT : Pc.RETURN);
    }

    private static long number(String text) {
        return text.startsWith("0x") || text.startsWith("0X")
                ? Long.parseUnsignedLong(text.substring(2), 16)
                : Long.parseLong(text);
    }

    /** The same place with another kind of address. */
    public FrameReference withPc(Pc kind) {
        return new FrameReference(symbol, offset, size, module, address, kind);
    }

    /** Spelt out: what a record has by itself is linked at run time, which costs a start tens of milliseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FrameReference that
                && offset == that.offset
                && pc == that.pc
                && Objects.equals(symbol, that.symbol)
                && Objects.equals(size, that.size)
                && Objects.equals(module, that.module)
                && Objects.equals(address, that.address);
    }

    @Override
    public int hashCode() {
        int hash = Long.hashCode(offset) * 31 + Objects.hashCode(symbol);
        hash = (hash * 31 + Objects.hashCode(size)) * 31 + Objects.hashCode(module);
        return (hash * 31 + Objects.hashCode(address)) * 2 + (pc == Pc.EXACT ? 1 : 0);
    }
}
