/**
 * Micro-benchmarks of the inner loops, run by {@code benchmarks/micro} (JMH). In comes Debian's 6.1 vmlinux where it has
 * been fetched, else the largest committed fixture; out come times per operation. Those of package-private classes stand
 * in packages of those classes' names, so that nothing has to be opened for measuring.
 *
 * <pre>{@code
 * benchmarks/micro LineProgram
 * benchmarks/micro -f 1 -wi 3 -i 5 'dev.backline.dwarf.*'
 * BACKLINE_KERNELS=/nowhere benchmarks/micro   # on the fixture
 * }</pre>
 */
@NullMarked
package dev.backline.benchmarks;

import org.jspecify.annotations.NullMarked;
