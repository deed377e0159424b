package dev.backline.dwarf;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.io.Lazy;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A compilation unit, partial unit or split unit: its root entry, and its function and line tables, made
 * on first use. Thread-safe.
 */
final class Unit {
    /** Enough for most root entries; a larger one is read with the whole unit. */
    private static final int ROOT_WINDOW = 512;

    private final Dwarf dwarf;
    private final DebugSections sections;
    private final UnitHeader header;
    private final Abbreviations abbreviations;
    /** The unit in the main file that stands for this split unit, or null. */
    private final @Nullable Unit skeleton;

    private final @Nullable SplitContribution contribution;
    private final Attributes root = new Attributes();
    private final int rootTag;
    private final Lazy<FunctionTable, IOException> functions = new Lazy<>() {
        @Override
        protected FunctionTable compute() throws IOException {
            return readFunctions();
        }
    };
    private final Lazy<FunctionIndex, IOException> functionIndex = new Lazy<>() {
        @Override
        protected FunctionIndex compute() throws IOException {
            return readFunctionIndex();
        }
    };
    private final Lazy<LineTable, IOException> lines = new Lazy<>() {
        @Override
        protected LineTable compute() throws IOException {
            return readLines();
        }
    };
    private final Lazy<EntryNames, IOException> entryNames = new Lazy<>() {
        @Override
        protected EntryNames compute() throws IOException {
            return EntryNames.of(Unit.this);
        }
    };
    private final Lazy<String, IOException> compilationDirectory = new Lazy<>() {
        @Override
        protected String compute() throws IOException {
            return readCompilationDirectory();
        }
    };

    private Unit(
            Dwarf dwarf,
            DebugSections sections,
            UnitHeader header,
            @Nullable Unit skeleton,
            @Nullable SplitContribution contribution)
            throws IOException {
        this.dwarf = dwarf;
        this.sections = sections;
        this.header = header;
        this.skeleton = skeleton;
        this.contribution = contribution;
        long table = header.abbreviations() + (contribution == null ? 0 : contribution.abbreviations());
        abbreviations = sections.abbreviations(table, header.addressSize(), header.offsetSize(), header.version());
        rootTag = readRoot();
    }

    /** Reads the header and root entry of the unit at the offset in {@code .debug_info}. */
    static Unit read(Dwarf dwarf, DebugSections sections, long offset) throws IOException {
        return new Unit(dwarf, sections, UnitHeader.read(sections, offset), null, null);
    }

    /** Reads a type unit, of either section. */
    static Unit readType(Dwarf dwarf, DebugSections sections, UnitHeader header) throws IOException {
        return new Unit(dwarf, sections, header, null, null);
    }

    /** Reads a split unit, whose addresses and line table its skeleton has. */
    static Unit readSplit(
            Dwarf dwarf,
            DebugSections sections,
            UnitHeader header,
            Unit skeleton,
            @Nullable SplitContribution contribution)
            throws IOException {
        return new Unit(dwarf, sections, header, skeleton, contribution);
    }

    private int readRoot() throws IOException {
        long size = header.end() - header.firstEntry();
        Cursor c = sections.window(header.section(), header.firstEntry(), (int) Math.min(ROOT_WINDOW, size));
        try {
            return readRoot(c);
        } catch (IndexOutOfBoundsException e) {
            if (size <= ROOT_WINDOW) {
                throw c.truncated(header.firstEntry(), "the unit's root entry", e);
            }
        }
        c = body(header.firstEntry());
        try {
            return readRoot(c);
        } catch (IndexOutOfBoundsException e) {
            throw c.truncated(header.firstEntry(), "the unit's root entry", e);
        }
    }

    private int readRoot(Cursor c) throws DwarfException {
        root.clear();
        if (c.remaining() == 0) {
            return 0;
        }
        int index = declaration(c, c.offset());
        if (index < 0) {
            return 0;
        }
        abbreviations.readForFunctions(index, c, root);
        return abbreviations.tag(index);
    }

    /** The declaration of the entry's code at the cursor, -1 for a null entry. */
    int declaration(Cursor c, long at) throws DwarfException {
        long code = c.uleb();
        if (code == 0) {
            return -1;
        }
        int index = abbreviations.index(code);
        if (index < 0) {
            throw c.broken(at, "the entry's abbreviation code " + code + " is not in the unit's table");
        }
        return index;
    }

    /** A cursor from the offset in the unit's section to the unit's end. */
    Cursor body(long from) throws IOException {
        long length = header.end() - from;
        if (length > Integer.MAX_VALUE - 8) {
            throw new DwarfException(
                    sections.file(), Kind.INFO.sectionName, header.offset(), "a unit of more than 2 GB cannot be read");
        }
        return sections.cursor(header.section(), from, (int) length);
    }

    /** A cursor over all entries, at the first one. */
    Cursor body() throws IOException {
        return dwarf.body(this);
    }

    private FunctionTable readFunctions() throws IOException {
        // A split unit names its own file too, as the skeleton does.
        Unit split = skeleton != null ? null : dwarf.splitUnit(this);
        if (split != null) {
            return split.functions();
        }
        FunctionTable table = FunctionTable.read(this);
        grew(table.weight());
        return table;
    }

