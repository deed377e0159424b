package dev.backline.elf;

import dev.backline.io.Hex;
import dev.backline.io.Lazy;
import java.io.IOException;

/** Applies the relocations of one section to its bytes. Thread-safe. */
final class RelocatedFields {
    /** The result of {@link #apply} for entries that are not in the order of r_offset. */
    static final int NOT_IN_ORDER = -1;

    /** Nearly all types have numbers below this; the actions of these are kept. */
    private static final int USUAL_TYPES = 512;

    private static final int ABSOLUTE32 = RelocationType.ABSOLUTE | 4;
    private static final int ABSOLUTE64 = RelocationType.ABSOLUTE | 8;

    private static final int R_MIPS_SUB = 24;
    private static final int R_MIPS_PC32 = 248;

    private static final long[] NO_VALUES = {};

    private final ElfFile file;
    private final Section target;
    private final Section section;
    private final boolean is64;
    private final boolean big;
    private final int machine;
    private final boolean withAddend;
    /** By type, the action; 0 if it is not known yet. Several threads may store the same number. */
    private final int[] actions = new int[USUAL_TYPES];

    private final Lazy<long[], IOException> values = new Lazy<>() {
        @Override
        protected long[] compute() throws IOException {
            return file.symbolValues(RelocationFormat.symbolSection(file, section));
        }
    };

    /**
     * @param target the section with the fields
     * @param section the section with the relocations
     */
    RelocatedFields(ElfFile file, Section target, Section section, boolean withAddend) {
        this.file = file;
        this.target = target;
        this.section = section;
        this.withAddend = withAddend;
        this.is64 = file.header().is64();
        this.big = file.header().bigEndian();
        this.machine = file.header().machine();
    }

    /**
     * {@return the value of each symbol in relocations of sections that are not loaded} It is 0 for a symbol of another
     * file, for a thread-local one the offset in the TLS block, for others the address.
     */
    static long[] values(ElfFile file, SymbolTable symbols) throws IOException {
        file.budget().reserve(file.name(), "the values of the symbols", (long) Long.BYTES * symbols.size());
        long[] values = new long[symbols.size()];
        for (int i = 1; i < values.length; i++) {
            values[i] = value(symbols, i);
        }
        return values;
    }

    private static long value(SymbolTable symbols, int i) {
        int index = symbols.sectionIndex(i);
        if (index == SymbolTable.SHN_UNDEF || index == SymbolTable.SHN_COMMON) {
            return 0;
        }
        return symbols.type(i) == SymbolTable.STT_TLS ? symbols.value(i) : symbols.placed(i);
    }

    /**
     * Applies entries to the fields in {@code [from, end)}. Nearly all relocations of debug information store a symbol's
     * value plus a constant in 4 or 8 bytes, so the loop does that itself.
     *
     * @param words of {@code count} entries, from {@link RelocationFormat#decode}
     * @param previous the r_offset of the entry before these
     * @param b the section's bytes from {@code from} on; fields may extend past {@code end}
     * @param length the number of bytes in {@code b}
     * @return the number of entries below {@code end}, or {@link #NOT_IN_ORDER}
     */
    int apply(long[] words, int count, long previous, long from, long end, byte[] b, int length) throws IOException {
        int[] known = actions;
        long[] symbols = valuesIfRead();
        boolean isBig = big;
        boolean simple = withAddend;
        // Compared without sign
        long least = previous + Long.MIN_VALUE;
        long start = from + Long.MIN_VALUE;
        long limit = end + Long.MIN_VALUE;
        int w = 0;
        for (int i = 0; i < count; i++, w += RelocationFormat.WORDS) {
            long offset = words[w];
            long at = offset + Long.MIN_VALUE;
            if (at < least) {
                return NOT_IN_ORDER;
            }
            if (at >= limit) {
                return i;
            }
            least = at;
            if (at < start) {
                continue;
            }
            long info = words[w + 1];
            int type = (int) info;
            int symbol = (int) (info >>> 32);
            int p = (int) (offset - from);
            int action = type >= 0 && type < USUAL_TYPES ? known[type] : 0;
            if (simple && symbol >= 0 && symbol < symbols.length) {
                if (action == ABSOLUTE32 && p <= length - 4) {
                    int value = (int) (symbols[symbol] + words[w + 2]);
                    if (isBig) {
                        value = Integer.reverseBytes(value);
                    }
                    b[p] = (byte) value;
                    b[p + 1] = (byte) (value >>> 8);
                    b[p + 2] = (byte) (value >>> 16);
                    b[p + 3] = (byte) (value >>> 24);
                    continue;
                }
                if (action == ABSOLUTE64 && p <= length - 8) {
                    Words.put(b, p, 8, isBig, symbols[symbol] + words[w + 2]);
                    continue;
                }
            }
            applyAny(offset, type, symbol, words[w + 2], b, p, length);
            symbols = valuesIfRead();
        }
        return count;
    }

