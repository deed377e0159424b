package dev.backline.dwarf;

import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.elf.SectionData;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * One abbreviation table (DWARF5 7.5.3), with a plan for each declaration: which bytes of an entry to skip and which
 * attributes to keep. The plan depends on the sizes of addresses and offsets in the unit, so units share a table only
 * if these sizes are equal. Immutable once read, thread-safe.
 *
 * <p>More than 500 lines, since the plan is made and followed by the same table of forms (DWARF5 7.5.6).
 */
final class Abbreviations {
    /** Largest window read for one table. A table takes a few kilobytes, in LTO units some hundred. */
    private static final int MAX_TABLE = 64 << 20;

    /** Enough for most tables. */
    private static final int FIRST_WINDOW = 4096;

    private static final int FIXED = 0;
    private static final int LEB = 1;
    private static final int STRING = 2;
    private static final int BLOCK1 = 3;
    private static final int BLOCK2 = 4;
    private static final int BLOCK4 = 5;
    private static final int BLOCK = 6;
    private static final int INDIRECT = 7;
    private static final int READ = 8;
    private static final int CONSTANT = 9;
    private static final int NO_SLOT = 0xff;

    /**
     * The lower bits of a step of an {@link EntryWalk}: step over an entry, skip it with all below it, or stop at it.
     */
    static final int PASS = 0;

    static final int PASS_BY_SIBLING = 1;
    static final int STOP = 2;
    static final int ACTION = 3;

    /** The bit of a step for entries with children. The bits above are the size of the entries, or -1. */
    static final int CHILDREN = 4;

    static final int SIZE_SHIFT = 3;

    /** DWARF defines fewer attributes, and an entry has each of them at most once (DWARF5 2.2). */
    private static final int MAX_ATTRIBUTES = 256;

    /** Almost all attributes and forms have numbers below these. */
    private static final int USUAL_ATTRIBUTES = 0x100;

    private static final int USUAL_FORMS = 0x40;

    /** By attribute, its slot or -1. */
    private static final byte[] SLOTS = new byte[USUAL_ATTRIBUTES];

    static {
        for (int attribute = 0; attribute < USUAL_ATTRIBUTES; attribute++) {
            SLOTS[attribute] = (byte) Attributes.slot(attribute);
        }
    }

    private final int addressSize;
    private final int offsetSize;
    private final int version;
    /** The result of {@link #skip} for each form. */
    private final int[] skips;

    /** The bytes of the table in the file. */
    private byte[] bytes = {};

    private int count;
    /** The end of the last declaration that is read, and the constants up to there. */
    private int parsed;

    private int parsedConstants;
    private long[] codes;
    private int[] tags;
    private boolean[] children;
    /** Where the attribute specifications of a declaration start in {@link #bytes}. */
    private int[] specStarts;
    /** Where the plan of each declaration starts in {@link #ops}, and where the last plan ends. */
    private int[] planStarts;

    private int[] ops;
    private int opCount;
    private long[] constants = new long[8];
    private int constantCount;
    /** The size of an entry after its code, if all entries have the same size and no attribute is kept; else -1. */
    private int[] fixedSizes;
    /** The position after the code of DW_AT_sibling with form ref4, if all entries have the same position; else -1. */
    private int[] siblings;
    /** In most tables the codes are 1, 2, 3 …; then the index of a declaration is its code minus one. */
    private boolean dense = true;

    /** For each pair of arguments of {@link #steps(boolean, boolean)}; many small units may share one large table. */
    private final AtomicReferenceArray<int[]> steps = new AtomicReferenceArray<>(4);

    private final java.util.Map<Long, Integer> sparse = new java.util.HashMap<>();

    private Abbreviations(Sizes sizes, Columns columns) {
        addressSize = sizes.addressSize;
        offsetSize = sizes.offsetSize;
        version = sizes.version;
        skips = sizes.skips;
        codes = columns.codes;
        tags = columns.tags;
        children = columns.children;
        specStarts = columns.specStarts;
        planStarts = columns.planStarts;
        ops = columns.ops;
        fixedSizes = columns.fixedSizes;
        siblings = columns.siblings;
    }

    /** The columns of one table after the other while it is read. Not thread-safe. */
    static final class Columns {
        /** Columns for more declarations are not kept. */
        private static final int MOST_KEPT = 1 << 12;

        private long[] codes = new long[256];
        private int[] tags = new int[256];
        private boolean[] children = new boolean[256];
        private int[] specStarts = new int[256];
        private int[] planStarts = new int[257];
        private int[] ops = new int[1024];
        private int[] fixedSizes = new int[256];
        private int[] siblings = new int[256];
        private int read;

