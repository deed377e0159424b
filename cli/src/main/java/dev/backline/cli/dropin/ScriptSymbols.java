package dev.backline.cli.dropin;

import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolTable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The symbols of a file as the kernel's faddr2line script sees them in readelf's output. The script computes a symbol's
 * size as the distance to the next symbol.
 */
final class ScriptSymbols {
    private final ElfFile elf;
    private final SymbolTable symbols;

    ScriptSymbols(ElfFile elf) throws IOException {
        this.elf = elf;
        this.symbols = elf.symbols();
    }

    int[] named(String name) {
        return symbols.named(name);
    }

    /** {@return the section of a symbol, or null for an undefined, absolute or common symbol} */
    @Nullable
    Section section(int symbol) {
        int index = symbols.sectionIndex(symbol);
        return index > 0 && index < elf.sections().size() ? elf.sections().get(index) : null;
    }

    /** {@return readelf's text for the section of a symbol} */
    String sectionColumn(int symbol) {
        int index = symbols.sectionIndex(symbol);
        return switch (index) {
            case SymbolTable.SHN_UNDEF -> "UND";
            case SymbolTable.SHN_ABS -> "ABS";
            case SymbolTable.SHN_COMMON -> "COM";
            default -> Integer.toString(index);
        };
    }

    /** {@return st_value: an address, in an ET_REL the offset in the symbol's section} */
    long value(int symbol) {
        return symbols.value(symbol);
    }

    /** {@return st_value as readelf prints it, after 0x} */
    String valueColumn(int symbol) {
        String digits = Long.toHexString(value(symbol));
        return "0x" + "0".repeat(Math.max(0, (elf.header().is64() ? 16 : 8) - digits.length())) + digits;
    }

    long elfSize(int symbol) {
        return symbols.elfSize(symbol);
    }

    /** The result of the script's search for a symbol's size. */
    sealed interface Size {}

    /**
     * A size.
     *
     * @param bytes the size, above 0
     */
    record Known(long bytes) implements Size {}

    /** The script does not find the symbol again, since its name marks a place inside a function. */
    record NotFound() implements Size {}

    /**
     * A size that is not above 0.
     *
     * @param last the last symbol that the script examined
     */
    record Bad(int last) implements Size {}

    /**
     * {@return the size of a symbol that has a section: the distance to the symbol that the script takes as its end, else to
     * the section's size, which the script takes as an address}
     */
    Size size(int symbol, Section section) {
        if (symbols.isMapping(symbol)) {
            return new NotFound();
        }
        int next = symbols.following(symbol);
        long bytes = (next < 0 ? section.size() : value(next)) - value(symbol);
        return bytes > 0 ? new Known(bytes) : new Bad(next < 0 ? symbols.last(section.index()) : next);
    }
}