    /**
     * Applies the three types of an entry of MIPS64, each to the result of the one before (64-bit ELF Object File
     * Specification, 2.9): the second has the value of r_ssym as its symbol, the third none. A type with a value of 32 bits
     * gives its sign to the next one.
     */
    private void applyThree(long offset, int types, int symbol, long addend, byte[] b, int at, int length)
            throws IOException {
        int widest = 0;
        for (int rest = types; (rest & 0xffffff) != 0; rest = rest >>> 8 & 0xffff) {
            widest = Math.max(widest, mipsWidth(offset, types, rest & 0xff));
        }
        if (at + widest > length) {
            throw pastEnd(offset);
        }
        long value = withAddend ? addend : Words.get(b, at, widest, big);
        int width = 0;
        int specialSymbol = types >>> 24;
        for (int i = 0; i < 3; i++) {
            int type = types >>> (8 * i) & 0xff;
            if (type == 0) {
                continue;
            }
            if (i == 1 && specialSymbol != 0) {
                // RSS_GP, RSS_GP0 and RSS_LOC: only code needs them
                throw broken(offset, "the special symbol " + specialSymbol + " of MIPS is not supported");
            }
            long s = i == 0 ? value(symbol, offset) : 0;
            width = mipsWidth(offset, types, type);
            value = type == R_MIPS_SUB ? s - value : type == R_MIPS_PC32 ? s + value - offset : s + value;
            value = width == 4 ? (int) value : value;
        }
        Words.put(b, at, width, big, value);
    }

    private int mipsWidth(long offset, int types, int type) throws ElfException {
        int action = RelocationType.action(machine, type);
        if (action == RelocationType.UNKNOWN && type != R_MIPS_SUB) {
            throw broken(
                    offset,
                    "relocation type " + type + " of machine " + machine + ", one of the three in 0x"
                            + Integer.toHexString(types) + ", is not supported");
        }
        return type == R_MIPS_SUB ? 8 : RelocationType.width(action);
    }

    private ElfException pastEnd(long offset) throws IOException {
        return broken(
                offset,
                "the relocated field extends past the end of the section ("
                        + Hex.text(file.data(target).size()) + " bytes)");
    }

    private void applyAny(long offset, int type, int symbol, long addend, byte[] b, int at, int length)
            throws IOException {
        int action = RelocationType.action(machine, type);
        if (type >= 0 && type < USUAL_TYPES) {
            actions[type] = action;
        }
        if (action == RelocationType.NONE) {
            return;
        }
        if (action == RelocationType.UNKNOWN) {
            if (machine == ElfHeader.EM_MIPS && is64 && type >>> 8 != 0) {
                applyThree(offset, type, symbol, addend, b, at, length);
                return;
            }
            throw broken(
                    offset,
                    "relocation type " + Integer.toUnsignedString(type) + " of machine " + machine
                            + " is not supported");
        }
        int width = RelocationType.width(action);
        if (at + width > length) {
            throw pastEnd(offset);
        }
        long there = Words.get(b, at, width, big);
        long value = value(symbol, offset) + (withAddend ? addend : there);
        switch (RelocationType.operation(action)) {
            case RelocationType.ABSOLUTE -> Words.put(b, at, width, big, value);
            case RelocationType.RELATIVE -> Words.put(b, at, width, big, value - offset);
            case RelocationType.ADD -> Words.put(b, at, width, big, there + value);
            case RelocationType.SUBTRACT -> Words.put(b, at, width, big, there - value);
            case RelocationType.SET6 -> b[at] = (byte) ((there & 0xc0) | (value & 0x3f));
            case RelocationType.SUBTRACT6 -> b[at] = (byte) ((there & 0xc0) | ((there - value) & 0x3f));
            case RelocationType.ADD6 -> b[at] = (byte) ((there & 0xc0) | ((there + value) & 0x3f));
            case RelocationType.ADD_ULEB128 -> uleb128(b, at, length, offset, value, true);
            case RelocationType.SET_ULEB128 -> uleb128(b, at, length, offset, value, false);
            case RelocationType.SUBTRACT_ULEB128 -> uleb128(b, at, length, offset, -value, true);
            default -> throw new IllegalStateException("relocation action " + action);
        }
    }

    /** Stores a value, or its sum with the old one, as a LEB128 number of the old length. */
    private void uleb128(byte[] b, int at, int end, long offset, long value, boolean add) throws ElfException {
        int length = 0;
        long there = 0;
        do {
            if (length == 10 || at + length == end) {
                throw broken(offset, "the field is not a LEB128 number of at most 10 bytes");
            }
            there |= (b[at + length] & 0x7fL) << (7 * length);
        } while (b[at + length++] < 0);
        long rest = add ? there + value : value;
        for (int i = 0; i < length; i++) {
            b[at + i] = (byte) ((rest & 0x7f) | (i < length - 1 ? 0x80 : 0));
            rest >>>= 7;
        }
    }

    private long value(int symbol, long offset) throws IOException {
        if (symbol == 0) {
            return 0;
        }
        long[] all = values.get();
        if (symbol < 0 || symbol >= all.length) {
            throw broken(
                    offset,
                    "symbol " + Integer.toUnsignedString(symbol) + " is not in the symbol table, which has "
                            + all.length + " symbols");
        }
        return all[symbol];
    }

    /** The values of the symbols; none until an entry has needed one. */
    private long[] valuesIfRead() {
        long[] read = values.ifComputed();
        return read == null ? NO_VALUES : read;
    }

    private ElfException broken(long offset, String rule) {
        return new ElfException(
                file.name() + ": " + section.name() + ": at " + target.name() + "+" + Hex.text(offset) + ": " + rule);
    }
}
