package dev.backline.benchmarks.variables;

import dev.backline.machine.Access;
import dev.backline.machine.Decoder;
import dev.backline.machine.Effect;
import dev.backline.machine.Flow;
import dev.backline.machine.InstructionSet;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The decoded instructions of one function, with the instruction before each of them if there is only one. An
 * instruction is given by its index, in the order of the addresses. Immutable, thread-safe.
 */
final class FunctionCode {
    /** The index of no instruction. */
    static final int NONE = -1;

    /** Reads the bytes of code. */
    @FunctionalInterface
    interface Bytes {
        /**
         * {@return bytes of code, null if the file does not have them}
         *
         * @param address of the first byte
         * @param length in bytes
         */
        byte @Nullable [] read(long address, int length);
    }

    /** Larger functions are rare, and only generated code. */
    private static final int MAX_BYTES = 1 << 20;

    private final long callerSaved;
    private int count;
    private long[] addresses = new long[256];
    private int[] lengths = new int[256];
    private long[] changed = new long[256];
    private Flow[] flows = new Flow[256];
    private Effect[] effects = new Effect[256];
    private int[] targets = new int[256];
    private int[] sources = new int[256];
    private long[] constants = new long[256];
    private int[] bases = new int[256];
    private int[] indexes = new int[256];
    private int[] sizes = new int[256];
    private long[] displacements = new long[256];
    private Access[] accesses = new Access[256];
    private long[] jumps = new long[256];
    private boolean[] jumpKnown = new boolean[256];
    private int[] before;

    private FunctionCode(InstructionSet set, Bytes code, long[] ranges) {
        callerSaved = callerSaved(set);
        Decoder decoder = set.decoder();
        int total = 0;
        for (int i = 0; decoder != null && i + 1 < ranges.length; i += 2) {
            long length = ranges[i + 1] - ranges[i];
            if (length <= 0 || length > MAX_BYTES - total) {
                continue;
            }
            total += (int) length;
            byte[] bytes = code.read(ranges[i], (int) length);
            for (int at = 0; bytes != null && at < bytes.length; ) {
                decoder.decode(bytes, at, bytes.length, ranges[i] + at);
                add(decoder, ranges[i] + at);
                at += Math.max(1, decoder.length());
            }
        }
        before = predecessors();
    }

    /**
     * {@return the code of a function}
     *
     * @param set the instruction set
     * @param code of the file
     * @param ranges of the function: the first address of each, and one past its last, ascending
     */
    static FunctionCode of(InstructionSet set, Bytes code, long[] ranges) {
        return new FunctionCode(set, code, ranges);
    }

    /** The registers that a called function may change, by their DWARF numbers, from the psABI of each machine. */
    private static long callerSaved(InstructionSet set) {
        return switch (set) {
            // rax, rdx, rcx, rsi, rdi, r8 to r11
            case X86_64 -> 0b1111_0011_0111L;
            // eax, ecx, edx
            case I386 -> 0b111;
            // x0 to x18, x30
            case ARM64 -> (1L << 19) - 1 | 1L << 30;
            // ra, t0 to t2, a0 to a7, t3 to t6
            case RISCV64 -> 0xf003_fce2L;
            default -> -1L;
        };
    }

    private void add(Decoder decoder, long address) {
        if (count == addresses.length) {
            grow();
        }
        int at = count++;
        addresses[at] = address;
        lengths[at] = decoder.length();
        boolean valid = decoder.isValid();
        flows[at] = valid ? decoder.flow() : Flow.TRAP;
        changed[at] = decoder.changedRegisters() | (flows[at] == Flow.CALL ? callerSaved : 0);
        effects[at] = valid ? decoder.effect() : Effect.OTHER;
        targets[at] = decoder.target();
        sources[at] = decoder.source();
        constants[at] = decoder.constant();
        boolean one = valid && decoder.operands() > 0;
        accesses[at] = one ? decoder.access(0) : Access.NONE;
        // With a segment or an index the address is not base and displacement
        bases[at] = one && decoder.segment(0) == Decoder.NONE ? decoder.base(0) : Decoder.NONE;
        indexes[at] = one ? decoder.index(0) : Decoder.NONE;
        sizes[at] = one ? decoder.accessSize(0) : 0;
        displacements[at] = one ? decoder.displacement(0) : 0;
        jumpKnown[at] = decoder.hasBranchTarget() && (flows[at] == Flow.JUMP || flows[at] == Flow.BRANCH);
        jumps[at] = decoder.branchTarget();
    }

