package dev.backline.dwarf;

import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.io.Internal;
import org.jspecify.annotations.Nullable;

/**
 * The attributes that were read of one entry, each as a form and a number. A number may be an index into .debug_addr or
 * an offset into .debug_str. {@link UnitContext} resolves it on demand, since the bases may come later in the same
 * entry. Reused from entry to entry; not thread-safe.
 */
@Internal
public final class Attributes {
    /** DW_AT_name. */
    public static final int NAME = 0;

    static final int LINKAGE_NAME = 1;
    /** DW_AT_low_pc. */
    public static final int LOW_PC = 2;

    static final int HIGH_PC = 3;
    static final int RANGES = 4;
    /** DW_AT_abstract_origin: the abstract entry of an inlined or out-of-line copy. */
    public static final int ABSTRACT_ORIGIN = 5;
    /** DW_AT_specification: the declaration that an entry completes. */
    public static final int SPECIFICATION = 6;

    static final int CALL_FILE = 7;
    static final int CALL_LINE = 8;
    static final int CALL_COLUMN = 9;
    static final int SIBLING = 10;
    static final int STMT_LIST = 11;
    static final int COMP_DIR = 12;
    static final int STR_OFFSETS_BASE = 13;
    static final int ADDR_BASE = 14;
    static final int RNGLISTS_BASE = 15;
    static final int GNU_RANGES_BASE = 16;
    static final int DWO_NAME = 17;
    static final int DWO_ID = 18;
    static final int LANGUAGE = 19;
    /** DW_AT_call_return_pc: the address that a call returns to. */
    public static final int CALL_RETURN_PC = 20;

    static final int CALL_PC = 21;
    static final int CALL_ORIGIN = 22;
    /** DW_AT_call_value: the value of a parameter at a call. */
    public static final int CALL_VALUE = 23;
    /** DW_AT_location. */
    public static final int LOCATION = 24;

    static final int TAIL_CALL = 25;
    /** DW_AT_type. */
    public static final int TYPE = 26;
    /** DW_AT_const_value. */
    public static final int CONST_VALUE = 27;

    static final int PRODUCER = 28;
    /** DW_AT_declaration. */
    public static final int DECLARATION = 29;
    /** DW_AT_byte_size. */
    public static final int BYTE_SIZE = 30;
    /** DW_AT_bit_size. */
    public static final int BIT_SIZE = 31;
    /** DW_AT_bit_offset (DWARF3 5.5.6). */
    public static final int BIT_OFFSET = 32;
    /** DW_AT_data_bit_offset. */
    public static final int DATA_BIT_OFFSET = 33;
    /** DW_AT_data_member_location. */
    public static final int DATA_MEMBER_LOCATION = 34;
    /** DW_AT_upper_bound. */
    public static final int UPPER_BOUND = 35;
    /** DW_AT_count. */
    public static final int ELEMENTS = 36;

    static final int ENTRY_PC = 37;
    /** DW_AT_external. */
    public static final int EXTERNAL = 38;
    /** DW_AT_import: the unit that an entry imports. */
    public static final int IMPORT = 39;
    /** DW_AT_signature: the type unit that defines a type. */
    public static final int SIGNATURE = 40;
    /** DW_AT_frame_base: where the local variables of a function start. */
    public static final int FRAME_BASE = 41;

    static final int LOCLISTS_BASE = 42;
    /** DW_AT_encoding of a base type. */
    public static final int ENCODING = 43;

    static final int COUNT = 44;

    final int[] forms = new int[COUNT];
    final long[] values = new long[COUNT];
    private long present;
    /** The bytes of attributes of class block. Set by {@link Entry}, which hands attributes to other packages. */
    private @Nullable Cursor window;

    /** Creates a set without attributes. */
    public Attributes() {}

    void clear() {
        present = 0;
    }

    void set(int slot, int form, long value) {
        present |= 1L << slot;
        forms[slot] = form;
        values[slot] = value;
    }

