package dev.backline.cli.dropin;

import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolTable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The symbols of a file as the kernel's faddr2line script sees them through readelf: values and sizes as the file has
 * them, and a symbol's size as the distance to the next one.
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

    /** {@return the section of a symbol, or null when it has none (undefined, absolute, common)} */
    @Nullable
    Section section(int symbol) {
        int index = symbols.sectionIndex(symbol);
        return index > 0 && index < elf.sections().size() ? elf.sections().get(index) : null;
    }

    /** {@return what readelf prints for the section of a symbol} */
    String sectionColumn(int symbol) {
        int index = symbols.sectionIndex(symbol);
        return switch (index) {
            case SymbolTable.SHN_UNDEF -> "UND";
            case SymbolTable.SHN_ABS -> "ABS";
            case SymbolTable.SHN_COMMON -> "COM";
            default -> Integer.toString(index);
        };
    }

    /** {@return st_value: an address, in an ET_REL the offset into the symbol's section} */
    long value(int symbol) {
        return symbols.value(symbol);
    }

    /** {@return st_value as readelf prints it, behind 0x} */
    String valueColumn(int symbol) {
        String digits = Long.toHexString(value(symbol));
        return "0x" + "0".repeat(Math.max(0, (elf.header().is64() ? 16 : 8) - digits.length())) + digits;
    }

    long elfSize(int symbol) {
        return symbols.elfSize(symbol);
    }

    /** What the script finds out about the size of a symbol. */
    sealed interface Size {}

    /**
     * A size.
     *
     * @param bytes the size, above 0
     */
    record Known(long bytes) implements Size {}

    /** The script does not find the symbol again: its name marks a place within a function. */
    record NotFound() implements Size {}

    /**
     * A size that is none.
     *
     * @param last the symbol the script looked at last
     */
    record Bad(int last) implements Size {}

    /**
     * {@return the size of a symbol that has a section: the distance to the symbol the script takes for its end, and
     * where there is none, to the section's size, which the script takes for an address}
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
