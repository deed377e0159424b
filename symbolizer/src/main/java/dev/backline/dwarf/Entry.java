package dev.backline.dwarf;

import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.dwarf.UnitContext.References;
import dev.backline.io.Internal;
import dev.backline.io.Lazy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The place of an entry (DIE) of the debug information, with methods to read it. Other packages read entries only
 * through this class. Two are equal if they are at the same place. Immutable, thread-safe.
 */
@Internal
public final class Entry {
    /** Enough for the members of most structures and the parameters of any function. */
    private static final int FIRST_WINDOW = 1 << 12;

    private static final int MAX_TYPES = 1 << 14;

    private final UnitContext unit;
    private final long offset;

    Entry(UnitContext unit, long offset) {
        this.unit = unit;
        this.offset = offset;
    }

    /** Called for the children of an entry. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Called for one child.
         *
         * @param tag DW_TAG_* of the child
         * @param child the child
         * @param attributes of the child; overwritten for the next child
         * @return whether to continue
         * @throws IOException if the child, or an entry that it refers to, is damaged
         */
        boolean visit(int tag, Entry child, Attributes attributes) throws IOException;
    }

    /**
     * Computes a value from the entries of a unit.
     *
     * @param <T> the type of the value
     */
    @FunctionalInterface
    public interface Derivation<T> {
        /**
         * {@return the value}
         *
         * @param root the root entry of the unit
         * @throws IOException if the unit's entries are damaged
         */
        T make(Entry root) throws IOException;
    }

    /** {@return the offset of the entry in its section} */
    public long offset() {
        return offset;
    }

    /** {@return the root entry of the entry's unit} */
    public Entry root() {
        return new Entry(unit, unit.header().firstEntry());
    }

    /**
     * {@return another entry of the same unit}
     *
     * @param place its {@link #offset}
     */
    public Entry at(long place) {
        return new Entry(unit, place);
    }

    /** {@return the size of an address in the unit, in bytes} */
    public int addressSize() {
        return unit.header().addressSize();
    }

    /** {@return the size of an offset in the unit, in bytes: 4, or 8 in 64-bit DWARF} */
    public int offsetSize() {
        return unit.header().offsetSize();
    }

    /** {@return the DWARF version of the unit} */
    public int version() {
        return unit.header().version();
    }

    /** {@return whether the unit is in a {@code .dwo} or {@code .dwp} file} */
    public boolean isSplit() {
        return unit.isSplit();
    }

    /**
     * {@return an entry of the same unit}
     *
     * @param distance from the unit's header, in bytes
     * @throws DwarfException if the entry is not in the unit
     */
    public Entry inUnit(long distance) throws DwarfException {
        long place = unit.header().offset() + distance;
        if (!unit.holds(place)) {
            throw broken("a reference to 0x" + Long.toHexString(place) + " is outside its unit");
        }
        return new Entry(unit, place);
    }

    /**
     * {@return an entry of any unit of the file}
     *
     * @param place its offset in the section
     * @throws IOException if the entry is in no unit
     */
    public Entry inFile(long place) throws IOException {
        boolean here = unit.header().section() == Kind.INFO && unit.holds(place);
        return new Entry(here ? unit : unit.references().holding(place), place);
    }

    /**
     * {@return whether the code of this entry has the address}
     *
     * @param attributes of this entry
     * @param address in the ELF file
     * @throws IOException if the entry's range list is damaged
     */
    public boolean covers(Attributes attributes, long address) throws IOException {
        AddressRanges ranges = new AddressRanges();
        new RangeLists(unit).read(attributes, ranges);
        return ranges.contains(address);
    }

    /**
     * {@return the address in an attribute of class address}
     *
     * @param attributes of this entry
     * @param slot of an attribute that the entry has
     * @throws IOException if the address cannot be read
     */
    public long address(Attributes attributes, int slot) throws IOException {
        return unit.address(attributes.form(slot), attributes.value(slot));
    }

    /**
     * {@return the address with an index in {@code .debug_addr}}
     *
     * @param index from 0
     * @throws IOException if the address cannot be read
     */
    public long address(long index) throws IOException {
        return unit.indexedAddress(index);
    }

    /**
     * {@return the address that the offsets in the unit's lists count from (DWARF5 3.1.1)}
     *
     * @throws IOException if the address cannot be read
     */
    public long baseAddress() throws IOException {
        return unit.lowPc();
    }

    /**
     * {@return the offset of a location list in its section}
     *
     * @param attributes of this entry
     * @param slot of an attribute that the entry has, which is no block
     * @throws IOException if the unit's table of lists cannot be read
     */
    public long locationList(Attributes attributes, int slot) throws IOException {
        return unit.locationList(attributes.form(slot), attributes.value(slot));
    }

    /**
     * {@return bytes of the section with the unit's location lists; fewer at the end of the section}
     *
     * @param place offset in the section
     * @param length in bytes
     * @throws IOException if the section is missing or the offset is outside of it
     */
    public byte[] locationBytes(long place, int length) throws IOException {
        return unit.sections().window(unit.locationKind(), place, length).data;
    }

    /** {@return whether the file's numbers are big-endian} */
    public boolean isBigEndian() {
        return unit.sections().bigEndian();
    }

    /**
     * {@return a value that is computed once for the entry's unit and kept as long as the unit}
     *
     * @param derivation computes the value; must be the same in all calls
     * @param <T> the type of the value
     * @throws IOException if the unit's entries are damaged
     */
    public <T> T ofUnit(Derivation<T> derivation) throws IOException {
        return unit.derived(new Lazy<T, IOException>() {
            @Override
            protected T compute() throws IOException {
                return derivation.make(root());
            }
        });
    }

    /**
     * {@return the target of an attribute of class reference, or null if its file or type unit is missing}
     *
     * @param attributes of this entry
     * @param slot of an attribute that the entry has
     * @throws IOException if the target is in no unit
     */
    public @Nullable Entry follow(Attributes attributes, int slot) throws IOException {
        int form = attributes.form(slot);
        long value = attributes.value(slot);
        References references = unit.references();
        if (form == DW_FORM_ref_sig8) {
            UnitContext type = references.typeUnit(unit.sections(), value);
            return type == null ? null : new Entry(type, type.header().typeEntry());
        }
        long at = unit.reference(form, value);
        if (UnitContext.isSupplementary(form)) {
            References supplementary = references.supplementary();
            return supplementary == null ? null : new Entry(supplementary.holding(at), at);
        }
        if (form == DW_FORM_ref_addr) {
            boolean here = unit.header().section() == Kind.INFO && unit.holds(at);
            return new Entry(here ? unit : references.holding(at), at);
        }
        if (at < 0) {
            return null;
        }
        if (!unit.holds(at)) {
            throw broken("a reference to 0x" + Long.toHexString(at) + " is outside its unit");
        }
        return new Entry(unit, at);
    }

    /**
     * Reads the entry's attributes.
     *
     * @param into receives the attributes; earlier ones are removed
     * @return DW_TAG_* of the entry, 0 for a null entry
     * @throws IOException if the entry is damaged
     */
    public int read(Attributes into) throws IOException {
        Cursor c = unit.readEntry(offset, into);
        into.of(c);
        int declaration = unit.declaration(c.at(0), offset);
        return declaration < 0 ? 0 : unit.abbreviations().tag(declaration);
    }

    /**
     * Visits the children of this entry, in their order.
     *
     * @param visitor called until it returns false
     * @throws IOException if a child is damaged
     */
    public void children(Visitor visitor) throws IOException {
        long left = unit.header().end() - offset;
        int visited = 0;
        for (long window = FIRST_WINDOW; ; window *= 8) {
            int length = (int) Math.min(Math.min(window, left), Integer.MAX_VALUE - 8);
            Cursor c = unit.sections().cursor(unit.header().section(), offset, length);
            Walk walk = new Walk(unit, c);
            for (int i = 0; ; i++) {
                try {
                    if (!walk.next()) {
                        return;
                    }
                } catch (IndexOutOfBoundsException e) {
                    if (length == left || length == Integer.MAX_VALUE - 8) {
                        throw c.truncated(offset, "the entry with its children", e);
                    }
                    break;
                }
                if (i == visited) {
                    visited++;
                    if (!visitor.visit(walk.tag, new Entry(unit, c.offsetOf(walk.start)), walk.attributes)) {
                        return;
                    }
                }
            }
        }
    }

    /** A walk over the children of the entry at the cursor. */
    private static final class Walk {
        final Attributes attributes = new Attributes();
        int tag;
        /** The position of the child in the window. */
        int start;

        private final UnitContext unit;
        private final Abbreviations abbreviations;
        private final Cursor c;
        /** The position after the attributes of the child. */
        private int end;

        private boolean hasChildren;
        private boolean begun;

        Walk(UnitContext unit, Cursor c) {
            this.unit = unit;
            this.c = c;
            attributes.of(c);
            abbreviations = unit.abbreviations();
        }

        /** Moves to the next child: {@return whether there is one} */
        boolean next() throws IOException {
            if (!begun) {
                begun = true;
                if (!read() || !hasChildren) {
                    return false;
                }
            } else {
                c.pos = end;
                if (hasChildren && !skipToSibling()) {
                    skipChildren();
                }
            }
            return read();
        }

        private boolean read() throws IOException {
            start = c.pos;
            attributes.clear();
            int declaration = unit.declaration(c, c.offset());
            if (declaration < 0) {
                return false;
            }
            abbreviations.readAll(declaration, c, attributes);
            tag = abbreviations.tag(declaration);
            hasChildren = abbreviations.hasChildren(declaration);
            end = c.pos;
            return true;
        }

        private boolean skipToSibling() {
            if (!attributes.has(Attributes.SIBLING)) {
                return false;
            }
            long sibling = unit.reference(attributes.form(Attributes.SIBLING), attributes.value(Attributes.SIBLING));
            long position = sibling - c.offsetOf(0);
            if (position <= end || sibling >= unit.header().end()) {
                return false;
            }
            if (position > c.data.length) {
                throw new IndexOutOfBoundsException(start);
            }
            c.pos = (int) position;
            return true;
        }

        private void skipChildren() throws IOException {
            Attributes skipped = new Attributes();
            for (int depth = 1; depth > 0; ) {
                int declaration = unit.declaration(c, c.offset());
                if (declaration < 0) {
                    depth--;
                } else {
                    abbreviations.readForFunctions(declaration, c, skipped);
                    depth += abbreviations.hasChildren(declaration) ? 1 : 0;
                }
            }
        }
    }

    /**
     * {@return an attribute of class string, or null if the entry does not have it or it is empty}
     *
     * @param attributes of this entry
     * @param slot of the attribute
     * @throws IOException if the string cannot be read
     */
    public @Nullable String string(Attributes attributes, int slot) throws IOException {
        if (!attributes.has(slot)) {
            return null;
        }
        String text = unit.string(attributes.form(slot), attributes.value(slot));
        return text.isEmpty() ? null : text;
    }

    /**
     * {@return the entries of the types in the type units of this entry's file (DWARF5 3.1.4), in the order of the
     * units}
     *
     * @param tags the tags of the types to find
     * @throws IOException if a unit is damaged, or if the file has too many such types
     */
    public List<Entry> typeUnits(int... tags) throws IOException {
        List<Entry> found = new ArrayList<>();
        Attributes attributes = new Attributes();
        References references = unit.references();
        for (UnitHeader header : references.typeUnits(unit.sections())) {
            UnitContext types = UnitContext.read(unit.sections(), header, references);
            Entry entry = new Entry(types, header.typeEntry());
            if (types.holds(entry.offset) && contains(tags, entry.read(attributes))) {
                if (found.size() == MAX_TYPES) {
                    throw entry.root().broken("more than " + MAX_TYPES + " type units with the same tag");
                }
                found.add(entry);
            }
        }
        return found;
    }

    private static boolean contains(int[] tags, int tag) {
        for (int each : tags) {
            if (each == tag) {
                return true;
            }
        }
        return false;
    }

    /**
     * {@return the next size for a full table of this unit}
     *
     * @param size of the full table
     * @param entryBytes the bytes of an entry in all columns of the table
     * @param table names the contents in the message, such as "the names of the unit"
     * @throws DwarfException if the table already has its largest size
     */
    public int grown(int size, int entryBytes, String table) throws DwarfException {
        return unit.grown(size, entryBytes, table);
    }

    /**
     * {@return an exception with the file and the place of this entry}
     *
     * @param rule the problem
     */
    public DwarfException broken(String rule) {
        return new DwarfException(unit.sections().file(), unit.header().section().sectionName, offset, rule);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Entry that
                && offset == that.offset
                && unit.sections() == that.unit.sections()
                && unit.header().section() == that.unit.header().section();
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(unit.sections()) * 31 + Long.hashCode(offset);
    }
}
