/**
 * The {@code backline} command: arguments and standard streams come in, text or JSON and an exit status go out. What
 * the commands do is done by the libraries; here is only what a library user would not want. Command specifications
 * are built by program, never from annotations: reading annotations costs more than all else at start-up. The drop-in
 * commands take their arguments apart by the rules of the tools they stand in for.
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
