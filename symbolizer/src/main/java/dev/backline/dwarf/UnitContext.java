package dev.backline.dwarf;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.io.Lazy;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The context for decoding the entries and tables of a unit: sections, header, abbreviations and root entry, and the
 * bases for strings, addresses and range lists. Line tables, range lists and function tables are handed a context, and
 * depend neither on {@code Unit} nor on {@code Dwarf}. Thread-safe.
 */
final class UnitContext {
    /** Enough for most root entries; a larger one is read with the whole unit. */
    private static final int ROOT_WINDOW = 512;

    private static final int ENTRY_WINDOW = 192;

    /** Finds the units of references to other units. */
    interface References {
        /** {@return the unit of the entry at the offset in {@code .debug_info}} */
        UnitContext holding(long entry) throws IOException;

        /** {@return the unit of the type with the signature, or null if these sections do not have it} */
        @Nullable
        UnitContext typeUnit(DebugSections sections, long signature) throws IOException;

        /** {@return the headers of all type units of these sections, in their order} */
        Iterable<UnitHeader> typeUnits(DebugSections sections) throws IOException;

        /** {@return the units of the supplementary file, or null if there is none} */
        @Nullable
        References supplementary() throws IOException;
    }

    /**
     * The starts of a unit's contributions in a DWARF package file (DWARF5 7.3.5.3): offsets in {@code
     * .debug_info.dwo}, {@code .debug_abbrev.dwo}, {@code .debug_str_offsets.dwo}, {@code .debug_rnglists.dwo} and the
     * section with the location lists.
     */
    record Contribution(long info, long abbreviations, long stringOffsets, long rangeLists, long locationLists) {}

    private final DebugSections sections;
    private final UnitHeader header;
    private final References references;
    /** Null if only the unit's line table is read. */
    private final @Nullable Abbreviations abbreviations;
    /** For a split unit, the skeleton unit in the main file; else null. */
    private final @Nullable UnitContext skeleton;

    private final @Nullable Contribution contribution;
    private final Attributes root = new Attributes();
    private final int rootTag;
    private final Lazy<String, IOException> compilationDirectory = new Lazy<>() {
        @Override
        protected String compute() throws IOException {
            return readCompilationDirectory();
        }
    };
    /** A value that another package computed from the unit's entries. */
    private @Nullable Lazy<?, IOException> derived;

    private UnitContext(
            DebugSections sections,
            UnitHeader header,
            References references,
            @Nullable UnitContext skeleton,
            @Nullable Contribution contribution)
            throws IOException {
        this.sections = sections;
        this.header = header;
        this.references = references;
        this.skeleton = skeleton;
        this.contribution = contribution;
        long table = header.abbreviations() + (contribution == null ? 0 : contribution.abbreviations());
        abbreviations = sections.abbreviations(table, header.addressSize(), header.offsetSize(), header.version());
        rootTag = readRoot();
    }

    private UnitContext(DebugSections sections, UnitHeader header, References references) {
        this.sections = sections;
        this.header = header;
        this.references = references;
        skeleton = null;
        contribution = null;
        abbreviations = null;
        rootTag = 0;
    }

    /** A context for the line table of a unit that cannot be read: with its header, and without a root entry. */
    static UnitContext ofLines(DebugSections sections, UnitHeader header, References references) {
        return new UnitContext(sections, header, references);
    }

    /** Reads the abbreviations and the root entry of a unit. */
    static UnitContext read(DebugSections sections, UnitHeader header, References references) throws IOException {
        return new UnitContext(sections, header, references, null, null);
    }

    /** Reads a split unit. The addresses and the line table are in the main file, with the skeleton. */
    static UnitContext readSplit(
            DebugSections sections, UnitHeader header, UnitContext skeleton, @Nullable Contribution contribution)
            throws IOException {
        return new UnitContext(sections, header, skeleton.references, skeleton, contribution);
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
        c = from(header.firstEntry());
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
        abbreviations().readForFunctions(index, c, root);
        return abbreviations().tag(index);
    }

    private String readCompilationDirectory() throws IOException {
        if (root.has(COMP_DIR)) {
            return string(root.form(COMP_DIR), root.value(COMP_DIR));
        }
        return skeleton == null ? "" : skeleton.compilationDirectory();
    }

    DebugSections sections() {
        return sections;
    }

    UnitHeader header() {
        return header;
    }

    Abbreviations abbreviations() {
        return Objects.requireNonNull(abbreviations);
    }

