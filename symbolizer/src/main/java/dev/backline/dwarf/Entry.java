package dev.backline.dwarf;

import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An entry by its place.
 *
 * @param offset in the section of the unit
 */
record Entry(Unit unit, long offset) {
    /** Enough for the members of most structures and the parameters of any function. */
    private static final int FIRST_WINDOW = 1 << 12;

    interface Visitor {
        /**
         * One entry: its place, and its attributes, which the next one overwrites.
         *
         * @return whether to go on
         */
        boolean visit(int tag, Entry child, Attributes attributes, Cursor cursor) throws IOException;
    }

    /** {@return the entry that an attribute of class reference leads to, or null when its file or type unit is missing} */
    @Nullable
    Entry follow(Attributes attributes, int slot) throws IOException {
        int form = attributes.form(slot);
        long value = attributes.value(slot);
        Dwarf dwarf = unit.dwarf();
        if (form == DW_FORM_ref_sig8) {
            Unit type = dwarf.typeUnits(unit.sections()).find(value);
            return type == null ? null : new Entry(type, type.header().typeEntry());
        }
        long at = unit.reference(form, value);
        if (Unit.isSupplementary(form)) {
            Dwarf supplementary = dwarf.supplementary();
            return supplementary == null ? null : new Entry(supplementary.unitHolding(at), at);
        }
        if (form == DW_FORM_ref_addr) {
            return new Entry(unit.header().section() == Kind.INFO && unit.holds(at) ? unit : dwarf.unitHolding(at), at);
        }
        if (at < 0) {
            return null;
        }
        if (!unit.holds(at)) {
            throw new DwarfException(
                    unit.sections().file(),
                    unit.header().section().sectionName,
                    offset,
                    "a reference leads out of its unit, to 0x" + Long.toHexString(at));
        }
        return new Entry(unit, at);
    }

    /** Reads the entry's attributes: {@return its tag, 0 for a null entry} */
    int read(Attributes into) throws IOException {
        Cursor c = Dwarf.readEntry(unit, offset, into);
        int declaration = unit.declaration(c.at(0), offset);
        return declaration < 0 ? 0 : unit.abbreviations().tag(declaration);
    }

    /** Visits the entries right below this one, in their order, until the visitor has seen enough. */
    void children(Visitor visitor) throws IOException {
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
                        throw c.truncated(offset, "the entry with those below it", e);
                    }
                    break;
                }
                if (i == visited) {
                    visited++;
                    if (!visitor.visit(walk.tag, new Entry(unit, c.offsetOf(walk.start)), walk.attributes, c)) {
                        return;
                    }
                }
            }
        }
    }

    /** A walk over the entries right below the one that the cursor stands at. */
    private static final class Walk {
        final Attributes attributes = new Attributes();
        int tag;
        /** Where the entry begins in the window. */
        int start;

        private final Unit unit;
        private final Abbreviations abbreviations;
        private final Cursor c;
        /** Behind the entry's attributes. */
        private int end;

        private boolean hasChildren;
        private boolean begun;

        Walk(Unit unit, Cursor c) {
            this.unit = unit;
            this.c = c;
            abbreviations = unit.abbreviations();
        }

        /** Moves to the next entry: {@return whether there is one} */
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

    /** {@return the attribute of class string, or null when the entry has none} */
    @Nullable
    String string(Attributes attributes, int slot) throws IOException {
        if (!attributes.has(slot)) {
            return null;
        }
        String text = unit.string(attributes.form(slot), attributes.value(slot));
        return text.isEmpty() ? null : text;
    }
}
