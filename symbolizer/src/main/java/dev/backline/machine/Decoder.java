package dev.backline.machine;

/**
 * Decodes instructions, one at a time. The getters describe the last decoded instruction. Registers have their
 * DWARF numbers (x86-64: 0 rax, 1 rdx, 2 rcx, 3 rbx, 4 rsi, 5 rdi, 6 rbp, 7 rsp, 8 to 15; i386: eax ecx edx ebx
 * esp ebp esi edi; arm64: 0 to 30, 31 sp; riscv: 0 to 31). Decoding allocates nothing; {@link #text()} does. Not
 * thread-safe.
 */
public abstract class Decoder {
    /** No register. */
    public static final int NONE = -1;

    /** The base of a memory operand that is relative to the program counter. */
    public static final int PC = -2;

    /** Two at most: x86's movs and cmps. */
    private static final int MAX_OPERANDS = 2;

    int length;
    boolean valid;
    Flow flow = Flow.NEXT;
    long branchTarget;
    boolean hasBranchTarget;
    long readRegisters;
    long changedRegisters;
    Effect effect = Effect.OTHER;
    int target = NONE;
    int source = NONE;
    long constant;
    int operands;
    final Access[] access = new Access[MAX_OPERANDS];
    final int[] accessSize = new int[MAX_OPERANDS];
    final int[] segment = new int[MAX_OPERANDS];
    final int[] base = new int[MAX_OPERANDS];
    final int[] index = new int[MAX_OPERANDS];
    final int[] scale = new int[MAX_OPERANDS];
    final Extension[] indexExtension = new Extension[MAX_OPERANDS];
    final long[] displacement = new long[MAX_OPERANDS];

    Decoder() {}

    /** Forgets the last instruction. */
    final void reset() {
        length = 0;
        valid = false;
        flow = Flow.NEXT;
        branchTarget = 0;
        hasBranchTarget = false;
        readRegisters = 0;
        changedRegisters = 0;
        effect = Effect.OTHER;
        target = NONE;
        source = NONE;
        constant = 0;
        operands = 0;
    }

    /** Adds a memory operand without registers; the caller then sets the fields that differ. {@return its number} */
    final int addOperand(Access kind, int size) {
        int at = operands++;
        access[at] = kind;
        accessSize[at] = size;
        segment[at] = NONE;
        base[at] = NONE;
        index[at] = NONE;
        indexExtension[at] = Extension.NONE;
        scale[at] = 1;
        displacement[at] = 0;
        return at;
    }

    /**
     * Decodes the instruction at a position.
     *
     * @param code bytes in memory order
     * @param from the position of the instruction's first byte; less than {@code to}
     * @param to the end of the code in the array
     * @param address of the first byte at run time, for operands that are relative to the program counter
     * @return the length in bytes, at least 1; for invalid or truncated bytes, the length that objdump shows as bad
     */
    public abstract int decode(byte[] code, int from, int to, long address);

    /**
     * {@return the text as GNU objdump prints it} x86 is in AT&amp;T syntax. One blank follows the mnemonic. Comments and
     * the names of jump targets are left out. Invalid bytes have the text that objdump prints for them, such as {@code
     * (bad)}.
     */
    public abstract String text();

    /**
     * {@return the name of a general-purpose register}
     *
     * @param register its DWARF number
     */
    public abstract String registerName(int register);

    /** {@return the length in bytes} */
    public final int length() {
        return length;
    }

    /** {@return whether the bytes are an instruction} */
    public final boolean isValid() {
        return valid;
    }

    /** {@return where execution goes next} */
    public final Flow flow() {
        return flow;
    }

    /** {@return whether the target of a jump, branch or call is known} */
    public final boolean hasBranchTarget() {
        return hasBranchTarget;
    }

    /** {@return the address of the target of a direct jump, branch or call} */
    public final long branchTarget() {
        return branchTarget;
    }

    /** {@return the general-purpose registers that are read, for addresses too; bit n is register n} */
    public final long readRegisters() {
        return readRegisters;
    }

    /**
     * {@return the general-purpose registers that the instruction itself changes; bit n is register n} Registers that a
     * called function changes do not count.
     */
    public final long changedRegisters() {
        return changedRegisters;
    }

    /** {@return what happens to the {@link #target()} register} */
    public final Effect effect() {
        return effect;
    }

    /** {@return the changed register of {@link #effect()}, or NONE} */
    public final int target() {
        return target;
    }

    /** {@return the source register of MOVE and ADD, or NONE} */
    public final int source() {
        return source;
    }

    /** {@return the constant of ADD and CONSTANT} */
    public final long constant() {
        return constant;
    }

    /**
     * {@return the number of memory operands: 0, 1 or 2} If an instruction such as movs names two, the written one is
     * first. The stack slot of push, pop, call and ret is the last one.
     */
    public final int operands() {
        return operands;
    }

    /**
     * {@return what happens to a memory operand}
     *
     * @param operand from 0
     */
    public final Access access(int operand) {
        return access[operand];
    }

    /**
     * {@return the size of the access in bytes; 0 if unknown or variable}
     *
     * @param operand from 0
     */
    public final int accessSize(int operand) {
        return accessSize[operand];
    }

    /**
     * {@return the segment register whose base is added: 4 fs or 5 gs, or NONE}
     *
     * @param operand from 0
     */
    public final int segment(int operand) {
        return segment[operand];
    }

    /**
     * {@return the base register, {@link #PC} for the address after the instruction (x86) or of it (others), or NONE}
     *
     * @param operand from 0
     */
    public final int base(int operand) {
        return base[operand];
    }

    /**
     * {@return the index register, or NONE}
     *
     * @param operand from 0
     */
    public final int index(int operand) {
        return index[operand];
    }

    /**
     * {@return how the index register is extended, before it is multiplied}
     *
     * @param operand from 0
     */
    public final Extension indexExtension(int operand) {
        return indexExtension[operand];
    }

    /**
     * {@return the factor of the index register: 1, 2, 4, 8, or 16}
     *
     * @param operand from 0
     */
    public final int scale(int operand) {
        return scale[operand];
    }

    /**
     * {@return what is added to base and index, in bytes; with base {@link #PC}, the address itself}
     *
     * @param operand from 0
     */
    public final long displacement(int operand) {
        return displacement[operand];
    }
}
