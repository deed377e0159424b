package dev.backline.crash.explain;

import dev.backline.crash.ValueClass;
import dev.backline.io.Hex;
import dev.backline.machine.InstructionSet;
import org.jspecify.annotations.Nullable;

/**
 * Recognises values with a meaning: NULL, error numbers, poison (include/linux/poison.h), text, and addresses that the
 * architecture rules out (Documentation/arch/x86/x86_64/mm.rst, Documentation/arch/arm64/memory.rst,
 * Documentation/arch/riscv/vm-layout.rst).
 */
final class Values {
    /** The largest offset of a member that counts as an offset from a value with a meaning. */
    static final long NEAR = 1 << 16;

    /** An access farther from the start of a vmalloc area is not just beyond its end. */
    private static final long GUARD_DISTANCE = 1 << 24;

    private static final long LIST_POISON1 = 0x100;
    private static final long LIST_POISON2 = 0x122;
    /** CONFIG_ILLEGAL_POINTER_VALUE of x86-64, arm64 and riscv64. */
    private static final long POISON_DELTA = 0xdead_0000_0000_0000L;

    /** Other offsets from the delta, with their names. */
    private static final long[] POISON_OFFSETS = {0x40, 0x300, 0x400, 0x500, 0x800, 0xeb9f, 0xf5, 0xd390, 0x1091};

    private static final String[] POISON_NAMES = {
        "PP_SIGNATURE",
        "TIMER_ENTRY_STATIC",
        "TAIL_MAPPING",
        "MUTEX_POISON_WW_CTX",
        "SKB_LIST_POISON_NEXT",
        "BPF_PTR_POISON",
        "VFS_PTR_POISON",
        "STACK_DEPOT_POISON",
        "IO_URING_PTR_POISON"
    };

    /** The smallest number of bytes of text that is no chance: a pointer of user space has six bytes. */
    private static final int LEAST_TEXT = 5;

    /** User space maps nothing below (mmap_min_addr's default). */
    private static final long FIRST_USER = 0x10000;

    /** The largest offset of a per-CPU variable from the per-CPU area's start that is assumed. */
    private static final long LAST_PERCPU = 0x400000;

    private static final String SLAB_FREED = "memory that SLUB poisoned after it was freed (0x6b)";
    private static final String SLAB_NEW = "memory that SLUB poisoned before it was written (0x5a)";

    private Values() {}

    /**
     * What a value looks like.
     *
     * @param kind its class
     * @param errno the error's name, for ERR_PTR
     * @param text what the value is, as a noun phrase for a sentence
     * @param exact whether the value is the very value with a meaning, not one near it
     */
    record Look(ValueClass kind, @Nullable String errno, String text, boolean exact) {}

    /**
     * What is known about the fault.
     *
     * @param write whether the access was a write
     * @param execute whether the access was an instruction's fetch
     * @param permission whether the page is mapped and the access is forbidden
     * @param executable whether the page may be executed; null if unknown
     * @param nonCanonical whether the kernel reported a general protection fault
     * @param unaligned whether the kernel reported a fault of the alignment
     */
    record Circumstances(
            boolean write,
            boolean execute,
            boolean permission,
            @Nullable Boolean executable,
            boolean nonCanonical,
            boolean unaligned) {}

    /**
     * {@return what a value looks like by itself; null if it looks like an address}
     *
     * @param value as a pointer or index
     * @param set the instruction set
     */
    static @Nullable Look byItself(long value, InstructionSet set) {
        if (value == 0) {
            return new Look(ValueClass.NULL, null, "NULL", true);
        }
        if (value == 16) {
            return new Look(ValueClass.NULL, null, "ZERO_SIZE_PTR, the result of kmalloc(0)", true);
        }
        if (set == InstructionSet.I386) {
            return byItself32(value);
        }
        if (value < 0 && value >= -Errno.MAX) {
            return error(value);
        }
        Look poison = poison(value);
        if (poison != null) {
            return poison;
        }
        String text = ascii(value, 8);
        if (text != null) {
            return new Look(ValueClass.ASCII, null, "the text \"" + text + "\"", true);
        }
        if (value > 0 && value < 4096) {
            return new Look(ValueClass.NULL, null, "NULL plus " + Hex.text(value), false);
        }
        return null;
    }

