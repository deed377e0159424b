/**
 * The compact index of a whole build: LLVM's GSYM, version 1.
 *
 * <p>Input: a {@code .gsym} file of either byte order, written by {@code backline index} or by LLVM's
 * {@code llvm-gsymutil}. Output: functions by name and address, and source frames for an address: the inlined calls,
 * each frame with its file and line. A look-up reads a few kilobytes by position. The answer is empty if the index has
 * no information. Damaged data causes a {@link dev.backline.gsym.GsymException} with its offset.
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
