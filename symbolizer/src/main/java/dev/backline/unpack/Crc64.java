package dev.backline.unpack;

/** The checksum CRC-64 of xz files (ECMA-182, with reflected bits), eight bytes a step. */
final class Crc64 {
    private static final long POLYNOMIAL = 0xC96C5795D7870F42L;

    private Crc64() {}

    /** Table t has at index b the checksum of byte b and t bytes of 0 after it. */
    private static long[] tables() {
        long[] tables = new long[8 << 8];
        for (int b = 0; b < 256; b++) {
            long crc = b;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ (-(crc & 1) & POLYNOMIAL);
            }
            tables[b] = crc;
        }
        for (int i = 256; i < tables.length; i++) {
            long before = tables[i - 256];
            tables[i] = (before >>> 8) ^ tables[(int) before & 0xff];
        }
        return tables;
    }

    /** {@return the checksum of the bytes from {@code start} to {@code end}} */
    static long of(byte[] bytes, int start, int end) {
        long[] tables = tables();
        long crc = -1;
        int i = start;
        for (; i <= end - 8; i += 8) {
            int low = (int) crc;
            int high = (int) (crc >>> 32);
            crc = tables[0x700 + ((low ^ bytes[i]) & 0xff)]
                    ^ tables[0x600 + (((low >>> 8) ^ bytes[i + 1]) & 0xff)]
                    ^ tables[0x500 + (((low >>> 16) ^ bytes[i + 2]) & 0xff)]
                    ^ tables[0x400 + (((low >>> 24) ^ bytes[i + 3]) & 0xff)]
                    ^ tables[0x300 + ((high ^ bytes[i + 4]) & 0xff)]
                    ^ tables[0x200 + (((high >>> 8) ^ bytes[i + 5]) & 0xff)]
                    ^ tables[0x100 + (((high >>> 16) ^ bytes[i + 6]) & 0xff)]
                    ^ tables[((high >>> 24) ^ bytes[i + 7]) & 0xff];
        }
        for (; i < end; i++) {
            crc = (crc >>> 8) ^ tables[((int) crc ^ bytes[i]) & 0xff];
        }
        return ~crc;
    }
}
