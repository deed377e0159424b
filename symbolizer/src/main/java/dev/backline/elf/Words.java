package dev.backline.elf;

import dev.backline.io.Internal;

/** Fixed-width integers in a byte array. At start-up, these methods are faster than a VarHandle. */
@Internal
public final class Words {
    private Words() {}

    /**
     * {@return 8 bits, unsigned}
     *
     * @param b the bytes
     * @param at the index of the byte
     */
    public static int u8(byte[] b, int at) {
        return b[at] & 0xff;
    }

    /**
     * {@return 16 bits, unsigned}
     *
     * @param b the bytes
     * @param at the index of the first byte
     * @param bigEndian whether the first byte is the highest
     */
    public static int u16(byte[] b, int at, boolean bigEndian) {
        return bigEndian ? (b[at] & 0xff) << 8 | (b[at + 1] & 0xff) : (b[at] & 0xff) | (b[at + 1] & 0xff) << 8;
    }

    /**
     * {@return 32 bits, signed}
     *
     * @param b the bytes
     * @param at the index of the first byte
     * @param bigEndian whether the first byte is the highest
     */
    public static int i32(byte[] b, int at, boolean bigEndian) {
        return bigEndian
                ? b[at] << 24 | (b[at + 1] & 0xff) << 16 | (b[at + 2] & 0xff) << 8 | (b[at + 3] & 0xff)
                : (b[at] & 0xff) | (b[at + 1] & 0xff) << 8 | (b[at + 2] & 0xff) << 16 | b[at + 3] << 24;
    }

    /**
     * {@return 32 bits, unsigned}
     *
     * @param b the bytes
     * @param at the index of the first byte
     * @param bigEndian whether the first byte is the highest
     */
    public static long u32(byte[] b, int at, boolean bigEndian) {
        return i32(b, at, bigEndian) & 0xffff_ffffL;
    }

    /**
     * {@return 64 bits, signed}
     *
     * @param b the bytes
     * @param at the index of the first byte
     * @param bigEndian whether the first byte is the highest
     */
    public static long i64(byte[] b, int at, boolean bigEndian) {
        return bigEndian
                ? (long) i32(b, at, true) << 32 | u32(b, at + 4, true)
                : u32(b, at, false) | (long) i32(b, at + 4, false) << 32;
    }

    /**
     * {@return an address, offset or size: 8 bytes in ELFCLASS64, 4 unsigned bytes in ELFCLASS32}
     *
     * @param b the bytes
     * @param at the index of the first byte
     * @param is64 whether the file is ELFCLASS64
     * @param bigEndian whether the first byte is the highest
     */
    public static long word(byte[] b, int at, boolean is64, boolean bigEndian) {
        return is64 ? i64(b, at, bigEndian) : u32(b, at, bigEndian);
    }

    /**
     * {@return a number of {@code width} bytes, zero-extended}
     *
     * @param b the bytes
     * @param at the index of the first byte
     * @param width 1, 2, 4 or 8
     * @param bigEndian whether the first byte is the highest
     */
    public static long get(byte[] b, int at, int width, boolean bigEndian) {
        if (width >= 4) {
            return width == 8 ? i64(b, at, bigEndian) : u32(b, at, bigEndian);
        }
        long value = 0;
        for (int i = 0; i < width; i++) {
            int shift = 8 * (bigEndian ? width - 1 - i : i);
            value |= (b[at + i] & 0xffL) << shift;
        }
        return value;
    }

    /**
     * Stores the low {@code width} bytes of a number.
     *
     * @param b the destination
     * @param at the index of the first byte
     * @param width 1 to 8
     * @param bigEndian whether the first byte is the highest
     * @param value the number; its higher bytes are ignored
     */
    public static void put(byte[] b, int at, int width, boolean bigEndian, long value) {
        for (int i = 0; i < width; i++) {
            int shift = 8 * (bigEndian ? width - 1 - i : i);
            b[at + i] = (byte) (value >>> shift);
        }
    }
}
