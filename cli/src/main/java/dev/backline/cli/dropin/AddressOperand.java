package dev.backline.cli.dropin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backline.debugfiles.DebugData;
import dev.backline.debugfiles.ElfData;
import dev.backline.demangle.RustDemangler;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolTable;
import dev.backline.elf.Symbols;
import dev.backline.io.Ascii;
import dev.backline.io.Hex;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads an operand as GNU addr2line does. If the operand begins like a symbol, it is {@code SYMBOL} or
 * {@code SYMBOL+OFFSET}, with the offset as C's strtoul reads it; otherwise its leading hexadecimal digits count. An
 * operand without meaning is 0.
 */
final class AddressOperand {
    /** The most digits of an address; a longer number may overflow. */
    private static final int MAX_DIGITS = 16;
    /** The bytes of a symbol's name that are demangled. */
    private static final int MAX_MANGLED = 8192;

    private final DebugData data;
    /** Null for an index, whose symbols cannot be listed. */
    private final @Nullable SymbolTable table;

    private final boolean is64;
    private final Consumer<IOException> problems;

    /** @param problems receives the failure when a symbol cannot be read, which then counts as 0 */
    AddressOperand(DebugData data, Consumer<IOException> problems) throws IOException {
        this.data = data;
        this.table = data instanceof ElfData elf ? elf.elf().symbols() : null;
        this.is64 = data.is64();
        this.problems = problems;
    }

    /** {@return the value of an operand in UTF-8} */
    long value(byte[] bytes, int from, int to) {
        int digits = to - from > 2 && bytes[from] == '0' && (bytes[from + 1] | 0x20) == 'x' ? from + 2 : from;
        long value = 0;
        boolean plain = to > digits && to - digits <= MAX_DIGITS;
        for (int i = digits; plain && i < to; i++) {
            int digit = Hex.digit(bytes[i]);
            value = value << 4 | digit;
            plain = digit >= 0;
        }
        if (!plain) {
            return value(new String(bytes, from, to - from, UTF_8));
        }
        return is64 ? value : value & 0xffff_ffffL;
    }

    /** {@return the address, in an ET_REL the offset in its section, truncated to the file's address size} */
    long value(String operand) {
        int start = skipBlanks(operand, 0);
        long value = isSymbol(operand, start) ? symbolValue(operand, start) : unsigned(operand, start, 16);
        return is64 ? value : value & 0xffff_ffffL;
    }

    private static boolean isSymbol(String operand, int start) {
        if (start == operand.length()) {
            return false;
        }
        char first = operand.charAt(start);
        boolean hexadecimal = Hex.digit(first) >= 10;
        return !Ascii.isDigit(first) && !(hexadecimal && operand.indexOf('+', start) < 0);
    }

    private long symbolValue(String operand, int start) {
        int end = start;
        while (end < operand.length() && !Ascii.isSpace(operand.charAt(end)) && operand.charAt(end) != '+') {
            end++;
        }
        int plus = skipBlanks(operand, end);
        long offset = plus < operand.length() && operand.charAt(plus) == '+' ? unsigned(operand, plus + 1, 0) : 0;
        String name = operand.substring(start, end);
        SymbolTable symbols = table;
        if (symbols == null) {
            return indexed(name, offset);
        }
        int symbol = find(symbols, name);
        return symbol < 0 ? 0 : value(symbols, symbol) + offset;
    }

    private long indexed(String name, long offset) {
        try {
            Symbols symbols = data.symbols();
            int[] named = symbols.named(name);
            if (named.length == 0) {
                return 0;
            }
            long address = symbols.address(named[0]);
            Section section = data.isRelocatable() ? data.sectionAt(address) : null;
            return address + offset - (section == null ? 0 : data.address(section));
        } catch (IOException e) {
            problems.accept(e);
            return 0;
        }
    }

    private int find(SymbolTable symbols, String name) {
        int found = first(symbols, name);
        for (int i = 1; found < 0 && i < symbols.size(); i++) {
            if (name.equals(RustDemangler.demangle(symbols.name(i, MAX_MANGLED)))) {
                found = i;
            }
        }
        return found;
    }

    private int first(SymbolTable symbols, String name) {
        int[] named = symbols.named(name);
        int found = named.length == 0 ? -1 : Arrays.stream(named).min().getAsInt();
        if (found < 0 && !name.isEmpty()) {
            // A section's symbol has the section's name.
            for (int i = 1; i < symbols.size(); i++) {
                int section = symbols.sectionIndex(i);
                if (symbols.type(i) == SymbolTable.STT_SECTION
                        && section > 0
                        && section < data.sections().size()
                        && data.sections().get(section).name().equals(name)) {
                    return i;
                }
            }
        }
        return found;
    }

    private long value(SymbolTable symbols, int symbol) {
        int index = symbols.sectionIndex(symbol);
        if (index == SymbolTable.SHN_COMMON) {
            return symbols.elfSize(symbol);
        }
        if (!data.isRelocatable() || index <= 0 || index >= data.sections().size()) {
            return symbols.address(symbol);
        }
        Section section = data.sections().get(index);
        return symbols.address(symbol) - data.address(section) + section.address();
    }

    /** C's strtoul: blanks, a sign, a prefix, then digits; the greatest number on overflow. */
    private static long unsigned(String text, int from, int base) {
        int at = skipBlanks(text, from);
        boolean negative = at < text.length() && text.charAt(at) == '-';
        if (negative || (at < text.length() && text.charAt(at) == '+')) {
            at++;
        }
        int radix = base;
        if (text.regionMatches(true, at, "0x", 0, 2) && at + 2 < text.length() && digit(text, at + 2, 16) >= 0) {
            at += 2;
            radix = 16;
        } else if (base == 0) {
            radix = text.startsWith("0", at) ? 8 : 10;
        }
        long value = 0;
        boolean overflow = false;
        for (int digit; at < text.length() && (digit = digit(text, at, radix)) >= 0; at++) {
            overflow |= Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, radix)) > 0;
            value = value * radix + digit;
        }
        return overflow ? -1L : negative ? -value : value;
    }

    private static int digit(String text, int at, int radix) {
        char c = text.charAt(at);
        return c < 0x80 ? Character.digit(c, radix) : -1;
    }

    private static int skipBlanks(String text, int from) {
        int at = from;
        while (at < text.length() && Ascii.isSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }
}