    /**
     * {@return whether the entry has the attribute}
     *
     * @param slot one of the constants of this class
     */
    public boolean has(int slot) {
        return (present >>> slot & 1) != 0;
    }

    /**
     * {@return the number of an attribute that the entry has}
     *
     * @param slot one of the constants of this class
     */
    public long value(int slot) {
        return values[slot];
    }

    int form(int slot) {
        return forms[slot];
    }

    /**
     * {@return the number of an attribute that the entry has, sign-extended from the size of its form}
     *
     * @param slot one of the constants of this class
     */
    public long signed(int slot) {
        long value = values[slot];
        return switch (forms[slot]) {
            case DW_FORM_data1 -> (byte) value;
            case DW_FORM_data2 -> (short) value;
            case DW_FORM_data4 -> (int) value;
            default -> value;
        };
    }

    /**
     * {@return whether an attribute that the entry has is a block of bytes or an expression instead of a number}
     *
     * @param slot one of the constants of this class
     */
    public boolean isBlock(int slot) {
        int form = forms[slot];
        return form == DW_FORM_exprloc
                || form == DW_FORM_block
                || form == DW_FORM_block1
                || form == DW_FORM_block2
                || form == DW_FORM_block4;
    }

    /**
     * {@return whether an attribute that the entry has is a number of at most 64 bits}
     *
     * @param slot one of the constants of this class
     */
    public boolean isNumber(int slot) {
        return switch (forms[slot]) {
            case DW_FORM_data1,
                    DW_FORM_data2,
                    DW_FORM_data4,
                    DW_FORM_data8,
                    DW_FORM_sdata,
                    DW_FORM_udata,
                    DW_FORM_implicit_const -> true;
            default -> false;
        };
    }

    /**
     * {@return whether an attribute that the entry has is a block without bytes}
     *
     * @param slot one of the constants of this class
     */
    public boolean isEmptyBlock(int slot) {
        return isBlock(slot) && values[slot] >>> 32 == 0;
    }

    /**
     * {@return the distance in an attribute that the entry has, as a number or as a constant expression; null if the
     * expression must be evaluated}
     *
     * @param slot one of the constants of this class
     */
    public @Nullable Long distance(int slot) {
        long value = values[slot];
        return isBlock(slot) && window != null
                ? Expressions.distance(window.part((int) value, (int) (value >>> 32)))
                : Long.valueOf(value);
    }

    /**
     * {@return the bytes of an attribute that the entry has, a block or an expression}
     *
     * @param slot one of the constants of this class
     */
    public byte[] block(int slot) {
        long value = values[slot];
        return window == null || !isBlock(slot) ? new byte[0] : window.part((int) value, (int) (value >>> 32)).data;
    }

    /** Sets the bytes that the positions of blocks refer to. */
    void of(Cursor bytes) {
        window = bytes;
    }