    private static @Nullable Look byItself32(long value) {
        int low = (int) value;
        if (low < 0 && low >= -Errno.MAX) {
            return error(low);
        }
        if (low == LIST_POISON1 || low == LIST_POISON2) {
            return list(low, low);
        }
        if (low > 0 && low < 4096) {
            return new Look(ValueClass.NULL, null, "NULL plus " + Hex.text(low), false);
        }
        if (near(value & 0xffff_ffffL, 0x6b6b6b6bL)) {
            return new Look(ValueClass.SLAB_POISON, null, SLAB_FREED, low == 0x6b6b6b6b);
        }
        if (near(value & 0xffff_ffffL, 0x5a5a5a5aL)) {
            return new Look(ValueClass.SLAB_POISON, null, SLAB_NEW, low == 0x5a5a5a5a);
        }
        String text = ascii(value & 0xffff_ffffL, 4);
        return text == null || text.length() < 4
                ? null
                : new Look(ValueClass.ASCII, null, "the text \"" + text + "\"", true);
    }

    private static Look error(long value) {
        String name = Errno.name((int) -value);
        return new Look(
                ValueClass.ERR_PTR, name, "ERR_PTR(" + (name == null ? Long.toString(value) : "-" + name) + ")", true);
    }

    private static boolean near(long value, long meaning) {
        long distance = value - meaning;
        return distance > -NEAR && distance < NEAR;
    }

    /** Poison, also after an offset was added, and without the top byte, which arm64 does not report. */
    private static @Nullable Look poison(long value) {
        if (near(value, POISON_DELTA)) {
            long offset = value - POISON_DELTA;
            for (int i = 0; i < POISON_OFFSETS.length; i++) {
                if (offset == POISON_OFFSETS[i]) {
                    return new Look(ValueClass.NON_CANONICAL, null, POISON_NAMES[i], true);
                }
            }
            return list(offset, value);
        }
        long without = value & 0x00ff_ffff_ffff_ffffL;
        long rest = value >>> 56;
        if (near(without, 0x006b_6b6b_6b6b_6b6bL) && (rest == 0 || rest == 0x6b || rest == 0xff)) {
            boolean exact = value == 0x6b6b_6b6b_6b6b_6b6bL || value == 0xa56b_6b6b_6b6b_6b6bL;
            return new Look(ValueClass.SLAB_POISON, null, SLAB_FREED, exact);
        }
        if (rest == 0xa5 && near(without, 0x006b_6b6b_6b6b_6b6bL)) {
            return new Look(ValueClass.SLAB_POISON, null, SLAB_FREED, true);
        }
        if (near(without, 0x005a_5a5a_5a5a_5a5aL) && (rest == 0 || rest == 0x5a || rest == 0xff)) {
            return new Look(ValueClass.SLAB_POISON, null, SLAB_NEW, value == 0x5a5a_5a5a_5a5a_5a5aL);
        }
        return null;
    }

    private static @Nullable Look list(long offset, long value) {
        if (offset == LIST_POISON1 || offset == LIST_POISON2) {
            return new Look(
                    ValueClass.LIST_POISON,
                    null,
                    (offset == LIST_POISON1 ? "LIST_POISON1" : "LIST_POISON2")
                            + ", the mark of an entry that was deleted from its list",
                    true);
        }
        return offset > -NEAR && offset < NEAR
                ? new Look(
                        ValueClass.LIST_POISON,
                        null,
                        Hex.text(value) + ", near the poison of an entry that was deleted from its list",
                        false)
                : null;
    }

    /** The text in a value's bytes, the lowest first; null if they are no text. */
    static @Nullable String ascii(long value, int bytes) {
        StringBuilder text = new StringBuilder();
        boolean ended = false;
        for (int i = 0; i < bytes; i++) {
            int c = (int) (value >>> (8 * i)) & 0xff;
            if (c == 0) {
                ended = true;
            } else if (ended || c < 0x20 || c > 0x7e) {
                return null;
            } else {
                text.append(c == '"' || c == '\\' ? "\\" : "").append((char) c);
            }
        }
        return text.length() < (bytes == 4 ? 4 : LEAST_TEXT) ? null : text.toString();
    }

    /** Whether x86-64 takes an address with 5-level page tables, so also with 4-level ones if it is of the kernel. */
    static boolean isCanonical(long address) {
        return address >> 47 == 0 || isKernel(address, InstructionSet.X86_64);
    }

    /** Whether an address is in the kernel's half, and canonical. */
    static boolean isKernel(long address, InstructionSet set) {
        return switch (set) {
            case I386 -> (address & 0xffff_ffffL) >= 0xc000_0000L;
            // 5-level page tables: 57 bits; the direct map starts at ff11000000000000
            case X86_64 -> address < 0 && (address >>> 47 == 0x1ffff || address >>> 56 == 0xff);
            case ARM64 -> address >>> 52 == 0xfff;
            default -> address < 0 && address >>> 47 == 0x1ffff;
        };
    }

