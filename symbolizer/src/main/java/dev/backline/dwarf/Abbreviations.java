package dev.backline.dwarf;

import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.elf.SectionData;
import java.io.IOException;
import java.util.Arrays;

/**
 * One abbreviation table (DWARF5 7.5.3), with a plan for each declaration: which bytes of an entry to
 * step over and which attributes to keep. The plan depends on the sizes of addresses and offsets in the
 * unit, so a table belongs to units that agree in them. Immutable once read, thread-safe.
 */
final class Abbreviations {
    /** Largest window read for one table; a table has a few kilobytes, in LTO units some hundred. */
    private static final int MAX_TABLE = 64 << 20;

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

    private final int addressSize;
    private final int offsetSize;
    private final int version;

    private int count;
    private int bytes;
    private long[] codes = new long[64];
    private int[] tags = new int[64];
    private boolean[] children = new boolean[64];
    /** Where the attribute specifications of a declaration start in {@link #specs}; one more at the end. */
    private int[] specStarts = new int[65];

    private int[] specs = new int[512];
    private long[] constants = new long[8];
    private int constantCount;

    private int[][] functionPlans = {};
    private int[][] fullPlans = {};
    private int[] fixedSizes = {};
    /** Codes are 1, 2, 3 … in most tables; then the declaration's index is the code less one. */
    private boolean dense = true;

    private final java.util.Map<Long, Integer> sparse = new java.util.HashMap<>();

    private Abbreviations(int addressSize, int offsetSize, int version) {
        this.addressSize = addressSize;
        this.offsetSize = offsetSize;
        this.version = version;
    }

    static Abbreviations read(
            SectionData section, boolean bigEndian, long offset, int addressSize, int offsetSize, int version)
            throws IOException {
        if (offset < 0 || offset >= section.size()) {
            throw new DwarfException(
                    section.file(), section.name(), offset, "an abbreviation table outside the section");
        }
        long left = section.size() - offset;
        for (int window = 4096; ; window = Math.min(window * 4, MAX_TABLE)) {
            int length = (int) Math.min(window, left);
            Cursor cursor = Cursor.over(section, bigEndian, offset, length);
            try {
                Abbreviations table = new Abbreviations(addressSize, offsetSize, version);
                table.parse(cursor);
                table.bytes = cursor.pos;
                return table;
            } catch (IndexOutOfBoundsException e) {
                if (length == left || length == MAX_TABLE) {
                    throw cursor.truncated(offset, "the abbreviation table", e);
                }
            }
        }
    }

    /** How many bytes the table has in its section. */
    int bytes() {
        return bytes;
    }

