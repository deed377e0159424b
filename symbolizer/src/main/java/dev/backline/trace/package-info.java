/**
 * Log lines in, frame references out. A {@link dev.backline.trace.FrameReference} is a function and an
 * offset, or an address, and what else the text states: size, module, whether the address is a return
 * address. A {@link dev.backline.trace.TraceReader} reads a log line by line and returns the frames of
 * each line with their positions, for every tracer and architecture in the table
 * {@link dev.backline.trace.Notation}. The reader also collects what the log states about its kernel
 * ({@link dev.backline.trace.KernelFacts}). This package opens no files.
 *
 * <pre>{@code
 * TraceReader log = new TraceReader();
 * for (LineFrame frame : log.next("[   30.988938]  ? tcp_v4_rcv+0x99b/0xee0")) {
 *     frame.reference();     // tcp_v4_rcv+0x99b/0xee0, a return address
 *     frame.reliable();      // false: the kernel printed a ?
 * }
 * }</pre>
 */
@NullMarked
package dev.backline.trace;

import org.jspecify.annotations.NullMarked;
