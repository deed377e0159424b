package dev.backline.crash.explain;

import dev.backline.crash.CodeBytes;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.io.Hex;
import dev.backline.machine.Access;
import dev.backline.machine.Decoder;
import dev.backline.machine.Effect;
import dev.backline.machine.Flow;
import dev.backline.machine.InstructionSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The decoded instructions of one function, from the file. Branches between them are known, so that a value can be
 * followed back. Not thread-safe: the decoder is used for texts too.
 */
final class FunctionCode {
    /** The longest code that is decoded; the kernel's longest functions have some ten thousand instructions. */
    private static final int MAX_BYTES = 1 << 17;

    /** Instructions decoded for one function. */
    private static final int MAX_INSTRUCTIONS = 1 << 15;

    /** {@link #indexAt} of an address that is in the middle of an instruction, or outside. */
    static final int NOT_FOUND = -1;

    private final Decoder decoder;
    private final byte[] bytes;
    /** As in the file, before relocation. */
    private final byte[] unrelocated;

    private final long start;
    private final List<Instruction> instructions = new ArrayList<>();
    /** Pairs of the index of a branch's target and of the branch itself, sorted by target. */
    private long[] branches = new long[0];

    private final RelocatedCode relocated;
    private final boolean linked;

    private FunctionCode(
            Decoder decoder, byte[] bytes, byte[] unrelocated, long start, RelocatedCode relocated, boolean linked) {
        this.decoder = decoder;
        this.bytes = bytes;
        this.unrelocated = unrelocated;
        this.start = start;
        this.relocated = relocated;
        this.linked = linked;
    }

    /**
     * One instruction.
     *
     * @param address in the file
     * @param length in bytes
     * @param flow where execution goes next
     * @param effect what happens to the target register
     * @param target of the effect, a DWARF number
     * @param source of the effect
     * @param constant of the effect
     * @param reads registers, as bits
     * @param changes registers, as bits
     * @param branchTarget null if unknown
     * @param operands in memory
     */
    record Instruction(
            long address,
            int length,
            Flow flow,
            Effect effect,
            int target,
            int source,
            long constant,
            long reads,
            long changes,
            @Nullable Long branchTarget,
            List<Operand> operands) {
        boolean changes(int register) {
            return register >= 0 && register < 64 && ((changes >>> register) & 1) != 0;
        }

        boolean reads(int register) {
            return register >= 0 && register < 64 && ((reads >>> register) & 1) != 0;
        }

        long end() {
            return address + length;
        }
    }

    /**
     * A memory operand.
     *
     * @param access what happens to it
     * @param size in bytes, 0 if unknown
     * @param segment 4 fs, 5 gs, or Decoder.NONE
     * @param base a DWARF number, Decoder.PC or Decoder.NONE
     * @param index a DWARF number or Decoder.NONE
     * @param scale of the index
     * @param displacement in bytes
     */
    record Operand(Access access, int size, int segment, int base, int index, int scale, long displacement) {}

    /**
     * {@return the code of a function; null if the file does not hold it or its instruction set is not decoded}
     *
     * @param elf the file
     * @param set the instruction set
     * @param start of the function, an address in the file
     * @param size in bytes; 0 if unknown
     * @param within an address that must be in the code
     * @throws IOException if the file cannot be read
     */
    static @Nullable FunctionCode of(ElfFile elf, @Nullable InstructionSet set, long start, long size, long within)
            throws IOException {
        Decoder decoder = set == null ? null : set.decoder();
        Section section = elf.sectionAt(start);
        if (decoder == null || section == null || within < start) {
            return null;
        }
        long offset = start - elf.address(section);
        long left = elf.data(section).size() - offset;
        long length = size > 0 ? size : within - start + 64;
        length = Math.min(Math.min(length, left), MAX_BYTES);
        // A call of a function that does not return can be the last instruction.
        if (length < within - start) {
            return null;
        }
        byte[] bytes = elf.data(section).read(offset, (int) length);
        boolean linked = !elf.header().isRelocatable();
        byte[] unrelocated = linked ? bytes : bytes.clone();
        RelocatedCode relocated = RelocatedCode.apply(elf, section, bytes, start);
        FunctionCode code = new FunctionCode(decoder, bytes, unrelocated, start, relocated, linked);
        code.decode();
        return code;
    }

    /**
     * {@return the instruction that trapped, and what follows it, from a report's bytes; null if they are not known or not
     * decoded} Addresses count from the trap, so the instruction that trapped has index 0.
     *
     * @param bytes of the report
     */
    static @Nullable FunctionCode ofReport(CodeBytes bytes) {
        Decoder decoder = bytes.set() == null ? null : bytes.set().decoder();
        if (decoder == null || bytes.trap() < 0 || bytes.unreadable() != null) {
            return null;
        }
        ByteArrayOutputStream known = new ByteArrayOutputStream();
        for (int i = bytes.trap(); i < bytes.size(); i++) {
            int high = Hex.digit(bytes.hex().charAt(2 * i));
            int low = Hex.digit(bytes.hex().charAt((2 * i) + 1));
            if (high < 0 || low < 0) {
                break;
            }
            known.write((high << 4) | low);
        }
        byte[] rest = known.toByteArray();
        FunctionCode code = new FunctionCode(decoder, rest, rest, 0, new RelocatedCode(), true);
        code.decode();
        return code.size() == 0 || !code.isValid(0) ? null : code;
    }

