package dev.backline.dwarf;

import dev.backline.io.Internal;

/**
 * Constants of DWARF, with the names of the standard (DWARF5 7.5 to 7.25), and of the GNU extensions that compilers and
 * dwz write. Only the constants that the reader uses.
 */
@Internal
public final class DwarfConstants {
    /** An array (DWARF5 5.5). */
    public static final int DW_TAG_array_type = 0x01;
    /** A class of C++ (DWARF5 5.7). */
    public static final int DW_TAG_class_type = 0x02;
    /** An enumeration (DWARF5 5.10). */
    public static final int DW_TAG_enumeration_type = 0x04;
    /** A parameter (DWARF5 4.1). */
    public static final int DW_TAG_formal_parameter = 0x05;

    static final int DW_TAG_label = 0x0a;
    /** A member of a structure or union (DWARF5 5.7.6). */
    public static final int DW_TAG_member = 0x0d;
    /** A pointer (DWARF5 5.3). */
    public static final int DW_TAG_pointer_type = 0x0f;

    /** A block with variables of its own (DWARF5 3.5). */
    public static final int DW_TAG_lexical_block = 0x0b;

    static final int DW_TAG_compile_unit = 0x11;
    /** A structure (DWARF5 5.7). */
    public static final int DW_TAG_structure_type = 0x13;
    /** The type of a function (DWARF5 5.8). */
    public static final int DW_TAG_subroutine_type = 0x15;
    /** Another name of a type (DWARF5 5.4). */
    public static final int DW_TAG_typedef = 0x16;
    /** A union (DWARF5 5.7). */
    public static final int DW_TAG_union_type = 0x17;
    /** The {@code ...} of a parameter list (DWARF5 3.3.4). */
    public static final int DW_TAG_unspecified_parameters = 0x18;

    static final int DW_TAG_inlined_subroutine = 0x1d;
    /** One dimension of an array (DWARF5 5.13). */
    public static final int DW_TAG_subrange_type = 0x21;
    /** A number, truth value or character (DWARF5 5.1). */
    public static final int DW_TAG_base_type = 0x24;
    /** The qualifier const (DWARF5 5.3). */
    public static final int DW_TAG_const_type = 0x26;
    /** A name of an enumeration (DWARF5 5.10). */
    public static final int DW_TAG_enumerator = 0x28;
    /** A function (DWARF5 3.3). */
    public static final int DW_TAG_subprogram = 0x2e;
    /** The qualifier volatile (DWARF5 5.3). */
    public static final int DW_TAG_volatile_type = 0x35;
    /** The qualifier restrict (DWARF5 5.3). */
    public static final int DW_TAG_restrict_type = 0x37;
    /** A type without a definition, such as void (DWARF5 5.2). */
    public static final int DW_TAG_unspecified_type = 0x3b;

    static final int DW_TAG_partial_unit = 0x3c;
    /** A unit whose entries also belong to this unit (DWARF5 3.2.5). */
    public static final int DW_TAG_imported_unit = 0x3d;

    static final int DW_TAG_type_unit = 0x41;
    /** The qualifier _Atomic (DWARF5 5.3). */
    public static final int DW_TAG_atomic_type = 0x47;

    /** A variable or a constant (DWARF5 4.1). */
    public static final int DW_TAG_variable = 0x34;
    /** A call (DWARF5 3.4.1). */
    public static final int DW_TAG_call_site = 0x48;
    /** What a call passes in one place (DWARF5 3.4.2). */
    public static final int DW_TAG_call_site_parameter = 0x49;

    static final int DW_TAG_skeleton_unit = 0x4a;
    /** A call, as compilers wrote it before DWARF 5. */
    public static final int DW_TAG_GNU_call_site = 0x4109;
    /** What a call passes in one place, as compilers wrote it before DWARF 5. */
    public static final int DW_TAG_GNU_call_site_parameter = 0x410a;

    static final int DW_AT_sibling = 0x01;
    static final int DW_AT_location = 0x02;
    static final int DW_AT_name = 0x03;
    static final int DW_AT_byte_size = 0x0b;
    static final int DW_AT_bit_offset = 0x0c;
    static final int DW_AT_bit_size = 0x0d;
    static final int DW_AT_stmt_list = 0x10;
    static final int DW_AT_low_pc = 0x11;
    static final int DW_AT_high_pc = 0x12;
    static final int DW_AT_language = 0x13;
    static final int DW_AT_import = 0x18;
    static final int DW_AT_comp_dir = 0x1b;
    static final int DW_AT_const_value = 0x1c;
    static final int DW_AT_producer = 0x25;
    static final int DW_AT_upper_bound = 0x2f;
    static final int DW_AT_abstract_origin = 0x31;
    static final int DW_AT_count = 0x37;
    static final int DW_AT_data_member_location = 0x38;
    static final int DW_AT_declaration = 0x3c;
    static final int DW_AT_encoding = 0x3e;
    static final int DW_AT_external = 0x3f;
    static final int DW_AT_frame_base = 0x40;
    static final int DW_AT_specification = 0x47;
    static final int DW_AT_type = 0x49;
    static final int DW_AT_entry_pc = 0x52;
    static final int DW_AT_ranges = 0x55;
    static final int DW_AT_call_column = 0x57;
    static final int DW_AT_call_file = 0x58;
    static final int DW_AT_call_line = 0x59;
    static final int DW_AT_signature = 0x69;
    static final int DW_AT_data_bit_offset = 0x6b;
    static final int DW_AT_linkage_name = 0x6e;
    static final int DW_AT_str_offsets_base = 0x72;
    static final int DW_AT_addr_base = 0x73;
    static final int DW_AT_rnglists_base = 0x74;
    static final int DW_AT_dwo_name = 0x76;
    static final int DW_AT_call_value = 0x7e;
    static final int DW_AT_call_origin = 0x7f;
    static final int DW_AT_call_return_pc = 0x7d;
    static final int DW_AT_call_pc = 0x81;
    static final int DW_AT_call_tail_call = 0x82;
    static final int DW_AT_loclists_base = 0x8c;
    static final int DW_AT_MIPS_linkage_name = 0x2007;
    static final int DW_AT_GNU_call_site_value = 0x2111;
    static final int DW_AT_GNU_tail_call = 0x2115;
    static final int DW_AT_GNU_dwo_name = 0x2130;
    static final int DW_AT_GNU_dwo_id = 0x2131;
    static final int DW_AT_GNU_ranges_base = 0x2132;
    static final int DW_AT_GNU_addr_base = 0x2133;

