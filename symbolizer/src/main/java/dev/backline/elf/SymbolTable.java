package dev.backline.elf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The symbols of one file as columns (gABI ch. 4, "Symbol Table"): a symbol is its index in the
 * table. Thread-safe.
 */
public final class SymbolTable {
    public static final int STT_NOTYPE = 0;
    public static final int STT_OBJECT = 1;
    public static final int STT_FUNC = 2;
    public static final int STT_SECTION = 3;
    public static final int STT_FILE = 4;
    public static final int STT_COMMON = 5;
    public static final int STT_TLS = 6;
    public static final int STT_GNU_IFUNC = 10;

    public static final int STB_LOCAL = 0;
    public static final int STB_GLOBAL = 1;
    public static final int STB_WEAK = 2;

    public static final int STV_DEFAULT = 0;
    public static final int STV_INTERNAL = 1;
    public static final int STV_HIDDEN = 2;
    public static final int STV_PROTECTED = 3;

    public static final int SHN_UNDEF = 0;
    /** As {@link #sectionIndex} gives it: 0xfff1 of the file, below 0 so that no section has it. */
    public static final int SHN_ABS = (short) 0xfff1;
    /** As {@link #sectionIndex} gives it: 0xfff2 of the file. */
    public static final int SHN_COMMON = (short) 0xfff2;

    private static final int SHN_LORESERVE = 0xff00;
    private static final int SHN_XINDEX = 0xffff;

    private final ElfFile file;
    private final boolean is64;
    private final boolean big;
    private final boolean hasThumbBit;
    private final int entrySize;
    private final int size;
    private final byte[] table;
    private final byte[] strings;
    private final byte @Nullable [] extendedIndexes;

    private SymbolTable(ElfFile file, byte[] table, byte[] strings, byte @Nullable [] extendedIndexes) {
        this.file = file;
        this.is64 = file.header().is64();
        this.big = file.header().bigEndian();
        this.hasThumbBit = file.header().machine() == ElfHeader.EM_ARM;
        this.entrySize = entrySize(file);
        this.size = table.length / entrySize;
        this.table = table;
        this.strings = strings;
        this.extendedIndexes = extendedIndexes;
    }

    private static int entrySize(ElfFile file) {
        return file.header().is64() ? 24 : 16;
    }

    /** .symtab, else .dynsym, else an empty table. */
    static SymbolTable of(ElfFile file) throws IOException {
        Section section = first(file, Section.SHT_SYMTAB);
        if (section == null) {
            section = first(file, Section.SHT_DYNSYM);
        }
        return section == null ? new SymbolTable(file, new byte[0], new byte[0], null) : of(file, section);
    }

    private static @Nullable Section first(ElfFile file, int type) {
        for (Section s : file.sections()) {
            if (s.type() == type) {
                return s;
            }
        }
        return null;
    }

    /** The symbols of one SHT_SYMTAB or SHT_DYNSYM section. */
    static SymbolTable of(ElfFile file, Section section) throws IOException {
        int entrySize = entrySize(file);
        if (section.entrySize() != entrySize) {
            throw new ElfException(file.name() + ": " + section.name() + ": sh_entsize is "
                    + Words.hex(section.entrySize()) + ", not " + entrySize);
        }
        if (section.link() <= 0
                || section.link() >= file.sections().size()
                || file.sections().get(section.link()).type() != Section.SHT_STRTAB) {
            throw new ElfException(file.name() + ": " + section.name() + ": sh_link " + section.link()
                    + " is not the index of a string table (SHT_STRTAB)");
        }
        byte[] table = whole(file, section);
        if (table.length % entrySize != 0) {
            throw new ElfException(file.name() + ": " + section.name() + ": its size " + Words.hex(table.length)
                    + " is not a multiple of " + entrySize);
        }
        byte[] strings = whole(file, file.sections().get(section.link()));
        byte[] extended = null;
        for (Section s : file.sections()) {
            if (s.type() == Section.SHT_SYMTAB_SHNDX && s.link() == section.index()) {
                extended = whole(file, s);
                if (extended.length / 4 < table.length / entrySize) {
                    throw new ElfException(file.name() + ": " + s.name() + ": " + Words.hex(extended.length)
                            + " bytes are too few for " + table.length / entrySize + " symbols");
                }
                break;
            }
        }
        return new SymbolTable(file, table, strings, extended);
    }

