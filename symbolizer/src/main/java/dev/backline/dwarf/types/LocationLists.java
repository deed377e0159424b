package dev.backline.dwarf.types;

import dev.backline.dwarf.Cursor;
import dev.backline.dwarf.DwarfException;
import dev.backline.dwarf.Entry;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the expression for an address in the location lists of a unit: {@code .debug_loc} (DWARF4 2.6.2), {@code
 * .debug_loclists} (DWARF5 7.7.3), and the lists of GNU split units before DWARF 5. Not thread-safe.
 */
final class LocationLists {
    private static final int DW_LLE_end_of_list = 0x00;
    private static final int DW_LLE_base_addressx = 0x01;
    private static final int DW_LLE_startx_endx = 0x02;
    private static final int DW_LLE_startx_length = 0x03;
    private static final int DW_LLE_offset_pair = 0x04;
    private static final int DW_LLE_default_location = 0x05;
    private static final int DW_LLE_base_address = 0x06;
    private static final int DW_LLE_start_end = 0x07;
    private static final int DW_LLE_start_length = 0x08;
    /** GCC's -gvariable-location-views=incompat5. */
    private static final int DW_LLE_GNU_view_pair = 0x09;

    private static final int FIRST_WINDOW = 256;

    /** The longest list of Debian's kernels takes a tenth of it. */
    private static final int MAX_LIST = 1 << 20;

    /** All lists of a query; in a damaged file each variable may refer to the same long list. */
    private static final long MAX_BYTES = 32L << 20;

    private final Entry unit;
    private final long address;
    private final long mask;
    private final boolean bigEndian;
    private long bytes;
    private boolean matched;

    /**
     * @param unit any entry of the unit
     * @param address the lists are searched for
     */
    LocationLists(Entry unit, long address) {
        this.unit = unit;
        this.address = address;
        mask = unit.addressSize() >= Long.BYTES ? -1L : (1L << (Byte.SIZE * unit.addressSize())) - 1;
        bigEndian = unit.isBigEndian();
    }

    /** {@return the first expression in the list whose range has the address, or null} */
    byte @Nullable [] find(long list) throws IOException {
        for (int window = FIRST_WINDOW; ; window *= 8) {
            byte[] data = unit.locationBytes(list, Math.min(window, MAX_LIST));
            bytes += data.length;
            if (bytes > MAX_BYTES) {
                throw unit.broken("the location lists of the variables take more than " + MAX_BYTES + " bytes");
            }
            try {
                return in(data);
            } catch (IndexOutOfBoundsException e) {
                if (data.length < window || window >= MAX_LIST) {
                    throw unit.broken("the location list at 0x" + Long.toHexString(list)
                            + " runs past the end of its section, or is longer than " + MAX_LIST + " bytes");
                }
            }
        }
    }

    /** {@return the first expression in the list at the start of the bytes whose range has the address, or null} */
    byte @Nullable [] in(byte[] data) throws IOException {
        matched = false;
        Cursor reader = Cursor.of(data, bigEndian);
        return unit.version() >= 5 || unit.isSplit() ? inLocLists(reader) : inLoc(reader);
    }

    private boolean has(long low, long high) {
        return Long.compareUnsigned(low & mask, address) <= 0 && Long.compareUnsigned(address, high & mask) < 0;
    }

    /** Reads an expression: {@return it if it counts, else null} */
    private byte @Nullable [] expression(Cursor c, int length, boolean counts) {
        if (!counts) {
            c.skip(length);
            return null;
        }
        matched = true;
        return c.bytes(length);
    }

    private byte @Nullable [] inLoc(Cursor c) throws IOException {
        int size = unit.addressSize();
        for (long base = unit.baseAddress(); ; ) {
            long low = c.unsigned(size);
            long high = c.unsigned(size);
            if (low == 0 && high == 0) {
                return null;
            }
            if (low == mask) {
                base = high;
                continue;
            }
            byte[] found = expression(c, (int) c.unsigned(2), has(base + low, base + high));
            if (matched) {
                return found;
            }
        }
    }

    /** The GNU lists of split units before DWARF 5 have the kinds 0 to 4, with offsets and lengths of a fixed size. */
    private byte @Nullable [] inLocLists(Cursor c) throws IOException {
        boolean gnu = unit.version() < 5;
        int size = unit.addressSize();
        long base = unit.baseAddress();
        byte[] otherwise = null;
        while (true) {
            int kind = c.u1();
            if (gnu && kind > DW_LLE_offset_pair) {
                throw unknown(kind);
            }
            boolean counts = false;
            switch (kind) {
                case DW_LLE_end_of_list -> {
                    return otherwise;
                }
                case DW_LLE_base_addressx -> {
                    base = unit.address(c.uleb());
                    continue;
                }
                case DW_LLE_base_address -> {
                    base = c.unsigned(size);
                    continue;
                }
                case DW_LLE_GNU_view_pair -> {
                    c.uleb();
                    c.uleb();
                    continue;
                }
                case DW_LLE_startx_endx -> {
                    long low = unit.address(c.uleb());
                    counts = has(low, unit.address(c.uleb()));
                }
                case DW_LLE_startx_length -> {
                    long low = unit.address(c.uleb());
                    counts = has(low, low + number(c, gnu));
                }
                case DW_LLE_offset_pair -> {
                    long low = base + number(c, gnu);
                    // The linker writes the highest address as the base of code that it dropped (DWARF issue 200609.1)
                    counts = has(low, base + number(c, gnu)) && base != mask;
                }
                case DW_LLE_start_end -> {
                    long low = c.unsigned(size);
                    counts = has(low, c.unsigned(size));
                }
                case DW_LLE_start_length -> {
                    long low = c.unsigned(size);
                    counts = has(low, low + c.uleb());
                }
                case DW_LLE_default_location -> {
                    // For the addresses that no entry has
                    otherwise = c.bytes(c.uleb32());
                    continue;
                }
                default -> throw unknown(kind);
            }
            byte[] found = expression(c, gnu ? (int) c.unsigned(2) : c.uleb32(), counts);
            if (matched) {
                return found;
            }
        }
    }

    /** An offset or a length. */
    private static long number(Cursor c, boolean gnu) {
        return gnu ? c.unsigned(4) : c.uleb();
    }

    private DwarfException unknown(int kind) {
        return unit.broken("unknown location list entry 0x" + Integer.toHexString(kind));
    }
}
