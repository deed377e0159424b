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
        /** One entry: its place, and its attributes, which the next one overwrites. */
        void visit(int tag, Entry child, Attributes attributes, Cursor cursor) throws IOException;
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

    /** Visits the entries right below this one, in their order. */
    void children(Visitor visitor) throws IOException {
        long left = unit.header().end() - offset;
        for (long window = FIRST_WINDOW; ; window *= 8) {
            int length = (int) Math.min(Math.min(window, left), Integer.MAX_VALUE - 8);
            Cursor c = unit.sections().cursor(unit.header().section(), offset, length);
            int[] places;
            try {
                places = childPlaces(c);
            } catch (IndexOutOfBoundsException e) {
                if (length == left || length == Integer.MAX_VALUE - 8) {
                    throw c.truncated(offset, "the entry with those below it", e);
                }
                continue;
            }
            Attributes attributes = new Attributes();
            for (int place : places) {
                c.pos = place;
                attributes.clear();
                int declaration = unit.declaration(c, c.offsetOf(place));
                unit.abbreviations().readAll(declaration, c, attributes);
                visitor.visit(unit.abbreviations().tag(declaration), new Entry(unit, c.offsetOf(place)), attributes, c);
            }
            return;
        }
    }

    private int[] childPlaces(Cursor c) throws IOException {
        Abbreviations abbreviations = unit.abbreviations();
        Attributes attributes = new Attributes();
        int[] places = new int[32];
        int count = 0;
        int depth = 0;
        do {
            int start = c.pos;
            attributes.clear();
            int declaration = unit.declaration(c, c.offset());
            if (declaration < 0) {
                depth--;
                continue;
            }
            abbreviations.readAll(declaration, c, attributes);
            if (depth == 1) {
                if (count == places.length) {
                    places = java.util.Arrays.copyOf(places, count * 2);
                }
                places[count++] = start;
            }
            if (abbreviations.hasChildren(declaration) && !(depth > 0 && skipToSibling(c, start, attributes))) {
                depth++;
            }
        } while (depth > 0);
        return java.util.Arrays.copyOf(places, count);
    }

    private boolean skipToSibling(Cursor c, int start, Attributes attributes) {
        if (!attributes.has(Attributes.SIBLING)) {
            return false;
        }
        long sibling = unit.reference(attributes.form(Attributes.SIBLING), attributes.value(Attributes.SIBLING));
        long position = sibling - c.offsetOf(start) + start;
        if (position <= c.pos || sibling >= unit.header().end()) {
            return false;
        }
        if (position > c.data.length) {
            throw new IndexOutOfBoundsException(start);
        }
        c.pos = (int) position;
        return true;
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