        /** The bytes of the section that the last table took, up to its damage if it has any. */
        int read() {
            return read;
        }

        /** Keeps the columns of a table, which may have grown. */
        private void keep(Abbreviations table) {
            if (table.count <= MOST_KEPT) {
                codes = table.codes;
                tags = table.tags;
                children = table.children;
                specStarts = table.specStarts;
                planStarts = table.planStarts;
                ops = table.ops;
                fixedSizes = table.fixedSizes;
                siblings = table.siblings;
            }
        }
    }

    /** The sizes of forms in a unit. Immutable. */
    static final class Sizes {
        private final int addressSize;
        private final int offsetSize;
        private final int version;
        private final int[] skips = new int[USUAL_FORMS];

        Sizes(int addressSize, int offsetSize, int version) {
            this.addressSize = addressSize;
            this.offsetSize = offsetSize;
            this.version = version;
            for (int form = 0; form < USUAL_FORMS; form++) {
                skips[form] = skip(form, addressSize, offsetSize, version);
            }
        }

        boolean are(int addressSize, int offsetSize, int version) {
            return this.addressSize == addressSize && this.offsetSize == offsetSize && this.version == version;
        }
    }

    static Abbreviations read(SectionData section, boolean bigEndian, long offset, Sizes sizes, Columns columns)
            throws IOException {
        columns.read = 0;
        if (offset < 0 || offset >= section.size()) {
            throw new DwarfException(
                    section.file(), section.name(), offset, "an abbreviation table outside the section");
        }
        long left = section.size() - offset;
        Abbreviations table = new Abbreviations(sizes, columns);
        for (int window = FIRST_WINDOW; ; window = Math.min(window * 4, MAX_TABLE)) {
            int length = (int) Math.min(window, left);
            Cursor cursor = Cursor.over(section, bigEndian, offset, length);
            try {
                table.parse(cursor, columns);
                return table;
            } catch (IndexOutOfBoundsException e) {
                if (length == left || length == MAX_TABLE) {
                    throw cursor.truncated(offset, "the abbreviation table", e);
                }
            } finally {
                columns.read = cursor.pos;
            }
        }
    }

    /** The approximate memory of the table, in bytes. */
    int weight() {
        return 600 + bytes.length + 4 * ops.length + (7 * 4 + 1) * count + 100 * sparse.size();
    }

    /**
     * Reads the declarations from the first one that is not known.
     *
     * @param c at the start of the table
     * @throws IndexOutOfBoundsException if the table goes on after the window; the declarations before are known then
     */
    private void parse(Cursor c, Columns columns) throws DwarfException {
        c.pos = parsed;
        constantCount = parsedConstants;
        while (true) {
            long at = c.offset();
            long code = c.uleb();
            if (code == 0) {
                break;
            }
            if (count == codes.length) {
                grow();
            }
            codes[count] = code;
            tags[count] = c.uleb32();
            int hasChildren = c.u1();
            if (hasChildren > 1) {
                throw c.broken(at, "abbreviation " + code + " has DW_CHILDREN 0x" + Integer.toHexString(hasChildren));
            }
            children[count] = hasChildren == 1;
            if (code != count + 1L) {
                dense = false;
            }
            specStarts[count] = c.pos;
            plan(c, count);
            count++;
            planStarts[count] = opCount;
            parsed = c.pos;
            parsedConstants = constantCount;
        }
        if (!dense) {
            for (int i = 0; i < count; i++) {
                sparse.putIfAbsent(codes[i], i);
            }
        }
        columns.keep(this);
        bytes = Arrays.copyOf(c.data, c.pos);
        tags = Arrays.copyOf(tags, count);
        children = Arrays.copyOf(children, count);
        specStarts = Arrays.copyOf(specStarts, count);
        planStarts = Arrays.copyOf(planStarts, count + 1);
        ops = Arrays.copyOf(ops, opCount);
        fixedSizes = Arrays.copyOf(fixedSizes, count);
        siblings = Arrays.copyOf(siblings, count);
        codes = new long[0];
    }

    private void grow() {
        int size = count * 2;
        codes = Arrays.copyOf(codes, size);
        tags = Arrays.copyOf(tags, size);
        children = Arrays.copyOf(children, size);
        specStarts = Arrays.copyOf(specStarts, size);
        planStarts = Arrays.copyOf(planStarts, size + 1);
        fixedSizes = Arrays.copyOf(fixedSizes, size);
        siblings = Arrays.copyOf(siblings, size);
    }

