/**
 * Compares backline's instruction decoders with objdump and llvm-objdump; run by {@code benchmarks/instructions}. In: ELF
 * files. Out: a table of the instructions whose length, memory operand or text differ.
 *
 * <pre>{@code
 * benchmarks/instructions vmlinux                      # the file's instruction set, both tools
 * benchmarks/instructions --tool llvm modules/*.ko
 * benchmarks/instructions --random 100000000           # decode random bytes
 * }</pre>
 */
@NullMarked
package dev.backline.benchmarks.instructions;

import org.jspecify.annotations.NullMarked;