    References references() {
        return references;
    }

    /** The attributes of the root entry that units need. */
    Attributes root() {
        return root;
    }

    int rootTag() {
        return rootTag;
    }

    /** DW_LANG_* of the unit (DWARF5 7.12), 0 if unknown. */
    int language() {
        return root.has(LANGUAGE) ? (int) root.value(LANGUAGE) : 0;
    }

    /** The directory that the compiler ran in (DWARF5 3.1.1), empty if unknown. */
    String compilationDirectory() throws IOException {
        return compilationDirectory.get();
    }

    /** The name of the file with the unit's split part, or null if the unit has none. */
    @Nullable
    String dwoName() throws IOException {
        return root.has(DWO_NAME) ? string(root.form(DWO_NAME), root.value(DWO_NAME)) : null;
    }

    long dwoId() {
        return root.has(DWO_ID) ? root.value(DWO_ID) : header.dwoId();
    }

    boolean holds(long offset) {
        return offset >= header.firstEntry() && offset < header.end();
    }

    /** Reads the code of the entry at the cursor: {@return its declaration, -1 for a null entry} */
    int declaration(Cursor c, long at) throws DwarfException {
        long code = c.uleb();
        if (code == 0) {
            return -1;
        }
        int index = abbreviations().index(code);
        if (index < 0) {
            throw c.broken(at, "the entry's abbreviation code " + code + " is not in the unit's table");
        }
        return index;
    }

    /** A cursor from the offset in the unit's section to the unit's end. */
    Cursor from(long offset) throws IOException {
        return sections.cursor(header.section(), offset, length(offset));
    }

    private int length(long from) throws DwarfException {
        long length = header.end() - from;
        if (length > Integer.MAX_VALUE - 8) {
            throw new DwarfException(
                    sections.file(), Kind.INFO.sectionName, header.offset(), "a unit of more than 2 GB cannot be read");
        }
        return (int) length;
    }

    /** A cursor for an {@link EntryWalk} over all entries, at the first one; valid until this thread reads another unit. */
    Cursor body() throws IOException {
        Kind kind = header.section();
        long from = header.firstEntry();
        return sections.scratch().entries(sections.need(kind), kind, sections.bigEndian(), from, length(from));
    }

    /** A cursor as from {@link #body} at the offset in the unit's section, over the bytes up to {@code end} or more. */
    Cursor part(long offset, long end) throws IOException {
        long length = header.end() - header.firstEntry();
        Cursor body = sections.scratch().entriesIfRead(header.section(), header.firstEntry(), length);
        return body == null
                ? sections.cursor(header.section(), offset, (int) (end - offset))
                : body.at((int) (offset - body.offsetOf(0)));
    }

    /** Reads all attributes with a slot of the entry at the offset. The returned cursor is after the entry. */
    Cursor readEntry(long at, Attributes into) throws IOException {
        long left = header.end() - at;
        int window = (int) Math.min(ENTRY_WINDOW, left);
        while (true) {
            Cursor c = sections.cursor(header.section(), at, window);
            try {
                readAttributes(c, at, into);
                return c;
            } catch (IndexOutOfBoundsException e) {
                if (window == left) {
                    throw c.truncated(at, "the entry", e);
                }
                window = (int) Math.min((long) window * 16, Math.min(left, Integer.MAX_VALUE - 8));
            }
        }
    }

    /** Reads the entry at the cursor, whose window holds the rest of the unit. */
    void readEntry(Cursor c, Attributes into) throws IOException {
        long at = c.offset();
        try {
            readAttributes(c, at, into);
        } catch (IndexOutOfBoundsException e) {
            throw c.truncated(at, "the entry", e);
        }
    }

    private void readAttributes(Cursor c, long at, Attributes into) throws DwarfException {
        into.clear();
        int declaration = declaration(c, at);
        if (declaration >= 0) {
            abbreviations().readAll(declaration, c, into);
        }
    }

    /** The base of the unit's range lists: DW_AT_low_pc, 0 if there is none. */
    long lowPc() throws IOException {
        if (root.has(LOW_PC)) {
            return address(root.form(LOW_PC), root.value(LOW_PC));
        }
        return skeleton == null ? 0 : skeleton.lowPc();
    }

    /** The address in an attribute of class address. */
    long address(int form, long value) throws IOException {
        return isAddressIndex(form) ? indexedAddress(value) : value;
    }

