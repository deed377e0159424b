package dev.backline.dwarf;

import static dev.backline.dwarf.DwarfConstants.*;

/**
 * Walks over entries and stops at those of functions, and of inlined calls where they are wanted. Types are passed over by their DW_AT_sibling
 * where nothing below them can have code. What is passed over is not decoded, and this is where the time of reading
 * functions goes: the loop keeps its state in local variables. Not thread-safe.
 */
final class EntryWalk {
    /** No compiler nests entries this deep; damaged files can. */
    static final int MAX_DEPTH = 1 << 12;

    private static final int PASS = 0;
    private static final int PASS_BY_SIBLING = 1;
    private static final int STOP = 2;

    private final Unit unit;
    private final Abbreviations abbreviations;
    private final Cursor c;
    private final Attributes attributes = new Attributes();
    /** What to do with entries of each declaration. */
    private final byte[] actions;

    private int depth;
    /** The least depth since the last stop. */
    private int least;

    private int declaration = -1;
    private int start;

    /**
     * @param c at the first entry to look at, over the rest of the unit; the walk ends behind what lies below that entry
     * @param inlined whether to stop at inlined calls as well
     */
    EntryWalk(Unit unit, Cursor c, boolean inlined) {
        this.unit = unit;
        this.abbreviations = unit.abbreviations();
        this.c = c;
        actions = abbreviations.actions(isC(unit.language()), inlined);
    }

    /** What to do with entries of each of the table's declarations. */
    static byte[] actions(Abbreviations abbreviations, boolean typesHoldNoCode, boolean inlined) {
        byte[] actions = new byte[abbreviations.count()];
        for (int i = 0; i < actions.length; i++) {
            actions[i] = (byte) action(abbreviations.tag(i), typesHoldNoCode, inlined);
        }
        return actions;
    }

    private static int action(int tag, boolean typesHoldNoCode, boolean inlined) {
        return switch (tag) {
            case DW_TAG_subprogram -> STOP;
            case DW_TAG_inlined_subroutine -> inlined ? STOP : PASS;
            case DW_TAG_structure_type, DW_TAG_union_type, DW_TAG_class_type ->
                typesHoldNoCode ? PASS_BY_SIBLING : PASS;
            case DW_TAG_array_type, DW_TAG_enumeration_type, DW_TAG_subroutine_type -> PASS_BY_SIBLING;
            default -> PASS;
        };
    }

    /** DW_LANG_C89, C, C99, C11, C17, Mips_Assembler, Assembly: functions never stand inside types. */
    private static boolean isC(int language) {
        return switch (language) {
            case 0x01, 0x02, 0x0c, 0x1d, 0x2c, 0x31, 0x8001 -> true;
            default -> false;
        };
    }

    /** Moves to the next function or inlined call and decodes it: {@return whether there is one} */
    boolean next() throws DwarfException {
        if (declaration >= 0) {
            // The entry of the last stop.
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
        return true;
    }

    private void descend(int at) throws DwarfException {
        if (++depth == MAX_DEPTH) {
            throw c.broken(c.offsetOf(at), "entries are nested more than " + MAX_DEPTH + " deep");
        }
    }

    /** Moves to the next entry to stop at, and behind its code; false at the end. */
    private boolean pass() throws DwarfException {
        byte[] data = c.data;
        int end = data.length;
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
                index = abbreviations.index(c.uleb());
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

    /** Where the entry says that its children end; -1 where it does not, or would lead backwards or out of the unit. */
    private int sibling(int index, int from, int behindCode) throws DwarfException {
        int place = abbreviations.siblingPlace(index);
        long value;
        if (place >= 0) {
            c.pos = behindCode + place;
            value = unit.header().offset() + c.u4();
        } else {
            c.pos = behindCode;
            attributes.clear();
            abbreviations.readForFunctions(index, c, attributes);
            if (!attributes.has(Attributes.SIBLING)) {
                return -1;
            }
            value = unit.reference(attributes.form(Attributes.SIBLING), attributes.value(Attributes.SIBLING));
        }
        long sibling = value - c.offsetOf(0);
        return sibling < c.pos || sibling <= from || sibling > c.data.length ? -1 : (int) sibling;
    }

    /** How deep the entry lies below the first one. */
    int depth() {
        return depth;
    }

    /** Whether entries below this one may follow. */
    boolean hasChildren() {
        return abbreviations.hasChildren(declaration);
    }

    /** An earlier stop whose depth is not below this one does not enclose the entry. */
    int leastDepth() {
        return least;
    }

    int tag() {
        return abbreviations.tag(declaration);
    }

    /** The entry's place in {@code .debug_info}. */
    long offset() {
        return c.offsetOf(start);
    }

    /** What of the entry is wanted; good until {@link #next()}. */
    Attributes attributes() {
        return attributes;
    }
}
