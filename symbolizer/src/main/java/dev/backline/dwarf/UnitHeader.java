package dev.backline.dwarf;

import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.elf.SectionData;
import java.io.IOException;

/**
 * A unit's header in {@code .debug_info} (DWARF5 7.5.1).
 *
 * @param offset of the header in the section
 * @param end of the unit in the section, exclusive
 * @param firstEntry offset of the unit's first entry in the section
 * @param version 2 to 5
 * @param type DW_UT_compile and so on; compile for versions before 5
 * @param offsetSize 4 in 32-bit DWARF, 8 in 64-bit DWARF
 * @param addressSize in bytes
 * @param abbreviations offset of the unit's table in .debug_abbrev
 * @param dwoId of a skeleton or split unit of version 5, else 0
 */
record UnitHeader(
        long offset,
        long end,
        long firstEntry,
        int version,
        int type,
        int offsetSize,
        int addressSize,
        long abbreviations,
        long dwoId) {

    static UnitHeader read(DebugSections sections, long offset) throws IOException {
        return read(sections, DebugSections.Kind.INFO, offset);
    }

    static UnitHeader read(DebugSections sections, DebugSections.Kind kind, long offset) throws IOException {
        SectionData section = sections.need(kind);
        Cursor c = sections.window(kind, offset, 48);
        try {
            long length = c.u4();
            int offsetSize = 4;
            if (length == 0xffff_ffffL) {
                length = c.u8();
                offsetSize = 8;
            } else if (length >= 0xffff_fff0L) {
                throw c.broken(offset, "the unit length 0x" + Long.toHexString(length) + " is reserved");
            }
            if (length < 0 || length > section.size() - c.offset()) {
                throw c.broken(
                        offset,
                        "the unit length 0x" + Long.toHexString(length)
                                + " is larger than what is left of the section");
            }
            long end = c.offset() + length;
            int version = c.u2();
            if (version < 2 || version > 5) {
                throw c.broken(offset, "the unit has version " + version + "; 2 to 5 can be read");
            }
            int type = DW_UT_compile;
            int addressSize;
            long abbreviations;
            long dwoId = 0;
            if (version == 5) {
                type = c.u1();
                addressSize = c.u1();
                abbreviations = c.unsigned(offsetSize);
                if (type == DW_UT_skeleton || type == DW_UT_split_compile) {
                    dwoId = c.u8();
                } else if (type == DW_UT_type || type == DW_UT_split_type) {
                    c.skip(8 + offsetSize);
                }
            } else {
                abbreviations = c.unsigned(offsetSize);
                addressSize = c.u1();
                if (kind == DebugSections.Kind.TYPES) {
                    type = DW_UT_type;
                    c.skip(8 + offsetSize);
                }
            }
            if (addressSize != 4 && addressSize != 8 && addressSize != 2) {
                throw c.broken(offset, "the unit's addresses have " + addressSize + " bytes");
            }
            if (c.offset() > end) {
                throw c.broken(offset, "the unit length 0x" + Long.toHexString(length) + " ends inside the header");
            }
            return new UnitHeader(
                    offset, end, c.offset(), version, type, offsetSize, addressSize, abbreviations, dwoId);
        } catch (IndexOutOfBoundsException e) {
            throw c.truncated(offset, "the unit header", e);
        }
    }

    boolean isTypeUnit() {
        return type == DW_UT_type || type == DW_UT_split_type;
    }

    /** All bits that an address of this unit can have; also the tombstone of code that the linker dropped. */
    long addressMask() {
        return addressSize >= 8 ? -1L : (1L << (addressSize * 8)) - 1;
    }
}
