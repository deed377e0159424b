package dev.backline.gsym;

import dev.backline.elf.AddressOrder;
import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.elf.SymbolTable;
import java.util.Arrays;

/**
 * The symbols that a GSYM keeps, in the order of their addresses, and those of code by which functions are named. Not
 * thread-safe while it is made; immutable then.
 */
final class SymbolColumns {
    /** The number of a symbol has 24 bits in the name index. */
    private static final int MAX_SYMBOLS = 1 << 24;

    private final ElfFile elf;
    private final SymbolTable table;
    /** The kept symbols as indexes in the ELF file's table. */
    final int[] members;

    final long[] addresses;
    /** Their names' offsets in the string table. */
    final int[] names;

    /** Addresses at which a symbol of code begins, each once, and the name that a trace prints there. */
    final long[] codeAddresses;

    final int[] codeNames;
    /** Index in the ELF file's table. */
    final int[] codeSymbols;

    SymbolColumns(ElfFile elf, SymbolTable table, StringPool strings) throws ElfException {
        this.elf = elf;
        this.table = table;
        long[] all = new long[table.size()];
        int[] kept = new int[table.size()];
        int count = 0;
        for (int i = 1; i < table.size(); i++) {
            int type = table.type(i);
            if (type != SymbolTable.STT_FILE && type != SymbolTable.STT_SECTION && !table.isMapping(i)) {
                all[count] = table.address(i);
                kept[count++] = i;
            }
        }
        if (count >= MAX_SYMBOLS) {
            throw new ElfException(elf.name() + ": has " + count + " symbols; a GSYM can hold " + (MAX_SYMBOLS - 1));
        }
        int[] order = AddressOrder.of(all, count);
        members = new int[count];
        addresses = new long[count];
        names = new int[count];
        for (int k = 0; k < count; k++) {
            members[k] = kept[order[k]];
            addresses[k] = all[order[k]];
            byte[] name = table.nameBytes(members[k]);
            names[k] = strings.add(name, 0, name.length);
        }
        long[] code = new long[count];
        int[] codeName = new int[count];
        int[] codeSymbol = new int[count];
        int codes = 0;
        for (int k = 0; k < count; k++) {
            if ((codes == 0 || code[codes - 1] != addresses[k]) && isCode(members[k])) {
                int named = table.at(addresses[k]);
                if (named >= 0 && table.address(named) == addresses[k]) {
                    code[codes] = addresses[k];
                    codeSymbol[codes] = named;
                    byte[] name = table.nameBytes(named);
                    codeName[codes++] = strings.add(name, 0, name.length);
                }
            }
        }
        codeAddresses = Arrays.copyOf(code, codes);
        codeNames = Arrays.copyOf(codeName, codes);
        codeSymbols = Arrays.copyOf(codeSymbol, codes);
    }

    private boolean isCode(int i) {
        int section = table.sectionIndex(i);
        return section > 0
                && section < elf.sections().size()
                && elf.sections().get(section).isExecutable();
    }

    /** The first place in {@link #codeAddresses} that is at or above the address. */
    int codeFrom(long address) {
        int low = 0;
        int high = codeAddresses.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(codeAddresses[middle], address) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * How far the code of the symbol at that place reaches, in bytes: st_size, or what a trace prints where that is 0.
     */
    long codeLength(int place) {
        long size = table.elfSize(codeSymbols[place]);
        return size != 0 ? size : table.size(codeSymbols[place]);
    }

    /** Which section the extension says a symbol is in. */
    static int sectionCode(SymbolTable table, int i) {
        int section = table.sectionIndex(i);
        return section < 0 ? 0 : section + 1;
    }

    SymbolTable table() {
        return table;
    }
}
