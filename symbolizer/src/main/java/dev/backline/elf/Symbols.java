package dev.backline.elf;

import java.io.IOException;
import java.util.List;

/**
 * The symbols of one ELF file or GSYM index. A symbol is a number that is valid for this file only. Thread-safe.
 */
public interface Symbols {
    /** The most symbols of one name that {@link #named} finds. Debian's 6.1 has 482 of one name, and 17 functions of one. */
    int MOST_NAMED = 4096;

    /**
     * {@return the symbols with exactly this name, the first {@link #MOST_NAMED} in the order of the ELF file's table; empty if
     * there are none}
     *
     * @param name as in the file
     * @throws IOException if the symbols cannot be read or are damaged
     */
    int[] named(String name) throws IOException;

    /**
     * {@return the name of the symbol; empty if it has none}
     *
     * @param symbol of this file
     * @throws IOException if the symbols cannot be read or are damaged
     */
    String name(int symbol) throws IOException;

    /**
     * {@return the address of the symbol, as defined by {@link ElfFile#address}}
     *
     * @param symbol of this file
     * @throws IOException if the symbols cannot be read or are damaged
     */
    long address(int symbol) throws IOException;

    /**
     * {@return the size that a stack trace prints for the symbol, in bytes; 0 if it is unknown}
     *
     * @param symbol of this file
     * @throws IOException if the symbols cannot be read or are damaged
     */
    long size(int symbol) throws IOException;

    /**
     * {@return whether a stack trace may print this size for the symbol, according to the file}
     *
     * @param symbol of this file
     * @param printed in bytes, above 0
     * @throws IOException if the symbols cannot be read or are damaged
     */
    default boolean maySize(int symbol, long printed) throws IOException {
        long size = size(symbol);
        return size == 0 || size == printed;
    }

    /**
     * {@return the index of the section that defines the symbol; {@link SymbolTable#SHN_UNDEF}; or a
     * negative reserved index such as {@link SymbolTable#SHN_ABS}}
     *
     * @param symbol of this file
     * @throws IOException if the symbols cannot be read or are damaged
     */
    int sectionIndex(int symbol) throws IOException;

    /**
     * {@return the symbol that a stack trace would name for an address; −1 if there is none}
     *
     * @param address as defined by {@link ElfFile#address}
     * @throws IOException if the symbols cannot be read or are damaged
     */
    int at(long address) throws IOException;

    /**
     * {@return names of functions that are similar to an unknown name, the most similar first}
     *
     * @param name the unknown name
     * @param limit the maximum number of names
     * @throws IOException if the symbols cannot be read or are damaged
     */
    List<String> nearest(String name, int limit) throws IOException;
}
