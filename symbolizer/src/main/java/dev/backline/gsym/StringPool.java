package dev.backline.gsym;

import dev.backline.elf.ElfException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds the string table, with each string once. Not thread-safe. */
final class StringPool {
    /**
     * MAX_SIZE limits the heap, MAX_SEEN the work: names may overlap in a hostile file, so that a small file has
     * thousands of names that are each as long as the file.
     */
    private static final long MAX_SIZE = Math.min(1 << 30, Runtime.getRuntime().maxMemory() / 8);

    private static final long MAX_SEEN = 1L << 31;

    private final String file;
    private long seen;
    private byte[] bytes = new byte[1 << 16];
    /** The size of the table; it starts with the empty string at 0. */
    private int size = 1;

    private int count;
    /** A hash table of string offsets; 0 is a free slot. */
    private int[] table = new int[1 << 12];

    private int[] hashes = new int[1 << 12];

    /**
     * @param file the name of the ELF file, for messages
     */
    StringPool(String file) {
        this.file = file;
    }

    /** {@return the offset of the string in the table} */
    int add(String text) throws ElfException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return add(utf8, 0, utf8.length);
    }

    /** Adds a string given as bytes without a NUL; returns its offset. */
    int add(byte[] source, int from, int to) throws ElfException {
        if (from == to) {
            return 0;
        }
        seen += to - from;
        if (seen > MAX_SEEN) {
            throw new ElfException(file + ": names and paths have more than " + MAX_SEEN + " bytes in total");
        }
        int hash = NameHash.of(source, from, to);
        int place = hash & table.length - 1;
        while (table[place] != 0) {
            if (hashes[place] == hash && isAt(table[place], source, from, to)) {
                return table[place];
            }
            place = place + 1 & table.length - 1;
        }
        int length = to - from;
        if (length + 1 > bytes.length - size) {
            if (size + length + 1L > MAX_SIZE) {
                throw new ElfException(file + ": names and paths need more than an eighth of the Java heap; if the"
                        + " file is not damaged, give Java a larger heap (-Xmx)");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(Math.max(2L * size, size + length + 1L), MAX_SIZE));
        }
        int offset = size;
        System.arraycopy(source, from, bytes, offset, length);
        size += length + 1;
        table[place] = offset;
        hashes[place] = hash;
        if (++count > table.length / 2) {
            grow();
        }
        return offset;
    }

    /** {@return the offset of the next string} */
    int offsetAfter(int offset) {
        int end = offset;
        while (bytes[end] != 0) {
            end++;
        }
        return end + 1;
    }

    private boolean isAt(int offset, byte[] source, int from, int to) {
        int end = offset + to - from;
        return end < size && bytes[end] == 0 && Arrays.equals(bytes, offset, end, source, from, to);
    }

    private void grow() {
        int[] oldTable = table;
        int[] oldHashes = hashes;
        table = new int[2 * oldTable.length];
        hashes = new int[2 * oldTable.length];
        for (int i = 0; i < oldTable.length; i++) {
            if (oldTable[i] != 0) {
                int place = oldHashes[i] & table.length - 1;
                while (table[place] != 0) {
                    place = place + 1 & table.length - 1;
                }
                table[place] = oldTable[i];
                hashes[place] = oldHashes[i];
            }
        }
    }

    int size() {
        return size;
    }

    byte[] array() {
        return bytes;
    }
}
