package dev.backline.dwarf;

import org.jspecify.annotations.Nullable;

/**
 * A member of a structure or union.
 *
 * @param name null for an anonymous structure or union in it
 * @param type of the member; of a bit-field, what it is declared with
 * @param bitOffset from the beginning of the structure, in bits, as DW_AT_data_bit_offset counts them (DWARF5
 *     5.7.6): from the least significant bit of a byte on little-endian machines, from the most significant
 *     on others
 * @param bitSize of a bit-field, 0 for other members
 */
public record Member(@Nullable String name, Type type, long bitOffset, long bitSize) {
    /** {@return the offset of the member, or of the byte that a bit-field begins in, in bytes} */
    public long offset() {
        return bitOffset >> 3;
    }

    /** {@return whether it is a bit-field} */
    public boolean isBitField() {
        return bitSize != 0;
    }
}