    static boolean isAddress(int form) {
        return form == DW_FORM_addr || isAddressIndex(form);
    }

    private static boolean isAddressIndex(int form) {
        return form == DW_FORM_addrx
                || (form >= DW_FORM_addrx1 && form <= DW_FORM_addrx4)
                || form == DW_FORM_GNU_addr_index;
    }

    /** DWARF5 7.27: the address of an index into {@code .debug_addr}. */
    long indexedAddress(long index) throws IOException {
        if (skeleton != null) {
            return skeleton.indexedAddress(index);
        }
        long base = root.has(ADDR_BASE) ? root.value(ADDR_BASE) : header.version() >= 5 ? 8 : 0;
        return tableEntry(Kind.ADDR, base, index, header.addressSize());
    }

    /** The sections with the {@code .debug_ranges} of the unit: a GNU split unit has its lists in the main file. */
    DebugSections rangeSections() {
        return skeleton == null ? sections : skeleton.sections;
    }

    /** The start of the unit's lists in {@link #rangeSections()}. */
    long rangesBase() {
        return skeleton != null && skeleton.root.has(GNU_RANGES_BASE) ? skeleton.root.value(GNU_RANGES_BASE) : 0;
    }

    /** DWARF5 7.28: the offset of a list in {@code .debug_rnglists} by its index. */
    long rangeList(long index) throws IOException {
        long base;
        if (root.has(RNGLISTS_BASE)) {
            base = root.value(RNGLISTS_BASE);
        } else {
            base = header.offsetSize() == 4 ? 12 : 20;
        }
        if (contribution != null) {
            base += contribution.rangeLists();
        }
        return base + tableEntry(Kind.RNGLISTS, base, index, header.offsetSize());
    }

    /** The section with the unit's location lists (DWARF5 7.29, DWARF4 7.7.3). */
    Kind locationKind() {
        return header.version() >= 5 ? Kind.LOCLISTS : Kind.LOC;
    }

    /** The offset in {@link #locationKind} of the location list in an attribute. */
    long locationList(int form, long value) throws IOException {
        long start = contribution == null ? 0 : contribution.locationLists();
        if (form != DW_FORM_loclistx) {
            return start + value;
        }
        long base = start;
        if (root.has(LOCLISTS_BASE)) {
            base += root.value(LOCLISTS_BASE);
        } else {
            base += header.offsetSize() == 4 ? 12 : 20;
        }
        return base + tableEntry(Kind.LOCLISTS, base, value, header.offsetSize());
    }

    /** Whether the unit is the split part of a unit in another file. */
    boolean isSplit() {
        return skeleton != null;
    }

    private long tableEntry(Kind kind, long base, long index, int size) throws IOException {
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

    /** The string in an attribute of class string (DWARF5 7.5.5); empty if its supplementary file is missing. */
    String string(int form, long value) throws IOException {
        return switch (form) {
            case DW_FORM_string -> sections.string(header.section(), value);
            case DW_FORM_strp -> sections.string(Kind.STR, value);
            case DW_FORM_line_strp -> sections.string(Kind.LINE_STR, value);
            case DW_FORM_strp_sup, DW_FORM_GNU_strp_alt -> {
                DebugSections supplementary = sections.supplementary();
                yield supplementary == null ? "" : supplementary.string(Kind.STR, value);
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
        return tableEntry(Kind.STR_OFFSETS, base, index, header.offsetSize());
    }

    /**
     * The target of a reference: an offset in {@code .debug_info} of this file, or of the supplementary file if {@link
     * #isSupplementary} is true for the form; -1 for a reference to a type by its signature.
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

    /** The value that another package computes from the unit's entries, computed once. */
    @SuppressWarnings("unchecked") // only one package calls this, for one type
    <T> T derived(Lazy<T, IOException> value) throws IOException {
        Lazy<?, IOException> made;
        synchronized (this) {
            if (derived == null) {
                derived = value;
            }
            made = derived;
        }
        return (T) made.get();
    }

    /**
     * {@return the next size for a full table of this unit}
     *
     * @param size of the full table
     * @param entryBytes the bytes of an entry in all columns of the table
     * @param table names the contents in the message, such as "the unit's functions"
     * @throws DwarfException if the table already has its largest size
     */
    int grown(int size, int entryBytes, String table) throws DwarfException {
        return Capacity.grown(size, entryBytes, table, sections.file(), Kind.INFO.sectionName, header.offset());
    }
}
