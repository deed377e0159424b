package dev.backline.dwarf.types;

import java.util.Arrays;

/**
 * Reads the numbers of expressions and location lists. Reading past the end throws {@link IndexOutOfBoundsException},
 * which callers turn into an exception with the place of the entry. Not thread-safe.
 */
final class ByteReader {
    private final byte[] data;
    private final boolean bigEndian;
    private int position;

    ByteReader(byte[] data, boolean bigEndian) {
        this.data = data;
        this.bigEndian = bigEndian;
    }

    int position() {
        return position;
    }

    int remaining() {
        return data.length - position;
    }

    int u1() {
        return data[position++] & 0xff;
    }

    /** Reads an unsigned number of 1 to 8 bytes. */
    long unsigned(int size) {
        if (size < 1 || size > Long.BYTES) {
            throw new IndexOutOfBoundsException("a number of " + size + " bytes");
        }
        long value = 0;
        for (int i = 0; i < size; i++) {
            long each = data[position + i] & 0xffL;
            value = bigEndian ? value << Byte.SIZE | each : value | each << (Byte.SIZE * i);
        }
        position += size;
        return value;
    }

    /** Reads a signed number of 1 to 8 bytes. */
    long signed(int size) {
        int unused = Long.SIZE - Byte.SIZE * size;
        return unsigned(size) << unused >> unused;
    }

    /** DWARF5 7.6: reads an unsigned LEB128. Bits above the 64th are dropped. */
    long uleb() {
        long value = 0;
        int shift = 0;
        byte each;
        do {
            each = data[position++];
            if (shift < Long.SIZE) {
                value |= (each & 0x7fL) << shift;
            }
            shift += 7;
        } while (each < 0);
        return value;
    }

    /** Reads an unsigned LEB128 that should fit an int; larger values give {@link Integer#MAX_VALUE}. */
    int uleb32() {
        long value = uleb();
        return value < 0 || value > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) value;
    }

    /** DWARF5 7.6: reads a signed LEB128. */
    long sleb() {
        long value = 0;
        int shift = 0;
        byte each;
        do {
            each = data[position++];
            if (shift < Long.SIZE) {
                value |= (each & 0x7fL) << shift;
            }
            shift += 7;
        } while (each < 0);
        return shift < Long.SIZE && (each & 0x40) != 0 ? value | -1L << shift : value;
    }

    byte[] bytes(int length) {
        if (length < 0 || length > remaining()) {
            throw new IndexOutOfBoundsException(position);
        }
        position += length;
        return Arrays.copyOfRange(data, position - length, position);
    }

    void skip(int length) {
        if (length < 0 || length > remaining()) {
            throw new IndexOutOfBoundsException(position);
        }
        position += length;
    }
}
