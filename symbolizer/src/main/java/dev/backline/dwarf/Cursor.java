package dev.backline.dwarf;

import dev.backline.elf.SectionData;
import dev.backline.io.Internal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A read position in a window of one section. Positions are int offsets inside the window; {@link #offset()} is the
 * offset in the section. Reading past the window throws {@link IndexOutOfBoundsException}, which callers convert to a
 * {@link DwarfException} once per structure ({@link #truncated}). Not thread-safe.
 */
@Internal
public final class Cursor {
    final byte[] data;
    /** The end of the window in {@link #data}. */
    final int end;

    final boolean bigEndian;
    int pos;

    private final String file;
    private final String section;
    private final long base;

    Cursor(byte[] data, boolean bigEndian, String file, String section, long base) {
        this(data, data.length, bigEndian, file, section, base);
    }

    private Cursor(byte[] data, int end, boolean bigEndian, String file, String section, long base) {
        this.data = data;
        this.end = end;
        this.bigEndian = bigEndian;
        this.file = file;
        this.section = section;
        this.base = base;
    }

    /**
     * {@return a cursor at the start of bytes that were read before, such as an expression}
     *
     * @param bytes are not copied
     * @param bigEndian the byte order of the file
     */
    public static Cursor of(byte[] bytes, boolean bigEndian) {
        return new Cursor(bytes, bigEndian, "", "", 0);
    }

    /** A cursor at the start of {@code length} bytes, which must be in the section. */
    static Cursor over(SectionData section, boolean bigEndian, long offset, int length) throws java.io.IOException {
        checkCapacity(section, offset, length);
        return new Cursor(section.read(offset, length), bigEndian, section.file(), section.name(), offset);
    }

    /** The same, in a buffer that is used again. Checks of the end of the window are left to the caller. */
    static Cursor over(SectionData section, boolean bigEndian, long offset, int length, byte[] buffer)
            throws java.io.IOException {
        section.read(offset, buffer, 0, length);
        return new Cursor(buffer, length, bigEndian, section.file(), section.name(), offset);
    }

    static void checkCapacity(SectionData section, long offset, int length) throws DwarfException {
        if (!Capacity.holds(length)) {
            throw new DwarfException(
                    section.file(),
                    section.name(),
                    offset,
                    "0x" + Integer.toHexString(length)
                            + " bytes must be read at once, which is more than a quarter of the Java"
                            + " heap; if the file is not damaged, give Java a larger heap (-Xmx)");
        }
    }

    /** A cursor at another position in the same window. */
    Cursor at(int position) {
        Cursor other = new Cursor(data, end, bigEndian, file, section, base);
        other.pos = position;
        return other;
    }

    /** A cursor over other bytes with the same byte order and the same place in error messages. */
    Cursor elsewhere(byte[] bytes, int position) {
        Cursor other = new Cursor(bytes, bigEndian, file, section, base);
        other.pos = position;
        return other;
    }

    /** A cursor over a part of the window. */
    Cursor part(int from, int length) {
        return new Cursor(Arrays.copyOfRange(data, from, from + length), bigEndian, file, section, base + from);
    }

    /** The offset of the cursor in its section. */
    long offset() {
        return base + pos;
    }

    long offsetOf(int position) {
        return base + position;
    }

    /** {@return the position in the window} */
    public int position() {
        return pos;
    }

    /** {@return the number of bytes from the cursor to the end of the window} */
    public int remaining() {
        return end - pos;
    }

    /** {@return the next byte, 0 to 255} */
    public int u1() {
        return data[pos++] & 0xff;
    }

    int s1() {
        return data[pos++];
    }

    int u2() {
        int p = pos;
        pos = p + 2;
        int a = data[p] & 0xff;
        int b = data[p + 1] & 0xff;
        return bigEndian ? a << 8 | b : b << 8 | a;
    }

    int u3() {
        int p = pos;
        pos = p + 3;
        int a = data[p] & 0xff;
        int b = data[p + 1] & 0xff;
        int c = data[p + 2] & 0xff;
        return bigEndian ? a << 16 | b << 8 | c : c << 16 | b << 8 | a;
    }

    int s4() {
        int p = pos;
        pos = p + 4;
        byte[] d = data;
        int a = d[p] & 0xff;
        int b = d[p + 1] & 0xff;
        int c = d[p + 2] & 0xff;
        int e = d[p + 3] & 0xff;
        return bigEndian ? a << 24 | b << 16 | c << 8 | e : e << 24 | c << 16 | b << 8 | a;
    }

    long u4() {
        return s4() & 0xffff_ffffL;
    }

    long u8() {
        long first = u4();
        long second = u4();
        return bigEndian ? first << 32 | second : second << 32 | first;
    }

    /**
     * {@return the next number without a sign, such as DW_FORM_addr and DW_FORM_sec_offset}
     *
     * @param size in bytes, 1 to 8
     */
    public long unsigned(int size) {
        return switch (size) {
            case 8 -> u8();
            case 4 -> u4();
            case 2 -> u2();
            case 1 -> u1();
            default -> unusual(size);
        };
    }

    /** A number of 3, 5, 6 or 7 bytes, as only constants of structures have. */
    private long unusual(int size) {
        if (size < 1 || size > Long.BYTES) {
            throw new IndexOutOfBoundsException("a number of " + size + " bytes");
        }
        long value = 0;
        for (int i = 0; i < size; i++) {
            long each = u1();
            value = bigEndian ? value << Byte.SIZE | each : value | each << (Byte.SIZE * i);
        }
        return value;
    }

    /**
     * {@return the next number with a sign}
     *
     * @param size in bytes, 1 to 8
     */
    public long signed(int size) {
        int unused = Long.SIZE - Byte.SIZE * size;
        return unsigned(size) << unused >> unused;
    }

    /** {@return the next unsigned LEB128 (DWARF5 7.6)} Bits above the 64th are dropped. */
    public long uleb() {
        byte b = data[pos++];
        if (b >= 0) {
            return b;
        }
        long value = b & 0x7f;
        int shift = 7;
        do {
            b = data[pos++];
            if (shift < 64) {
                value |= (long) (b & 0x7f) << shift;
            }
            shift += 7;
        } while (b < 0);
        return value;
    }

    /** {@return the next unsigned LEB128, which should fit an int; -1 for larger values} */
    public int uleb32() {
        byte b = data[pos];
        if (b >= 0) {
            pos++;
            return b;
        }
        long value = uleb();
        return value < 0 || value > Integer.MAX_VALUE ? -1 : (int) value;
    }

    /** {@return the next signed LEB128 (DWARF5 7.6)} */
    public long sleb() {
        long value = 0;
        int shift = 0;
        byte b;
        do {
            b = data[pos++];
            if (shift < 64) {
                value |= (long) (b & 0x7f) << shift;
            }
            shift += 7;
        } while (b < 0);
        return shift < 64 && (b & 0x40) != 0 ? value | -1L << shift : value;
    }

    void skipLeb() {
        byte[] d = data;
        int p = pos;
        while (d[p] < 0) {
            p++;
        }
        pos = p + 1;
    }

    void skipString() {
        byte[] d = data;
        int p = pos;
        while (d[p] != 0) {
            p++;
        }
        pos = p + 1;
    }

    /**
     * {@return a copy of the next bytes}
     *
     * @param length in bytes; a negative length is past the window
     */
    public byte[] bytes(int length) {
        int from = pos;
        skip(length);
        return Arrays.copyOfRange(data, from, pos);
    }

    /**
     * Skips bytes.
     *
     * @param bytes how many; a negative number is past the window
     */
    public void skip(long bytes) {
        if (bytes < 0 || bytes > end - pos) {
            throw new IndexOutOfBoundsException(pos);
        }
        pos += (int) bytes;
    }

    /** Reads a NUL-terminated string. */
    String string() {
        int start = pos;
        skipString();
        return new String(data, start, pos - 1 - start, StandardCharsets.UTF_8);
    }

    /** Throws if the last read extended past the window into an old part of its buffer. */
    void checkEnd() {
        if (pos > end) {
            throw new IndexOutOfBoundsException(pos);
        }
    }

    DwarfException broken(long offset, String rule) {
        return new DwarfException(file, section, offset, rule);
    }

    /** The exception for an {@link IndexOutOfBoundsException} while the structure at {@code offset} was read. */
    DwarfException truncated(long offset, String structure, IndexOutOfBoundsException cause) {
        return new DwarfException(
                file,
                section,
                offset,
                structure + " runs past its end at 0x" + Long.toHexString(base + end)
                        + "; the file is truncated or damaged",
                cause);
    }
}
