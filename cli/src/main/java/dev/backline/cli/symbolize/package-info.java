/**
 * The command {@code backline symbolize}: queries or a log come in; the answers of the library go out as text or JSON.
 *
 * <pre>{@code
 * int status = new Symbolize().run(List.of("-e", "vmlinux", "tcp_v4_rcv+0x99b/0xee0"), console);
 * }</pre>
 */
@NullMarked
package dev.backline.cli.symbolize;

import org.jspecify.annotations.NullMarked;
