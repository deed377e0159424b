/**
 * The commands {@code backline faddr2line} and {@code backline addr2line}. Their grammar, output and exit statuses are those
 * of the tools that they replace: the kernel's {@code scripts/faddr2line} and GNU addr2line.
 *
 * <pre>{@code
 * int status = new Addr2line().run(List.of("-e", "vmlinux", "-f", "-i", "0xffffffff81a7c8cb"), console);
 * }</pre>
 */
@NullMarked
package dev.backline.cli.dropin;

import org.jspecify.annotations.NullMarked;
