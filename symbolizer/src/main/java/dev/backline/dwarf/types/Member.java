package dev.backline.dwarf.types;

import org.jspecify.annotations.Nullable;

/**
 * A member of a structure or union.
 *
 * @param name null for an anonymous structure or union
 * @param type the declared type, also for a bit-field
 * @param bitOffset from the start of the structure, in bits, as in DW_AT_data_bit_offset (DWARF5 5.7.6): from the least
 *     significant bit of a byte on little-endian machines, from the most significant bit on others
 * @param bitSize the size of a bit-field, 0 for other members
 */
public record Member(@Nullable String name, Type type, long bitOffset, long bitSize) {
    /** {@return the offset in bytes; for a bit-field, of the byte in which it starts} */
    public long offset() {
        return bitOffset >> 3;
    }

    /** {@return whether the member is a bit-field} */
    public boolean isBitField() {
        return bitSize != 0;
    }
}