    private void parse(Cursor c) throws DwarfException {
        int specCount = 0;
        while (true) {
            long at = c.offset();
            long code = c.uleb();
            if (code == 0) {
                break;
            }
            if (count == codes.length) {
                codes = Arrays.copyOf(codes, count * 2);
                tags = Arrays.copyOf(tags, count * 2);
                children = Arrays.copyOf(children, count * 2);
                specStarts = Arrays.copyOf(specStarts, count * 2 + 1);
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
            specStarts[count] = specCount;
            while (true) {
                int attribute = c.uleb32();
                int form = c.uleb32();
                long constant = form == DW_FORM_implicit_const ? c.sleb() : 0;
                if (attribute == 0 && form == 0) {
                    break;
                }
                if (specCount + 3 > specs.length) {
                    specs = Arrays.copyOf(specs, specs.length * 2);
                }
                if (form == DW_FORM_implicit_const) {
                    if (constantCount == constants.length) {
                        constants = Arrays.copyOf(constants, constantCount * 2);
                    }
                    constants[constantCount++] = constant;
                }
                specs[specCount++] = attribute;
                specs[specCount++] = form;
                specs[specCount++] = constantCount - 1;
            }
            count++;
            specStarts[count] = specCount;
        }
        functionPlans = new int[count][];
        fullPlans = new int[count][];
        fixedSizes = new int[count];
        for (int i = 0; i < count; i++) {
            int[] plan = plan(c, i, Attributes.wanted(tags[i]));
            functionPlans[i] = plan;
            fixedSizes[i] = plan.length == 0 ? 0 : plan.length == 1 && (plan[0] & 0xff) == FIXED ? plan[0] >>> 8 : -1;
            if (!dense) {
                sparse.putIfAbsent(codes[i], i);
            }
        }
    }

    private int[] plan(Cursor c, int index, long wanted) throws DwarfException {
        int[] ops = new int[(specStarts[index + 1] - specStarts[index]) / 3];
        int n = 0;
        for (int s = specStarts[index]; s < specStarts[index + 1]; s += 3) {
            int form = specs[s + 1];
            int slot = Attributes.slot(specs[s]);
            boolean keep = slot >= 0 && (wanted >>> slot & 1) != 0;
            if (form == DW_FORM_indirect) {
                ops[n++] = INDIRECT | (keep ? slot : NO_SLOT) << 8;
                continue;
            }
            int skip = skip(form);
            if (skip == -1) {
                throw c.broken(
                        c.offset(),
                        "abbreviation " + codes[index] + " uses the unknown form 0x" + Integer.toHexString(form));
            }
            if (keep) {
                ops[n++] = form == DW_FORM_implicit_const
                        ? CONSTANT | slot << 8 | checkedIndex(c, specs[s + 2]) << 16
                        : READ | slot << 8 | form << 16;
            } else if (skip != 0) {
                if ((skip & 0xff) == FIXED && n > 0 && (ops[n - 1] & 0xff) == FIXED) {
                    ops[n - 1] += skip;
                } else {
                    ops[n++] = skip;
                }
            }
        }
        return Arrays.copyOf(ops, n);
    }

    private static int checkedIndex(Cursor c, int index) throws DwarfException {
        if (index > 0xffff) {
            throw c.broken(c.offset(), "an abbreviation table with more than 65,536 implicit constants");
        }
        return index;
    }

    /** The op that steps over a value of the form (DWARF5 7.5.6); 0 where it has no bytes, -1 for an unknown form. */
    private int skip(int form) {
        return switch (form) {
            case DW_FORM_flag_present, DW_FORM_implicit_const -> 0;
            case DW_FORM_data1, DW_FORM_ref1, DW_FORM_flag, DW_FORM_strx1, DW_FORM_addrx1 -> FIXED | 1 << 8;
            case DW_FORM_data2, DW_FORM_ref2, DW_FORM_strx2, DW_FORM_addrx2 -> FIXED | 2 << 8;
            case DW_FORM_strx3, DW_FORM_addrx3 -> FIXED | 3 << 8;
            case DW_FORM_data4, DW_FORM_ref4, DW_FORM_ref_sup4, DW_FORM_strx4, DW_FORM_addrx4 -> FIXED | 4 << 8;
            case DW_FORM_data8, DW_FORM_ref8, DW_FORM_ref_sig8, DW_FORM_ref_sup8 -> FIXED | 8 << 8;
            case DW_FORM_data16 -> FIXED | 16 << 8;
            case DW_FORM_addr -> FIXED | addressSize << 8;
            case DW_FORM_ref_addr -> FIXED | refAddrSize() << 8;
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

    /** DWARF2 7.5.4 has DW_FORM_ref_addr in the size of an address, later versions in that of an offset. */
    private int refAddrSize() {
        return version == 2 ? addressSize : offsetSize;
    }

    /** The declaration of a code, or -1 when the table has none. */
    int index(long code) {
        if (dense) {
            return code > 0 && code <= count ? (int) code - 1 : -1;
        }
        Integer index = sparse.get(code);
        return index == null ? -1 : index;
    }

    int tag(int index) {
        return tags[index];
    }

    boolean hasChildren(int index) {
        return children[index];
    }

    /** Reads the attributes that finding functions needs; the cursor ends behind the entry. */
    void readForFunctions(int index, Cursor c, Attributes into) throws DwarfException {
        int fixed = fixedSizes[index];
        if (fixed >= 0) {
            c.skip(fixed);
        } else {
            run(functionPlans[index], c, into);
        }
    }

    /** Reads every attribute that has a slot; the cursor ends behind the entry. */
    void readAll(int index, Cursor c, Attributes into) throws DwarfException {
        int[] plan = fullPlans[index];
        if (plan == null) {
            plan = plan(c, index, -1L);
            fullPlans[index] = plan;
        }
        run(plan, c, into);
    }

    private void run(int[] plan, Cursor c, Attributes into) throws DwarfException {
        for (int op : plan) {
            switch (op & 0xff) {
                case FIXED -> c.skip(op >>> 8);
                case READ -> read(op >>> 16, op >>> 8 & 0xff, c, into);
                case CONSTANT -> into.set(op >>> 8 & 0xff, DW_FORM_implicit_const, constants[op >>> 16]);
                case INDIRECT -> indirect(op >>> 8, c, into);
                default -> stepOver(op & 0xff, c);
            }
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
        long at = c.offset();
        int form = c.uleb32();
        while (form == DW_FORM_indirect) {
            form = c.uleb32();
        }
        int skip = skip(form);
        // DWARF5 7.5.3: there is no place for an implicit constant.
        if (form == DW_FORM_implicit_const || skip == -1) {
            throw c.broken(at, "DW_FORM_indirect names the form 0x" + Integer.toHexString(form));
        }
        if (slot != NO_SLOT) {
            read(form, slot, c, into);
        } else if ((skip & 0xff) == FIXED) {
            c.skip(skip >>> 8);
        } else {
            stepOver(skip & 0xff, c);
        }
    }

    /**
     * Keeps one value. A string in place is kept as its offset in the section; a block as its position in
     * the window, with its length in the upper half.
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
            case DW_FORM_ref_addr -> value = c.unsigned(refAddrSize());
            case DW_FORM_sdata -> value = c.sleb();
            case DW_FORM_string -> {
                value = c.offset();
                c.skipString();
            }
            case DW_FORM_block1 -> value = block(c.u1(), c);
            case DW_FORM_block2 -> value = block(c.u2(), c);
            case DW_FORM_block4 -> value = block(c.u4(), c);
            case DW_FORM_block, DW_FORM_exprloc -> value = block(c.uleb(), c);
            default -> value = (skip(form) & 0xff) == FIXED ? c.unsigned(offsetSize) : c.uleb();
        }
        into.set(slot, form, value);
    }

    private static long block(long length, Cursor c) {
        int start = c.pos;
        c.skip(length);
        return length << 32 | start;
    }
}