    private FunctionIndex readFunctionIndex() throws IOException {
        Unit split = skeleton != null ? null : dwarf.splitUnit(this);
        if (split != null) {
            return split.functionIndex.get();
        }
        FunctionIndex index = FunctionIndex.read(this);
        grew(index.weight() + abbreviations.weight());
        return index;
    }

    private LineTable readLines() throws IOException {
        if (skeleton != null) {
            return skeleton.lines();
        }
        if (!root.has(STMT_LIST)) {
            throw new DwarfException(
                    sections.file(), Kind.INFO.sectionName, header.offset(), "the unit has no line table");
        }
        LineTable table = LineTable.read(this, root.value(STMT_LIST));
        grew(table.weight());
        return table;
    }

    private String readCompilationDirectory() throws IOException {
        if (root.has(COMP_DIR)) {
            return string(root.form(COMP_DIR), root.value(COMP_DIR));
        }
        return skeleton == null ? "" : skeleton.compilationDirectory();
    }

    /** Notes that what was decoded of the unit takes so many bytes more. */
    void grew(long bytes) {
        if (skeleton == null) {
            dwarf.grew(this, bytes);
        } else {
            skeleton.grew(bytes);
        }
    }

    /** A table that tells which of the unit's functions has the address; null when none has it. */
    @Nullable
    FunctionTable functionsAt(long address) throws IOException {
        return functionIndex.get().at(address);
    }

    /** The names of the function entry at the offset, which may be in another unit. */
    FunctionNames names(long entry) throws IOException {
        return functionIndex.get().names(entry);
    }

    /** All functions of the unit; those of its split unit where it is a skeleton and the file is there. */
    FunctionTable functions() throws IOException {
        return functions.get();
    }

    /** The names of the entries right below the root. */
    EntryNames entryNames() throws IOException {
        return entryNames.get();
    }

    /** Whether the root entry says which addresses the unit has. */
    boolean hasRangesOfItsOwn() {
        return (root.has(LOW_PC) && root.has(HIGH_PC)) || root.has(RANGES);
    }

    boolean isPartial() {
        return rootTag == DW_TAG_partial_unit || header.type() == DW_UT_partial;
    }

    boolean hasLines() {
        return skeleton == null ? root.has(STMT_LIST) : skeleton.hasLines();
    }

    LineTable lines() throws IOException {
        return lines.get();
    }

    /** The directory that the compiler ran in (DWARF5 3.1.1), empty when the unit does not say. */
    String compilationDirectory() throws IOException {
        return compilationDirectory.get();
    }

    /** The file that the unit was compiled from. */
    SourceFile source() throws IOException {
        Attributes all = new Attributes();
        Dwarf.readEntry(this, header.firstEntry(), all);
        String name = all.has(NAME) ? string(all.form(NAME), all.value(NAME)) : "";
        return new SourceFile(compilationDirectory(), "", name);
    }

    DebugSections sections() {
        return sections;
    }

    UnitHeader header() {
        return header;
    }

    Abbreviations abbreviations() {
        return abbreviations;
    }

    Dwarf dwarf() {
        return dwarf;
    }

    /** DW_LANG_* of the unit (DWARF5 7.12), 0 when it does not say. */
    int language() {
        return root.has(LANGUAGE) ? (int) root.value(LANGUAGE) : 0;
    }

    /** The name of the file with the unit's split part, or null where there is none. */
    @Nullable
    String dwoName() throws IOException {
        return root.has(DWO_NAME) ? string(root.form(DWO_NAME), root.value(DWO_NAME)) : null;
    }

    long dwoId() {
        return root.has(DWO_ID) ? root.value(DWO_ID) : header.dwoId();
    }

    /** The base of the unit's range lists: DW_AT_low_pc, 0 when there is none. */
    long lowPc() throws IOException {
        if (root.has(LOW_PC)) {
            return address(root.form(LOW_PC), root.value(LOW_PC));
        }
        return skeleton == null ? 0 : skeleton.lowPc();
    }

    /** The unit's own ranges. */
    void ranges(AddressRanges into) throws IOException {
        ranges(root, new RangeLists(this), into);
    }

    /** The ranges of an entry: low_pc and high_pc, else DW_AT_ranges (DWARF5 2.17). */
    void ranges(Attributes entry, RangeLists lists, AddressRanges into) throws IOException {
        into.clear();
        if (entry.has(LOW_PC) && entry.has(HIGH_PC)) {
            long low = address(entry.form(LOW_PC), entry.value(LOW_PC));
            long high = entry.value(HIGH_PC);
            into.add(
                    low,
                    isAddress(entry.form(HIGH_PC))
                            ? address(entry.form(HIGH_PC), high)
                            : low + high & header.addressMask());
        } else if (entry.has(RANGES)) {
            long value = entry.value(RANGES);
            if (header.version() >= 5) {
                long offset = entry.form(RANGES) == DW_FORM_rnglistx ? rngList(value) : value;
                lists.readRngLists(offset, into);
            } else {
                // In a GNU split unit the lists are in the main file, from the skeleton's base on.
                Unit owner = skeleton == null ? this : skeleton;
                long base = skeleton != null && skeleton.root.has(GNU_RANGES_BASE)
                        ? skeleton.root.value(GNU_RANGES_BASE)
                        : 0;
                lists.readRanges(owner.sections, base + value, into);
            }
        }
    }

