/**
 * Machine instructions. The input is bytes of code. The output is, for each instruction, its length, its text as objdump
 * prints it, its memory operands, and the registers that it reads and changes. Invalid bytes give an invalid
 * instruction, not an exception.
 *
 * <pre>{@code
 * Decoder decoder = InstructionSet.X86_64.decoder();
 * byte[] code = {(byte) 0x8b, 0x40, 0x38};
 * decoder.decode(code, 0, code.length, 0xffffffff81000000L);
 * System.out.println(decoder.text()); // mov 0x38(%rax),%eax
 * }</pre>
 */
@NullMarked
package dev.backline.machine;

import org.jspecify.annotations.NullMarked;
