/**
 * The façade: a frame reference and a file of a kernel build in, source frames out, or the reason why
 * there are none.
 *
 * <pre>{@code
 * try (Symbolizer vmlinux = Symbolizer.open(Path.of("vmlinux"))) {
 *     FrameReference frame = FrameReference.parse("tcp_v4_rcv+0x99b/0xee0");
 *     Resolution answer = vmlinux.resolve(frame);
 *     if (answer instanceof Resolution.Resolved found) {
 *         for (SourceFrame at : found.frames()) {
 *             System.out.println(at.nameOr("??") + " at " + at.path() + ":" + at.line());
 *         }
 *     } else if (answer instanceof Resolution.Unresolved missing) {
 *         System.err.println(missing.message());
 *     }
 * }
 * }</pre>
 *
 * <p>"Not found" is a value; an {@link java.io.IOException} means that the file cannot be read or lies about
 * itself. Everything here is thread-safe: open a file once and share it.
 */
@NullMarked
package dev.backline.symbolize;

import org.jspecify.annotations.NullMarked;