    private boolean isValid(int index) {
        int at = (int) (instructions.get(index).address() - start);
        decoder.decode(bytes, at, bytes.length, instructions.get(index).address());
        return decoder.isValid();
    }

    private void decode() {
        int at = 0;
        while (at < bytes.length && instructions.size() < MAX_INSTRUCTIONS) {
            int length = Math.max(1, decoder.decode(bytes, at, bytes.length, start + at));
            instructions.add(instruction(start + at, length));
            at += length;
        }
        int count = 0;
        long[] found = new long[16];
        for (int i = 0; i < instructions.size(); i++) {
            Instruction each = instructions.get(i);
            Long target = each.branchTarget();
            // The target of a jump to another section is not in a module's code before it is loaded.
            if (target == null || each.flow() == Flow.CALL || target == each.end()) {
                continue;
            }
            int to = indexAt(target);
            if (to >= 0) {
                found = count == found.length ? Arrays.copyOf(found, 2 * count) : found;
                found[count++] = ((long) to << 32) | i;
            }
        }
        branches = Arrays.copyOf(found, count);
        Arrays.sort(branches);
    }

    private Instruction instruction(long address, int length) {
        List<Operand> operands = new ArrayList<>(decoder.operands());
        for (int i = 0; i < decoder.operands(); i++) {
            operands.add(new Operand(
                    decoder.access(i),
                    decoder.accessSize(i),
                    decoder.segment(i),
                    decoder.base(i),
                    decoder.index(i),
                    decoder.scale(i),
                    decoder.displacement(i)));
        }
        return new Instruction(
                address,
                length,
                decoder.flow(),
                decoder.effect(),
                decoder.target(),
                decoder.source(),
                decoder.constant(),
                decoder.readRegisters(),
                decoder.changedRegisters(),
                decoder.hasBranchTarget() ? Long.valueOf(decoder.branchTarget()) : null,
                operands);
    }

    /** Whether a constant or displacement of an instruction can be an address of the file. */
    boolean hasAddress(Instruction instruction) {
        if (linked) {
            return true;
        }
        for (long field : relocated.fields()) {
            if (field >= instruction.address() && field < instruction.end()) {
                return true;
            }
        }
        return false;
    }

    /** The undefined symbols of the code. */
    RelocatedCode relocated() {
        return relocated;
    }

    int size() {
        return instructions.size();
    }

    Instruction get(int index) {
        return instructions.get(index);
    }

    long start() {
        return start;
    }

    /** The index of the instruction at an address, or NOT_FOUND. */
    int indexAt(long address) {
        int low = 0;
        int high = instructions.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long at = instructions.get(middle).address();
            if (at == address) {
                return middle;
            }
            if (Long.compareUnsigned(at, address) < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return NOT_FOUND;
    }

    /** The index of the instruction that ends at an address, such as a call before a return address. */
    int indexEndingAt(long address) {
        for (int back = 1; back <= 15; back++) {
            int index = indexAt(address - back);
            if (index >= 0) {
                return instructions.get(index).end() == address ? index : NOT_FOUND;
            }
        }
        return NOT_FOUND;
    }

    /** The indexes of the instructions from which execution can come to an instruction. */
    int[] predecessors(int index) {
        int from = lowerBound((long) index << 32);
        int to = lowerBound(((long) index + 1) << 32);
        boolean falls = index > 0 && fallsThrough(instructions.get(index - 1).flow());
        int[] found = new int[to - from + (falls ? 1 : 0)];
        for (int i = from; i < to; i++) {
            found[i - from] = (int) branches[i];
        }
        if (falls) {
            found[found.length - 1] = index - 1;
        }
        return found;
    }

    private int lowerBound(long key) {
        int at = Arrays.binarySearch(branches, key);
        return at >= 0 ? at : -at - 1;
    }

    private static boolean fallsThrough(Flow flow) {
        return flow == Flow.NEXT || flow == Flow.BRANCH || flow == Flow.CALL;
    }

    /** The text of an instruction. */
    String text(int index) {
        Instruction each = instructions.get(index);
        int at = (int) (each.address() - start);
        decoder.decode(bytes, at, bytes.length, each.address());
        return decoder.text();
    }

    /** The bytes of an instruction in the file, two hex digits each. */
    String hex(int index) {
        Instruction each = instructions.get(index);
        int at = (int) (each.address() - start);
        StringBuilder hex = new StringBuilder();
        for (int i = at; i < Math.min(bytes.length, at + each.length()); i++) {
            hex.append(Character.forDigit((unrelocated[i] >> 4) & 15, 16))
                    .append(Character.forDigit(unrelocated[i] & 15, 16));
        }
        return hex.toString();
    }

    String registerName(int register) {
        return decoder.registerName(register);
    }
}
