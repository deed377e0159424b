package dev.backline.dwarf;

import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.SectionData;
import java.io.IOException;

/**
 * A unit's header in {@code .debug_info} (DWARF5 7.5.1), or in {@code .debug_types} (DWARF4 7.5.1.2).
 *
 * @param section which of these two sections
 * @param offset of the header in the section
 * @param end of the unit in the section, exclusive
 * @param firstEntry offset of the unit's first entry in the section
 * @param version 2 to 5
 * @param type DW_UT_compile and so on; compile for versions before 5
 * @param offsetSize 4 in 32-bit DWARF, 8 in 64-bit DWARF
 * @param addressSize in bytes
 * @param abbreviations offset of the unit's table in .debug_abbrev
 * @param dwoId of a skeleton or split unit of version 5, else 0
 * @param signature of the type that a type unit is for, else 0
 * @param typeEntry offset of that type's entry in the section, else 0
 */
record UnitHeader(
        Kind section,
        long offset,
        long end,
        long firstEntry,
        int version,
        int type,
        int offsetSize,
        int addressSize,
        long abbreviations,
        long dwoId,
        long signature,
        long typeEntry) {

    static UnitHeader read(DebugSections sections, long offset) throws IOException {
        return read(sections, Kind.INFO, offset);
    }

    static UnitHeader read(DebugSections sections, Kind kind, long offset) throws IOException {
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
                        "the unit length 0x" + Long.toHexString(length) + " extends past the end of the section");
            }
            long end = c.offset() + length;
            int version = c.u2();
            if (version < 2 || version > 5) {
                throw c.broken(offset, "unsupported DWARF version " + version + " (supported: 2 to 5)");
            }
            int type = DW_UT_compile;
            int addressSize;
            long abbreviations;
            long dwoId = 0;
            long signature = 0;
            long typeEntry = 0;
            if (version == 5) {
                type = c.u1();
                addressSize = c.u1();
                abbreviations = c.unsigned(offsetSize);
                if (type == DW_UT_skeleton || type == DW_UT_split_compile) {
                    dwoId = c.u8();
                } else if (type == DW_UT_type || type == DW_UT_split_type) {
                    signature = c.u8();
                    typeEntry = offset + c.unsigned(offsetSize);
                }
            } else {
                abbreviations = c.unsigned(offsetSize);
                addressSize = c.u1();
                if (kind == Kind.TYPES) {
                    type = DW_UT_type;
                    signature = c.u8();
                    typeEntry = offset + c.unsigned(offsetSize);
                }
            }
            if (addressSize != 4 && addressSize != 8 && addressSize != 2) {
                throw c.broken(offset, "unsupported address size " + addressSize);
            }
            if (c.offset() > end) {
                throw c.broken(offset, "the unit length 0x" + Long.toHexString(length) + " ends inside the header");
            }
            return new UnitHeader(
                    kind,
                    offset,
                    end,
                    c.offset(),
                    version,
                    type,
                    offsetSize,
                    addressSize,
                    abbreviations,
                    dwoId,
                    signature,
                    typeEntry);
        } catch (IndexOutOfBoundsException e) {
            throw c.truncated(offset, "the unit header", e);
        }
    }

    boolean isTypeUnit() {
        return type == DW_UT_type || type == DW_UT_split_type;
    }

    /** The bits of an address of this unit. As an address, the tombstone of code that the linker dropped. */
    long addressMask() {
        return addressSize >= 8 ? -1L : (1L << (addressSize * 8)) - 1;
    }
}
