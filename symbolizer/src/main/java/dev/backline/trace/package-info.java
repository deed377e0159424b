/**
 * Text in, frame references out: what a person or a stack trace calls a place in a kernel.
 *
 * <p>A {@link dev.backline.trace.FrameReference} is a function and an offset, or an address, with what
 * else the text says: the function's size, its module, whether the address is a return address. Nothing
 * here knows files or kernels.
 *
 * <pre>{@code
 * FrameReference frame = FrameReference.parse("tcp_v4_rcv+0x99b/0xee0");
 * frame.symbol();      // tcp_v4_rcv
 * frame.offset();      // 0x99b
 * }</pre>
 */
@NullMarked
package dev.backline.trace;

import org.jspecify.annotations.NullMarked;