    /** The slot of an attribute, or -1 for an attribute that this package does not use. */
    static int slot(int attribute) {
        return switch (attribute) {
            case DW_AT_name -> NAME;
            case DW_AT_linkage_name, DW_AT_MIPS_linkage_name -> LINKAGE_NAME;
            case DW_AT_low_pc -> LOW_PC;
            case DW_AT_high_pc -> HIGH_PC;
            case DW_AT_ranges -> RANGES;
            case DW_AT_abstract_origin -> ABSTRACT_ORIGIN;
            case DW_AT_specification -> SPECIFICATION;
            case DW_AT_call_file -> CALL_FILE;
            case DW_AT_call_line -> CALL_LINE;
            case DW_AT_call_column -> CALL_COLUMN;
            case DW_AT_sibling -> SIBLING;
            case DW_AT_stmt_list -> STMT_LIST;
            case DW_AT_comp_dir -> COMP_DIR;
            case DW_AT_str_offsets_base -> STR_OFFSETS_BASE;
            case DW_AT_addr_base, DW_AT_GNU_addr_base -> ADDR_BASE;
            case DW_AT_rnglists_base -> RNGLISTS_BASE;
            case DW_AT_GNU_ranges_base -> GNU_RANGES_BASE;
            case DW_AT_dwo_name, DW_AT_GNU_dwo_name -> DWO_NAME;
            case DW_AT_GNU_dwo_id -> DWO_ID;
            case DW_AT_language -> LANGUAGE;
            case DW_AT_call_return_pc -> CALL_RETURN_PC;
            case DW_AT_call_pc -> CALL_PC;
            case DW_AT_call_origin -> CALL_ORIGIN;
            case DW_AT_call_value, DW_AT_GNU_call_site_value -> CALL_VALUE;
            case DW_AT_location -> LOCATION;
            case DW_AT_call_tail_call, DW_AT_GNU_tail_call -> TAIL_CALL;
            case DW_AT_type -> TYPE;
            case DW_AT_const_value -> CONST_VALUE;
            case DW_AT_producer -> PRODUCER;
            case DW_AT_declaration -> DECLARATION;
            case DW_AT_byte_size -> BYTE_SIZE;
            case DW_AT_bit_size -> BIT_SIZE;
            case DW_AT_bit_offset -> BIT_OFFSET;
            case DW_AT_data_bit_offset -> DATA_BIT_OFFSET;
            case DW_AT_data_member_location -> DATA_MEMBER_LOCATION;
            case DW_AT_upper_bound -> UPPER_BOUND;
            case DW_AT_count -> ELEMENTS;
            case DW_AT_entry_pc -> ENTRY_PC;
            case DW_AT_external -> EXTERNAL;
            case DW_AT_import -> IMPORT;
            case DW_AT_signature -> SIGNATURE;
            case DW_AT_frame_base -> FRAME_BASE;
            case DW_AT_loclists_base -> LOCLISTS_BASE;
            case DW_AT_encoding -> ENCODING;
            default -> -1;
        };
    }

    private static final long UNIT = mask(
            NAME,
            LOW_PC,
            HIGH_PC,
            RANGES,
            STMT_LIST,
            COMP_DIR,
            STR_OFFSETS_BASE,
            ADDR_BASE,
            RNGLISTS_BASE,
            LOCLISTS_BASE,
            GNU_RANGES_BASE,
            DWO_NAME,
            DWO_ID,
            LANGUAGE,
            PRODUCER);

    private static final long SUBPROGRAM =
            mask(NAME, LINKAGE_NAME, LOW_PC, HIGH_PC, RANGES, ABSTRACT_ORIGIN, SPECIFICATION, SIBLING, DECLARATION);

    private static final long INLINED =
            mask(LOW_PC, HIGH_PC, RANGES, ABSTRACT_ORIGIN, CALL_FILE, CALL_LINE, CALL_COLUMN, SIBLING);

    private static final long TYPE_WITH_MEMBERS = mask(SIBLING);

    /** The slots to read for entries of this tag, as a bit mask. */
    static long wanted(int tag) {
        return switch (tag) {
            case DW_TAG_compile_unit, DW_TAG_partial_unit, DW_TAG_skeleton_unit, DW_TAG_type_unit -> UNIT;
            case DW_TAG_subprogram -> SUBPROGRAM;
            case DW_TAG_inlined_subroutine -> INLINED;
            case DW_TAG_array_type,
                    DW_TAG_enumeration_type,
                    DW_TAG_subroutine_type,
                    DW_TAG_structure_type,
                    DW_TAG_union_type,
                    DW_TAG_class_type -> TYPE_WITH_MEMBERS;
            default -> 0;
        };
    }

    private static long mask(int... slots) {
        long mask = 0;
        for (int slot : slots) {
            mask |= 1L << slot;
        }
        return mask;
    }
}