    private static byte[] whole(ElfFile file, Section section) throws IOException {
        SectionData data = file.data(section);
        byte[] bytes = file.budget().allocate(file.name() + ": " + section.name(), data.size());
        data.read(0, bytes, 0, bytes.length);
        return bytes;
    }

    /** How many symbols there are, the null symbol 0 included. */
    public int size() {
        return size;
    }

    /** Empty for a symbol without a name, or whose st_name lies outside the string table. */
    public String name(int i) {
        int start = nameStart(i);
        return Strings.of(strings, start, Strings.end(strings, start));
    }

    /** Where the name begins in the string table; its end when st_name lies outside. */
    private int nameStart(int i) {
        int start = Words.i32(table, at(i), big);
        return start >= 0 && start < strings.length ? start : strings.length;
    }

    private int at(int i) {
        Objects.checkIndex(i, size);
        return i * entrySize;
    }

    /** st_value; in an ET_REL plus the base of the symbol's section (see {@link ElfFile#address}). */
    public long address(int i) {
        long value = Words.word(table, at(i) + (is64 ? 8 : 4), is64, big);
        if (hasThumbBit && type(i) == STT_FUNC) {
            // Bit 0 selects the instruction set and is no part of the address (AAELF32, 5.5.3)
            value &= ~1;
        }
        return value + file.space().base(sectionIndex(i));
    }

    /** st_size, in bytes. */
    public long elfSize(int i) {
        return Words.word(table, at(i) + (is64 ? 16 : 8), is64, big);
    }

    /** STT_*. */
    public int type(int i) {
        return info(i) & 0xf;
    }

    /** STB_*. */
    public int binding(int i) {
        return info(i) >>> 4;
    }

    private int info(int i) {
        return Words.u8(table, at(i) + (is64 ? 4 : 12));
    }

    /** STV_*. */
    public int visibility(int i) {
        return Words.u8(table, at(i) + (is64 ? 5 : 13)) & 0x3;
    }

    /**
     * The index of the section that defines the symbol, extended numbering resolved; {@link
     * #SHN_UNDEF}; or below 0 a reserved one such as {@link #SHN_ABS}.
     */
    public int sectionIndex(int i) {
        int index = Words.u16(table, at(i) + (is64 ? 6 : 14), big);
        if (index < SHN_LORESERVE) {
            return index;
        }
        if (index == SHN_XINDEX && extendedIndexes != null) {
            return Words.i32(extendedIndexes, 4 * i, big);
        }
        return (short) index;
    }

    /** All symbols of exactly that name, in the order of the table; empty when there are none. */
    public int[] named(String name) {
        byte[] wanted = name.getBytes(UTF_8);
        int[] found = new int[4];
        int count = 0;
        for (int i = 1; i < size; i++) {
            if (isNamed(i, wanted)) {
                if (count == found.length) {
                    found = Arrays.copyOf(found, 2 * count);
                }
                found[count++] = i;
            }
        }
        return Arrays.copyOf(found, count);
    }

    private boolean isNamed(int i, byte[] wanted) {
        int start = nameStart(i);
        int end = start + wanted.length;
        if (end < 0 || end > strings.length || (end < strings.length && strings[end] != 0)) {
            return false;
        }
        for (int k = 0; k < wanted.length; k++) {
            if (strings[start + k] != wanted[k]) {
                return false;
            }
        }
        return true;
    }
}
