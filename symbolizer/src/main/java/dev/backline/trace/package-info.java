/**
 * Text in, frame references out: what a person or a stack trace calls a place in a kernel.
 *
 * <p>A {@link dev.backline.trace.FrameReference} is a function and an offset, or an address, with what
 * else the text says: the function's size, its module, whether the address is a return address. A
 * {@link dev.backline.trace.TraceReader} takes a log line by line and gives the frames of each, with
 * their places in the line, whatever tracer or kernel wrote it; {@link dev.backline.trace.Notation} is
 * the table of all that it knows. On the way it learns what the log says about its kernel. Nothing here
 * knows files or kernels.
 *
 * <pre>{@code
 * TraceReader log = new TraceReader();
 * for (LineFrame frame : log.next("[   30.988938]  ? tcp_v4_rcv+0x99b/0xee0")) {
 *     frame.reference();     // tcp_v4_rcv+0x99b/0xee0, a return address
 *     frame.reliable();      // false: it has a ?
 * }
 * }</pre>
 */
@NullMarked
package dev.backline.trace;

import org.jspecify.annotations.NullMarked;
