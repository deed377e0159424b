package dev.backline.gsym;

import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolTable;
import dev.backline.io.AddressOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The symbols to write to a GSYM file, in the order of their addresses, and the code symbols that name functions. Not
 * thread-safe during construction; immutable afterwards.
 */
final class SymbolColumns {
    /** The name index has 24 bits for the index of a symbol. */
    private static final int MAX_SYMBOLS = 1 << 24;

    /** Symbols by which /proc/kallsyms and vmlinux are compared. */
    private static final Set<String> MARKERS = Set.of("_text", "_stext", "_etext", "_sinittext", "_einittext");

    private static final int LONGEST_MARKER = "_sinittext".length();

    private final ElfFile elf;
    private final SymbolTable table;
    /**
     * The kept symbols, as indexes in the ELF file's table. A negative value is a mark: it ends the symbol whose index
     * is its complement.
     */
    final int[] members;

    final long[] addresses;
    /** The string table offsets of their names. */
    final int[] names;

    /** The addresses where code symbols start, without duplicates. */
    final long[] codeAddresses;

    final int[] codeNames;
    /** The symbol that a trace names at each of these addresses, as an index in the ELF file's table. */
    final int[] codeSymbols;

    /**
     * @param kept the code whose symbols are kept; null for all symbols
     */
    SymbolColumns(ElfFile elf, SymbolTable table, StringPool strings, @Nullable CodeCoverage kept) throws ElfException {
        this.elf = elf;
        this.table = table;
        long[] all = new long[table.size()];
        int[] wanted = new int[table.size()];
        int count = 0;
        for (int i = 1; i < table.size(); i++) {
            if (kept == null ? isKept(i) : isKept(i, kept)) {
                all[count] = table.address(i);
                wanted[count++] = i;
            }
        }
        if (kept != null) {
            long[] marks = marks(wanted, count);
            all = Arrays.copyOf(all, count + marks.length / 2);
            wanted = Arrays.copyOf(wanted, all.length);
            for (int m = 0; m < marks.length; m += 2) {
                all[count] = marks[m];
                wanted[count++] = ~(int) marks[m + 1];
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
            members[k] = wanted[order[k]];
            addresses[k] = all[order[k]];
            if (members[k] >= 0) {
                names[k] = add(strings, members[k]);
            }
        }
        long[] code = new long[count];
        int[] codeName = new int[count];
        int[] codeSymbol = new int[count];
        int codes = 0;
        for (int k = 0; k < count; k++) {
            if ((codes == 0 || code[codes - 1] != addresses[k])
                    && members[k] >= 0
                    && isCode(members[k])
                    && (kept == null || kept.has(addresses[k]))) {
                int named = table.at(addresses[k]);
                if (named >= 0 && table.address(named) == addresses[k]) {
                    code[codes] = addresses[k];
                    codeSymbol[codes] = named;
                    codeName[codes++] = add(strings, named);
                }
            }
        }
        codeAddresses = Arrays.copyOf(code, codes);
        codeNames = Arrays.copyOf(codeName, codes);
        codeSymbols = Arrays.copyOf(codeSymbol, codes);
    }

    private int add(StringPool strings, int i) throws ElfException {
        byte[] name = table.nameBytes(i);
        return strings.add(name, 0, name.length);
    }

    private boolean isKept(int i) {
        int type = table.type(i);
        return type != SymbolTable.STT_FILE && type != SymbolTable.STT_SECTION && !table.isMapping(i);
    }

    /** Whether the symbol is in the kept code, or is needed to determine the KASLR offset. */
    private boolean isKept(int i, CodeCoverage kept) {
        return isKept(i)
                && isCode(i)
                && (kept.has(table.address(i)) || MARKERS.contains(table.name(i, LONGEST_MARKER + 1)));
    }

    /** Pairs of an address and the kept symbol that ends there because the next symbol is not kept. */
    private long[] marks(int[] wanted, int count) {
        Set<List<Long>> begins = new HashSet<>();
        for (int w = 0; w < count; w++) {
            begins.add(List.of((long) table.sectionIndex(wanted[w]), table.address(wanted[w])));
        }
        long[] marks = new long[2 * count];
        int filled = 0;
        for (int w = 0; w < count; w++) {
            int i = wanted[w];
            Section section = elf.sections().get(table.sectionIndex(i));
            long end = table.address(i) + table.size(i);
            if (end != elf.address(section) + section.size() && begins.add(List.of((long) section.index(), end))) {
                marks[filled++] = end;
                marks[filled++] = i;
            }
        }
        return Arrays.copyOf(marks, filled);
    }

    private boolean isCode(int i) {
        int section = table.sectionIndex(i);
        return section > 0
                && section < elf.sections().size()
                && elf.sections().get(section).isExecutable();
    }

    /** The first index in {@link #codeAddresses} at or above the address. */
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
     * The size of a code symbol in bytes: st_size, or the size that a trace prints if st_size is 0.
     */
    long codeLength(int place) {
        long size = table.elfSize(codeSymbols[place]);
        return size != 0 ? size : table.size(codeSymbols[place]);
    }

    /** The section of a member, as encoded in the extension. */
    int sectionCode(int member) {
        int section = table.sectionIndex(member < 0 ? ~member : member);
        return section < 0 ? 0 : section + 1;
    }

    SymbolTable table() {
        return table;
    }
}