    /** Reads the attribute specifications of one declaration and makes the plan for its entries. */
    private void plan(Cursor c, int index) throws DwarfException {
        byte[] data = c.data;
        int pos = c.pos;
        long wanted = Attributes.wanted(tags[index]);
        int first = opCount;
        int[] into = ops;
        int end = first;
        // Bytes before the next attribute; -1 if entries differ.
        int before = 0;
        boolean kept = false;
        siblings[index] = -1;
        for (int attributes = 0; ; attributes++) {
            int attribute = data[pos++];
            if (attribute < 0) {
                c.pos = pos - 1;
                attribute = c.uleb32();
                pos = c.pos;
            }
            int form = data[pos++];
            if (form < 0) {
                c.pos = pos - 1;
                form = c.uleb32();
                pos = c.pos;
            }
            if (attribute == 0 && form == 0) {
                break;
            }
            long constant = 0;
            if (form == DW_FORM_implicit_const) {
                c.pos = pos;
                constant = c.sleb();
                pos = c.pos;
            }
            if (attributes == MAX_ATTRIBUTES) {
                throw c.broken(
                        c.offsetOf(pos),
                        "abbreviation " + codes[index] + " has more than " + MAX_ATTRIBUTES + " attributes");
            }
            if (end == into.length) {
                into = Arrays.copyOf(into, end * 2);
                ops = into;
            }
            int slot = slot(attribute);
            boolean keep = slot >= 0 && (wanted >>> slot & 1) != 0;
            int skip = usualSkip(form);
            if (form == DW_FORM_indirect) {
                into[end++] = INDIRECT | (keep ? slot : NO_SLOT) << 8;
                before = -1;
                continue;
            }
            if (skip == -1) {
                throw c.broken(
                        c.offsetOf(pos),
                        "abbreviation " + codes[index] + " uses the unknown form 0x" + Integer.toHexString(form));
            }
            if (keep) {
                kept = true;
                if (slot == Attributes.SIBLING && form == DW_FORM_ref4) {
                    siblings[index] = before;
                }
                c.pos = pos;
                into[end++] = form == DW_FORM_implicit_const
                        ? CONSTANT | slot << 8 | keptConstant(c, constant) << 16
                        : READ | slot << 8 | form << 16;
            } else if (skip != 0) {
                if ((skip & 0xff) == FIXED && end > first && (into[end - 1] & 0xff) == FIXED) {
                    into[end - 1] += skip;
                } else {
                    into[end++] = skip;
                }
            }
            before = (skip & 0xff) == FIXED && before >= 0 ? before + (skip >>> 8) : -1;
        }
        c.pos = pos;
        opCount = end;
        fixedSizes[index] = kept ? -1 : before;
    }

    private static int slot(int attribute) {
        return attribute >= 0 && attribute < USUAL_ATTRIBUTES ? SLOTS[attribute] : Attributes.slot(attribute);
    }

    private int usualSkip(int form) {
        return form >= 0 && form < USUAL_FORMS ? skips[form] : skip(form, addressSize, offsetSize, version);
    }

    private int keptConstant(Cursor c, long constant) throws DwarfException {
        if (constantCount > 0xffff) {
            throw c.broken(c.offset(), "an abbreviation table with more than 65,536 implicit constants");
        }
        if (constantCount == constants.length) {
            constants = Arrays.copyOf(constants, constantCount * 2);
        }
        constants[constantCount] = constant;
        return constantCount++;
    }

    /** The op that skips a value of the form (DWARF5 7.5.6); 0 for a form without bytes, -1 for an unknown form. */
    private static int skip(int form, int addressSize, int offsetSize, int version) {
        return switch (form) {
            case DW_FORM_flag_present, DW_FORM_implicit_const -> 0;
            case DW_FORM_data1, DW_FORM_ref1, DW_FORM_flag, DW_FORM_strx1, DW_FORM_addrx1 -> FIXED | 1 << 8;
            case DW_FORM_data2, DW_FORM_ref2, DW_FORM_strx2, DW_FORM_addrx2 -> FIXED | 2 << 8;
            case DW_FORM_strx3, DW_FORM_addrx3 -> FIXED | 3 << 8;
            case DW_FORM_data4, DW_FORM_ref4, DW_FORM_ref_sup4, DW_FORM_strx4, DW_FORM_addrx4 -> FIXED | 4 << 8;
            case DW_FORM_data8, DW_FORM_ref8, DW_FORM_ref_sig8, DW_FORM_ref_sup8 -> FIXED | 8 << 8;
            case DW_FORM_data16 -> FIXED | 16 << 8;
            case DW_FORM_addr -> FIXED | addressSize << 8;
            case DW_FORM_ref_addr -> FIXED | refAddrSize(addressSize, offsetSize, version) << 8;
            case DW_FORM_strp,
                    DW_FORM_sec_offset,
                    DW_FORM_line_strp,
                    DW_FORM_strp_sup,
                    DW_FORM_GNU_ref_alt,
                    DW_FORM_GNU_strp_alt -> FIXED | offsetSize << 8;
            case DW_FORM_sdata,
                    DW_FORM_udata,
                    DW_FORM_ref_udata,
                    DW_FORM_strx,
                    DW_FORM_addrx,
                    DW_FORM_loclistx,
                    DW_FORM_rnglistx,
                    DW_FORM_GNU_addr_index,
                    DW_FORM_GNU_str_index -> LEB;
            case DW_FORM_string -> STRING;
            case DW_FORM_block1 -> BLOCK1;
            case DW_FORM_block2 -> BLOCK2;
            case DW_FORM_block4 -> BLOCK4;
            case DW_FORM_block, DW_FORM_exprloc -> BLOCK;
            default -> -1;
        };
    }