    /** DWARF5 7.28: the offset of a range list that is named by its index. */
    private long rngList(long index) throws IOException {
        long base;
        if (root.has(RNGLISTS_BASE)) {
            base = root.value(RNGLISTS_BASE);
        } else {
            base = header.offsetSize() == 4 ? 12 : 20;
        }
        if (contribution != null) {
            base += contribution.rangeLists();
        }
        return base + tableEntry(sections, Kind.RNGLISTS, base, index, header.offsetSize());
    }

    /** DWARF5 7.27: the address of an index into {@code .debug_addr}. */
    long indexedAddress(long index) throws IOException {
        if (skeleton != null) {
            return skeleton.indexedAddress(index);
        }
        long base = root.has(ADDR_BASE) ? root.value(ADDR_BASE) : header.version() >= 5 ? 8 : 0;
        return tableEntry(sections, Kind.ADDR, base, index, header.addressSize());
    }

    private static long tableEntry(DebugSections sections, Kind kind, long base, long index, int size)
            throws IOException {
        long count = sections.need(kind).size() / size;
        if (index < 0 || index >= count) {
            throw new DwarfException(
                    sections.file(),
                    kind.sectionName,
                    base,
                    "index 0x" + Long.toHexString(index) + " is outside the section");
        }
        return sections.cursor(kind, base + index * size, size).unsigned(size);
    }

    private static boolean isAddress(int form) {
        return form == DW_FORM_addr
                || form == DW_FORM_addrx
                || (form >= DW_FORM_addrx1 && form <= DW_FORM_addrx4)
                || form == DW_FORM_GNU_addr_index;
    }

    /** An attribute of class address. */
    long address(int form, long value) throws IOException {
        return (form == DW_FORM_addr || !isAddress(form)) ? value : indexedAddress(value);
    }

    /** An attribute of class string (DWARF5 7.5.5); empty when it stands in a supplementary file that is not there. */
    String string(int form, long value) throws IOException {
        return switch (form) {
            case DW_FORM_string -> sections.string(header.section(), value);
            case DW_FORM_strp -> sections.string(Kind.STR, value);
            case DW_FORM_line_strp -> sections.string(Kind.LINE_STR, value);
            case DW_FORM_strp_sup, DW_FORM_GNU_strp_alt -> {
                Dwarf supplementary = dwarf.supplementary();
                yield supplementary == null ? "" : supplementary.sections().string(Kind.STR, value);
            }
            case DW_FORM_strx, DW_FORM_strx1, DW_FORM_strx2, DW_FORM_strx3, DW_FORM_strx4, DW_FORM_GNU_str_index ->
                sections.string(Kind.STR, stringOffset(value));
            default ->
                throw new DwarfException(
                        sections.file(),
                        Kind.INFO.sectionName,
                        header.offset(),
                        "a string attribute has the form 0x" + Integer.toHexString(form));
        };
    }

    /** DWARF5 7.26: the string offset of an index into {@code .debug_str_offsets}. */
    private long stringOffset(long index) throws IOException {
        long base;
        if (root.has(STR_OFFSETS_BASE)) {
            base = root.value(STR_OFFSETS_BASE);
        } else if (header.version() >= 5) {
            base = header.offsetSize() == 4 ? 8 : 16;
        } else {
            base = 0;
        }
        if (contribution != null) {
            base += contribution.stringOffsets();
        }
        return tableEntry(sections, Kind.STR_OFFSETS, base, index, header.offsetSize());
    }

    /**
     * Where a reference leads, as an offset in {@code .debug_info} of this file, or of the supplementary
     * file where {@link #isSupplementary} says so; -1 for a reference to a type by its signature.
     */
    long reference(int form, long value) {
        return switch (form) {
            case DW_FORM_ref1, DW_FORM_ref2, DW_FORM_ref4, DW_FORM_ref8, DW_FORM_ref_udata -> header.offset() + value;
            case DW_FORM_ref_addr, DW_FORM_GNU_ref_alt, DW_FORM_ref_sup4, DW_FORM_ref_sup8 -> value;
            default -> -1;
        };
    }

    static boolean isSupplementary(int form) {
        return form == DW_FORM_GNU_ref_alt || form == DW_FORM_ref_sup4 || form == DW_FORM_ref_sup8;
    }

    boolean holds(long offset) {
        return offset >= header.firstEntry() && offset < header.end();
    }

    /**
     * {@return the size that a full column of a table of this unit is to have instead}
     *
     * @param size that it has
     * @param entryBytes of an entry in all columns
     * @param table what it holds, such as "the unit's functions"
     * @throws DwarfException when the table already has all that it may have
     */
    int grown(int size, int entryBytes, String table) throws DwarfException {
        return Capacity.grown(size, entryBytes, table, sections.file(), Kind.INFO.sectionName, header.offset());
    }
}
