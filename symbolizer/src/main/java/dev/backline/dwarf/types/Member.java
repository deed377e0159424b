package dev.backline.dwarf.types;

import static dev.backline.dwarf.Attributes.*;

import dev.backline.dwarf.Attributes;
import dev.backline.dwarf.Entry;
import java.io.IOException;
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

    /**
     * {@return where a member starts, as in {@link #bitOffset}}
     *
     * @param entry of the member
     * @param attributes of the entry
     */
    static long bitOffset(Entry entry, Attributes attributes) throws IOException {
        long offset = bitOffset(attributes);
        if (attributes.has(BIT_OFFSET)) {
            // DWARF3 5.5.6: the offset is from the most significant bit of a storage unit, on all machines.
            long storage =
                    attributes.has(BYTE_SIZE) ? attributes.value(BYTE_SIZE) : TypeEntry.sizeOf(entry, attributes);
            long fromTop = attributes.signed(BIT_OFFSET);
            long bits = attributes.has(BIT_SIZE) ? attributes.value(BIT_SIZE) : 0;
            offset += entry.isBigEndian() ? fromTop : storage * Byte.SIZE - fromTop - bits;
        }
        return offset;
    }

    /** {@return where a member starts; of a bit-field in DWARF 2 and 3, where its storage unit starts} */
    static long bitOffset(Attributes attributes) {
        if (attributes.has(DATA_BIT_OFFSET)) {
            return attributes.value(DATA_BIT_OFFSET);
        }
        if (!attributes.has(DATA_MEMBER_LOCATION)) {
            return 0;
        }
        Long distance = attributes.distance(DATA_MEMBER_LOCATION);
        return distance == null ? 0 : distance * Byte.SIZE;
    }
}
