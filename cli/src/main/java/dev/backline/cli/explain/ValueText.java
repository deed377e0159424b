package dev.backline.cli.explain;

import dev.backline.crash.ValueClass;
import dev.backline.io.Hex;
import dev.backline.machine.InstructionSet;
import org.jspecify.annotations.Nullable;

/**
 * Puts the class of a bad value into words: {@code slab poison (freed object) minus 8}. The poison values are those of the
 * kernel's include/linux/poison.h.
 */
final class ValueText {
    /** A pointer that differs by more from a known value was not computed from it. */
    private static final long FAR = 1 << 20;

    private static final long FREED_BYTE = 0x6b;
    private static final long UNWRITTEN_BYTE = 0x5a;
    private static final long LIST_POISON_1 = 0x100;
    private static final long LIST_POISON_2 = 0x122;

    /** ZERO_SIZE_PTR of include/linux/slab.h. */
    private static final long ZERO_SIZE = 16;

    /** POISON_POINTER_DELTA of the 64-bit architectures. */
    private static final long POISON_DELTA = 0xdead000000000000L;

    private ValueText() {}

    /**
     * {@return what a value looks like; null if it looks good}
     *
     * @param errno the name of the error in an ERR_PTR, or null
     */
    static @Nullable String of(
            long value, @Nullable ValueClass valueClass, @Nullable String errno, @Nullable InstructionSet set) {
        if (valueClass == null) {
            return null;
        }
        return switch (valueClass) {
            case NULL ->
                value == ZERO_SIZE ? "ZERO_SIZE_PTR (the result of kmalloc(0))" : distance("NULL", signed(value, set));
            case ERR_PTR -> errno == null ? "an error number in a pointer (ERR_PTR)" : "ERR_PTR(-" + errno + ")";
            case LIST_POISON -> listPoison(value, set);
            case SLAB_POISON -> slabPoison(value, set);
            case NON_CANONICAL -> "not a valid address (non-canonical)";
            case ASCII -> ascii(value, set);
            case USER -> "an address of user space";
            case READ_ONLY -> "memory that must not be written";
            case TEXT -> "kernel code";
            case NO_EXECUTE -> "memory that must not be executed";
            case FREED -> "memory that was freed and unmapped";
            case VMALLOC_GUARD -> "the guard page after a vmalloc area or a stack";
            case PERCPU -> "the offset of a per-CPU variable, used as an address";
            case UNALIGNED -> "not aligned as the instruction needs";
            case INDEX -> "an index outside the array";
            case WILD -> "an address where nothing is mapped";
        };
    }

    private static long signed(long value, @Nullable InstructionSet set) {
        return is32(set) ? (int) value : value;
    }

    private static boolean is32(@Nullable InstructionSet set) {
        return set == InstructionSet.I386 || set == InstructionSet.ARM || set == InstructionSet.THUMB;
    }

    private static String distance(String what, long distance) {
        if (distance == 0) {
            return what;
        }
        if (Math.abs(distance) > FAR) {
            return what + " and an offset";
        }
        return what + (distance < 0 ? " minus " : " plus ") + number(Math.abs(distance));
    }

    private static String number(long number) {
        return number < 10 ? Long.toString(number) : Hex.text(number);
    }

    private static String listPoison(long value, @Nullable InstructionSet set) {
        long delta = is32(set) ? 0 : POISON_DELTA;
        long first = value - delta - LIST_POISON_1;
        long second = value - delta - LIST_POISON_2;
        String meaning = " (the entry was deleted from its list)";
        if (Math.min(Math.abs(first), Math.abs(second)) > FAR) {
            return "an entry that was deleted from its list";
        }
        return Math.abs(second) < Math.abs(first)
                ? distance("LIST_POISON2" + meaning, second)
                : distance("LIST_POISON1" + meaning, first);
    }

    private static String slabPoison(long value, @Nullable InstructionSet set) {
        long ones = is32(set) ? 0x01010101L : 0x0101010101010101L;
        // The last byte of an object has another poison (0xa5), and arm64 ignores the top byte of an address.
        long mask = is32(set) ? -1 : 0x00ff_ffff_ffff_ffffL;
        long freed = (value & mask) - (FREED_BYTE * ones & mask);
        long unwritten = (value & mask) - (UNWRITTEN_BYTE * ones & mask);
        return Math.abs(unwritten) < Math.abs(freed)
                ? distance("slab poison (object not yet initialised)", unwritten)
                : distance("slab poison (freed object)", freed);
    }

    private static String ascii(long value, @Nullable InstructionSet set) {
        if (set == InstructionSet.S390 || set == InstructionSet.POWERPC || set == null) {
            return "text in the place of an address";
        }
        StringBuilder text = new StringBuilder();
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            char c = (char) (value >>> shift & 0xff);
            if (c == 0) {
                break;
            }
            text.append(c >= 0x20 && c < 0x7f ? c : '.');
        }
        return "text in the place of an address: \"" + text + "\"";
    }
}