    /** Whether an address is in the area of vmalloc, as far as an address tells: the areas move from boot to boot. */
    static boolean isVmalloc(long address, InstructionSet set) {
        return switch (set) {
            // Above the direct map, below vmemmap; both move up by up to 2^44 with KASLR
            case X86_64 ->
                Long.compareUnsigned(address, 0xffff_c000_0000_0000L) >= 0
                        && Long.compareUnsigned(address, 0xffff_ea00_0000_0000L) < 0;
            case ARM64 ->
                Long.compareUnsigned(address, 0xffff_8000_0000_0000L) >= 0
                        && Long.compareUnsigned(address, 0xffff_fbff_0000_0000L) < 0;
            case RISCV64 ->
                Long.compareUnsigned(address, 0xffff_8f80_0000_0000L) >= 0
                        && Long.compareUnsigned(address, 0xffff_af80_0000_0000L) < 0;
            default -> false;
        };
    }

    /**
     * {@return what a pointer looks like in a fault}
     *
     * @param value the pointer
     * @param address that was accessed through it
     * @param indexed whether an index was added
     * @param set the instruction set
     * @param in what is known about the fault
     */
    static Look inFault(long value, long address, boolean indexed, InstructionSet set, Circumstances in) {
        Look own = byItself(value, set);
        if (own != null && !(own.kind() == ValueClass.ASCII && in.permission())) {
            return own;
        }
        if (in.unaligned()) {
            return new Look(
                    ValueClass.UNALIGNED,
                    null,
                    Hex.text(value) + ", which is not aligned as the instruction needs it",
                    true);
        }
        if (isKernel(value, set) || isKernel(address, set)) {
            return inKernel(value, address, indexed, set, in);
        }
        boolean low = set == InstructionSet.ARM64 ? (value >>> 48) == 0 : value > 0 && (value >>> 47) == 0;
        if (!low && set != InstructionSet.I386) {
            return new Look(ValueClass.NON_CANONICAL, null, "the non-canonical address " + Hex.text(value), true);
        }
        if (in.permission() || looksLikeUser(value)) {
            return new Look(ValueClass.USER, null, "the user-space address " + Hex.text(value), true);
        }
        if (set == InstructionSet.X86_64 && value >= 4096 && value < LAST_PERCPU) {
            return new Look(
                    ValueClass.PERCPU,
                    null,
                    Hex.text(value) + ", the offset of a per-CPU variable, not its address",
                    true);
        }
        return new Look(ValueClass.WILD, null, "the unmapped address " + Hex.text(value), true);
    }

    /** Where position-independent programs, shared libraries and stacks are on 64-bit machines. */
    private static boolean looksLikeUser(long value) {
        long top = value >>> 40;
        return value >= FIRST_USER
                && (top == 0x7f || top == 0x55 || top == 0x56 || (value >>> 36) == 0xfff || (value >>> 36) == 0xaaa);
    }

    private static Look inKernel(long value, long address, boolean indexed, InstructionSet set, Circumstances in) {
        String at = Hex.text(value);
        if (in.execute()) {
            return in.permission()
                    ? new Look(ValueClass.NO_EXECUTE, null, at + ", memory that must not be executed", true)
                    : new Look(ValueClass.WILD, null, "the unmapped address " + at, true);
        }
        if (in.permission() && in.write()) {
            boolean text = in.executable() != null && in.executable();
            return text
                    ? new Look(ValueClass.TEXT, null, at + ", the kernel's code", true)
                    : new Look(ValueClass.READ_ONLY, null, at + ", memory that must not be written", true);
        }
        // With 4-level page tables, which most machines use, an address of 5 levels is not canonical.
        boolean isCanonical = isKernel(address, set) && (set != InstructionSet.X86_64 || address >>> 47 == 0x1ffff);
        if (in.nonCanonical() && !isCanonical) {
            return new Look(ValueClass.NON_CANONICAL, null, "the non-canonical address " + at, true);
        }
        if (isVmalloc(value, set) && isVmalloc(address, set) && (value & 0xfff) == 0) {
            long distance = address - value;
            if (distance >= 4096 && distance < GUARD_DISTANCE) {
                return new Look(
                        ValueClass.VMALLOC_GUARD,
                        null,
                        at + ", the start of a vmalloc area that ends before " + Hex.text(address),
                        true);
            }
            if (distance >= 0 && distance < 4096 && !indexed) {
                return new Look(ValueClass.FREED, null, at + ", a vmalloc area that is not mapped any more", true);
            }
        }
        return new Look(ValueClass.WILD, null, "the unmapped kernel address " + at, true);
    }
}
