package dev.backline.benchmarks.instructions;

import dev.backline.machine.Decoder;
import dev.backline.machine.InstructionSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the comparison must know about the texts of one instruction set.
 *
 * <p>To add an instruction set: write a class that implements this interface, and return it from {@link #of}. The file's
 * ELF machine selects the set ({@link InstructionSet#ofElf}); {@code --set} overrides it. Start with
 * {@link #normalise} that only strips comments, run {@code benchmarks/instructions} on a vmlinux, and read the examples
 * of differences that it prints.
 */
interface InstructionText {
    /** {@return the texts of an instruction set; null for a set that this package cannot compare} */
    static @Nullable InstructionText of(InstructionSet set) {
        return switch (set) {
            case X86_64 -> new X86Text(true);
            case I386 -> new X86Text(false);
            case ARM64 -> new Arm64Text();
            case RISCV64 -> new RiscvText();
            default -> null;
        };
    }

    /** {@return the names of the GNU programs that can disassemble the set, best first} */
    List<String> gnuPrograms();

    /** {@return the options that llvm-objdump needs to know all instructions, such as {@code --mattr=+all}} */
    List<String> llvmOptions();

    /**
     * {@return whether backline's texts are compared with those of a tool} If both tools run, GNU's texts are preferred.
     *
     * @param tool that wrote the texts
     */
    boolean comparesText(Tool tool);

    /**
     * {@return whether the tool's line is data, not an instruction, and must be skipped}
     *
     * @param text of the tool
     */
    boolean isData(String text);

    /**
     * {@return whether the tool's line is only a prefix of the instruction in the next line}
     *
     * @param text of the tool
     */
    default boolean isPrefix(String text) {
        return false;
    }

    /**
     * {@return whether the tool says that the bytes are no instruction}
     *
     * @param text of the tool
     */
    boolean isBad(String text);

    /**
     * {@return the comparable form of a tool's text: without comments, symbols and padding}
     *
     * @param tool that wrote the text
     * @param text the line after the address, without leading blanks
     */
    String normalise(Tool tool, String text);

    /**
     * {@return a comparable text without the address that a relocation of the instruction changes}
     *
     * @param text from {@code normalise}
     */
    default String withoutAddress(String text) {
        return text;
    }

    /**
     * {@return the comparable form of backline's text}
     *
     * @param decoder that decoded the instruction
     */
    String normalise(Decoder decoder);

    /**
     * {@return the memory operands in a tool's text, in the form of {@link #operands(Decoder, long)}; an empty string
     * without a memory operand}
     *
     * @param tool that wrote the text
     * @param text the line after the address, without leading blanks
     * @param address of the instruction
     * @param length of the instruction
     */
    String operands(Tool tool, String text, long address, int length);

    /**
     * {@return the decoder's memory operands; those that a text does not show are left out}
     *
     * @param decoder that decoded the instruction
     * @param address of the instruction
     */
    String operands(Decoder decoder, long address);
}
