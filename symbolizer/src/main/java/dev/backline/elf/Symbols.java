package dev.backline.elf;

import java.io.IOException;
import java.util.List;

/**
 * The symbols of one file, whatever holds them: a symbol is a number that only this file gives a meaning. Thread-safe.
 */
public interface Symbols {
    /** All symbols of exactly that name, in the order of the ELF file's table; empty when there are none. */
    int[] named(String name) throws IOException;

    /** Empty for a symbol without a name. */
    String name(int symbol) throws IOException;

    /** Where the symbol is, in the sense of {@link ElfFile#address}. */
    long address(int symbol) throws IOException;

    /** The size that a stack trace prints for the symbol, in bytes; 0 when it cannot be told. */
    long size(int symbol) throws IOException;

    /**
     * Whether a stack trace may have printed this size for the symbol, as far as the file tells.
     *
     * @param printed in bytes, above 0
     */
    default boolean maySize(int symbol, long printed) throws IOException {
        long size = size(symbol);
        return size == 0 || size == printed;
    }

    /**
     * The index of the section that defines the symbol; {@link SymbolTable#SHN_UNDEF}; or below 0 a reserved one such
     * as {@link SymbolTable#SHN_ABS}.
     */
    int sectionIndex(int symbol) throws IOException;

    /** The symbol that a stack trace would name for an address; −1 when there is none. */
    int at(long address) throws IOException;

    /** Names of functions that may have been meant, the likeliest first. */
    List<String> nearest(String name, int limit) throws IOException;
}
