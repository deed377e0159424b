package dev.backline.elf;

import java.io.IOException;
import java.util.List;

/**
 * The symbols of one file, whatever holds them: a symbol is a number that only this file gives a meaning. Thread-safe.
 */
public interface Symbols {
    /**
     * {@return all symbols of exactly that name, in the order of the ELF file's table; empty when there are
     * none}
     *
     * @param name as the file has it
     * @throws IOException when the symbols cannot be read or are damaged
     */
    int[] named(String name) throws IOException;

    /**
     * {@return the symbol's name; empty for one without}
     *
     * @param symbol of this file
     * @throws IOException when the symbols cannot be read or are damaged
     */
    String name(int symbol) throws IOException;

    /**
     * {@return where the symbol is, in the sense of {@link ElfFile#address}}
     *
     * @param symbol of this file
     * @throws IOException when the symbols cannot be read or are damaged
     */
    long address(int symbol) throws IOException;

    /**
     * {@return the size that a stack trace prints for the symbol, in bytes; 0 when it cannot be told}
     *
     * @param symbol of this file
     * @throws IOException when the symbols cannot be read or are damaged
     */
    long size(int symbol) throws IOException;

    /**
     * {@return whether a stack trace may have printed this size for the symbol, as far as the file tells}
     *
     * @param symbol of this file
     * @param printed in bytes, above 0
     * @throws IOException when the symbols cannot be read or are damaged
     */
    default boolean maySize(int symbol, long printed) throws IOException {
        long size = size(symbol);
        return size == 0 || size == printed;
    }

    /**
     * {@return the index of the section that defines the symbol; {@link SymbolTable#SHN_UNDEF}; or below 0 a
     * reserved one such as {@link SymbolTable#SHN_ABS}}
     *
     * @param symbol of this file
     * @throws IOException when the symbols cannot be read or are damaged
     */
    int sectionIndex(int symbol) throws IOException;

    /**
     * {@return the symbol that a stack trace would name for an address; −1 when there is none}
     *
     * @param address in the sense of {@link ElfFile#address}
     * @throws IOException when the symbols cannot be read or are damaged
     */
    int at(long address) throws IOException;

    /**
     * {@return names of functions that may have been meant, the likeliest first}
     *
     * @param name that no symbol has
     * @param limit how many are wanted
     * @throws IOException when the symbols cannot be read or are damaged
     */
    List<String> nearest(String name, int limit) throws IOException;
}
