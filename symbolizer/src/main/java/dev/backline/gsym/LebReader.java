package dev.backline.gsym;

/** Reads numbers of an array one after another. The caller checks that the position stays within its part. Not thread-safe. */
class LebReader {
    byte[] bytes = {};
    /** Of the next byte to read. */
    int position;

    /** Reads an unsigned LEB128 (DWARF5 7.6), truncated to 64 bits. */
    long uleb() {
        byte[] b = bytes;
        int p = position;
        long value = b[p++];
        if (value < 0) {
            value &= 0x7f;
            int shift = 7;
            byte next;
            do {
                next = b[p++];
                value |= shift < Long.SIZE ? (next & 0x7fL) << shift : 0;
                shift += 7;
            } while (next < 0);
        }
        position = p;
        return value;
    }

    /** Reads a signed LEB128 (DWARF5 7.6), truncated to 64 bits. */
    long sleb() {
        byte[] b = bytes;
        int p = position;
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = b[p++];
            value |= shift < Long.SIZE ? (next & 0x7fL) << shift : 0;
            shift += 7;
        } while (next < 0);
        position = p;
        return shift < Long.SIZE && (next & 0x40) != 0 ? value | -1L << shift : value;
    }

    void skipLeb() {
        int p = position;
        while (bytes[p++] < 0) {
            // The last byte has no continuation bit
        }
        position = p;
    }
}