    static final int DW_FORM_addr = 0x01;
    static final int DW_FORM_block2 = 0x03;
    static final int DW_FORM_block4 = 0x04;
    static final int DW_FORM_data2 = 0x05;
    static final int DW_FORM_data4 = 0x06;
    static final int DW_FORM_data8 = 0x07;
    static final int DW_FORM_string = 0x08;
    static final int DW_FORM_block = 0x09;
    static final int DW_FORM_block1 = 0x0a;
    static final int DW_FORM_data1 = 0x0b;
    static final int DW_FORM_flag = 0x0c;
    static final int DW_FORM_sdata = 0x0d;
    static final int DW_FORM_strp = 0x0e;
    static final int DW_FORM_udata = 0x0f;
    static final int DW_FORM_ref_addr = 0x10;
    static final int DW_FORM_ref1 = 0x11;
    static final int DW_FORM_ref2 = 0x12;
    static final int DW_FORM_ref4 = 0x13;
    static final int DW_FORM_ref8 = 0x14;
    static final int DW_FORM_ref_udata = 0x15;
    static final int DW_FORM_indirect = 0x16;
    static final int DW_FORM_sec_offset = 0x17;
    static final int DW_FORM_exprloc = 0x18;
    static final int DW_FORM_flag_present = 0x19;
    static final int DW_FORM_strx = 0x1a;
    static final int DW_FORM_addrx = 0x1b;
    static final int DW_FORM_ref_sup4 = 0x1c;
    static final int DW_FORM_strp_sup = 0x1d;
    static final int DW_FORM_data16 = 0x1e;
    static final int DW_FORM_line_strp = 0x1f;
    static final int DW_FORM_ref_sig8 = 0x20;
    static final int DW_FORM_implicit_const = 0x21;
    static final int DW_FORM_loclistx = 0x22;
    static final int DW_FORM_rnglistx = 0x23;
    static final int DW_FORM_ref_sup8 = 0x24;
    static final int DW_FORM_strx1 = 0x25;
    static final int DW_FORM_strx2 = 0x26;
    static final int DW_FORM_strx3 = 0x27;
    static final int DW_FORM_strx4 = 0x28;
    static final int DW_FORM_addrx1 = 0x29;
    static final int DW_FORM_addrx2 = 0x2a;
    static final int DW_FORM_addrx3 = 0x2b;
    static final int DW_FORM_addrx4 = 0x2c;
    static final int DW_FORM_GNU_addr_index = 0x1f01;
    static final int DW_FORM_GNU_str_index = 0x1f02;
    static final int DW_FORM_GNU_ref_alt = 0x1f20;
    static final int DW_FORM_GNU_strp_alt = 0x1f21;

    static final int DW_UT_compile = 0x01;
    static final int DW_UT_type = 0x02;
    static final int DW_UT_partial = 0x03;
    static final int DW_UT_skeleton = 0x04;
    static final int DW_UT_split_compile = 0x05;
    static final int DW_UT_split_type = 0x06;

    static final int DW_LNS_copy = 0x01;
    static final int DW_LNS_advance_pc = 0x02;
    static final int DW_LNS_advance_line = 0x03;
    static final int DW_LNS_set_file = 0x04;
    static final int DW_LNS_set_column = 0x05;
    static final int DW_LNS_negate_stmt = 0x06;
    static final int DW_LNS_set_basic_block = 0x07;
    static final int DW_LNS_const_add_pc = 0x08;
    static final int DW_LNS_fixed_advance_pc = 0x09;
    static final int DW_LNE_end_sequence = 0x01;
    static final int DW_LNE_set_address = 0x02;
    static final int DW_LNE_define_file = 0x03;
    static final int DW_LNE_set_discriminator = 0x04;
    static final int DW_LNCT_path = 0x1;
    static final int DW_LNCT_directory_index = 0x2;

    static final int DW_RLE_end_of_list = 0x00;
    static final int DW_RLE_base_addressx = 0x01;
    static final int DW_RLE_startx_endx = 0x02;
    static final int DW_RLE_startx_length = 0x03;
    static final int DW_RLE_offset_pair = 0x04;
    static final int DW_RLE_base_address = 0x05;
    static final int DW_RLE_start_end = 0x06;
    static final int DW_RLE_start_length = 0x07;

    private DwarfConstants() {}
}
