package dev.backline.dwarf;

import static dev.backline.dwarf.Abbreviations.ACTION;
import static dev.backline.dwarf.Abbreviations.CHILDREN;
import static dev.backline.dwarf.Abbreviations.PASS;
import static dev.backline.dwarf.Abbreviations.SIZE_SHIFT;
import static dev.backline.dwarf.Abbreviations.STOP;

/**
 * Walks over entries and stops at functions and, on request, at inlined calls. Types that cannot contain code are
 * skipped by their DW_AT_sibling, and other entries without decoding them. Reading functions spends most of its time
 * here, so the loop keeps its state in local variables. Not thread-safe; a thread makes one walk at a time.
 */
final class EntryWalk {
    /** Deeper than compilers nest entries; a damaged file can be deeper. */
    static final int MAX_DEPTH = 1 << 12;

    private final UnitContext unit;
    private final Abbreviations abbreviations;
    private final Cursor c;
    private final Attributes attributes;
    /** For the entries of each declaration, as {@link Abbreviations#steps} gives them. */
    private final int[] steps;

    private final int denseCodes;

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
        attributes = attributes(unit.sections().scratch());
        steps = abbreviations.steps(isC(unit.language()), inlined);
        denseCodes = abbreviations.denseCodes();
    }

    /** Each walk of a thread uses the same attributes, so that a thread makes one walk at a time. */
    private static Attributes attributes(DebugSections.Scratch scratch) {
        Attributes kept = scratch.get(Attributes.class);
        return kept != null ? kept : scratch.keep(Attributes.class, new Attributes());
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
                if (++depth == MAX_DEPTH) {
                    throw tooDeep(start);
                }
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

    private DwarfException tooDeep(int at) {
        return c.broken(c.offsetOf(at), "entries are nested more than " + MAX_DEPTH + " levels deep");
    }

    /** Moves past the code of the next entry to stop at; false at the end. */
    private boolean pass() throws DwarfException {
        byte[] data = c.data;
        int[] steps = this.steps;
        int codes = denseCodes;
        int end = c.end;
        int pos = c.pos;
        int depth = this.depth;
        int least = this.least;
        while (pos < end) {
            int from = pos;
            int code = data[pos++];
            if (code == 0) {
                if (--depth <= 0) {
                    return false;
                }
                if (depth < least) {
                    least = depth;
                }
                continue;
            }
            if (code < 0 && pos < end) {
                int second = data[pos++];
                code = second < 0 ? 0 : (code & 0x7f) | (second << 7);
            }
            int index = code - 1;
            if (code <= 0 || code > codes) {
                c.pos = from;
                index = unusualCode();
                pos = c.pos;
            }
            int step = steps[index];
            if ((step & ACTION) != PASS) {
                if ((step & ACTION) == STOP) {
                    c.pos = pos;
                    start = from;
                    declaration = index;
                    this.depth = depth;
                    this.least = least;
                    return true;
                }
                int sibling = sibling(index, from, pos);
                if (sibling > 0) {
                    pos = sibling;
                    continue;
                }
            }
            int size = step >> SIZE_SHIFT;
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
            if ((step & CHILDREN) != 0) {
                if (++depth == MAX_DEPTH) {
                    throw tooDeep(from);
                }
            } else if (depth == 0) {
                return false;
            }
        }
        return false;
    }

    /** Reads the code at the cursor, of any length and from any table: {@return its declaration} */
    private int unusualCode() throws DwarfException {
        long at = c.offset();
        long code = c.uleb();
        c.checkEnd();
        int index = abbreviations.index(code);
        if (index < 0) {
            throw c.broken(at, "the entry's abbreviation code " + code + " is not in the unit's table");
        }
        return index;
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
