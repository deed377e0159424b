/**
 * The command {@code benchmarks/variables}: how many memory accesses of a kernel the debug information names by variable
 * and member, and whether llvm-dwarfdump agrees. The command {@code benchmarks/faults}: whether the explanations of
 * synthetic faults agree with the debug information.
 *
 * <pre>{@code
 * benchmarks/variables -n 5000 --below net/ vmlinux
 * benchmarks/faults -n 300 vmlinux
 * }</pre>
 */
@NullMarked
package dev.backline.benchmarks.variables;

import org.jspecify.annotations.NullMarked;
