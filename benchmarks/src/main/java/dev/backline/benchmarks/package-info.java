/**
 * Micro-benchmarks of inner loops, run by {@code benchmarks/micro} (JMH). In: Debian's 6.1 vmlinux if it is downloaded,
 * else the largest committed fixture. Out: time per operation. Benchmarks of package-private classes are in packages
 * with the same names, so that the classes stay package-private.
 *
 * <pre>{@code
 * benchmarks/micro LineProgram
 * benchmarks/micro -f 1 -wi 3 -i 5 'dev.backline.dwarf.*'
 * BACKLINE_KERNELS=/nowhere benchmarks/micro   # use the fixture
 * }</pre>
 */
@NullMarked
package dev.backline.benchmarks;

import org.jspecify.annotations.NullMarked;
