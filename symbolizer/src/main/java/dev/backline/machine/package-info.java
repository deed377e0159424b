/**
 * Machine instructions. In come the bytes of code; out come, for each instruction, its length, its text as objdump
 * prints it, its memory operand, and which registers it reads and changes. Bytes that are no instruction are a value,
 * not an error.
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
