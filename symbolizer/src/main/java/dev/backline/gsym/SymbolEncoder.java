package dev.backline.gsym;

import dev.backline.elf.SymbolTable;

/** Encodes the extension's symbols, their blocks and their name index. */
final class SymbolEncoder {
    static final int BLOCK = 32;

    static final int WEAK = 0x10;
    static final int SECTION_FOLLOWS = 0x20;
    static final int NAME_FOLLOWS = 0x40;
    static final int MARK = 0x80;

    /** The average number of names in a bucket. */
    private static final int NAMES_PER_BUCKET = 8;

    private final SymbolColumns symbols;
    private final StringPool strings;

    SymbolEncoder(SymbolColumns symbols, StringPool strings) {
        this.symbols = symbols;
        this.strings = strings;
    }

    void symbols(Bytes blocks, Bytes data) {
        SymbolTable table = symbols.table();
        int section = 0;
        int nextName = 0;
        for (int k = 0; k < symbols.members.length; k++) {
            int i = symbols.members[k];
            boolean first = k % BLOCK == 0;
            if (first) {
                blocks.u64(symbols.addresses[k]);
                blocks.u32(data.size());
            }
            int itsSection = symbols.sectionCode(i);
            boolean newSection = first || itsSection != section;
            boolean newName = first || symbols.names[k] != nextName;
            data.uleb(first ? 0 : symbols.addresses[k] - symbols.addresses[k - 1]);
            data.u8((i < 0 ? MARK : table.type(i) | (table.binding(i) == SymbolTable.STB_WEAK ? WEAK : 0))
                    | (newSection ? SECTION_FOLLOWS : 0)
                    | (newName ? NAME_FOLLOWS : 0));
            if (newSection) {
                data.uleb(itsSection);
            }
            if (newName) {
                data.uleb(symbols.names[k]);
            }
            data.uleb(i < 0 ? 0 : table.elfSize(i));
            section = itsSection;
            nextName = strings.offsetAfter(symbols.names[k]);
        }
    }

    /**
     * Writes the name index.
     *
     * @return the number of names in the index
     */
    int names(Bytes buckets, Bytes entries) {
        int count = symbols.members.length;
        int named = 0;
        for (int k = 0; k < count; k++) {
            named += symbols.names[k] == 0 ? 0 : 1;
        }
        int size = Integer.highestOneBit(Math.max(1, named / NAMES_PER_BUCKET));
        int shift = Integer.SIZE - Integer.numberOfTrailingZeros(size);
        int[] hashes = new int[count];
        int[] starts = new int[size + 1];
        for (int k = 0; k < count; k++) {
            if (symbols.names[k] != 0) {
                hashes[k] = NameHash.of(strings.array(), symbols.names[k], strings.offsetAfter(symbols.names[k]) - 1);
                starts[bucket(hashes[k], shift) + 1]++;
            }
        }
        for (int b = 0; b < size; b++) {
            starts[b + 1] += starts[b];
        }
        for (int start : starts) {
            buckets.u32(start);
        }
        int[] places = new int[symbols.table().size()];
        for (int k = 0; k < count; k++) {
            if (symbols.members[k] >= 0) {
                places[symbols.members[k]] = k + 1;
            }
        }
        int[] index = new int[named];
        // In the order of the ELF file's table
        for (int place : places) {
            int k = place - 1;
            if (k >= 0 && symbols.names[k] != 0) {
                index[starts[bucket(hashes[k], shift)]++] = k | hashes[k] << 24;
            }
        }
        for (int entry : index) {
            entries.u32(entry);
        }
        return named;
    }

    private static int bucket(int hash, int shift) {
        return shift == Integer.SIZE ? 0 : hash >>> shift;
    }
}
