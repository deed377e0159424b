/**
 * The compact index of a whole build: LLVM's GSYM, version 1.
 *
 * <p>In comes a {@code .gsym} file, written by {@code backline index} or by LLVM's {@code llvm-gsymutil}, of either
 * byte order; out go the functions by name and address, and source frames for an address: the inlined chain, each
 * frame with its file and line. A look-up reads the few kilobytes that it needs, by position. What the index does not
 * know is an empty answer; bytes that break the format end in a {@link dev.backline.gsym.GsymException} that says
 * where.
 *
 * <pre>{@code
 * try (GsymFile index = GsymFile.open(Path.of("vmlinux.gsym"))) {
 *     for (Frame frame : index.framesAt(0xffffffff817e8285L)) System.out.println(frame);
 *     int[] found = index.named("tcp_v4_rcv");
 * }
 * }</pre>
 */
@NullMarked
package dev.backline.gsym;

import org.jspecify.annotations.NullMarked;