    /** DW_FORM_ref_addr has the size of an address in DWARF2 7.5.4, and the size of an offset in later versions. */
    private static int refAddrSize(int addressSize, int offsetSize, int version) {
        return version == 2 ? addressSize : offsetSize;
    }

    /** The index of the declaration with the code, or -1. */
    int index(long code) {
        if (dense) {
            return code > 0 && code <= count ? (int) code - 1 : -1;
        }
        Integer index = sparse.get(code);
        return index == null ? -1 : index;
    }

    /** The number of declarations if their codes are 1, 2, 3 …, else 0. */
    int denseCodes() {
        return dense ? count : 0;
    }

    /**
     * For the entries of each declaration, what an {@link EntryWalk} does with them, whether they have children, and
     * their size after the code; -1 if entries differ or an attribute is kept.
     */
    int[] steps(boolean typesHoldNoCode, boolean inlined) {
        int kind = (typesHoldNoCode ? 2 : 0) + (inlined ? 1 : 0);
        int[] made = steps.get(kind);
        if (made == null) {
            made = new int[count];
            for (int i = 0; i < count; i++) {
                made[i] = fixedSizes[i] << SIZE_SHIFT
                        | (children[i] ? CHILDREN : 0)
                        | action(tags[i], typesHoldNoCode, inlined);
            }
            steps.set(kind, made);
        }
        return made;
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

    int tag(int index) {
        return tags[index];
    }

    boolean hasChildren(int index) {
        return children[index];
    }

    /** The position of DW_AT_sibling with form ref4 after the code, or -1 if entries differ or have none. */
    int siblingPlace(int index) {
        return siblings[index];
    }

    /** Reads the attributes that are needed to find functions. The cursor moves past the entry. */
    void readForFunctions(int index, Cursor c, Attributes into) throws DwarfException {
        int end = planStarts[index + 1];
        for (int i = planStarts[index]; i < end; i++) {
            int op = ops[i];
            switch (op & 0xff) {
                case FIXED -> c.skip(op >>> 8);
                case READ -> read(op >>> 16, op >>> 8 & 0xff, c, into);
                case CONSTANT -> into.set(op >>> 8 & 0xff, DW_FORM_implicit_const, constants[op >>> 16]);
                case INDIRECT -> indirect(op >>> 8, c, into);
                default -> stepOver(op & 0xff, c);
            }
        }
    }

    /** Reads every attribute that has a slot. The cursor moves past the entry. */
    void readAll(int index, Cursor c, Attributes into) throws DwarfException {
        Cursor specs = c.elsewhere(bytes, specStarts[index]);
        while (true) {
            int attribute = specs.uleb32();
            int form = specs.uleb32();
            if (attribute == 0 && form == 0) {
                return;
            }
            int slot = slot(attribute);
            if (form == DW_FORM_implicit_const) {
                long constant = specs.sleb();
                if (slot >= 0) {
                    into.set(slot, form, constant);
                }
            } else if (form == DW_FORM_indirect) {
                indirect(slot < 0 ? NO_SLOT : slot, c, into);
            } else if (slot >= 0) {
                read(form, slot, c, into);
            } else {
                skipForm(form, c);
            }
        }
    }

    /**
     * Skips an entry without reading attributes: {@return the position after it}
     *
     * @param c over the entries; its position does not matter
     * @param from the position after the entry's code
     */
    int stepOver(int index, Cursor c, int from) throws DwarfException {
        byte[] data = c.data;
        int limit = c.end;
        int at = from;
        int end = planStarts[index + 1];
        for (int i = planStarts[index]; i < end; i++) {
            int op = ops[i];
            if ((op & 0xff) == READ) {
                op = usualSkip(op >>> 16);
            }
            switch (op & 0xff) {
                case FIXED -> {
                    int size = op >>> 8;
                    if (size > limit - at) {
                        throw new IndexOutOfBoundsException(at);
                    }
                    at += size;
                }
                case LEB -> {
                    while (data[at] < 0) {
                        at++;
                    }
                    at++;
                }
                case BLOCK -> {
                    int length = data[at++];
                    if (length < 0) {
                        c.pos = at - 1;
                        c.skip(c.uleb());
                        at = c.pos;
                    } else if (length <= limit - at) {
                        at += length;
                    } else {
                        throw new IndexOutOfBoundsException(at);
                    }
                }
                case CONSTANT -> {
                    // The value is in the table.
                }
                default -> {
                    c.pos = at;
                    if ((op & 0xff) == INDIRECT) {
                        skipForm(indirectForm(c), c);
                    } else {
                        stepOver(op & 0xff, c);
                    }
                    at = c.pos;
                }
            }
        }
        return at;
    }

    private void skipForm(int form, Cursor c) {
        int skip = usualSkip(form);
        if ((skip & 0xff) == FIXED) {
            c.skip(skip >>> 8);
        } else {
            stepOver(skip & 0xff, c);
        }
    }

    private static void stepOver(int kind, Cursor c) {
        switch (kind) {
            case LEB -> c.skipLeb();
            case STRING -> c.skipString();
            case BLOCK1 -> c.skip(c.u1());
            case BLOCK2 -> c.skip(c.u2());
            case BLOCK4 -> c.skip(c.u4());
            default -> c.skip(c.uleb());
        }
    }

    private void indirect(int slot, Cursor c, Attributes into) throws DwarfException {
        int form = indirectForm(c);
        if (slot == NO_SLOT) {
            skipForm(form, c);
        } else {
            read(form, slot, c, into);
        }
    }

    private int indirectForm(Cursor c) throws DwarfException {
        long at = c.offset();
        int form = c.uleb32();
        while (form == DW_FORM_indirect) {
            form = c.uleb32();
        }
        c.checkEnd();
        // DWARF5 7.5.3: an implicit constant is stored in the table, which has no place for this one.
        if (form == DW_FORM_implicit_const || usualSkip(form) == -1) {
            throw c.broken(at, "DW_FORM_indirect names the form 0x" + Integer.toHexString(form));
        }
        return form;
    }

    /**
     * Keeps one value. An inline string is kept as its offset in the section; a block as its position in the window,
     * with its length in the upper 32 bits.
     */
    private void read(int form, int slot, Cursor c, Attributes into) {
        long value;
        switch (form) {
            case DW_FORM_flag_present -> value = 1;
            case DW_FORM_data1, DW_FORM_ref1, DW_FORM_flag, DW_FORM_strx1, DW_FORM_addrx1 -> value = c.u1();
            case DW_FORM_data2, DW_FORM_ref2, DW_FORM_strx2, DW_FORM_addrx2 -> value = c.u2();
            case DW_FORM_strx3, DW_FORM_addrx3 -> value = c.u3();
            case DW_FORM_data4, DW_FORM_ref4, DW_FORM_ref_sup4, DW_FORM_strx4, DW_FORM_addrx4 -> value = c.u4();
            case DW_FORM_data8, DW_FORM_ref8, DW_FORM_ref_sig8, DW_FORM_ref_sup8 -> value = c.u8();
            case DW_FORM_data16 -> {
                value = c.u8();
                c.skip(8);
            }
            case DW_FORM_addr -> value = c.unsigned(addressSize);
            case DW_FORM_ref_addr -> value = c.unsigned(refAddrSize(addressSize, offsetSize, version));
            case DW_FORM_sdata -> value = c.sleb();
            case DW_FORM_string -> {
                value = c.offset();
                c.skipString();
            }
            case DW_FORM_block1 -> value = block(c.u1(), c);
            case DW_FORM_block2 -> value = block(c.u2(), c);
            case DW_FORM_block4 -> value = block(c.u4(), c);
            case DW_FORM_block, DW_FORM_exprloc -> value = block(c.uleb(), c);
            default -> value = (usualSkip(form) & 0xff) == FIXED ? c.unsigned(offsetSize) : c.uleb();
        }
        into.set(slot, form, value);
    }

    private static long block(long length, Cursor c) {
        int start = c.pos;
        c.skip(length);
        return length << 32 | start;
    }
}
