/**
 * The command {@code benchmarks/variables}: how many memory accesses of a kernel backline names by variable and member,
 * and whether llvm-dwarfdump agrees.
 *
 * <pre>{@code
 * benchmarks/variables -n 5000 --below net/ vmlinux
 * }</pre>
 */
@NullMarked
package dev.backline.benchmarks.variables;

import org.jspecify.annotations.NullMarked;
