package dev.backline.debugfiles;

import dev.backline.elf.ElfFile;
import dev.backline.elf.SymbolTable;
import dev.backline.elf.Symbols;
import java.io.IOException;
import java.util.List;

/**
 * The symbols of an ELF file with an index: those that the index has come from it, everything else from the file's symbol
 * table. A symbol of the symbol table is its number there plus {@link #OF_FILE}. Thread-safe.
 *
 * <p>The index verifies what it reads, and {@link #named} and {@link #at} read all of a symbol but its size. So only they and
 * the size can meet a damaged part for the first time, and the symbol table answers then.
 */
final class IndexedSymbols implements Symbols {
    /** Above the numbers of an index, which have 24 bits. */
    private static final int OF_FILE = 1 << 30;

    private final Symbols index;
    private final ElfFile elf;

    IndexedSymbols(Symbols index, ElfFile elf) {
        this.index = index;
        this.elf = elf;
    }

    private SymbolTable table() throws IOException {
        return elf.symbols();
    }

    @Override
    public int[] named(String name) throws IOException {
        try {
            int[] found = index.named(name);
            for (int symbol : found) {
                index.address(symbol);
                index.sectionIndex(symbol);
            }
            if (found.length > 0) {
                return found;
            }
        } catch (IOException e) {
            // The file has all symbols.
        }
        int[] found = table().named(name).clone();
        for (int i = 0; i < found.length; i++) {
            found[i] += OF_FILE;
        }
        return found;
    }

    @Override
    public int at(long address) throws IOException {
        try {
            int symbol = index.at(address);
            if (symbol >= 0) {
                return symbol;
            }
        } catch (IOException e) {
            // The file has all symbols.
        }
        int symbol = table().at(address);
        return symbol < 0 ? symbol : symbol + OF_FILE;
    }

    @Override
    public String name(int symbol) throws IOException {
        return symbol >= OF_FILE ? table().name(symbol - OF_FILE) : index.name(symbol);
    }

    @Override
    public long address(int symbol) throws IOException {
        return symbol >= OF_FILE ? table().address(symbol - OF_FILE) : index.address(symbol);
    }

    @Override
    public int sectionIndex(int symbol) throws IOException {
        return symbol >= OF_FILE ? table().sectionIndex(symbol - OF_FILE) : index.sectionIndex(symbol);
    }

    @Override
    public long size(int symbol) throws IOException {
        if (symbol < OF_FILE) {
            try {
                return index.size(symbol);
            } catch (IOException e) {
                return table().size(inTable(symbol));
            }
        }
        return table().size(symbol - OF_FILE);
    }

    @Override
    public boolean maySize(int symbol, long printed) throws IOException {
        if (symbol < OF_FILE) {
            try {
                if (index.maySize(symbol, printed)) {
                    return true;
                }
            } catch (IOException e) {
                // The file knows it too.
            }
            // The file allows more sizes, such as that of a module's last function.
            return table().maySize(inTable(symbol), printed);
        }
        return table().maySize(symbol - OF_FILE, printed);
    }

    /** The file's symbol that is a symbol of the index. */
    private int inTable(int symbol) throws IOException {
        SymbolTable table = table();
        for (int each : table.named(index.name(symbol))) {
            if (table.address(each) == index.address(symbol)
                    && table.sectionIndex(each) == index.sectionIndex(symbol)) {
                return each;
            }
        }
        throw new IOException(elf.name() + ": has no symbol " + index.name(symbol));
    }

    @Override
    public List<String> nearest(String name, int limit) throws IOException {
        return table().nearest(name, limit);
    }
}
