/**
 * The {@code backline} command, and the commands that are small. Arguments and standard streams come in; text or JSON and
 * an exit status go out. The libraries do the work; these packages only translate between a user and the libraries.
 *
 * <pre>{@code
 * Output out = new Output(System.out);
 * Console console = new Console(System.in, out, System.err, System.getenv(), false, false);
 * int status = Main.run(console, "symbolize", "-e", "vmlinux", "tcp_v4_rcv+0x99b/0xee0");
 * }</pre>
 */
@NullMarked
package dev.backline.cli;

import org.jspecify.annotations.NullMarked;