    private void grow() {
        int size = count * 2;
        addresses = Arrays.copyOf(addresses, size);
        lengths = Arrays.copyOf(lengths, size);
        changed = Arrays.copyOf(changed, size);
        flows = Arrays.copyOf(flows, size);
        effects = Arrays.copyOf(effects, size);
        targets = Arrays.copyOf(targets, size);
        sources = Arrays.copyOf(sources, size);
        constants = Arrays.copyOf(constants, size);
        bases = Arrays.copyOf(bases, size);
        indexes = Arrays.copyOf(indexes, size);
        sizes = Arrays.copyOf(sizes, size);
        displacements = Arrays.copyOf(displacements, size);
        accesses = Arrays.copyOf(accesses, size);
        jumps = Arrays.copyOf(jumps, size);
        jumpKnown = Arrays.copyOf(jumpKnown, size);
    }

    private int[] predecessors() {
        int[] found = new int[count];
        boolean[] several = new boolean[count];
        Arrays.fill(found, NONE);
        for (int i = 0; i < count; i++) {
            boolean follows = i + 1 < count && addresses[i] + lengths[i] == addresses[i + 1];
            if (follows && flows[i] != Flow.JUMP && flows[i] != Flow.RETURN && flows[i] != Flow.TRAP) {
                join(found, several, i + 1, i);
            }
            int target = jumpKnown[i] ? indexOf(jumps[i]) : NONE;
            if (target != NONE) {
                join(found, several, target, i);
            }
        }
        for (int i = 0; i < count; i++) {
            // The function is entered at its first instruction
            found[i] = several[i] || i == 0 ? NONE : found[i];
        }
        return found;
    }

    private static void join(int[] found, boolean[] several, int at, int from) {
        several[at] |= found[at] != NONE && found[at] != from;
        found[at] = from;
    }

    /**
     * {@return the instruction at an address, or NONE}
     *
     * @param address of its first byte
     */
    int indexOf(long address) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Long.compareUnsigned(addresses[middle], address);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return NONE;
    }

    /** {@return the number of instructions} */
    int count() {
        return count;
    }

    /**
     * {@return the address of an instruction}
     *
     * @param at its index
     */
    long address(int at) {
        return addresses[at];
    }

    /**
     * {@return the instruction that was executed before this one; NONE if it may be one of several}
     *
     * @param at its index
     */
    int before(int at) {
        return before[at];
    }

    /**
     * {@return whether an instruction, or the function that it calls, may change a register}
     *
     * @param at its index
     * @param register the DWARF number
     */
    boolean changes(int at, int register) {
        return register < 0 || register >= Long.SIZE || (changed[at] >>> register & 1) != 0;
    }

    /**
     * {@return what an instruction does to its target register}
     *
     * @param at its index
     */
    Effect effect(int at) {
        return effects[at];
    }

    /**
     * {@return the register of the effect, or {@link Decoder#NONE}}
     *
     * @param at its index
     */
    int target(int at) {
        return targets[at];
    }

    /**
     * {@return the source register of the effect, or {@link Decoder#NONE}}
     *
     * @param at its index
     */
    int source(int at) {
        return sources[at];
    }

    /**
     * {@return the constant of the effect}
     *
     * @param at its index
     */
    long constant(int at) {
        return constants[at];
    }

    /**
     * {@return what happens to the first memory operand}
     *
     * @param at its index
     */
    Access access(int at) {
        return accesses[at];
    }

    /**
     * {@return the base register of the first memory operand; {@link Decoder#NONE} if it has none or if the base of a
     * segment is added}
     *
     * @param at its index
     */
    int base(int at) {
        return bases[at];
    }

    /**
     * {@return the index register of the first memory operand, or {@link Decoder#NONE}}
     *
     * @param at its index
     */
    int index(int at) {
        return indexes[at];
    }

    /**
     * {@return the displacement of the first memory operand}
     *
     * @param at its index
     */
    long displacement(int at) {
        return displacements[at];
    }

    /**
     * {@return the size of the first memory operand in bytes, 0 if unknown}
     *
     * @param at its index
     */
    int size(int at) {
        return sizes[at];
    }
}
