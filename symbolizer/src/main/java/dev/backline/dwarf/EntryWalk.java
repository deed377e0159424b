package dev.backline.dwarf;

import static dev.backline.dwarf.Abbreviations.PASS_BY_SIBLING;
import static dev.backline.dwarf.Abbreviations.STOP;

/**
 * Walks over entries and stops at functions and, on request, at inlined calls. Types that cannot contain code are
 * skipped by their DW_AT_sibling, and other entries without decoding them. Reading functions spends most of its time
 * here, so the loop keeps its state in local variables. Not thread-safe.
 */
final class EntryWalk {
    /** Deeper than compilers nest entries; a damaged file can be deeper. */
    static final int MAX_DEPTH = 1 << 12;

    private final UnitContext unit;
    private final Abbreviations abbreviations;
    private final Cursor c;
    private final Attributes attributes = new Attributes();
    /** The action for entries of each declaration. */
    private final byte[] actions;

    private int depth;
    /** The least depth since the last stop. */
    private int least;

    private int declaration = -1;
    private int start;

    /**
     * @param c at the first entry; the walk ends after the last entry below it
     * @param inlined whether to stop at inlined calls as well
     */
    EntryWalk(UnitContext unit, Cursor c, boolean inlined) {
        this.unit = unit;
        this.abbreviations = unit.abbreviations();
        this.c = c;
        actions = abbreviations.actions(isC(unit.language()), inlined);
    }

    /** DW_LANG_C89, C, C99, C11, C17, Mips_Assembler, Assembly: types never contain functions. */
    private static boolean isC(int language) {
        return switch (language) {
            case 0x01, 0x02, 0x0c, 0x1d, 0x2c, 0x31, 0x8001 -> true;
            default -> false;
        };
    }

    /** Moves to the next function or inlined call and decodes it: {@return whether there is one} */
    boolean next() throws DwarfException {
        if (declaration >= 0) {
            // The walk is still at the entry of the last stop.
            if (abbreviations.hasChildren(declaration)) {
                descend(start);
            } else if (depth == 0) {
                return false;
            }
        }
        least = depth;
        if (!pass()) {
            return false;
        }
        attributes.clear();
        abbreviations.readForFunctions(declaration, c, attributes);
        c.checkEnd();
        return true;
    }

    private void descend(int at) throws DwarfException {
        if (++depth == MAX_DEPTH) {
            throw c.broken(c.offsetOf(at), "entries are nested more than " + MAX_DEPTH + " levels deep");
        }
    }

    /** Moves past the code of the next entry to stop at; false at the end. */
    private boolean pass() throws DwarfException {
        byte[] data = c.data;
        int end = c.end;
        int pos = c.pos;
        while (pos < end) {
            int from = pos;
            int code = data[pos++];
            if (code == 0) {
                if (--depth <= 0) {
                    return false;
                }
                least = Math.min(least, depth);
                continue;
            }
            int index;
            if (code > 0) {
                index = abbreviations.index(code);
            } else {
                c.pos = from;
                long large = c.uleb();
                c.checkEnd();
                index = abbreviations.index(large);
                pos = c.pos;
            }
            if (index < 0) {
                c.pos = from;
                throw c.broken(
                        c.offsetOf(from), "the entry's abbreviation code " + c.uleb() + " is not in the unit's table");
            }
            int action = actions[index];
            if (action == STOP) {
                c.pos = pos;
                start = from;
                declaration = index;
                return true;
            }
            if (action == PASS_BY_SIBLING) {
                int sibling = sibling(index, from, pos);
                if (sibling > 0) {
                    pos = sibling;
                    continue;
                }
            }
            int size = abbreviations.fixedSize(index);
            if (size < 0) {
                pos = abbreviations.stepOver(index, c, pos);
                if (pos > end) {
                    throw new IndexOutOfBoundsException(pos);
                }
            } else if (size <= end - pos) {
                pos += size;
            } else {
                throw new IndexOutOfBoundsException(pos);
            }
            if (abbreviations.hasChildren(index)) {
                descend(from);
            } else if (depth == 0) {
                return false;
            }
        }
        return false;
    }

    /**
     * The position of the entry's DW_AT_sibling; -1 if there is none, or if it is before the entry or outside the unit.
     */
    private int sibling(int index, int from, int afterCode) throws DwarfException {
        int place = abbreviations.siblingPlace(index);
        long value;
        if (place >= 0) {
            c.pos = afterCode + place;
            value = unit.header().offset() + c.u4();
            c.checkEnd();
        } else {
            c.pos = afterCode;
            attributes.clear();
            abbreviations.readForFunctions(index, c, attributes);
            c.checkEnd();
            if (!attributes.has(Attributes.SIBLING)) {
                return -1;
            }
            value = unit.reference(attributes.form(Attributes.SIBLING), attributes.value(Attributes.SIBLING));
        }
        long sibling = value - c.offsetOf(0);
        return sibling < c.pos || sibling <= from || sibling > c.end ? -1 : (int) sibling;
    }

    /** The depth of the entry below the first one. */
    int depth() {
        return depth;
    }

    /** Whether children of the entry may follow. */
    boolean hasChildren() {
        return abbreviations.hasChildren(declaration);
    }

    /** The least depth since the last stop: an earlier stop encloses the entry only if its depth is less. */
    int leastDepth() {
        return least;
    }

    int tag() {
        return abbreviations.tag(declaration);
    }

    /** The offset of the entry in {@code .debug_info}. */
    long offset() {
        return c.offsetOf(start);
    }

    /** The attributes of the entry that are needed for functions; valid until {@link #next()}. */
    Attributes attributes() {
        return attributes;
    }
}
