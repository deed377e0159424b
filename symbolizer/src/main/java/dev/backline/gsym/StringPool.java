package dev.backline.gsym;

import dev.backline.elf.ElfException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The string table while it is made: each string once, by its bytes. Not thread-safe. */
final class StringPool {
    /**
     * How much of the heap it may take, and how many bytes it looks at: names may overlap in a file, so that a small one
     * can have thousands that are each as long as the file.
     */
    private static final long MAX_SIZE = Math.min(1 << 30, Runtime.getRuntime().maxMemory() / 8);

    private static final long MAX_SEEN = 1L << 31;

    private final String file;
    private long seen;
    private byte[] bytes = new byte[1 << 16];
    /** Behind the empty string at 0. */
    private int size = 1;

    private int count;
    /** The strings' offsets by their hashes; 0 is a free place. */
    private int[] table = new int[1 << 12];

    private int[] hashes = new int[1 << 12];

    /**
     * @param file whose strings they are, for messages
     */
    StringPool(String file) {
        this.file = file;
    }

    /** {@return the string's offset in the table} */
    int add(String text) throws ElfException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return add(utf8, 0, utf8.length);
    }

    /** The same for bytes without a NUL. */
    int add(byte[] source, int from, int to) throws ElfException {
        if (from == to) {
            return 0;
        }
        seen += to - from;
        if (seen > MAX_SEEN) {
            throw new ElfException(file + ": its names and paths have more than " + MAX_SEEN + " bytes, all together");
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
                throw new ElfException(file + ": its names and paths take more than an eighth of the Java heap; if the"
                        + " file is sound, give Java a larger heap (-Xmx)");
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

    /** {@return the offset behind a string and its NUL, where the next one begins} */
    int behind(int offset) {
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
