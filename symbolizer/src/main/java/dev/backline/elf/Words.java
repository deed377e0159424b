package dev.backline.elf;

/** Fixed-width integers in a byte array, by hand: at start-up this is cheaper than a VarHandle. */
public final class Words {
    private Words() {}

    public static int u8(byte[] b, int at) {
        return b[at] & 0xff;
    }

    public static int u16(byte[] b, int at, boolean bigEndian) {
        return bigEndian ? (b[at] & 0xff) << 8 | (b[at + 1] & 0xff) : (b[at] & 0xff) | (b[at + 1] & 0xff) << 8;
    }

    /** 32 bits as they are: the caller masks where the field is unsigned. */
    public static int i32(byte[] b, int at, boolean bigEndian) {
        return bigEndian
                ? b[at] << 24 | (b[at + 1] & 0xff) << 16 | (b[at + 2] & 0xff) << 8 | (b[at + 3] & 0xff)
                : (b[at] & 0xff) | (b[at + 1] & 0xff) << 8 | (b[at + 2] & 0xff) << 16 | b[at + 3] << 24;
    }

    public static long u32(byte[] b, int at, boolean bigEndian) {
        return i32(b, at, bigEndian) & 0xffff_ffffL;
    }

    public static long i64(byte[] b, int at, boolean bigEndian) {
        return bigEndian
                ? (long) i32(b, at, true) << 32 | u32(b, at + 4, true)
                : u32(b, at, false) | (long) i32(b, at + 4, false) << 32;
    }

    /** An address, offset or size: 8 bytes in ELFCLASS64, 4 unsigned ones in ELFCLASS32. */
    public static long word(byte[] b, int at, boolean is64, boolean bigEndian) {
        return is64 ? i64(b, at, bigEndian) : u32(b, at, bigEndian);
    }

    /** The low {@code width} bytes (1, 2, 4 or 8), zero-extended. */
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

    public static void put(byte[] b, int at, int width, boolean bigEndian, long value) {
        for (int i = 0; i < width; i++) {
            int shift = 8 * (bigEndian ? width - 1 - i : i);
            b[at + i] = (byte) (value >>> shift);
        }
    }

    public static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
