package dev.backline.gsym;

/** Reads numbers of an array one after another. The caller checks that the position stays within its part. Mutable. */
final class LebReader {
    byte[] bytes = {};
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
}
