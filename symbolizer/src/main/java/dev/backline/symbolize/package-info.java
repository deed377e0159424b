/**
 * Frame references in, source frames out, or the reason why there are none. {@link
 * dev.backline.symbolize.Symbolizer} answers for one file, {@link dev.backline.symbolize.KernelSymbolizer} for a
 * kernel with its modules, {@link dev.backline.symbolize.LogSymbolizer} for a whole log, and {@link
 * dev.backline.symbolize.KernelPool} shares open kernels between logs. An {@link java.io.IOException} means that
 * a file cannot be read or is malformed. All of these classes except {@code LogSymbolizer} are thread-safe.
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
 */
@NullMarked
package dev.backline.symbolize;

import org.jspecify.annotations.NullMarked;
